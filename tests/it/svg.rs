//! Pictures: every workflow draws, as well-formed XML, with every text inside of its node.

use std::path::Path;

use comfy_graph::{
    back::{layout::text_width, svg},
    catalog::Catalog,
    diag::Diagnostic,
    front,
    graph::Graph,
    passes,
    valid::Validator,
};
use comfy_tests::synthetic::Shape;
use roxmltree::{Document, Node};

use crate::corpus::corpus;

/// The picture of a file with all that is to say about it, and the graph.
fn draw(text: &str, catalog: &Catalog) -> (Graph, String) {
    let read = front::read(text, catalog).expect("a workflow");
    let lowered = passes::lower_for_execution(&read.value.graph);
    let mut found: Vec<Diagnostic> = read.diagnostics;
    found.extend(lowered.diagnostics);
    found.extend(Validator::new(catalog).check(&lowered.value));
    let picture = svg::emit(&read.value.graph, catalog, &found);
    assert_eq!(picture, svg::emit(&read.value.graph, catalog, &found), "the same every time");
    (read.value.graph, picture)
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no {name} in {node:?}"))
}

fn has_class(node: Node<'_, '_>, class: &str) -> bool {
    node.attribute("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
}

/// What is wrong with a picture.
fn faults(picture: &str) -> Vec<String> {
    let document = match Document::parse(picture) {
        Ok(document) => document,
        Err(error) => return vec![format!("no XML: {error}")],
    };
    let mut faults = Vec::new();
    for node in document.descendants().filter(|node| has_class(*node, "node")) {
        let frame = node.descendants().find(|child| has_class(*child, "box")).expect("a node has a box");
        let (left, top) = (number(frame, "x"), number(frame, "y"));
        let (right, bottom) = (left + number(frame, "width"), top + number(frame, "height"));
        for text in node.descendants().filter(|child| child.has_tag_name("text")) {
            let (x, y, size) = (number(text, "x"), number(text, "y"), number(text, "font-size"));
            let words = text.text().unwrap_or_default();
            let width = text_width(words, size);
            let from = if has_class(text, "end") { x - width } else { x };
            // numbers are written with one decimal
            let inside = from >= left - 0.1
                && from + width <= right + 0.1
                && y - size >= top - 0.1
                && y <= bottom + 0.1;
            if !inside {
                faults.push(format!(
                    "{words:?} at {from},{y} is not inside of {left},{top} to {right},{bottom}"
                ));
            }
        }
    }
    faults
}

/// The nodes of the workflow and of the subgraphs that it has.
fn count(graph: &Graph) -> usize {
    graph.len() + graph.subgraphs().map(|(_, subgraph)| subgraph.graph.len()).sum::<usize>()
}

#[test]
fn every_workflow_draws() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut drawn, mut wrong) = (0, Vec::new());
    for case in corpus.cases() {
        let (graph, picture) = draw(&case.text().expect("a file"), &catalog);
        wrong.extend(faults(&picture).into_iter().map(|fault| format!("{}: {fault}", case.name)));
        let nodes = picture.matches("<g class=\"node").count();
        assert!(nodes >= graph.len() && nodes <= count(&graph), "{}: {nodes} nodes", case.name);
        drawn += 1;
    }
    println!("{drawn} pictures");
    assert!(drawn > 0, "an empty corpus");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_shape_draws() {
    let catalog = Catalog::bundled();
    for shape in Shape::ALL {
        let (_, picture) = draw(&shape.workflow(60), &catalog);
        assert_eq!(faults(&picture), Vec::<String>::new(), "{shape:?}");
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let bad = "</text><script>alert(1)</script>\u{1b}\u{0}\u{202e}\u{ffff}\"'&";
    let workflow = serde_json::json!({
        "version": 0.4,
        "nodes": [
            {"id": "</g>", "type": bad, "title": bad, "pos": [1e300, -1e300], "size": [-5, 1e300], "color": "url(http://a/b)",
             "bgcolor": "red\" onload=\"x", "inputs": [{"name": bad, "type": bad, "link": null}],
             "outputs": [{"name": bad, "type": bad, "links": []}], "widgets_values": [bad, bad.repeat(1000)]},
            {"id": 2, "type": "CLIPTextEncode", "pos": [0, 0], "size": [0, 0], "flags": {"collapsed": true}},
            {"id": 3, "type": "Note", "pos": [0, 0], "size": [1, 1], "widgets_values": [bad.repeat(100)]},
        ],
        "links": [], "groups": [{"title": bad, "bounding": [0, 0, -1, 1e300], "color": "url(x)"}],
    });
    let (_, picture) = draw(&workflow.to_string(), &Catalog::bundled());
    assert_eq!(faults(&picture), Vec::<String>::new());
    let document = Document::parse(&picture).expect("XML");
    assert!(!document.descendants().any(|node| node.has_tag_name("script")));
    assert!(!document.descendants().any(|node| node.attribute("onload").is_some()));
    assert!(!picture.contains("url("));
}

/// `docs/txt2img.svg` is what the program makes of the example. `COMFY_UPDATE=1` writes it.
#[test]
fn the_picture_in_the_readme_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let example = std::fs::read_to_string(root.join("examples/txt2img.json")).expect("the example");
    let catalog = Catalog::bundled();
    let read = front::read(&example, &catalog).expect("a workflow");
    let picture = svg::emit(&read.value.graph, &catalog, &[]);
    let file = root.join("docs/txt2img.svg");
    if std::env::var_os("COMFY_UPDATE").is_some() {
        std::fs::write(&file, &picture).expect("docs can be written");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == picture, "docs/txt2img.svg is out of date; run with COMFY_UPDATE=1");
}

#[test]
fn a_text_that_sticks_out_is_a_fault() {
    let picture = |text: &str| {
        format!(
            "<svg><g class=\"node\"><rect class=\"box\" x=\"0\" y=\"0\" width=\"40\" height=\"20\"/>\
             <text class=\"title\" x=\"4\" y=\"15\" font-size=\"12\">{text}</text></g></svg>"
        )
    };
    assert_eq!(faults(&picture("ab")).len(), 0);
    assert_eq!(faults(&picture("abcdefgh")).len(), 1);
    assert_eq!(faults(&picture("<b>")).len(), 1);
}

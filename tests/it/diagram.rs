//! Diagrams of every real prompt: link lists with classes misspelt, and flowcharts that are read back.

use std::collections::BTreeMap;

use comfy_graph::{back, catalog::Catalog, front, front::diagram, graph::Graph};
use comfy_tests::faults::{Chance, rephrase};
use serde_json::{Value, json};

use crate::corpus::corpus;

fn read(text: &str, catalog: &Catalog) -> Graph {
    front::read(text, catalog).expect("a prompt").value.graph
}

/// Links by classes and names, as often as they are there, and the classes.
fn shape(graph: &Graph) -> (Vec<String>, Vec<String>) {
    let mut links: Vec<String> = graph
        .links()
        .map(|link| {
            let (from, to) = (&graph[link.from.node], &graph[link.to.node]);
            let input = to.inputs.get(link.to.slot).map_or("", |input| &*input.name);
            format!("{} {} {} {input}", from.class_type, link.from.slot, to.class_type)
        })
        .collect();
    let mut classes: Vec<String> = graph.nodes().map(|(_, node)| node.class_type.to_string()).collect();
    links.sort();
    classes.sort();
    (links, classes)
}

/// Prompts whose classes are all known, so that everything about them can be said.
fn known(catalog: &Catalog, gold: &Value) -> bool {
    gold.as_object().is_some_and(|nodes| {
        !nodes.is_empty()
            && nodes
                .values()
                .all(|node| node["class_type"].as_str().is_some_and(|class| catalog.contains(class)))
    })
}

#[test]
fn flowcharts_of_real_prompts_are_read_back() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut equal, mut different) = (0, Vec::new());
    for case in corpus.cases() {
        let gold = case.gold().expect("the case's gold");
        if !known(&catalog, &gold) {
            continue;
        }
        let graph = read(&gold.to_string(), &catalog);
        let chart = back::mermaid::emit(&graph);
        let again = diagram::read(&chart, &catalog).expect("a chart");
        again.value.verify().expect("a sound graph");
        let (links, classes) = shape(&graph);
        let (links_again, classes_again) = shape(&again.value);
        // links whose types do not fit are left out, and said
        let refused = again.diagnostics.iter().filter(|found| found.is_error()).count();
        if classes == classes_again
            && links_again.len() + refused == links.len()
            && (refused > 0 || links == links_again)
        {
            equal += 1;
        } else {
            different.push(case.name.clone());
        }
    }
    println!("{equal} flowcharts read back");
    assert!(
        different.is_empty(),
        "{} of {equal}: {:?}",
        different.len(),
        &different[..different.len().min(20)]
    );
    assert!(equal > 400, "{equal}");
}

/// The link list of a prompt; one node's class is written as `wrong`.
fn list(graph: &Graph, node: &str, wrong: &str) -> Option<String> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for (ix, node_) in graph.nodes() {
        let number = numbers.entry(&node_.class_type).or_default();
        *number += 1;
        let class = if node_.key.as_str() == node { wrong } else { &node_.class_type };
        names.insert(ix, format!("{class}_{number}"));
    }
    let links: Vec<Value> = graph
        .links()
        .map(|link| {
            let output = graph[link.from.node].outputs.get(link.from.slot).map_or("", |output| &*output.name);
            let input = graph[link.to.node].inputs.get(link.to.slot).map_or("", |input| &*input.name);
            json!([names[&link.from.node], output, names[&link.to.node], input])
        })
        .collect();
    (!links.is_empty()).then(|| Value::Array(links).to_string())
}

#[test]
fn misspelt_classes_become_the_right_ones() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut right, mut all, mut wrong_ones) = (0, 0, Vec::new());
    for case in corpus.cases() {
        let gold = case.gold().expect("the case's gold");
        if !known(&catalog, &gold) {
            continue;
        }
        let graph = read(&gold.to_string(), &catalog);
        let seed =
            case.name.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let mut chance = Chance::new(seed);
        let nodes: Vec<_> = graph
            .nodes()
            .filter(|(ix, _)| !graph.links_into(*ix).is_empty() || !graph.links_from(*ix).is_empty())
            .collect();
        for _ in 0..4 {
            let Some((_, node)) = chance.pick(&nodes) else { continue };
            let Some(wrong) =
                rephrase(&node.class_type, &mut chance).filter(|wrong| !catalog.contains(wrong))
            else {
                continue;
            };
            let Some(text) = list(&graph, node.key.as_str(), &wrong) else { continue };
            let read = diagram::read(&text, &catalog).expect("a list");
            read.value.verify().expect("a sound graph");
            let (_, classes) = shape(&read.value);
            let meant = classes.iter().filter(|class| ***class == *node.class_type).count();
            let expected = nodes.iter().filter(|(_, other)| other.class_type == node.class_type).count();
            all += 1;
            if meant == expected {
                right += 1;
            } else {
                wrong_ones.push(format!("{wrong} for {}", node.class_type));
            }
        }
    }
    println!("{right} of {all} misspelt classes became the right one; others: {wrong_ones:?}");
    assert!(right * 100 >= all * 95, "{right} of {all}: {wrong_ones:#?}");
    assert!(all > 1000, "{all}");
}

/// Marks and words of both languages.
const SCRAPS: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "\"",
    "'",
    ",",
    "(",
    ")",
    "{",
    "}",
    "|",
    "-->",
    "--",
    "==>",
    "-.",
    ".->",
    "&",
    ";",
    "\n",
    " ",
    ":::x",
    "@{",
    "label:",
    "<br/>",
    "#quot;",
    "KSampler",
    "VAEDecode",
    "LATENT",
    "samples",
    "CLIPTextEncode_1",
    "#2",
    "Reroute",
    "A",
    "B",
    "%%",
    "subgraph",
    "end",
    ">",
    "é",
    "0",
    "1",
    "IMAGE",
    "images",
    "BatchImagesNode",
];

/// Text out of the marks of both languages ends in an error, or in a sound graph.
#[test]
fn scraps_of_diagrams_are_refused_or_sound() {
    let catalog = Catalog::bundled();
    let mut chance = Chance::new(11);
    let (mut read, mut linked) = (0, 0);
    for _ in 0..4_000 {
        let mut text = if chance.below(2) == 0 { "graph LR\n".to_owned() } else { "[[".to_owned() };
        for _ in 0..chance.below(40) {
            text.push_str(chance.pick(SCRAPS).copied().unwrap_or_default());
        }
        if let Ok(made) = diagram::read(&text, &catalog) {
            made.value.verify().unwrap_or_else(|problem| panic!("{problem}: {text}"));
            let _ = back::ui::emit(&made.value, &catalog, back::ui::Options::default());
            read += 1;
            linked += usize::from(made.value.link_count() > 0);
        }
    }
    println!("{read} scraps read, {linked} with links");
    assert!(read > 1000 && linked > 20, "{read} {linked}");
}

//! Small pictures, whole.

use insta::assert_snapshot;

use super::{emit, text};
use crate::{
    catalog::Catalog,
    diag::{Diagnostic, codes},
    front,
};

fn draw(text: &str, found: &[Diagnostic]) -> String {
    let catalog = Catalog::bundled();
    emit(&front::read(text, &catalog).expect("a workflow").value.graph, &catalog, found)
}

const WORKFLOW: &str = r##"{"version": 0.4, "last_link_id": 9,
    "nodes": [
        {"id": 1, "type": "LoadImage", "pos": [0, 0], "size": [270, 120], "mode": 0,
         "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}], "widgets_values": ["a.png", "image"]},
        {"id": 2, "type": "Reroute", "pos": [320, 0], "size": [75, 26],
         "inputs": [{"name": "", "type": "*", "link": 1}], "outputs": [{"name": "", "type": "IMAGE", "links": [2]}]},
        {"id": 3, "type": "u-1", "pos": [440, 0], "size": [200, 60], "mode": 4, "color": "#322", "bgcolor": "#533",
         "inputs": [{"name": "image", "type": "IMAGE", "link": 2}],
         "outputs": [{"name": "out", "type": "IMAGE", "links": [3]}]},
        {"id": 4, "type": "SaveImage", "title": "Saved <here>", "pos": [700, 0], "size": [210, 60], "mode": 2,
         "inputs": [{"name": "images", "type": "IMAGE", "link": 3}], "widgets_values": ["x"]},
        {"id": 5, "type": "Note", "pos": [0, 200], "size": [200, 80],
         "widgets_values": ["remember\nthat long lines are broken between words"]},
        {"id": 6, "type": "CLIPTextEncode", "pos": [320, 100], "flags": {"collapsed": true}, "widgets_values": ["a"]}
    ],
    "groups": [{"title": "All", "bounding": [-20, -80, 950, 400], "color": "#8A8"}],
    "links": [[1, 1, 0, 2, 0, "IMAGE"], [2, 2, 0, 3, 0, "IMAGE"], [3, 3, 0, 4, 0, "IMAGE"]],
    "definitions": {"subgraphs": [{"id": "u-1", "name": "Twice",
        "inputNode": {"id": -10, "bounding": [-200, 0, 120, 60]}, "outputNode": {"id": -20, "bounding": [400, 0, 120, 60]},
        "inputs": [{"id": "i", "name": "image", "type": "IMAGE", "linkIds": [1]}],
        "outputs": [{"id": "o", "name": "out", "type": "IMAGE", "linkIds": [2]}],
        "nodes": [{"id": 7, "type": "ImageInvert", "pos": [0, 0], "size": [200, 40],
            "inputs": [{"name": "image", "type": "IMAGE", "link": 1}],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}]}],
        "links": [
            {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 7, "target_slot": 0, "type": "IMAGE"},
            {"id": 2, "origin_id": 7, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "IMAGE"}
        ]}]}}"##;

#[test]
fn a_workflow_with_everything() {
    assert_snapshot!(draw(WORKFLOW, &[]));
}

#[test]
fn diagnostics_are_marked_in_place() {
    let prompt = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 0}}}"#;
    let found = Diagnostic::new(codes::VALUE_SMALLER_THAN_MIN, "EmptyImage #1: width is \"too\" small");
    let plain = draw(prompt, &[]);
    let marked = draw(prompt, &[found.node("1").input("width")]);
    assert!(!plain.contains("class=\"mark\""));
    let added: Vec<&str> = marked.lines().filter(|line| !plain.contains(line)).collect();
    assert_snapshot!(added.join("\n"));
}

#[test]
fn a_finding_inside_of_a_subgraph_marks_the_instance_too() {
    let found = Diagnostic::new(codes::MISSING_NODE_TYPE, "ImageInvert #3:7").node("3:7");
    assert_eq!(draw(WORKFLOW, &[found]).matches("class=\"mark\"").count(), 2);
}

#[test]
fn texts_fit() {
    let size = text::Size(12.0);
    for width in [0.0, 5.0, 20.0, 50.0, 200.0] {
        for words in ["", "i", "iiii", "WWWW WWWW", "a rather long text with words", "中文中文中文"] {
            let cut = text::fit(words, size, width).unwrap_or_default();
            assert!(size.width(&cut) <= width, "{cut:?}");
            let lines = text::wrap(words, size, width, 2);
            assert!(lines.len() <= 2 && lines.iter().all(|line| size.width(line) <= width), "{lines:?}");
        }
    }
    assert_eq!(text::wrap("one two three", size, 50.0, 5), ["one two", "three"]);
}

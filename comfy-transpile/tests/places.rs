//! What somebody else says of a node, as the prompt spells it, is given its place in a text of any form.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use comfy_graph::{
    diag::{Diagnostic, Place, codes, render},
    diff::{self, Level},
    passes::LowerOptions,
};
use comfy_transpile::{Compiler, Document, Form, Input, Looks, Target};

const PROMPT: &str = r#"{
  "57": {
    "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0},
    "class_type": "EmptyImage",
    "_meta": {"title": "Canvas"}
  },
  "8:1": {"class_type": "PreviewImage", "inputs": {"images": ["57", 0]}}
}"#;

/// Node 8 inside of the subgraph is used twice; its height is promoted by #57 and #58.
const WORKFLOW: &str = r#"{"version": 0.4, "nodes": [
  {"id": 57, "type": "sub", "inputs": [{"name": "height", "type": "INT", "widget": {"name": "height"}, "link": null}],
   "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}],
   "widgets_values": [256]},
  {"id": 58, "type": "sub", "inputs": [{"name": "height", "type": "INT", "widget": {"name": "height"}, "link": null}],
   "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}],
   "widgets_values": [320]},
  {"id": 3, "type": "PreviewImage",
   "inputs": [{"name": "images", "type": "IMAGE", "link": 1}]},
  {"id": 4, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 2}]}],
 "links": [[1, 57, 0, 3, 0, "IMAGE"], [2, 58, 0, 4, 0, "IMAGE"]],
 "definitions": {"subgraphs": [{"id": "sub", "name": "Sub",
   "inputs": [{"id": "a", "name": "height", "type": "INT", "linkIds": [1]}],
   "outputs": [{"id": "b", "name": "IMAGE", "type": "IMAGE", "linkIds": [2]}],
   "nodes": [
     {"id": 8, "type": "EmptyImage", "title": "Inside",
      "inputs": [{"name": "height", "type": "INT", "widget": {"name": "height"}, "link": 1}],
      "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}],
      "widgets_values": [
        640, 64, 1, 0]}],
   "links": [
     {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 8, "target_slot": 0, "type": "INT"},
     {"id": 2, "origin_id": 8, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "IMAGE"}]}]}}
"#;

/// Ids that are no numbers of nodes, also inside of a subgraph, and a node that a loop adds twice.
const FLOW: &str = r#"use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let canvas = g.add(EmptyImage::new().width(64).id(3));
    let inner = sub(g, 256);
    for image in [canvas, inner] {
        g.add(PreviewImage::new().images(image).title("Shown"));
    }
}

fn sub(g: &Flow, height: i64) -> Output<Image> {
    let g = &g.subgraph("Sub");
    let image = g.add(
        EmptyImage::new()
            .width(32)
            .height(height)
            .id(3),
    );
    g.output("IMAGE", image)
}
"#;

fn open(name: &str, text: &str) -> Document {
    Compiler::bundled().open(&Input::from_text(name, text)).expect("a document")
}

/// What is said of a node or input, with the text at its place.
fn said(document: &Document, node: &str, input: &str) -> (String, String, String) {
    let found = Diagnostic::new(codes::INTERNAL_ERROR, "refused").node(node);
    let found = document.locate(if input.is_empty() { found } else { found.input(input) });
    let line = render::concise(std::slice::from_ref(&found), Some((document.name(), document.text())));
    let position = line.split(": ").next().unwrap_or_default().to_owned();
    let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or_default().to_owned();
    (position, text(&found.class_type), text(&found.title))
}

fn assert_said(document: &Document, node: &str, input: &str, position: &str, class: &str, title: &str) {
    let wanted = (position.to_owned(), class.to_owned(), title.to_owned());
    assert_eq!(said(document, node, input), wanted, "{node} {input}");
}

#[test]
fn of_prompts() {
    let document = open("a.json", PROMPT);
    assert_eq!(document.form(), Form::Prompt);
    assert_said(&document, "57", "width", "a.json:3:25", "EmptyImage", "Canvas");
    assert_said(&document, "57", "", "a.json:4:5", "EmptyImage", "Canvas");
    assert_said(&document, "8:1", "images", "a.json:7:62", "PreviewImage", "");
    assert_eq!(document.node_line("57"), Some(4));
    assert_eq!(document.node_line("8:1"), Some(7));
}

#[test]
fn of_prompts_as_they_are_posted() {
    let document = open("a.json", &format!("{{\"client_id\": \"me\", \"prompt\": {PROMPT}}}"));
    assert_eq!(document.node_line("57"), Some(4));
    assert_said(&document, "57", "width", "a.json:3:25", "EmptyImage", "Canvas");
}

#[test]
fn of_workflows() {
    let document = open("a.json", WORKFLOW);
    assert_eq!(document.form(), Form::Workflow);
    // a value of the definition, one of the instance, a socket, a node
    assert_said(&document, "57:8", "width", "a.json:20:9", "EmptyImage", "Inside");
    assert_said(&document, "58:8", "height", "a.json:7:23", "EmptyImage", "Inside");
    assert_said(&document, "57:8", "height", "a.json:4:23", "EmptyImage", "Inside");
    assert_said(&document, "3", "images", "a.json:9:34", "PreviewImage", "");
    assert_said(&document, "58:8", "", "a.json:16:16", "EmptyImage", "Inside");
    assert_eq!(document.node_line("57:8"), Some(16));
    assert_eq!(document.node_line("4"), Some(10));
}

#[test]
fn of_flows() {
    let document = open("flow.rs", FLOW);
    let lowered = Compiler::bundled().lower(&document, LowerOptions::default());
    let keys: Vec<String> = lowered.graph.nodes().map(|(_, node)| node.key.to_string()).collect();
    let inner = keys.iter().find(|key| key.ends_with(":3")).expect("a node in the subgraph");
    assert_said(&document, "3", "width", "flow.rs:5:48", "EmptyImage", "");
    assert_said(&document, "3", "", "flow.rs:5:18", "EmptyImage", "");
    assert_said(&document, inner, "height", "flow.rs:17:21", "EmptyImage", "");
    // where nothing is given the node is shown
    assert_said(&document, inner, "color", "flow.rs:14:17", "EmptyImage", "");
    assert_eq!(document.node_line(inner), Some(14));
    let shown: Vec<&String> = keys.iter().filter(|key| document.node_line(key) == Some(8)).collect();
    assert_eq!(shown.len(), 2, "{keys:?}");
    assert_said(&document, shown[1], "images", "flow.rs:8:42", "PreviewImage", "Shown");
}

/// The compiler's own findings about a flow whose ids are kept are at the right node.
#[test]
fn own_findings_of_flows_with_ids() {
    let text = FLOW.replace(".height(height)", ".height(height).batch_size(9999)");
    let found =
        Compiler::bundled().check_input(&Input::from_text("flow.rs", text.as_str())).expect("a program");
    let found = found.iter().find(|found| found.is_error()).expect("a mistake");
    let Some(Place::Bytes { start, end }) = found.place else { panic!("{found:?}") };
    assert_eq!(text.get(start..end), Some("9999"));
}

#[test]
fn what_is_known_stays_and_what_is_unknown_is_left_alone() {
    let document = open("a.json", PROMPT);
    let place = Place::Bytes { start: 1, end: 2 };
    let mut known = Diagnostic::new(codes::INTERNAL_ERROR, "").node("57").at(place.clone());
    known.class_type = Some("Mine".into());
    assert_eq!(document.locate(known.clone()), known);
    for node in ["58", "57:1", "", "57:", ":"] {
        let strange = Diagnostic::new(codes::INTERNAL_ERROR, "").node(node).input("x");
        assert_eq!(document.locate(strange.clone()), strange);
        assert_eq!(document.node_line(node), None);
    }
    let general = Diagnostic::new(codes::INTERNAL_ERROR, "");
    assert_eq!(document.locate(general.clone()), general);
}

#[test]
fn a_compiler_is_used_again_and_again() {
    let compiler = Compiler::bundled();
    let original = compiler.open(&Input::from_text("a.json", WORKFLOW)).expect("a workflow");
    let flow = compiler.write(&original, &Target::default()).value;
    let flow = compiler.open(&Input::from_text("flow.rs", flow)).expect("a flow");
    assert!(compiler.diff(&original, &flow).is_empty(), "{}", compiler.diff(&original, &flow));
    let again = compiler.write(&flow, &Target::Ui(Looks::of(&original))).value;
    let again = compiler.open(&Input::from_text("b.json", again)).expect("a workflow");
    let queued = diff::graphs(original.graph(), again.graph(), Level::Queued);
    assert_eq!(queued.to_string(), "");
}

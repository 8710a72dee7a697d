//! Flows to graphs and prompts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod catalog;
mod nodes;
mod subgraphs;
mod support;

use comfy_dsl::Flow;
use serde_json::{Map, Value};

/// The prompt of a flow that is fine, and whose graph keeps its invariants.
fn prompt(g: &Flow) -> Value {
    let graph = g.to_graph().value;
    graph.verify().expect("a graph that keeps its invariants");
    let prompt = g.build().expect("a flow without problems");
    assert_eq!(prompt, g.to_prompt());
    prompt
}

/// The inputs of one node of the prompt.
fn inputs(prompt: &Value, id: &str) -> Value {
    let node = prompt.get(id).unwrap_or_else(|| panic!("no node {id} in {prompt:#}"));
    node["inputs"].clone()
}

/// `id: class_type` of every node, in order.
fn classes(prompt: &Value) -> Vec<String> {
    let nodes: &Map<String, Value> = prompt.as_object().expect("a prompt");
    nodes
        .iter()
        .map(|(id, node)| format!("{id} {}", node["class_type"].as_str().unwrap_or_default()))
        .collect()
}

/// The codes that `build` fails with.
fn codes(g: &Flow) -> Vec<&'static str> {
    let problems = g.build().expect_err("a flow with problems");
    problems.iter().map(|problem| problem.code.name()).collect()
}

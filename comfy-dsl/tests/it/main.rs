//! Flows to graphs and prompts.

#![allow(clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod catalog;
mod checks;
mod flows;
mod nodes;
mod subgraphs;
mod support;

use comfy_dsl::{Diagnostic, Flow, Problems};
use comfy_graph::diag::codes;
use serde_json::{Map, Value};

/// The prompt of a flow that is fine, and whose graph keeps its invariants.
fn prompt(g: &Flow) -> Value {
    let graph = g.to_graph().value;
    graph.verify().expect("a graph that keeps its invariants");
    let problems = problems(g);
    assert!(problems.is_empty(), "{problems:#?}");
    g.to_prompt()
}

/// The errors of a flow. Most flows here have no node that saves anything, which is none.
fn problems(g: &Flow) -> Vec<Diagnostic> {
    let found = g.build().map_or_else(Problems::into_vec, |prompt| {
        assert_eq!(prompt, g.to_prompt());
        Vec::new()
    });
    found.into_iter().filter(|p| p.is_error() && p.code != codes::PROMPT_NO_OUTPUTS).collect()
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
fn found(g: &Flow) -> Vec<&'static str> {
    problems(g).iter().map(|problem| problem.code.name()).collect()
}

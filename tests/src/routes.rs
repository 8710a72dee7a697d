//! What a workflow loses on its way through Rust and through the UI format, with any catalog.

use comfy_codegen::names::Names;
use comfy_graph::{
    back::{self, ui::Options},
    catalog::Catalog,
    diag::{Code, Diagnostic, Place, codes},
    front,
    graph::Graph,
    passes,
};
use comfy_transpile::{
    read::{ReadOptions, read_with},
    rust::{EmitOptions, emit},
};
use serde_json::Value;

use crate::prompts::{Difference, differences, digests};

/// The prompt that the server gets.
pub fn prompt(graph: &Graph) -> Value {
    back::api::emit(&passes::lower_for_execution(graph).value, None)
}

/// What is not the same after a route, one line each.
pub fn losses(graph: &Graph, catalog: &Catalog, names: &Names<'_>) -> Vec<String> {
    let direct = prompt(graph);
    let mut lost = Vec::new();
    lost.extend(through_rust(graph, &direct, catalog, names));
    for keep_layout in [true, false] {
        let options = Options { keep_layout };
        lost.extend(through_workflow(graph, &direct, catalog, options));
    }
    lost
}

fn through_rust(graph: &Graph, direct: &Value, catalog: &Catalog, names: &Names<'_>) -> Option<String> {
    let emitted = emit(graph, catalog, &EmitOptions::default().keep_ids(true));
    let source = emitted.value;
    let error = match read_with(&source, names, &ReadOptions::default()) {
        Ok(again) => {
            let again = prompt(&again.value.graph);
            let all = differences(&again, direct);
            let is_said = |difference: &Difference| {
                let is_it = |found: &Diagnostic| {
                    found.code == codes::NOT_EXPRESSIBLE
                        && found.input.as_deref() == difference.input.as_deref()
                };
                difference.ours.is_none() && emitted.diagnostics.iter().any(is_it)
            };
            if digests(&again) == digests(direct) || (!all.is_empty() && all.iter().all(is_said)) {
                return None;
            }
            let first = all.iter().find(|difference| !is_said(difference));
            return Some(format!("rust: another prompt: {first:?}"));
        }
        Err(error) => error,
    };
    let first = error.0.iter().find(|found| found.is_error());
    let about = first.and_then(|found| match &found.place {
        Some(Place::Bytes { start, .. }) => {
            let line = source.get(..*start)?.lines().count().saturating_sub(1);
            let lines: Vec<&str> = source.lines().skip(line.saturating_sub(6)).take(10).collect();
            Some(lines.join("\n"))
        }
        _ => None,
    });
    Some(format!("rust: not read: {first:?} {about:?}"))
}

fn through_workflow(graph: &Graph, direct: &Value, catalog: &Catalog, options: Options) -> Vec<String> {
    let keep_layout = options.keep_layout;
    let written = back::ui::emit(graph, catalog, options);
    let Ok(again) = front::read(&written.value.to_string(), catalog) else {
        return vec!["ui: what was written is not read".to_owned()];
    };
    if let Err(problem) = again.value.graph.verify() {
        return vec![format!("ui: {problem}")];
    }
    // what is dropped on reading is said then
    let mut said = written.diagnostics;
    said.extend(again.diagnostics.into_iter().filter(|found| found.code == codes::INPUT_DROPPED));
    let found = unsaid(differences(&prompt(&again.value.graph), direct), &said);
    found.into_iter().map(|found| format!("ui (keep_layout: {keep_layout}): {found:?}")).collect()
}

/// What is different and was not said. What a workflow cannot hold of a prompt is said when it is written: that an input
/// has no value where the frontend has a default, and values under the names of the frontend's own widgets.
pub fn unsaid(found: Vec<Difference>, said: &[Diagnostic]) -> Vec<Difference> {
    let explained = |difference: &Difference| {
        // a list of a class that the catalog does not have: the server takes it out of its wrapping
        let wrapped = difference.ours.as_ref().and_then(|ours| ours.get("__value__"));
        if wrapped.is_some() && wrapped == difference.theirs.as_ref() {
            return true;
        }
        let Some(name) = difference.input.as_deref() else { return false };
        let any: &[Code] = match name {
            _ if difference.theirs.is_none() => &[codes::INPUT_FILLED_IN],
            "upload" => &[codes::VALUE_WITHOUT_WIDGET],
            _ if difference.ours.is_none() => &[codes::INPUT_DROPPED, codes::VALUE_WITHOUT_WIDGET],
            _ => return false,
        };
        let is_node = |found: &Diagnostic| {
            let inner = difference.node.rsplit(':').next();
            found.node.as_deref() == Some(&*difference.node) || found.node.as_deref() == inner
        };
        said.iter()
            .any(|found| any.contains(&found.code) && found.input.as_deref() == Some(name) && is_node(found))
    };
    found.into_iter().filter(|difference| !explained(difference)).collect()
}

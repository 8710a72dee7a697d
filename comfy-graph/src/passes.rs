//! From the graph as its author made it to what a server runs.
//!
//! [`lower_for_execution`] does what the frontend's `graphToPrompt` does (`utils/executionUtil.ts`,
//! `ExecutableNodeDTO.ts`), but as rewriting passes, each in its own file:
//!
//! 1. [`primitives`] – primitives write their value into the widgets they are linked to;
//! 2. [`subgraphs`] – instances are replaced by their contents, ids become paths;
//! 3. [`reroutes`] – links go around reroutes, and primitives write into the widgets behind them;
//! 4. [`mute`] – muted nodes and their links go;
//! 5. [`bypass`] – links go around bypassed nodes, by type;
//! 6. [`virtuals`] – what exists only in the frontend goes.
//!
//! On demand two more run at the end: [`dynamic_prompts`] and [`file_names`], which the frontend applies to texts when
//! it queues.
//!
//! The order matters: a bypassed node is asked for the type of the input that finally takes the link, so that
//! boundaries and reroutes have to be gone; and its own inputs must lead to nodes that run.
//!
//! Passes lose information. Rust, UI JSON and pictures are made from the graph *before* them. Every pass is total:
//! it returns a graph whatever it was given, and reports what it had to leave out. None recurses with the size of
//! its input, and all are linear in it, but for subgraphs, whose contents are limited in number
//! ([`subgraphs::MAX_NODES`]) and in bytes.

pub mod bypass;
pub(crate) mod choice_index;
pub mod dynamic_prompts;
pub mod file_names;
pub mod mute;
pub mod primitives;
pub mod reroutes;
pub mod subgraphs;
mod through;
pub mod virtuals;

use serde_json::Value;

use crate::{
    budget::Budget,
    catalog::widgets::resolves_file_names,
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::{Graph, Node, WidgetForm},
};

pub use file_names::Moment;

/// What is done beyond the structure of the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LowerOptions {
    /// Expand `{a|b}` in texts, choosing by this seed. Without it texts stay as they are.
    pub seed: Option<u64>,
    /// Fill in `%date:…%` and `%Node.widget%` in names of saved files, with this as the time. Without it they stay.
    pub resolve_names: Option<Moment>,
}

/// The graph that a server runs: flat, in the frontend's order, with nothing but nodes that run. Texts stay as they
/// are.
///
/// The graph itself is left as it is.
pub fn lower_for_execution(graph: &Graph) -> WithDiagnostics<Graph> {
    lower(graph, LowerOptions::default())
}

/// As [`lower_for_execution`], with texts as the options say.
pub fn lower(graph: &Graph, options: LowerOptions) -> WithDiagnostics<Graph> {
    let mut found = Vec::new();
    let mut work = graph.for_execution();
    let mut budget = Budget::new();
    primitives::run_within(&mut work, &mut budget, &mut found);
    let mut flat = subgraphs::run_within(work, &mut budget, &mut found);
    reroutes::run_within(&mut flat, &mut budget, &mut found);
    primitives::deliver(&mut flat, &mut budget, &mut found);
    mute::run(&mut flat);
    bypass::run_within(&mut flat, &mut budget, &mut found);
    virtuals::run(&mut flat);
    budget.report(&mut found);
    match options.seed {
        Some(seed) => dynamic_prompts::run(&mut flat, seed),
        None => report_choices(&flat, &mut found),
    }
    match options.resolve_names {
        Some(now) => file_names::run(&mut flat, graph, now),
        None => report_patterns(&flat, &mut found),
    }
    WithDiagnostics { value: flat, diagnostics: found }
}

/// Tells which texts the frontend would pick alternatives of.
fn report_choices(flat: &Graph, found: &mut Vec<Diagnostic>) {
    let has_choice =
        |text: &str| text.split_once('{').is_some_and(|(_, rest)| rest.contains('|') && rest.contains('}'));
    for (_, node) in flat.nodes() {
        for widget in node.widgets.iter().filter(|widget| widget.form == WidgetForm::DynamicPrompt) {
            let delivered = node.inputs.iter().any(|i| i.name == widget.name && i.value.is_some());
            if !delivered && widget.value.as_ref().and_then(Value::as_str).is_some_and(has_choice) {
                found.push(kept(node, &widget.name, codes::DYNAMIC_PROMPT, "has alternatives {a|b}"));
            }
        }
    }
}

/// Tells which file names the frontend would fill in.
fn report_patterns(flat: &Graph, found: &mut Vec<Diagnostic>) {
    for (_, node) in flat.nodes() {
        let prefix = node.widget("filename_prefix").filter(|_| resolves_file_names(&node.class_type));
        let is_pattern =
            |text: &str| text.contains("%date:") || (text.matches('%').count() > 1 && text.contains('.'));
        if prefix.and_then(|widget| widget.value.as_ref()?.as_str()).is_some_and(is_pattern) {
            found.push(kept(node, "filename_prefix", codes::FILE_NAME_PATTERN, "has %patterns%"));
        }
    }
}

fn kept(node: &Node, input: &str, code: crate::diag::Code, what: &str) -> Diagnostic {
    let message =
        format!("{}: `{input}` {what}, which the frontend fills in; it is kept as it is", node.describe());
    Diagnostic::new(code, message).at_opt(node.path()).node(&node.key).input(input)
}

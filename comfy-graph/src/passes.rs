//! From the graph as its author made it to what a server runs.
//!
//! [`lower_for_execution`] does what the frontend's `graphToPrompt` does (`utils/executionUtil.ts`,
//! `ExecutableNodeDTO.ts`), but as rewriting passes, each in its own file:
//!
//! 1. [`primitives`] – primitives write their value into the widgets they are linked to;
//! 2. [`subgraphs`] – instances are replaced by their contents, ids become paths;
//! 3. [`reroutes`] – links go around reroutes;
//! 4. [`mute`] – muted nodes and their links go;
//! 5. [`bypass`] – links go around bypassed nodes, by type;
//! 6. [`virtuals`] – what exists only in the frontend goes.
//!
//! The order matters: a bypassed node is asked for the type of the input that finally takes the link, so that
//! boundaries and reroutes have to be gone; and its own inputs must lead to nodes that run.
//!
//! Passes lose information. Rust, UI JSON and pictures are made from the graph *before* them. Every pass is total:
//! it returns a graph whatever it was given, and reports what it had to leave out. None recurses with the size of
//! its input, and all are linear in it, but for subgraphs, whose contents are limited in number
//! ([`subgraphs::MAX_NODES`]) and in bytes.

pub mod bypass;
pub mod mute;
pub mod primitives;
pub mod reroutes;
pub mod subgraphs;
mod through;
pub mod virtuals;

use crate::{budget::Budget, diag::WithDiagnostics, graph::Graph};

/// The graph that a server runs: flat, in the frontend's order, with nothing but nodes that run.
///
/// The graph itself is left as it is.
pub fn lower_for_execution(graph: &Graph) -> WithDiagnostics<Graph> {
    let mut found = Vec::new();
    let mut work = graph.for_execution();
    let mut budget = Budget::new();
    primitives::run_within(&mut work, &mut budget, &mut found);
    let mut flat = subgraphs::run_within(work, &mut budget, &mut found);
    reroutes::run_within(&mut flat, &mut budget, &mut found);
    mute::run(&mut flat);
    bypass::run_within(&mut flat, &mut budget, &mut found);
    virtuals::run(&mut flat);
    budget.report(&mut found);
    WithDiagnostics { value: flat, diagnostics: found }
}

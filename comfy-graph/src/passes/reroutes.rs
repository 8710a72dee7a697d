//! Links go around reroute nodes.
//!
//! A reroute passes on the input of the same slot; the type asked for stays that of the consumer. A muted reroute
//! cuts its link ([`mute`](super::mute)), a bypassed one is routed like any bypassed node
//! ([`bypass`](super::bypass)).

use crate::{
    budget::Budget,
    catalog::virtuals::VirtualRole,
    diag::Diagnostic,
    graph::{Graph, Link, Node},
};

use super::through::{Route, lead_around, wanted};

/// Runs the pass on this graph alone. The reroutes themselves stay, unlinked.
pub fn run(graph: &mut Graph, found: &mut Vec<Diagnostic>) {
    let mut budget = Budget::new();
    run_within(graph, &mut budget, found);
    budget.report(found);
}

/// Runs the pass with what is left of a budget.
pub(super) fn run_within(graph: &mut Graph, budget: &mut Budget, found: &mut Vec<Diagnostic>) {
    let is_reroute = |node: &Node| node.is_virtual(VirtualRole::Reroute) && node.mode.runs();
    let same_slot = |graph: &Graph, _, link: &Link| Route::Input(link.from.slot, wanted(graph, link));
    lead_around(graph, is_reroute, same_slot, budget, found);
}

//! What exists only in the frontend goes: notes, reroutes and primitives that have done their work, instances and
//! boundaries.

use crate::graph::{Graph, NodeKind};

/// Runs the pass on this graph alone.
pub fn run(graph: &mut Graph) {
    graph.retain(|_, node| node.kind == NodeKind::Class);
}

//! Muted nodes go, and with them the links from and to them.
//!
//! A widget whose link goes keeps its own value; a plain socket is left out of the prompt.

use crate::graph::{Graph, Mode};

/// Runs the pass on this graph alone.
pub fn run(graph: &mut Graph) {
    graph.retain(|_, node| node.mode != Mode::Never);
}

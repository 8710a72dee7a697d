//! How many nodes there will be when all instances are replaced by the contents of their definitions, told without doing
//! it.

use std::collections::BTreeMap;

use crate::graph::{Graph, NodeKind, SubgraphId};

/// The number of nodes of the expanded graph, as far as numbers go. Definitions that contain themselves count once on the
/// way round.
pub(super) fn expanded(graph: &Graph) -> usize {
    let mut sizes: BTreeMap<SubgraphId, usize> = BTreeMap::new();
    for id in graph.innermost_first() {
        if let Some(subgraph) = graph.subgraph(id.as_str()) {
            let size = size(&subgraph.graph, &sizes, true);
            sizes.insert(id, size);
        }
    }
    size(graph, &sizes, false)
}

/// A graph with all that its instances bring. Those that do not run bring nothing at the top.
fn size(graph: &Graph, sizes: &BTreeMap<SubgraphId, usize>, inside: bool) -> usize {
    let brought =
        graph.nodes().filter(|(_, node)| inside || node.mode.runs()).map(|(_, node)| match &node.kind {
            NodeKind::Instance(id) => sizes.get(id).copied().unwrap_or(0),
            _ => 0,
        });
    brought.fold(graph.len(), usize::saturating_add)
}

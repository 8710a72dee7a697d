//! Changes to a graph without which the frontend could not do with it what the graph means.

use std::borrow::Cow;

use super::last_node;
use crate::{
    catalog::{IoType, virtuals::VirtualRole},
    graph::{Graph, InputSlot, Link, Node, NodeKey, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId},
};

/// An input that is wired straight to an output of a subgraph makes the frontend fail when it queues; through a
/// reroute it works.
pub(super) fn prepare(graph: &Graph) -> Cow<'_, Graph> {
    let straight: Vec<(SubgraphId, Vec<Link>)> = graph
        .subgraphs()
        .map(|(id, subgraph)| (id.clone(), straight_links(subgraph)))
        .filter(|(_, links)| !links.is_empty())
        .collect();
    if straight.is_empty() {
        return Cow::Borrowed(graph);
    }
    let mut last = last_node(graph);
    let mut graph = graph.clone();
    for (id, links) in straight {
        let Some(subgraph) = graph.subgraph_mut(id.as_str()) else { continue };
        for link in links {
            last += 1;
            let io_type = subgraph.graph[link.to.node].inputs[link.to.slot].io_type.clone();
            let Ok(node) = subgraph.graph.insert(reroute(last, &io_type)) else { continue };
            let slot = Slot { node, slot: 0 };
            subgraph.graph.link(link.from, slot);
            subgraph.graph.link(slot, link.to);
        }
    }
    Cow::Owned(graph)
}

fn straight_links(subgraph: &Subgraph) -> Vec<Link> {
    let links = subgraph.graph.links_from(subgraph.inputs_node()).into_iter();
    links.filter(|link| link.to.node == subgraph.outputs_node()).collect()
}

fn reroute(id: i64, io_type: &IoType) -> Node {
    let kind = NodeKind::Virtual(VirtualRole::Reroute);
    let mut node = Node::of_kind(NodeKey::new(id.to_string()), kind, "Reroute");
    node.inputs = vec![InputSlot::new("", IoType::any())];
    node.outputs = vec![OutputSlot { name: "".into(), io_type: io_type.clone() }];
    node
}

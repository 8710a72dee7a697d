//! Changes to a graph without which the frontend could not do with it what the graph means.

use std::{borrow::Cow, iter};

use serde_json::Value;

use super::last_node;
use crate::{
    catalog::{IoType, virtuals::VirtualRole},
    graph::{Graph, InputSlot, Link, Node, NodeKey, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId},
};

/// The graph as the frontend needs it.
pub(super) fn prepare(graph: &Graph) -> Cow<'_, Graph> {
    let mut prepared = Cow::Borrowed(graph);
    add_reroutes(&mut prepared);
    fill_in_promoted(&mut prepared);
    prepared
}

/// An input that is wired straight to an output of a subgraph makes the frontend fail when it queues; through a
/// reroute it works.
fn add_reroutes(graph: &mut Cow<'_, Graph>) {
    let straight: Vec<(SubgraphId, Vec<Link>)> = graph
        .subgraphs()
        .map(|(id, subgraph)| (id.clone(), straight_links(subgraph)))
        .filter(|(_, links)| !links.is_empty())
        .collect();
    if straight.is_empty() {
        return;
    }
    let mut last = last_node(graph);
    let graph = graph.to_mut();
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
}

/// Widgets inside that have no value of their own get what the first instance promotes into them. The frontend keeps it
/// there too, and computes from it: `CustomCombo.index` is the position of the inner `choice`.
fn fill_in_promoted(graph: &mut Cow<'_, Graph>) {
    let missing = promoted_only(graph);
    if missing.is_empty() {
        return;
    }
    let graph = graph.to_mut();
    for (id, to, value) in missing {
        let Some(subgraph) = graph.subgraph_mut(id.as_str()) else { continue };
        let node = &mut subgraph.graph[to.node];
        let name = node.inputs[to.slot].name.clone();
        if let Some(widget) = node.widget_mut(&name) {
            widget.value.get_or_insert(value);
        }
    }
}

/// Inputs of nodes in definitions whose widgets have a value from an instance and none of their own.
fn promoted_only(graph: &Graph) -> Vec<(SubgraphId, Slot, Value)> {
    let mut missing = Vec::new();
    let scopes = iter::once(graph).chain(graph.subgraphs().map(|(_, subgraph)| &subgraph.graph));
    for (_, instance) in scopes.flat_map(Graph::nodes) {
        let NodeKind::Instance(id) = &instance.kind else { continue };
        let Some(definition) = graph.subgraph(id.as_str()) else { continue };
        for port in 0..instance.inputs.len() {
            let Some(value) = instance.promoted(port).and_then(|widget| widget.value.as_ref()) else {
                continue;
            };
            let empty = definition.uses_of_input(port).filter(|link| {
                let node = &definition.graph[link.to.node];
                let widget = node.inputs.get(link.to.slot).and_then(|input| node.widget(&input.name));
                node.kind == NodeKind::Class && widget.is_some_and(|widget| widget.value.is_none())
            });
            missing.extend(empty.map(|link| (id.clone(), link.to, value.clone())));
        }
    }
    missing
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

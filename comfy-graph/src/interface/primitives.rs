//! Primitives at the top that feed a widget: the frontend's own node, and nodes of the server that hold one value.

use super::{
    Binding, ParamSource,
    collect::{Collect, Draft},
    placeholders::plain,
};
use crate::{
    catalog::virtuals::VirtualRole,
    graph::{Graph, Node, NodeIx, NodeKind, Slot},
};

/// Adds a parameter for each of them, called as its title, or as the input that it feeds.
pub(super) fn collect(collect: &mut Collect<'_>) {
    let graph = collect.graph;
    for (ix, node) in graph.nodes().filter(|(_, node)| is_primitive(node)) {
        let Some(widget) = node.widgets.first() else { continue };
        let binding = Binding { node: node.key.clone(), input: widget.name.clone() };
        let is_linked =
            node.input_slot(&widget.name).is_some_and(|slot| graph.source(Slot { node: ix, slot }).is_some());
        let Some(fed) = fed_widget(graph, ix).filter(|_| !is_linked) else { continue };
        let name = node.title.as_deref().map_or_else(|| fed.to_owned(), plain);
        collect.add(Draft::new(name, ParamSource::Primitive, binding));
    }
}

fn is_primitive(node: &Node) -> bool {
    match node.kind {
        NodeKind::Virtual(VirtualRole::Primitive) => true,
        NodeKind::Class => node.class_type.starts_with("Primitive") && node.mode.runs(),
        _ => false,
    }
}

/// The name of the first widget that a node's output leads to, through reroutes.
fn fed_widget(graph: &Graph, from: NodeIx) -> Option<&str> {
    let mut waiting: Vec<_> = graph.links_from(from).into_iter().rev().collect();
    let mut seen = std::collections::BTreeSet::new();
    while let Some(link) = waiting.pop() {
        if !seen.insert(link.to) {
            continue;
        }
        let node = graph.get(link.to.node)?;
        let input = node.inputs.get(link.to.slot)?;
        if node.is_virtual(VirtualRole::Reroute) {
            waiting.extend(graph.links_from(link.to.node).into_iter().rev());
        } else if input.widget || place_is_widget(node, &input.name) {
            return Some(&input.name);
        }
    }
    None
}

/// A prompt has no sockets of widgets; its inputs are of the catalog's types.
fn place_is_widget(node: &Node, name: &str) -> bool {
    let input = node.inputs.iter().find(|input| *input.name == *name);
    let value_types = ["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"];
    input.is_some_and(|input| value_types.contains(&input.io_type.as_str()))
}

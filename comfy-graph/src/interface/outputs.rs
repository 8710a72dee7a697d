//! The results of a workflow: those that titles name, else those of app mode, else all nodes that are outputs.

use super::{
    Output,
    declared::{linear_data, node_id},
    place,
};
use crate::{
    catalog::Catalog,
    graph::{Graph, NodeKey, Slot},
};

/// The results of a graph; `titled` are those that titles name.
pub(super) fn of(
    graph: &Graph,
    flat: &Graph,
    catalog: &Catalog,
    titled: Vec<(Box<str>, NodeKey)>,
) -> Vec<Output> {
    let output = |name: Box<str>, node: NodeKey| Output { io_type: shown(flat, &node), name, node };
    if !titled.is_empty() {
        return titled.into_iter().map(|(name, node)| output(name, node)).collect();
    }
    let app = linear_data(&graph.document, "outputs").filter_map(node_id);
    let app = app.filter(|id| place::node_at(graph, id).is_some());
    let app: Vec<Output> = app.map(|id| output(id.as_str().into(), NodeKey::new(id))).collect();
    if !app.is_empty() {
        return app;
    }
    let saves = |class: &str| catalog.get(class).is_some_and(|def| def.output_node);
    let nodes = flat.nodes().filter(|(_, node)| saves(&node.class_type));
    nodes.map(|(_, node)| output(node.key.as_str().into(), node.key.clone())).collect()
}

/// The type of what comes into a node: of its first input that is linked.
fn shown(flat: &Graph, key: &NodeKey) -> Option<crate::catalog::IoType> {
    let node = flat.find(key.as_str())?;
    let link = flat.links_into(node).into_iter().next()?;
    let Slot { node: from, slot } = link.from;
    Some(flat.get(from)?.outputs.get(slot)?.io_type.clone())
}

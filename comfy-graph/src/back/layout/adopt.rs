//! The looks of a workflow for another that was made of it: a flow in Rust knows no places.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    catalog::virtuals::VirtualRole,
    diff::{self, Pairs},
    graph::{Graph, Layout, Node, NodeIx, NodeKey, NodeKind, NodeSource, SlotLabel},
};

/// Gives the nodes that are also in `original` ([`diff::pairs`]) the looks that they have there: ids, places, sizes,
/// colours, the words on their sockets, and what else only the frontend knows of them. The workflow gets the frames
/// around nodes and the rest of the document. Nodes that `original` does not have get ids that it does not have either.
///
/// Notes of `original` come back unless `graph` is a workflow of its own: in a flow they are comments, and a prompt has
/// none. Reroutes and primitives do not: what they led to is linked or set directly.
pub fn adopt(graph: &mut Graph, original: &Graph) {
    let pairs = diff::pairs(original, graph);
    let mut ids = Ids::beyond(original);
    let notes = !graph.nodes().any(|(_, node)| matches!(node.source, Some(NodeSource::Workflow { .. })));
    let mut dressed = BTreeSet::new();
    for pairs in &pairs {
        match &pairs.definitions {
            None => {
                dress(graph, original, pairs, &mut ids, notes);
                fill(&mut graph.document, &original.document);
            }
            // of several uses of one original the first decides
            Some((_, new)) if !dressed.insert(&**new) => {}
            Some((old, new)) => {
                if let (Some(old), Some(new)) = (original.subgraph(old), graph.subgraph_mut(new)) {
                    dress(&mut new.graph, &old.graph, pairs, &mut ids, notes);
                    fill(&mut new.extra, &old.extra);
                }
            }
        }
    }
    let new: Vec<_> = graph.subgraphs().map(|(id, _)| id.clone()).collect();
    for id in new.iter().filter(|id| !dressed.contains(id.as_str())) {
        if let Some(subgraph) = graph.subgraph_mut(id.as_str()) {
            subgraph.graph.rename(|_, node| ids.own(node));
        }
    }
}

/// Ids, each given once in all scopes, as the frontend wants them.
struct Ids {
    given: BTreeSet<NodeKey>,
    last: i64,
}

impl Ids {
    fn beyond(original: &Graph) -> Self {
        let inner = original.subgraphs().map(|(_, subgraph)| &subgraph.graph);
        let nodes = std::iter::once(original).chain(inner).flat_map(Graph::nodes);
        let last = nodes.filter_map(|(_, node)| node.key.as_str().parse().ok()).max();
        Self { given: BTreeSet::new(), last: last.unwrap_or(0).max(0) }
    }

    /// The original's id, unless another node has it.
    fn of(&mut self, original: &NodeKey) -> NodeKey {
        if self.given.insert(original.clone()) { original.clone() } else { self.next() }
    }

    /// The id of a node that the original does not have. Boundaries are called what they are.
    fn own(&mut self, node: &Node) -> NodeKey {
        if super::is_panel(&node.kind) { node.key.clone() } else { self.next() }
    }

    fn next(&mut self) -> NodeKey {
        self.last = self.last.saturating_add(1);
        NodeKey::new(self.last.to_string())
    }
}

/// The looks of one scope.
fn dress(graph: &mut Graph, original: &Graph, pairs: &Pairs, ids: &mut Ids, notes: bool) {
    let partners: BTreeMap<NodeIx, &Node> =
        pairs.nodes.iter().filter_map(|(old, new)| Some((*new, original.get(*old)?))).collect();
    for (new, old) in &partners {
        if let Some(node) = graph.get_mut(*new) {
            dress_node(node, old);
        }
    }
    graph.rename(|ix, node| match partners.get(&ix) {
        Some(old) if !super::is_panel(&node.kind) => ids.of(&old.key),
        _ => ids.own(node),
    });
    if partners.is_empty() {
        return;
    }
    if graph.groups.is_empty() {
        graph.groups.clone_from(&original.groups);
    }
    let paired: BTreeSet<NodeIx> = pairs.nodes.iter().map(|(old, _)| *old).collect();
    let lost = original.nodes().filter(|(ix, node)| notes && is_note(node) && !paired.contains(ix));
    for (_, note) in lost {
        // every id is new, so there is always room
        let _ = graph.insert(Node { key: ids.of(&note.key), ..note.clone() });
    }
}

fn is_note(node: &Node) -> bool {
    node.is_virtual(VirtualRole::Note)
}

/// A node of another class in the place of an old one has its place and colours only.
fn dress_node(node: &mut Node, old: &Node) {
    let same = match (&node.kind, &old.kind) {
        (NodeKind::Class | NodeKind::Virtual(_), _) => node.class_type == old.class_type,
        (kind, other) => std::mem::discriminant(kind) == std::mem::discriminant(other),
    };
    node.layout = old.layout.as_deref().map(|looks| {
        let (size, labels) =
            if same { (looks.size, labels(node, old, &looks.labels)) } else { (None, Vec::new()) };
        Box::new(Layout { size, labels, ..looks.clone() })
    });
    if same {
        fill(&mut node.extra, &old.extra);
    }
}

/// The words on sockets, which go by name.
fn labels(node: &Node, old: &Node, labels: &[SlotLabel]) -> Vec<SlotLabel> {
    let slot = |label: &SlotLabel| {
        if label.output {
            let name = &old.outputs.get(label.slot)?.name;
            node.outputs.iter().position(|output| output.name == *name)
        } else {
            node.input_slot(&old.inputs.get(label.slot)?.name)
        }
    };
    let mut moved: Vec<SlotLabel> =
        labels.iter().filter_map(|label| Some(SlotLabel { slot: slot(label)?, ..label.clone() })).collect();
    moved.sort_by_key(|label| (label.output, label.slot));
    moved.dedup_by_key(|label| (label.output, label.slot));
    moved
}

/// Takes what is not there.
fn fill(fields: &mut Map<String, Value>, from: &Map<String, Value>) {
    for (key, value) in from {
        if !fields.contains_key(key) {
            fields.insert(key.clone(), value.clone());
        }
    }
}

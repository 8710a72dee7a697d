//! The nodes and links of one graph: the root, or the inside of a definition.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Writer, id_value};
use crate::{
    back::{
        layout::{self, Placement},
        types,
    },
    graph::{Graph, NodeIx, NodeKind, Slot},
};

/// What is written of a graph.
pub(super) struct Scope {
    pub(super) nodes: Vec<Value>,
    pub(super) links: Vec<LinkRecord>,
    pub(super) placement: Placement,
}

/// An entry of the link table.
pub(super) struct LinkRecord {
    id: i64,
    origin: Value,
    origin_slot: usize,
    target: Value,
    target_slot: usize,
    io_type: Box<str>,
}

impl LinkRecord {
    /// As the root has it.
    pub(super) fn as_array(&self) -> Value {
        let Self { id, origin, origin_slot, target, target_slot, io_type } = self;
        json!([id, origin, origin_slot, target, target_slot, io_type])
    }

    /// As definitions have it.
    pub(super) fn as_object(&self) -> Value {
        let Self { id, origin, origin_slot, target, target_slot, io_type } = self;
        json!({"id": id, "origin_id": origin, "origin_slot": origin_slot, "target_id": target,
               "target_slot": target_slot, "type": io_type})
    }
}

/// The numbers of a graph's links.
#[derive(Default)]
pub(super) struct Numbers {
    /// By the input they end in.
    into: BTreeMap<Slot, i64>,
    /// By the output they start from, in order.
    from: BTreeMap<Slot, Vec<i64>>,
}

impl Numbers {
    /// The link into an input.
    pub(super) fn into(&self, to: Slot) -> Option<i64> {
        self.into.get(&to).copied()
    }

    /// The links out of an output.
    pub(super) fn from(&self, from: Slot) -> &[i64] {
        self.from.get(&from).map_or(&[], Vec::as_slice)
    }
}

impl Scope {
    /// Writes all nodes and links of a graph, but for the boundary nodes themselves.
    pub(super) fn write<'g>(writer: &mut Writer<'g>, graph: &'g Graph) -> Self {
        Self::write_with(writer, graph).0
    }

    /// As [`write`](Self::write), with the numbers of the links.
    pub(super) fn write_with<'g>(writer: &mut Writer<'g>, graph: &'g Graph) -> (Self, Numbers) {
        let placement = layout::place(graph, writer.root, writer.catalog, writer.options.keep_layout);
        let numbers = count_links(writer, graph);
        let ranks: BTreeMap<NodeIx, usize> = graph.execution_order().into_iter().zip(0..).collect();
        let mut scope = Self { nodes: Vec::with_capacity(graph.len()), links: Vec::new(), placement };
        // where each input is in the file
        let mut slots: BTreeMap<Slot, usize> = BTreeMap::new();
        for (ix, node) in graph.nodes() {
            if matches!(node.kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs) {
                slots.extend((0..node.inputs.len()).map(|slot| (Slot { node: ix, slot }, slot)));
                continue;
            }
            let frame = scope.placement.frames.get(&ix).copied().unwrap_or_default();
            let order = ranks.get(&ix).copied().unwrap_or_default();
            let (written, sockets) = writer.node(graph, ix, &numbers, frame, order);
            let own = sockets.iter().enumerate().filter_map(|(slot, socket)| Some((socket.own?, slot)));
            slots.extend(own.map(|(own, slot)| (Slot { node: ix, slot: own }, slot)));
            scope.nodes.push(written);
        }
        scope.links = records(graph, &numbers, &slots);
        (scope, numbers)
    }
}

fn count_links(writer: &mut Writer<'_>, graph: &Graph) -> Numbers {
    let mut numbers = Numbers::default();
    for (ix, _) in graph.nodes() {
        for link in graph.links_from(ix) {
            let id = writer.next_link();
            numbers.into.insert(link.to, id);
            numbers.from.entry(link.from).or_default().push(id);
        }
    }
    numbers
}

fn records(graph: &Graph, numbers: &Numbers, slots: &BTreeMap<Slot, usize>) -> Vec<LinkRecord> {
    let mut records = Vec::with_capacity(graph.link_count());
    for (ix, node) in graph.nodes() {
        for link in graph.links_from(ix) {
            let (Some(id), Some(target_slot)) = (numbers.into(link.to), slots.get(&link.to)) else {
                continue;
            };
            let target = &graph[link.to.node];
            records.push(LinkRecord {
                id,
                origin: id_value(&node.key),
                origin_slot: link.from.slot,
                target: id_value(&target.key),
                target_slot: *target_slot,
                io_type: types::of_output(graph, link.from).as_str().into(),
            });
        }
    }
    records
}

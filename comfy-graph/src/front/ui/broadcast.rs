//! Links that no file has because an extension's JavaScript makes them when the prompt is queued: named values
//! ([`names`]), and values sent to every free input of a type, where the file lists them (cg-use-everywhere; where it
//! does not, [`everywhere`] works them out).
//!
//! They become ordinary links here, so that nothing after the front has to know of them. The core frontend alone does
//! not do this: without the extension it sees unknown nodes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    everywhere,
    id::{Id, slot},
    model::{UiNode, Workflow},
    names,
};
use crate::{
    budget::Budget,
    catalog::{
        Catalog, IoType,
        virtuals::{self, VirtualRole},
    },
    diag::{Diagnostic, codes},
    graph::{Graph, Node, NodeIx, NodeKind, Slot},
};

/// Runs on the graph and on every definition; types reach no further than their own graph.
pub(super) fn run(
    graph: &mut Graph,
    catalog: &Catalog,
    listed: &[ListedLink],
    budget: &mut Budget,
    found: &mut Vec<Diagnostic>,
) {
    report_packs(graph, found);
    for (_, subgraph) in graph.subgraphs() {
        report_packs(&subgraph.graph, found);
    }
    names::connect(graph, budget, found);
    run_scope(graph, catalog, listed, found);
    for (_, subgraph) in graph.subgraphs_mut() {
        run_scope(&mut subgraph.graph, catalog, &[], found);
    }
}

fn run_scope(graph: &mut Graph, catalog: &Catalog, listed: &[ListedLink], found: &mut Vec<Diagnostic>) {
    if listed.is_empty() {
        everywhere::send(graph, catalog, found);
    } else {
        let mut slots = BTreeMap::new();
        for link in listed {
            link.make(graph, &mut slots);
        }
    }
}

pub(super) fn with_role(graph: &Graph, role: VirtualRole) -> Vec<NodeIx> {
    graph.nodes().filter(|(_, node)| node.is_virtual(role)).map(|(ix, _)| ix).collect()
}

/// Says once per type which nodes were resolved instead of the pack.
fn report_packs(graph: &Graph, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, &Node> = BTreeMap::new();
    for (_, node) in graph.nodes().filter(|(_, node)| matches!(node.kind, NodeKind::Virtual(_))) {
        seen.entry(&node.class_type).or_insert(node);
    }
    for (class, node) in seen {
        if let Some(pack) = virtuals::pack(class) {
            let message =
                format!("{class} is a node of {pack}'s JavaScript; what it does was worked out here");
            found.push(Diagnostic::new(codes::VIRTUAL_OF_PACK, message).at_opt(node.path()).node(&node.key));
        }
    }
}

/// A link that cg-use-everywhere listed when the file was saved (`extra.ue_links`).
pub(super) struct ListedLink {
    origin: Box<str>,
    origin_slot: usize,
    target: Box<str>,
    input: Box<str>,
}

impl ListedLink {
    /// `slots` has the inputs by name of the nodes that were asked for before.
    fn make(&self, graph: &mut Graph, slots: &mut BTreeMap<NodeIx, BTreeMap<Box<str>, usize>>) {
        let (Some(origin), Some(target)) = (graph.find(&self.origin), graph.find(&self.target)) else {
            return;
        };
        let slots = slots.entry(target).or_insert_with(|| {
            // of equal names the first stays
            let inputs = graph[target].inputs.iter().enumerate().rev();
            inputs.map(|(slot, input)| (input.name.clone(), slot)).collect()
        });
        let Some(slot) = slots.get(&self.input).copied() else { return };
        let to = Slot { node: target, slot };
        if graph.source(to).is_none() {
            graph.link(Slot { node: origin, slot: self.origin_slot }, to);
        }
    }
}

/// The list of the file. Its slots count the sockets as saved, so they are read while those are known.
pub(super) fn listed_links(workflow: &Workflow) -> Vec<ListedLink> {
    let extra = workflow.document.get("extra");
    let list = extra.and_then(|extra| extra.get("ue_links")).and_then(Value::as_array);
    let Some(list) = list.filter(|list| !list.is_empty()) else { return Vec::new() };
    let nodes: BTreeMap<&Id, &UiNode> = workflow.body.nodes.iter().map(|node| (&node.id, node)).collect();
    let read = |entry: &Value| {
        let target = entry.get("downstream").and_then(Id::read)?;
        let target_slot = entry.get("downstream_slot").and_then(slot)?;
        Some(ListedLink {
            origin: entry.get("upstream").and_then(Id::read)?.text(),
            origin_slot: entry.get("upstream_slot").and_then(slot)?,
            input: nodes.get(&target)?.inputs.get(target_slot)?.name.clone(),
            target: target.text(),
        })
    };
    list.iter().filter_map(read).collect()
}

/// The type of an output, looked for behind reroutes; `known` are the answers so far.
pub(super) fn output_type(graph: &Graph, mut from: Slot, known: &mut BTreeMap<Slot, IoType>) -> IoType {
    let mut way = BTreeSet::new();
    let io_type = loop {
        if let Some(known) = known.get(&from) {
            break known.clone();
        }
        let node = &graph[from.node];
        let source = graph.source(Slot { node: from.node, slot: 0 });
        let further = source.filter(|_| node.is_virtual(VirtualRole::Reroute) && way.insert(from));
        let Some(link) = further else {
            break node.outputs.get(from.slot).map_or_else(IoType::any, |output| output.io_type.clone());
        };
        from = link.from;
    };
    known.extend(way.into_iter().map(|slot| (slot, io_type.clone())));
    io_type
}

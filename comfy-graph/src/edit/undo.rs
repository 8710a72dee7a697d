//! The inverse of a batch: what nodes, links and definitions were before, where that is not what they are now.
//!
//! Nodes are told by their ids. The links out of a node are kept as a whole, because their order is a part of the
//! workflow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    catalog::IoType,
    graph::{Graph, Group, Node, NodeIx, NodeKey, NodeKind, Slot, Subgraph, SubgraphId},
};

/// A state of parts of a workflow, which comes back as a whole.
///
/// Only [`Applied::undo`](super::Applied::undo) makes one; [`write`](super::write) and [`read`](super::read) keep it as
/// JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restore {
    pub(super) root: Patch,
    pub(super) definitions: Vec<(SubgraphId, Definition)>,
    /// All definitions in their order, if that is another.
    pub(super) order: Option<Vec<SubgraphId>>,
}

/// What a definition was.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Definition {
    /// It was not there.
    Absent,
    Present(Box<Present>),
}

/// A definition that was there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Present {
    pub(super) name: Box<str>,
    pub(super) extra: Map<String, Value>,
    /// It is not there now.
    pub(super) new: bool,
    pub(super) inside: Patch,
}

/// What one graph of the workflow was.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Patch {
    /// Nodes as they were.
    pub(super) nodes: Vec<Node>,
    /// Nodes that were not there.
    pub(super) gone: Vec<NodeKey>,
    /// All nodes in their order, if that is another.
    pub(super) order: Option<Vec<NodeKey>>,
    /// All links out of these nodes.
    pub(super) links: Vec<(NodeKey, Vec<Wire>)>,
    pub(super) groups: Option<Vec<Group>>,
    pub(super) document: Option<Map<String, Value>>,
}

/// A link out of a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wire {
    pub(super) output: usize,
    pub(super) to: NodeKey,
    pub(super) input: usize,
    pub(super) wants: Option<IoType>,
}

/// What makes `before` of `now`; nothing if they are the same.
pub(super) fn between(now: &Graph, before: &Graph) -> Option<Restore> {
    let shell = Subgraph::new("", Vec::new(), Vec::new());
    let mut definitions = Vec::new();
    for (id, _) in now.subgraphs().filter(|(id, _)| before.subgraph(id.as_str()).is_none()) {
        definitions.push((id.clone(), Definition::Absent));
    }
    for (id, was) in before.subgraphs() {
        let is = now.subgraph(id.as_str());
        let new = is.is_none();
        let is = is.unwrap_or(&shell);
        let inside = patch(&is.graph, &was.graph);
        if new || inside != Patch::default() || is.name != was.name || is.extra != was.extra {
            let (name, extra) = (was.name.clone(), was.extra.clone());
            let present = Present { name, extra, new, inside };
            definitions.push((id.clone(), Definition::Present(Box::new(present))));
        }
    }
    let ids = |graph: &Graph| graph.subgraphs().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    let order = (ids(now) != ids(before)).then(|| ids(before));
    let restore = Restore { root: patch(now, before), definitions, order };
    (restore != Restore::default()).then_some(restore)
}

fn patch(now: &Graph, before: &Graph) -> Patch {
    let mut patch = Patch::default();
    for (_, node) in now.nodes().filter(|(_, node)| before.find(node.key.as_str()).is_none()) {
        patch.gone.push(node.key.clone());
    }
    for (ix, node) in before.nodes() {
        let same = now.find(node.key.as_str());
        if same.is_none_or(|same| now[same] != *node) {
            patch.nodes.push(node.clone());
        }
        let was = wires(before, ix);
        let is = same.map(|same| wires(now, same)).unwrap_or_default();
        if was != is {
            patch.links.push((node.key.clone(), was));
        }
    }
    let keys = |graph: &Graph| graph.nodes().map(|(_, node)| node.key.clone()).collect::<Vec<_>>();
    patch.order = (keys(now) != keys(before)).then(|| keys(before));
    patch.groups = (now.groups != before.groups).then(|| before.groups.clone());
    patch.document = (now.document != before.document).then(|| before.document.clone());
    patch
}

fn wires(graph: &Graph, ix: NodeIx) -> Vec<Wire> {
    let wire = |link: crate::graph::Link| Wire {
        output: link.from.slot,
        to: graph[link.to.node].key.clone(),
        input: link.to.slot,
        wants: link.wants,
    };
    graph.links_from(ix).into_iter().map(wire).collect()
}

/// Brings a state back.
///
/// # Errors
/// Says what of it does not go with the graph, which is then damaged.
pub(super) fn restore(graph: &mut Graph, restore: &Restore) -> Result<(), String> {
    for (id, definition) in &restore.definitions {
        match definition {
            Definition::Absent => {
                graph.remove_subgraph(id.as_str()).ok_or_else(|| format!("there is no subgraph {id}"))?;
            }
            Definition::Present(present) => {
                let Present { name, extra, new, inside } = &**present;
                if *new {
                    if graph.subgraph(id.as_str()).is_some() {
                        return Err(format!("there is a subgraph {id} already"));
                    }
                    graph.insert_subgraph(id.clone(), Subgraph::new("", Vec::new(), Vec::new()));
                }
                let subgraph =
                    graph.subgraph_mut(id.as_str()).ok_or_else(|| format!("there is no subgraph {id}"))?;
                subgraph.name.clone_from(name);
                subgraph.extra.clone_from(extra);
                apply(&mut subgraph.graph, inside, true)?;
            }
        }
    }
    apply(graph, &restore.root, false)?;
    if let Some(order) = &restore.order {
        let ranks: BTreeMap<&SubgraphId, usize> = order.iter().zip(0..).collect();
        graph.sort_subgraphs(|id| ranks.get(id).copied().unwrap_or(usize::MAX));
    }
    graph.verify()
}

fn apply(graph: &mut Graph, patch: &Patch, inner: bool) -> Result<(), String> {
    for key in &patch.gone {
        let ix = graph.find(key.as_str()).ok_or_else(|| format!("there is no node {key}"))?;
        if is_boundary(&graph[ix].kind) {
            return Err(format!("{key} stands for inputs or outputs of a subgraph"));
        }
        graph.detach(ix);
    }
    for node in &patch.nodes {
        put(graph, node, inner)?;
    }
    let mut origins = BTreeSet::new();
    for (key, _) in &patch.links {
        let ix = graph.find(key.as_str()).ok_or_else(|| format!("there is no node {key}"))?;
        if !origins.insert(ix) {
            return Err(format!("the links of {key} are there twice"));
        }
        for link in graph.links_from(ix) {
            graph.unlink(link.to);
        }
    }
    for (key, wires) in &patch.links {
        for wire in wires {
            let ends = graph.find(key.as_str()).zip(graph.find(wire.to.as_str()));
            let (from, to) = ends.ok_or_else(|| format!("there is no node {}", wire.to))?;
            let to = Slot { node: to, slot: wire.input };
            if graph[to.node].inputs.len() <= wire.input || graph.source(to).is_some() {
                return Err(format!("a link ends in input {} of {}", wire.input, wire.to));
            }
            graph.link_wanting(Slot { node: from, slot: wire.output }, to, wire.wants.clone());
        }
    }
    if let Some(order) = &patch.order {
        let ranks: BTreeMap<&NodeKey, usize> = order.iter().zip(0..).collect();
        graph.sort_by_rank(|_, node| ranks.get(&node.key).copied().unwrap_or(usize::MAX));
    }
    if let Some(groups) = &patch.groups {
        graph.groups.clone_from(groups);
    }
    if let Some(document) = &patch.document {
        graph.document.clone_from(document);
    }
    Ok(())
}

/// Puts a node in the place of the one of its id, or adds it. Boundaries stay what they are.
fn put(graph: &mut Graph, node: &Node, inner: bool) -> Result<(), String> {
    let Some(ix) = graph.find(node.key.as_str()) else {
        if is_boundary(&node.kind) {
            return Err(format!("{} stands for inputs or outputs of a subgraph", node.key));
        }
        let added = graph.insert(node.clone());
        return added.map(|_| ()).map_err(|node| format!("the id {} is taken", node.key));
    };
    let kinds = [&graph[ix].kind, &node.kind];
    if kinds.iter().any(|kind| is_boundary(kind)) && (kinds[0] != kinds[1] || !inner) {
        return Err(format!("{} stands for inputs or outputs of a subgraph", node.key));
    }
    graph[ix] = node.clone();
    Ok(())
}

fn is_boundary(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs)
}

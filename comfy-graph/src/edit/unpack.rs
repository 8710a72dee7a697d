//! An instance of a subgraph becomes the nodes that are inside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    MAX_UNPACKED, NodeRef,
    draft::{At, Done, Draft},
};
use crate::{
    back::layout::{self, Frame, TITLE_HEIGHT},
    diag::codes,
    graph::{Graph, InputSlot, Link, Mode, NodeIx, NodeKind, Slot, Subgraph, SubgraphId},
    passes::subgraphs::inner_value,
};

/// Between what stands and what is put below it.
const GAP: f64 = 100.0;

/// What arrives at an input of the instance.
enum Fed {
    Link(Slot),
    Value(Value),
    Nothing,
}

impl Draft<'_> {
    pub(super) fn unpack(&mut self, node: &NodeRef) -> Done {
        let at = self.resolve(node, "node")?;
        let (id, definition) = self.definition_of(&at)?;
        let mode = self.node(&at).mode;
        if mode == Mode::Bypass {
            let message = "it is bypassed, which is another thing than all nodes inside being bypassed";
            let found = self.about(codes::IMPOSSIBLE_EDIT, "node", &at, message);
            return Err(found.help("let it run before it is unpacked").into());
        }
        if !self.take_room(&definition) {
            let message = format!(
                "what is inside makes more than {MAX_UNPACKED} nodes, or too many bytes, in this batch"
            );
            return Err(self.about(codes::SUBGRAPH_TOO_LARGE, "node", &at, &message).into());
        }
        let idle =
            |node: &crate::graph::Node| matches!(node.kind, NodeKind::Instance(_)) && !node.mode.runs();
        if at.scope.is_none() && definition.graph.nodes().any(|(_, node)| idle(node)) {
            let what = "a subgraph inside is muted or bypassed; what is in it ran, and does not any more";
            self.warn("node", &at, what);
        }
        let fed = self.fed(&at, &definition);
        let takers = self.scope(&at.scope).links_from(at.ix);
        let shift = self.shift(&at, &definition);
        self.scope_mut(&at.scope).detach(at.ix);
        let places = self.pour(&at, &id, &definition, mode, shift)?;
        self.lead_in(&at, &definition, &places, &fed);
        self.lead_out(&at, &definition, &places, &fed, &takers);
        if let Some([x, y]) = shift {
            let mut groups = definition.graph.groups.clone();
            for group in &mut groups {
                group.bounding[0] += x;
                group.bounding[1] += y;
                // numbers of frames are given anew
                group.extra.shift_remove("id");
            }
            self.scope_mut(&at.scope).groups.extend(groups);
        }
        self.note_inner_change();
        Ok(())
    }

    fn definition_of(&mut self, at: &At) -> Done<(SubgraphId, Subgraph)> {
        let id = match &self.node(at).kind {
            NodeKind::Instance(id) => Some(id.clone()),
            _ => None,
        };
        let definition = id.as_ref().and_then(|id| self.graph.subgraph(id.as_str())).cloned();
        match id.zip(definition) {
            Some((id, _)) if at.scope.as_ref() == Some(&id) => {
                let message = "the subgraph contains itself";
                Err(self.about(codes::SUBGRAPH_RECURSION, "node", at, message).into())
            }
            Some(found) => Ok(found),
            None => {
                let message = "it is no instance of a subgraph";
                Err(self.about(codes::IMPOSSIBLE_EDIT, "node", at, message).into())
            }
        }
    }

    /// What arrives at each input. An input that only the inside has a value for gets nothing.
    fn fed(&self, at: &At, definition: &Subgraph) -> Vec<Fed> {
        let graph = self.scope(&at.scope);
        let node = &graph[at.ix];
        let fed = |(slot, input): (usize, &InputSlot)| {
            if let Some(link) = graph.source(Slot { node: at.ix, slot }) {
                return Fed::Link(link.from);
            }
            let own = node.promoted(slot).and_then(|widget| widget.value.clone());
            match input.value.clone().or(own) {
                Some(value) => Fed::Value(value),
                // of several widgets inside the first decides
                None if input.widget => {
                    inner_value(&self.graph, definition, slot).map_or(Fed::Nothing, Fed::Value)
                }
                None => Fed::Nothing,
            }
        };
        node.inputs.iter().enumerate().map(fed).collect()
    }

    /// Copies the nodes and the links between them.
    fn pour(
        &mut self,
        at: &At,
        id: &SubgraphId,
        definition: &Subgraph,
        mode: Mode,
        shift: Option<[f64; 2]>,
    ) -> Done<BTreeMap<NodeIx, NodeIx>> {
        let is_last = !self.graph.used_subgraphs().contains(id);
        let mut places = BTreeMap::new();
        for (ix, node) in definition.graph.nodes() {
            if matches!(node.kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs) {
                continue;
            }
            let mut copy = node.clone();
            let old = copy.key.clone();
            // the definition goes with its last use, and then its ids are free
            let is_free = self.scope(&at.scope).find(old.as_str()).is_none();
            if !(is_last && is_free) {
                copy.key = self.fresh_key();
            }
            if mode == Mode::Never {
                copy.mode = mode;
            }
            if let Some(layout) = &mut copy.layout {
                layout.position = layout.position.zip(shift).map(|([x, y], [dx, dy])| [x + dx, y + dy]);
            }
            // its place in the file was another scope's
            let added = self.add_node(&at.scope, copy)?;
            if is_last {
                self.moved((&Some(id.clone()), &old), (&at.scope, &added.key));
            }
            places.insert(ix, added.ix);
        }
        let links: Vec<Link> = definition.graph.links().collect();
        let mut sorted: BTreeMap<(NodeIx, usize), Vec<Link>> = BTreeMap::new();
        let origins: BTreeSet<NodeIx> = links.iter().map(|link| link.from.node).collect();
        for origin in origins {
            for link in definition.graph.links_from(origin) {
                sorted.entry((origin, link.from.slot)).or_default().push(link);
            }
        }
        for link in sorted.into_values().flatten() {
            if let (Some(from), Some(to)) = (places.get(&link.from.node), places.get(&link.to.node)) {
                let (from, to) = (slot(*from, link.from.slot), slot(*to, link.to.slot));
                self.scope_mut(&at.scope).link_wanting(from, to, link.wants);
            }
        }
        Ok(places)
    }

    /// Joins what arrives to the nodes.
    fn lead_in(&mut self, at: &At, definition: &Subgraph, places: &BTreeMap<NodeIx, NodeIx>, fed: &[Fed]) {
        for link in definition.graph.links_from(definition.inputs_node()) {
            let Some(node) = places.get(&link.to.node) else { continue };
            self.feed(at, fed.get(link.from.slot), slot(*node, link.to.slot));
        }
    }

    /// Leads the links of the instance to the nodes.
    fn lead_out(
        &mut self,
        at: &At,
        definition: &Subgraph,
        places: &BTreeMap<NodeIx, NodeIx>,
        fed: &[Fed],
        takers: &[Link],
    ) {
        let outputs = definition.outputs_node();
        for link in takers {
            let Some(source) = definition.graph.source(slot(outputs, link.from.slot)) else { continue };
            match places.get(&source.from.node) {
                Some(node) => self.link(&at.scope, slot(*node, source.from.slot), link.to),
                None => self.feed(at, fed.get(source.from.slot), link.to),
            }
        }
    }

    fn feed(&mut self, at: &At, fed: Option<&Fed>, to: Slot) {
        match fed {
            // the instance itself is gone
            Some(Fed::Link(from)) if from.node != at.ix => self.link(&at.scope, *from, to),
            Some(Fed::Value(value)) => self.leave(&at.scope, to, value),
            _ => {}
        }
    }

    /// How far the nodes move on the canvas: to where the instance is, or below everything if something is there.
    /// `None` if not all of them have a place.
    fn shift(&self, at: &At, definition: &Subgraph) -> Option<[f64; 2]> {
        let inside = kept(&definition.graph, &self.graph, self)?;
        let [left, top, right, bottom] = bounds(&inside)?;
        let scope = self.scope(&at.scope);
        let start = scope[at.ix].layout.as_deref().and_then(|layout| layout.position)?;
        let others: Vec<Frame> = frames(scope, &self.graph, self, Some(at.ix));
        let shift = [start[0] - left, start[1] - TITLE_HEIGHT - top];
        let block = [left + shift[0], top + shift[1], right + shift[0], bottom + shift[1]];
        if others.iter().all(|other| !overlap(block, edges(other))) {
            return Some(shift);
        }
        let lowest = bounds(&others)?[3];
        Some([shift[0], lowest + GAP - top])
    }
}

fn slot(node: NodeIx, slot: usize) -> Slot {
    Slot { node, slot }
}

/// The bodies of all nodes, if each of them has a place.
fn kept(scope: &Graph, definitions: &Graph, draft: &Draft<'_>) -> Option<Vec<Frame>> {
    let bodies = || scope.nodes().filter(|(_, node)| !is_panel(&node.kind));
    let placed =
        bodies().all(|(_, node)| node.layout.as_deref().is_some_and(|layout| layout.position.is_some()));
    placed.then(|| frames(scope, definitions, draft, None))
}

/// The bodies of the nodes that have a place, but for one.
fn frames(scope: &Graph, definitions: &Graph, draft: &Draft<'_>, without: Option<NodeIx>) -> Vec<Frame> {
    let nodes = scope.nodes().filter(|(ix, node)| Some(*ix) != without && !is_panel(&node.kind));
    nodes
        .filter_map(|(ix, node)| {
            let layout = node.layout.as_deref()?;
            let size =
                layout.size.unwrap_or_else(|| layout::preferred(scope, ix, definitions, draft.catalog));
            Some(Frame { position: layout.position?, size })
        })
        .collect()
}

fn is_panel(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs)
}

/// Left, top, right and bottom, the title bar included.
fn edges(frame: &Frame) -> [f64; 4] {
    let [x, y] = frame.position;
    [x, y - TITLE_HEIGHT, x + frame.size[0], y + frame.size[1]]
}

fn bounds(frames: &[Frame]) -> Option<[f64; 4]> {
    frames.iter().map(edges).reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
}

fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

//! Which outputs of this graph could feed an input: candidates for links that are missing, wrong or lead nowhere.
//!
//! Asked on the error path only. What is known of the whole graph is found out at the first question, in linear time;
//! every question looks at a bounded part of it, and all of them together at a bounded number of nodes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::{Check, NodeView};
use crate::{
    catalog::IoType,
    diag::{Applicability, Edit, EditKind, Suggestion},
    graph::{Graph, NodeIx, Slot},
    suggest::makers::Surroundings,
};

/// Candidates in one message.
const SHOWN: usize = 5;

/// Nodes that one question looks at.
const NEAR: usize = 1000;

/// The links of a graph, ready for walking in both directions.
#[derive(Debug, Default)]
pub(super) struct Wiring {
    /// Nodes that take something from a node.
    targets: BTreeMap<NodeIx, Vec<NodeIx>>,
    /// Nodes that a node takes something from.
    sources: BTreeMap<NodeIx, Vec<NodeIx>>,
    /// The inputs (by name) that an output leads to, as many as matter.
    uses: BTreeMap<Slot, Vec<Box<str>>>,
}

impl Wiring {
    pub(super) fn new(graph: &Graph) -> Self {
        const ENOUGH: usize = 8;
        let mut wiring = Self::default();
        for link in graph.links() {
            wiring.targets.entry(link.from.node).or_default().push(link.to.node);
            wiring.sources.entry(link.to.node).or_default().push(link.from.node);
            let uses = wiring.uses.entry(link.from).or_default();
            let name = graph.get(link.to.node).and_then(|node| node.inputs.get(link.to.slot));
            if let Some(name) = name.filter(|_| uses.len() < ENOUGH) {
                uses.push(name.name.clone());
            }
        }
        wiring
    }

    /// Whether something takes this output.
    pub(super) fn is_used(&self, slot: Slot) -> bool {
        self.uses.contains_key(&slot)
    }

    /// Whether nothing takes anything from this node.
    pub(super) fn is_loose(&self, node: NodeIx) -> bool {
        !self.targets.contains_key(&node)
    }

    fn around(&self, node: NodeIx) -> impl Iterator<Item = NodeIx> {
        let to = |map: &'_ BTreeMap<NodeIx, Vec<NodeIx>>| map.get(&node).cloned().unwrap_or_default();
        to(&self.sources).into_iter().chain(to(&self.targets)).take(NEAR)
    }

    /// The nodes nearest to one, with the number of links between, at most [`NEAR`].
    fn distances(&self, start: NodeIx) -> BTreeMap<NodeIx, usize> {
        walk(start, |node| self.around(node).collect())
    }

    /// The nodes that depend on one, and itself, as far as they are near.
    fn downstream(&self, start: NodeIx) -> BTreeSet<NodeIx> {
        let next = |node| self.targets.get(&node).into_iter().flatten().take(NEAR).copied().collect();
        walk(start, next).into_keys().collect()
    }
}

/// Breadth first, at most [`NEAR`] nodes.
fn walk(start: NodeIx, next: impl Fn(NodeIx) -> Vec<NodeIx>) -> BTreeMap<NodeIx, usize> {
    let mut seen = BTreeMap::from([(start, 0)]);
    let mut waiting = VecDeque::from([(start, 0)]);
    while let Some((node, steps)) = waiting.pop_front() {
        for neighbour in next(node) {
            if seen.len() >= NEAR {
                return seen;
            }
            if let std::collections::btree_map::Entry::Vacant(entry) = seen.entry(neighbour) {
                entry.insert(steps + 1);
                waiting.push_back((neighbour, steps + 1));
            }
        }
    }
    seen
}

/// What the graph as a whole has and misses.
pub(super) fn surroundings(check: &mut Check<'_>) -> Surroundings {
    const MANY: usize = 2000;
    let mut around = Surroundings::default();
    let nodes: Vec<NodeIx> = check.graph.nodes().map(|(ix, _)| ix).take(MANY).collect();
    check.wiring();
    for node in nodes {
        let class = &check.graph[node].class_type;
        around.classes.insert(class.clone());
        // what saves or shows something passes it on for convenience
        let is_output = check.def(class).is_some_and(|def| def.output_node);
        for slot in 0..check.output_count(node) {
            let Some(io_type) = check.output_type(Slot { node, slot }) else { continue };
            if check.wiring_known().is_loose(node) && !is_output {
                around.loose.insert(io_type.clone());
            }
            around.given.insert(io_type);
        }
    }
    around
}

/// An output that an input could be linked to.
#[derive(Clone, Debug)]
pub(super) struct Outlet {
    pub(super) slot: Slot,
    pub(super) io_type: IoType,
    /// Nothing takes anything from its node: the link that is wrong here may have been the only one.
    pub(super) loose: bool,
    score: f64,
}

/// What is asked for.
pub(super) struct Wish<'a> {
    /// The input.
    pub(super) input: &'a str,
    /// What it takes.
    pub(super) io_type: &'a IoType,
    /// Where the link comes from now, if that is known.
    pub(super) instead_of: Option<Slot>,
}

/// The outputs that fit, best first.
///
/// Sources that nothing else uses come first, then what is near, what is called like the input, and what feeds an
/// input of the same name elsewhere. Nothing that depends on the node itself is offered.
pub(super) fn outlets(check: &mut Check<'_>, view: &NodeView<'_>, wish: &Wish<'_>) -> Vec<Outlet> {
    let graph = check.graph;
    if !check.suggestions.spend(graph.len().min(NEAR)) {
        return Vec::new();
    }
    let wiring = check.wiring();
    let distances = wiring.distances(view.ix);
    let behind = wiring.downstream(view.ix);
    let nodes: Vec<NodeIx> = if graph.len() <= NEAR {
        graph.nodes().map(|(ix, _)| ix).collect()
    } else {
        distances.keys().copied().collect()
    };
    let order: BTreeMap<NodeIx, usize> = nodes.iter().enumerate().map(|(at, ix)| (*ix, at)).collect();
    let mut found = Vec::new();
    for node in nodes.into_iter().filter(|node| !behind.contains(node)) {
        for slot in 0..check.output_count(node) {
            let slot = Slot { node, slot };
            let fits = |io_type: &IoType| wish.io_type.accepts(io_type) && !io_type.as_str().is_empty();
            let Some(io_type) = check.output_type(slot).filter(fits) else { continue };
            let steps = distances.get(&node).copied();
            let apart = order.get(&view.ix).map(|at| at.abs_diff(order.get(&node).copied().unwrap_or(0)));
            let score = score(check, view, wish, slot, &io_type, (steps, apart));
            found.push(Outlet { slot, io_type, loose: check.wiring().is_loose(node), score });
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(SHOWN);
    found
}

/// How much speaks for an output. The weights were found on planted mistakes (`cargo xtask faults`).
#[allow(clippy::cast_precision_loss, reason = "small numbers of nodes")]
fn score(
    check: &Check<'_>,
    view: &NodeView<'_>,
    wish: &Wish<'_>,
    slot: Slot,
    io_type: &IoType,
    (steps, apart): (Option<usize>, Option<usize>),
) -> f64 {
    const FAR: usize = 12;
    let wiring = check.wiring_known();
    let node = &check.graph[slot.node];
    let mut score = -0.25 * steps.unwrap_or(FAR).min(FAR) as f64 - 0.02 * apart.unwrap_or(FAR).min(50) as f64;
    let is_output = check.def(&node.class_type).is_some_and(|def| def.output_node);
    if is_output {
        // passes on what it got from elsewhere
        score -= 2.0;
    } else if wiring.is_loose(slot.node) {
        score += 4.0;
    } else if !wiring.is_used(slot) {
        score += 1.0;
    }
    if wish.instead_of.is_some_and(|now| now.node == slot.node) {
        score += 5.0;
    }
    if io_type == wish.io_type {
        score += 0.5;
    }
    let input = wish.input.to_lowercase();
    let label = node.outputs.get(slot.slot).map(|output| output.name.to_lowercase()).unwrap_or_default();
    if label == input {
        score += 1.0;
    }
    if node.title.as_deref().is_some_and(|title| title.to_lowercase().contains(&input)) {
        score += 2.0;
    }
    let uses = wiring.uses.get(&slot).map(Vec::as_slice).unwrap_or_default();
    if uses.iter().any(|name| **name == *wish.input) {
        score += 1.5;
    }
    if prefix(node.key.as_str()) == prefix(view.node.key.as_str()) {
        score += 1.0;
    }
    score
}

/// The instance that an inner node belongs to: `57` of `57:8`.
fn prefix(key: &str) -> &str {
    key.rsplit_once(':').map_or("", |(instance, _)| instance)
}

/// `output 1 (CLIP) of CheckpointLoaderSimple #4`
pub(super) fn describe(check: &Check<'_>, slot: Slot, io_type: &IoType) -> String {
    format!("output {} ({io_type}) of {}", slot.slot, check.graph[slot.node].describe())
}

/// How the prompt writes a link from this output.
pub(super) fn link_value(graph: &Graph, slot: Slot) -> Value {
    json!([graph[slot.node].key.as_str(), slot.slot])
}

/// A suggestion to link an input to an output. `present`: the input is in the prompt already.
pub(super) fn link_to(
    check: &Check<'_>,
    view: &NodeView<'_>,
    input: &str,
    outlet: &Outlet,
    present: bool,
) -> Suggestion {
    let value = link_value(check.graph, outlet.slot);
    let what = describe(check, outlet.slot, &outlet.io_type);
    let message = if view.node.input_path(input).is_some() {
        format!("link {input} to {what}: {value}")
    } else {
        format!("link {input} to {what}")
    };
    let kind = if present { EditKind::Replace(value) } else { EditKind::Insert(value) };
    let edits = view.node.input_path(input).map(|path| Edit { path, kind }).into_iter().collect();
    Suggestion { edits, ..Suggestion::new(message, Applicability::MaybeIncorrect) }
}

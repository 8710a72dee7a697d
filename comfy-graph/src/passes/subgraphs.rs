//! Instances are replaced by the contents of their definitions; ids become paths (`57:8`).
//!
//! A link inside that starts at the definition's inputs becomes, in this order: a link from whatever the
//! instance's input is linked to; the instance's promoted value; nothing. A link from an instance becomes a link
//! from whatever the definition's output is linked to inside.
//!
//! A muted or bypassed instance at the top brings no content. Inside another subgraph it does, as in the frontend,
//! but the links from it are cut or routed as of any such node; so it stays in the graph for those passes.
//!
//! The order is the frontend's: nodes of the top in order of execution, each instance followed by its content in
//! the order of the definition.

mod inner;
mod size;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    budget::{self, Budget},
    diag::{Diagnostic, codes, short},
    graph::{Graph, InputSlot, Link, Mode, Node, NodeIx, NodeKind, Slot, Subgraph, SubgraphId},
};

use super::through::{deliver, wanted};

pub(crate) use inner::InnerValues;
pub use inner::inner_value;

/// The greatest number of nodes that subgraphs may expand to.
pub const MAX_NODES: usize = 250_000;

/// The greatest length of an id, in bytes. Every level of nesting adds to it, so this limits the depth too.
pub const MAX_KEY: usize = 4096;

/// Runs the pass; the result has no definitions.
pub fn run(graph: &Graph, found: &mut Vec<Diagnostic>) -> Graph {
    let mut budget = Budget::new();
    let flat = run_within(graph.clone(), &mut budget, found);
    budget.report(found);
    flat
}

/// Runs the pass with what is left of a budget.
pub(super) fn run_within(mut graph: Graph, budget: &mut Budget, found: &mut Vec<Diagnostic>) -> Graph {
    if graph.subgraphs().len() == 0 {
        let order = graph.execution_order();
        let ranks: BTreeMap<NodeIx, usize> = order.into_iter().zip(0..).collect();
        graph.sort_by_rank(|ix, _| ranks.get(&ix).copied());
        return graph;
    }
    let graph = &graph;
    let mut expansion = Expansion {
        definitions: graph,
        flat: Graph::with_capacity(graph.len(), graph.link_count()),
        contents: BTreeMap::new(),
        around: Vec::new(),
        inner: InnerValues::new(graph),
        bytes: BTreeMap::new(),
        once: (size::expanded(graph) > MAX_NODES).then(Once::default),
        budget,
        found,
    };
    let top = expansion.top();
    expansion.report_left_out();
    let Expansion { mut flat, contents, .. } = expansion;
    if !contents.is_empty() {
        let ranks = ranks(top, &contents);
        flat.sort_by_rank(|ix, _| ranks.get(&ix).copied());
    }
    flat
}

/// The place of every node in the order: each instance is followed by its content.
fn ranks(mut top: Vec<NodeIx>, contents: &BTreeMap<NodeIx, Vec<NodeIx>>) -> BTreeMap<NodeIx, usize> {
    let mut ranks = BTreeMap::new();
    top.reverse();
    while let Some(ix) = top.pop() {
        ranks.insert(ix, ranks.len());
        top.extend(contents.get(&ix).into_iter().flatten().rev());
    }
    ranks
}

struct Expansion<'g, 'd> {
    definitions: &'g Graph,
    flat: Graph,
    /// The nodes that each instance brought, in the order of the definition.
    contents: BTreeMap<NodeIx, Vec<NodeIx>>,
    /// Definitions around the tasks: each with the one around it.
    around: Vec<(SubgraphId, Option<usize>)>,
    inner: InnerValues<'g>,
    /// What a copy of a definition takes.
    bytes: BTreeMap<SubgraphId, usize>,
    /// Where the whole would be too large: each definition is expanded once, so that all that is wrong inside is found.
    once: Option<Once>,
    budget: &'d mut Budget,
    found: &'d mut Vec<Diagnostic>,
}

/// The definitions that were expanded, and the instances that were left out.
#[derive(Default)]
struct Once {
    expanded: BTreeSet<SubgraphId>,
    left_out: usize,
    first: Option<NodeIx>,
}

/// An instance in the flat graph that is still to be replaced.
struct Task {
    node: NodeIx,
    /// The definition around it, an index into [`Expansion::around`]; `None` at the top.
    around: Option<usize>,
}

/// What the inside of an instance gets for one of its inputs.
enum Fed<'g> {
    Link(Link),
    Own(Value),
    Inner(&'g Value),
    Nothing,
}

impl Fed<'_> {
    fn value(&self) -> Option<&Value> {
        match self {
            Self::Own(value) => Some(value),
            Self::Inner(value) => Some(value),
            Self::Link(_) | Self::Nothing => None,
        }
    }
}

impl<'g> Expansion<'g, '_> {
    /// Copies the top and expands all there is; gives the nodes of the top in their order.
    fn top(&mut self) -> Vec<NodeIx> {
        let graph = self.definitions;
        let mut map = BTreeMap::new();
        let mut top = Vec::with_capacity(graph.len());
        let mut tasks = Vec::new();
        for ix in graph.execution_order() {
            let Ok(copy) = self.flat.insert(graph[ix].clone()) else { continue };
            map.insert(ix, copy);
            if matches!(graph[ix].kind, NodeKind::Instance(_)) {
                tasks.push(Task { node: copy, around: None });
            }
            top.push(copy);
        }
        self.copy_links(graph, &map);
        tasks.reverse();
        while let Some(task) = tasks.pop() {
            self.expand(&task, &mut tasks);
        }
        top
    }

    /// Replaces one instance, and adds those inside of it to the tasks.
    fn expand(&mut self, task: &Task, tasks: &mut Vec<Task>) {
        let instance = &self.flat[task.node];
        let NodeKind::Instance(id) = instance.kind.clone() else { return };
        let mode = instance.mode;
        if task.around.is_none() && !mode.runs() {
            return;
        }
        let Some(definition) = self.definitions.subgraph(id.as_str()) else { return };
        if self.is_one_too_many(task.node, &id) {
            self.flat[task.node].mode = Mode::Never;
            return;
        }
        if let Some(refusal) = self.refusal(task, &id, definition) {
            self.found.push(refusal);
            // without content nothing can come out of it
            self.flat[task.node].mode = Mode::Never;
            return;
        }
        let map = self.copy_content(task, &id, definition, tasks);
        self.copy_links(&definition.graph, &map);
        let fed = self.feed(task, definition);
        self.connect_inputs(definition, &map, &fed);
        if mode.runs() {
            self.connect_outputs(task.node, definition, &map, &fed);
        }
    }

    /// Whether this is not the first instance of its definition in a workflow that would be too large.
    fn is_one_too_many(&mut self, node: NodeIx, id: &SubgraphId) -> bool {
        let Some(once) = &mut self.once else { return false };
        if once.expanded.insert(id.clone()) {
            return false;
        }
        once.left_out += 1;
        once.first.get_or_insert(node);
        true
    }

    fn report_left_out(&mut self) {
        let Some(once) = &self.once else { return };
        let Some(first) = once.first.and_then(|ix| self.flat.get(ix)) else { return };
        let others = match once.left_out {
            1 => " is".to_owned(),
            count => format!(" and {} more are", count - 1),
        };
        let message = format!(
            "the subgraphs bring the workflow to more than {MAX_NODES} nodes; the first instance of each stays, #{}{others} \
             left out",
            first.key
        );
        let found = Diagnostic::new(codes::SUBGRAPH_TOO_LARGE, message).at_opt(first.path()).node(&first.key);
        self.found.push(found);
    }

    /// Why an instance cannot be expanded.
    fn refusal(&mut self, task: &Task, id: &SubgraphId, definition: &Subgraph) -> Option<Diagnostic> {
        let instance = &self.flat[task.node];
        let (code, what) = if self.is_within(task, id) {
            (codes::SUBGRAPH_RECURSION, "contains itself".to_owned())
        } else if self.flat.len() + definition.graph.len() > MAX_NODES {
            (codes::SUBGRAPH_TOO_LARGE, format!("brings the workflow to more than {MAX_NODES} nodes"))
        } else if instance.key.as_str().len() > MAX_KEY {
            (
                codes::SUBGRAPH_TOO_LARGE,
                format!("is nested so deeply that ids have more than {MAX_KEY} bytes"),
            )
        } else {
            let content = self.bytes.entry(id.clone()).or_insert_with(|| budget::subgraph_bytes(definition));
            // every id inside starts with that of the instance, and is there twice
            let ids = 2 * instance.key.as_str().len() * definition.graph.len();
            if self.budget.spend(*content + ids) {
                return None;
            }
            let limit = budget::MAX_BYTES;
            (codes::SUBGRAPH_TOO_LARGE, format!("brings the workflow to more than {limit} bytes"))
        };
        let message =
            format!("subgraph \"{}\" (#{}) {what}; it is left out", short(&definition.name), instance.key);
        Some(Diagnostic::new(code, message).at_opt(instance.path()).node(&instance.key))
    }

    /// Whether the definition is one of those around the task.
    fn is_within(&self, task: &Task, id: &SubgraphId) -> bool {
        let mut next = task.around;
        while let Some((around, outer)) = next.and_then(|at| self.around.get(at)) {
            if around == id {
                return true;
            }
            next = *outer;
        }
        false
    }

    fn copy_content(
        &mut self,
        task: &Task,
        id: &SubgraphId,
        definition: &Subgraph,
        tasks: &mut Vec<Task>,
    ) -> BTreeMap<NodeIx, NodeIx> {
        let outer = self.flat[task.node].key.clone();
        let around = Some(self.around.len());
        self.around.push((id.clone(), task.around));
        let mut map = BTreeMap::new();
        let mut content = Vec::with_capacity(definition.graph.len());
        let mut inner = Vec::new();
        for (ix, node) in definition.graph.nodes() {
            if matches!(node.kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs) {
                continue;
            }
            let copy = Node { key: outer.inside(&node.key), ..node.clone() };
            let Ok(copy) = self.flat.insert(copy) else { continue };
            map.insert(ix, copy);
            if matches!(node.kind, NodeKind::Instance(_)) {
                inner.push(Task { node: copy, around });
            }
            content.push(copy);
        }
        self.contents.insert(task.node, content);
        tasks.extend(inner.into_iter().rev());
        map
    }

    /// The links between copied nodes.
    fn copy_links(&mut self, graph: &Graph, map: &BTreeMap<NodeIx, NodeIx>) {
        for ix in graph.nodes().map(|(ix, _)| ix) {
            let Some(from) = map.get(&ix) else { continue };
            for link in graph.links_from(ix) {
                if let Some(to) = map.get(&link.to.node) {
                    let from = Slot { node: *from, slot: link.from.slot };
                    self.flat.link(from, Slot { node: *to, slot: link.to.slot });
                }
            }
        }
    }

    /// What arrives at the instance's inputs.
    fn feed(&mut self, task: &Task, definition: &'g Subgraph) -> Vec<Fed<'g>> {
        let mut links: BTreeMap<usize, Link> =
            self.flat.links_into(task.node).into_iter().map(|link| (link.to.slot, link)).collect();
        let instance = &self.flat[task.node];
        let mut promoted = instance.widgets.iter();
        let mut feed = |(slot, input): (usize, &InputSlot)| {
            let widget = if input.widget { promoted.next() } else { None };
            if let Some(link) = links.remove(&slot) {
                return Fed::Link(link);
            }
            if let Some(value) = input.value.as_ref().or(widget.and_then(|widget| widget.value.as_ref())) {
                return self.budget.copy(value).map_or(Fed::Nothing, Fed::Own);
            }
            match widget.and_then(|_| self.inner.of(definition, slot)) {
                Some(value) => Fed::Inner(value),
                None => Fed::Nothing,
            }
        };
        instance.inputs.iter().enumerate().map(&mut feed).collect()
    }

    /// Joins what arrives to the nodes inside.
    fn connect_inputs(&mut self, definition: &Subgraph, map: &BTreeMap<NodeIx, NodeIx>, fed: &[Fed<'_>]) {
        for link in definition.graph.links_from(definition.inputs_node()) {
            let Some(node) = map.get(&link.to.node) else { continue };
            let to = Slot { node: *node, slot: link.to.slot };
            match fed.get(link.from.slot) {
                // whoever is linked to the boundary is asked for the boundary's type
                Some(Fed::Link(outer)) => {
                    let wants = wanted(&self.flat, outer);
                    self.flat.link_wanting(outer.from, to, Some(wants));
                }
                Some(fed) => self.deliver(to, fed),
                None => {}
            }
        }
    }

    /// Leads the links from the instance to the nodes inside.
    fn connect_outputs(
        &mut self,
        instance: NodeIx,
        definition: &Subgraph,
        map: &BTreeMap<NodeIx, NodeIx>,
        fed: &[Fed<'_>],
    ) {
        let sources: BTreeMap<usize, Link> = definition
            .graph
            .links_into(definition.outputs_node())
            .into_iter()
            .map(|link| (link.to.slot, link))
            .collect();
        for link in self.flat.links_from(instance) {
            let wants = link.wants.clone();
            self.flat.unlink(link.to);
            let Some(source) = sources.get(&link.from.slot) else { continue };
            if let Some(node) = map.get(&source.from.node) {
                let from = Slot { node: *node, slot: source.from.slot };
                self.flat.link_wanting(from, link.to, wants);
                continue;
            }
            // An input wired straight to an output: the frontend throws, here it passes through.
            match fed.get(source.from.slot) {
                Some(Fed::Link(outer)) => self.flat.link_wanting(outer.from, link.to, wants),
                Some(fed) => self.deliver(link.to, fed),
                None => {}
            }
        }
    }

    fn deliver(&mut self, to: Slot, fed: &Fed<'_>) {
        if let Some(value) = fed.value().and_then(|value| self.budget.copy(value)) {
            deliver(&mut self.flat, to, value);
        }
    }
}

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

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    diag::{Diagnostic, codes},
    graph::{Graph, Link, Mode, Node, NodeIx, NodeKind, Slot, Subgraph, SubgraphId},
};

use super::through::{deliver, wanted};

/// The greatest number of nodes that subgraphs may expand to.
pub const MAX_NODES: usize = 250_000;

/// Runs the pass; the result has no definitions.
pub fn run(graph: &Graph, found: &mut Vec<Diagnostic>) -> Graph {
    let mut expansion = Expansion { definitions: graph, flat: Graph::new(), ranks: Vec::new(), found };
    expansion.top();
    let Expansion { mut flat, ranks, .. } = expansion;
    let ranks: BTreeMap<NodeIx, Vec<u32>> = ranks.into_iter().collect();
    if graph.subgraphs().len() > 0 {
        flat.sort_by_rank(|ix, _| ranks.get(&ix).cloned());
    }
    flat
}

struct Expansion<'g, 'd> {
    definitions: &'g Graph,
    flat: Graph,
    /// Where each node goes in the order: its place in each scope on the way to it.
    ranks: Vec<(NodeIx, Vec<u32>)>,
    found: &'d mut Vec<Diagnostic>,
}

/// An instance in the flat graph that is still to be replaced.
struct Task {
    node: NodeIx,
    rank: Vec<u32>,
    /// The definitions around it, outermost first.
    around: Vec<SubgraphId>,
}

/// What the inside of an instance gets for one of its inputs.
enum Fed {
    Link(Link),
    Value(Value),
    Nothing,
}

impl Expansion<'_, '_> {
    fn top(&mut self) {
        let graph = self.definitions;
        let mut map = BTreeMap::new();
        let mut tasks = Vec::new();
        for (position, ix) in graph.execution_order().into_iter().enumerate() {
            let rank = vec![position_rank(position)];
            let Ok(copy) = self.flat.insert(graph[ix].clone()) else { continue };
            map.insert(ix, copy);
            if matches!(graph[ix].kind, NodeKind::Instance(_)) {
                tasks.push(Task { node: copy, rank: rank.clone(), around: Vec::new() });
            }
            self.ranks.push((copy, rank));
        }
        self.copy_links(graph, &map);
        tasks.reverse();
        while let Some(task) = tasks.pop() {
            self.expand(&task, &mut tasks);
        }
    }

    /// Replaces one instance, and adds those inside of it to the tasks.
    fn expand(&mut self, task: &Task, tasks: &mut Vec<Task>) {
        let instance = &self.flat[task.node];
        let NodeKind::Instance(id) = instance.kind.clone() else { return };
        let (mode, at_top) = (instance.mode, task.around.is_empty());
        if at_top && !mode.runs() {
            return;
        }
        let Some(definition) = self.definitions.subgraph(id.as_str()) else { return };
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

    /// Why an instance cannot be expanded.
    fn refusal(&self, task: &Task, id: &SubgraphId, definition: &Subgraph) -> Option<Diagnostic> {
        let instance = &self.flat[task.node];
        let (code, what) = if task.around.contains(id) {
            (codes::SUBGRAPH_RECURSION, "contains itself".to_owned())
        } else if self.flat.len() + definition.graph.len() > MAX_NODES {
            (codes::SUBGRAPH_TOO_LARGE, format!("brings the workflow to more than {MAX_NODES} nodes"))
        } else {
            return None;
        };
        let message = format!("subgraph \"{}\" (#{}) {what}; it is left out", definition.name, instance.key);
        Some(Diagnostic::new(code, message).at_opt(instance.path()).node(&instance.key))
    }

    fn copy_content(
        &mut self,
        task: &Task,
        id: &SubgraphId,
        definition: &Subgraph,
        tasks: &mut Vec<Task>,
    ) -> BTreeMap<NodeIx, NodeIx> {
        let outer = self.flat[task.node].key.clone();
        let mut around = task.around.clone();
        around.push(id.clone());
        let mut map = BTreeMap::new();
        let mut inner = Vec::new();
        for (position, (ix, node)) in definition.graph.nodes().enumerate() {
            if matches!(node.kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs) {
                continue;
            }
            let mut rank = task.rank.clone();
            rank.push(position_rank(position));
            let copy = Node { key: outer.inside(&node.key), ..node.clone() };
            let Ok(copy) = self.flat.insert(copy) else { continue };
            map.insert(ix, copy);
            if matches!(node.kind, NodeKind::Instance(_)) {
                inner.push(Task { node: copy, rank: rank.clone(), around: around.clone() });
            }
            self.ranks.push((copy, rank));
        }
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
                    self.flat.link_fresh(from, Slot { node: *to, slot: link.to.slot });
                }
            }
        }
    }

    /// What arrives at the instance's inputs.
    fn feed(&self, task: &Task, definition: &Subgraph) -> Vec<Fed> {
        let instance = &self.flat[task.node];
        let mut links: BTreeMap<usize, Link> =
            self.flat.links_into(task.node).into_iter().map(|link| (link.to.slot, link)).collect();
        (0..instance.inputs.len())
            .map(|slot| {
                if let Some(link) = links.remove(&slot) {
                    return Fed::Link(link);
                }
                if let Some(value) = &instance.inputs[slot].value {
                    return Fed::Value(value.clone());
                }
                match instance.promoted(slot) {
                    Some(widget) => match &widget.value {
                        Some(value) => Fed::Value(value.clone()),
                        None => {
                            inner_value(self.definitions, definition, slot).map_or(Fed::Nothing, Fed::Value)
                        }
                    },
                    None => Fed::Nothing,
                }
            })
            .collect()
    }

    /// Joins what arrives to the nodes inside.
    fn connect_inputs(&mut self, definition: &Subgraph, map: &BTreeMap<NodeIx, NodeIx>, fed: &[Fed]) {
        for link in definition.graph.links_from(definition.inputs_node()) {
            let Some(node) = map.get(&link.to.node) else { continue };
            let to = Slot { node: *node, slot: link.to.slot };
            match fed.get(link.from.slot) {
                // whoever is linked to the boundary is asked for the boundary's type
                Some(Fed::Link(outer)) => {
                    let wants = wanted(&self.flat, outer);
                    self.flat.link_wanting(outer.from, to, Some(wants));
                }
                Some(Fed::Value(value)) => deliver(&mut self.flat, to, value.clone()),
                Some(Fed::Nothing) | None => {}
            }
        }
    }

    /// Leads the links from the instance to the nodes inside.
    fn connect_outputs(
        &mut self,
        instance: NodeIx,
        definition: &Subgraph,
        map: &BTreeMap<NodeIx, NodeIx>,
        fed: &[Fed],
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
                Some(Fed::Value(value)) => deliver(&mut self.flat, link.to, value.clone()),
                Some(Fed::Nothing) | None => {}
            }
        }
    }
}

/// The value of a promoted input that the instance does not set: that of the first inner widget that has one, the
/// nearest instance first.
pub fn inner_value(definitions: &Graph, definition: &Subgraph, slot: usize) -> Option<Value> {
    let mut ways: Vec<(&Subgraph, usize)> = vec![(definition, slot)];
    // A definition that contains itself would lead round for ever; no honest chain is longer than this.
    let mut steps = definitions.subgraphs().len() * 64 + 64;
    while let Some((definition, slot)) = ways.pop() {
        let mut deeper = Vec::new();
        for link in definition.uses_of_input(slot) {
            steps = steps.checked_sub(1)?;
            let target = &definition.graph[link.to.node];
            let set = match &target.kind {
                NodeKind::Instance(inner) => {
                    let widget = target.promoted(link.to.slot);
                    let inner = definitions.subgraph(inner.as_str());
                    if widget.is_some_and(|widget| widget.value.is_none())
                        && let Some(inner) = inner
                    {
                        deeper.push((inner, link.to.slot));
                        break;
                    }
                    widget
                }
                _ => target.inputs.get(link.to.slot).and_then(|input| target.widget(&input.name)),
            };
            if let Some(widget) = set {
                return widget.value.clone();
            }
        }
        ways.append(&mut deeper);
    }
    None
}

fn position_rank(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

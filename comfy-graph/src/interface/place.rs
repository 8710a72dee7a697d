//! Places of values: which node of the graph a key names, where the value of an input lives, and what it reaches.
//!
//! A value lives in a widget of its node, in the promoted widget of an instance around it, or in a primitive that is
//! linked to it; reroutes and bypassed nodes are on the way. The walks here are those of the passes, seen from the
//! input. None is longer than [`MOST_STEPS`], so that circles end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Binding;
use crate::{
    catalog::{Catalog, InputDef, virtuals::VirtualRole},
    graph::{Graph, Link, Mode, Node, NodeIx, NodeKey, NodeKind, Slot, Subgraph},
    passes::{bypass::passed_on, subgraphs::InnerValues},
};

/// Nodes that a walk passes; more are on a circle, or of no use to anybody.
const MOST_STEPS: usize = 4096;

/// A node in the graph of the top or of a definition.
#[derive(Clone, Copy)]
pub(super) struct At<'g> {
    scope: &'g Graph,
    node: NodeIx,
}

impl<'g> At<'g> {
    pub(super) fn node(self) -> Option<&'g Node> {
        self.scope.get(self.node)
    }

    fn source(self, slot: usize) -> Option<Link> {
        self.scope.source(Slot { node: self.node, slot })
    }
}

/// The definition of an instance.
pub(super) fn definition<'g>(graph: &'g Graph, node: &Node) -> Option<&'g Subgraph> {
    match &node.kind {
        NodeKind::Instance(id) => graph.subgraph(id.as_str()),
        _ => None,
    }
}

/// The nodes that a key like `57:8` names, from the top on. A node of the top that has the very key goes before.
pub(super) fn way<'g>(graph: &'g Graph, key: &str) -> Option<Vec<At<'g>>> {
    if let Some(node) = graph.find(key) {
        return Some(vec![At { scope: graph, node }]);
    }
    let mut way: Vec<At<'g>> = Vec::new();
    let mut scope = graph;
    for part in key.split(':') {
        if let Some(outer) = way.last() {
            scope = &definition(graph, outer.node()?)?.graph;
        }
        way.push(At { scope, node: scope.find(part)? });
    }
    Some(way)
}

/// The node that a key names.
pub(super) fn node_at<'g>(graph: &'g Graph, key: &str) -> Option<&'g Node> {
    way(graph, key)?.last()?.node()
}

/// Where the value of an input lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) binding: Binding,
    /// Other inputs get the value from there, too.
    pub(super) shared: bool,
}

/// The place of the value that an input has when the graph runs. `None` where it comes from a node that runs, and
/// where there is no such input.
pub(super) fn home(graph: &Graph, binding: &Binding) -> Option<Home> {
    let mut way = way(graph, binding.node.as_str())?;
    let node = way.last()?.node()?;
    let own = || Some(Home { binding: binding.clone(), shared: false });
    let Some(mut slot) = node.input_slot(&binding.input) else { return own() };
    let mut shared = false;
    for _ in 0..MOST_STEPS {
        let here = *way.last()?;
        let Some(link) = here.source(slot) else { return settled(&way, slot, shared).or_else(own) };
        shared |=
            here.scope.links_from(link.from.node).iter().filter(|l| l.from.slot == link.from.slot).count()
                > 1;
        match step(graph, &mut way, here, &link)? {
            Step::On(next) => slot = next,
            Step::Primitive => {
                let input = way.last()?.node()?.widgets.first()?.name.clone();
                return Some(Home { binding: Binding { node: key_of(&way), input }, shared });
            }
            Step::Cut => return own(),
            Step::Runs => return None,
        }
    }
    None
}

/// What a link leads to.
enum Step {
    /// The input of this slot of the node that the way ends in now.
    On(usize),
    /// The primitive that the way ends in now.
    Primitive,
    /// Nothing that gives a value.
    Cut,
    /// A node that makes the value when the graph runs.
    Runs,
}

fn step<'g>(graph: &'g Graph, way: &mut Vec<At<'g>>, here: At<'g>, link: &Link) -> Option<Step> {
    let origin = At { scope: here.scope, node: link.from.node };
    let node = origin.node()?;
    let consumer = here.node()?.inputs.get(link.to.slot)?;
    way.pop();
    if node.kind == NodeKind::SubgraphInputs {
        return Some(if way.is_empty() { Step::Cut } else { Step::On(link.from.slot) });
    }
    way.push(origin);
    let is_instance = matches!(node.kind, NodeKind::Instance(_));
    Some(match (&node.kind, node.mode) {
        (NodeKind::Virtual(VirtualRole::Primitive), _) => Step::Primitive,
        (_, Mode::Never) => Step::Cut,
        (NodeKind::Virtual(VirtualRole::Reroute), _) => Step::On(link.from.slot),
        (NodeKind::Class | NodeKind::Instance(_), Mode::Bypass) => {
            let wanted = link.wants.as_ref().unwrap_or(&consumer.io_type);
            passed_on(node, link.from.slot, wanted).map_or(Step::Cut, Step::On)
        }
        _ if is_instance => {
            let definition = definition(graph, node)?;
            way.push(At { scope: &definition.graph, node: definition.outputs_node() });
            Step::On(link.from.slot)
        }
        (NodeKind::Class, _) => Step::Runs,
        _ => Step::Cut,
    })
}

/// The place at an input that is not linked: the widget of an instance. Of all other nodes on the way nothing comes.
fn settled(way: &[At<'_>], slot: usize, shared: bool) -> Option<Home> {
    let node = way.last()?.node()?;
    if !matches!(node.kind, NodeKind::Instance(_)) || node.mode == Mode::Bypass {
        return None;
    }
    node.promoted(slot)?;
    let input = node.inputs.get(slot)?.name.clone();
    Some(Home { binding: Binding { node: key_of(way), input }, shared })
}

fn key_of(way: &[At<'_>]) -> NodeKey {
    let keys: Vec<&str> = way.iter().filter_map(|at| Some(at.node()?.key.as_str())).collect();
    NodeKey::new(keys.join(":"))
}

/// Whether a node has one value, and gives just that.
fn holds_a_value(node: &Node) -> bool {
    const VALUES: [&str; 4] = ["INT", "FLOAT", "STRING", "BOOLEAN"];
    let gives = matches!(node.outputs.as_slice(), [only] if VALUES.contains(&only.io_type.as_str()));
    let mut sent = node.widgets.iter().filter(|widget| widget.sent);
    gives && sent.next().is_some() && sent.next().is_none() && node.inputs.iter().all(|input| input.widget)
}

/// What was found out about places of one graph, kept for as long as the graph stays as it is: a definition may have very
/// many inputs.
pub(super) struct Known<'g> {
    graph: &'g Graph,
    inner: InnerValues<'g>,
    /// The inputs that the outputs of a node are linked to, by slot.
    taken: BTreeMap<(*const Graph, NodeIx), BTreeMap<usize, Vec<Slot>>>,
}

impl<'g> Known<'g> {
    pub(super) fn new(graph: &'g Graph) -> Self {
        Self { graph, inner: InnerValues::new(graph), taken: BTreeMap::new() }
    }

    /// The value at a place. For the widget of an instance that has none of its own it is that from inside.
    pub(super) fn value_at(&mut self, binding: &Binding) -> Option<Value> {
        let node = node_at(self.graph, binding.node.as_str())?;
        let Some(definition) = definition(self.graph, node) else {
            return node.widget(&binding.input)?.value.clone();
        };
        let slot = node.input_slot(&binding.input)?;
        let own = node.inputs.get(slot)?.value.clone();
        own.or_else(|| node.promoted(slot)?.value.clone())
            .or_else(|| self.inner.of(definition, slot).cloned())
    }

    /// What the catalog says of the inputs that take the value of a place: of the place itself, or of the inputs behind an
    /// instance or a primitive.
    pub(super) fn declared<'c>(&mut self, catalog: &'c Catalog, binding: &Binding) -> Vec<&'c InputDef> {
        self.targets(binding)
            .into_iter()
            .filter_map(|(node, input)| catalog.get(&node.class_type)?.resolve_input(input))
            .collect()
    }

    /// The inputs of nodes of the server that take the value of a place, as node and name.
    pub(super) fn targets(&mut self, binding: &Binding) -> Vec<(&'g Node, &'g str)> {
        let graph = self.graph;
        let mut found = Vec::new();
        let Some(start) = way(graph, binding.node.as_str()).and_then(|way| way.last().copied()) else {
            return found;
        };
        let Some(node) = start.node() else { return found };
        let mut waiting = match (&node.kind, node.input_slot(&binding.input)) {
            (NodeKind::Class, slot) => {
                let widget = node.widget(&binding.input).map(|widget| &*widget.name);
                let socket = slot.and_then(|slot| node.inputs.get(slot)).map(|input| &*input.name);
                found.extend(widget.or(socket).map(|name| (node, name)));
                // a node that holds a value and nothing else gives it to others
                if holds_a_value(node) {
                    self.taken_from(start, 0)
                } else {
                    return found;
                }
            }
            (NodeKind::Instance(_), Some(slot)) => vec![(start, slot)],
            (NodeKind::Virtual(VirtualRole::Primitive), _) => self.taken_from(start, 0),
            _ => return found,
        };
        waiting.reverse();
        let mut seen = BTreeSet::new();
        while let Some((at, slot)) = waiting.pop() {
            let Some(node) = at.node() else { continue };
            if seen.len() > MOST_STEPS || !seen.insert((std::ptr::from_ref(at.scope), at.node, slot)) {
                continue;
            }
            let next = match &node.kind {
                NodeKind::Class => {
                    let runs = node.mode.runs();
                    found.extend(node.inputs.get(slot).filter(|_| runs).map(|input| (node, &*input.name)));
                    continue;
                }
                NodeKind::Instance(_) => {
                    let Some(inner) = definition(graph, node) else { continue };
                    self.taken_from(At { scope: &inner.graph, node: inner.inputs_node() }, slot)
                }
                NodeKind::Virtual(VirtualRole::Reroute) => self.taken_from(at, slot),
                _ => continue,
            };
            waiting.extend(next.into_iter().rev());
        }
        found
    }

    /// The inputs that an output is linked to.
    fn taken_from(&mut self, at: At<'g>, slot: usize) -> Vec<(At<'g>, usize)> {
        let taken = self.taken.entry((std::ptr::from_ref(at.scope), at.node)).or_insert_with(|| {
            let mut taken = BTreeMap::<usize, Vec<Slot>>::new();
            for link in at.scope.links_from(at.node) {
                taken.entry(link.from.slot).or_default().push(link.to);
            }
            taken
        });
        let inputs = taken.get(&slot).into_iter().flatten();
        inputs.map(|to| (At { scope: at.scope, node: to.node }, to.slot)).collect()
    }
}

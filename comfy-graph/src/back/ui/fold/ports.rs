//! The inputs and outputs of a rebuilt definition: what crosses the border of its instances, and what differs between
//! them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use indexmap::IndexMap;
use serde_json::Value;

use super::Inside;
use crate::{
    back::types,
    catalog::{Catalog, IoType},
    graph::{
        Graph, InputSlot, Node, NodeIx, NodeKey, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId, Widget,
    },
    json::same_value,
};

/// What an inner node gets for an input.
#[derive(Clone, Debug)]
enum Arrival {
    /// From outside of the instance.
    Outer(Slot),
    /// From inside: the id and slot.
    Inner(NodeKey, usize),
    Value(Value),
    Nothing,
}

impl Arrival {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Outer(a), Self::Outer(b)) => a == b,
            (Self::Inner(a, i), Self::Inner(b, j)) => a == b && i == j,
            (Self::Value(a), Self::Value(b)) => same_value(a, b),
            (Self::Nothing, Self::Nothing) => true,
            _ => false,
        }
    }
}

/// What all inputs of an instance's nodes get, by inner id and name of the input.
type Arrivals = IndexMap<(NodeKey, Box<str>), Arrival>;

/// An input of the definition.
struct Port {
    name: Box<str>,
    io_type: IoType,
    /// The inner inputs it leads to; one with a widget is the first.
    targets: Vec<(NodeKey, Box<str>)>,
    /// Leads to a widget.
    promoted: bool,
    /// What each instance gives it.
    arrivals: Vec<Arrival>,
}

/// A definition to be made, and its instances.
pub(super) struct Plan {
    parents: Vec<NodeKey>,
    insides: Vec<Inside>,
    inputs: Vec<Port>,
    outputs: Vec<(NodeKey, usize)>,
    /// Inner inputs that belong to widgets.
    widgets: BTreeSet<(NodeKey, Box<str>)>,
}

/// What instances have in common that share a definition: the classes of the nodes inside, and the links between them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signature {
    classes: Vec<(NodeKey, Box<str>)>,
    links: BTreeMap<(NodeKey, Box<str>), (NodeKey, usize)>,
}

/// The signature of one instance.
pub(super) fn signature(graph: &Graph, inside: &Inside) -> Signature {
    let inner = |(to, arrival)| match arrival {
        Arrival::Inner(key, slot) => Some((to, (key, slot))),
        Arrival::Outer(_) | Arrival::Value(_) | Arrival::Nothing => None,
    };
    Signature {
        classes: inside.iter().map(|(key, ix)| (key.clone(), graph[*ix].class_type.clone())).collect(),
        links: arrivals(graph, inside).into_iter().filter_map(inner).collect(),
    }
}

fn arrivals(graph: &Graph, inside: &Inside) -> Arrivals {
    let by_ix: BTreeMap<NodeIx, &NodeKey> = inside.iter().map(|(key, ix)| (*ix, key)).collect();
    let mut arrivals = Arrivals::new();
    for (key, ix) in inside {
        let node = &graph[*ix];
        for widget in node.widgets.iter().filter(|widget| widget.sent) {
            if let Some(value) = &widget.value {
                arrivals.insert((key.clone(), widget.name.clone()), Arrival::Value(value.clone()));
            }
        }
        for link in graph.links_into(*ix) {
            let Some(input) = node.inputs.get(link.to.slot) else { continue };
            let arrival = match by_ix.get(&link.from.node) {
                Some(inner) => Arrival::Inner((*inner).clone(), link.from.slot),
                None => Arrival::Outer(link.from),
            };
            arrivals.insert((key.clone(), input.name.clone()), arrival);
        }
    }
    arrivals
}

impl Plan {
    /// A plan for instances that are alike; `None` if something of them cannot be said with a subgraph.
    pub(super) fn new(graph: &Graph, catalog: &Catalog, group: Vec<(NodeKey, Inside)>) -> Option<Self> {
        let (parents, insides): (Vec<_>, Vec<_>) = group.into_iter().unzip();
        let first = insides.first()?;
        let all: Vec<Arrivals> = insides.iter().map(|inside| arrivals(graph, inside)).collect();
        let mut targets: IndexMap<(NodeKey, Box<str>), Vec<Arrival>> = IndexMap::new();
        for target in all.iter().flat_map(Arrivals::keys) {
            let at = |one: &Arrivals| one.get(target).cloned().unwrap_or(Arrival::Nothing);
            targets.entry(target.clone()).or_insert_with(|| all.iter().map(at).collect());
        }
        let form = |(key, name): &(NodeKey, Box<str>)| Form::of(&graph[first[key]], catalog, name);
        let mut inputs = Inputs::default();
        let mut literals = Vec::new();
        for (target, arrivals) in &targets {
            let form = form(target);
            let varies = !arrivals.iter().all(|arrival| arrival.is_same(&arrivals[0]));
            let outer = arrivals.iter().any(|arrival| matches!(arrival, Arrival::Outer(_)));
            let valued = arrivals.iter().any(|arrival| matches!(arrival, Arrival::Value(_)));
            let widget = form.is_widget();
            match form {
                Form::Socket(_) if valued => literals.push((target, arrivals)),
                Form::Undeclared if varies || outer => return None,
                Form::Widget(io_type) | Form::Socket(io_type) if outer || varies => {
                    let mixed = arrivals.iter().any(|arrival| matches!(arrival, Arrival::Nothing)) && valued;
                    if mixed {
                        return None;
                    }
                    inputs.add(target, io_type, widget, arrivals, graph);
                }
                Form::Widget(_) | Form::Socket(_) | Form::Undeclared => {}
            }
        }
        let mut carriers = BTreeMap::new();
        for (target, arrivals) in
            targets.iter().filter(|(target, _)| !literals.is_empty() && form(target).is_widget())
        {
            carriers.entry(key_of(arrivals)).or_insert(target);
        }
        for (target, arrivals) in literals {
            let carrier = carriers.get(&key_of(arrivals))?;
            let Form::Widget(io_type) = form(carrier) else { return None };
            inputs.join(carrier, target, io_type, arrivals);
        }
        // sockets are drawn above widgets
        inputs.ports.sort_by_key(|port| port.promoted);
        let outputs = outputs(graph, &insides);
        let widgets = targets.keys().filter(|target| form(target).is_widget()).cloned().collect();
        Some(Self { parents, insides, inputs: inputs.ports, outputs, widgets })
    }

    /// The instances' ids.
    pub(super) fn parents(&self) -> impl ExactSizeIterator<Item = &NodeKey> {
        self.parents.iter()
    }

    /// The nodes inside of an instance.
    pub(super) fn nodes_of(&self, at: usize) -> impl Iterator<Item = NodeIx> {
        self.insides[at].values().copied()
    }

    /// Where the outputs of an instance start, by slot.
    pub(super) fn outputs_of(&self, at: usize) -> impl Iterator<Item = Slot> {
        self.outputs.iter().map(move |(key, slot)| Slot { node: self.insides[at][key], slot: *slot })
    }

    /// Where the inputs of an instance are linked to, by slot.
    pub(super) fn sources_of(&self, at: usize) -> impl Iterator<Item = Option<Slot>> {
        self.inputs.iter().map(move |port| match port.arrivals[at] {
            Arrival::Outer(from) => Some(from),
            Arrival::Inner(..) | Arrival::Value(_) | Arrival::Nothing => None,
        })
    }

    /// The definition, made of the first instance.
    pub(super) fn subgraph(&self, graph: &Graph) -> Subgraph {
        let inside = &self.insides[0];
        let inputs = self.inputs.iter();
        let inputs = inputs.map(|port| OutputSlot { name: port.name.clone(), io_type: port.io_type.clone() });
        let outputs = self.outputs.iter().map(|(key, slot)| {
            let from = Slot { node: inside[key], slot: *slot };
            let name = graph[from.node].outputs.get(*slot).map_or("", |output| &*output.name);
            InputSlot::new(name, types::of_output(graph, from))
        });
        let name = format!("Subgraph {}", self.parents[0]);
        let mut subgraph = Subgraph::new(name, inputs.collect(), outputs.collect());
        for (key, ix) in inside {
            let mut node = Node { key: key.clone(), ..graph[*ix].clone() };
            for input in &mut node.inputs {
                input.widget |= self.widgets.contains(&(key.clone(), input.name.clone()));
            }
            // the key is unique among those of the instance
            let _ = subgraph.graph.insert(node);
        }
        self.link_inside(graph, &mut subgraph);
        subgraph
    }

    fn link_inside(&self, graph: &Graph, subgraph: &mut Subgraph) {
        let inside = &self.insides[0];
        let keys: BTreeMap<NodeIx, &NodeKey> = inside.iter().map(|(key, ix)| (*ix, key)).collect();
        for (key, ix) in inside {
            let Some(node) = subgraph.graph.find(key.as_str()) else { continue };
            for link in graph.links_into(*ix) {
                let origin = keys.get(&link.from.node);
                if let Some(origin) = origin.and_then(|key| subgraph.graph.find(key.as_str())) {
                    let from = Slot { node: origin, slot: link.from.slot };
                    subgraph.graph.link(from, Slot { node, slot: link.to.slot });
                }
            }
        }
        let boundary = subgraph.inputs_node();
        for (slot, port) in self.inputs.iter().enumerate() {
            for (key, name) in &port.targets {
                let Some(node) = subgraph.graph.find(key.as_str()) else { continue };
                let to = self.socket(&mut subgraph.graph[node], key, name, &port.io_type);
                subgraph.graph.link(Slot { node: boundary, slot }, Slot { node, slot: to });
            }
        }
        let boundary = subgraph.outputs_node();
        for (slot, (key, from)) in self.outputs.iter().enumerate() {
            let Some(node) = subgraph.graph.find(key.as_str()) else { continue };
            subgraph.graph.link(Slot { node, slot: *from }, Slot { node: boundary, slot });
        }
    }

    /// The socket of an inner input. Values of prompts have none, and values for sockets come through them from now on.
    fn socket(&self, node: &mut Node, key: &NodeKey, name: &str, io_type: &IoType) -> usize {
        let widget = self.widgets.contains(&(key.clone(), name.into()));
        if !widget {
            node.widgets.retain(|widget| &*widget.name != name);
        }
        node.input_slot(name).unwrap_or_else(|| {
            node.inputs.push(InputSlot { widget, ..InputSlot::new(name, io_type.clone()) });
            node.inputs.len() - 1
        })
    }

    /// The instance with this id.
    pub(super) fn instance(
        &self,
        graph: &Graph,
        subgraph: &Subgraph,
        id: &SubgraphId,
        at: usize,
        key: NodeKey,
    ) -> Node {
        let mut node = Node::of_kind(key, NodeKind::Instance(id.clone()), id.as_str());
        node.source = self.nodes_of(at).next().and_then(|ix| graph[ix].source);
        for port in &self.inputs {
            let slot = InputSlot::new(port.name.clone(), port.io_type.clone());
            node.inputs.push(InputSlot { widget: port.promoted, ..slot });
            if port.promoted {
                let value = match &port.arrivals[at] {
                    Arrival::Value(value) => Some(value.clone()),
                    Arrival::Outer(_) | Arrival::Inner(..) | Arrival::Nothing => None,
                };
                node.widgets.push(Widget { value, ..Widget::new(port.name.clone(), Value::Null) });
            }
        }
        let output = |port: &InputSlot| OutputSlot { name: port.name.clone(), io_type: port.io_type.clone() };
        node.outputs = subgraph.outputs().iter().map(output).collect();
        node
    }
}

/// What is the same for inputs that get the same in all instances.
fn key_of(arrivals: &[Arrival]) -> String {
    let mut key = String::new();
    for arrival in arrivals {
        let _ = match arrival {
            Arrival::Outer(from) => write!(key, "{from:?};"),
            Arrival::Inner(inner, slot) => write!(key, "{inner:?} {slot};"),
            Arrival::Value(value) => write!(key, "{value};"),
            Arrival::Nothing => write!(key, ";"),
        };
    }
    key
}

/// What an input of a node is.
enum Form {
    Widget(IoType),
    Socket(IoType),
    Undeclared,
}

impl Form {
    fn of(node: &Node, catalog: &Catalog, name: &str) -> Self {
        let own = node.inputs.iter().find(|input| &*input.name == name);
        if let (NodeKind::Instance(_), Some(own)) = (&node.kind, own) {
            let io_type = own.io_type.clone();
            return if own.widget { Self::Widget(io_type) } else { Self::Socket(io_type) };
        }
        match catalog.get(&node.class_type).and_then(|def| def.resolve_input(name)) {
            Some(input) if input.is_widget() => Self::Widget(input.io_type.clone()),
            Some(input) => Self::Socket(input.io_type.clone()),
            None if own.is_some() => Self::Socket(IoType::any()),
            None => Self::Undeclared,
        }
    }

    fn is_widget(&self) -> bool {
        matches!(self, Self::Widget(_))
    }
}

/// The definition's inputs so far.
#[derive(Default)]
struct Inputs {
    ports: Vec<Port>,
    names: BTreeSet<Box<str>>,
    /// Ports by what the instances give them, and whether they are promoted.
    linked: BTreeMap<(String, bool), usize>,
    /// Ports by the inner inputs they were made for.
    by_target: BTreeMap<(NodeKey, Box<str>), usize>,
}

impl Inputs {
    /// Adds an input for an inner one, or leads one there that gets the same links in all instances.
    fn add(
        &mut self,
        target: &(NodeKey, Box<str>),
        io_type: IoType,
        widget: bool,
        arrivals: &[Arrival],
        graph: &Graph,
    ) {
        let linked = arrivals.iter().all(|arrival| matches!(arrival, Arrival::Outer(_)));
        let twin = self.linked.get(&(key_of(arrivals), widget)).filter(|_| linked);
        if let Some(twin) = twin.and_then(|at| self.ports.get_mut(*at)) {
            twin.targets.push(target.clone());
            return;
        }
        self.linked.insert((key_of(arrivals), widget), self.ports.len());
        let origin = arrivals.iter().find_map(|arrival| match arrival {
            Arrival::Outer(from) => Some(types::of_output(graph, *from)),
            Arrival::Inner(..) | Arrival::Value(_) | Arrival::Nothing => None,
        });
        // a socket that takes anything has the type of what comes
        let vague = io_type == IoType::any() || io_type.as_str().contains(',');
        let io_type = origin.filter(|_| vague).unwrap_or(io_type);
        self.push(target, io_type, widget, arrivals);
    }

    fn push(&mut self, target: &(NodeKey, Box<str>), io_type: IoType, promoted: bool, arrivals: &[Arrival]) {
        let mut name = target.1.clone();
        let mut number = 0_usize;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{}_{number}", target.1).into();
        }
        let targets = vec![target.clone()];
        self.by_target.insert(target.clone(), self.ports.len());
        self.ports.push(Port { name, io_type, targets, promoted, arrivals: arrivals.to_vec() });
    }

    /// Leads the input of a widget to a socket too, which gets its value then.
    fn join(
        &mut self,
        carrier: &(NodeKey, Box<str>),
        target: &(NodeKey, Box<str>),
        io_type: IoType,
        arrivals: &[Arrival],
    ) {
        let port = self.by_target.get(carrier).and_then(|at| self.ports.get_mut(*at));
        if let Some(port) = port {
            port.targets.push(target.clone());
            return;
        }
        self.push(carrier, io_type, true, arrivals);
        if let Some(port) = self.ports.last_mut() {
            port.targets.push(target.clone());
        }
    }
}

/// The inner outputs that anything outside of an instance is linked to.
fn outputs(graph: &Graph, insides: &[Inside]) -> Vec<(NodeKey, usize)> {
    let mut used = BTreeSet::new();
    for inside in insides {
        let members: BTreeSet<NodeIx> = inside.values().copied().collect();
        for (key, ix) in inside {
            let outer = graph.links_from(*ix).into_iter().filter(|link| !members.contains(&link.to.node));
            used.extend(outer.map(|link| (key.clone(), link.from.slot)));
        }
    }
    used.into_iter().collect()
}

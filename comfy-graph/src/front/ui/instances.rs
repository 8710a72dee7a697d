//! Uses of subgraphs: their sockets bound to the definition, their promoted widgets and the values of those.
//!
//! An input of a definition is *promoted* when a link inside leads from it to the socket of a widget, directly or
//! through nested instances. Older files name promoted widgets in `properties.proxyWidgets` instead
//! (`core/graph/subgraph/migration/proxyWidgetMigration.ts`); where such an entry has a value of its own, the
//! definition gets the input that the frontend makes for it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use super::{
    id::Id,
    model::{UiInput, Values},
    sockets::{self, Socket},
};
use crate::{
    budget::Budget,
    catalog::virtuals::VirtualRole,
    diag::{Diagnostic, codes, short},
    graph::{
        Graph, InputSlot, Node, NodeIx, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId, Widget, WidgetIndex,
    },
};

/// An instance that is not bound yet.
pub(super) struct Pending {
    /// The definition the node is in; `None` at the top.
    pub(super) scope: Option<SubgraphId>,
    pub(super) node: NodeIx,
    pub(super) host: HostValues,
}

/// What the file says of an instance's values.
pub(super) struct HostValues {
    pub(super) definition: SubgraphId,
    /// How many inputs the definition has in the file, before legacy promotions add theirs.
    pub(super) inputs_in_file: usize,
    pub(super) values: Values,
    pub(super) proxies: Vec<Proxy>,
    /// `proxyWidgetErrorQuarantine`: values by name of the input.
    pub(super) quarantined: Vec<(Box<str>, Value)>,
}

/// An entry of `proxyWidgets`: which inner widget, and where its value is.
pub(super) struct Proxy {
    node: Box<str>,
    widget: Box<str>,
    value: Option<Value>,
    /// Its place in the list, which is that of its value.
    pub(super) position: usize,
}

impl Proxy {
    /// Whether this is the entry for the input `name` of its instance, which leads to `target`, into the inputs that
    /// `leads_in` knows.
    pub(super) fn is_of(&self, name: &str, target: &Node, leads_in: impl Fn(&str) -> bool) -> bool {
        match &*self.node {
            "-1" => *self.widget == *name,
            node => node == target.key.as_str() && leads_in(&self.widget),
        }
    }
}

/// Reads `proxyWidgets` with the values that belong to the entries.
pub(super) fn proxies(properties: Option<&Value>, values: &Values) -> Vec<Proxy> {
    let parsed: Value;
    let entries = match properties.and_then(|p| p.get("proxyWidgets")) {
        Some(Value::String(text)) => {
            parsed = serde_json::from_str(text).unwrap_or_default();
            &parsed
        }
        Some(list) => list,
        None => return Vec::new(),
    };
    let values = match values {
        Values::List(list) => list.as_slice(),
        Values::Absent | Values::Named(_) => &[],
    };
    let proxy = |(position, entry): (usize, &Value)| {
        let node = entry.get(0).and_then(Id::read)?.text();
        let widget = without_path(entry.get(1)?.as_str()?);
        let value = values.get(position).filter(|value| !value.is_null()).cloned();
        Some(Proxy { node, widget: widget.into(), value, position })
    };
    entries.as_array().into_iter().flatten().enumerate().filter_map(proxy).collect()
}

/// Reads the values that an earlier migration could not place but by name.
pub(super) fn quarantined(properties: Option<&Value>) -> Vec<(Box<str>, Value)> {
    let entries = properties.and_then(|p| p.get("proxyWidgetErrorQuarantine")).and_then(Value::as_array);
    let entry = |entry: &Value| {
        let original = entry.get("originalEntry")?;
        let host = original.get(0).and_then(Id::read) == Some(Id::Number(-1));
        let name = original.get(1)?.as_str().filter(|_| host)?;
        Some((name.into(), entry.get("hostValue")?.clone()))
    };
    entries.into_iter().flatten().filter_map(entry).collect()
}

/// `12: 34: text` → `text`: names of nested promotion carry the ids on the way.
fn without_path(name: &str) -> &str {
    let mut rest = name;
    while let Some((id, tail)) = rest.split_once(':') {
        if id.trim().is_empty() || !id.trim().bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        rest = tail.trim_start();
    }
    rest
}

/// Gives definitions the inputs that legacy promotions stand for, and every instance the sockets for them.
///
/// A promotion can go through a nested instance whose own promotions come first, so the innermost definitions are
/// the first.
pub(super) fn promote_proxies(
    graph: &mut Graph,
    pending: &[Pending],
    targets: &mut Targets,
    budget: &mut Budget,
    found: &mut Vec<Diagnostic>,
) {
    if pending.iter().all(|instance| instance.host.proxies.is_empty()) {
        return;
    }
    let mut uses: BTreeMap<&SubgraphId, Vec<&Pending>> = BTreeMap::new();
    for instance in pending {
        uses.entry(&instance.host.definition).or_default().push(instance);
    }
    for id in graph.innermost_first() {
        let Some(instances) = uses.get(&id) else { continue };
        let mut promotion = Promotion { id: &id, names: Names::default(), targets: &mut *targets, found };
        let proxies = instances.iter().flat_map(|instance| &instance.host.proxies);
        let mut changed = false;
        for proxy in proxies.filter(|proxy| &*proxy.node != "-1" && !proxy.widget.starts_with("$$")) {
            changed |= promotion.promote(graph, proxy);
        }
        for instance in instances.iter().filter(|_| changed) {
            complete_sockets(graph, instance, budget);
        }
    }
}

/// Gives an instance the sockets of inputs that its definition got since.
fn complete_sockets(graph: &mut Graph, instance: &Pending, budget: &mut Budget) {
    let Some(definition) = graph.subgraph(instance.host.definition.as_str()) else { return };
    let Some(node) = scope_of(graph, instance).and_then(|scope| scope.get(instance.node)) else { return };
    let missing: Vec<InputSlot> = definition
        .inputs()
        .iter()
        .skip(node.inputs.len())
        .take_while(|port| budget.spend(SOCKET_BYTES + port.name.len()))
        .map(|port| InputSlot::new(port.name.clone(), port.io_type.clone()))
        .collect();
    if let Some(node) = scope_of_mut(graph, instance).and_then(|scope| scope.get_mut(instance.node)) {
        node.inputs.extend(missing);
    }
}

/// What a socket takes in memory, roughly.
const SOCKET_BYTES: usize = 200;

fn scope_of<'g>(graph: &'g Graph, instance: &Pending) -> Option<&'g Graph> {
    match &instance.scope {
        None => Some(graph),
        Some(id) => graph.subgraph(id.as_str()).map(|subgraph| &subgraph.graph),
    }
}

fn scope_of_mut<'g>(graph: &'g mut Graph, instance: &Pending) -> Option<&'g mut Graph> {
    match &instance.scope {
        None => Some(graph),
        Some(id) => graph.subgraph_mut(id.as_str()).map(|subgraph| &mut subgraph.graph),
    }
}

/// The promotions into one definition.
struct Promotion<'a> {
    id: &'a SubgraphId,
    names: Names,
    targets: &'a mut Targets,
    found: &'a mut Vec<Diagnostic>,
}

/// Names of a definition's inputs, and how far the numbers of each name are used.
#[derive(Default)]
struct Names {
    taken: BTreeSet<Box<str>>,
    next: BTreeMap<Box<str>, usize>,
}

impl Names {
    /// `text`, `text_1`, `text_2` …, whichever is free.
    fn fresh(&mut self, subgraph: &Subgraph, wanted: &str) -> Box<str> {
        if self.taken.len() < subgraph.inputs().len() {
            self.taken.extend(subgraph.inputs().iter().map(|input| input.name.clone()));
        }
        let next = self.next.entry(wanted.into()).or_default();
        loop {
            let name: Box<str> = if *next == 0 { wanted.into() } else { format!("{wanted}_{next}").into() };
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

impl Promotion<'_> {
    /// Makes an input for the inner widget, unless one leads there already. Says whether it made one.
    fn promote(&mut self, graph: &mut Graph, proxy: &Proxy) -> bool {
        let Some(subgraph) = graph.subgraph_mut(self.id.as_str()) else { return false };
        let Some(node) = subgraph.graph.find(&proxy.node) else { return false };
        let targets = self.targets.of(self.id, subgraph, node, &proxy.widget);
        let Some(first) = targets.first().filter(|_| !targets.iter().any(|to| feeds(subgraph, *to))) else {
            return false;
        };
        let io_type = subgraph.graph[first.node].inputs[first.slot].io_type.clone();
        let name = self.names.fresh(subgraph, &proxy.widget);
        if let Some(primitive) = primitive(subgraph, node) {
            self.found.push(promoted_primitive(subgraph, primitive));
        }
        let slot = subgraph.add_input(OutputSlot { name, io_type });
        let from = Slot { node: subgraph.inputs_node(), slot };
        for to in targets {
            subgraph.graph.link(from, *to);
        }
        true
    }
}

fn promoted_primitive(subgraph: &Subgraph, primitive: &Node) -> Diagnostic {
    let message = format!(
        "subgraph \"{}\" promotes {}; the frontend may write its value into other widgets than the linked ones, \
         here it goes where the links go",
        short(&subgraph.name),
        primitive.describe()
    );
    Diagnostic::new(codes::PROMOTED_PRIMITIVE, message).at_opt(primitive.path()).node(&primitive.key)
}

/// The sockets that legacy entries stand for; found once for each node, however many entries name it.
#[derive(Default)]
pub(super) struct Targets {
    /// What a primitive set before it was promoted.
    primitives: BTreeMap<(SubgraphId, NodeIx), Vec<Slot>>,
    /// Positions of inputs by name, for nodes that have many.
    inputs: BTreeMap<(SubgraphId, NodeIx), BTreeMap<Box<str>, usize>>,
    one: Vec<Slot>,
}

impl Targets {
    /// The socket of the widget, or all that a primitive sets. A socket with a link of its own is none: the link
    /// wins over any value.
    fn of(&mut self, id: &SubgraphId, subgraph: &Subgraph, node: NodeIx, widget: &str) -> &[Slot] {
        if primitive(subgraph, node).is_some() {
            let links = || subgraph.graph.links_from(node).into_iter().map(|link| link.to).collect();
            return self.primitives.entry((id.clone(), node)).or_insert_with(links);
        }
        self.one.clear();
        let slot = self.input(id, subgraph, node, widget);
        let to = slot.map(|slot| Slot { node, slot });
        let own_link = |to: &Slot| {
            subgraph.graph.source(*to).is_some_and(|link| link.from.node != subgraph.inputs_node())
        };
        self.one.extend(to.filter(|to| !own_link(to)));
        &self.one
    }

    fn input(&mut self, id: &SubgraphId, subgraph: &Subgraph, node: NodeIx, name: &str) -> Option<usize> {
        const MANY: usize = 32;
        let inputs = &subgraph.graph[node].inputs;
        if inputs.len() <= MANY {
            return subgraph.graph[node].input_slot(name);
        }
        let index = self.inputs.entry((id.clone(), node)).or_insert_with(|| {
            // of equal names the first stays
            inputs.iter().enumerate().rev().map(|(slot, input)| (input.name.clone(), slot)).collect()
        });
        index.get(name).copied()
    }
}

/// The node, if it is a primitive.
fn primitive(subgraph: &Subgraph, node: NodeIx) -> Option<&Node> {
    subgraph.graph.get(node).filter(|node| node.is_virtual(VirtualRole::Primitive))
}

/// Whether an input of the definition leads to this socket.
fn feeds(subgraph: &Subgraph, to: Slot) -> bool {
    subgraph.graph.source(to).is_some_and(|link| link.from.node == subgraph.inputs_node())
}

/// Which inputs of every definition are promoted, by definition and slot.
pub(crate) type Promoted = BTreeMap<SubgraphId, Vec<bool>>;

/// Works out which inputs lead to a widget. Definitions that contain themselves promote nothing on the way round.
pub(crate) fn promoted_inputs(graph: &Graph) -> Promoted {
    let flags = |(id, subgraph): (&SubgraphId, &Subgraph)| (id.clone(), vec![false; subgraph.inputs().len()]);
    let mut promoted: Promoted = graph.subgraphs().map(flags).collect();
    let mut settled: Vec<(SubgraphId, usize)> = Vec::new();
    // which inputs lead to an input of an instance inside
    let mut outer: BTreeMap<(SubgraphId, usize), Vec<(SubgraphId, usize)>> = BTreeMap::new();
    for (id, subgraph) in graph.subgraphs() {
        let mut widgets = WidgetIndex::default();
        for link in subgraph.graph.links_from(subgraph.inputs_node()) {
            let (input, target) = ((id.clone(), link.from.slot), &subgraph.graph[link.to.node]);
            match &target.kind {
                NodeKind::Instance(inner) => {
                    outer.entry((inner.clone(), link.to.slot)).or_default().push(input);
                }
                NodeKind::Class => {
                    let socket = &target.inputs[link.to.slot];
                    if socket.widget && widgets.find(link.to.node, target, &socket.name).is_some() {
                        settled.push(input);
                    }
                }
                NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => {}
            }
        }
    }
    while let Some(input) = settled.pop() {
        let Some(flag) = promoted.get_mut(&input.0).and_then(|flags| flags.get_mut(input.1)) else {
            continue;
        };
        if !std::mem::replace(flag, true) {
            settled.extend(outer.remove(&input).unwrap_or_default());
        }
    }
    promoted
}

/// The sockets of an instance: exactly the definition's inputs, with the links of saved ones matched by name and
/// type, then by name.
///
/// `None` when there are so many inputs and instances that the sockets would not find room.
pub(super) fn sockets(
    subgraph: &Subgraph,
    node: &Node,
    saved: &[UiInput],
    budget: &mut Budget,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<Socket>> {
    let ports = subgraph.inputs();
    if !budget.spend(ports.iter().map(|port| SOCKET_BYTES + port.name.len()).sum()) {
        return None;
    }
    // by name and type, then by name; of equals the first
    let mut exact: BTreeMap<(&str, &str), VecDeque<usize>> = BTreeMap::new();
    let mut named: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (position, input) in saved.iter().enumerate() {
        exact.entry((&input.name, &input.io_type)).or_default().push_back(position);
        named.entry(&input.name).or_default().push_back(position);
    }
    let mut used = vec![false; saved.len()];
    let mut take = |list: Option<&mut VecDeque<usize>>| {
        let list = list?;
        while let Some(position) = list.pop_front() {
            if !std::mem::replace(&mut used[position], true) {
                return Some(position);
            }
        }
        None
    };
    let mut sockets = Vec::with_capacity(ports.len());
    for port in ports {
        let at = take(exact.get_mut(&(&*port.name, port.io_type.as_str())));
        let at = at.or_else(|| take(named.get_mut(&*port.name)));
        let saved = at.and_then(|at| saved.get(at));
        sockets.push(Socket {
            slot: InputSlot::new(port.name.clone(), port.io_type.clone()),
            link: saved.and_then(|saved| saved.link),
            label: saved.and_then(|saved| saved.label.clone()),
        });
    }
    let left = saved.iter().zip(used).filter(|(input, used)| !used && input.link.is_some());
    found.extend(left.map(|(input, _)| sockets::input_dropped(node, &input.name)));
    Some(sockets)
}

/// Flags the promoted inputs of an instance and gives them their values.
pub(super) fn bind(graph: &mut Graph, pending: &Pending, promoted: &Promoted, targets: &mut Targets) {
    let Some(flags) = promoted.get(&pending.host.definition) else { return };
    let Some(definition) = graph.subgraph(pending.host.definition.as_str()) else { return };
    let values = host_values(definition, &pending.host, flags, targets);
    let Some(node) = scope_of_mut(graph, pending).and_then(|scope| scope.get_mut(pending.node)) else {
        return;
    };
    node.widgets.clear();
    for ((input, promoted), value) in node.inputs.iter_mut().zip(flags).zip(values) {
        input.widget = *promoted;
        if *promoted {
            let widget = Widget::new(input.name.clone(), Value::Null);
            node.widgets.push(Widget { value, ..widget });
        }
    }
}

/// The values of an instance by input.
fn host_values(
    definition: &Subgraph,
    host: &HostValues,
    flags: &[bool],
    targets: &mut Targets,
) -> Vec<Option<Value>> {
    let mut values: Vec<Option<Value>> = vec![None; flags.len()];
    match &host.values {
        // Positional first, nulls too, for the inputs that the file has; what the legacy list says by its own
        // positions comes on top of it.
        Values::List(list) => {
            let mut list = list.iter();
            let in_file = values.iter_mut().zip(flags).take(host.inputs_in_file);
            for (value, _) in in_file.filter(|(_, promoted)| **promoted) {
                *value = list.next().cloned();
            }
        }
        Values::Named(map) => {
            for (value, input) in values.iter_mut().zip(definition.inputs()) {
                *value = map.get(&*input.name).cloned();
            }
        }
        Values::Absent => {}
    }
    if host.proxies.is_empty() && host.quarantined.is_empty() {
        return values;
    }
    // of equal names the first stays
    let inputs = definition.inputs().iter().enumerate().rev();
    let slots: BTreeMap<&str, usize> = inputs.map(|(slot, input)| (&*input.name, slot)).collect();
    let mut set = |slot: Option<usize>, value: &Value| {
        if let Some(entry) = slot.and_then(|slot| values.get_mut(slot)) {
            *entry = Some(value.clone());
        }
    };
    for proxy in &host.proxies {
        let Some(value) = &proxy.value else { continue };
        if &*proxy.node == "-1" {
            set(slots.get(&*proxy.widget).copied(), value);
        } else if let Some(node) = definition.graph.find(&proxy.node) {
            let first = targets.of(&host.definition, definition, node, &proxy.widget).first();
            let source = first.and_then(|to| definition.graph.source(*to));
            set(source.map(|link| link.from.slot), value);
        }
    }
    for (name, value) in &host.quarantined {
        set(slots.get(&**name).copied(), value);
    }
    values
}

//! Uses of subgraphs: their sockets bound to the definition, their promoted widgets and the values of those.
//!
//! An input of a definition is *promoted* when a link inside leads from it to the socket of a widget, directly or
//! through nested instances. Older files name promoted widgets in `properties.proxyWidgets` instead
//! (`core/graph/subgraph/migration/proxyWidgetMigration.ts`); where such an entry has a value of its own, the
//! definition gets the input that the frontend makes for it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{LinkId, UiInput, Values, id_text};
use crate::{
    catalog::virtuals::VirtualRole,
    diag::{Diagnostic, codes},
    graph::{Graph, InputSlot, Link, Node, NodeIx, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId, Widget},
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
        let node = entry.get(0).and_then(id_text)?;
        let widget = without_path(entry.get(1)?.as_str()?);
        let value = values.get(position).filter(|value| !value.is_null()).cloned();
        Some(Proxy { node, widget: widget.into(), value })
    };
    entries.as_array().into_iter().flatten().enumerate().filter_map(proxy).collect()
}

/// Reads the values that an earlier migration could not place but by name.
pub(super) fn quarantined(properties: Option<&Value>) -> Vec<(Box<str>, Value)> {
    let entries = properties.and_then(|p| p.get("proxyWidgetErrorQuarantine")).and_then(Value::as_array);
    let entry = |entry: &Value| {
        let original = entry.get("originalEntry")?;
        let host = original.get(0).and_then(id_text).is_some_and(|id| &*id == "-1");
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
/// A promotion can go through a nested instance whose own promotions come first, so this goes round until nothing
/// changes; every round settles a level of nesting.
pub(super) fn promote_proxies(graph: &mut Graph, pending: &[Pending], found: &mut Vec<Diagnostic>) {
    let entries =
        || pending.iter().flat_map(|instance| instance.host.proxies.iter().map(move |p| (instance, p)));
    let levels = graph.subgraphs().len();
    for _ in 0..=levels {
        let mut changed = false;
        for (instance, proxy) in entries() {
            if &*proxy.node != "-1" && !proxy.widget.starts_with("$$") {
                changed |= promote(graph, &instance.host.definition, proxy, found);
            }
        }
        if !changed {
            return;
        }
        for instance in pending {
            complete_sockets(graph, instance);
        }
    }
}

/// Gives an instance the sockets of inputs that its definition got since.
fn complete_sockets(graph: &mut Graph, instance: &Pending) {
    let Some(definition) = graph.subgraph(instance.host.definition.as_str()) else { return };
    let Some(node) = scope_of(graph, instance).and_then(|scope| scope.get(instance.node)) else { return };
    let missing: Vec<InputSlot> = definition
        .inputs()
        .iter()
        .skip(node.inputs.len())
        .map(|port| InputSlot::new(port.name.clone(), port.io_type.clone()))
        .collect();
    if let Some(node) = scope_of_mut(graph, instance).and_then(|scope| scope.get_mut(instance.node)) {
        node.inputs.extend(missing);
    }
}

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

/// Makes an input for the inner widget, unless one leads there already. Says whether it made one.
fn promote(graph: &mut Graph, id: &SubgraphId, proxy: &Proxy, found: &mut Vec<Diagnostic>) -> bool {
    let widget = &*proxy.widget;
    let Some(subgraph) = graph.subgraph(id.as_str()) else { return false };
    let targets = proxy_targets(subgraph, &proxy.node, widget);
    let Some(first) = targets.first().filter(|_| !targets.iter().any(|to| feeds(subgraph, *to))) else {
        return false;
    };
    let taken = |name: &str| subgraph.inputs().iter().any(|input| &*input.name == name);
    let numbered = |n: usize| if n == 0 { widget.to_owned() } else { format!("{widget}_{n}") };
    let name = (0..=subgraph.inputs().len()).map(numbered).find(|name| !taken(name)).unwrap_or_default();
    if let Some(primitive) = primitive(subgraph, &proxy.node) {
        let message = format!(
            "subgraph \"{}\" promotes {}; the frontend may write its value into other widgets than the linked ones, \
             here it goes where the links go",
            subgraph.name,
            primitive.describe()
        );
        let place = primitive.path();
        found.push(Diagnostic::new(codes::PROMOTED_PRIMITIVE, message).at_opt(place).node(&primitive.key));
    }
    let io_type = subgraph.graph[first.node].inputs[first.slot].io_type.clone();
    let Some(subgraph) = graph.subgraph_mut(id.as_str()) else { return false };
    let slot = subgraph.add_input(OutputSlot { name: name.into(), io_type });
    let from = Slot { node: subgraph.inputs_node(), slot };
    for to in targets {
        subgraph.graph.link(from, to);
    }
    true
}

/// The sockets that a legacy entry stands for: the one of the widget, or all that a primitive sets. A socket with a
/// link of its own is none: the link wins over any value.
fn proxy_targets(subgraph: &Subgraph, node: &str, widget: &str) -> Vec<Slot> {
    if primitive(subgraph, node).is_some()
        && let Some(node) = subgraph.graph.find(node)
    {
        return subgraph.graph.links_from(node).into_iter().map(|link| link.to).collect();
    }
    let Some(node) = subgraph.graph.find(node) else { return Vec::new() };
    let Some(slot) = subgraph.graph[node].input_slot(widget) else { return Vec::new() };
    let to = Slot { node, slot };
    match subgraph.graph.source(to) {
        Some(link) if link.from.node != subgraph.inputs_node() => Vec::new(),
        _ => vec![to],
    }
}

/// The primitive of this id inside a definition.
fn primitive<'g>(subgraph: &'g Subgraph, id: &str) -> Option<&'g Node> {
    let node = subgraph.graph.get(subgraph.graph.find(id)?)?;
    node.is_virtual(VirtualRole::Primitive).then_some(node)
}

/// Whether an input of the definition leads to this socket.
fn feeds(subgraph: &Subgraph, to: Slot) -> bool {
    subgraph.graph.source(to).is_some_and(|link| link.from.node == subgraph.inputs_node())
}

/// Which inputs of every definition are promoted, by definition and slot.
pub(super) type Promoted = BTreeMap<SubgraphId, Vec<bool>>;

/// Works out which inputs lead to a widget. Definitions that contain themselves promote nothing on the way round.
pub(super) fn promoted_inputs(graph: &Graph) -> Promoted {
    let mut promoted: Promoted =
        graph.subgraphs().map(|(id, subgraph)| (id.clone(), vec![false; subgraph.inputs().len()])).collect();
    // Each round settles one more level of nesting; there are no more levels than definitions.
    loop {
        let mut changed = false;
        for (id, subgraph) in graph.subgraphs() {
            for link in subgraph.graph.links_from(subgraph.inputs_node()) {
                if is_promoting(subgraph, &link, &promoted)
                    && let Some(flag) = promoted.get_mut(id).and_then(|flags| flags.get_mut(link.from.slot))
                {
                    changed |= !std::mem::replace(flag, true);
                }
            }
        }
        if !changed {
            return promoted;
        }
    }
}

/// Whether a link from the definition's inputs ends at a widget.
fn is_promoting(subgraph: &Subgraph, link: &Link, promoted: &Promoted) -> bool {
    let target = &subgraph.graph[link.to.node];
    match &target.kind {
        NodeKind::Instance(inner) => {
            promoted.get(inner).and_then(|flags| flags.get(link.to.slot)).copied().unwrap_or(false)
        }
        NodeKind::Class => {
            let input = &target.inputs[link.to.slot];
            input.widget && target.widget(&input.name).is_some()
        }
        NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => false,
    }
}

/// The sockets of an instance: exactly the definition's inputs, with the links of saved ones matched by name and
/// type, then by name.
pub(super) fn sockets(subgraph: &Subgraph, mut saved: Vec<UiInput>) -> Vec<(InputSlot, Option<LinkId>)> {
    subgraph
        .inputs()
        .iter()
        .map(|port| {
            let exact = |input: &UiInput| input.name == port.name && &*input.io_type == port.io_type.as_str();
            let at = saved.iter().position(exact).or_else(|| saved.iter().position(|i| i.name == port.name));
            let link = at.map(|at| saved.remove(at)).and_then(|input| input.link);
            (InputSlot::new(port.name.clone(), port.io_type.clone()), link)
        })
        .collect()
}

/// Flags the promoted inputs of an instance and gives them their values.
pub(super) fn bind(graph: &mut Graph, pending: &Pending, promoted: &Promoted) {
    let Some(flags) = promoted.get(&pending.host.definition) else { return };
    let Some(definition) = graph.subgraph(pending.host.definition.as_str()) else { return };
    let mut values: Vec<Option<Value>> = vec![None; flags.len()];
    match &pending.host.values {
        // Positional first, nulls too, for the inputs that the file has; what the legacy list says by its own
        // positions comes on top of it.
        Values::List(list) => {
            let mut list = list.iter();
            let in_file = values.iter_mut().zip(flags).take(pending.host.inputs_in_file);
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
    for proxy in &pending.host.proxies {
        let Some(value) = &proxy.value else { continue };
        let slot = match &*proxy.node {
            "-1" => definition.inputs().iter().position(|input| input.name == proxy.widget),
            node => proxy_targets(definition, node, &proxy.widget)
                .first()
                .and_then(|to| definition.graph.source(*to))
                .map(|link| link.from.slot),
        };
        if let Some(entry) = slot.and_then(|slot| values.get_mut(slot)) {
            *entry = Some(value.clone());
        }
    }
    for (name, value) in &pending.host.quarantined {
        let slot = definition.inputs().iter().position(|input| input.name == *name);
        if let Some(entry) = slot.and_then(|slot| values.get_mut(slot)) {
            *entry = Some(value.clone());
        }
    }
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

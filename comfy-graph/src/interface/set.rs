//! Writing values into the graph.
//!
//! A value goes to the place where it lives. Where other inputs have theirs from the same place and only this one is
//! meant, it goes into the node itself, in the place of its link. An instance whose inside is changed gets a definition of
//! its own if others are made of the same.

use serde_json::Value;

use super::{
    Binding, Found, Given, Interface, Param, ParamKind, ParamSource,
    place::{self, Home, Known},
    placeholders,
};
use crate::{
    back::ui::uuid,
    catalog::{
        Catalog, InputKind,
        virtuals::VirtualRole,
        widgets::{self, WidgetRole, WidgetSpec},
    },
    diag::{Diagnostic, codes, short},
    graph::{Graph, Node, NodeIx, NodeKind, Slot, SubgraphId, Widget, WidgetForm},
    passes::choice_index,
};

impl Interface {
    /// Sets a parameter, role or input (see [`find`](Self::find)) in the graph that this is the interface of: reads the
    /// value by its type, checks it, and writes it to all places.
    ///
    /// Sets inside of a subgraph are for the one instance that the place names: it gets a definition of its own if there
    /// are others. The nodes of that definition keep their ids, which a workflow that is written and read again does not.
    ///
    /// # Errors
    /// What [`find`](Self::find) and [`ParamKind::read`] say; the graph is then as it was. And `unknown_input`, where the
    /// graph is another than the one that the interface was made of.
    pub fn set<'v>(
        &self,
        graph: &mut Graph,
        catalog: &Catalog,
        name: &str,
        given: impl Into<Given<'v>>,
    ) -> Result<(), Box<Diagnostic>> {
        let found = self.find(name)?;
        let kind = match &found {
            Found::Param(param) => param.kind.clone(),
            Found::Role(_, binding) | Found::Input(binding) => kind_of(graph, catalog, binding),
        };
        let value = kind.read(name, given.into()).map_err(|said| about(graph, &found, said))?;
        for binding in found.bindings() {
            // places of parameters and roles are where the value lives already
            let place = match found {
                Found::Input(_) => alone(graph, binding),
                Found::Param(_) | Found::Role(..) => binding.clone(),
            };
            write(graph, catalog, &place, value.clone()).map_err(|said| about(graph, &found, said))?;
        }
        Ok(())
    }

    /// Puts defaults in the place of placeholders that nobody set. Gives a finding for each that is required.
    pub fn fill(&self, graph: &mut Graph, catalog: &Catalog) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for param in self.params.iter().filter(|param| param.source == ParamSource::Placeholder) {
            for binding in &param.bindings {
                let value = Known::new(graph).value_at(binding);
                if !value.as_ref().is_some_and(placeholders::is_placeholder) {
                    continue;
                }
                let Some(value) = param.default.clone().filter(|_| !param.required) else {
                    found.push(missing(param, binding));
                    break;
                };
                found.extend(write(graph, catalog, binding, value).err().map(|said| *said));
            }
        }
        found
    }
}

fn missing(param: &Param, binding: &Binding) -> Diagnostic {
    let message = format!("the workflow needs `{}`", short(&param.name));
    Diagnostic::new(codes::REQUIRED_INPUT_MISSING, message).node(&binding.node).input(binding.input.clone())
}

/// A finding about a value with the place that it is for.
fn about(graph: &Graph, found: &Found<'_>, said: Box<Diagnostic>) -> Box<Diagnostic> {
    let Some(binding) = found.bindings().first() else { return said };
    let node = place::node_at(graph, binding.node.as_str());
    let place = node.and_then(|node| node.input_path(&binding.input).or_else(|| node.path()));
    Box::new(said.node(&binding.node).input(binding.input.clone()).at_opt(place))
}

fn kind_of(graph: &Graph, catalog: &Catalog, binding: &Binding) -> ParamKind {
    let mut known = Known::new(graph);
    let defs = known.declared(catalog, binding);
    let mut kinds = defs.iter().map(|def| ParamKind::of(def));
    let Some(mut kind) = kinds.next() else {
        let node = place::node_at(graph, binding.node.as_str());
        let socket = node.and_then(|node| node.inputs.iter().find(|input| input.name == binding.input));
        let value = known.value_at(binding);
        return match socket.filter(|socket| !socket.widget && value.is_none()) {
            Some(socket) => ParamKind::Link(socket.io_type.clone()),
            None => ParamKind::like(value.as_ref()),
        };
    };
    kinds.for_each(|other| kind.narrow(&other));
    kind
}

/// Writes a value to the place where that of an input lives, so that all inputs get it that have theirs from there. It is
/// not checked.
///
/// # Errors
/// `unknown_input`, where the graph has no such place.
pub fn write_shared(
    graph: &mut Graph,
    catalog: &Catalog,
    binding: &Binding,
    value: Value,
) -> Result<(), Box<Diagnostic>> {
    let place = place::home(graph, binding).map_or_else(|| binding.clone(), |home| home.binding);
    write(graph, catalog, &place, value)
}

/// Where a value for one input alone is written.
fn alone(graph: &Graph, binding: &Binding) -> Binding {
    match place::home(graph, binding) {
        Some(Home { binding, shared: false }) => binding,
        _ => binding.clone(),
    }
}

/// Writes a value to a place.
fn write(graph: &mut Graph, catalog: &Catalog, place: &Binding, value: Value) -> Result<(), Box<Diagnostic>> {
    let gone = || {
        let message = format!("the graph has no node {}", place.node);
        Box::new(Diagnostic::new(codes::UNKNOWN_INPUT, message))
    };
    let (scope, ix) = own_scope(graph, place.node.as_str()).ok_or_else(gone)?;
    let scope = match &scope {
        None => graph,
        Some(id) => &mut graph.subgraph_mut(id.as_str()).ok_or_else(gone)?.graph,
    };
    let slot = scope.get(ix).ok_or_else(gone)?.input_slot(&place.input);
    if let Some(slot) = slot {
        scope.unlink(Slot { node: ix, slot });
    }
    let node = scope.get_mut(ix).ok_or_else(gone)?;
    match &node.kind {
        NodeKind::Class => {
            put(node, slot, &place.input, value);
            let left = rebuild_options(node, catalog, &place.input);
            choice_index::follow(node);
            for slot in left {
                scope.unlink(Slot { node: ix, slot });
            }
        }
        NodeKind::Instance(_) => promoted(node, slot, value).ok_or_else(gone)?,
        NodeKind::Virtual(VirtualRole::Primitive) => {
            node.widgets.first_mut().ok_or_else(gone)?.value = Some(value);
        }
        NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => return Err(gone()),
    }
    Ok(())
}

/// Sets a value of a node of the server.
fn put(node: &mut Node, slot: Option<usize>, input: &str, value: Value) {
    if let Some(slot) = slot.and_then(|slot| node.inputs.get_mut(slot)) {
        slot.value = None;
        slot.broken = None;
    }
    match node.widget_mut(input) {
        Some(widget) => {
            widget.value = Some(value);
            widget.sent = true;
        }
        None => node.widgets.push(Widget::new(input, value)),
    }
}

/// Sets a promoted widget of an instance; what comes through its socket is in the way.
fn promoted(node: &mut Node, slot: Option<usize>, value: Value) -> Option<()> {
    let slot = slot?;
    let position = node.inputs.get(..slot)?.iter().filter(|input| input.widget).count();
    let input = node.inputs.get_mut(slot)?;
    input.broken = None;
    if input.widget {
        input.value = None;
        node.widgets.get_mut(position)?.value = Some(value);
    } else {
        input.value = Some(value);
    }
    Some(())
}

/// After another choice of a dynamic combo: the inputs of that choice, with the values that they had or their defaults.
/// Gives the sockets that the choice does not have.
fn rebuild_options(node: &mut Node, catalog: &Catalog, input: &str) -> Vec<usize> {
    let Some(def) = catalog.get(&node.class_type) else { return Vec::new() };
    let Some(InputKind::DynamicCombo(options)) = def.resolve_input(input).map(|input| &input.kind) else {
        return Vec::new();
    };
    let key = node.widget(input).and_then(|widget| widget.value.clone()).unwrap_or_default();
    let prefix = format!("{input}.");
    let (mut old, kept): (Vec<Widget>, Vec<Widget>) =
        std::mem::take(&mut node.widgets).into_iter().partition(|widget| widget.name.starts_with(&prefix));
    let new = widgets::of_option(def, input, options, &key).into_iter().map(|spec| {
        match old.iter().position(|widget| *widget.name == *spec.name) {
            Some(at) => old.swap_remove(at),
            None => of_spec(spec),
        }
    });
    let new: Vec<Widget> = new.collect();
    node.widgets = kept;
    let at = node.widgets.iter().position(|widget| *widget.name == *input);
    let at = at.map_or(node.widgets.len(), |at| at + 1);
    node.widgets.splice(at..at, new);
    let option = widgets::find_option(options, &key);
    let has = |name: &str| {
        let mut inputs = option.iter().flat_map(|option| &option.inputs);
        inputs.any(|input| {
            name.strip_prefix(&*input.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let sockets = node.inputs.iter().enumerate();
    let left = sockets.filter(|(_, socket)| socket.name.strip_prefix(&prefix).is_some_and(|name| !has(name)));
    left.map(|(slot, _)| slot).collect()
}

/// A widget as a new node has it.
fn of_spec(spec: WidgetSpec<'_>) -> Widget {
    let form = match spec.role {
        WidgetRole::DynamicPrompt => WidgetForm::DynamicPrompt,
        WidgetRole::Control => WidgetForm::Control,
        WidgetRole::Curve => WidgetForm::Curve,
        WidgetRole::Live => WidgetForm::Live,
        WidgetRole::Plain
        | WidgetRole::Combo(_)
        | WidgetRole::DynamicCombo(_)
        | WidgetRole::ChoiceIndex
        | WidgetRole::GrowingOption => WidgetForm::Plain,
    };
    Widget { name: spec.name.into(), value: spec.default, sent: spec.sent, form }
}

/// The node of a key and the definition that it is in, of which only the instance on the way is made.
fn own_scope(graph: &mut Graph, key: &str) -> Option<(Option<SubgraphId>, NodeIx)> {
    if let Some(ix) = graph.find(key) {
        return Some((None, ix));
    }
    let parts: Vec<&str> = key.split(':').collect();
    let (last, outer) = parts.split_last()?;
    let mut scope: Option<SubgraphId> = None;
    for part in outer {
        scope = Some(own_definition(graph, scope.as_ref(), part)?);
    }
    let ix = graph.subgraph(scope.as_ref()?.as_str())?.graph.find(last)?;
    Some((scope, ix))
}

/// The definition of an instance in a scope; a copy, if other instances are made of the same.
fn own_definition(graph: &mut Graph, scope: Option<&SubgraphId>, instance: &str) -> Option<SubgraphId> {
    let inside = match scope {
        None => &*graph,
        Some(id) => &graph.subgraph(id.as_str())?.graph,
    };
    let ix = inside.find(instance)?;
    let NodeKind::Instance(id) = inside.get(ix)?.kind.clone() else { return None };
    if uses(graph, &id) < 2 {
        return Some(id);
    }
    let copy = graph.subgraph(id.as_str())?.clone();
    let mut words = format!("{id} of {instance}");
    let mut own = SubgraphId::new(uuid(&words));
    while graph.subgraph(own.as_str()).is_some() {
        words.push('\'');
        own = SubgraphId::new(uuid(&words));
    }
    graph.insert_subgraph(own.clone(), copy);
    let inside = match scope {
        None => graph,
        Some(id) => &mut graph.subgraph_mut(id.as_str())?.graph,
    };
    let node = inside.get_mut(ix)?;
    node.kind = NodeKind::Instance(own.clone());
    node.class_type = own.as_str().into();
    Some(own)
}

/// How many instances there are of a definition.
fn uses(graph: &Graph, id: &SubgraphId) -> usize {
    let count =
        |graph: &Graph| graph.nodes().filter(|(_, node)| node.kind == NodeKind::Instance(id.clone())).count();
    count(graph) + graph.subgraphs().map(|(_, subgraph)| count(&subgraph.graph)).sum::<usize>()
}

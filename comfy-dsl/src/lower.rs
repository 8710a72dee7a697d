//! The bookkeeping of a [`Flow`](crate::Flow) → the IR of `comfy_graph`, the same that the UI front makes of a file.
//!
//! Scopes are built from the inside out, because whether an input of a subgraph is *promoted* (leads to a widget)
//! is only known when its inside is there. What one node becomes is in `fields`.

use comfy_graph::{
    catalog::{IoType, virtuals::VirtualRole},
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::{
        Graph, InputSlot, Node, NodeIx, NodeKey, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId, Widget,
    },
};
use serde_json::Value;

use crate::{
    fields::{self, Field, Place, Problem},
    ids,
    record::{Link, Val},
    state::{Added, PortIn, Scope, State, located, place_of},
};

/// The graph of everything added so far, with what went wrong on the way.
pub(crate) fn graph(state: &State<'_>) -> Lowered {
    let (ids, mut found) = ids::settle(state);
    found.splice(0..0, state.problems.iter().map(|problem| with_id(state, &ids, problem)));
    let mut lowering = Lowering {
        state,
        members: members(state),
        promoted: vec![Vec::new(); state.scopes.len()],
        places: vec![None; state.nodes.len()],
        ids,
        found,
    };
    let mut graph = Graph::with_capacity(state.nodes.len(), state.nodes.len() * 2);
    for (index, scope) in state.scopes.iter().enumerate().skip(1).rev() {
        let Some((_, instance)) = scope.around else { continue };
        let subgraph = lowering.subgraph(index, scope);
        graph.insert_subgraph(subgraph_id(instance), subgraph);
    }
    lowering.fill(0, &mut graph, None);
    Lowered { graph: WithDiagnostics { value: graph, diagnostics: lowering.found }, ids: lowering.ids }
}

/// A problem of bookkeeping, which has the node's number, with the node's id in the prompt.
fn with_id(state: &State<'_>, ids: &[Box<str>], problem: &Diagnostic) -> Diagnostic {
    let number = problem.node.as_deref().and_then(|node| node.parse().ok());
    number.map_or_else(|| problem.clone(), |number| problem.clone().node(state.path(number, ids)))
}

/// The graph, and the id of every node by number.
pub(crate) struct Lowered {
    pub(crate) graph: WithDiagnostics<Graph>,
    pub(crate) ids: Vec<Box<str>>,
}

/// The id of the definition that belongs to an instance; a UUID, as the frontend wants it.
fn subgraph_id(instance: u32) -> SubgraphId {
    SubgraphId::new(format!("00000000-0000-4000-8000-{instance:012x}"))
}

/// The numbers of the nodes in each scope, ascending.
fn members(state: &State<'_>) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); state.scopes.len()];
    for (id, node) in (1_u32..).zip(&state.nodes) {
        if let Some(scope) = members.get_mut(node.scope) {
            scope.push(id);
        }
    }
    members
}

struct Lowering<'s, 'c> {
    state: &'s State<'c>,
    members: Vec<Vec<u32>>,
    /// Which inputs of each scope lead to a widget inside; known once the scope is built.
    promoted: Vec<Vec<bool>>,
    /// Where each node stands in the graph of its scope, by number; known once its scope is built.
    places: Vec<Option<NodeIx>>,
    ids: Vec<Box<str>>,
    found: Vec<Diagnostic>,
}

/// A link to be made once all nodes of its scope are there.
struct Pending {
    from: Link,
    to: Slot,
}

impl Lowering<'_, '_> {
    fn subgraph(&mut self, index: usize, scope: &Scope<'_>) -> Subgraph {
        let slot_out =
            |port: &PortIn<'_>| OutputSlot { name: port.name.clone(), io_type: IoType::new(&*port.io_type) };
        let inputs = scope.inputs.iter().map(slot_out).collect();
        let outputs = scope.outputs.iter();
        let outputs =
            outputs.map(|port| InputSlot::new(port.name.clone(), IoType::new(&*port.io_type))).collect();
        let mut subgraph = Subgraph::new(scope.name.clone(), inputs, outputs);
        let boundary = subgraph.inputs_node();
        self.fill(index, &mut subgraph.graph, Some(boundary));
        let outputs_node = subgraph.outputs_node();
        for (slot, port) in scope.outputs.iter().enumerate() {
            if let Some(from) = port.from.and_then(|link| self.origin(Some(boundary), link)) {
                subgraph.graph.link(from, Slot { node: outputs_node, slot });
            }
        }
        if let Some(promoted) = self.promoted.get_mut(index) {
            *promoted = (0..scope.inputs.len()).map(|slot| leads_to_widget(&subgraph, slot)).collect();
        }
        subgraph
    }

    /// Adds the nodes of a scope and the links between them.
    fn fill(&mut self, scope: usize, graph: &mut Graph, boundary: Option<NodeIx>) {
        let members = self.members.get_mut(scope).map(std::mem::take).unwrap_or_default();
        let mut pending = Vec::new();
        for id in members {
            let Some(added) = self.state.node(id) else { continue };
            let (node, links) =
                match added.inside.and_then(|inside| Some((inside, self.state.scopes.get(inside)?))) {
                    Some((inside, scope)) => self.instance(id, added, inside, scope),
                    None => self.node(id, added),
                };
            // ids are unique in their scope, so that the key is free
            let Ok(ix) = graph.insert(node) else { continue };
            if let Some(place) = self.places.get_mut(id as usize - 1) {
                *place = Some(ix);
            }
            pending
                .extend(links.into_iter().map(|(slot, from)| Pending { from, to: Slot { node: ix, slot } }));
        }
        for Pending { from, to } in pending {
            if let Some(from) = self.origin(boundary, from) {
                graph.link(from, to);
            }
        }
    }

    /// Where a link of a scope starts in its graph.
    fn origin(&self, boundary: Option<NodeIx>, link: Link) -> Option<Slot> {
        let place = || *self.places.get((link.node as usize).checked_sub(1)?)?;
        let node = if link.inside { boundary? } else { place()? };
        Some(Slot { node, slot: link.slot as usize })
    }

    fn key(&self, number: u32) -> NodeKey {
        let id = (number as usize).checked_sub(1).and_then(|index| self.ids.get(index));
        NodeKey::new(id.cloned().unwrap_or_default())
    }

    /// A node of the server, and its links by input slot.
    fn node(&mut self, id: u32, added: &Added<'_>) -> (Node, Vec<(usize, Link)>) {
        let draft = &added.draft;
        if let Some(text) = &draft.note {
            return (note(self.key(id), added, text), Vec::new());
        }
        let mut node = Node::class(self.key(id), draft.class_type());
        finish(&mut node, added);
        let outputs = draft.outputs().into_iter();
        node.outputs = outputs
            .map(|(name, io_type)| OutputSlot { name: name.into(), io_type: io_type.into() })
            .collect();
        let found = fields::of_draft(draft, |link| self.state.io_type(link));
        for problem in found.problems {
            self.found.push(report(&node, added, problem));
        }
        let links = place(&mut node, found.list);
        (node, links)
    }

    /// An instance of a subgraph whose inside is built, and its links by input slot.
    fn instance(
        &mut self,
        id: u32,
        added: &Added<'_>,
        inside: usize,
        scope: &Scope<'_>,
    ) -> (Node, Vec<(usize, Link)>) {
        let definition = subgraph_id(id);
        let class_type = definition.as_str().to_owned();
        let mut node = Node::of_kind(self.key(id), NodeKind::Instance(definition), class_type);
        finish(&mut node, added);
        node.outputs = scope
            .outputs
            .iter()
            .map(|port| OutputSlot { name: port.name.clone(), io_type: IoType::new(&*port.io_type) })
            .collect();
        let promoted = self.promoted.get(inside).cloned().unwrap_or_default();
        let mut links = Vec::new();
        for (slot, port) in scope.inputs.iter().enumerate() {
            let (link, value) = self.arrives(id, port, added);
            links.extend(link.map(|link| (slot, link)));
            let mut input = InputSlot::new(port.name.clone(), IoType::new(&*port.io_type));
            if promoted.get(slot).copied().unwrap_or(false) {
                input.widget = true;
                node.widgets.push(Widget { value, ..Widget::new(port.name.clone(), Value::Null) });
            } else {
                input.value = value;
            }
            node.inputs.push(input);
        }
        (node, links)
    }

    /// What an instance gets for an input. Only links and plain values can pass the boundary of a subgraph.
    fn arrives(
        &mut self,
        instance: u32,
        port: &PortIn<'_>,
        added: &Added<'_>,
    ) -> (Option<Link>, Option<Value>) {
        let (link, value) = match &port.val {
            Val::Or(link, value) => (Some(*link), &**value),
            other => (None, other),
        };
        let refused = match value {
            Val::Unlinked => return (link, None),
            Val::Link(second) => return (link.or(Some(*second)), None),
            Val::Json(value) => return (link, Some(value.clone())),
            Val::Pick(pick) if pick.settings.set.is_empty() => return (link, Some(pick.key.into())),
            Val::Pick(pick) => format!("the option `{}` with inputs of its own", pick.key),
            Val::Grow(_) => "a list".to_owned(),
            Val::NotFinite(number) => number.to_string(),
            Val::Unset => "`Unset`".to_owned(),
            Val::Or(..) => "a second `.or(..)`".to_owned(),
        };
        let message = format!("input `{}` of subgraph #{instance} cannot be {refused}", port.name);
        let diagnostic = located(Diagnostic::new(codes::INVALID_INPUT_TYPE, message), added.source);
        self.found.push(diagnostic.node(self.key(instance)).input(port.name.clone()));
        (link, None)
    }
}

/// What is wrong with an input, at the setter if there is one.
fn report(node: &Node, added: &Added<'_>, problem: Problem) -> Diagnostic {
    let at = added.draft.place_of(&problem.input).unwrap_or(added.source);
    let message = format!("{}: {}", node.describe(), problem.message);
    let found = located(Diagnostic::new(problem.code, message), at).node(&node.key).input(problem.input);
    let found = match (problem.code == codes::DUPLICATE_SETTING, &found.input) {
        (true, Some(input)) => {
            let help = format!("set `{input}` once: remove all but one");
            found.help(help)
        }
        _ => found,
    };
    let earlier = problem.overridden.into_iter().filter_map(place_of);
    earlier.fold(found, |found, place| found.related(place, "it was set before here"))
}

/// A note as the frontend has it.
fn note(key: NodeKey, added: &Added<'_>, text: &str) -> Node {
    let mut node = Node::of_kind(key, NodeKind::Virtual(VirtualRole::Note), "Note");
    finish(&mut node, added);
    node.widgets.push(Widget { sent: false, ..Widget::new("text", text.into()) });
    node
}

/// What every kind of node has.
fn finish(node: &mut Node, added: &Added<'_>) {
    node.title.clone_from(&added.draft.title);
    node.mode = added.draft.mode;
    node.source = Some(added.source);
}

/// Gives a node its sockets and widgets; returns its links by input slot.
///
/// Sockets are in the frontend's order after loading (`front::ui::sockets`): those without widget, those of
/// widgets, then all that come and go (parts of dynamic inputs, items, undeclared ones).
fn place(node: &mut Node, fields: Vec<Field>) -> Vec<(usize, Link)> {
    let mut links = Vec::new();
    for place in [Place::Socket, Place::Widget, Place::Further] {
        for field in fields.iter().filter(|field| field.place == place) {
            let io_type = IoType::new(&*field.io_type);
            let mut input = InputSlot::new(field.name.clone(), io_type);
            input.widget = field.widget;
            if !field.widget {
                input.value.clone_from(&field.value);
            }
            links.extend(field.link.map(|link| (node.inputs.len(), link)));
            node.inputs.push(input);
        }
    }
    for field in fields.into_iter().filter(|field| field.widget) {
        node.widgets.push(Widget { name: field.name, value: field.value, sent: true, form: field.form });
    }
    links
}

/// Whether an input of a subgraph leads to a widget inside, directly or through nested instances.
fn leads_to_widget(subgraph: &Subgraph, slot: usize) -> bool {
    subgraph.uses_of_input(slot).any(|link| {
        let input = subgraph.graph.get(link.to.node).and_then(|node| node.inputs.get(link.to.slot));
        input.is_some_and(|input| input.widget)
    })
}

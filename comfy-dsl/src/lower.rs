//! The bookkeeping of a [`Flow`](crate::Flow) → the IR of `comfy_graph`, the same that the UI front makes of a file.
//!
//! Scopes are built from the inside out, because whether an input of a subgraph is *promoted* (leads to a widget)
//! is only known when its inside is there. What one node becomes is in `fields`.

use comfy_graph::{
    catalog::IoType,
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::{
        Graph, InputSlot, Node, NodeIx, NodeKey, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId, Widget,
    },
};
use serde_json::Value;

use crate::{
    fields::{self, Field, Place},
    record::{Link, Val},
    state::{Added, PortIn, Scope, State, located},
};

/// The graph of everything added so far, with what went wrong on the way.
pub(crate) fn graph(state: &State<'_>) -> WithDiagnostics<Graph> {
    let mut lowering = Lowering {
        state,
        members: members(state),
        promoted: vec![Vec::new(); state.scopes.len()],
        found: state.problems.clone(),
    };
    let mut graph = Graph::with_capacity(state.nodes.len(), state.nodes.len() * 2);
    for (index, scope) in state.scopes.iter().enumerate().skip(1).rev() {
        let Some((_, instance)) = scope.around else { continue };
        let subgraph = lowering.subgraph(index, scope);
        graph.insert_subgraph(subgraph_id(instance), subgraph);
    }
    lowering.fill(0, &mut graph, None);
    WithDiagnostics { value: graph, diagnostics: lowering.found }
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
            if let Some(from) = port.from.and_then(|link| origin(&subgraph.graph, Some(boundary), link)) {
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
            // numbers are unique, so that the key is free
            let Ok(ix) = graph.insert(node) else { continue };
            pending
                .extend(links.into_iter().map(|(slot, from)| Pending { from, to: Slot { node: ix, slot } }));
        }
        for Pending { from, to } in pending {
            if let Some(from) = origin(graph, boundary, from) {
                graph.link(from, to);
            }
        }
    }

    /// A node of the server, and its links by input slot.
    fn node(&mut self, id: u32, added: &Added<'_>) -> (Node, Vec<(usize, Link)>) {
        let draft = &added.draft;
        let mut node = Node::class(key(id), draft.class_type());
        finish(&mut node, added);
        let outputs = draft.outputs().into_iter();
        node.outputs = outputs
            .map(|(name, io_type)| OutputSlot { name: name.into(), io_type: io_type.into() })
            .collect();
        let found = fields::of_draft(draft, |link| self.state.io_type(link));
        for problem in found.problems {
            let message = format!("{}: {}", node.describe(), problem.message);
            let diagnostic = Diagnostic::new(problem.code, message).node(&node.key).input(problem.input);
            self.found.push(located(diagnostic, added.source, "the node is added"));
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
        let mut node = Node::of_kind(key(id), NodeKind::Instance(definition), class_type);
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
        let diagnostic =
            Diagnostic::new(codes::INVALID_INPUT_TYPE, message).node(instance).input(port.name.clone());
        self.found.push(located(diagnostic, added.source, "the subgraph begins"));
        (link, None)
    }
}

fn key(id: u32) -> NodeKey {
    NodeKey::new(id.to_string())
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

/// Where a link of this scope starts in its graph.
fn origin(graph: &Graph, boundary: Option<NodeIx>, link: Link) -> Option<Slot> {
    let node = if link.inside { boundary? } else { graph.find(&link.node.to_string())? };
    Some(Slot { node, slot: link.slot as usize })
}

/// Whether an input of a subgraph leads to a widget inside, directly or through nested instances.
fn leads_to_widget(subgraph: &Subgraph, slot: usize) -> bool {
    subgraph.uses_of_input(slot).any(|link| {
        let input = subgraph.graph.get(link.to.node).and_then(|node| node.inputs.get(link.to.slot));
        input.is_some_and(|input| input.widget)
    })
}

//! Where the values of a workflow stand in its file: places for edits of values whose nodes a pass may have copied out of
//! subgraphs, and for what somebody else says of an input.
//!
//! Asked only when there is something to mend or to show. A place counts only where the way to it is certain, and the file has the
//! very value there that the graph has; anything else gets no place, and its edit is not made.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    instances,
    model::{UiInput, Values},
    widgets,
};
use crate::{
    catalog::Catalog,
    diag::{Diagnostic, Edit, EditKind, JsonPath, Segment},
    front,
    graph::{Graph, Node, NodeIx, NodeKind, Slot, Subgraph},
};

/// Turns the new values of suggestions into edits of the document that `graph` was read from.
pub(in crate::front) fn place_values(
    text: &str,
    graph: &Graph,
    catalog: &Catalog,
    diagnostics: &mut [Diagnostic],
) {
    let has_value =
        |found: &Diagnostic| found.suggestions.iter().any(|suggestion| suggestion.value.is_some());
    if !diagnostics.iter().any(has_value) {
        return;
    }
    let Some(file) = File::read(text, graph, catalog) else { return };
    for found in diagnostics.iter_mut().filter(|found| has_value(found)) {
        let (Some(node), Some(input)) = (&found.node, &found.input) else { continue };
        let places = file.places(node, input);
        for suggestion in &mut found.suggestions {
            let Some(value) = suggestion.value.take() else { continue };
            let edit = |path: &JsonPath| Edit { path: path.clone(), kind: EditKind::Replace(value.clone()) };
            suggestion.edits.extend(places.iter().flatten().map(edit));
        }
    }
}

/// The place of an input of a node that a key of the prompt names: of its value, else of its socket, else of the node.
pub(in crate::front) fn place_of_input(
    text: &str,
    graph: &Graph,
    catalog: &Catalog,
    key: &str,
    input: &str,
) -> Option<JsonPath> {
    let node = graph.node_of_key(key)?;
    let place = File::read(text, graph, catalog).and_then(|file| {
        let value = file.places(key, input).and_then(|places| places.into_iter().next());
        value.or_else(|| file.socket(node, input))
    });
    place.or_else(|| node.path())
}

/// A document and the graph of it.
struct File<'g> {
    document: Value,
    graph: &'g Graph,
    catalog: &'g Catalog,
}

/// A node in the graph of the top or of a definition.
#[derive(Clone, Copy)]
struct At<'g> {
    scope: &'g Graph,
    node: NodeIx,
}

impl<'g> At<'g> {
    fn is(&self, other: Self) -> bool {
        std::ptr::eq(self.scope, other.scope) && self.node == other.node
    }

    fn node(&self) -> Option<&'g Node> {
        self.scope.get(self.node)
    }
}

impl<'g> File<'g> {
    fn read(text: &str, graph: &'g Graph, catalog: &'g Catalog) -> Option<Self> {
        let document = front::json(text)?;
        Some(Self { document, graph, catalog })
    }

    /// The entry of an input in its node's list.
    fn socket(&self, node: &Node, input: &str) -> Option<JsonPath> {
        let (path, file) = self.in_file(node)?;
        let is_it = |entry: &Value| entry.get("name").and_then(Value::as_str) == Some(input);
        let at = file.get("inputs")?.as_array()?.iter().position(is_it)?;
        Some(path.key("inputs").index(at))
    }

    /// The places of the value that a node of the flat graph has for an input: one, or two where the file has it by
    /// position and by name.
    fn places(&self, key: &str, input: &str) -> Option<Vec<JsonPath>> {
        let mut way = self.way(key)?;
        let own = way.pop()?;
        let node = own.node()?;
        let Some(link) = node.input_slot(input).and_then(|slot| source(own, slot)) else {
            return self.of_widget(node, input);
        };
        // up to the instance that is not linked itself
        let (mut port, mut inner) = (boundary(own, link)?, own);
        loop {
            let instance = way.pop()?;
            if let Some(link) = source(instance, port) {
                (port, inner) = (boundary(instance, link)?, instance);
                continue;
            }
            let promoted = instance.node()?.promoted(port)?;
            return match &promoted.value {
                Some(value) => self.of_promoted(instance.node()?, port, inner, value),
                // a value of its own, which no other node has to do with
                None if inner.is(own) && uses(instance, self.graph, port) == 1 => self.of_widget(node, input),
                None => None,
            };
        }
    }

    /// The nodes that a key like `57:8` names, from the top on.
    fn way(&self, key: &str) -> Option<Vec<At<'g>>> {
        let mut way: Vec<At<'g>> = Vec::new();
        let mut scope = self.graph;
        for part in key.split(':') {
            if let Some(outer) = way.last().and_then(At::node) {
                scope = &definition(outer, self.graph)?.graph;
            }
            way.push(At { scope, node: scope.find(part)? });
        }
        Some(way)
    }

    /// The value of a node's own widget.
    fn of_widget(&self, node: &Node, name: &str) -> Option<Vec<JsonPath>> {
        let value = node.widget(name)?.value.as_ref()?;
        let (path, file) = self.in_file(node)?;
        let named = file.get("widgets_values_named").and_then(Value::as_object);
        let place = match file.get("widgets_values")? {
            Value::Array(list) => {
                let def = self.catalog.get(&node.class_type)?;
                let slots = file.get("inputs").map(Vec::<UiInput>::deserialize);
                let slots = slots.and_then(Result::ok).unwrap_or_default();
                let at = widgets::position(def, list, named.unwrap_or(&Map::new()), &slots, name);
                let at = at.filter(|at| list.get(*at) == Some(value));
                at.map(|at| path.clone().key("widgets_values").index(at))
            }
            Value::Object(map) => {
                let is_there = map.get(name) == Some(value);
                is_there.then(|| path.clone().key("widgets_values").key(name))
            }
            _ => None,
        };
        let is_named = named.and_then(|named| named.get(name)) == Some(value);
        let by_name = is_named.then(|| path.key("widgets_values_named").key(name));
        let places: Vec<JsonPath> = place.into_iter().chain(by_name).collect();
        (!places.is_empty()).then_some(places)
    }

    /// The value that an instance has for a promoted input, which leads to the node `inner`.
    fn of_promoted(
        &self,
        instance: &Node,
        port: usize,
        inner: At<'_>,
        value: &Value,
    ) -> Option<Vec<JsonPath>> {
        let (path, file) = self.in_file(instance)?;
        let path = path.key("widgets_values");
        let name = &*instance.inputs.get(port)?.name;
        let values = file.get("widgets_values")?;
        let list = match values {
            Value::Array(list) => list,
            Value::Object(map) => return (map.get(name)? == value).then(|| vec![path.key(name)]),
            _ => return None,
        };
        let proxies = instances::proxies(file.get("properties"), &Values::List(list.clone()));
        let at = if proxies.is_empty() {
            instance.inputs.iter().take(port).filter(|input| input.widget).count()
        } else {
            let target = inner.node()?;
            let leads_in = |input: &str| {
                let link = target.input_slot(input).and_then(|slot| source(inner, slot));
                link.is_some_and(|from| boundary(inner, from) == Some(port))
            };
            let mut fitting = proxies.iter().filter(|proxy| proxy.is_of(name, target, leads_in));
            fitting.next().filter(|_| fitting.next().is_none())?.position
        };
        (list.get(at)? == value).then(|| vec![path.index(at)])
    }

    /// A node's entry in the document.
    fn in_file(&self, node: &Node) -> Option<(JsonPath, &Value)> {
        let path = node.path()?;
        let mut at = &self.document;
        for segment in path.segments() {
            at = match segment {
                Segment::Key(key) => at.get(&**key)?,
                Segment::Index(index) => at.get(*index)?,
            };
        }
        Some((path, at))
    }
}

/// What is linked to an input.
fn source(at: At<'_>, slot: usize) -> Option<Slot> {
    at.scope.source(Slot { node: at.node, slot }).map(|link| link.from)
}

/// The input of the definition around the node that a link comes from; `None` if it comes from anything else.
fn boundary(at: At<'_>, from: Slot) -> Option<usize> {
    let node = at.scope.get(from.node)?;
    (node.kind == NodeKind::SubgraphInputs).then_some(from.slot)
}

fn definition<'g>(instance: &Node, graph: &'g Graph) -> Option<&'g Subgraph> {
    match &instance.kind {
        NodeKind::Instance(id) => graph.subgraph(id.as_str()),
        _ => None,
    }
}

/// How many nodes inside of an instance take what arrives at one of its inputs.
fn uses(instance: At<'_>, graph: &Graph, port: usize) -> usize {
    let definition = instance.node().and_then(|instance| definition(instance, graph));
    definition.map_or(0, |definition| definition.uses_of_input(port).count())
}

//! Lowered graph → API prompt.

use indexmap::IndexMap;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use crate::{
    catalog::{Catalog, NodeDef},
    graph::{Graph, Node, NodeIx, WidgetForm, js_rank},
};

/// The prompt of a graph that went through [`passes::lower_for_execution`](crate::passes::lower_for_execution).
///
/// Nodes come in JavaScript's order of keys, as the frontend writes them: integer ids ascending, then all others as
/// they stand in the graph. The catalog is asked for titles only.
pub fn emit(graph: &Graph, catalog: Option<&Catalog>) -> Value {
    let prompt = serde_json::to_value(Prompt { graph, catalog });
    debug_assert!(prompt.is_ok(), "all keys are text");
    prompt.unwrap_or_default()
}

/// The same as indented text, without a [`Value`] of the whole in between.
pub fn text(graph: &Graph, catalog: Option<&Catalog>) -> String {
    let prompt = serde_json::to_string_pretty(&Prompt { graph, catalog });
    debug_assert!(prompt.is_ok(), "all keys are text");
    prompt.unwrap_or_default()
}

struct Prompt<'g> {
    graph: &'g Graph,
    catalog: Option<&'g Catalog>,
}

impl Serialize for Prompt<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { graph, catalog } = *self;
        let mut nodes: Vec<(NodeIx, &Node)> = graph.nodes().collect();
        nodes.sort_by_cached_key(|(_, node)| js_rank(&node.key));
        to.collect_map(
            nodes.into_iter().map(|(ix, node)| (node.key.as_str(), Entry { graph, catalog, ix, node })),
        )
    }
}

/// One node.
struct Entry<'g> {
    graph: &'g Graph,
    catalog: Option<&'g Catalog>,
    ix: NodeIx,
    node: &'g Node,
}

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut entry = to.serialize_map(Some(3))?;
        entry.serialize_entry("inputs", &Inputs(inputs(self.graph, self.ix, self.node)))?;
        if !self.node.class_type.is_empty() {
            entry.serialize_entry("class_type", &*self.node.class_type)?;
        }
        entry.serialize_entry("_meta", &meta(self.catalog, self.node))?;
        entry.end()
    }
}

struct Inputs<'g>(IndexMap<&'g str, Input<'g>>);

impl Serialize for Inputs<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(&self.0)
    }
}

/// What stands in an input.
enum Input<'g> {
    Link(&'g str, usize),
    Value(&'g Value),
    /// A list, which the server would take for a link if it were not wrapped; and its type, if that is sent too.
    Wrapped(&'g Value, Option<&'static str>),
}

impl<'g> Input<'g> {
    fn of(value: &'g Value, form: WidgetForm) -> Self {
        match (value, form) {
            (Value::Array(_), WidgetForm::Curve) => Self::Wrapped(value, Some("CURVE")),
            (Value::Array(_), _) => Self::Wrapped(value, None),
            _ => Self::Value(value),
        }
    }
}

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Link(node, slot) => (node, slot).serialize(to),
            Self::Value(value) => value.serialize(to),
            Self::Wrapped(value, io_type) => {
                let mut wrapped = to.serialize_map(None)?;
                if let Some(io_type) = io_type {
                    wrapped.serialize_entry("__type__", io_type)?;
                }
                wrapped.serialize_entry("__value__", value)?;
                wrapped.end()
            }
        }
    }
}

/// Widgets in widget order, then sockets in socket order; a linked widget keeps its place.
fn inputs<'g>(graph: &'g Graph, ix: NodeIx, node: &'g Node) -> IndexMap<&'g str, Input<'g>> {
    let mut inputs = IndexMap::with_capacity(node.widgets.len() + node.inputs.len());
    for widget in node.widgets.iter().filter(|widget| widget.sent) {
        if let Some(value) = &widget.value {
            inputs.insert(&*widget.name, Input::of(value, widget.form));
        }
    }
    let mut links = graph.links_into(ix).into_iter().peekable();
    for (slot, input) in node.inputs.iter().enumerate() {
        let link = links.next_if(|link| link.to.slot == slot);
        let value = match (link, &input.value, &input.broken) {
            (Some(link), ..) => Input::Link(graph[link.from.node].key.as_str(), link.from.slot),
            (None, Some(value), _) => Input::of(value, WidgetForm::Plain),
            (None, None, Some(broken)) => Input::Value(broken),
            (None, None, None) => continue,
        };
        inputs.insert(&*input.name, value);
    }
    inputs
}

/// `_meta` with the title that the frontend shows.
fn meta(catalog: Option<&Catalog>, node: &Node) -> Map<String, Value> {
    let default = catalog.and_then(|catalog| catalog.get(&node.class_type)).map(NodeDef::default_title);
    let title = node.title.as_deref().or(default).unwrap_or(&node.class_type);
    let mut meta = match node.extra.get("_meta") {
        Some(Value::Object(meta)) => meta.clone(),
        _ => Map::new(),
    };
    meta.insert("title".to_owned(), title.into());
    meta
}

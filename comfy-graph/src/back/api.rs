//! Lowered graph → API prompt.

use serde_json::{Map, Value, json};

use crate::{
    catalog::{Catalog, NodeDef},
    graph::{Graph, Node, NodeIx, WidgetForm, js_rank},
};

/// The prompt of a graph that went through [`passes::lower_for_execution`](crate::passes::lower_for_execution).
///
/// Nodes come in JavaScript's order of keys, as the frontend writes them: integer ids ascending, then all others as
/// they stand in the graph. The catalog is asked for titles only.
pub fn emit(graph: &Graph, catalog: Option<&Catalog>) -> Value {
    let mut nodes: Vec<(NodeIx, &Node)> = graph.nodes().collect();
    nodes.sort_by_key(|(_, node)| js_rank(&node.key));
    let prompt: Map<String, Value> = nodes
        .into_iter()
        .map(|(ix, node)| (node.key.to_string(), emit_node(graph, catalog, ix, node)))
        .collect();
    Value::Object(prompt)
}

fn emit_node(graph: &Graph, catalog: Option<&Catalog>, ix: NodeIx, node: &Node) -> Value {
    let mut entry = Map::with_capacity(3);
    entry.insert("inputs".to_owned(), Value::Object(inputs(graph, ix, node)));
    if !node.class_type.is_empty() {
        entry.insert("class_type".to_owned(), (&*node.class_type).into());
    }
    entry.insert("_meta".to_owned(), meta(catalog, node));
    Value::Object(entry)
}

/// Widgets in widget order, then sockets in socket order; a linked widget keeps its place.
fn inputs(graph: &Graph, ix: NodeIx, node: &Node) -> Map<String, Value> {
    let mut inputs = Map::with_capacity(node.widgets.len() + node.inputs.len());
    for widget in node.widgets.iter().filter(|widget| widget.sent) {
        if let Some(value) = &widget.value {
            inputs.insert(widget.name.to_string(), wrap(value, widget.form));
        }
    }
    let mut links = graph.links_into(ix).into_iter().peekable();
    for (slot, input) in node.inputs.iter().enumerate() {
        let link = links.next_if(|link| link.to.slot == slot);
        let value = match (link, &input.value, &input.broken) {
            (Some(link), ..) => json!([graph[link.from.node].key.as_str(), link.from.slot]),
            (None, Some(value), _) => wrap(value, WidgetForm::Plain),
            (None, None, Some(broken)) => broken.clone(),
            (None, None, None) => continue,
        };
        inputs.insert(input.name.to_string(), value);
    }
    inputs
}

/// Lists are wrapped, so that the server does not take them for links.
fn wrap(value: &Value, form: WidgetForm) -> Value {
    match (value, form) {
        (Value::Array(_), WidgetForm::Curve) => json!({"__type__": "CURVE", "__value__": value}),
        (Value::Array(_), _) => json!({"__value__": value}),
        _ => value.clone(),
    }
}

/// `_meta` with the title that the frontend shows.
fn meta(catalog: Option<&Catalog>, node: &Node) -> Value {
    let default = catalog.and_then(|catalog| catalog.get(&node.class_type)).map(NodeDef::default_title);
    let title = node.title.as_deref().or(default).unwrap_or(&node.class_type);
    let mut meta = match node.extra.get("_meta") {
        Some(Value::Object(meta)) => meta.clone(),
        _ => Map::new(),
    };
    meta.insert("title".to_owned(), title.into());
    Value::Object(meta)
}

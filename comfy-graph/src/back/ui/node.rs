//! One node.

use serde_json::{Map, Value, json};

use super::{
    Writer, id_value, numbers,
    scope::Numbers,
    slots,
    values::{self, Values},
};
use crate::{
    back::{
        layout::Frame,
        live,
        sockets::{self, Socket},
    },
    catalog::{
        NodeDef,
        virtuals::{self, VirtualRole},
    },
    graph::{Graph, Node, NodeIx, NodeKind, Slot},
};

impl<'g> Writer<'g> {
    /// A node as it is in the file, and its sockets in the order in which they are written.
    pub(super) fn node(
        &mut self,
        graph: &'g Graph,
        ix: NodeIx,
        links: &Numbers,
        frame: Frame,
        order: usize,
    ) -> (Value, Vec<Socket>) {
        let node = &graph[ix];
        let catalog = self.catalog;
        let def = catalog.get(&node.class_type).filter(|_| node.kind == NodeKind::Class);
        let (sockets, values) = match (&node.kind, def) {
            (_, Some(def)) => {
                let live = live::widgets(def, node);
                let mut sockets = sockets::of_class(graph, ix, def, &live);
                leave_out_unlinked(&mut sockets, ix, links);
                let values = self.values_of_class(graph, ix, def, &live, &sockets);
                (sockets, values)
            }
            (NodeKind::Instance(id), None) => {
                self.report_unlinked_values(node);
                self.report_broken(node);
                let definition = self.root.subgraph(id.as_str());
                let values = definition.map(|definition| self.values_of_instance(node, definition));
                (sockets::as_they_are(node), values.unwrap_or_default())
            }
            (_, None) => {
                self.report_broken(node);
                (own_sockets(node), values::as_they_are(node))
            }
        };
        let mut written = head(node, frame, order);
        written.insert("inputs".to_owned(), slots::inputs(ix, &sockets, links));
        written.insert("outputs".to_owned(), slots::outputs(graph, ix, def, links));
        if let Some(title) = &node.title {
            written.insert("title".to_owned(), (&**title).into());
        }
        let mut extra = node.extra.clone();
        written.insert("properties".to_owned(), properties(node, def, &mut extra));
        add_values(&mut written, values);
        colours(node, &mut written);
        // what a prompt has beside inputs and class has no meaning for anybody
        for key in ["order", "_meta", "is_changed"] {
            extra.shift_remove(key);
        }
        written.extend(extra.into_iter().filter(|(key, _)| !matches!(key.as_str(), "flags")));
        (Value::Object(written), sockets)
    }
}

/// Where links lead into the parts of a dynamic input, sockets of widgets are written only if they are linked. The
/// frontend makes those parts anew while it reads the file, at places among the sockets that it counts for itself: from
/// 1.58 on it loses links where the file has more of them. It does not save them itself.
fn leave_out_unlinked(sockets: &mut Vec<Socket>, ix: NodeIx, links: &Numbers) {
    let linked =
        |socket: &Socket| socket.own.is_some_and(|slot| links.into(Slot { node: ix, slot }).is_some());
    if sockets.iter().any(|socket| !socket.widget && socket.name.contains('.') && linked(socket)) {
        sockets.retain(|socket| !socket.widget || linked(socket));
    }
}

/// Nodes that get a value by its name have no socket for it; one was made to read them.
fn own_sockets(node: &Node) -> Vec<Socket> {
    if virtuals::role(&node.class_type) == Some(VirtualRole::Get) {
        return Vec::new();
    }
    sockets::as_they_are(node)
}

fn head(node: &Node, frame: Frame, order: usize) -> Map<String, Value> {
    let mut flags = match node.extra.get("flags") {
        Some(Value::Object(flags)) => flags.clone(),
        _ => Map::new(),
    };
    if node.layout.as_deref().is_some_and(|layout| layout.collapsed) {
        flags.insert("collapsed".to_owned(), true.into());
    }
    let mut head = Map::new();
    head.insert("id".to_owned(), id_value(&node.key));
    head.insert("type".to_owned(), (&*node.class_type).into());
    head.insert("pos".to_owned(), numbers(&frame.position));
    head.insert("size".to_owned(), numbers(&frame.size));
    head.insert("flags".to_owned(), Value::Object(flags));
    head.insert("order".to_owned(), order.into());
    head.insert("mode".to_owned(), node.mode.number().into());
    head
}

fn add_values(written: &mut Map<String, Value>, Values { list, named }: Values) {
    if !list.is_empty() {
        written.insert("widgets_values".to_owned(), Value::Array(list));
        written.insert("widgets_values_named".to_owned(), Value::Object(named));
    }
}

fn colours(node: &Node, written: &mut Map<String, Value>) {
    let layout = node.layout.as_deref();
    let new_note = node.is_virtual(VirtualRole::Note) && layout.is_none();
    let color = layout.and_then(|layout| layout.color.as_deref()).or(new_note.then_some("#432"));
    let bgcolor = layout.and_then(|layout| layout.bgcolor.as_deref()).or(new_note.then_some("#653"));
    for (key, value) in [("color", color), ("bgcolor", bgcolor)] {
        if let Some(value) = value {
            written.insert(key.to_owned(), value.into());
        }
    }
}

/// `properties`: as the file had them, or those of a new node. What they said of promoted widgets is now said by the
/// definition's inputs.
fn properties(node: &Node, def: Option<&NodeDef>, extra: &mut Map<String, Value>) -> Value {
    let mut properties = match extra.shift_remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => new_properties(node, def),
    };
    if matches!(node.kind, NodeKind::Instance(_)) {
        let proxies = properties.shift_remove("proxyWidgets");
        let previews = proxies.as_ref().map(previews).unwrap_or_default();
        if !previews.is_empty() && !properties.contains_key("previewExposures") {
            properties.insert("previewExposures".to_owned(), Value::Array(previews));
        }
        // values by name that could not be placed are placed now
        properties.shift_remove("proxyWidgetErrorQuarantine");
    }
    Value::Object(properties)
}

/// Pictures of inner nodes that an instance shows, as current frontends name them.
fn previews(proxies: &Value) -> Vec<Value> {
    let preview = |entry: &Value| {
        let (id, name) = (entry.get(0)?, entry.get(1)?.as_str()?);
        let id = id.as_str().map_or_else(|| id.to_string(), ToOwned::to_owned);
        let is_preview = name.starts_with("$$");
        is_preview.then(|| json!({"name": name, "sourceNodeId": id, "sourcePreviewName": name}))
    };
    proxies.as_array().into_iter().flatten().filter_map(preview).collect()
}

fn new_properties(node: &Node, def: Option<&NodeDef>) -> Map<String, Value> {
    let mut properties = Map::new();
    let meta = node.extra.get("_meta");
    for key in ["cnr_id", "aux_id", "ver"] {
        if let Some(value) = meta.and_then(|meta| meta.get(key)) {
            properties.insert(key.to_owned(), value.clone());
        }
    }
    let of_core = def.is_some_and(|def| {
        let module = &*def.python_module;
        module == "nodes" || module.starts_with("comfy_extras") || module.starts_with("comfy_api_nodes")
    });
    if of_core && !properties.contains_key("cnr_id") {
        properties.insert("cnr_id".to_owned(), "comfy-core".into());
    }
    if node.kind == NodeKind::Class {
        properties.insert("Node name for S&R".to_owned(), (&*node.class_type).into());
    }
    properties
}

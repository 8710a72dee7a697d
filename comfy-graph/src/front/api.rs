//! API prompts → graph.
//!
//! A prompt says nothing of sockets and widgets: a pair of a node's id and a slot is a link, everything else a
//! value. Both keep the name they came under, so that writing the graph back gives the same prompt. Lists that are no
//! links, or lead nowhere, are kept as [`InputSlot::broken`]; [`crate::valid`] says what is wrong with them.

use serde_json::{Map, Value};

use crate::{
    catalog::{Catalog, IoType, NodeDef},
    diag::{Diagnostic, WithDiagnostics, codes},
    graph::{Graph, InputSlot, Node, NodeIx, NodeKey, NodeSource, OutputSlot, Slot, Widget},
    wrapped,
};

/// Whether an object is a prompt: not empty, and every member a node (`isApiJson`). A node without a class is
/// what the frontend writes for types it does not know; it counts if some other member has one.
pub fn is_prompt(map: &Map<String, Value>) -> bool {
    wrapped::are_nodes(map.values())
}

/// Reads a prompt, bare or in the envelope of `POST /prompt`.
pub(super) fn read(mut map: Map<String, Value>, catalog: &Catalog) -> WithDiagnostics<Graph> {
    let (mut envelope, mut enveloped) = (Map::new(), false);
    if !is_prompt(&map)
        && let Some(Value::Object(prompt)) = map.shift_remove("prompt")
    {
        envelope = std::mem::replace(&mut map, prompt);
        enveloped = true;
    }
    let graph = Graph::with_capacity(map.len(), map.len() * 2);
    let mut reader = Reader { catalog, graph, enveloped, found: Vec::new() };
    reader.graph.document = envelope;
    let nodes: Vec<_> = map.into_iter().filter_map(|(key, node)| reader.node(key, node)).collect();
    for (ix, inputs) in nodes {
        for (name, value) in inputs {
            reader.input(ix, name, value);
        }
    }
    WithDiagnostics { value: reader.graph, diagnostics: reader.found }
}

struct Reader<'c> {
    catalog: &'c Catalog,
    graph: Graph,
    /// The prompt is a member of the document.
    enveloped: bool,
    found: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Adds a node without its inputs, which can only be read when all nodes are there.
    fn node(&mut self, key: String, node: Value) -> Option<(NodeIx, Map<String, Value>)> {
        let source = NodeSource::Prompt { enveloped: self.enveloped };
        let Value::Object(mut fields) = node else {
            let message = format!("#{key} is not a node");
            let node = Node { source: Some(source), ..Node::class(NodeKey::new(key), "") };
            self.found.push(Diagnostic::new(codes::MALFORMED_NODE, message).at_opt(node.path()));
            return None;
        };
        let class = match fields.shift_remove("class_type") {
            Some(Value::String(class)) => class,
            _ => String::new(),
        };
        let inputs = match fields.shift_remove("inputs") {
            Some(Value::Object(inputs)) => inputs,
            _ => Map::new(),
        };
        let mut node = Node::class(NodeKey::new(key), class);
        node.source = Some(source);
        let def = self.catalog.get(&node.class_type);
        node.title = title(&mut fields, def);
        node.extra = fields;
        match def {
            Some(def) => {
                node.outputs = def.outputs.iter().map(output_slot).collect();
            }
            None => self.found.push(missing_class(&node).at_opt(node.path())),
        }
        // keys of one object are unique
        self.graph.insert(node).ok().map(|ix| (ix, inputs))
    }

    fn input(&mut self, ix: NodeIx, name: String, value: Value) {
        let io_type = self.io_type(ix, &name);
        if let Some((origin, slot)) = as_link(&value) {
            let origin = self.graph.find(&origin);
            let node = &mut self.graph[ix];
            let to = Slot { node: ix, slot: node.inputs.len() };
            node.inputs.push(InputSlot::new(name.as_str(), io_type));
            match origin {
                Some(origin) => self.graph.link(Slot { node: origin, slot }, to),
                None => self.graph[ix].inputs[to.slot].broken = Some(value),
            }
            return;
        }
        if value.is_array() {
            let slot = InputSlot { broken: Some(value), ..InputSlot::new(name, io_type) };
            self.graph[ix].inputs.push(slot);
            return;
        }
        self.graph[ix].widgets.push(Widget::new(name, unwrap(value)));
    }

    /// The declared type of an input, dotted names included; `*` where nothing is declared.
    fn io_type(&self, ix: NodeIx, name: &str) -> IoType {
        self.catalog
            .get(&self.graph[ix].class_type)
            .and_then(|def| def.resolve_input(name))
            .map_or_else(IoType::any, |input| input.io_type.clone())
    }
}

/// The finding for a node whose class the catalog does not have.
pub(super) fn missing_class(node: &Node) -> Diagnostic {
    let message = if node.class_type.is_empty() {
        format!("#{} has no class_type", node.key)
    } else {
        format!("{}: the catalog has no such node type", node.describe())
    };
    let help = match pack_of(node) {
        Some(pack) => format!("it belongs to `{pack}`; install that, or name its server with --catalog URL"),
        None => "name the server that has it with --catalog URL".to_owned(),
    };
    Diagnostic::new(codes::MISSING_NODE_TYPE, message).node(&node.key).help(help)
}

/// The pack that a file says the node belongs to: `user/repo`, or an id of the registry.
fn pack_of(node: &Node) -> Option<&str> {
    let properties = node.extra.get("properties")?;
    ["aux_id", "cnr_id"].iter().find_map(|key| properties.get(key)?.as_str()).filter(|id| !id.is_empty())
}

/// An output of the catalog as a slot.
pub(super) fn output_slot(output: &crate::catalog::OutputDef) -> OutputSlot {
    OutputSlot { name: output.name.clone(), io_type: output.io_type.clone() }
}

/// The user's title in `_meta`, where it is not the class's own; the rest of `_meta` stays in `fields`, though it be
/// empty: a prompt that has it says that the title is the class's own.
fn title(fields: &mut Map<String, Value>, def: Option<&NodeDef>) -> Option<Box<str>> {
    let Some(Value::Object(meta)) = fields.get_mut("_meta") else { return None };
    let Some(Value::String(title)) = meta.get("title") else { return None };
    let title: Box<str> = title.as_str().into();
    meta.shift_remove("title");
    let is_default = def.is_some_and(|def| *title == *def.default_title() || title == def.class_type);
    (!is_default && !title.is_empty()).then_some(title)
}

/// `["4", 1]`: the id of a node and an output slot. The server takes nothing else for a link.
fn as_link(value: &Value) -> Option<(String, usize)> {
    let [origin, slot] = value.as_array()?.as_slice() else { return None };
    let slot = slot.as_u64().and_then(|slot| usize::try_from(slot).ok())?;
    Some((origin.as_str()?.to_owned(), slot))
}

/// `{"__value__": [...]}` → the list. Anything else in such a wrapping is kept as it is.
fn unwrap(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.len() == 1 && map.get("__value__").is_some_and(Value::is_array) => {
            map.shift_remove("__value__").unwrap_or_default()
        }
        other => other,
    }
}

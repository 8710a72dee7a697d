//! The workflow file as it is written: schema 0.4 and 1, old and new, without any interpretation.
//!
//! Reading is lenient, as the frontend's is: ids are numbers or text, positions arrays or objects, links arrays or
//! objects, lists may have holes. What is read here is moved out of the JSON; all other keys stay in `extra`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::layout;
use crate::{
    diag::{Diagnostic, JsonPath, codes},
    graph::Layout,
};

/// The id of a link record.
pub(super) type LinkId = i64;

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct Workflow {
    pub(super) body: Body,
    pub(super) subgraphs: Vec<Definition>,
    pub(super) last_node_id: i64,
    pub(super) groups: Vec<Value>,
    /// All other keys of the root.
    pub(super) document: Map<String, Value>,
}

/// Nodes and links of the root or of a definition.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) nodes: Vec<UiNode>,
    pub(super) links: BTreeMap<LinkId, UiLink>,
}

/// An entry of `definitions.subgraphs`.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) id: Box<str>,
    pub(super) name: Box<str>,
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    pub(super) body: Body,
    pub(super) groups: Vec<Value>,
    pub(super) extra: Map<String, Value>,
    /// Position in the file.
    pub(super) index: usize,
}

/// An input or output of a definition.
#[derive(Clone, Debug)]
pub(super) struct Port {
    pub(super) name: Box<str>,
    pub(super) io_type: Box<str>,
    pub(super) links: Vec<LinkId>,
    pub(super) label: Option<Box<str>>,
}

/// A node.
#[derive(Debug, Default)]
pub(super) struct UiNode {
    pub(super) id: Box<str>,
    pub(super) node_type: Box<str>,
    pub(super) mode: i64,
    pub(super) title: Option<Box<str>>,
    pub(super) inputs: Vec<UiInput>,
    pub(super) outputs: Vec<UiOutput>,
    pub(super) values: Values,
    /// `widgets_values_named`.
    pub(super) named: Map<String, Value>,
    pub(super) layout: Option<Box<Layout>>,
    pub(super) extra: Map<String, Value>,
    /// Position in the file's list.
    pub(super) index: usize,
}

/// `widgets_values`.
#[derive(Debug, Default)]
pub(super) enum Values {
    #[default]
    Absent,
    List(Vec<Value>),
    Named(Map<String, Value>),
}

#[derive(Clone, Debug)]
pub(super) struct UiInput {
    pub(super) name: Box<str>,
    pub(super) io_type: Box<str>,
    pub(super) link: Option<LinkId>,
    /// The widget that the socket belongs to.
    pub(super) widget: Option<Box<str>>,
    pub(super) label: Option<Box<str>>,
}

#[derive(Clone, Debug)]
pub(super) struct UiOutput {
    pub(super) name: Box<str>,
    pub(super) io_type: Box<str>,
    pub(super) links: Vec<LinkId>,
    pub(super) label: Option<Box<str>>,
}

/// A link record; the target is informative, inputs name their links themselves. Its slot is not even read: it
/// counts the file's inputs, which are not those of the loaded node.
#[derive(Clone, Debug)]
pub(super) struct UiLink {
    pub(super) origin: Box<str>,
    pub(super) origin_slot: usize,
    pub(super) target: Box<str>,
}

/// Moves the model out of a JSON document.
pub(super) fn read(document: Value, found: &mut Vec<Diagnostic>) -> Workflow {
    let Value::Object(mut map) = document else { return Workflow::default() };
    let mut reader = Reader { found, array_links: false };
    let path = JsonPath::root();
    let body = reader.body(&mut map, &path);
    let subgraphs = reader.definitions(&mut map);
    let array_links = reader.array_links;
    let version = map.get("version").and_then(Value::as_f64);
    if array_links && version.is_some_and(|version| (version - 0.4).abs() > f64::EPSILON) {
        let message = "the links are arrays, which the frontend reads in files of version 0.4 only";
        found.push(Diagnostic::new(codes::ARRAY_LINK_VERSION, message).at(path.key("version")));
    }
    let state = map.get("state").and_then(|state| state.get("lastNodeId"));
    let last = map.get("last_node_id").or(state).and_then(integer).unwrap_or(0);
    Workflow { body, subgraphs, last_node_id: last, groups: list(&mut map, "groups"), document: map }
}

/// Moves one node out of its JSON; `None` if it is none.
pub(super) fn read_node(node: Value, index: usize) -> Option<UiNode> {
    Reader { found: &mut Vec::new(), array_links: false }.node(node, index, &JsonPath::root())
}

struct Reader<'d> {
    found: &'d mut Vec<Diagnostic>,
    array_links: bool,
}

impl Reader<'_> {
    fn body(&mut self, map: &mut Map<String, Value>, path: &JsonPath) -> Body {
        let nodes = list(map, "nodes");
        let links = list(map, "links");
        Body {
            nodes: nodes
                .into_iter()
                .enumerate()
                .filter_map(|(index, node)| self.node(node, index, path))
                .collect(),
            links: links
                .into_iter()
                .enumerate()
                .filter_map(|(index, link)| self.link(&link, index, path))
                .collect(),
        }
    }

    fn definitions(&mut self, map: &mut Map<String, Value>) -> Vec<Definition> {
        let Some(Value::Object(definitions)) = map.get_mut("definitions") else { return Vec::new() };
        let entries = list(definitions, "subgraphs");
        if definitions.is_empty() {
            map.shift_remove("definitions");
        }
        let mut subgraphs = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            self.definition(entry, index, &mut subgraphs);
        }
        subgraphs
    }

    /// One definition, after those that it carries inside itself (frontend 1.58 hoists them).
    fn definition(&mut self, entry: Value, index: usize, subgraphs: &mut Vec<Definition>) {
        let path = JsonPath::root().key("definitions").key("subgraphs").index(index);
        let Value::Object(mut map) = entry else {
            let message = "an entry of definitions.subgraphs is not an object";
            self.found.push(Diagnostic::new(codes::MALFORMED_SUBGRAPH, message).at(path));
            return;
        };
        if let Some(Value::Object(inner)) = map.get_mut("definitions") {
            // the depth of the JSON bounds this recursion
            for entry in list(inner, "subgraphs") {
                self.definition(entry, index, subgraphs);
            }
        }
        let Some(id) = map.shift_remove("id").as_ref().and_then(id_text) else {
            let message = "a subgraph definition has no id";
            self.found.push(Diagnostic::new(codes::MALFORMED_SUBGRAPH, message).at(path));
            return;
        };
        subgraphs.push(Definition {
            id,
            name: text(&mut map, "name").unwrap_or_default(),
            inputs: ports(&mut map, "inputs"),
            outputs: ports(&mut map, "outputs"),
            body: self.body(&mut map, &path),
            groups: list(&mut map, "groups"),
            extra: map,
            index,
        });
    }

    fn node(&mut self, node: Value, index: usize, path: &JsonPath) -> Option<UiNode> {
        let malformed = |what: &str| {
            let path = path.clone().key("nodes").index(index);
            Diagnostic::new(codes::MALFORMED_NODE, format!("an entry of the node list {what}")).at(path)
        };
        let Value::Object(mut map) = node else {
            self.found.push(malformed("is not an object"));
            return None;
        };
        let Some(id) = map.shift_remove("id").as_ref().and_then(id_text) else {
            self.found.push(malformed("has no id"));
            return None;
        };
        let Some(node_type) = text(&mut map, "type") else {
            self.found.push(malformed("has no type"));
            return None;
        };
        Some(UiNode {
            id,
            node_type,
            mode: map.shift_remove("mode").as_ref().and_then(integer).unwrap_or(0),
            title: text(&mut map, "title"),
            inputs: list(&mut map, "inputs").into_iter().filter_map(input).collect(),
            outputs: list(&mut map, "outputs").into_iter().map(output).collect(),
            values: values(map.shift_remove("widgets_values")),
            named: object(&mut map, "widgets_values_named"),
            layout: layout::take(&mut map),
            extra: map,
            index,
        })
    }

    fn link(&mut self, link: &Value, index: usize, path: &JsonPath) -> Option<(LinkId, UiLink)> {
        let field = |position: usize, name: &str| match link {
            Value::Array(fields) => fields.get(position),
            Value::Object(fields) => fields.get(name),
            _ => None,
        };
        if link.is_null() {
            return None; // holes are normal in old files
        }
        self.array_links |= link.is_array();
        let slot = |value: &Value| integer(value).and_then(|slot| usize::try_from(slot).ok());
        let record = || {
            let id = field(0, "id").and_then(integer)?;
            let record = UiLink {
                origin: field(1, "origin_id").and_then(id_text)?,
                origin_slot: field(2, "origin_slot").and_then(slot)?,
                target: field(3, "target_id").and_then(id_text)?,
            };
            Some((id, record))
        };
        let record = record();
        if record.is_none() {
            let path = path.clone().key("links").index(index);
            let message = "an entry of the link table is not a link";
            self.found.push(Diagnostic::new(codes::MALFORMED_LINK, message).at(path));
        }
        record
    }
}

fn values(value: Option<Value>) -> Values {
    match value {
        Some(Value::Array(list)) => Values::List(list),
        Some(Value::Object(map)) => match map.get("length").and_then(Value::as_u64) {
            // an array that was written as an object; never trust the length further than the entries
            Some(length) => {
                let length = usize::try_from(length).unwrap_or(usize::MAX).min(map.len());
                let entry = |index: usize| map.get(&index.to_string()).cloned().unwrap_or_default();
                Values::List((0..length).map(entry).collect())
            }
            None => Values::Named(map),
        },
        _ => Values::Absent,
    }
}

fn input(value: Value) -> Option<UiInput> {
    let Value::Object(mut map) = value else { return None };
    let widget = match map.shift_remove("widget") {
        Some(Value::Object(mut widget)) => text(&mut widget, "name"),
        _ => None,
    };
    Some(UiInput {
        name: text(&mut map, "name").unwrap_or_default(),
        io_type: type_text(map.get("type")),
        link: map.get("link").and_then(integer),
        widget,
        label: text(&mut map, "label"),
    })
}

fn output(value: Value) -> UiOutput {
    let Value::Object(mut map) = value else {
        return UiOutput { name: "".into(), io_type: "*".into(), links: Vec::new(), label: None };
    };
    UiOutput {
        name: text(&mut map, "name").unwrap_or_default(),
        io_type: type_text(map.get("type")),
        links: link_ids(map.get("links")),
        label: text(&mut map, "label"),
    }
}

fn ports(map: &mut Map<String, Value>, key: &str) -> Vec<Port> {
    let port = |value: Value| {
        let Value::Object(mut map) = value else {
            return Port { name: "".into(), io_type: "*".into(), links: Vec::new(), label: None };
        };
        Port {
            name: text(&mut map, "name").unwrap_or_default(),
            io_type: type_text(map.get("type")),
            links: link_ids(map.get("linkIds")),
            label: text(&mut map, "label"),
        }
    };
    list(map, key).into_iter().map(port).collect()
}

fn link_ids(value: Option<&Value>) -> Vec<LinkId> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(integer).collect()
}

/// A slot's type. Some packs write numbers (LiteGraph's event, -1) or lists of options (a combo).
fn type_text(value: Option<&Value>) -> Box<str> {
    match value {
        Some(Value::String(word)) => word.as_str().into(),
        Some(Value::Array(_)) => "COMBO".into(),
        Some(Value::Number(number)) if number.as_i64() != Some(0) => number.to_string().into(),
        _ => "*".into(),
    }
}

/// An id as text: `5`, `5.0` and `"5"` are the same node. A text longer than any id is none: everything that has to
/// do with the node repeats it.
pub(super) fn id_text(value: &Value) -> Option<Box<str>> {
    const LONGEST: usize = 256;
    match value {
        Value::String(id) if id.len() <= LONGEST => Some(id.as_str().into()),
        Value::Number(_) => integer(value).map(|id| id.to_string().into()),
        _ => None,
    }
}

/// An integer, also written as text or with a zero fraction.
#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        }),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

fn text(map: &mut Map<String, Value>, key: &str) -> Option<Box<str>> {
    match map.get_mut(key).map(Value::take) {
        Some(Value::String(text)) => {
            map.shift_remove(key);
            Some(text.into())
        }
        Some(other) => {
            map.insert(key.to_owned(), other);
            None
        }
        None => None,
    }
}

fn list(map: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match map.get(key) {
        Some(Value::Array(_)) => match map.shift_remove(key) {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        },
        Some(Value::Null) => {
            map.shift_remove(key);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn object(map: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
    match map.shift_remove(key) {
        Some(Value::Object(inner)) => inner,
        _ => Map::new(),
    }
}

//! The whole file, its definitions and its nodes, read from JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, de::MapAccess};
use serde_json::{Map, Value};

use super::{
    Body, Definition, Port, UiInput, UiNode, UiOutput, Values, Workflow,
    slots::{LinkEntry, Object, Pair},
};
use crate::{
    diag::{Diagnostic, JsonPath, Severity, codes},
    front::{
        lenient::{FromJson, List, deserialize_from_json},
        ui::{
            id::{Id, integer},
            layout,
        },
    },
};

/// A file of either format: only workflows have a list `nodes`.
pub(in crate::front) enum Document {
    Workflow(Scope),
    /// All there is of an object that is no workflow.
    Object(Map<String, Value>),
    /// Not even an object.
    Other,
}

/// What the root and definitions have in common, before anything is said about it.
#[derive(Default)]
pub(in crate::front) struct Scope {
    nodes: Option<Vec<NodeEntry>>,
    links: Vec<LinkEntry>,
    groups: Vec<Value>,
    subgraphs: Vec<DefinitionEntry>,
    rest: Map<String, Value>,
}

/// An entry of a list of nodes, or why it is none.
///
/// Boxed, because a list may have many entries that are none.
struct NodeEntry(Result<Box<UiNode>, &'static str>);

/// An entry of `definitions.subgraphs`, or why it is none.
struct DefinitionEntry(Result<Box<RawDefinition>, &'static str>);

struct RawDefinition {
    id: Box<str>,
    name: Box<str>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    scope: Scope,
}

/// `definitions`: its list `subgraphs`, and all other keys of it.
#[derive(Default)]
struct Definitions {
    subgraphs: Vec<DefinitionEntry>,
    rest: Map<String, Value>,
}

/// The items of a list. What is no list stays with the other keys.
fn items<T>(list: List<T>, key: &str, rest: &mut Map<String, Value>) -> Option<Vec<T>> {
    match list {
        List::Items(items) => Some(items),
        List::Other(Value::Null) => None,
        List::Other(value) => {
            rest.insert(key.to_owned(), value);
            None
        }
    }
}

impl Scope {
    /// Reads the value of a key.
    fn field<'de, A: MapAccess<'de>>(&mut self, key: String, object: &mut A) -> Result<(), A::Error> {
        let rest = &mut self.rest;
        match key.as_str() {
            "nodes" => self.nodes = items(object.next_value()?, "nodes", rest),
            "links" => self.links = items(object.next_value()?, "links", rest).unwrap_or_default(),
            "groups" => self.groups = items(object.next_value()?, "groups", rest).unwrap_or_default(),
            "definitions" => {
                let definitions: Definitions = object.next_value()?;
                self.subgraphs = definitions.subgraphs;
                if !definitions.rest.is_empty() {
                    rest.insert(key, definitions.rest.into());
                }
            }
            _ => {
                rest.insert(key, object.next_value()?);
            }
        }
        Ok(())
    }
}

impl<'de> FromJson<'de> for Document {
    fn scalar(_: Value) -> Self {
        Self::Other
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut scope = Scope::default();
        while let Some(key) = object.next_key()? {
            scope.field(key, &mut object)?;
        }
        Ok(if scope.nodes.is_some() { Self::Workflow(scope) } else { Self::Object(scope.rest) })
    }
}

impl<'de> FromJson<'de> for Definitions {
    fn scalar(_: Value) -> Self {
        Self::default()
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut definitions = Self::default();
        while let Some(key) = object.next_key::<String>()? {
            if key == "subgraphs" {
                let list = object.next_value()?;
                definitions.subgraphs = items(list, &key, &mut definitions.rest).unwrap_or_default();
            } else {
                definitions.rest.insert(key, object.next_value()?);
            }
        }
        Ok(definitions)
    }
}

impl<'de> FromJson<'de> for DefinitionEntry {
    fn scalar(_: Value) -> Self {
        Self(Err("an entry of definitions.subgraphs is not an object"))
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut id = None;
        let (mut name, mut inputs, mut outputs) = (Box::default(), Vec::new(), Vec::new());
        let mut scope = Scope::default();
        while let Some(key) = object.next_key::<String>()? {
            let rest = &mut scope.rest;
            match key.as_str() {
                "id" => id = Id::read(&object.next_value()?),
                "name" => match object.next_value()? {
                    Value::String(text) => name = text.into(),
                    other => {
                        rest.insert(key, other);
                    }
                },
                "inputs" => inputs = items(object.next_value()?, "inputs", rest).unwrap_or_default(),
                "outputs" => outputs = items(object.next_value()?, "outputs", rest).unwrap_or_default(),
                _ => scope.field(key, &mut object)?,
            }
        }
        let id = id.map(|id| id.text()).ok_or("a subgraph definition has no id");
        Ok(Self(id.map(|id| Box::new(RawDefinition { id, name, inputs, outputs, scope }))))
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum NodeField {
    Id,
    Type,
    Mode,
    Title,
    Inputs,
    Outputs,
    WidgetsValues,
    WidgetsValuesNamed,
    Pos,
    Size,
    Other(String),
}

/// The fields of a node as they come.
#[derive(Default)]
struct NodeFields {
    id: Option<Id>,
    node_type: Option<Box<str>>,
    mode: i64,
    title: Option<Box<str>>,
    inputs: Vec<UiInput>,
    outputs: Vec<UiOutput>,
    values: Values,
    named: Map<String, Value>,
    position: Option<[f64; 2]>,
    size: Option<[f64; 2]>,
    extra: Map<String, Value>,
    odd: Vec<&'static str>,
}

impl NodeFields {
    fn field<'de, A: MapAccess<'de>>(&mut self, field: NodeField, object: &mut A) -> Result<(), A::Error> {
        match field {
            NodeField::Id => self.id = Id::read(&object.next_value()?),
            NodeField::Type => self.node_type = self.text("type", object.next_value()?),
            NodeField::Title => self.title = self.text("title", object.next_value()?),
            NodeField::Mode => {
                let mode: Value = object.next_value()?;
                let number = integer(&mode);
                if number.is_none() && !mode.is_null() {
                    self.odd.push("mode");
                }
                self.mode = number.unwrap_or(0);
            }
            NodeField::Inputs => self.inputs = self.items("inputs", object.next_value()?),
            NodeField::Outputs => self.outputs = self.items("outputs", object.next_value()?),
            NodeField::WidgetsValues => self.values = object.next_value()?,
            NodeField::WidgetsValuesNamed => self.named = object.next_value::<Object>()?.0,
            NodeField::Pos => self.position = self.pair("pos", object.next_value()?),
            NodeField::Size => self.size = self.pair("size", object.next_value()?),
            NodeField::Other(key) => {
                self.extra.insert(key, object.next_value()?);
            }
        }
        Ok(())
    }

    fn text(&mut self, key: &'static str, value: Value) -> Option<Box<str>> {
        match value {
            Value::String(text) => return Some(text.into()),
            Value::Null => {}
            other => {
                self.odd.push(key);
                self.extra.insert(key.to_owned(), other);
            }
        }
        None
    }

    fn pair(&mut self, key: &str, pair: Pair) -> Option<[f64; 2]> {
        pair.0.map_err(|other| self.extra.insert(key.to_owned(), other)).ok()
    }

    fn items<T>(&mut self, key: &'static str, list: List<T>) -> Vec<T> {
        if let List::Other(value) = &list
            && !value.is_null()
        {
            self.odd.push(key);
        }
        items(list, key, &mut self.extra).unwrap_or_default()
    }

    fn node(self) -> Result<UiNode, &'static str> {
        let Self {
            id,
            node_type,
            mode,
            title,
            inputs,
            outputs,
            values,
            named,
            position,
            size,
            mut extra,
            odd,
        } = self;
        let (id, node_type) = (id.ok_or("has no id")?, node_type.ok_or("has no type")?);
        let layout = layout::take(position, size, &mut extra);
        Ok(UiNode {
            id,
            node_type,
            mode,
            title,
            inputs,
            outputs,
            values,
            named,
            layout,
            extra,
            odd,
            index: 0,
        })
    }
}

impl<'de> FromJson<'de> for NodeEntry {
    fn scalar(_: Value) -> Self {
        Self(Err("is not an object"))
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut fields = NodeFields::default();
        while let Some(field) = object.next_key()? {
            fields.field(field, &mut object)?;
        }
        Ok(Self(fields.node().map(Box::new)))
    }
}

deserialize_from_json!(Document, Definitions, DefinitionEntry, NodeEntry);

/// One node; `None` if it is none.
pub(in crate::front::ui) fn node(value: Value) -> Option<UiNode> {
    NodeEntry::deserialize(value).ok()?.0.ok().map(|node| *node)
}

/// The model of what was read, with what is to be said about its form.
pub(in crate::front) fn workflow(scope: Scope, found: &mut Vec<Diagnostic>) -> Workflow {
    let Scope { nodes, links, groups, subgraphs, rest: document } = scope;
    let mut checker = Checker { found, array_links: false, subgraphs: Vec::new() };
    let path = JsonPath::root();
    let body = checker.body(nodes.unwrap_or_default(), links, &path);
    for (index, entry) in subgraphs.into_iter().enumerate() {
        checker.definition(entry, index);
    }
    let Checker { found, array_links, subgraphs } = checker;
    let version = document.get("version").and_then(Value::as_f64);
    if array_links && version.is_some_and(|version| (version - 0.4).abs() > f64::EPSILON) {
        let message = "the links are arrays, which the frontend reads in files of version 0.4 only";
        found.push(Diagnostic::new(codes::ARRAY_LINK_VERSION, message).at(path.key("version")));
    }
    let state = document.get("state").and_then(|state| state.get("lastNodeId"));
    let last_node_id = document.get("last_node_id").or(state).and_then(integer).unwrap_or(0);
    Workflow { body, subgraphs, last_node_id, groups, document }
}

struct Checker<'d> {
    found: &'d mut Vec<Diagnostic>,
    array_links: bool,
    subgraphs: Vec<Definition>,
}

impl Checker<'_> {
    fn body(&mut self, nodes: Vec<NodeEntry>, links: Vec<LinkEntry>, path: &JsonPath) -> Body {
        let nodes = nodes.into_iter().enumerate();
        let nodes = nodes.filter_map(|(index, entry)| self.node(entry, index, path)).collect();
        let mut table = BTreeMap::new();
        for (index, entry) in links.into_iter().enumerate() {
            let Some((id, record)) = self.link(entry, index, path) else { continue };
            if table.get(&id).is_some_and(|earlier| *earlier != record) {
                let message =
                    format!("the link table has several links {id}; the last counts, as in the frontend");
                let place = path.clone().key("links").index(index);
                self.found.push(Diagnostic::new(codes::LINK_DISAGREEMENT, message).at(place));
            }
            table.insert(id, record);
        }
        Body { nodes, links: table }
    }

    /// One definition, after those that it carries inside itself (frontend 1.58 hoists them).
    fn definition(&mut self, entry: DefinitionEntry, index: usize) {
        let path = JsonPath::root().key("definitions").key("subgraphs").index(index);
        let RawDefinition { id, name, inputs, outputs, scope } = match entry.0 {
            Ok(definition) => *definition,
            Err(what) => {
                self.found.push(Diagnostic::new(codes::MALFORMED_SUBGRAPH, what).at(path));
                return;
            }
        };
        let Scope { nodes, links, groups, subgraphs, rest: extra } = scope;
        // the depth of the JSON bounds this recursion
        for entry in subgraphs {
            self.definition(entry, index);
        }
        let body = self.body(nodes.unwrap_or_default(), links, &path);
        self.subgraphs.push(Definition { id, name, inputs, outputs, body, groups, extra, index });
    }

    fn node(&mut self, entry: NodeEntry, index: usize, path: &JsonPath) -> Option<UiNode> {
        let place = || path.clone().key("nodes").index(index);
        match entry.0 {
            Ok(mut node) => {
                node.index = index;
                for field in &node.odd {
                    let message = format!("`{field}` of node #{} has a form that is not read", node.id);
                    let mut found = Diagnostic::new(codes::MALFORMED_NODE, message).node(&node.id);
                    found.severity = Severity::Warning;
                    self.found.push(found.at(place().key(*field)));
                }
                Some(*node)
            }
            Err(what) => {
                let message = format!("an entry of the node list {what}");
                self.found.push(Diagnostic::new(codes::MALFORMED_NODE, message).at(place()));
                None
            }
        }
    }

    fn link(
        &mut self,
        entry: LinkEntry,
        index: usize,
        path: &JsonPath,
    ) -> Option<(super::LinkId, super::UiLink)> {
        match entry {
            LinkEntry::Hole => None,
            LinkEntry::Link { id, record, is_array } => {
                self.array_links |= is_array;
                Some((id, record))
            }
            LinkEntry::Malformed => {
                let message = "an entry of the link table is not a link";
                let place = path.clone().key("links").index(index);
                self.found.push(Diagnostic::new(codes::MALFORMED_LINK, message).at(place));
                None
            }
        }
    }
}

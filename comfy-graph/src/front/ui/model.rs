//! The workflow file as it is written: schema 0.4 and 1, old and new, without any interpretation.
//!
//! Reading is lenient, as the frontend's is: ids are numbers or text, positions arrays or objects, links arrays or
//! objects, lists may have holes. The text is read into these types directly ([`read`]); keys that have no field
//! here stay in `extra`, and so do fields of another form than expected.

mod read;
mod slots;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::id::Id;
use crate::graph::Layout;

pub(super) use read::node;
pub(in crate::front) use read::{Document, Scope, workflow};

/// The id of a link record.
pub(super) type LinkId = i64;

/// A whole file.
#[derive(Debug, Default)]
pub(in crate::front) struct Workflow {
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
#[derive(Clone, Debug, Default)]
pub(super) struct Port {
    pub(super) name: Box<str>,
    pub(super) io_type: Box<str>,
    pub(super) links: Vec<LinkId>,
    pub(super) label: Option<Box<str>>,
}

/// A node.
#[derive(Debug)]
pub(super) struct UiNode {
    pub(super) id: Id,
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
    /// Fields that are not read because they have another form.
    pub(super) odd: Vec<&'static str>,
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

#[derive(Clone, Debug, Default)]
pub(super) struct UiInput {
    pub(super) name: Box<str>,
    pub(super) io_type: Box<str>,
    pub(super) link: Option<LinkId>,
    /// The widget that the socket belongs to.
    pub(super) widget: Option<Box<str>>,
    pub(super) label: Option<Box<str>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct UiOutput {
    pub(super) name: Box<str>,
    pub(super) io_type: Box<str>,
    pub(super) links: Vec<LinkId>,
    pub(super) label: Option<Box<str>>,
}

/// A link record. Inputs name their links themselves; what the record says of its target is only compared. Its slot
/// counts the file's inputs, which are not those of the loaded node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UiLink {
    pub(super) origin: Id,
    pub(super) origin_slot: usize,
    pub(super) target: Id,
    pub(super) target_slot: Option<usize>,
}

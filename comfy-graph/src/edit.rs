//! Changes to a workflow as data: a batch of [`Op`]s that is made as a whole or not at all.
//!
//! ```
//! use comfy_graph::{back, catalog::Catalog, edit, front, graph::Graph, passes};
//! use serde_json::json;
//!
//! # #[cfg(feature = "bundled")] {
//! let catalog = Catalog::bundled();
//! let prompt = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
//!                  "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "a"}}}"#;
//! let mut graph = front::read(prompt, &catalog).expect("a prompt").value.graph;
//!
//! let batch = json!([
//!     {"op": "set", "node": 1, "input": "width", "value": 128},
//!     {"op": "insert", "class": "ImageInvert", "to": "2.images", "as": "invert"},
//!     {"op": "rename", "node": "$invert", "title": "Negative"},
//! ]);
//! let ops = edit::read(&batch).expect("edits");
//! let applied = edit::apply(&mut graph, &catalog, &ops).expect("a graph that takes them");
//! let written = |graph: &Graph| back::api::emit(&passes::lower_for_execution(graph).value, Some(&catalog));
//! assert_eq!(written(&graph)["2"]["inputs"]["images"], json!(["3", 0]));
//!
//! edit::apply(&mut graph, &catalog, &applied.undo).expect("the inverse of what was done");
//! assert_eq!(written(&graph)["2"]["inputs"]["images"], json!(["1", 0]));
//! # }
//! ```
//!
//! # What is said
//!
//! Every op is checked against the catalog when its turn comes: whether the class and the inputs exist, whether types
//! fit, whether values are among the options and in range. Places of diagnostics are those of the batch:
//! `[2].to` is the member `to` of the third op. Only what the ops touch is checked; [`crate::valid`] checks graphs.
//!
//! # Nodes and slots
//!
//! A node is named by its id (`5`, `"5"`), by an alias that an op before it gave (`"$x"`; `"x"` is the same), or by its
//! path, where it is inside of a subgraph (`"57:8"`, `"57/8"`). An output or input is `"NODE.SLOT"` or `[NODE, SLOT]`; a
//! slot is a name or a number. What is changed inside of a subgraph is changed in all its uses.
//!
//! The batches of comfy-cli (its op vocabulary v1: `add_node`, `connect`, `set_widget`, `delete_node`) are read as they
//! are; see [`read`].
//!
//! # Looks
//!
//! What is there keeps its id, place, size and colours. New nodes have no place; [`back::ui`](crate::back::ui) puts them
//! beside what they are linked to, where there is room.

mod draft;
mod ends;
mod insert;
mod links;
mod nodes;
mod parse;
mod replace;
mod saved;
#[cfg(test)]
mod tests;
mod undo;
mod unpack;
mod values;
mod wrap;
mod write;

use serde_json::{Map, Value};

use crate::{
    catalog::Catalog,
    diag::{Diagnostic, JsonPath, codes},
    graph::{Graph, Mode},
};

use draft::Draft;
pub use parse::{read, read_text};
pub use undo::Restore;
pub use write::write;

/// The greatest number of ops in a batch.
pub const MAX_OPS: usize = 10_000;

/// The greatest number of nodes that one batch unpacks out of subgraphs.
pub const MAX_UNPACKED: usize = 50_000;

/// A node, as an op names it: an id, `$alias`, or the path of a node inside of a subgraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRef(Box<str>);

impl NodeRef {
    /// The node that this text names.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for NodeRef {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// An output or input of a node, as an op names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// `NODE.SLOT`. Where ids have dots in them, the shortest id that is one counts.
    Text(Box<str>),
    /// The node, and the slot by name. A text of digits is a number, unless a slot is called so.
    Named(NodeRef, Box<str>),
    /// The node, and the slot by number.
    Numbered(NodeRef, usize),
}

impl From<&str> for End {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// One change of a workflow.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Op {
    /// A new node.
    Add(Add),
    /// A node goes. With `rewire` its consumers get what the node would pass on if it were bypassed; else their links go
    /// with it. A primitive leaves its value to the widgets that it sets.
    Delete {
        /// The node.
        node: NodeRef,
        /// Links are led around it.
        rewire: bool,
    },
    /// An output is linked to an input. A link that the input has is replaced.
    Connect {
        /// The output.
        from: End,
        /// The input. The name of a growing list stands for its next item.
        to: End,
    },
    /// The link of an input goes.
    Disconnect {
        /// The input.
        to: End,
    },
    /// An input gets a value. Choosing another option of a dynamic combo brings the inputs of that option.
    Set {
        /// The node.
        node: NodeRef,
        /// The input, as the prompt calls it.
        input: Box<str>,
        /// The value.
        value: Value,
    },
    /// A node is bypassed, muted, or runs again.
    SetMode {
        /// The node.
        node: NodeRef,
        /// What it is to be.
        mode: Mode,
    },
    /// A node gets a title, or loses it.
    Rename {
        /// The node.
        node: NodeRef,
        /// The title; `None` for that of the class.
        title: Option<Box<str>>,
    },
    /// A node becomes one of another class. Values stay that have an input of the same name and fit there; links stay by
    /// name, then by type.
    Replace {
        /// The node.
        node: NodeRef,
        /// The new class.
        class: Box<str>,
        /// Values that the new node is to have.
        values: Map<String, Value>,
    },
    /// A new node in the middle of a link.
    Insert(Insert),
    /// LoRAs behind a loader, before everything that takes its model and its text encoder.
    InsertLoras(InsertLoras),
    /// Nodes of one graph become a subgraph, and an instance stands in their place.
    Wrap {
        /// The nodes.
        nodes: Vec<NodeRef>,
        /// What the subgraph is called.
        name: Box<str>,
        /// What later ops call the instance.
        alias: Option<Box<str>>,
    },
    /// An instance of a subgraph becomes the nodes that are inside.
    Unpack {
        /// The instance.
        node: NodeRef,
    },
    /// A state from before comes back; only [`Applied::undo`] has such ops.
    Restore(Box<Restore>),
}

/// A new node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Add {
    /// The class; also the id of a subgraph, `Reroute` and `Note`.
    pub class: Box<str>,
    /// What later ops call it: `$alias`.
    pub alias: Option<Box<str>>,
    /// Its id; without it the next that is free.
    pub id: Option<Box<str>>,
    /// Its title.
    pub title: Option<Box<str>>,
    /// Values of its inputs; all others have their defaults. For an input that takes links only, the output it is
    /// linked to, as [`End`]s are written; for one with a widget, too, where that is `"$alias.OUTPUT"`, or an id and a
    /// number as in prompts.
    pub values: Map<String, Value>,
    /// Left and top on the canvas; without it the node is put where there is room.
    pub at: Option<[f64; 2]>,
    /// The instance of a subgraph in which the node goes; without it at the top.
    pub inside: Option<NodeRef>,
}

/// A new node in the middle of a link.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Insert {
    /// The class.
    pub class: Box<str>,
    /// What later ops call it: `$alias`.
    pub alias: Option<Box<str>>,
    /// Its title.
    pub title: Option<Box<str>>,
    /// Values of its inputs, as in [`Add::values`].
    pub values: Map<String, Value>,
    /// The output that the link comes from. Without `to`, all that is linked to it is led through the new node.
    pub from: Option<End>,
    /// The input that the link ends in. Without `from`, whatever is linked to it.
    pub to: Option<End>,
    /// The input of the new node; without it the first that takes the type.
    pub input: Option<Box<str>>,
    /// The output of the new node, by name or number; without it the first that fits.
    pub output: Option<Box<str>>,
}

/// LoRAs behind a loader.
#[derive(Clone, Debug, PartialEq)]
pub struct InsertLoras {
    /// The node that gives the model.
    pub loader: NodeRef,
    /// The node that gives the text encoder, if it is another one.
    pub clip: Option<NodeRef>,
    /// The LoRAs, from the loader on. None of them changes nothing.
    pub loras: Vec<Lora>,
    /// The class that loads a LoRA; without it `LoraLoader`, or `LoraLoaderModelOnly` where there is no text encoder.
    pub class: Option<Box<str>>,
    /// What later ops call the last of them; `ALIAS_1`, `ALIAS_2` … are all in order.
    pub alias: Option<Box<str>>,
}

/// One LoRA.
#[derive(Clone, Debug, PartialEq)]
pub struct Lora {
    /// The file.
    pub name: Box<str>,
    /// How much of it goes into the model; the class's default if nothing is said.
    pub strength_model: Option<f64>,
    /// How much of it goes into the text encoder; as much as into the model if nothing is said.
    pub strength_clip: Option<f64>,
}

/// What a batch did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Applied {
    /// What is worth knowing of it; none is an error.
    pub diagnostics: Vec<Diagnostic>,
    /// The batch that takes everything back. It expects the graph as it is now; applied to another it is refused or
    /// restores only the nodes that the batch changed.
    pub undo: Vec<Op>,
    /// The ids of the nodes that have an alias, by alias; nodes inside of subgraphs have their path.
    pub aliases: Vec<(Box<str>, Box<str>)>,
}

/// Makes all changes of a batch, in order, or none.
///
/// Time and memory are linear in the graph for each op that adds or removes something.
///
/// # Errors
/// Everything that is wrong with the ops, each finding at its place in the batch; the graph is as it was. Ops that need
/// the result of one that failed are passed over.
pub fn apply(graph: &mut Graph, catalog: &Catalog, ops: &[Op]) -> Result<Applied, Vec<Diagnostic>> {
    if ops.len() > MAX_OPS {
        let message = format!("the batch has {} edits, and no more than {MAX_OPS} are made", ops.len());
        return Err(vec![Diagnostic::new(codes::IMPOSSIBLE_EDIT, message).at(JsonPath::root())]);
    }
    let mut draft = Draft::new(graph, catalog);
    for (at, op) in ops.iter().enumerate() {
        draft.apply(at, op);
        if draft.is_enough() {
            break;
        }
    }
    let (changed, diagnostics, aliases) = draft.finish()?;
    let before = std::mem::replace(graph, changed);
    let undo = undo::between(graph, &before).map(|restore| Op::Restore(Box::new(restore)));
    Ok(Applied { diagnostics, undo: undo.into_iter().collect(), aliases })
}

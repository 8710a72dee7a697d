//! Nodes and their slots.

use std::{borrow::Borrow, fmt};

use serde_json::{Map, Value};

use super::{Layout, SubgraphId};
use crate::{
    catalog::{IoType, virtuals::VirtualRole},
    diag::{JsonPath, short},
};

/// A node's id within its graph, as text. Nodes of expanded subgraphs have their path: `57:8`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeKey(Box<str>);

impl NodeKey {
    /// The key with this text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of node `inner` inside the instance that has this key.
    #[must_use]
    pub fn inside(&self, inner: &Self) -> Self {
        Self(format!("{}:{}", self.0, inner.0).into())
    }

    /// The key as an array index of JavaScript (0 to 2³²−2, written plainly). Objects list these keys first, in
    /// ascending order.
    pub fn as_index(&self) -> Option<u32> {
        let is_plain = &*self.0 == "0" || self.0.starts_with(|c: char| ('1'..='9').contains(&c));
        self.0.parse().ok().filter(|number| is_plain && *number < u32::MAX)
    }
}

impl Borrow<str> for NodeKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}
impl From<&str> for NodeKey {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A node of the server, known to the catalog or not.
    Class,
    /// A use of a subgraph.
    Instance(SubgraphId),
    /// A node that exists only in the frontend.
    Virtual(VirtualRole),
    /// Inside a subgraph: its inputs; the outputs of this node.
    SubgraphInputs,
    /// Inside a subgraph: its outputs; the inputs of this node.
    SubgraphOutputs,
}

/// Whether and how a node takes part in execution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Runs (0).
    #[default]
    Always,
    /// LiteGraph's "on event" (1); runs like [`Always`](Self::Always).
    OnEvent,
    /// Muted (2): the node and all links from it are left out.
    Never,
    /// LiteGraph's "on trigger" (3); runs like [`Always`](Self::Always).
    OnTrigger,
    /// Bypassed (4): left out, inputs are passed on to outputs of the same type.
    Bypass,
}

impl Mode {
    /// The mode with this number; unknown numbers run.
    pub fn from_number(number: i64) -> Self {
        match number {
            1 => Self::OnEvent,
            2 => Self::Never,
            3 => Self::OnTrigger,
            4 => Self::Bypass,
            _ => Self::Always,
        }
    }

    /// The number in a workflow file.
    pub fn number(self) -> u8 {
        match self {
            Self::Always => 0,
            Self::OnEvent => 1,
            Self::Never => 2,
            Self::OnTrigger => 3,
            Self::Bypass => 4,
        }
    }

    /// Whether nodes of this mode are in the prompt.
    pub fn runs(self) -> bool {
        !matches!(self, Self::Never | Self::Bypass)
    }
}

/// A value of a node, set in the node itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Widget {
    /// The key in the prompt; dotted inside dynamic combos.
    pub name: Box<str>,
    /// The value. `None` is JavaScript's undefined: no key in the prompt. Lists are the bare list; the wrapping in
    /// `__value__` belongs to the prompt format.
    pub value: Option<Value>,
    /// Goes into the prompt.
    pub sent: bool,
    /// What is special about it.
    pub form: WidgetForm,
}

/// What is special about a widget's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WidgetForm {
    /// Nothing.
    #[default]
    Plain,
    /// Text with alternatives `{a|b}`, expanded by the frontend.
    DynamicPrompt,
    /// A curve; a list is sent with its type.
    Curve,
    /// Made when the prompt is queued.
    Live,
    /// Has a place in files but no meaning for the server.
    Control,
}

impl Widget {
    /// A value that goes into the prompt.
    pub fn new(name: impl Into<Box<str>>, value: Value) -> Self {
        Self { name: name.into(), value: Some(value), sent: true, form: WidgetForm::Plain }
    }
}

/// A socket that a link can end in.
#[derive(Clone, Debug, PartialEq)]
pub struct InputSlot {
    /// The key in the prompt.
    pub name: Box<str>,
    /// What it takes.
    pub io_type: IoType,
    /// Belongs to the widget of the same name.
    pub widget: bool,
    /// A literal that arrives here instead of a link, from a promoted widget around this graph.
    pub value: Option<Value>,
    /// What stood here in the place of a link and is none; written back as it is.
    pub broken: Option<Value>,
}

impl InputSlot {
    /// A plain socket.
    pub fn new(name: impl Into<Box<str>>, io_type: IoType) -> Self {
        Self { name: name.into(), io_type, widget: false, value: None, broken: None }
    }

    /// The socket of a widget.
    pub fn of_widget(name: impl Into<Box<str>>, io_type: IoType) -> Self {
        Self { widget: true, ..Self::new(name, io_type) }
    }
}

/// A socket that links start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputSlot {
    /// The label.
    pub name: Box<str>,
    /// What comes out.
    pub io_type: IoType,
}

/// Where a node came from, for diagnostics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeSource {
    /// `nodes[index]` of a workflow, or of its `definitions.subgraphs[subgraph]`.
    Workflow {
        /// Which definition; `None` at the top.
        subgraph: Option<usize>,
        /// Which entry.
        index: usize,
    },
    /// The entry of this key in a prompt.
    Prompt {
        /// The prompt is the member `prompt` of the document.
        enveloped: bool,
    },
    /// A place in a Rust program that was run.
    Rust(&'static std::panic::Location<'static>),
    /// A byte range of a Rust program that was read.
    Bytes {
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
}

impl NodeSource {
    /// The place of a node in a workflow file.
    pub(crate) fn place(subgraph: Option<usize>, index: usize) -> JsonPath {
        let scope = match subgraph {
            Some(subgraph) => JsonPath::root().key("definitions").key("subgraphs").index(subgraph),
            None => JsonPath::root(),
        };
        scope.key("nodes").index(index)
    }
}

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The id.
    pub key: NodeKey,
    /// What it is.
    pub kind: NodeKind,
    /// The class on the server, or the frontend's type word.
    pub class_type: Box<str>,
    /// The user's title, where it is not the default.
    pub title: Option<Box<str>>,
    /// Whether it runs.
    pub mode: Mode,
    /// Values, in the frontend's order.
    pub widgets: Vec<Widget>,
    /// Sockets, in the frontend's order.
    pub inputs: Vec<InputSlot>,
    /// Output sockets by slot.
    pub outputs: Vec<OutputSlot>,
    /// Where it came from.
    pub source: Option<NodeSource>,
    /// How it is drawn, where the file says.
    pub layout: Option<Box<Layout>>,
    /// Everything else the file had about it (`properties`, `order` …).
    pub extra: Map<String, Value>,
}

impl Node {
    /// A node of the server with nothing set.
    pub fn class(key: NodeKey, class_type: impl Into<Box<str>>) -> Self {
        Self::of_kind(key, NodeKind::Class, class_type)
    }

    /// A node of any kind with nothing set.
    pub fn of_kind(key: NodeKey, kind: NodeKind, class_type: impl Into<Box<str>>) -> Self {
        Self {
            key,
            kind,
            class_type: class_type.into(),
            title: None,
            mode: Mode::Always,
            widgets: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            source: None,
            layout: None,
            extra: Map::new(),
        }
    }

    /// A copy without what only matters to people.
    pub(super) fn for_execution(&self) -> Self {
        Self {
            key: self.key.clone(),
            kind: self.kind.clone(),
            class_type: self.class_type.clone(),
            title: self.title.clone(),
            mode: self.mode,
            widgets: self.widgets.clone(),
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            source: self.source,
            layout: None,
            extra: self
                .extra
                .get("_meta")
                .map(|meta| ("_meta".to_owned(), meta.clone()))
                .into_iter()
                .collect(),
        }
    }

    /// The widget of this name.
    pub fn widget(&self, name: &str) -> Option<&Widget> {
        self.widgets.iter().find(|widget| &*widget.name == name)
    }

    /// The widget of this name.
    pub fn widget_mut(&mut self, name: &str) -> Option<&mut Widget> {
        self.widgets.iter_mut().find(|widget| &*widget.name == name)
    }

    /// The position of the input of this name.
    pub fn input_slot(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|input| &*input.name == name)
    }

    /// The widget behind an instance's promoted input: instances have one per [`InputSlot::widget`], in order.
    pub fn promoted(&self, slot: usize) -> Option<&Widget> {
        if !self.inputs.get(slot)?.widget {
            return None;
        }
        let position = self.inputs[..slot].iter().filter(|input| input.widget).count();
        self.widgets.get(position)
    }

    /// Whether a frontend-only node of this role.
    pub fn is_virtual(&self, role: VirtualRole) -> bool {
        self.kind == NodeKind::Virtual(role)
    }

    /// The node's place in the source document.
    pub fn path(&self) -> Option<JsonPath> {
        match self.source.as_ref()? {
            NodeSource::Workflow { subgraph, index } => Some(NodeSource::place(*subgraph, *index)),
            NodeSource::Prompt { enveloped } => {
                let root = JsonPath::root();
                Some(if *enveloped { root.key("prompt") } else { root }.key(self.key.as_str()))
            }
            NodeSource::Rust(_) | NodeSource::Bytes { .. } => None,
        }
    }

    /// The place of an input's value in the source document, whether it is there or not. `None` where the document
    /// is no prompt.
    pub fn input_path(&self, name: &str) -> Option<JsonPath> {
        let in_prompt = matches!(self.source, Some(NodeSource::Prompt { .. }));
        self.path().filter(|_| in_prompt).map(|path| path.key("inputs").key(name))
    }

    /// What to call the node in a message: `KSampler #3`, with the user's title if there is one.
    pub fn describe(&self) -> String {
        match &self.title {
            Some(title) => {
                format!("{} #{} (\"{}\")", short(&self.class_type), short(self.key.as_str()), short(title))
            }
            None => format!("{} #{}", short(&self.class_type), short(self.key.as_str())),
        }
    }
}

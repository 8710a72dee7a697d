//! The JSON of [`Restore`]: parts of a graph as they are in memory. This is the one form of the graph that is written
//! down; it is read back by the same version, into the workflow that it was taken from.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::undo::{Definition, Patch, Present, Restore, Wire};
use crate::{
    catalog::{IoType, virtuals::VirtualRole},
    graph::{
        Group, InputSlot, Layout, Mode, Node, NodeKey, NodeKind, NodeSource, OutputSlot, SlotLabel,
        SubgraphId, Widget, WidgetForm,
    },
};

impl Restore {
    pub(super) fn to_json(&self) -> Value {
        let state = State::from(self);
        let written = serde_json::to_value(state);
        debug_assert!(written.is_ok(), "all keys are text");
        written.unwrap_or_default()
    }

    pub(super) fn from_json(value: Value) -> Result<Self, serde_json::Error> {
        State::deserialize(value).map(Into::into)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    #[serde(default)]
    root: Part,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    definitions: Vec<Inner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    id: String,
    /// None if the definition was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<Shell>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shell {
    name: String,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    extra: Map<String, Value>,
    #[serde(default)]
    new: bool,
    #[serde(default)]
    inside: Part,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    nodes: Vec<SavedNode>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Vec<String>>,
    /// Of each node all links out of it: output, node, input, and the type that is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<(String, Vec<SavedWire>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<SavedGroup>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<Map<String, Value>>,
}

type SavedWire = (usize, String, usize, Option<String>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedGroup {
    title: String,
    bounding: [f64; 4],
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    extra: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Class,
    Instance(String),
    Virtual(VirtualRole),
    Inputs,
    Outputs,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Plain,
    DynamicPrompt,
    Curve,
    Live,
    Control,
}

/// Where a node came from. A place in a program that was run is not kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    Workflow { subgraph: Option<usize>, index: usize },
    Prompt { enveloped: bool },
    Bytes { start: usize, end: usize },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedNode {
    id: String,
    kind: Kind,
    class: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    mode: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    widgets: Vec<SavedWidget>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<SavedInput>,
    /// Name and type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layout: Option<SavedLayout>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    extra: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedWidget {
    name: String,
    /// In a list of its own: no value is another thing than null.
    value: Vec<Value>,
    sent: bool,
    form: Form,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedInput {
    name: String,
    #[serde(rename = "type")]
    io_type: String,
    widget: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    value: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    broken: Vec<Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedLayout {
    position: Option<[f64; 2]>,
    size: Option<[f64; 2]>,
    collapsed: bool,
    color: Option<String>,
    bgcolor: Option<String>,
    /// Whether of an output, the slot, and the word.
    labels: Vec<(bool, usize, String)>,
}

fn texts<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

impl From<&Restore> for State {
    fn from(restore: &Restore) -> Self {
        let inner = |(id, definition): &(SubgraphId, Definition)| Inner {
            id: id.to_string(),
            state: match definition {
                Definition::Absent => None,
                Definition::Present(present) => Some(Shell {
                    name: present.name.to_string(),
                    extra: present.extra.clone(),
                    new: present.new,
                    inside: (&present.inside).into(),
                }),
            },
        };
        Self {
            root: (&restore.root).into(),
            definitions: restore.definitions.iter().map(inner).collect(),
            order: restore.order.as_deref().map(texts),
        }
    }
}

impl From<State> for Restore {
    fn from(state: State) -> Self {
        let definition = |inner: Inner| {
            let definition = match inner.state {
                None => Definition::Absent,
                Some(Shell { name, extra, new, inside }) => Definition::Present(Box::new(Present {
                    name: name.into(),
                    extra,
                    new,
                    inside: inside.into(),
                })),
            };
            (SubgraphId::new(inner.id), definition)
        };
        Self {
            root: state.root.into(),
            definitions: state.definitions.into_iter().map(definition).collect(),
            order: state.order.map(|order| order.into_iter().map(SubgraphId::new).collect()),
        }
    }
}

impl From<&Patch> for Part {
    fn from(patch: &Patch) -> Self {
        let wire = |wire: &Wire| {
            (wire.output, wire.to.to_string(), wire.input, wire.wants.as_ref().map(ToString::to_string))
        };
        let group = |group: &Group| SavedGroup {
            title: group.title.to_string(),
            bounding: group.bounding,
            extra: group.extra.clone(),
        };
        let links = patch.links.iter();
        Self {
            nodes: patch.nodes.iter().map(Into::into).collect(),
            gone: texts(&patch.gone),
            order: patch.order.as_deref().map(texts),
            links: links.map(|(key, wires)| (key.to_string(), wires.iter().map(wire).collect())).collect(),
            groups: patch.groups.as_ref().map(|groups| groups.iter().map(group).collect()),
            document: patch.document.clone(),
        }
    }
}

impl From<Part> for Patch {
    fn from(part: Part) -> Self {
        let key = |text: String| NodeKey::new(text);
        let wire = |(output, to, input, wants): SavedWire| Wire {
            output,
            to: NodeKey::new(to),
            input,
            wants: wants.map(IoType::new),
        };
        let group = |group: SavedGroup| Group {
            title: group.title.into(),
            bounding: group.bounding,
            extra: group.extra,
        };
        let links = part.links.into_iter();
        Self {
            nodes: part.nodes.into_iter().map(Into::into).collect(),
            gone: part.gone.into_iter().map(key).collect(),
            order: part.order.map(|order| order.into_iter().map(key).collect()),
            links: links
                .map(|(from, wires)| (NodeKey::new(from), wires.into_iter().map(wire).collect()))
                .collect(),
            groups: part.groups.map(|groups| groups.into_iter().map(group).collect()),
            document: part.document,
        }
    }
}

impl From<&Node> for SavedNode {
    fn from(node: &Node) -> Self {
        Self {
            id: node.key.to_string(),
            kind: match &node.kind {
                NodeKind::Class => Kind::Class,
                NodeKind::Instance(id) => Kind::Instance(id.to_string()),
                NodeKind::Virtual(role) => Kind::Virtual(*role),
                NodeKind::SubgraphInputs => Kind::Inputs,
                NodeKind::SubgraphOutputs => Kind::Outputs,
            },
            class: node.class_type.to_string(),
            title: node.title.as_deref().map(str::to_owned),
            mode: node.mode.number(),
            widgets: node.widgets.iter().map(Into::into).collect(),
            inputs: node.inputs.iter().map(Into::into).collect(),
            outputs: node
                .outputs
                .iter()
                .map(|output| (output.name.to_string(), output.io_type.to_string()))
                .collect(),
            source: node.source.and_then(|source| match source {
                NodeSource::Workflow { subgraph, index } => Some(Source::Workflow { subgraph, index }),
                NodeSource::Prompt { enveloped } => Some(Source::Prompt { enveloped }),
                NodeSource::Bytes { start, end } => Some(Source::Bytes { start, end }),
                NodeSource::Rust(_) => None,
            }),
            layout: node.layout.as_deref().map(Into::into),
            extra: node.extra.clone(),
        }
    }
}

impl From<SavedNode> for Node {
    fn from(saved: SavedNode) -> Self {
        let kind = match saved.kind {
            Kind::Class => NodeKind::Class,
            Kind::Instance(id) => NodeKind::Instance(SubgraphId::new(id)),
            Kind::Virtual(role) => NodeKind::Virtual(role),
            Kind::Inputs => NodeKind::SubgraphInputs,
            Kind::Outputs => NodeKind::SubgraphOutputs,
        };
        let mut node = Self::of_kind(NodeKey::new(saved.id), kind, saved.class);
        node.title = saved.title.map(Into::into);
        node.mode = Mode::from_number(saved.mode.into());
        node.widgets = saved.widgets.into_iter().map(Into::into).collect();
        node.inputs = saved.inputs.into_iter().map(Into::into).collect();
        let output = |(name, io_type): (String, String)| OutputSlot {
            name: name.into(),
            io_type: IoType::new(io_type),
        };
        node.outputs = saved.outputs.into_iter().map(output).collect();
        node.source = saved.source.map(|source| match source {
            Source::Workflow { subgraph, index } => NodeSource::Workflow { subgraph, index },
            Source::Prompt { enveloped } => NodeSource::Prompt { enveloped },
            Source::Bytes { start, end } => NodeSource::Bytes { start, end },
        });
        node.layout = saved.layout.map(|layout| Box::new(layout.into()));
        node.extra = saved.extra;
        node
    }
}

impl From<&Widget> for SavedWidget {
    fn from(widget: &Widget) -> Self {
        let form = match widget.form {
            WidgetForm::Plain => Form::Plain,
            WidgetForm::DynamicPrompt => Form::DynamicPrompt,
            WidgetForm::Curve => Form::Curve,
            WidgetForm::Live => Form::Live,
            WidgetForm::Control => Form::Control,
        };
        let value = widget.value.iter().cloned().collect();
        Self { name: widget.name.to_string(), value, sent: widget.sent, form }
    }
}

impl From<SavedWidget> for Widget {
    fn from(saved: SavedWidget) -> Self {
        let form = match saved.form {
            Form::Plain => WidgetForm::Plain,
            Form::DynamicPrompt => WidgetForm::DynamicPrompt,
            Form::Curve => WidgetForm::Curve,
            Form::Live => WidgetForm::Live,
            Form::Control => WidgetForm::Control,
        };
        Self { name: saved.name.into(), value: saved.value.into_iter().next(), sent: saved.sent, form }
    }
}

impl From<&InputSlot> for SavedInput {
    fn from(input: &InputSlot) -> Self {
        Self {
            name: input.name.to_string(),
            io_type: input.io_type.to_string(),
            widget: input.widget,
            value: input.value.iter().cloned().collect(),
            broken: input.broken.iter().cloned().collect(),
        }
    }
}

impl From<SavedInput> for InputSlot {
    fn from(saved: SavedInput) -> Self {
        Self {
            widget: saved.widget,
            value: saved.value.into_iter().next(),
            broken: saved.broken.into_iter().next(),
            ..Self::new(saved.name, IoType::new(saved.io_type))
        }
    }
}

impl From<&Layout> for SavedLayout {
    fn from(layout: &Layout) -> Self {
        let label = |label: &SlotLabel| (label.output, label.slot, label.text.to_string());
        Self {
            position: layout.position,
            size: layout.size,
            collapsed: layout.collapsed,
            color: layout.color.as_deref().map(str::to_owned),
            bgcolor: layout.bgcolor.as_deref().map(str::to_owned),
            labels: layout.labels.iter().map(label).collect(),
        }
    }
}

impl From<SavedLayout> for Layout {
    fn from(saved: SavedLayout) -> Self {
        let label =
            |(output, slot, text): (bool, usize, String)| SlotLabel { output, slot, text: text.into() };
        let mut labels: Vec<SlotLabel> = saved.labels.into_iter().map(label).collect();
        labels.sort_by_key(|label| (label.output, label.slot));
        Self {
            position: saved.position,
            size: saved.size,
            collapsed: saved.collapsed,
            color: saved.color.map(Into::into),
            bgcolor: saved.bgcolor.map(Into::into),
            labels,
        }
    }
}

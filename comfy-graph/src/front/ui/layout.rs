//! What a file says of a node's looks → [`Layout`].

use serde_json::{Map, Value};

use super::model::Definition;
use crate::graph::{Layout, SlotLabel, Subgraph};

/// What a node's fields say, which is moved out of the remaining ones; `None` if they say nothing.
pub(super) fn take(
    position: Option<[f64; 2]>,
    size: Option<[f64; 2]>,
    fields: &mut Map<String, Value>,
) -> Option<Box<Layout>> {
    let layout = Layout {
        position,
        size,
        collapsed: take_collapsed(fields),
        color: take_text(fields, "color"),
        bgcolor: take_text(fields, "bgcolor"),
        labels: Vec::new(),
    };
    (layout != Layout::default()).then(|| Box::new(layout))
}

fn take_collapsed(fields: &mut Map<String, Value>) -> bool {
    let Some(Value::Object(flags)) = fields.get_mut("flags") else { return false };
    let collapsed = flags.shift_remove("collapsed").is_some_and(|flag| flag == true);
    if flags.is_empty() {
        fields.swap_remove("flags");
    }
    collapsed
}

fn take_text(fields: &mut Map<String, Value>, key: &str) -> Option<Box<str>> {
    let text = fields.get(key)?.as_str()?.into();
    fields.swap_remove(key);
    Some(text)
}

/// Adds the words of sockets; `inputs` are in the order of the loaded node.
pub(super) fn label<'l>(
    layout: &mut Option<Box<Layout>>,
    inputs: impl IntoIterator<Item = Option<&'l str>>,
    outputs: impl IntoIterator<Item = Option<&'l str>>,
) {
    let inputs = inputs.into_iter().enumerate().map(|(slot, text)| (false, slot, text));
    let outputs = outputs.into_iter().enumerate().map(|(slot, text)| (true, slot, text));
    for (output, slot, text) in inputs.chain(outputs) {
        if let Some(text) = text {
            let label = SlotLabel { output, slot, text: text.into() };
            layout.get_or_insert_default().labels.push(label);
        }
    }
}

/// The panels of a subgraph's inputs and outputs, and the words on them.
pub(super) fn boundaries(subgraph: &mut Subgraph, definition: &mut Definition) {
    let mut inputs = panel(&mut definition.extra, "inputNode");
    let mut outputs = panel(&mut definition.extra, "outputNode");
    label(&mut inputs, [], definition.inputs.iter().map(|port| port.label.as_deref()));
    label(&mut outputs, definition.outputs.iter().map(|port| port.label.as_deref()), []);
    let (inputs_node, outputs_node) = (subgraph.inputs_node(), subgraph.outputs_node());
    subgraph.graph[inputs_node].layout = inputs;
    subgraph.graph[outputs_node].layout = outputs;
}

fn panel(extra: &mut Map<String, Value>, key: &str) -> Option<Box<Layout>> {
    let panel = extra.get_mut(key)?.as_object_mut()?;
    let edge = |index: usize| panel.get("bounding")?.get(index)?.as_f64();
    let (position, size) = ([edge(0)?, edge(1)?], [edge(2)?, edge(3)?]);
    panel.retain(|key, _| key != "bounding" && key != "id");
    if panel.is_empty() {
        extra.shift_remove(key);
    }
    Some(Box::new(Layout { position: Some(position), size: Some(size), ..Layout::default() }))
}

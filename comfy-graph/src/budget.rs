//! How much may be copied while a workflow is read or lowered: a small file can ask for a large text in a hundred thousand places.

use serde_json::{Map, Value};

use crate::{
    diag::{Diagnostic, codes},
    graph::{Node, Subgraph},
};

/// The greatest number of bytes that copies of values and of subgraphs may take.
pub(crate) const MAX_BYTES: usize = 1 << 29;

/// What is left of [`MAX_BYTES`] in one reading or lowering.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
    refused: usize,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { left: MAX_BYTES, refused: 0 }
    }

    /// Takes this many bytes, if they are left.
    pub(crate) fn spend(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    /// A copy of the value, if there is room for it.
    pub(crate) fn copy(&mut self, value: &Value) -> Option<Value> {
        if self.spend(value_bytes(value)) {
            return Some(value.clone());
        }
        self.refused += 1;
        None
    }

    /// Says how many values found no room.
    pub(crate) fn report(&self, found: &mut Vec<Diagnostic>) {
        if self.refused > 0 {
            let message = format!(
                "{} copies of values are left out, because all of them together have more than {MAX_BYTES} bytes",
                self.refused
            );
            found.push(Diagnostic::new(codes::VALUES_TOO_LARGE, message));
        }
    }
}

/// What a value takes in memory, roughly. Values come from JSON, whose depth is limited.
pub(crate) fn value_bytes(value: &Value) -> usize {
    const SELF: usize = size_of::<Value>();
    SELF + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(value_bytes).sum(),
        Value::Object(map) => map_bytes(map),
    }
}

fn map_bytes(map: &Map<String, Value>) -> usize {
    const ENTRY: usize = 48;
    map.iter().map(|(key, value)| ENTRY + key.len() + value_bytes(value)).sum()
}

/// What a copy of a definition's content takes, but for the ids.
pub(crate) fn subgraph_bytes(subgraph: &Subgraph) -> usize {
    const LINK: usize = 100;
    let nodes: usize = subgraph.graph.nodes().map(|(_, node)| node_bytes(node)).sum();
    nodes + subgraph.graph.link_count() * LINK
}

fn node_bytes(node: &Node) -> usize {
    const SLOT: usize = 120;
    let text = |text: &Option<Box<str>>| text.as_ref().map_or(0, |text| text.len());
    let value = |value: &Option<Value>| value.as_ref().map_or(0, value_bytes);
    let widgets: usize = node.widgets.iter().map(|w| SLOT + w.name.len() + value(&w.value)).sum();
    let inputs: usize =
        node.inputs.iter().map(|i| SLOT + i.name.len() + value(&i.value) + value(&i.broken)).sum();
    let outputs: usize = node.outputs.iter().map(|o| SLOT + o.name.len()).sum();
    let own = size_of::<Node>() + node.class_type.len() + text(&node.title) + map_bytes(&node.extra);
    own + widgets + inputs + outputs
}

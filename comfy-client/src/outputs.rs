//! What a job made.

use serde_json::{Map, Value};

use crate::event::ImageFormat;

/// What a job made.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// By node and kind.
    pub raw: Map<String, Value>,
    /// Over the WebSocket.
    pub received: Vec<(Box<str>, ImageFormat, bytes::Bytes)>,
}

impl Outputs {
    /// From the history.
    pub fn of_nodes(nodes: &Map<String, Value>) -> Self {
        Self { raw: nodes.clone(), received: Vec::new() }
    }
    /// A picture.
    pub fn push_received(&mut self, node: &str, format: ImageFormat, bytes: bytes::Bytes) {
        self.received.push((node.into(), format, bytes));
    }
}

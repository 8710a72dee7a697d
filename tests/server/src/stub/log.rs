//! What a stub remembers for tests, over restarts.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde_json::Value;

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `GET`
    pub method: String,
    /// Path and query as they were sent.
    pub path: String,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Seen {
    /// Whether a text, such as a key, occurs anywhere in the request.
    pub fn mentions(&self, text: &str) -> bool {
        let in_body =
            !text.is_empty() && self.body.windows(text.len()).any(|window| window == text.as_bytes());
        in_body || self.path.contains(text) || self.headers.iter().any(|(_, value)| value.contains(text))
    }
}

/// Everything that is remembered.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) requests: Vec<Seen>,
    /// How often each prompt id was accepted.
    pub(crate) queued: BTreeMap<String, usize>,
    /// Prompt ids in the order in which their execution began.
    pub(crate) executed: Vec<String>,
    /// Keys that partner nodes were given.
    pub(crate) keys: Vec<String>,
    /// Bodies of `/free` that were acted on.
    pub(crate) freed: Vec<Value>,
    /// WebSocket connections that were ever opened.
    pub(crate) connections: usize,
}

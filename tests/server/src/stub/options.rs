//! What a stub can be told.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

/// How a [`Stub`](super::Stub) behaves. The default is a server with nothing on it that is quick.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "these are the switches of a command line")]
pub struct StubOptions {
    /// How long a node takes; a step of a sampler takes as long.
    pub node_time: Duration,
    /// How long after `execution_success` the history is written. The server's own is a few microseconds.
    pub history_lag: Duration,
    /// Whether `/object_info` has an `ETag` and answers 304. The real server has none; proxies add one.
    pub object_info_etag: bool,
    /// Whether JSON and text are compressed for clients that take it (`--enable-compress-response-body`).
    pub compressed: bool,
    /// Model files by folder: `("checkpoints", ["a.safetensors"])`.
    pub models: BTreeMap<String, Vec<String>>,
    /// Names in the folder of embeddings.
    pub embeddings: Vec<String>,
    /// Definitions of further classes as `/object_info` has them; they run as nodes that make something opaque.
    pub extra_nodes: Map<String, Value>,
    /// The largest body that is taken, as `--max-upload-size` sets it.
    pub max_upload_size: usize,
    /// Whether samplers send previews to prompts that do not ask for a method (`--preview-method`, off by default).
    pub previews: bool,
    /// Whether there are assets (`--enable-assets`).
    pub assets: bool,
    /// Gaps between accepting a connection and the first answer on it.
    pub latency: Duration,
    /// Files that are there from the beginning: `("input/example.png", bytes)`.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Default for StubOptions {
    fn default() -> Self {
        Self {
            node_time: Duration::from_millis(1),
            history_lag: Duration::ZERO,
            object_info_etag: false,
            compressed: false,
            models: BTreeMap::new(),
            embeddings: Vec::new(),
            extra_nodes: Map::new(),
            max_upload_size: 104_857_600,
            previews: false,
            assets: false,
            latency: Duration::ZERO,
            files: BTreeMap::new(),
        }
    }
}

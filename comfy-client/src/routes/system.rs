//! What a server is and has left: `/system_stats`, `/features`, `/free` (`server.py: system_stats, get_features,
//! post_free`).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
};

/// A server and its devices.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct SystemStats {
    /// The machine and the programs on it.
    #[serde(default)]
    pub system: System,
    /// Where models run, the one that is mostly used first.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A machine and the programs on it.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct System {
    /// Python's word for it, such as `linux`; older servers say `posix`.
    #[serde(default)]
    pub os: Option<String>,
    /// All memory, in bytes.
    #[serde(default)]
    pub ram_total: Option<u64>,
    /// Memory that is free, in bytes.
    #[serde(default)]
    pub ram_free: Option<u64>,
    /// The version of ComfyUI, such as `0.33.0`.
    #[serde(default)]
    pub comfyui_version: Option<String>,
    /// The version of its frontend that it wants.
    #[serde(default)]
    pub required_frontend_version: Option<String>,
    /// Python's `sys.version`.
    #[serde(default)]
    pub python_version: Option<String>,
    /// The version of torch.
    #[serde(default)]
    pub pytorch_version: Option<String>,
    /// Whether it is the portable build for Windows.
    #[serde(default)]
    pub embedded_python: Option<bool>,
    /// How it was started. It may hold paths and whatever the server's owner wrote there.
    #[serde(default)]
    pub argv: Vec<String>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Where models run. Sizes are in bytes.
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Device {
    /// As torch calls it.
    #[serde(default)]
    pub name: String,
    /// `cuda`, `cpu`, `mps`, …
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Which one of its kind.
    #[serde(default)]
    pub index: Option<i64>,
    /// All of its memory.
    #[serde(default)]
    pub vram_total: Option<u64>,
    /// What is free, with what torch holds and does not use.
    #[serde(default)]
    pub vram_free: Option<u64>,
    /// What torch holds.
    #[serde(default)]
    pub torch_vram_total: Option<u64>,
    /// What torch holds and does not use.
    #[serde(default)]
    pub torch_vram_free: Option<u64>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What a server can do (`comfy_api/feature_flags.py`).
#[derive(Clone, Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Features {
    /// Whether previews say which node they are of.
    #[serde(default)]
    pub supports_preview_metadata: bool,
    /// The longest body that it takes, in bytes (`--max-upload-size`).
    #[serde(default)]
    pub max_upload_size: Option<u64>,
    /// Whether it replaces nodes that are gone.
    #[serde(default)]
    pub node_replacements: bool,
    /// Whether it has assets (`--enable-assets`).
    #[serde(default)]
    pub assets: bool,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Client {
    /// The server, its versions and devices.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn system_stats(&self) -> Result<SystemStats, Error> {
        self.http().json(&Call::get(&["system_stats"])).await
    }

    /// What the server can do.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn features(&self) -> Result<Features, Error> {
        self.http().json(&Call::get(&["features"])).await
    }

    /// Has the server unload its models, and also forget the results of nodes with `free_memory`; when no job runs any
    /// more, so possibly later.
    ///
    /// # Errors
    /// When there is no answer. Comfy Cloud does not know the route.
    pub async fn free(&self, unload_models: bool, free_memory: bool) -> Result<(), Error> {
        let body = json!({"unload_models": unload_models, "free_memory": free_memory});
        self.http().done(&Call::post(&["free"]).repeatable().body(Body::Json(body))).await
    }
}

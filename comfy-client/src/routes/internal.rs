//! `/internal`: what the frontend asks for itself (`api_server/routes/internal`). ComfyUI promises nothing of these
//! routes, and Comfy Cloud has none of them.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
    routes::files::{FileRef, Folder},
};

/// What a server wrote to its terminal lately.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Logs {
    /// The oldest first; a server keeps the last 300.
    #[serde(default)]
    pub entries: Vec<LogEntry>,
    /// The terminal's `cols` and `rows`.
    #[serde(default)]
    pub size: Map<String, Value>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Something that a server wrote.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct LogEntry {
    /// When, in ISO 8601 by the server's clock, without a time zone.
    #[serde(rename = "t", default)]
    pub time: String,
    /// What, with the terminal's control characters in it.
    #[serde(rename = "m", default)]
    pub message: String,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Client {
    /// What the server wrote to its terminal lately.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn logs(&self) -> Result<Logs, Error> {
        self.http().json(&Call::get(&["internal", "logs", "raw"]).without_api()).await
    }

    /// The same as one text, with the times.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn logs_text(&self) -> Result<String, Error> {
        self.http().json(&Call::get(&["internal", "logs"]).without_api()).await
    }

    /// Whether the server sends what it writes to this client's WebSocket, as events named `logs`.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn subscribe_logs(&self, enabled: bool) -> Result<(), Error> {
        let body = Body::Json(json!({"clientId": self.client_id(), "enabled": enabled}));
        let call = Call::patch(&["internal", "logs", "subscribe"]).without_api().repeatable();
        self.http().done(&call.body(body)).await
    }

    /// Where folders of models are on the server's machine, by name.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn folder_paths(&self) -> Result<IndexMap<String, Vec<String>>, Error> {
        self.http().json(&Call::get(&["internal", "folder_paths"]).without_api()).await
    }

    /// The files directly in one of the three folders, the newest first.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn folder_files(&self, folder: Folder) -> Result<Vec<FileRef>, Error> {
        let call = Call::get(&["internal", "files", folder.as_str()]).without_api();
        let names: Vec<String> = self.http().json(&call).await?;
        let mark = format!(" [{}]", folder.as_str());
        let file = |name: String| FileRef {
            filename: name.strip_suffix(&mark).map(str::to_owned).unwrap_or(name),
            subfolder: String::new(),
            folder,
        };
        Ok(names.into_iter().map(file).collect())
    }
}

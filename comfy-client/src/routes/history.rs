//! `/history`: jobs that are over (`server.py: get_history`, `execution.py: PromptQueue`).

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
    id::JobId,
    routes::queue::QueueItem,
};

/// A job that is over. A server keeps 10,000 of them, until it is restarted.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// The job as it was queued. Numbers in its prompt are converted as the node wants them.
    #[serde(default)]
    pub prompt: Option<QueueItem>,
    /// What its nodes made, by node and kind.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    /// How it ended.
    #[serde(default)]
    pub status: Option<HistoryStatus>,
    /// About the nodes that made something.
    #[serde(default)]
    pub meta: Map<String, Value>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// How a job ended.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct HistoryStatus {
    /// `success` or `error`; an interrupted job is an error with the message `execution_interrupted`.
    #[serde(default)]
    pub status_str: String,
    /// Whether all of it ran.
    #[serde(default)]
    pub completed: bool,
    /// What was said while it ran: pairs of an event's name and its data.
    #[serde(default)]
    pub messages: Vec<(String, Value)>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Which part of the history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryQuery {
    /// At most so many entries: without an offset the newest.
    pub max_items: Option<usize>,
    /// Entries to leave out, from the oldest.
    pub offset: Option<usize>,
}

impl Client {
    /// Jobs that are over, the oldest first.
    ///
    /// # Errors
    /// When there is no answer. Comfy Cloud has `Client::jobs` only.
    pub async fn history(&self, query: HistoryQuery) -> Result<IndexMap<JobId, HistoryEntry>, Error> {
        let call =
            Call::get(&["history"]).query_opt("max_items", query.max_items).query_opt("offset", query.offset);
        self.http().json(&call).await
    }

    /// One job that is over; `None` if there is none of this id, or it still waits or runs.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn history_of(&self, id: &JobId) -> Result<Option<HistoryEntry>, Error> {
        let call = Call::get(&["history", id.as_str()]);
        let mut found: IndexMap<String, HistoryEntry> = self.http().json(&call).await?;
        Ok(found.swap_remove(id.as_str()))
    }

    /// Forgets jobs that are over. Their files stay.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn remove_from_history(&self, ids: &[JobId]) -> Result<(), Error> {
        let call = Call::post(&["history"]).repeatable().body(Body::Json(json!({"delete": ids})));
        self.http().done(&call).await
    }

    /// Forgets all jobs that are over, of all clients.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn clear_history(&self) -> Result<(), Error> {
        self.http()
            .done(&Call::post(&["history"]).repeatable().body(Body::Json(json!({"clear": true}))))
            .await
    }
}

//! `/api/jobs`: queue and history as one list (`comfy_execution/jobs.py`). Servers have it since 0.4; `lookup` knows how
//! to do without.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    client::Client,
    error::Error,
    http::{Body, Call},
    id::JobId,
};

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobStatus {
    /// It waits.
    Pending,
    /// It runs.
    InProgress,
    /// It ran to its end.
    Completed,
    /// A node failed.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// A word of this server's own; the job is not over.
    Other(Box<str>),
}

impl JobStatus {
    /// Whether nothing more will happen to it.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    fn of(word: &str) -> Self {
        match word {
            "pending" | "waiting_to_dispatch" => Self::Pending,
            "in_progress" | "running" | "executing" => Self::InProgress,
            "completed" | "success" => Self::Completed,
            "failed" | "error" | "non_retryable_error" | "lost" => Self::Failed,
            "cancelled" | "canceled" => Self::Cancelled,
            other => Self::Other(other.into()),
        }
    }

    /// The server's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Display for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for JobStatus {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::of(&word))
    }
}

/// A job in the list. Times are in milliseconds since 1970; Comfy Cloud says that its own are seconds.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct JobInfo {
    /// Its id.
    pub id: JobId,
    /// Where it is.
    pub status: JobStatus,
    /// Its number in the queue.
    #[serde(default)]
    pub priority: Option<f64>,
    /// When it was queued.
    #[serde(default)]
    pub create_time: Option<f64>,
    /// When it began to run.
    #[serde(default)]
    pub execution_start_time: Option<f64>,
    /// When it was over.
    #[serde(default)]
    pub execution_end_time: Option<f64>,
    /// Why it failed: the data of its `execution_error`.
    #[serde(default)]
    pub execution_error: Option<Value>,
    /// How many results it has.
    #[serde(default)]
    pub outputs_count: Option<u64>,
    /// The result that stands for it.
    #[serde(default)]
    pub preview_output: Option<Value>,
    /// The id of the workflow that it was made of.
    #[serde(default)]
    pub workflow_id: Option<String>,
    /// Only where one job is asked for: what its nodes made, by node and kind.
    #[serde(default)]
    pub outputs: Option<Map<String, Value>>,
    /// Only where one job is asked for: how it ended, with the messages.
    #[serde(default)]
    pub execution_status: Option<Value>,
    /// Only where one job is asked for: its `prompt` and `extra_data`.
    #[serde(default)]
    pub workflow: Option<Value>,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Which jobs, and in which order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct JobsQuery {
    /// Only those that are here; all without it.
    pub status: Vec<JobStatus>,
    /// Only those of this workflow.
    pub workflow_id: Option<String>,
    /// By how long they ran, not by when they were queued.
    pub by_duration: bool,
    /// The oldest or shortest first.
    pub ascending: bool,
    /// At most so many.
    pub limit: Option<usize>,
    /// Leave out so many.
    pub offset: usize,
}

/// A page of jobs.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct JobsPage {
    /// In the order that was asked for.
    pub jobs: Vec<JobInfo>,
    /// Which part this is.
    #[serde(default)]
    pub pagination: Pagination,
    /// What else it says.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Pagination {
    /// The first.
    #[serde(default)]
    pub offset: usize,
    /// At most so many.
    #[serde(default)]
    pub limit: Option<usize>,
    /// All that fit what was asked for.
    #[serde(default)]
    pub total: usize,
    /// Whether there are more after these.
    #[serde(default)]
    pub has_more: bool,
}

impl Client {
    /// Jobs that wait, run or are over.
    ///
    /// # Errors
    /// When there is no answer; a server before 0.4 does not know the route.
    pub async fn jobs(&self, query: &JobsQuery) -> Result<JobsPage, Error> {
        let statuses: Vec<&str> = query.status.iter().map(JobStatus::as_str).collect();
        let sort_by = match (query.by_duration, self.server().is_cloud()) {
            (false, false) => "created_at",
            (false, true) => "create_time",
            (true, false) => "execution_duration",
            (true, true) => "execution_time",
        };
        let call = Call::get(&["jobs"])
            .query_opt("status", (!statuses.is_empty()).then(|| statuses.join(",")))
            .query_opt("workflow_id", query.workflow_id.as_ref())
            .query("sort_by", sort_by)
            .query("sort_order", if query.ascending { "asc" } else { "desc" })
            .query_opt("limit", query.limit)
            .query_opt("offset", Some(query.offset).filter(|offset| *offset > 0));
        self.http().json(&call).await
    }

    /// One job, with what it made; `None` if there is none of this id.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn job_info(&self, id: &JobId) -> Result<Option<JobInfo>, Error> {
        match self.http().json(&Call::get(&["jobs", id.as_str()])).await {
            Ok(found) => Ok(Some(found)),
            // an unknown route is answered in other words
            Err(Error::NotFound { message, .. }) if message.to_lowercase().contains("job") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// `POST /api/jobs/{id}/cancel`: stops a job, or takes it out of the queue. Whether there was anything to do.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn post_cancel(&self, id: &JobId) -> Result<bool, Error> {
        self.cancelled(Call::post(&["jobs", id.as_str(), "cancel"])).await
    }

    /// `POST /api/jobs/cancel`: the same for several jobs. Whether there was anything to do.
    ///
    /// # Errors
    /// When there is no answer, or no such route.
    pub async fn post_cancel_all(&self, ids: &[JobId]) -> Result<bool, Error> {
        self.cancelled(Call::post(&["jobs", "cancel"]).body(Body::Json(json!({"job_ids": ids})))).await
    }

    async fn cancelled(&self, call: Call) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            cancelled: bool,
        }
        self.http().json::<Answer>(&call.repeatable()).await.map(|answer| answer.cancelled)
    }
}

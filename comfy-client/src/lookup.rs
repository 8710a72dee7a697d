//! Where a job is, whatever the server's version: by `/api/jobs`, or by queue and history. One question, one answer;
//! asking again is `follow`'s.

use serde_json::{Map, Value};

use crate::{
    client::Client,
    error::Error,
    failure::Failure,
    id::JobId,
    routes::{
        history::HistoryEntry,
        jobs::{JobInfo, JobStatus},
    },
};

/// Where a job is.
#[derive(Debug)]
pub(crate) enum Standing {
    Waiting,
    Running,
    Over(Box<Ending>),
    /// The server knows of no such job.
    Unknown,
}

/// How a job ended.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) how: How,
    /// What its nodes made, by node and kind.
    pub(crate) outputs: Map<String, Value>,
    /// The prompt that ran, where the server says it.
    pub(crate) prompt: Option<Value>,
    /// When it began to run and when it was over, in milliseconds since 1970.
    pub(crate) times: (Option<f64>, Option<f64>),
}

/// In which of the three ways.
#[derive(Debug)]
pub(crate) enum How {
    Success,
    Failed(Box<Failure>),
    Interrupted { node: Option<Box<str>> },
}

/// Asks the server.
pub(crate) async fn look_up(client: &Client, id: &JobId) -> Result<Standing, Error> {
    match client.job_info(id).await {
        Ok(Some(info)) => return of_info(client, info).await,
        // not there, or no such route: the older routes know for certain
        Ok(None) | Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    // the queue first: a job that ends in between is in the history then
    let queue = client.queue().await?;
    match queue.ahead_of(id) {
        Some(_) if queue.running.iter().any(|item| item.id == *id) => return Ok(Standing::Running),
        Some(_) => return Ok(Standing::Waiting),
        None => {}
    }
    match client.history_of(id).await {
        Ok(Some(entry)) => Ok(Standing::Over(Box::new(of_history(entry)))),
        Ok(None) | Err(Error::NotFound { .. }) => Ok(Standing::Unknown),
        Err(error) => Err(error),
    }
}

async fn of_info(client: &Client, info: JobInfo) -> Result<Standing, Error> {
    let messages = || messages(info.execution_status.as_ref().and_then(|status| status.get("messages")));
    let how = match &info.status {
        JobStatus::Pending => return Ok(Standing::Waiting),
        JobStatus::InProgress | JobStatus::Other(_) => return Ok(Standing::Running),
        JobStatus::Completed => How::Success,
        JobStatus::Cancelled => interrupted(&messages()),
        JobStatus::Failed => How::Failed(Box::new(match info.execution_error.as_ref() {
            Some(Value::Object(data)) => Failure::of_server(data),
            Some(Value::String(text)) => Failure::of_text("", text),
            _ => failure(&messages()),
        })),
    };
    let outputs = match info.outputs {
        Some(outputs) => outputs,
        // a list that does not say; the history does
        None => match client.history_of(&info.id).await {
            Ok(entry) => entry.map(|entry| entry.outputs).unwrap_or_default(),
            Err(Error::NotFound { .. }) => Map::new(),
            Err(error) => return Err(error),
        },
    };
    let prompt = info.workflow.as_ref().and_then(|workflow| workflow.get("prompt")).cloned();
    let times = (info.execution_start_time, info.execution_end_time);
    Ok(Standing::Over(Box::new(Ending { how, outputs, prompt, times })))
}

fn of_history(entry: HistoryEntry) -> Ending {
    let messages: Vec<(String, Value)> =
        entry.status.as_ref().map(|status| status.messages.clone()).unwrap_or_default();
    let word = entry.status.as_ref().map_or("success", |status| status.status_str.as_str());
    let how = match word {
        "error" if said(&messages, "execution_interrupted").is_some() => interrupted(&messages),
        "error" => How::Failed(Box::new(failure(&messages))),
        _ => How::Success,
    };
    let time = |name: &str| said(&messages, name).and_then(|data| data.get("timestamp")?.as_f64());
    let ends = ["execution_success", "execution_error", "execution_interrupted"];
    let times = (time("execution_start"), ends.iter().find_map(|name| time(name)));
    Ending { how, outputs: entry.outputs, prompt: entry.prompt.map(|item| item.prompt), times }
}

/// Pairs of a name and data.
fn messages(list: Option<&Value>) -> Vec<(String, Value)> {
    let pair = |pair: &Value| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.clone()));
    list.and_then(Value::as_array).into_iter().flatten().filter_map(pair).collect()
}

fn said<'m>(messages: &'m [(String, Value)], name: &str) -> Option<&'m Value> {
    messages.iter().rev().find(|(said, _)| said == name).map(|(_, data)| data)
}

fn failure(messages: &[(String, Value)]) -> Failure {
    match said(messages, "execution_error") {
        Some(Value::Object(data)) => Failure::of_server(data),
        _ => Failure::of_text("", "the server does not say why"),
    }
}

fn interrupted(messages: &[(String, Value)]) -> How {
    let data = said(messages, "execution_interrupted");
    How::Interrupted { node: data.and_then(|data| crate::event::node_id(data.get("node_id")?)) }
}

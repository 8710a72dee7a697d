//! What a server says over the WebSocket: [`Event`], one for each message. Reading frames is `event::frame`, what went
//! wrong in a job is `failure`. Nothing here keeps count of a job; that is `tracker`.

mod frame;

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{failure::Failure, id::JobId};

pub(crate) use frame::Frame;

/// One message of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The job that it is about. Old binary frames do not say; then it is the job that was running.
    pub job: Option<JobId>,
    /// What happened.
    pub kind: EventKind,
    /// All of the message's `data`, also what has no field here.
    pub data: Arc<Map<String, Value>>,
}

/// What happened (`execution.py`, `server.py`, `comfy_execution/progress.py`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// `status`: how many jobs run or wait, of all clients.
    Status {
        /// Running and waiting jobs.
        queue_remaining: Option<u64>,
    },
    /// `execution_start`: the job begins.
    Start,
    /// `execution_cached`: what need not run again.
    Cached {
        /// Ids of nodes.
        nodes: Vec<Box<str>>,
    },
    /// `executing`: a node begins; without a node the job is over.
    Executing {
        /// The node that runs; one that another made at run time has an id of its own.
        node: Option<Box<str>>,
        /// The node of the prompt that it stands for.
        display_node: Option<Box<str>>,
    },
    /// `progress`: steps inside of a node.
    Progress {
        /// The node.
        node: Option<Box<str>>,
        /// Steps that are done.
        value: f64,
        /// Steps in all.
        max: f64,
    },
    /// `progress_state`: where all nodes are that have begun.
    States {
        /// In the order of the message.
        nodes: Vec<NodeState>,
    },
    /// `executed`: an output node has results; also one whose results were cached.
    Executed {
        /// The node.
        node: Box<str>,
        /// The node of the prompt that it stands for.
        display_node: Option<Box<str>>,
        /// By kind: `images`, `audio`, `text` and so on.
        output: Map<String, Value>,
    },
    /// `execution_success`: all of the job has run. Its entry in the history may follow a moment later.
    Success,
    /// `execution_error`: a node failed, and with it the job.
    Failed(Box<Failure>),
    /// `execution_interrupted`: somebody stopped the job.
    Interrupted {
        /// Where it was.
        node: Option<Box<str>>,
    },
    /// `feature_flags`: what the server can do.
    Features,
    /// A picture in the making, or a result of `SaveImageWebsocket`.
    Preview(Preview),
    /// Text that a node shows while it runs.
    Text {
        /// The node.
        node: Box<str>,
        /// The text.
        text: String,
    },
    /// `notification` of Comfy Cloud.
    Notification {
        /// What it says.
        text: String,
    },
    /// Anything else, such as messages of node packs.
    Other {
        /// The message's type.
        name: Box<str>,
    },
}

/// Where a node is, in a `progress_state`.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeState {
    /// The node that runs.
    pub node: Box<str>,
    /// The node of the prompt that it stands for.
    pub display_node: Option<Box<str>>,
    /// Steps that are done.
    pub value: f64,
    /// Steps in all.
    pub max: f64,
    /// `running`, `finished` or `error`.
    pub state: Box<str>,
}

/// A picture that came over the WebSocket.
#[derive(Clone, PartialEq, Eq)]
pub struct Preview {
    /// The node that made it, where the server says so.
    pub node: Option<Box<str>>,
    /// The node of the prompt that it stands for.
    pub display_node: Option<Box<str>>,
    /// Of the bytes.
    pub format: ImageFormat,
    /// The picture, as a file has it.
    pub bytes: bytes::Bytes,
}

/// The format of a picture in a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// Another, by its media type.
    Other(Box<str>),
}

impl ImageFormat {
    /// The usual ending of a file's name.
    pub fn extension(&self) -> &str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Other(media_type) => {
                let subtype = media_type.rsplit('/').next().unwrap_or_default();
                let is_plain = !subtype.is_empty() && subtype.chars().all(|c| c.is_ascii_alphanumeric());
                if is_plain { subtype } else { "bin" }
            }
        }
    }
}

/// Without the bytes, of which there are many.
impl std::fmt::Debug for Preview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Preview")
            .field("node", &self.node)
            .field("format", &self.format)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl Event {
    /// Reads a text message. `None` if it is no message of a server's.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let Value::Object(mut message) = crate::json::from_slice(text.as_bytes()).ok()? else { return None };
        let Some(Value::String(name)) = message.remove("type") else { return None };
        let data = match message.remove("data") {
            Some(Value::Object(data)) => data,
            Some(other) => Map::from_iter([("value".to_owned(), other)]),
            None => Map::new(),
        };
        let job = data.get("prompt_id").and_then(Value::as_str).and_then(JobId::of_server);
        Some(Self { job, kind: kind(&name, &data), data: Arc::new(data) })
    }

    /// Whether losing it loses nothing: another like it follows, or nobody needs it.
    pub fn is_passing(&self) -> bool {
        matches!(
            self.kind,
            EventKind::Status { .. }
                | EventKind::Progress { .. }
                | EventKind::States { .. }
                | EventKind::Text { .. }
        )
    }
}

fn kind(name: &str, data: &Map<String, Value>) -> EventKind {
    let text = |key: &str| data.get(key).and_then(Value::as_str).map(Box::from);
    match name {
        "status" => {
            let info = data.get("status").and_then(|status| status.get("exec_info"));
            EventKind::Status { queue_remaining: info.and_then(|info| info.get("queue_remaining")?.as_u64()) }
        }
        "execution_start" => EventKind::Start,
        "execution_cached" => EventKind::Cached { nodes: names(data.get("nodes")) },
        "executing" => EventKind::Executing {
            node: data.get("node").and_then(node_id),
            display_node: text("display_node"),
        },
        "progress" => EventKind::Progress {
            node: data.get("node").and_then(node_id),
            value: number(data.get("value")),
            max: number(data.get("max")),
        },
        "progress_state" => EventKind::States { nodes: states(data) },
        "executed" => match data.get("node").and_then(node_id) {
            Some(node) => EventKind::Executed {
                node,
                display_node: text("display_node"),
                output: data.get("output").and_then(Value::as_object).cloned().unwrap_or_default(),
            },
            None => EventKind::Other { name: name.into() },
        },
        "execution_success" => EventKind::Success,
        "execution_error" => EventKind::Failed(Box::new(Failure::of_server(data))),
        "execution_interrupted" => EventKind::Interrupted { node: data.get("node_id").and_then(node_id) },
        "feature_flags" => EventKind::Features,
        "notification" => EventKind::Notification { text: text("value").unwrap_or_default().into() },
        _ => EventKind::Other { name: name.into() },
    }
}

/// Ids of nodes are texts; old servers and packs also send numbers.
pub(crate) fn node_id(value: &Value) -> Option<Box<str>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn names(list: Option<&Value>) -> Vec<Box<str>> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(node_id).collect()
}

/// A number that can be divided by; the others are 0.
fn number(value: Option<&Value>) -> f64 {
    value.and_then(Value::as_f64).filter(|number| number.is_finite()).unwrap_or_default()
}

fn states(data: &Map<String, Value>) -> Vec<NodeState> {
    let nodes = data.get("nodes").and_then(Value::as_object);
    let state = |(node, state): (&String, &Value)| NodeState {
        node: node.as_str().into(),
        display_node: state.get("display_node_id").and_then(node_id),
        value: number(state.get("value")),
        max: number(state.get("max")),
        state: state.get("state").and_then(Value::as_str).unwrap_or_default().into(),
    };
    nodes.into_iter().flatten().map(state).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Event {
        Event::of_text(text).expect("a message")
    }

    #[test]
    fn messages_are_read() {
        let status =
            read(r#"{"type":"status","data":{"status":{"exec_info":{"queue_remaining":2}},"sid":"x"}}"#);
        assert_eq!((status.job, status.kind), (None, EventKind::Status { queue_remaining: Some(2) }));
        assert_eq!(status.data["sid"], "x");
        let over = read(r#"{"type":"executing","data":{"node":null,"prompt_id":"a-b"}}"#);
        assert_eq!(over.job.as_ref().map(JobId::as_str), Some("a-b"));
        assert_eq!(over.kind, EventKind::Executing { node: None, display_node: None });
        let step = read(r#"{"type":"progress","data":{"value":3,"max":20,"prompt_id":"a","node":3}}"#);
        assert_eq!(step.kind, EventKind::Progress { node: Some("3".into()), value: 3.0, max: 20.0 });
        let pack = read(r#"{"type":"crystools.monitor","data":[1]}"#);
        assert_eq!(pack.kind, EventKind::Other { name: "crystools.monitor".into() });
        assert_eq!(pack.data["value"][0], 1);
    }

    #[test]
    fn what_is_no_message_is_none() {
        for text in ["", "[]", "{}", r#"{"type": 1}"#, r#"{"type":"x""#, "\u{0}"] {
            assert_eq!(Event::of_text(text), None, "{text}");
        }
        // odd data is no reason to stop
        let odd = read(r#"{"type":"progress","data":{"value":"x","max":null,"node":{}}}"#);
        assert_eq!(odd.kind, EventKind::Progress { node: None, value: 0.0, max: 0.0 });
        let odd = read(r#"{"type":"progress_state","data":{"nodes":{"1":7}}}"#);
        assert!(matches!(odd.kind, EventKind::States { nodes } if nodes.len() == 1));
    }
}

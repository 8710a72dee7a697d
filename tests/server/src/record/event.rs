//! Recordings: what is in them, and their text of JSON lines.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::stub::noise;

/// Bodies beyond this are kept as their length and a hash.
const LARGE: usize = 64 * 1024;

/// A conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    pub(crate) events: Vec<Event>,
}

/// Something that was said, and when (milliseconds since the beginning).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) at: u64,
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Exchange(Exchange),
    /// A socket was opened with this path.
    Open {
        socket: usize,
        path: String,
    },
    Frame {
        socket: usize,
        server: bool,
        body: Body,
    },
    Closed {
        socket: usize,
    },
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) request_headers: BTreeMap<String, String>,
    pub(crate) request_body: Body,
    pub(crate) status: u16,
    pub(crate) answer_headers: BTreeMap<String, String>,
    pub(crate) answer_body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    Empty,
    Json(Value),
    Text(String),
    Bytes(Vec<u8>),
    Large { length: usize, hash: u64 },
}

/// Why a text is no recording.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoRecording {
    /// The line, from one.
    pub line: usize,
    /// What is missing there.
    pub missing: &'static str,
}

impl fmt::Display for NoRecording {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {} of the recording: no {}", self.line, self.missing)
    }
}

impl std::error::Error for NoRecording {}

impl Body {
    /// What bytes are, by looking at them.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if let Some(json) = serde_json::from_slice::<Value>(bytes).ok().filter(|json| !json.is_number()) {
            return Self::Json(json);
        }
        if bytes.len() > LARGE {
            let hash = bytes.iter().fold(0, |sum, byte| crate::stub::mix(sum ^ u64::from(*byte)));
            return Self::Large { length: bytes.len(), hash };
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    /// The bytes; other ones of the same length if they were not kept.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Json(json) => json.to_string().into_bytes(),
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
            Self::Large { length, hash } => noise(*length, *hash),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Json(json) => json!({"json": json}),
            Self::Text(text) => json!({"text": text}),
            Self::Bytes(bytes) => json!({"base64": STANDARD.encode(bytes)}),
            Self::Large { length, hash } => json!({"length": length, "hash": hash}),
        }
    }

    fn from_json(value: &Value) -> Option<Self> {
        let get = |name: &str| value.get(name);
        if value.is_null() {
            return Some(Self::Empty);
        }
        if let Some(json) = get("json") {
            return Some(Self::Json(json.clone()));
        }
        if let Some(text) = get("text") {
            return Some(Self::Text(text.as_str()?.to_owned()));
        }
        if let Some(text) = get("base64") {
            return Some(Self::Bytes(STANDARD.decode(text.as_str()?).ok()?));
        }
        let length = usize::try_from(get("length")?.as_u64()?).ok()?;
        Some(Self::Large { length, hash: get("hash")?.as_u64()? })
    }
}

impl Recording {
    pub(crate) fn new(events: Vec<Event>) -> Self {
        Self { events }
    }

    /// The recording as JSON lines.
    pub fn to_lines(&self) -> String {
        self.events.iter().map(|event| event.to_json().to_string() + "\n").collect()
    }

    /// Reads JSON lines.
    pub fn parse(text: &str) -> Result<Self, NoRecording> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let event = |(number, line): (usize, &str)| {
            let missing = |missing| NoRecording { line: number + 1, missing };
            let value: Value = serde_json::from_str(line).map_err(|_| missing("JSON"))?;
            Event::from_json(&value).map_err(missing)
        };
        Ok(Self { events: lines.map(event).collect::<Result<_, _>>()? })
    }
}

impl Event {
    fn to_json(&self) -> Value {
        match &self.what {
            What::Exchange(it) => json!({
                "at": self.at,
                "request": {
                    "method": it.method, "path": it.path, "headers": it.request_headers,
                    "body": it.request_body.to_json(),
                },
                "answer": {"status": it.status, "headers": it.answer_headers, "body": it.answer_body.to_json()},
            }),
            What::Open { socket, path } => json!({"at": self.at, "socket": socket, "open": path}),
            What::Frame { socket, server, body } => {
                let from = if *server { "server" } else { "client" };
                json!({"at": self.at, "socket": socket, from: body.to_json()})
            }
            What::Closed { socket } => json!({"at": self.at, "socket": socket, "closed": true}),
        }
    }

    fn from_json(value: &Value) -> Result<Self, &'static str> {
        let at = value["at"].as_u64().ok_or("time")?;
        if let Some(request) = value.get("request") {
            let what =
                What::Exchange(Exchange::from_json(request, &value["answer"]).ok_or("whole exchange")?);
            return Ok(Self { at, what });
        }
        let socket =
            value["socket"].as_u64().and_then(|socket| usize::try_from(socket).ok()).ok_or("socket")?;
        let frame = |server: bool, body: &Value| -> Result<What, &'static str> {
            let body = Body::from_json(body).ok_or("whole body")?;
            Ok(What::Frame { socket, server, body })
        };
        let what = match (value.get("open"), value.get("server"), value.get("client")) {
            (Some(path), ..) => What::Open { socket, path: path.as_str().ok_or("path")?.to_owned() },
            (_, Some(body), _) => frame(true, body)?,
            (_, _, Some(body)) => frame(false, body)?,
            _ => What::Closed { socket },
        };
        Ok(Self { at, what })
    }
}

impl Exchange {
    fn from_json(request: &Value, answer: &Value) -> Option<Self> {
        let headers = |value: &Value| {
            let fields: Map<String, Value> = value.as_object().cloned().unwrap_or_default();
            let fields =
                fields.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
            fields.collect::<BTreeMap<_, _>>()
        };
        Some(Self {
            method: request["method"].as_str()?.to_owned(),
            path: request["path"].as_str()?.to_owned(),
            request_headers: headers(&request["headers"]),
            request_body: Body::from_json(&request["body"])?,
            status: u16::try_from(answer["status"].as_u64()?).ok()?,
            answer_headers: headers(&answer["headers"]),
            answer_body: Body::from_json(&answer["body"])?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Body, Event, NoRecording, Recording, What};

    #[test]
    fn lines_come_back() {
        let bodies = [
            Body::Empty,
            Body::Json(json!({"a": [1, "x"]})),
            Body::new(b"text"),
            Body::new(&[0xFF, 0]),
            Body::new(&vec![0xFF; 100_000]),
        ];
        let frames = bodies
            .into_iter()
            .map(|body| Event { at: 5, what: What::Frame { socket: 0, server: true, body } });
        let open = Event { at: 1, what: What::Open { socket: 0, path: "/ws".into() } };
        let closed = Event { at: 9, what: What::Closed { socket: 0 } };
        let recording = Recording::new(std::iter::once(open).chain(frames).chain([closed]).collect());
        assert_eq!(Recording::parse(&recording.to_lines()), Ok(recording));
    }

    #[test]
    fn what_is_no_recording() {
        assert_eq!(Recording::parse("{}"), Err(NoRecording { line: 1, missing: "time" }));
        assert_eq!(Recording::parse("\n{\"at\": 1"), Err(NoRecording { line: 2, missing: "JSON" }));
    }
}

//! Where in a recording a conversation is.
//!
//! The place moves over everything that needs nothing of the client: messages of the server, and questions, which may
//! be asked or not. It stops at requests that change something, and at sockets that are opened, until the client does.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::ws::Message;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::ids::Ids;
use crate::record::{Body, Event, Exchange, Recording, What};

/// What the client asks.
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) range: Option<String>,
    pub(super) body: Vec<u8>,
}

/// What is answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// A recording while it is played.
#[derive(Debug)]
pub(super) struct Player {
    events: Vec<Event>,
    place: usize,
    /// Requests that change something and were made.
    made: BTreeSet<usize>,
    /// Which answer each question got last.
    given: BTreeMap<String, usize>,
    ids: Ids,
    opened: usize,
    socket: Option<UnboundedSender<Message>>,
    pub(super) unknown: Vec<String>,
}

impl Player {
    pub(super) fn new(recording: Recording) -> Self {
        Self {
            events: recording.events,
            place: 0,
            made: BTreeSet::new(),
            given: BTreeMap::new(),
            ids: Ids::default(),
            opened: 0,
            socket: None,
            unknown: Vec::new(),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.place >= self.events.len()
    }

    /// A client opens a socket: messages that wait for it come.
    pub(super) fn open(&mut self, path: &str) -> UnboundedReceiver<Message> {
        let (out, messages) = unbounded_channel();
        let recorded = self.events.iter().filter_map(|event| match &event.what {
            What::Open { path, .. } => Some(client_of(path)),
            What::Exchange(_) | What::Frame { .. } | What::Closed { .. } => None,
        });
        let paths: Vec<String> = recorded.collect();
        if let Some(recorded) = paths.get(self.opened).or_else(|| paths.last()) {
            self.ids.pair(recorded, &client_of(path));
        }
        if self.opened >= paths.len() {
            // One socket more than was recorded: it is greeted like the first.
            let greeting = self.events.iter().find_map(|event| match &event.what {
                What::Frame { server: true, body, .. } => Some(body.clone()),
                _ => None,
            });
            if let Some(greeting) = greeting {
                drop(out.send(self.message(&greeting)));
            }
        }
        self.opened += 1;
        self.socket = Some(out);
        self.play();
        messages
    }

    /// Answers a request, if there is one like it.
    pub(super) fn answer(&mut self, asked: &Asked) -> Option<Answer> {
        let asks = matches!(asked.method.as_str(), "GET" | "HEAD");
        let found = if asks { self.question(asked) } else { self.change(asked) };
        let Some(at) = found else {
            self.unknown.push(format!("{} {}", asked.method, asked.path));
            return None;
        };
        let exchange = self.exchange(at)?.clone();
        self.play();
        let text = |text: &String| self.ids.actual(text);
        let body = match &exchange.answer_body {
            Body::Json(_) | Body::Text(_) => {
                self.ids.actual(&String::from_utf8_lossy(&exchange.answer_body.bytes())).into_bytes()
            }
            other @ (Body::Empty | Body::Bytes(_) | Body::Large { .. }) => other.bytes(),
        };
        let headers =
            exchange.answer_headers.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        Some(Answer { status: exchange.status, headers, body })
    }

    /// The answer to a question that fits the place: the latest one up to it, or the next one after the last that was
    /// given, but none from after a change that was not made yet.
    fn question(&mut self, asked: &Asked) -> Option<usize> {
        let key = self.key(&asked.method, &asked.path);
        let with_range = asked.range.as_ref().map(|range| format!("{key} {range}"));
        let places = |wanted: &str| -> Vec<usize> {
            let fits = |(_, exchange): &(usize, &Exchange)| exchange_key(exchange) == wanted;
            self.exchanges().filter(fits).map(|(at, _)| at).collect()
        };
        let (key, places) = match with_range.map(|key| (places(&key), key)) {
            Some((places, key)) if !places.is_empty() => (key, places),
            _ => (key.clone(), places(&key)),
        };
        let end = self.next_change();
        let allowed: Vec<usize> = places.iter().copied().filter(|at| *at < end).collect();
        let passed = allowed.iter().copied().rfind(|at| *at < self.place);
        let following = self.given.get(&key).and_then(|last| allowed.iter().copied().find(|at| at > last));
        let first = || if self.given.contains_key(&key) { None } else { allowed.first().copied() };
        let at = passed.max(following).or_else(first).or_else(|| allowed.last().copied());
        let at = at.or_else(|| places.first().copied())?;
        self.given.insert(key, at);
        Some(at)
    }

    /// The first request of its kind that was not made yet, with the same body if there is one; else the last one.
    fn change(&mut self, asked: &Asked) -> Option<usize> {
        let key = self.key(&asked.method, &asked.path);
        let body = normal(&self.ids.recorded(&String::from_utf8_lossy(&asked.body)));
        let all: Vec<usize> = self
            .exchanges()
            .filter(|(_, exchange)| exchange_key(exchange) == key)
            .map(|(at, _)| at)
            .collect();
        let open: Vec<usize> = all.iter().copied().filter(|at| !self.made.contains(at)).collect();
        let same = |at: &usize| {
            let recorded =
                self.exchange(*at).map(|exchange| exchange.request_body.bytes()).unwrap_or_default();
            body.is_some() && normal(&String::from_utf8_lossy(&recorded)) == body
        };
        let again = all.iter().copied().rfind(|at| same(at)).or_else(|| all.last().copied());
        let at = open.iter().copied().find(|at| same(at)).or_else(|| open.first().copied()).or(again)?;
        self.made.insert(at);
        if key == "POST /prompt" {
            self.pair_prompt(at, &asked.body);
        }
        Some(at)
    }

    /// The client's id of a prompt stands for the recorded one.
    fn pair_prompt(&mut self, at: usize, body: &[u8]) {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let recorded = self.exchange(at).and_then(|exchange| match &exchange.answer_body {
            Body::Json(answer) => answer["prompt_id"].as_str().map(str::to_owned),
            _ => None,
        });
        if let (Some(recorded), Some(actual)) = (recorded, asked["prompt_id"].as_str()) {
            self.ids.pair(&recorded, actual);
        }
    }

    /// Moves on as far as it goes without the client.
    fn play(&mut self) {
        while let Some(event) = self.events.get(self.place) {
            match &event.what {
                What::Exchange(exchange) => {
                    if changes(exchange) && !self.made.contains(&self.place) {
                        return;
                    }
                }
                What::Open { socket, .. } => {
                    if self.opened <= *socket {
                        return;
                    }
                }
                What::Frame { server: true, body, .. } => {
                    if let Some(socket) = &self.socket {
                        drop(socket.send(self.message(body)));
                    }
                }
                What::Frame { server: false, .. } => {}
                What::Closed { .. } => self.socket = None,
            }
            self.place += 1;
        }
    }

    fn message(&self, body: &Body) -> Message {
        match body {
            Body::Json(_) | Body::Text(_) | Body::Empty => {
                Message::Text(self.ids.actual(&String::from_utf8_lossy(&body.bytes())).into())
            }
            Body::Bytes(_) | Body::Large { .. } => {
                Message::Binary(self.ids.actual_bytes(&body.bytes()).into())
            }
        }
    }

    fn exchanges(&self) -> impl Iterator<Item = (usize, &Exchange)> {
        self.events.iter().enumerate().filter_map(|(at, event)| match &event.what {
            What::Exchange(exchange) => Some((at, exchange)),
            What::Open { .. } | What::Frame { .. } | What::Closed { .. } => None,
        })
    }

    fn exchange(&self, at: usize) -> Option<&Exchange> {
        match &self.events.get(at)?.what {
            What::Exchange(exchange) => Some(exchange),
            What::Open { .. } | What::Frame { .. } | What::Closed { .. } => None,
        }
    }

    /// Where the next change is that was not made yet.
    fn next_change(&self) -> usize {
        let open = |(at, exchange): &(usize, &Exchange)| changes(exchange) && !self.made.contains(at);
        self.exchanges().find(open).map_or(usize::MAX, |(at, _)| at)
    }

    fn key(&self, method: &str, path: &str) -> String {
        key(method, &self.ids.recorded(path))
    }
}

fn changes(exchange: &Exchange) -> bool {
    !matches!(exchange.method.as_str(), "GET" | "HEAD")
}

fn exchange_key(exchange: &Exchange) -> String {
    let key = key(&exchange.method, &exchange.path);
    match exchange.request_headers.get("range") {
        Some(range) => format!("{key} {range}"),
        None => key,
    }
}

/// Method, path without `/api`, and query in order of names.
fn key(method: &str, path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path = path.strip_prefix("/api").filter(|path| path.starts_with('/')).unwrap_or(path);
    let mut parts: Vec<&str> = query.split('&').filter(|part| !part.is_empty()).collect();
    parts.sort_unstable();
    let mark = if parts.is_empty() { "" } else { "?" };
    format!("{method} {path}{mark}{}", parts.join("&"))
}

/// A JSON body without what is different from client to client; nothing if it is no JSON.
fn normal(body: &str) -> Option<Value> {
    let mut body: Value = serde_json::from_str(body).ok()?;
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|name, _| !["prompt_id", "client_id", "extra_data"].contains(&name.as_str()));
    }
    Some(body)
}

/// The id of the client in the path of a socket.
fn client_of(path: &str) -> String {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    query.split('&').find_map(|part| part.strip_prefix("clientId=")).unwrap_or_default().to_owned()
}

//! The sockets, and what is sent over them: `server.py: websocket_handler`, `send`, `send_sync`.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::ws::Message;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The end of a socket that the hub holds.
#[derive(Debug)]
struct Peer {
    out: UnboundedSender<Message>,
    flags: Option<Value>,
}

/// All sockets by their client id.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    peers: BTreeMap<String, Peer>,
    /// On Comfy Cloud every socket of an account gets everything.
    everything_to_all: bool,
}

/// A picture on its way to a client.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    pub(crate) png: bool,
    pub(crate) bytes: Bytes,
}

impl Hub {
    pub(crate) fn of_account() -> Self {
        Self { peers: BTreeMap::new(), everything_to_all: true }
    }

    /// Takes a client in; one of the same id no longer gets anything, though its connection stays open.
    pub(crate) fn join(&mut self, sid: &str) -> UnboundedReceiver<Message> {
        let (out, messages) = unbounded_channel();
        self.peers.insert(sid.to_owned(), Peer { out, flags: None });
        messages
    }

    /// When a connection ends its id is forgotten, even if a newer connection has taken it over: that one is deaf
    /// from then on. So it is in the server (the `finally` of `websocket_handler`).
    pub(crate) fn leave(&mut self, sid: &str) {
        self.peers.remove(sid);
    }

    pub(crate) fn count(&self) -> usize {
        self.peers.len()
    }

    /// What the client said that it supports; whether the id was still known.
    pub(crate) fn negotiate(&mut self, sid: &str, flags: Value) -> bool {
        self.peers.get_mut(sid).map(|peer| peer.flags = Some(flags)).is_some()
    }

    /// Sends JSON to one client, or to all.
    pub(crate) fn send(&self, event: &str, data: &Value, to: Option<&str>) {
        self.deliver(&Message::Text(json!({"type": event, "data": data}).to_string().into()), to);
    }

    /// Sends a binary frame to one client, or to all.
    pub(crate) fn send_binary(&self, event: u32, body: &[u8], to: Option<&str>) {
        let frame: Bytes = event.to_be_bytes().iter().chain(body).copied().collect();
        self.deliver(&Message::Binary(frame), to);
    }

    /// `send_image`: event 1, with the number of the format.
    pub(crate) fn send_preview(&self, preview: &Preview, to: Option<&str>) {
        let format = if preview.png { 2_u32 } else { 1 };
        let body: Vec<u8> = format.to_be_bytes().iter().chain(&preview.bytes).copied().collect();
        self.send_binary(1, &body, to);
    }

    /// `send_image_with_metadata`: event 4, with JSON before the picture.
    pub(crate) fn send_preview_with_metadata(
        &self,
        preview: &Preview,
        mut metadata: Value,
        to: Option<&str>,
    ) {
        metadata["image_type"] = if preview.png { "image/png" } else { "image/jpeg" }.into();
        let metadata = super::python::dumps(&metadata);
        let mut body = u32::try_from(metadata.len()).unwrap_or_default().to_be_bytes().to_vec();
        body.extend(metadata.as_bytes());
        body.extend(&preview.bytes);
        self.send_binary(4, &body, to);
    }

    /// `send_progress_text`: event 3, always to everybody.
    pub(crate) fn send_text(&self, node: &str, text: &str) {
        let mut body = u32::try_from(node.len()).unwrap_or_default().to_be_bytes().to_vec();
        body.extend(node.as_bytes());
        body.extend(text.as_bytes());
        self.send_binary(3, &body, None);
    }

    /// `feature_flags.supports_feature(…, "supports_preview_metadata")`
    pub(crate) fn takes_metadata(&self, client: Option<&str>) -> bool {
        let takes = |peer: &Peer| {
            let flag = peer.flags.as_ref().map(|flags| &flags["supports_preview_metadata"]);
            flag == Some(&Value::Bool(true))
        };
        if self.everything_to_all {
            return self.peers.values().any(takes);
        }
        client.and_then(|client| self.peers.get(client)).is_some_and(takes)
    }

    fn deliver(&self, message: &Message, to: Option<&str>) {
        match to {
            Some(sid) if !self.everything_to_all => {
                if let Some(peer) = self.peers.get(sid) {
                    drop(peer.out.send(message.clone()));
                }
            }
            _ => self.peers.values().for_each(|peer| drop(peer.out.send(message.clone()))),
        }
    }
}

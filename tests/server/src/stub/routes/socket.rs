//! `/ws`: `server.py: websocket_handler`.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};

use super::Shared;
use super::definitions::features;
use crate::stub::engine::Engine;

pub(super) async fn open(
    State(engine): Shared,
    Query(query): Query<Vec<(String, String)>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let sid =
        query.into_iter().find(|(name, value)| name == "clientId" && !value.is_empty()).map(|(_, id)| id);
    let sid = sid.unwrap_or_else(|| engine.shared.mint_uuid().replace('-', ""));
    upgrade.on_upgrade(move |socket| serve(engine, socket, sid))
}

/// Speaks with one client until either side ends. The id is taken from the hub at the end, whoever has it by then.
pub(crate) async fn serve(engine: Arc<Engine>, socket: WebSocket, sid: String) {
    engine.shared.log().connections += 1;
    let mut messages = greet(&engine, &sid);
    let (mut out, mut incoming) = socket.split();
    let mut first = true;
    let mut known = true;
    loop {
        tokio::select! {
            message = messages.recv(), if known => match message {
                Some(message) => {
                    if out.send(message).await.is_err() {
                        break;
                    }
                }
                None => known = false,
            },
            message = incoming.next() => match message {
                Some(Ok(Message::Text(text))) => hear(&engine, &sid, text.as_str(), &mut first),
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
        }
    }
    engine.state().hub.leave(&sid);
    drop(out.close().await);
}

/// Takes the client in and says how things are.
fn greet(engine: &Engine, sid: &str) -> tokio::sync::mpsc::UnboundedReceiver<Message> {
    let mut state = engine.state();
    let messages = state.hub.join(sid);
    state.hub.send("status", &json!({"status": state.queue_info(), "sid": sid}), Some(sid));
    if let (true, Some(node)) = (state.client_id.as_deref() == Some(sid), &state.last_node) {
        state.hub.send("executing", &json!({"node": node}), Some(sid));
    }
    messages
}

/// Only the first message counts, and only if it is about features.
fn hear(engine: &Engine, sid: &str, text: &str, first: &mut bool) {
    let Ok(message) = serde_json::from_str::<Value>(text) else { return };
    if std::mem::take(first) && message["type"] == "feature_flags" {
        let mut state = engine.state();
        if state.hub.negotiate(sid, message["data"].clone()) {
            state.hub.send("feature_flags", &features(engine), Some(sid));
        }
    }
}

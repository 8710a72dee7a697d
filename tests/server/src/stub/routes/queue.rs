//! `/queue`, `/interrupt`, `/free`.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Shared;
use super::answers::{fine, read, trouble};
use crate::stub::python;
use crate::stub::queue::Item;

pub(super) async fn show(State(engine): Shared) -> Response {
    let state = engine.state();
    let running: Vec<Value> = state.running.iter().map(|item| item.shown()).collect();
    let pending: Vec<Value> = state.queue.items().iter().map(Item::shown).collect();
    fine(&json!({"queue_running": running, "queue_pending": pending}))
}

/// Clears the queue, or removes prompts that wait.
pub(super) async fn change(State(engine): Shared, body: Bytes) -> Response {
    let asked = match read(&body) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let mut state = engine.state();
    if asked.get("clear").is_some_and(python::truth) {
        state.queue.clear();
        state.queue_updated();
    }
    for id in asked["delete"].as_array().into_iter().flatten() {
        state.delete_pending(id.as_str().unwrap_or_default());
    }
    StatusCode::OK.into_response()
}

/// Without an id whatever runs is interrupted.
pub(super) async fn interrupt(State(engine): Shared, body: Bytes) -> Response {
    let asked = serde_json::from_slice(&body).unwrap_or_else(|_| json!({}));
    if !asked.is_object() {
        return trouble();
    }
    let mut state = engine.state();
    let hit = match asked.get("prompt_id").filter(|id| python::truth(id)) {
        Some(id) => id.as_str().is_some_and(|id| state.is_running(id)),
        None => true,
    };
    state.interrupt |= hit;
    StatusCode::OK.into_response()
}

pub(super) async fn free(State(engine): Shared, body: Bytes) -> Response {
    match read(&body) {
        Ok(asked) => {
            engine.state().free.push(asked);
            engine.wake();
            StatusCode::OK.into_response()
        }
        Err(answer) => answer,
    }
}

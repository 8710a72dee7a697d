//! `/history`: `execution.py: PromptQueue.get_history`.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::Shared;
use super::answers::{fine, read, trouble};
use crate::stub::python;

pub(super) async fn all(State(engine): Shared, Query(query): Query<Vec<(String, String)>>) -> Response {
    let number =
        |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.parse::<i64>());
    let (Ok(most), Ok(offset)) = (number("max_items").transpose(), number("offset").transpose()) else {
        return trouble();
    };
    let state = engine.state();
    let length = i64::try_from(state.history.len()).unwrap_or(i64::MAX);
    let offset = match (offset.unwrap_or(-1), most) {
        (offset, Some(most)) if offset < 0 => length - most,
        (offset, _) => offset,
    };
    let skip = usize::try_from(offset.max(0)).unwrap_or(usize::MAX);
    // Python's loop stops when it has reached the number, so it has one even of none.
    let take = most.map_or(usize::MAX, |most| usize::try_from(most.max(1)).unwrap_or(usize::MAX));
    let page: Map<String, Value> =
        state.history.iter().skip(skip).take(take).map(|(id, entry)| (id.clone(), entry.clone())).collect();
    fine(&Value::Object(page))
}

pub(super) async fn one(State(engine): Shared, Path(id): Path<String>) -> Response {
    let state = engine.state();
    let found = state.history.get(&id).map(|entry| (id.clone(), entry.clone()));
    fine(&Value::Object(found.into_iter().collect()))
}

pub(super) async fn change(State(engine): Shared, body: Bytes) -> Response {
    let asked = match read(&body) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let mut state = engine.state();
    if asked.get("clear").is_some_and(python::truth) {
        state.history.clear();
    }
    for id in asked["delete"].as_array().into_iter().flatten() {
        state.history.shift_remove(id.as_str().unwrap_or_default());
    }
    StatusCode::OK.into_response()
}

//! Jobs as the service shows them.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::account::Account;
use super::answers::{not_found, refuse};
use crate::stub::{Wanted, find_job, fine, list_jobs};

type Shared = State<Arc<Account>>;

/// Milliseconds become what the documentation says.
fn timed(account: &Account, mut job: Value) -> Value {
    if let (true, Some(time)) = (account.options.seconds, job["create_time"].as_u64()) {
        job["create_time"] = (time / 1000).into();
    }
    job
}

pub(super) async fn list(State(account): Shared, Query(query): Query<Vec<(String, String)>>) -> Response {
    let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let number = |name: &str| get(name).and_then(|value| value.parse::<usize>().ok());
    let by = get("sort_by").unwrap_or("create_time");
    if !["create_time", "execution_time"].contains(&by) {
        return refuse(
            StatusCode::BAD_REQUEST,
            "INVALID_SORT",
            "sort_by must be create_time or execution_time",
        );
    }
    let statuses = get("status").unwrap_or_default().split(',').filter(|status| !status.is_empty());
    let wanted = Wanted {
        statuses: statuses.map(str::to_owned).collect(),
        workflow_id: get("workflow_id").map(str::to_owned),
        by_duration: by == "execution_time",
        descending: get("sort_order") != Some("asc"),
        limit: Some(number("limit").unwrap_or(100)),
        offset: number("offset").unwrap_or_default(),
    };
    let (mut page, total) = list_jobs(&account.engine.state(), &wanted);
    if let Some(kind) = get("output_type") {
        let media = |job: &Value| {
            job["preview_output"]["mediaType"].as_str().map(|media| media.trim_end_matches('s').to_owned())
        };
        page.retain(|job| media(job).as_deref() == Some(kind));
    }
    let more = wanted.offset + page.len() < total;
    let page: Vec<Value> = page.into_iter().map(|job| timed(&account, job)).collect();
    let pagination =
        json!({"offset": wanted.offset, "limit": wanted.limit, "total": total, "has_more": more});
    fine(&json!({"jobs": page, "pagination": pagination}))
}

pub(super) async fn one(State(account): Shared, Path(id): Path<String>) -> Response {
    let job = find_job(&account.engine.state(), &id);
    job.map_or_else(not_found, |job| fine(&timed(&account, job)))
}

/// `/api/job/{id}/status`, whose words are not those of `/api/jobs`.
pub(super) async fn status(State(account): Shared, Path(id): Path<String>) -> Response {
    let Some(job) = find_job(&account.engine.state(), &id) else { return not_found() };
    let error = job.pointer("/execution_error/exception_type").and_then(Value::as_str);
    let status = match job["status"].as_str() {
        Some("completed") => "success",
        Some("cancelled") => "cancelled",
        Some("failed") if error == Some("ValidationError") => "non_retryable_error",
        Some("failed") => "error",
        Some("in_progress") => "executing",
        _ => "submitted",
    };
    let time = "2026-01-01T00:00:00Z";
    fine(&json!({
        "id": id, "status": status, "created_at": time, "updated_at": time, "last_state_update": time,
        "assigned_inference": null, "error_message": job.pointer("/execution_error/exception_message"),
    }))
}

/// `/api/history_v2`: newest first.
pub(super) async fn history(State(account): Shared, Query(query): Query<Vec<(String, String)>>) -> Response {
    let number =
        |name: &str| query.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok());
    let (skip, take) = (number("offset").unwrap_or(0), number("max_items").unwrap_or(usize::MAX));
    let state = account.engine.state();
    let one = |(id, entry): (&String, &Value)| {
        let mut extra = entry["prompt"][3].clone();
        if let Some(info) = extra.pointer_mut("/extra_pnginfo").and_then(Value::as_object_mut) {
            info.shift_remove("workflow");
        }
        json!({
            "prompt_id": id, "create_time": extra["create_time"],
            "prompt": {"priority": entry["prompt"][0], "prompt_id": id, "extra_data": extra},
            "outputs": entry["outputs"], "status": entry["status"], "meta": entry["meta"],
        })
    };
    let entries: Vec<Value> = state.history.iter().rev().skip(skip).take(take).map(one).collect();
    fine(&json!({"history": entries}))
}

/// `/api/history_v2/{id}`
pub(super) async fn history_of(State(account): Shared, Path(id): Path<String>) -> Response {
    let Some(mut entry) = account.engine.state().history.get(&id).cloned() else { return not_found() };
    let names = ["priority", "prompt_id", "prompt", "extra_data", "outputs_to_execute"];
    let parts = entry["prompt"].as_array().cloned().unwrap_or_default();
    entry["prompt"] = names.iter().map(|name| (*name).to_owned()).zip(parts).collect::<Map<_, _>>().into();
    fine(&Value::Object([(id, entry)].into_iter().collect()))
}

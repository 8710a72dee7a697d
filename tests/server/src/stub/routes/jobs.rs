//! `/api/jobs`, and cancelling by id.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::Shared;
use super::answers::{fine, json_response, refuse};
use super::prompt::is_canonical_uuid;
use crate::stub::jobs::{self, STATUSES, Wanted};
use crate::stub::python;

pub(super) async fn list(State(engine): Shared, Query(query): Query<Vec<(String, String)>>) -> Response {
    let wanted = match wanted(&query) {
        Ok(wanted) => wanted,
        Err(message) => return refuse(&message),
    };
    let (page, total) = jobs::list(&engine.state(), &wanted);
    let more = wanted.offset + page.len() < total;
    let pagination =
        json!({"offset": wanted.offset, "limit": wanted.limit, "total": total, "has_more": more});
    fine(&json!({"jobs": page, "pagination": pagination}))
}

fn wanted(query: &[(String, String)]) -> Result<Wanted, String> {
    let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let lower = |name: &str, or: &str| get(name).unwrap_or(or).to_lowercase();
    let statuses = lower("status", "");
    let statuses: Vec<String> = statuses
        .split(',')
        .map(|status| status.trim().to_owned())
        .filter(|status| !status.is_empty())
        .collect();
    let unknown: Vec<&str> =
        statuses.iter().map(String::as_str).filter(|status| !STATUSES.contains(status)).collect();
    if !unknown.is_empty() {
        let (unknown, valid) = (unknown.join(", "), STATUSES.join(", "));
        return Err(format!("Invalid status value(s): {unknown}. Valid values: {valid}"));
    }
    let by = lower("sort_by", "created_at");
    if !["created_at", "execution_duration"].contains(&by.as_str()) {
        return Err("sort_by must be 'created_at' or 'execution_duration'".into());
    }
    let order = lower("sort_order", "desc");
    if !["asc", "desc"].contains(&order.as_str()) {
        return Err("sort_order must be 'asc' or 'desc'".into());
    }
    let number = |name: &str| {
        let text = get(name).map(|text| text.trim().parse::<i64>());
        text.transpose().map_err(|_| format!("{name} must be an integer"))
    };
    let limit = number("limit")?;
    if limit.is_some_and(|limit| limit <= 0) {
        return Err("limit must be a positive integer".into());
    }
    Ok(Wanted {
        statuses,
        workflow_id: get("workflow_id").filter(|id| !id.is_empty()).map(str::to_owned),
        by_duration: by == "execution_duration",
        descending: order == "desc",
        limit: limit.and_then(|limit| usize::try_from(limit).ok()),
        offset: number("offset")?.and_then(|offset| usize::try_from(offset).ok()).unwrap_or_default(),
    })
}

pub(super) async fn one(State(engine): Shared, Path(id): Path<String>) -> Response {
    match jobs::one(&engine.state(), &id) {
        Some(job) => fine(&job),
        None => json_response(StatusCode::NOT_FOUND, &json!({"error": "Job not found"})),
    }
}

pub(super) async fn cancel(State(engine): Shared, Path(id): Path<String>) -> Response {
    let cancelled = engine.state().cancel(&id);
    fine(&json!({"cancelled": cancelled}))
}

pub(super) async fn cancel_several(State(engine): Shared, body: Bytes) -> Response {
    let Ok(asked) = serde_json::from_slice::<Value>(&body) else {
        return refuse("Request body must be valid JSON");
    };
    let Some(ids) = asked.get("job_ids").and_then(Value::as_array) else {
        return refuse("job_ids must be a list");
    };
    let valid = |id: &&Value| id.as_str().is_some_and(is_canonical_uuid);
    let invalid: Vec<String> = ids.iter().filter(|id| !valid(id)).map(python::text).collect();
    if !invalid.is_empty() {
        let error = json!({"error": "job_ids contains invalid id(s)", "invalid_ids": invalid});
        return json_response(StatusCode::BAD_REQUEST, &error);
    }
    let mut state = engine.state();
    let mut cancelled = false;
    for id in ids.iter().filter_map(Value::as_str) {
        cancelled |= state.cancel(id);
    }
    fine(&json!({"cancelled": cancelled}))
}

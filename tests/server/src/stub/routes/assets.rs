//! `/api/assets` and `/api/tags`. `app/assets/api/routes.py`.

mod upload;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post};
use serde_json::{Value, json};

use super::Shared;
use super::answers::{fine, json_response};
use crate::stub::assets::{Assets, Reference, valid_hash};
use crate::stub::engine::Engine;
use crate::stub::now_ms;

type Asked = Query<BTreeMap<String, String>>;

pub(super) fn routes() -> Router<Arc<Engine>> {
    Router::new()
        .route("/assets", get(list).post(upload::upload))
        .route("/assets/from-hash", post(upload::of_hash))
        .route("/assets/hash/{hash}", head(has))
        .route("/assets/tags/refine", get(histogram))
        .route("/assets/seed", post(seed))
        .route("/assets/seed/status", get(seed_status))
        .route("/assets/seed/cancel", post(async || fine(&json!({"status": "idle"}))))
        .route("/assets/prune", post(async || fine(&json!({"status": "completed", "marked": 0}))))
        .route("/assets/{id}", get(one).put(change).delete(delete))
        .route("/assets/{id}/content", get(content))
        .route("/assets/{id}/tags", post(add_tags).delete(remove_tags))
        .route("/tags", get(tags))
}

/// `_build_error_response`
fn error(status: StatusCode, code: &str, message: &str) -> Response {
    json_response(status, &json!({"error": {"code": code, "message": message, "details": {}}}))
}

fn bad(code: &str, message: &str) -> Response {
    error(StatusCode::BAD_REQUEST, code, message)
}

fn not_found(id: &str) -> Response {
    error(StatusCode::NOT_FOUND, "ASSET_NOT_FOUND", &format!("AssetReference {id} not found"))
}

/// The strings of a list, trimmed, each once.
fn strings(value: &Value) -> Vec<String> {
    let mut strings = Vec::new();
    for text in value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::trim) {
        if !text.is_empty() && !strings.iter().any(|known| known == text) {
            strings.push(text.to_owned());
        }
    }
    strings
}

/// What a filter of the query leaves.
fn filtered<'a>(assets: &'a Assets, asked: &BTreeMap<String, String>) -> Vec<&'a Reference> {
    let list = |name: &str| -> Vec<&str> {
        let tags = asked.get(name).map(String::as_str).unwrap_or_default();
        tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect()
    };
    let (all, any, none) = (list("tags_all"), list("tags_any"), list("tags_none"));
    let named = asked.get("name_contains").map(|name| name.to_lowercase());
    let metadata = asked.get("metadata_filter").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let fits = |reference: &&Reference| {
        let has = |tag: &&str| reference.tags.contains(*tag);
        let wanted = metadata.as_ref().and_then(Value::as_object).into_iter().flatten();
        all.iter().all(has)
            && (any.is_empty() || any.iter().any(has))
            && !none.iter().any(has)
            && named.as_ref().is_none_or(|name| reference.name.to_lowercase().contains(name))
            && wanted.into_iter().all(|(key, value)| reference.user_metadata.get(key) == Some(value))
    };
    assets.references.iter().filter(fits).collect()
}

/// A number of the query within bounds, or what is said without it.
fn number(
    asked: &BTreeMap<String, String>,
    name: &str,
    bounds: (usize, usize),
    default: usize,
) -> Option<usize> {
    let Some(text) = asked.get(name) else { return Some(default) };
    text.parse().ok().filter(|number| (bounds.0..=bounds.1).contains(number))
}

async fn list(State(engine): Shared, Query(asked): Asked) -> Response {
    let (limit, offset) =
        (number(&asked, "limit", (1, 500), 20), number(&asked, "offset", (0, usize::MAX), 0));
    let (Some(limit), Some(mut offset)) = (limit, offset) else {
        return bad("INVALID_QUERY", "Validation failed.");
    };
    let sort = asked.get("sort").map_or("created_at", String::as_str);
    let after = asked.get("after");
    if let Some(cursor) = after {
        // the real one names the last asset of the page before
        match cursor.strip_prefix("after-").and_then(|place| place.parse().ok()) {
            Some(place) if sort != "last_access_time" => offset = place,
            _ => return bad("INVALID_CURSOR", "Invalid cursor"),
        }
    }
    let assets = engine.shared.assets();
    let mut found = filtered(&assets, &asked);
    match sort {
        "name" => found.sort_by(|left, right| left.name.cmp(&right.name)),
        "size" => found.sort_by_key(|it| assets.contents.get(&it.hash).map(|(_, bytes)| bytes.len())),
        "updated_at" => found.sort_by_key(|it| it.updated),
        "created_at" | "last_access_time" => {}
        _ => return bad("INVALID_QUERY", "Validation failed."),
    }
    if asked.get("order").is_none_or(|order| order == "desc") {
        found.reverse();
    }
    let total = found.len();
    let page: Vec<Value> = found.iter().skip(offset).take(limit).map(|it| assets.describe(it)).collect();
    let end = offset + page.len();
    let mut answer = json!({"assets": page, "total": total, "has_more": end < total});
    if end < total && sort != "last_access_time" {
        answer["next_cursor"] = format!("after-{end}").into();
    }
    fine(&answer)
}

async fn one(State(engine): Shared, Path(id): Path<String>) -> Response {
    let assets = engine.shared.assets();
    assets.find(&id).map_or_else(|| not_found(&id), |reference| fine(&assets.describe(reference)))
}

async fn content(State(engine): Shared, Path(id): Path<String>) -> Response {
    let assets = engine.shared.assets();
    let Some(reference) = assets.find(&id) else { return not_found(&id) };
    let Some((_, bytes)) = assets.contents.get(&reference.hash) else {
        return error(StatusCode::NOT_FOUND, "FILE_NOT_FOUND", "Underlying file not found on disk.");
    };
    ([(header::CONTENT_TYPE, reference.mime_type.clone())], bytes.clone()).into_response()
}

async fn has(State(engine): Shared, Path(hash): Path<String>) -> Response {
    let Some(hash) = valid_hash(&hash) else {
        return bad("INVALID_HASH", "hash must be like 'blake3:<hex>'");
    };
    let there = engine.shared.assets().contents.contains_key(&hash);
    if there { StatusCode::OK.into_response() } else { StatusCode::NOT_FOUND.into_response() }
}

/// The body as JSON; `INVALID_JSON` otherwise.
#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn read(body: &Bytes) -> Result<Value, Response> {
    serde_json::from_slice(body).map_err(|_| bad("INVALID_JSON", "Request body must be valid JSON."))
}

async fn change(State(engine): Shared, Path(id): Path<String>, body: Bytes) -> Response {
    let body = match read(&body) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    if ["name", "user_metadata", "preview_id"].iter().all(|key| body[key].is_null()) {
        return bad("INVALID_BODY", "Validation failed.");
    }
    let mut assets = engine.shared.assets();
    let Some(reference) = assets.find_mut(&id) else { return not_found(&id) };
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut reference.name);
    }
    if let Some(metadata) = body["user_metadata"].as_object() {
        reference.user_metadata.clone_from(metadata);
    }
    if let Some(preview) = body["preview_id"].as_str() {
        reference.preview_id = Some(preview.to_owned());
    }
    reference.updated = now_ms();
    let reference = reference.clone();
    fine(&assets.describe(&reference))
}

async fn delete(State(engine): Shared, Path(id): Path<String>) -> Response {
    let mut assets = engine.shared.assets();
    let before = assets.references.len();
    assets.references.retain(|reference| reference.id != id);
    if assets.references.len() == before { not_found(&id) } else { StatusCode::NO_CONTENT.into_response() }
}

async fn add_tags(State(engine): Shared, Path(id): Path<String>, body: Bytes) -> Response {
    let tags = match read(&body) {
        Ok(body) => strings(&body["tags"]),
        Err(answer) => return answer,
    };
    let mut assets = engine.shared.assets();
    let Some(reference) = assets.find_mut(&id) else { return not_found(&id) };
    let (present, added): (Vec<String>, Vec<String>) =
        tags.into_iter().partition(|tag| reference.tags.contains(tag));
    reference.tags.extend(added.iter().cloned());
    fine(&json!({"added": added, "already_present": present, "total_tags": reference.tags}))
}

async fn remove_tags(State(engine): Shared, Path(id): Path<String>, body: Bytes) -> Response {
    let tags = match read(&body) {
        Ok(body) => strings(&body["tags"]),
        Err(answer) => return answer,
    };
    let mut assets = engine.shared.assets();
    let Some(reference) = assets.find_mut(&id) else { return not_found(&id) };
    let (removed, absent): (Vec<String>, Vec<String>) =
        tags.into_iter().partition(|tag| reference.tags.remove(tag));
    fine(&json!({"removed": removed, "not_present": absent, "total_tags": reference.tags}))
}

async fn tags(State(engine): Shared, Query(asked): Asked) -> Response {
    let (limit, offset) =
        (number(&asked, "limit", (1, 1000), 100), number(&asked, "offset", (0, 10_000_000), 0));
    let (Some(limit), Some(offset)) = (limit, offset) else {
        return bad("INVALID_QUERY", "Invalid query parameters");
    };
    let mut counts: Vec<(String, usize)> = engine.shared.assets().tag_counts().into_iter().collect();
    if asked.get("include_zero").is_some_and(|value| value == "false") {
        counts.retain(|(_, count)| *count > 0);
    }
    if let Some(prefix) = asked.get("prefix") {
        counts.retain(|(name, _)| name.starts_with(prefix.as_str()));
    }
    if asked.get("order").is_none_or(|order| order == "count_desc") {
        counts.sort_by_key(|(_, count)| Reverse(*count));
    }
    let total = counts.len();
    let page: Vec<Value> = counts
        .into_iter()
        .skip(offset)
        .take(limit)
        .map(|(name, count)| json!({"name": name, "count": count}))
        .collect();
    let has_more = offset + page.len() < total;
    fine(&json!({"tags": page, "total": total, "has_more": has_more}))
}

async fn histogram(State(engine): Shared, Query(asked): Asked) -> Response {
    let Some(limit) = number(&asked, "limit", (1, 1000), 100) else {
        return bad("INVALID_QUERY", "Validation failed.");
    };
    let assets = engine.shared.assets();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in filtered(&assets, &asked).into_iter().flat_map(|reference| &reference.tags) {
        *counts.entry(tag).or_default() += 1;
    }
    let counts: BTreeMap<&str, usize> = counts.into_iter().take(limit).collect();
    fine(&json!({"tag_counts": counts}))
}

/// There is never anything to find.
async fn seed(Query(asked): Asked, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let roots = body["roots"].as_array();
    let known = |root: &Value| ["models", "input", "output"].iter().any(|known| root == known);
    if roots.is_some_and(|roots| !roots.iter().any(known)) {
        return bad("INVALID_BODY", "No valid roots specified");
    }
    if !asked.get("wait").is_some_and(|wait| ["true", "1", "yes"].contains(&&*wait.to_lowercase())) {
        return json_response(StatusCode::ACCEPTED, &json!({"status": "started"}));
    }
    let progress = json!({"scanned": 0, "total": 0, "created": 0, "skipped": 0});
    fine(&json!({"status": "completed", "progress": progress, "errors": []}))
}

async fn seed_status() -> Response {
    fine(&json!({"state": "IDLE", "progress": null, "errors": []}))
}

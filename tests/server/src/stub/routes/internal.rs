//! `/internal`, which exists without the prefix only. `api_server/routes/internal`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch};
use serde_json::{Map, Value, json};

use super::Shared;
use super::answers::{fine, read, refuse, trouble, unknown_internal};
use crate::stub::engine::Engine;

pub(super) fn routes() -> Router<Arc<Engine>> {
    Router::new()
        .route("/internal/files/{folder}", get(files))
        .route("/internal/folder_paths", get(folder_paths))
        .route("/internal/logs", get(async || fine(&format!("{TIME} - {MESSAGE}").into())))
        .route("/internal/logs/raw", get(logs))
        .route("/internal/logs/subscribe", patch(subscribe))
        .route("/internal/{*rest}", axum::routing::any(unknown_internal))
}

const TIME: &str = "2026-11-27T01:37:34.465047";
const MESSAGE: &str = "\u{1b}[32m[INFO]\u{1b}[0m Starting server\n";

async fn logs() -> Response {
    fine(&json!({"entries": [{"t": TIME, "m": MESSAGE}], "size": {"cols": 80, "rows": 24}}))
}

/// Who wants them; nothing is ever sent.
async fn subscribe(body: Bytes) -> Response {
    match read(&body) {
        Ok(asked) if asked["clientId"].is_string() && asked["enabled"].is_boolean() => {
            StatusCode::OK.into_response()
        }
        Ok(_) => trouble(),
        Err(answer) => answer,
    }
}

async fn folder_paths(State(engine): Shared) -> Response {
    let folder = |name: &String| (name.clone(), Value::from(vec![format!("/srv/comfy/models/{name}")]));
    let mut folders: Map<String, Value> = engine.shared.options.models.keys().map(folder).collect();
    folders.insert("configs".to_owned(), json!(["/srv/comfy/models/configs"]));
    fine(&folders.into())
}

/// Newest first: `name [output]`.
async fn files(State(engine): Shared, Path(folder): Path<String>) -> Response {
    if !["output", "input", "temp"].contains(&folder.as_str()) {
        return refuse("Invalid directory type");
    }
    let disk = engine.shared.disk();
    let mut files: Vec<(u64, &str)> = disk.under(&folder).map(|(path, file)| (file.modified, path)).collect();
    files.retain(|(_, path)| !path.contains('/'));
    files.sort_by(|left, right| right.cmp(left));
    fine(&files.iter().map(|(_, path)| format!("{path} [{folder}]")).collect())
}

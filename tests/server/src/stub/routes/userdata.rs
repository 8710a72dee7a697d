//! What users keep on the server: settings and files. `app/user_manager.py`, `app/app_settings.py`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

use super::Shared;
use super::answers::{fine, read, refuse, trouble};
use super::view::mime;
use crate::stub::disk::{self, File};
use crate::stub::engine::Engine;
use crate::stub::percent;

const SETTINGS: &str = "user/comfy.settings.json";

type Asked = Query<BTreeMap<String, String>>;

pub(super) fn routes() -> Router<Arc<Engine>> {
    Router::new()
        .route("/users", get(users).post(add_user))
        .route("/settings", get(settings).post(merge_settings))
        .route("/settings/{id}", get(setting).post(set_setting))
        .route("/userdata", get(list))
        .route("/v2/userdata", get(list_v2))
        .route("/userdata/{file}", get(fetch).post(store).delete(delete))
        .route("/userdata/{file}/move/{dest}", post(rename))
}

/// A server with one user keeps others all the same, and says nothing of them.
async fn users() -> Response {
    fine(&json!({"storage": "server", "migrated": true}))
}

async fn add_user(State(engine): Shared, body: Bytes) -> Response {
    let asked = match read(&body) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    let Some(name) = asked["username"].as_str() else { return trouble() };
    let mut users = engine.shared.users();
    if users.values().any(|user| user == name) {
        return refuse("Duplicate username.");
    }
    if name.trim().is_empty() {
        return refuse("username not provided");
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let id = format!("{}_{}", name.trim().chars().map(plain).collect::<String>(), engine.shared.mint_uuid());
    users.insert(id.clone(), name.trim().to_owned());
    fine(&id.into())
}

fn read_settings(engine: &Engine) -> Map<String, Value> {
    let file = engine.shared.disk().read(SETTINGS).cloned();
    file.and_then(|file| serde_json::from_slice(&file.bytes).ok()).unwrap_or_default()
}

fn write_settings(engine: &Engine, settings: Map<String, Value>) -> Response {
    engine.shared.disk().write(SETTINGS, Value::Object(settings).to_string());
    StatusCode::OK.into_response()
}

async fn settings(State(engine): Shared) -> Response {
    fine(&Value::Object(read_settings(&engine)))
}

async fn setting(State(engine): Shared, Path(id): Path<String>) -> Response {
    fine(&read_settings(&engine).remove(&id).unwrap_or_default())
}

async fn merge_settings(State(engine): Shared, body: Bytes) -> Response {
    match read(&body) {
        Ok(new) => {
            let mut settings = read_settings(&engine);
            settings.extend(new.as_object().cloned().unwrap_or_default());
            write_settings(&engine, settings)
        }
        Err(answer) => answer,
    }
}

async fn set_setting(State(engine): Shared, Path(id): Path<String>, body: Bytes) -> Response {
    match read(&body) {
        Ok(value) => {
            let mut settings = read_settings(&engine);
            settings.insert(id, value);
            write_settings(&engine, settings)
        }
        Err(answer) => answer,
    }
}

fn flag(asked: &BTreeMap<String, String>, name: &str) -> bool {
    asked.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// `get_file_info`
fn info(path: &str, file: &File) -> Value {
    json!({"path": path, "size": file.bytes.len(), "modified": file.modified, "created": file.modified})
}

async fn list(State(engine): Shared, Query(asked): Asked) -> Response {
    let Some(folder) = asked.get("dir").filter(|folder| !folder.is_empty()) else {
        return (StatusCode::BAD_REQUEST, "Directory not provided").into_response();
    };
    let Some(folder) = place(folder) else {
        return (StatusCode::FORBIDDEN, "Invalid directory").into_response();
    };
    let disk = engine.shared.disk();
    if disk.under(&folder).next().is_none() {
        return (StatusCode::NOT_FOUND, "Directory not found").into_response();
    }
    let deep = flag(&asked, "recurse");
    let one = |(path, file): (&str, &File)| {
        if flag(&asked, "full_info") {
            return info(path, file);
        }
        if flag(&asked, "split") {
            return std::iter::once(path).chain(path.split('/')).collect();
        }
        path.into()
    };
    fine(&disk.under(&folder).filter(|(path, _)| deep || !path.contains('/')).map(one).collect())
}

async fn list_v2(State(engine): Shared, Query(asked): Asked) -> Response {
    let at = percent::decode(asked.get("path").map(String::as_str).unwrap_or_default());
    let Some(folder) = place(&at) else {
        return (StatusCode::BAD_REQUEST, "Invalid path requested").into_response();
    };
    let disk = engine.shared.disk();
    let below = folder.strip_prefix("user").unwrap_or_default().trim_start_matches('/');
    let whole = |path: &str| if below.is_empty() { path.to_owned() } else { format!("{below}/{path}") };
    let mut folders = BTreeSet::new();
    let mut files = Vec::new();
    for (path, file) in disk.under(&folder) {
        let parents = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
        folders.extend(parents.map(str::to_owned));
        let name = path.rsplit('/').next();
        let (size, modified) = (file.bytes.len(), file.modified / 1000);
        files.push(
            json!({"name": name, "path": whole(path), "type": "file", "size": size, "modified": modified}),
        );
    }
    if files.is_empty() && !at.is_empty() {
        return (StatusCode::NOT_FOUND, "Requested path not found").into_response();
    }
    let folder =
        |path: &String| json!({"name": path.rsplit('/').next(), "path": whole(path), "type": "directory"});
    fine(&folders.iter().map(folder).chain(files).collect())
}

/// The path of a file of the user; a name that is still encoded is decoded once more.
fn place(name: &str) -> Option<String> {
    if name.contains('%') {
        disk::join("user", &[&percent::decode(name)])
    } else {
        disk::join("user", &[name])
    }
}

async fn fetch(State(engine): Shared, Path(name): Path<String>) -> Response {
    let Some(path) = place(&name) else { return StatusCode::FORBIDDEN.into_response() };
    match engine.shared.disk().read(&path) {
        Some(file) => {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(mime(&name)));
            headers.insert(header::CONTENT_DISPOSITION, header::HeaderValue::from_static("attachment"));
            (headers, file.bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What is answered for a file that was written.
fn written(path: &str, file: Option<&File>, asked: &BTreeMap<String, String>) -> Response {
    let below = path.strip_prefix("user/").unwrap_or(path);
    match file {
        Some(file) if flag(asked, "full_info") => fine(&info(below, file)),
        _ => fine(&below.into()),
    }
}

async fn store(
    State(engine): Shared,
    Path(name): Path<String>,
    Query(asked): Asked,
    body: Bytes,
) -> Response {
    let Some(path) = place(&name) else { return StatusCode::FORBIDDEN.into_response() };
    let mut disk = engine.shared.disk();
    if asked.get("overwrite").is_some_and(|value| value == "false") && disk.read(&path).is_some() {
        return (StatusCode::CONFLICT, "File already exists").into_response();
    }
    disk.write(&path, body);
    written(&path, disk.read(&path), &asked)
}

async fn delete(State(engine): Shared, Path(name): Path<String>) -> Response {
    let Some(path) = place(&name) else { return StatusCode::FORBIDDEN.into_response() };
    let status = engine.shared.disk().remove(&path).map_or(StatusCode::NOT_FOUND, |_| StatusCode::NO_CONTENT);
    status.into_response()
}

async fn rename(
    State(engine): Shared,
    Path((from, to)): Path<(String, String)>,
    Query(asked): Asked,
) -> Response {
    let (Some(from), Some(to)) = (place(&from), place(&to)) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut disk = engine.shared.disk();
    if disk.read(&from).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    if asked.get("overwrite").is_some_and(|value| value == "false") && disk.read(&to).is_some() {
        return (StatusCode::CONFLICT, "File already exists").into_response();
    }
    if let Some(file) = disk.remove(&from) {
        disk.write(&to, file.bytes);
    }
    written(&to, disk.read(&to), &asked)
}

//! What a server has: classes, models, features.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};

use super::Shared;
use super::answers::{fine, header_text};
use super::packs;
use crate::stub::engine::Engine;
use crate::stub::png;

/// Folders of a server as it is installed.
const FOLDERS: [&str; 9] = [
    "checkpoints",
    "configs",
    "loras",
    "vae",
    "text_encoders",
    "diffusion_models",
    "clip_vision",
    "embeddings",
    "controlnet",
];

pub(super) fn routes() -> Router<Arc<Engine>> {
    Router::new()
        .route("/object_info", get(all_classes))
        .route("/object_info/{class}", get(one_class))
        .route("/models", get(folders))
        .route("/models/{folder}", get(models))
        .route("/experiment/models", get(folder_details))
        .route("/experiment/models/{folder}", get(model_details))
        .route("/embeddings", get(embeddings))
        .route("/features", get(async |State(engine): Shared| fine(&features(&engine))))
        .route("/system_stats", get(system_stats))
        .route("/extensions", get(async || fine(&json!(["/extensions/core/groupNode.js"]))))
        .route("/experiment/models/preview/{folder}/{index}/{*file}", get(preview))
        .route("/node_replacements", get(async || fine(&packs::node_replacements())))
        .route("/workflow_templates", get(async || fine(&packs::workflow_templates())))
        .route("/workflow_templates/{pack}/{file}", get(packs::workflow_template))
        .route("/i18n", get(async || fine(&packs::translations())))
        .route("/global_subgraphs", get(async || fine(&packs::subgraphs())))
        .route("/global_subgraphs/{id}", get(packs::subgraph))
}

/// What Comfy Cloud has of them.
pub(super) fn cloud() -> Router<Arc<Engine>> {
    Router::new()
        .route("/object_info", get(all_classes))
        .route("/experiment/models", get(folder_details))
        .route("/experiment/models/{folder}", get(model_details))
        .route("/features", get(async |State(engine): Shared| fine(&features(&engine))))
        .route("/system_stats", get(system_stats))
        .route("/global_subgraphs", get(async || fine(&json!({}))))
        .route("/global_subgraphs/{id}", get(async || fine(&Value::Null)))
}

/// `feature_flags.get_server_features`
pub(crate) fn features(engine: &Engine) -> Value {
    json!({
        "supports_preview_metadata": true, "supports_model_type_tags": true,
        "max_upload_size": engine.shared.options.max_upload_size, "extension": {"manager": {"supports_v4": true}},
        "node_replacements": true, "assets": engine.shared.options.assets,
    })
}

async fn all_classes(State(engine): Shared, headers: HeaderMap) -> Response {
    let classes = Value::Object(engine.shared.catalog.all(&engine.shared.disk()));
    if !engine.shared.options.object_info_etag {
        return fine(&classes);
    }
    let text = classes.to_string();
    let sum = text.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let tag = format!("\"{sum:016x}\"");
    if header_text(&headers, header::IF_NONE_MATCH) == Some(&tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    ([(header::ETAG, tag)], fine(&classes)).into_response()
}

async fn one_class(State(engine): Shared, Path(class): Path<String>) -> Response {
    let found = engine.shared.catalog.all(&engine.shared.disk()).remove(&class);
    fine(&Value::Object(found.map(|definition| (class, definition)).into_iter().collect()))
}

/// Files by folder, of which some are always there.
fn known(engine: &Engine) -> BTreeMap<&str, &[String]> {
    let mut known: BTreeMap<&str, &[String]> =
        FOLDERS.iter().map(|folder| (*folder, &[] as &[String])).collect();
    known.extend(
        engine.shared.options.models.iter().map(|(folder, files)| (folder.as_str(), files.as_slice())),
    );
    known
}

async fn folders(State(engine): Shared) -> Response {
    fine(&known(&engine).into_keys().collect())
}

async fn models(State(engine): Shared, Path(folder): Path<String>) -> Response {
    match known(&engine).get(folder.as_str()) {
        Some(files) => fine(&json!(files)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn folder_details(State(engine): Shared) -> Response {
    let one =
        |name| json!({"name": name, "folders": [format!("models/{name}")], "extensions": [".safetensors"]});
    fine(&known(&engine).into_keys().filter(|name| *name != "configs").map(one).collect())
}

async fn model_details(State(engine): Shared, Path(folder): Path<String>) -> Response {
    let one =
        |name: &String| json!({"name": name, "pathIndex": 0, "modified": 0.0, "created": 0.0, "size": 1});
    match known(&engine).get(folder.as_str()) {
        Some(files) => fine(&files.iter().map(one).collect()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Every `.safetensors` of the options has a picture in its header.
async fn preview(
    State(engine): Shared,
    Path((folder, index, file)): Path<(String, String, String)>,
) -> Response {
    let Ok(index) = index.parse::<i64>() else { return StatusCode::BAD_REQUEST.into_response() };
    let known = known(&engine);
    let there = known.get(folder.as_str()).is_some_and(|files| files.contains(&file));
    if index != 0 || !there || !file.ends_with(".safetensors") {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(header::CONTENT_TYPE, "image/webp")], png::WEBP).into_response()
}

async fn embeddings(State(engine): Shared) -> Response {
    fine(&json!(engine.shared.options.embeddings))
}

/// Every `.safetensors` of the options has some metadata.
pub(super) async fn view_metadata(
    State(engine): Shared,
    Path(folder): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let name = query.get("filename").filter(|name| name.ends_with(".safetensors"));
    let there =
        name.filter(|name| known(&engine).get(folder.as_str()).is_some_and(|files| files.contains(name)));
    match there {
        Some(name) => fine(
            &json!({"format": "pt", "modelspec.title": name, "ss_loss": crate::stub::non_finite(f64::NAN)}),
        ),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn system_stats() -> Response {
    let mut system = Map::new();
    for (name, value) in [
        ("os", json!("linux")),
        ("ram_total", json!(25_325_268_992_u64)),
        ("ram_free", json!(22_939_373_568_u64)),
        ("comfyui_version", json!("0.33.0")),
        ("required_frontend_version", json!("1.49.6")),
        ("installed_templates_version", json!("0.11.44")),
        ("required_templates_version", json!("0.11.44")),
        (
            "comfy_package_versions",
            json!([{"name": "comfy-kitchen", "installed": "0.2.31", "required": "0.2.31"}]),
        ),
        ("python_version", json!("3.12.1 (main) [GCC 12.2.0]")),
        ("pytorch_version", json!("2.11.0+cpu")),
        ("embedded_python", json!(false)),
        ("deploy_environment", json!("local-git")),
        ("argv", json!(["main.py", "--cpu"])),
    ] {
        system.insert(name.into(), value);
    }
    let device = json!({
        "name": "cpu", "type": "cpu", "index": null, "vram_total": 25_325_268_992_u64,
        "vram_free": 22_939_373_568_u64, "torch_vram_total": 25_325_268_992_u64,
        "torch_vram_free": 22_939_373_568_u64,
    });
    fine(&json!({"system": system, "devices": [device]}))
}

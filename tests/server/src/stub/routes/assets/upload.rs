//! New assets: of a file, and of a content that is there. `app/assets/api/upload.py`, `services/ingest.py`.

use axum::body::Bytes;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::super::Shared;
use super::super::answers::json_response;
use super::super::view::mime;
use super::{bad, error, read, strings};
use crate::stub::assets::{Reference, hash, valid_hash};
use crate::stub::disk;
use crate::stub::engine::Engine;
use crate::stub::now_ms;

/// What is said of an asset, whichever way.
#[derive(Default)]
struct Spec {
    hash: Option<String>,
    tags: Vec<String>,
    name: Option<String>,
    user_metadata: Map<String, Value>,
    mime_type: Option<String>,
    preview_id: Option<String>,
}

type File = Option<(String, Bytes)>;

/// The fields of the form. Nothing for a hash that is none.
async fn form(mut parts: Multipart) -> Option<(Spec, File)> {
    let (mut spec, mut file) = (Spec::default(), None);
    while let Some(part) = parts.next_field().await.ok()? {
        let name = part.name().unwrap_or_default().to_owned();
        let filename = part.file_name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.ok()?;
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        match name.as_str() {
            "file" => file = Some((filename, bytes)),
            "hash" if !text.is_empty() => spec.hash = Some(valid_hash(&text)?),
            "tags" => {
                let list = serde_json::from_str(&text).unwrap_or_else(|_| text.split(',').collect());
                spec.tags = strings(&list);
            }
            "name" => spec.name = Some(text),
            "user_metadata" => spec.user_metadata = serde_json::from_str(&text).ok()?,
            "mime_type" => spec.mime_type = Some(text),
            "preview_id" => spec.preview_id = Some(text),
            _ => {}
        }
    }
    Some((spec, file))
}

pub(super) async fn upload(State(engine): Shared, parts: Multipart) -> Response {
    let Some((spec, file)) = form(parts).await else {
        return bad("INVALID_HASH", "hash must be like 'blake3:<hex>'");
    };
    let is_known = |hash: &str| engine.shared.assets().contents.contains_key(hash);
    if let Some(hash) = spec.hash.clone().filter(|hash| is_known(hash)) {
        let name = spec.name.clone().unwrap_or_else(|| hash.clone());
        return new(&engine, &hash, name, spec, false);
    }
    let Some((filename, bytes)) = file else {
        return bad("MISSING_FILE", "Form must include a 'file' part or a known 'hash'.");
    };
    if bytes.is_empty() {
        return bad("EMPTY_UPLOAD", "Uploaded file is empty.");
    }
    let hash = hash(&bytes);
    if spec.hash.as_ref().is_some_and(|said| *said != hash) {
        return bad("HASH_MISMATCH", "Uploaded file hash does not match provided hash.");
    }
    let name = spec.name.clone().unwrap_or_else(|| filename.clone());
    if is_known(&hash) {
        return new(&engine, &hash, name, spec, false);
    }
    let roles: Vec<&String> =
        spec.tags.iter().filter(|tag| ["input", "models", "output"].contains(&tag.as_str())).collect();
    let [role] = roles.as_slice() else {
        let message = "uploads require exactly one destination role: input, models, or output";
        return bad("INVALID_BODY", message);
    };
    let digits = hash.trim_start_matches("blake3:");
    let path = format!("{role}/{digits}{}", disk::split_extension(&filename).1);
    engine.shared.disk().write(&path, bytes.clone());
    engine.shared.assets().contents.insert(hash.clone(), (path, bytes));
    let mut spec = spec;
    spec.mime_type = Some(spec.mime_type.unwrap_or_else(|| mime(&filename).to_owned()));
    spec.tags.push("uploaded".to_owned());
    new(&engine, &hash, name, spec, true)
}

pub(super) async fn of_hash(State(engine): Shared, body: Bytes) -> Response {
    let body = match read(&body) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let Some(hash) = body["hash"].as_str().and_then(valid_hash) else {
        return bad("INVALID_BODY", "Validation failed.");
    };
    let text = |key: &str| body[key].as_str().map(str::to_owned);
    let spec = Spec {
        hash: None,
        tags: strings(&body["tags"]),
        name: text("name"),
        user_metadata: body["user_metadata"].as_object().cloned().unwrap_or_default(),
        mime_type: text("mime_type"),
        preview_id: text("preview_id"),
    };
    if !engine.shared.assets().contents.contains_key(&hash) {
        let message = format!("Asset content {hash} does not exist");
        return error(StatusCode::NOT_FOUND, "ASSET_NOT_FOUND", &message);
    }
    let name = spec.name.clone().unwrap_or_else(|| hash.trim_start_matches("blake3:").to_owned());
    let mut answer = new(&engine, &hash, name, spec, false);
    *answer.status_mut() = StatusCode::CREATED;
    answer
}

fn new(engine: &Engine, hash: &str, name: String, spec: Spec, created_new: bool) -> Response {
    let id = engine.shared.mint_uuid();
    let Spec { hash: _, tags, name: _, user_metadata, mime_type, preview_id } = spec;
    let now = now_ms();
    let reference = Reference {
        id,
        name,
        hash: hash.to_owned(),
        tags: tags.into_iter().collect(),
        user_metadata,
        mime_type: mime_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
        preview_id,
        created: now,
        updated: now,
    };
    let mut assets = engine.shared.assets();
    let mut answer = assets.describe(&reference);
    assets.references.push(reference);
    answer["created_new"] = json!(created_new);
    json_response(if created_new { StatusCode::CREATED } else { StatusCode::OK }, &answer)
}

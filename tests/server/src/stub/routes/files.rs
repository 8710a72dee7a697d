//! Uploads: `server.py: image_upload`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Shared;
use super::answers::{fine, trouble};
use crate::stub::disk;
use crate::stub::engine::{Engine, mix};

/// A form: its texts, and the file.
#[derive(Default)]
struct Form {
    texts: BTreeMap<String, String>,
    file: Option<(String, Bytes)>,
}

impl Form {
    async fn read(mut parts: Multipart) -> Option<Self> {
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.ok()? {
            let name = part.name().unwrap_or_default().to_owned();
            let filename = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.ok()?;
            match filename {
                Some(filename) if name == "image" => form.file = Some((filename, bytes)),
                _ => {
                    form.texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
                }
            }
        }
        Some(form)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }
}

pub(super) async fn upload_image(State(engine): Shared, parts: Multipart) -> Response {
    match Form::read(parts).await {
        Some(form) => upload(&engine, &form),
        None => trouble(),
    }
}

/// The mask is put into the alpha of an original. The stub saves the mask itself, and nothing if the original is not
/// there.
pub(super) async fn upload_mask(State(engine): Shared, parts: Multipart) -> Response {
    let Some(form) = Form::read(parts).await else { return trouble() };
    let Some(original) = form.text("original_ref").and_then(|text| serde_json::from_str::<Value>(text).ok())
    else {
        return trouble();
    };
    let name = original["filename"].as_str().unwrap_or_default();
    let (name, folder) = disk::annotated(name);
    let folder = folder.or_else(|| original["type"].as_str()).unwrap_or("output");
    let subfolder = original["subfolder"].as_str().unwrap_or_default();
    let there =
        disk::join(folder, &[subfolder, name]).is_some_and(|path| engine.shared.disk().read(&path).is_some());
    if there {
        return upload(&engine, &form);
    }
    let name = form.file.as_ref().map(|(name, _)| name.as_str());
    fine(&json!({"name": name, "subfolder": form.text("subfolder").unwrap_or_default(), "type": "input"}))
}

/// Saves under a name that is free, or that has just these bytes.
fn upload(engine: &Arc<Engine>, form: &Form) -> Response {
    let kind = form.text("type").unwrap_or("input");
    if !["input", "temp", "output"].contains(&kind) {
        return trouble();
    }
    let Some((filename, bytes)) = &form.file else {
        let status = if form.text("image").is_some_and(|text| !text.is_empty()) {
            return trouble();
        } else {
            StatusCode::BAD_REQUEST
        };
        return status.into_response();
    };
    let subfolder = form.text("subfolder").unwrap_or_default();
    let place = |name: &str| disk::join(kind, &[subfolder, name]);
    if filename.is_empty() || place(filename).is_none() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut disk = engine.shared.disk();
    let overwrite = matches!(form.text("overwrite"), Some("true" | "1"));
    let (stem, extension) = disk::split_extension(filename);
    let mut name = filename.clone();
    let mut number = 1;
    while let Some(there) = place(&name).and_then(|path| disk.read(&path)).filter(|_| !overwrite) {
        if there.bytes == *bytes {
            break;
        }
        name = format!("{stem} ({number}){extension}");
        number += 1;
    }
    if let Some(path) = place(&name) {
        let same = disk.read(&path).is_some_and(|there| there.bytes == *bytes);
        if !same {
            disk.write(&path, bytes.clone());
        }
    }
    fine(&json!({"name": name, "subfolder": subfolder, "type": kind}))
}

/// Saves under a name that comes of the bytes, as Comfy Cloud does; nothing if there is no file.
pub(crate) async fn upload_by_content(engine: &Engine, parts: Multipart) -> Option<Value> {
    let form = Form::read(parts).await?;
    let (filename, bytes) = form.file.as_ref()?;
    let hash = bytes.iter().fold(1, |sum, byte| mix(sum ^ u64::from(*byte)));
    let name = format!("{hash:016x}{}", disk::split_extension(filename).1);
    engine.shared.disk().write(&format!("input/{name}"), bytes.clone());
    Some(json!({"name": name, "subfolder": "", "type": "input"}))
}

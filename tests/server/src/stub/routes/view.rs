//! `/view`: files, whole or in ranges. `server.py: view_image`, and aiohttp's `FileResponse`.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::answers::{header_text, trouble};
use crate::stub::disk::{self, File};
use crate::stub::engine::Engine;
use crate::stub::png;
use crate::stub::time::http_date;

pub(super) async fn view(
    State(engine): Shared,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let get = |name: &str| query.get(name).map(String::as_str);
    let (kind, subfolder) = (get("type").unwrap_or("output"), get("subfolder").unwrap_or_default());
    let Some(asked) = get("filename") else { return StatusCode::NOT_FOUND.into_response() };
    let hostile = engine.shared.disk().hostile(kind, subfolder, asked);
    if let Some(bytes) = hostile {
        return send(asked, &File { bytes, modified: 0 }, &headers);
    }
    let (name, folder) = disk::annotated(asked);
    let folder = folder.unwrap_or(kind);
    if name.is_empty()
        || name.starts_with('/')
        || name.contains("..")
        || !["input", "output", "temp"].contains(&folder)
    {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let Some(place) = disk::join(folder, &[subfolder]) else { return StatusCode::FORBIDDEN.into_response() };
    let name = name.rsplit('/').next().unwrap_or_default();
    let file = engine.shared.disk().read(&format!("{place}/{name}")).cloned();
    let Some(file) = file else { return StatusCode::NOT_FOUND.into_response() };
    if let Some(preview) = get("preview") {
        return preview_of(preview, get("channel").unwrap_or_default(), name, &file);
    }
    match get("channel") {
        Some("rgb" | "a") => as_png(name, &file),
        _ => send(name, &file, &headers),
    }
}

/// A channel of a picture. The stub gives the whole picture.
fn as_png(name: &str, file: &File) -> Response {
    if !is_picture(file) {
        return trouble();
    }
    let headers = [(header::CONTENT_TYPE, "image/png".to_owned()), disposition("", name)];
    (headers, file.bytes.clone()).into_response()
}

/// A channel of the picture at a path.
pub(crate) fn channel(engine: &Engine, path: &str) -> Response {
    let file = engine.shared.disk().read(path).cloned();
    let name = path.rsplit('/').next().unwrap_or_default();
    file.map_or(StatusCode::NOT_FOUND.into_response(), |file| as_png(name, &file))
}

/// A small picture of the kind that was asked for: the stub does not encode.
fn preview_of(preview: &str, channel: &str, name: &str, file: &File) -> Response {
    if !is_picture(file) {
        return trouble();
    }
    let jpeg = preview.split(';').next() == Some("jpeg") && !channel.contains('a');
    let (kind, bytes) = if jpeg { ("image/jpeg", png::JPEG) } else { ("image/webp", png::WEBP) };
    ([(header::CONTENT_TYPE, kind.to_owned()), disposition("", name)], bytes).into_response()
}

fn is_picture(file: &File) -> bool {
    let starts: [&[u8]; 4] = [b"\x89PNG", b"\xFF\xD8\xFF", b"RIFF", b"GIF8"];
    starts.iter().any(|start| file.bytes.starts_with(start))
}

fn disposition(kind: &str, name: &str) -> (header::HeaderName, String) {
    let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
    let printable: String =
        quoted.chars().map(|it| if it.is_ascii_control() || !it.is_ascii() { '_' } else { it }).collect();
    (header::CONTENT_DISPOSITION, format!("{kind}filename=\"{printable}\""))
}

/// The bytes, or those of a range.
pub(crate) fn send(name: &str, file: &File, headers: &HeaderMap) -> Response {
    let total = file.bytes.len();
    let etag = format!("\"{:x}-{total:x}\"", file.modified * 1_000_000);
    let modified = http_date(file.modified);
    if header_text(headers, header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(&etag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let mime = mime(name);
    let dangerous = ["text/html", "text/javascript", "text/css", "image/svg+xml", "text/xml"].contains(&mime);
    let (mime, kind) = if dangerous { ("application/octet-stream", "attachment; ") } else { (mime, "") };
    let common = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        disposition(kind, name),
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, etag),
        (header::LAST_MODIFIED, modified.clone()),
    ];
    let still =
        header_text(headers, header::IF_RANGE).is_none_or(|tag| tag.starts_with('"') || tag == modified);
    match header_text(headers, header::RANGE).filter(|_| still).map(|range| parse_range(range, total)) {
        None => (common, file.bytes.clone()).into_response(),
        Some(Some((from, to))) => {
            let range = [(header::CONTENT_RANGE, format!("bytes {from}-{}/{total}", to - 1))];
            let part: Bytes = file.bytes.slice(from..to);
            (StatusCode::PARTIAL_CONTENT, common, range, part).into_response()
        }
        Some(None) => {
            let range = [(header::CONTENT_RANGE, format!("bytes */{total}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, range).into_response()
        }
    }
}

/// `bytes=a-b`, `bytes=a-`, `bytes=-n`; the end is not in the range that is given.
fn parse_range(range: &str, total: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) => (from, to.checked_add(1)?.min(total)),
        (Ok(from), Err(_)) if to.is_empty() => (from, total),
        (Err(_), Ok(last)) if from.is_empty() => (total.saturating_sub(last), total),
        _ => return None,
    };
    (from < to).then_some((from, to))
}

/// `mimetypes.guess_type`
pub(crate) fn mime(name: &str) -> &'static str {
    match disk::split_extension(name).1.to_ascii_lowercase().as_str() {
        ".png" => "image/png",
        ".jpg" | ".jpeg" => "image/jpeg",
        ".webp" => "image/webp",
        ".gif" => "image/gif",
        ".svg" => "image/svg+xml",
        ".mp4" => "video/mp4",
        ".webm" => "video/webm",
        ".flac" => "audio/x-flac",
        ".mp3" => "audio/mpeg",
        ".json" => "application/json",
        ".txt" => "text/plain",
        ".html" => "text/html",
        ".js" => "text/javascript",
        ".css" => "text/css",
        ".xml" => "text/xml",
        ".glb" => "model/gltf-binary",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::parse_range;

    #[test]
    fn ranges() {
        assert_eq!(parse_range("bytes=0-9", 511), Some((0, 10)));
        assert_eq!(parse_range("bytes=500-", 511), Some((500, 511)));
        assert_eq!(parse_range("bytes=-5", 511), Some((506, 511)));
        assert_eq!(parse_range("bytes=0-9999", 511), Some((0, 511)));
        assert_eq!(parse_range("bytes=511-", 511), None);
        assert_eq!(parse_range("lines=1-2", 511), None);
    }
}

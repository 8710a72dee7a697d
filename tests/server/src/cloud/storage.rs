//! The storage of files, which is another host: it knows signatures, and no keys.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::account::Account;
use crate::stub::{join, mix, percent, seen, send_file};

pub(super) fn router(account: Arc<Account>) -> Router {
    Router::new().fallback(serve).with_state(account)
}

/// Where the file of a query is on the disk.
pub(super) fn path(query: &BTreeMap<String, String>) -> Option<String> {
    let get = |name: &str| query.get(name).map(String::as_str);
    let folder = get("type").unwrap_or("output");
    let known = ["input", "output", "temp"].contains(&folder);
    join(folder, &[get("subfolder").unwrap_or_default(), get("filename")?]).filter(|_| known)
}

/// A signed address of a file.
pub(super) fn sign(account: &Account, path: &str) -> String {
    let (storage, encoded) = (account.storage, percent::encode(path));
    format!("http://{storage}/bucket/{encoded}?X-Goog-Expires=3600&X-Goog-Signature={:016x}", signature(path))
}

fn signature(path: &str) -> u64 {
    path.bytes().fold(17, |sum, byte| mix(sum ^ u64::from(byte)))
}

/// Serves what was signed. A request with a key in it is written down and refused, as storages do with two
/// authorisations at once.
async fn serve(State(account): State<Arc<Account>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), 1 << 20).await.unwrap_or_default();
    let seen = seen(parts.method.as_str(), &parts.uri, &parts.headers, &body);
    let leak = seen.mentions(&account.options.key);
    account.stored().push(seen);
    if leak {
        return (StatusCode::BAD_REQUEST, "the key was sent to another host").into_response();
    }
    let path = percent::decode(parts.uri.path().trim_start_matches("/bucket/"));
    let signed = format!("X-Goog-Signature={:016x}", signature(&path));
    if !parts.uri.query().is_some_and(|query| query.contains(&signed)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut expired = account.expired();
    if *expired > 0 {
        *expired -= 1;
        return (StatusCode::FORBIDDEN, "the address has expired").into_response();
    }
    drop(expired);
    let file = account.engine.shared.disk().read(&path).cloned();
    let name = path.rsplit('/').next().unwrap_or_default();
    file.map_or(StatusCode::NOT_FOUND.into_response(), |file| send_file(name, &file, &parts.headers))
}

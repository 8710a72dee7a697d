//! All routes, with and without `/api`, and what holds for each of them.

pub(crate) mod answers;
mod assets;
mod definitions;
pub(crate) mod files;
mod history;
mod internal;
mod jobs;
mod packs;
pub(crate) mod prompt;
mod queue;
pub(crate) mod socket;
mod userdata;
pub(crate) mod view;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::engine::Engine;
use super::log::Seen;
use super::png;

/// What handlers are given.
pub(crate) type Shared = State<Arc<Engine>>;

/// The whole server.
pub(crate) fn router(engine: &Arc<Engine>) -> Router {
    let both = both();
    let api = both.clone().merge(only_api(engine.shared.options.assets));
    Router::new()
        .merge(both)
        .merge(internal::routes())
        .nest("/api", api)
        .fallback(answers::unknown)
        .method_not_allowed_fallback(answers::method_not_allowed)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(engine), guard))
        .with_state(Arc::clone(engine))
}

/// Routes that exist with and without the prefix.
fn both() -> Router<Arc<Engine>> {
    Router::new()
        .route("/ws", get(socket::open))
        .route("/prompt", get(prompt::remaining).post(prompt::submit))
        .route("/queue", get(queue::show).post(queue::change))
        .route("/interrupt", post(queue::interrupt))
        .route("/free", post(queue::free))
        .route("/history", get(history::all).post(history::change))
        .route("/history/{id}", get(history::one))
        .route("/upload/image", post(files::upload_image))
        .route("/upload/mask", post(files::upload_mask))
        .route("/view", get(view::view))
        .route("/view_metadata/{folder}", get(definitions::view_metadata))
        .merge(definitions::routes())
        .merge(userdata::routes())
}

/// Routes that exist with the prefix only.
fn only_api(has_assets: bool) -> Router<Arc<Engine>> {
    let routes = Router::new()
        .route("/jobs", get(jobs::list))
        .route("/jobs/cancel", post(jobs::cancel_several))
        .route("/jobs/{id}", get(jobs::one))
        .route("/jobs/{id}/cancel", post(jobs::cancel));
    if has_assets {
        return routes.merge(assets::routes());
    }
    routes
        .route("/assets", get(answers::assets_disabled).post(answers::assets_disabled))
        .route("/assets/{*rest}", axum::routing::any(answers::assets_disabled))
        .route("/tags", get(answers::assets_disabled))
}

/// What Comfy Cloud has of them, without the prefix.
pub(crate) fn cloud(cancel: bool) -> Router<Arc<Engine>> {
    let routes = Router::new()
        .route("/prompt", get(prompt::remaining))
        .route("/queue", get(queue::show).post(queue::change))
        .route("/interrupt", post(queue::interrupt))
        .route("/history", post(history::change))
        .merge(definitions::cloud())
        .merge(userdata::routes());
    if !cancel {
        return routes;
    }
    routes.route("/jobs/cancel", post(jobs::cancel_several)).route("/jobs/{id}/cancel", post(jobs::cancel))
}

/// Writes the request down, and refuses what the server refuses before it looks at the path.
pub(crate) async fn guard(State(engine): Shared, request: Request, next: Next) -> Response {
    let latency = engine.shared.options.latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let (parts, body) = request.into_parts();
    let limit = engine.shared.options.max_upload_size;
    let Ok(body) = to_bytes(body, limit).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, format!("Maximum request body size {limit} exceeded"))
            .into_response();
    };
    engine.shared.log().requests.push(seen(parts.method.as_str(), &parts.uri, &parts.headers, &body));
    if foreign(&parts.headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let takes_gzip = answers::header_text(&parts.headers, header::ACCEPT_ENCODING)
        .is_some_and(|codings| codings.contains("gzip"));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if engine.shared.options.compressed && takes_gzip { compressed(response).await } else { response }
}

/// `compress_body`: JSON and text that is not empty.
async fn compressed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let kind = answers::header_text(&parts.headers, header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !["application/json", "text/plain"].contains(&kind) {
        return Response::from_parts(parts, body);
    }
    let Ok(body) = to_bytes(body, usize::MAX).await else { return answers::trouble() };
    if body.is_empty() {
        return Response::from_parts(parts, Body::from(body));
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, header::HeaderValue::from_static("gzip"));
    Response::from_parts(parts, Body::from(png::gzip(&body)))
}

/// A request, written down.
pub(crate) fn seen(method: &str, uri: &Uri, headers: &HeaderMap, body: &axum::body::Bytes) -> Seen {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Seen {
        method: method.to_owned(),
        path: uri.path_and_query().map_or_else(String::new, ToString::to_string),
        headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: body.clone(),
    }
}

/// `create_origin_only_middleware`: a page of another origin asks.
fn foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::HeaderName::from_static("sec-fetch-site")) == Some("cross-site") {
        return true;
    }
    let (Some(host), Some(origin)) = (text(header::HOST), text(header::ORIGIN)) else { return false };
    let origin = origin.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    !origin.is_empty() && !host.eq_ignore_ascii_case(origin)
}

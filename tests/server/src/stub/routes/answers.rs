//! Answers that several routes give, in the form in which aiohttp gives them.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// `web.json_response`
pub(crate) fn json_response(status: StatusCode, value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, kind, crate::stub::python::dumps(value)).into_response()
}

pub(crate) fn fine(value: &Value) -> Response {
    json_response(StatusCode::OK, value)
}

/// `{"error": …}` with status 400.
pub(crate) fn refuse(message: &str) -> Response {
    json_response(StatusCode::BAD_REQUEST, &json!({"error": message}))
}

/// What an exception in a handler becomes.
pub(crate) fn trouble() -> Response {
    let text = "500 Internal Server Error\n\nServer got itself in trouble";
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONNECTION, "close")], text).into_response()
}

/// The body as JSON; what is none is an exception in the server.
#[expect(clippy::result_large_err, reason = "the error is the answer")]
pub(crate) fn read(body: &Bytes) -> Result<Value, Response> {
    serde_json::from_slice(body).map_err(|_| trouble())
}

pub(crate) async fn method_not_allowed() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, "405: Method Not Allowed").into_response()
}

/// What is neither a route nor a file of the frontend: static files take GET only, and what is not there has no length.
pub(crate) async fn unknown(method: Method) -> Response {
    match method {
        Method::GET => no_such_file(),
        Method::HEAD => StatusCode::NOT_FOUND.into_response(),
        _ => method_not_allowed().await,
    }
}

/// aiohttp's `FileResponse` of a file that is not there.
pub(crate) fn no_such_file() -> Response {
    let nothing = Body::from_stream(futures_util::stream::empty::<Result<Bytes, std::convert::Infallible>>());
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/octet-stream")], nothing).into_response()
}

/// The same below `/internal`, which has no files: a `HTTPNotFound`.
pub(crate) async fn unknown_internal() -> Response {
    (StatusCode::NOT_FOUND, "404: Not Found").into_response()
}

pub(crate) async fn assets_disabled() -> Response {
    let message = "Assets system is disabled. Start the server with --enable-assets to use this feature.";
    let error = json!({"error": {"code": "SERVICE_DISABLED", "message": message, "details": {}}});
    json_response(StatusCode::SERVICE_UNAVAILABLE, &error)
}

/// A header as text.
pub(crate) fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

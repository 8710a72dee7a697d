//! Answers that several routes give, in the form in which aiohttp gives them.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
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

pub(crate) async fn assets_disabled() -> Response {
    let message = "Assets system is disabled. Start the server with --enable-assets to use this feature.";
    let error = json!({"error": {"code": "SERVICE_DISABLED", "message": message, "details": {}}});
    json_response(StatusCode::SERVICE_UNAVAILABLE, &error)
}

/// A header as text.
pub(crate) fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

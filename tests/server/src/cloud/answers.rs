//! Errors as the service says them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use crate::stub::json_response;

/// `{code, message}`. Refused prompts say the same as `error` too, as the description of the service has it.
pub(super) fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    json_response(
        status,
        &json!({"code": code, "message": message, "error": {"type": code, "message": message}}),
    )
}

pub(super) fn not_found() -> Response {
    refuse(StatusCode::NOT_FOUND, "NOT_FOUND", "Not found")
}

pub(super) fn unauthorized() -> Response {
    refuse(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Invalid or missing API key")
}

/// 429 that ends by itself.
pub(super) fn later(code: &str, retry_after: u64) -> Response {
    let mut answer = refuse(StatusCode::TOO_MANY_REQUESTS, code, "Too many requests, try again later");
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
    answer
}

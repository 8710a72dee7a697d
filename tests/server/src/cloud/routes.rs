//! The routes of the service, and the key that all of them want.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Multipart, Query, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Map, Value, json};

use super::account::{Account, Mode};
use super::answers::{later, not_found, refuse, unauthorized};
use super::{foreign, jobs, storage};
use crate::stub::{
    Job, accept, cloud_routes, fine, guard, percent, serve_socket, upload_by_content, view_channel,
};

type Shared = State<Arc<Account>>;

pub(super) fn router(account: &Arc<Account>) -> Router {
    let own = Router::new()
        .route("/ws", get(socket))
        .route("/api/prompt", post(submit))
        .route("/api/view", get(view))
        .route("/api/upload/image", post(upload))
        .route("/api/upload/mask", post(upload))
        .route("/api/jobs", get(jobs::list))
        .route("/api/jobs/{id}", get(jobs::one))
        .route("/api/job/{id}/status", get(jobs::status))
        .route("/api/history_v2", get(jobs::history))
        .route("/api/history_v2/{id}", get(jobs::history_of))
        .route("/api/user", get(async || fine(&json!({"id": "user", "status": "active"}))))
        .route("/api/assets", get(async || fine(&json!({"assets": [], "total": 0, "has_more": false}))))
        .with_state(Arc::clone(account));
    let of_simulator = cloud_routes(account.options.cancel);
    Router::new()
        .nest("/api", of_simulator.with_state(Arc::clone(&account.engine)))
        .merge(own)
        .fallback(async || not_found())
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(account), check))
        .layer(from_fn_with_state(Arc::clone(&account.engine), guard))
}

/// The key, then how the service is just now.
async fn check(State(account): Shared, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let known = if path == "/ws" {
        let query = request.uri().query().unwrap_or_default();
        let token = query.split('&').find_map(|part| part.strip_prefix("token="));
        token.is_some_and(|token| percent::decode(token) == account.options.key)
    } else {
        request.headers().get("x-api-key").is_some_and(|key| key.as_bytes() == account.options.key.as_bytes())
    };
    let submits = path == "/api/prompt" && request.method() == Method::POST;
    let refused = refused(&mut account.mode(), known, submits);
    match refused {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

/// What is said instead of an answer.
fn refused(mode: &mut Mode, known: bool, submits: bool) -> Option<Response> {
    match mode {
        Mode::Down => Some(refuse(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "Service unavailable")),
        Mode::BadKey => Some(unauthorized()),
        _ if !known => Some(unauthorized()),
        Mode::RateLimited { retry_after, times } if *times > 0 => {
            *times -= 1;
            Some(later("RATE_LIMITED", *retry_after))
        }
        Mode::QueueFull { retry_after, times } if *times > 0 && submits => {
            *times -= 1;
            Some(later("QUEUE_LIMIT", *retry_after))
        }
        Mode::NoCredits if submits => {
            Some(refuse(StatusCode::PAYMENT_REQUIRED, "PAYMENT_REQUIRED", "Insufficient credits"))
        }
        Mode::Inactive if submits => {
            Some(refuse(StatusCode::TOO_MANY_REQUESTS, "PAYMENT_REQUIRED", "Subscription is not active"))
        }
        _ => None,
    }
}

/// The id that the client says does not count.
async fn socket(State(account): Shared, upgrade: WebSocketUpgrade) -> Response {
    let sid = account.engine.shared.mint_uuid();
    let engine = Arc::clone(&account.engine);
    upgrade.on_upgrade(move |socket| serve_socket(engine, socket, sid))
}

async fn submit(State(account): Shared, body: Bytes) -> Response {
    let asked = serde_json::from_slice::<Map<String, Value>>(&body);
    let prompt = asked.as_ref().ok().and_then(|asked| asked.get("prompt")).and_then(Value::as_object);
    let (Ok(asked), Some(prompt)) = (&asked, prompt) else {
        return refuse(StatusCode::BAD_REQUEST, "INVALID_PROMPT", "No prompt provided");
    };
    if account.options.foreign_jobs {
        foreign::send(&account);
    }
    let mut extra = asked.get("extra_data").and_then(Value::as_object).cloned().unwrap_or_default();
    extra.insert("client_id".into(), asked.get("client_id").cloned().unwrap_or_else(|| "account".into()));
    let job = Job {
        number: Value::from(0),
        prompt_id: account.engine.shared.mint_uuid(),
        prompt: prompt.clone(),
        extra,
    };
    accept(&account.engine, job, asked.get("partial_execution_targets"))
}

/// Names come of the bytes; there are no subfolders.
async fn upload(State(account): Shared, parts: Multipart) -> Response {
    match upload_by_content(&account.engine, parts).await {
        Some(answer) => fine(&answer),
        None => refuse(StatusCode::BAD_REQUEST, "INVALID_UPLOAD", "No file"),
    }
}

async fn view(State(account): Shared, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let Some(path) = storage::path(&query) else {
        return refuse(StatusCode::BAD_REQUEST, "INVALID_FILE", "No such name");
    };
    if account.engine.shared.disk().read(&path).is_none() {
        return not_found();
    }
    if query.contains_key("channel") {
        return view_channel(&account.engine, &path);
    }
    let address = storage::sign(&account, &path);
    let mut answer = Redirect::temporary(&address).into_response();
    *answer.status_mut() = StatusCode::FOUND;
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    answer
}

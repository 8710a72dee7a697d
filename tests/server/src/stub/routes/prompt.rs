//! `/prompt`: `server.py: post_prompt`.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header::HeaderName};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::Shared;
use super::answers::{fine, header_text, json_response, read, trouble};
use crate::stub::engine::Engine;
use crate::stub::python;
use crate::stub::queue::Item;
use crate::stub::time::now_ms;
use crate::stub::validate::{self, Verdict};

/// `execution.py: SENSITIVE_EXTRA_DATA_KEYS`
const SENSITIVE: [&str; 2] = ["auth_token_comfy_org", "api_key_comfy_org"];

pub(super) async fn remaining(State(engine): Shared) -> Response {
    fine(&engine.state().queue_info())
}

pub(super) async fn submit(State(engine): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let asked = match read(&body) {
        Ok(Value::Object(asked)) => asked,
        Ok(_) => return trouble(),
        Err(answer) => return answer,
    };
    let Some(number) = number(&engine, &asked) else { return trouble() };
    let prompt = match asked.get("prompt") {
        Some(Value::Object(prompt)) => prompt.clone(),
        Some(_) => return trouble(),
        None => return bad("no_prompt", "No prompt provided", "No prompt provided"),
    };
    let prompt_id = match asked.get("prompt_id") {
        None | Some(Value::Null) => engine.shared.mint_uuid(),
        Some(Value::String(id)) if is_canonical_uuid(id) => id.clone(),
        Some(_) => {
            let details = "prompt_id must be a UUID string in canonical lowercase hyphenated form; \
                omit it to let the server generate one";
            return bad("invalid_prompt_id", "prompt_id must be a valid UUID", details);
        }
    };
    let source = header_text(&headers, HeaderName::from_static("comfy-usage-source"));
    let extra = extra_data(&asked, source);
    accept(&engine, Job { number, prompt_id, prompt, extra }, asked.get("partial_execution_targets"))
}

/// A prompt before it is checked.
pub(crate) struct Job {
    pub(crate) number: Value,
    pub(crate) prompt_id: String,
    pub(crate) prompt: Map<String, Value>,
    pub(crate) extra: Map<String, Value>,
}

/// Checks and queues.
pub(crate) fn accept(engine: &Engine, job: Job, targets: Option<&Value>) -> Response {
    let Job { number, prompt_id, mut prompt, mut extra } = job;
    let verdict = validate::prompt(&engine.shared.catalog, &engine.shared.disk(), &mut prompt, targets);
    let (outputs, node_errors) = match verdict {
        Verdict::Good { outputs, node_errors } => (outputs, node_errors),
        Verdict::Bad { error, node_errors } => {
            return json_response(
                StatusCode::BAD_REQUEST,
                &json!({"error": error, "node_errors": node_errors}),
            );
        }
    };
    let sensitive =
        SENSITIVE.iter().filter_map(|key| Some(((*key).to_owned(), extra.shift_remove(*key)?))).collect();
    extra.insert("create_time".into(), now_ms().into());
    let answer = json!({"prompt_id": prompt_id, "number": number, "node_errors": node_errors});
    let queued = engine.put(Item { number, prompt_id, prompt, extra_data: extra, outputs, sensitive });
    if queued { fine(&answer) } else { trouble() }
}

/// The client's number, or the next one; counted even if the prompt turns out to be bad.
fn number(engine: &Engine, asked: &Map<String, Value>) -> Option<Value> {
    if let Some(number) = asked.get("number") {
        let number = match number {
            Value::String(text) => text.trim().parse().ok()?,
            other => other.as_f64()?,
        };
        return Some(number.into());
    }
    let mut state = engine.state();
    let number = state.counter;
    state.counter += 1;
    Some(if asked.get("front").is_some_and(python::truth) { -number } else { number }.into())
}

fn extra_data(asked: &Map<String, Value>, usage_source: Option<&str>) -> Map<String, Value> {
    let mut extra = asked.get("extra_data").and_then(Value::as_object).cloned().unwrap_or_default();
    if let Some(client) = asked.get("client_id") {
        extra.insert("client_id".into(), client.clone());
    }
    if let Some(source) = usage_source.filter(|source| !source.is_empty()) {
        extra.entry("comfy_usage_source").or_insert_with(|| source.into());
    }
    extra
}

fn bad(kind: &str, message: &str, details: &str) -> Response {
    let error = json!({"type": kind, "message": message, "details": details, "extra_info": {}});
    json_response(StatusCode::BAD_REQUEST, &json!({"error": error, "node_errors": {}}))
}

/// `validate_job_id`
pub(crate) fn is_canonical_uuid(id: &str) -> bool {
    let parts: Vec<&str> = id.split('-').collect();
    let hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && parts.iter().all(hex)
}

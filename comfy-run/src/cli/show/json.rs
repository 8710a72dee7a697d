//! Events as JSON, one object a line: the form that programs read. Its version is in every line; what is there keeps its
//! name and meaning as long as the version is the same, and more may be added.

use comfy_client::{Cause, Progress, RunError, Update, save::SavedFile};
use comfy_graph::diag::{Diagnostic, render};
use comfy_transpile::Input;
use serde_json::{Map, Value, json};

/// The version of the form.
const VERSION: u32 = 1;

/// One line, version and event first.
pub(super) fn line(event: Value) -> String {
    let mut all = Map::new();
    all.insert("v".to_owned(), VERSION.into());
    if let Value::Object(event) = event {
        for first in ["event", "job"] {
            if let Some(value) = event.get(first) {
                all.insert(first.to_owned(), value.clone());
            }
        }
        for (key, value) in event {
            all.entry(key).or_insert(value);
        }
    }
    Value::Object(all).to_string()
}

/// An update as the name of an event and its data.
pub(super) fn update(update: &Update, progress: &Progress) -> Option<(&'static str, Value)> {
    let so_far = || json!({"done": progress.done, "nodes": progress.nodes});
    let with = |mut data: Value| {
        data["done"] = progress.done.into();
        data["nodes"] = progress.nodes.into();
        data
    };
    Some(match update {
        Update::Waiting { ahead } => ("waiting", json!({"ahead": ahead})),
        Update::Started => ("started", so_far()),
        Update::Cached { nodes } => ("cached", with(json!({"cached": nodes}))),
        Update::Node { node, class_type } => ("node", with(json!({"node": node, "class_type": class_type}))),
        Update::Step { node, value, max } => {
            let mut data = json!({"node": node, "value": value, "max": max});
            if let Some(current) = progress.current.as_ref().filter(|current| current.node == *node) {
                data["rate"] = current.rate.into();
                data["seconds_left"] = current.time_left().map(|left| left.as_secs_f64()).into();
            }
            ("step", with(data))
        }
        Update::Output { node, output } => ("output", json!({"node": node, "output": output})),
        Update::Preview { preview, is_result } => {
            let bytes = preview.bytes.len();
            let data = json!({"node": preview.node, "format": preview.format.extension(), "bytes": bytes,
                "is_result": is_result});
            ("preview", data)
        }
        Update::Text { node, text } => ("text", json!({"node": node, "text": text})),
        Update::Offline { why } => ("offline", json!({"reason": why})),
        Update::Online => ("online", json!({})),
        _ => return None,
    })
}

/// Findings, as `comfy-transpile --message-format json` writes them.
pub(super) fn findings(found: &[Diagnostic], about: &Input) -> Value {
    let lines = render::json(found, Some((about.name(), about.text())));
    let found: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    json!({"event": "findings", "file": about.name(), "findings": found})
}

pub(super) fn saved(file: &SavedFile) -> Value {
    json!({"path": file.path.display().to_string(), "node": file.node, "kind": file.kind, "bytes": file.bytes,
        "sha256": file.sha256, "existed": file.existed})
}

pub(super) fn failed(error: &RunError, found: &[Diagnostic]) -> Value {
    let mut data = json!({"reason": word(&error.cause), "message": error.cause.to_string()});
    if !found.is_empty() {
        let said = |found: &Diagnostic| json!({"code": found.code.to_string(), "message": found.message, "node": found.node, "input": found.input});
        data["findings"] = found.iter().map(said).collect();
    }
    if let Cause::Failed(failure) = &error.cause {
        data["exception"] = failure.exception.as_ref().into();
        data["traceback"] =
            failure.traceback.iter().map(|line| line.as_str().into()).collect::<Vec<Value>>().into();
    }
    data
}

fn word(cause: &Cause) -> &'static str {
    match cause {
        Cause::Invalid(_) => "invalid",
        Cause::Paid(_) => "paid",
        Cause::Input(_) => "input",
        Cause::Refused(_) => "refused",
        Cause::Failed(_) => "failed",
        Cause::Cancelled => "cancelled",
        Cause::Interrupted { .. } => "interrupted",
        Cause::Removed => "removed",
        Cause::Lost { .. } => "lost",
        Cause::PicturesLost { .. } => "pictures_lost",
        Cause::Unconfirmed(_) => "unconfirmed",
        _ => "request",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_with_its_version_and_event() {
        let event = json!({"path": "a\nb", "job": "1", "event": "saved"});
        assert_eq!(line(event), r#"{"v":1,"event":"saved","job":"1","path":"a\nb"}"#);
    }
}

//! The uniform view of queue and history: `comfy_execution/jobs.py`.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::engine::State;
use super::queue::Item;

/// All statuses of a job.
pub(crate) const STATUSES: [&str; 5] = ["pending", "in_progress", "completed", "failed", "cancelled"];
const THREE_D: [&str; 5] = [".obj", ".fbx", ".gltf", ".glb", ".usdz"];
const TEXT: [&str; 3] = [".txt", ".md", ".json"];
/// Longer texts are cut in previews.
const TEXT_PREVIEW: usize = 1024;

/// Which jobs are wanted, in which order.
pub(crate) struct Wanted {
    pub(crate) statuses: Vec<String>,
    pub(crate) workflow_id: Option<String>,
    pub(crate) by_duration: bool,
    pub(crate) descending: bool,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: usize,
}

/// A page of jobs, and how many there are.
pub(crate) fn list(state: &State, wanted: &Wanted) -> (Vec<Value>, usize) {
    let asked =
        |status: &str| wanted.statuses.is_empty() || wanted.statuses.iter().any(|wanted| wanted == status);
    let running = state.running.iter().map(|item| waiting(item, "in_progress"));
    let pending = state.queue.items().iter().map(|item| waiting(item, "pending"));
    let finished = state.history.iter().map(|(id, entry)| finished(id, entry, false));
    let mut jobs: Vec<Value> = running
        .chain(pending)
        .chain(finished)
        .filter(|job| job["status"].as_str().is_some_and(asked))
        .filter(|job| wanted.workflow_id.as_ref().is_none_or(|id| job["workflow_id"] == **id))
        .collect();
    let time = |job: &Value, name: &str| job[name].as_i64().unwrap_or_default();
    let key = |job: &Value| {
        let (start, end) = (time(job, "execution_start_time"), time(job, "execution_end_time"));
        match wanted.by_duration {
            true if start != 0 && end != 0 => end - start,
            true => 0,
            false => time(job, "create_time"),
        }
    };
    let order = |left: &Value, right: &Value| -> Ordering {
        if wanted.descending { key(right).cmp(&key(left)) } else { key(left).cmp(&key(right)) }
    };
    jobs.sort_by(order);
    let total = jobs.len();
    let page = jobs.into_iter().skip(wanted.offset).take(wanted.limit.unwrap_or(usize::MAX)).collect();
    (page, total)
}

/// One job with everything that is known of it.
pub(crate) fn one(state: &State, id: &str) -> Option<Value> {
    if let Some(entry) = state.history.get(id) {
        return Some(finished(id, entry, true));
    }
    let running =
        state.running.iter().find(|item| item.prompt_id == id).map(|item| waiting(item, "in_progress"));
    let pending = || state.queue.items().iter().find(|item| item.prompt_id == id);
    running.or_else(|| pending().map(|item| waiting(item, "pending")))
}

/// Fields without a value are left out.
fn pruned(job: Value) -> Value {
    match job {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}

fn workflow_id(extra_data: &Value) -> Value {
    extra_data.pointer("/extra_pnginfo/workflow/id").cloned().unwrap_or_default()
}

fn waiting(item: &Item, status: &str) -> Value {
    let extra = Value::Object(item.extra_data.clone());
    pruned(json!({
        "id": item.prompt_id, "status": status, "priority": item.number, "create_time": extra["create_time"],
        "outputs_count": 0, "previewable_outputs_count": 0, "workflow_id": workflow_id(&extra),
    }))
}

fn finished(id: &str, entry: &Value, whole: bool) -> Value {
    let none = Vec::new();
    let messages = entry["status"]["messages"].as_array().unwrap_or(&none);
    let message =
        |name: &str| messages.iter().find(|message| message[0] == name).map(|message| message[1].clone());
    let error = message("execution_error");
    let interrupted = message("execution_interrupted");
    let end = message("execution_success").or_else(|| error.clone()).or_else(|| interrupted.clone());
    let status = match entry["status"]["status_str"].as_str() {
        Some("error") if interrupted.is_some() => "cancelled",
        Some("error") => "failed",
        _ => "completed",
    };
    let extra = &entry["prompt"][3];
    let summary = Summary::of(&entry["outputs"]);
    let mut job = pruned(json!({
        "id": id, "status": status, "priority": entry["prompt"][0], "create_time": extra["create_time"],
        "execution_start_time": message("execution_start").map(|message| message["timestamp"].clone()),
        "execution_end_time": end.map(|message| message["timestamp"].clone()),
        "execution_error": error, "outputs_count": summary.count,
        "previewable_outputs_count": summary.previewable, "preview_output": summary.preview(),
        "workflow_id": workflow_id(extra),
    }));
    if whole {
        job["outputs"] = normal_outputs(&entry["outputs"]);
        job["execution_status"] = entry["status"].clone();
        job["workflow"] = json!({"prompt": entry["prompt"][2], "extra_data": extra});
    }
    job
}

/// How many outputs there are, and which one to show.
#[derive(Default)]
struct Summary {
    count: usize,
    previewable: usize,
    saved: Option<Value>,
    temporary: Option<Value>,
    text_file: Option<Value>,
    text: Option<Value>,
}

impl Summary {
    fn of(outputs: &Value) -> Self {
        let mut summary = Self::default();
        for (node, shown) in outputs.as_object().into_iter().flatten() {
            let lists = shown.as_object().into_iter().flatten().filter(|(media, _)| *media != "animated");
            for (media, items) in lists {
                for item in items.as_array().into_iter().flatten() {
                    summary.item(node, media, item);
                }
            }
        }
        summary
    }

    fn item(&mut self, node: &str, media: &str, item: &Value) {
        let item = match normal_item(item) {
            Some(item) if item.is_object() => item,
            _ => {
                if media == "text" && self.saved.is_none() && self.text.is_none() {
                    self.text = Some(text_preview(node, item));
                }
                return;
            }
        };
        self.count += 1;
        if !previewable(media, &item) {
            return;
        }
        self.previewable += 1;
        if self.saved.is_some() {
            return;
        }
        let textual = media == "text" || ends(&item, &TEXT);
        let place = match item["type"].as_str() {
            _ if textual => &mut self.text_file,
            Some("output") => &mut self.saved,
            _ => &mut self.temporary,
        };
        let mut shown = item;
        shown["nodeId"] = node.into();
        if shown.get("mediaType").is_none() {
            shown["mediaType"] = media.into();
        }
        place.get_or_insert(shown);
    }

    fn preview(&self) -> Option<&Value> {
        self.saved.as_ref().or(self.temporary.as_ref()).or(self.text_file.as_ref()).or(self.text.as_ref())
    }
}

fn text_preview(node: &str, item: &Value) -> Value {
    let whole = super::python::text(item);
    let cut: String = whole.chars().take(TEXT_PREVIEW).collect();
    let mut preview = Map::new();
    let truncated = cut.len() < whole.len();
    preview.insert("content".into(), cut.into());
    if truncated {
        preview.insert("truncated".into(), true.into());
    }
    preview.insert("nodeId".into(), node.into());
    preview.insert("mediaType".into(), "text".into());
    Value::Object(preview)
}

/// `is_previewable`
fn previewable(media: &str, item: &Value) -> bool {
    let format = item["format"].as_str().unwrap_or_default();
    ["images", "video", "audio", "3d", "text"].contains(&media)
        || format.starts_with("video/")
        || format.starts_with("audio/")
        || ends(item, &THREE_D)
        || ends(item, &TEXT)
}

fn ends(item: &Value, extensions: &[&str]) -> bool {
    let name = item["filename"].as_str().unwrap_or_default().to_lowercase();
    extensions.iter().any(|extension| name.ends_with(extension))
}

/// A name of a 3D file becomes an item; objects are items; anything else is none.
fn normal_item(item: &Value) -> Option<Value> {
    match item {
        Value::String(name) if ends(&json!({"filename": name}), &THREE_D) => {
            Some(json!({"filename": name, "type": "output", "subfolder": "", "mediaType": "3d"}))
        }
        Value::Object(_) => Some(item.clone()),
        _ => None,
    }
}

/// `normalize_outputs`
fn normal_outputs(outputs: &Value) -> Value {
    let list = |(media, items): (&String, &Value)| {
        let items = match items {
            Value::Array(items) if media != "animated" => items
                .iter()
                .filter(|item| !item.is_null())
                .map(|item| normal_item(item).unwrap_or_else(|| item.clone()))
                .collect(),
            other => other.clone(),
        };
        (media.clone(), items)
    };
    let node = |(id, shown): (&String, &Value)| {
        let shown = shown.as_object().map(|shown| Value::Object(shown.iter().map(list).collect()));
        (id.clone(), shown.unwrap_or_default())
    };
    Value::Object(outputs.as_object().into_iter().flatten().map(node).collect())
}

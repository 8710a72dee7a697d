//! What nodes do, without doing it: each takes a moment and makes something that depends on its inputs only.

mod images;
mod saving;
mod testing;

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::cache::link;
use super::engine::Shared;
use super::execute::Run;
use super::png::{self, Picture};
use super::{disk, python};

/// What `execution.py` adds to the message of an out-of-memory error.
pub(crate) const OOM_TIPS: &str = "This error means you ran out of memory on your GPU.\n\nTIPS: If the workflow worked \
    before you might have accidentally set the batch_size to a large number.";

/// Something on a link.
#[derive(Debug, Clone)]
pub(crate) enum Datum {
    Picture(Picture),
    Latent {
        width: u32,
        height: u32,
        batch: u32,
    },
    Text(String),
    /// An `ExecutionBlocker`, with its message until somebody was told.
    Blocked(Option<String>),
    /// A model or the like; the number tells those of different inputs apart.
    #[expect(dead_code, reason = "it counts in the hash of what it is given to")]
    Opaque(u64),
}

/// What a node gives and shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Made {
    pub(crate) ui: Option<Value>,
    pub(crate) outputs: Vec<Datum>,
}

/// Why a node ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    Interrupted,
    Exception { kind: String, message: String },
}

impl Failure {
    pub(crate) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self::Exception { kind: kind.to_owned(), message: message.into() }
    }
}

/// A value at an input.
#[derive(Debug, Clone)]
enum Given {
    Value(Value),
    Datum(Datum),
}

/// A node that is called.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: String,
    pub(crate) class: String,
    inputs: Vec<(String, Given)>,
}

impl Call {
    pub(crate) fn new<'a>(id: &str, node: &Value, made: impl Fn(&str) -> Option<&'a Made>) -> Self {
        let given = |value: &Value| {
            let Some((source, slot)) = link(value) else { return Given::Value(value.clone()) };
            let slot = slot.as_u64().and_then(|slot| usize::try_from(slot).ok()).unwrap_or_default();
            let datum = made(source).and_then(|made| made.outputs.get(slot)).cloned();
            Given::Datum(datum.unwrap_or(Datum::Opaque(0)))
        };
        let inputs = node["inputs"].as_object().into_iter().flatten();
        Self {
            id: id.to_owned(),
            class: node["class_type"].as_str().unwrap_or_default().to_owned(),
            inputs: inputs.map(|(name, value)| (name.clone(), given(value))).collect(),
        }
    }

    fn get(&self, name: &str) -> Option<&Given> {
        self.inputs.iter().find(|(key, _)| key == name).map(|(_, given)| given)
    }

    fn int(&self, name: &str) -> u64 {
        match self.get(name) {
            Some(Given::Value(value)) => value.as_u64().unwrap_or_default(),
            Some(Given::Datum(_)) | None => 0,
        }
    }

    fn size(&self, name: &str) -> u32 {
        u32::try_from(self.int(name)).unwrap_or(u32::MAX)
    }

    fn text(&self, name: &str) -> String {
        match self.get(name) {
            Some(Given::Value(value)) => python::text(value),
            Some(Given::Datum(Datum::Text(text))) => text.clone(),
            Some(Given::Datum(_)) | None => String::new(),
        }
    }

    fn datum(&self, name: &str) -> Option<&Datum> {
        match self.get(name) {
            Some(Given::Datum(datum)) => Some(datum),
            Some(Given::Value(_)) | None => None,
        }
    }

    /// The picture at an input; what is no picture counts as a small grey one.
    fn picture(&self, name: &str) -> Picture {
        match self.datum(name) {
            Some(Datum::Picture(picture)) => picture.clone(),
            _ => Picture { width: 64, height: 64, batch: 1, rgb: [128; 3] },
        }
    }

    /// A number that stands for all inputs.
    fn hash(&self) -> u64 {
        let text = format!("{}{:?}", self.class, self.inputs);
        text.bytes()
            .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
    }

    fn blocked(&self) -> Option<&Option<String>> {
        self.inputs.iter().find_map(|(_, given)| match given {
            Given::Datum(Datum::Blocked(message)) => Some(message),
            _ => None,
        })
    }

    /// `current_inputs` of an error: lists of values, what is no plain value as text.
    pub(crate) fn formatted(&self) -> Map<String, Value> {
        let one = |given: &Given| match given {
            Given::Value(value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_))) => {
                value.clone()
            }
            Given::Value(value) => python::text(value).into(),
            Given::Datum(Datum::Text(text)) => text.clone().into(),
            Given::Datum(datum) => format!("{datum:?}").into(),
        };
        self.inputs.iter().map(|(name, given)| (name.clone(), json!([one(given)]))).collect()
    }
}

/// `IS_CHANGED`: contents of files that are loaded, and a number of its own for what must not be cached.
pub(crate) fn changed(shared: &Shared, node: &Value) -> Value {
    match node["class_type"].as_str() {
        Some("SaveImageWebsocket" | "TestSleep") => shared.mint().into(),
        Some("LoadImage" | "LoadImageMask") => {
            let file = node["inputs"]["image"].as_str().and_then(input_path);
            file.and_then(|path| Some(shared.disk().read(&path)?.modified)).into()
        }
        _ => Value::Bool(false),
    }
}

/// The path of a file that a loader names.
pub(crate) fn input_path(name: &str) -> Option<String> {
    let (name, folder) = disk::annotated(name);
    disk::join(folder.unwrap_or("input"), &[name])
}

/// Runs a node.
pub(crate) async fn run(run: &mut Run<'_>, call: &Call) -> Result<Made, Failure> {
    run.check_interrupt()?;
    let outputs = run.engine.shared.catalog.outputs(&call.class).len();
    if let Some(message) = call.blocked() {
        if let Some(message) = message {
            testing::tell_blocked(run, call, message);
        }
        return Ok(Made { ui: None, outputs: vec![Datum::Blocked(None); outputs] });
    }
    pause(run.engine.shared.options.node_time).await;
    match call.class.as_str() {
        "KSampler" => images::sample(run, call).await,
        "SaveImage" | "PreviewImage" => saving::save_images(run, call),
        "SaveImageWebsocket" => saving::send_images(run, call),
        "SaveAudio" => saving::save_audio(run, call),
        "SaveLatent" => saving::save_latent(run, call),
        "PreviewAny" => Ok(saving::preview_any(call)),
        class if class.starts_with("Test") => testing::run(run, call).await,
        class if run.engine.shared.catalog.is_paid(class) => testing::paid(run, call),
        _ => images::make(run, call),
    }
}

async fn pause(time: Duration) {
    if time.is_zero() {
        tokio::task::yield_now().await;
    } else {
        tokio::time::sleep(time).await;
    }
}

/// Deterministic bytes: what a model would have made of the inputs.
pub(crate) fn noise(size: usize, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size + 8);
    let mut at = seed;
    while bytes.len() < size {
        at = at.wrapping_add(1);
        bytes.extend(super::engine::mix(at).to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// A text as PNG texts of the prompt.
fn texts(run: &Run<'_>) -> Vec<(String, String)> {
    let prompt = Value::Object(run.item.prompt.clone());
    png::texts(&prompt, run.item.extra_data.get("extra_pnginfo"))
}

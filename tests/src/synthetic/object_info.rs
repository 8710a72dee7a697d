//! An answer of `/object_info` from a server with every pack installed.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use serde_json::{Map, Value, json};

/// How large an answer is.
#[derive(Clone, Copy, Debug)]
pub struct ObjectInfo {
    /// Classes of nodes.
    pub classes: usize,
    /// Entries of a list of files.
    pub files: usize,
    /// How many different lists of files there are (checkpoints, loras …).
    pub lists: usize,
    /// Of how many classes one has a list of files.
    pub every: usize,
    /// Bytes of a tooltip, of which a class has about ten.
    pub tooltip: usize,
}

impl ObjectInfo {
    /// 2,700 classes in 110 MB: what a machine with hundreds of packs and thousands of models answers.
    pub const HUGE: Self = Self { classes: 2_700, files: 5_000, lists: 40, every: 8, tooltip: 600 };

    /// The answer as a stream, made while it is read, so that the text is never in memory as a whole.
    pub fn reader(self) -> impl Read {
        Pieces { info: self, next: 0, ready: VecDeque::new() }
    }
}

/// The answer as text.
pub fn object_info(info: ObjectInfo) -> String {
    let mut text = String::new();
    // reading from memory cannot fail
    let _ = info.reader().read_to_string(&mut text);
    text
}

struct Pieces {
    info: ObjectInfo,
    next: usize,
    ready: VecDeque<u8>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() && self.next <= self.info.classes {
            let number = self.next;
            self.next += 1;
            if number == self.info.classes {
                self.ready.extend(b"}");
            } else {
                let start = if number == 0 { "{" } else { ", " };
                let name = format!("Synthetic{number}");
                self.ready.extend(format!("{start}\"{name}\": {}", class(self.info, number, &name)).bytes());
            }
        }
        self.ready.read(buffer)
    }
}

fn class(info: ObjectInfo, number: usize, name: &str) -> Value {
    let tooltip =
        |about: &str| format!("{about} of {name}: {}", "what it does, at length. ".repeat(info.tooltip / 25));
    let mut required = Map::new();
    required.insert("image".into(), json!(["IMAGE", {"tooltip": tooltip("image")}]));
    for n in 0..4 {
        let options = json!({"default": n, "min": 0, "max": 4096, "step": 1, "tooltip": tooltip("number")});
        required.insert(format!("number_{n}"), json!(["INT", options]));
    }
    required.insert("text".into(), json!(["STRING", {"multiline": true, "tooltip": tooltip("text")}]));
    required
        .insert("method".into(), json!([["nearest", "bilinear", "lanczos"], {"tooltip": tooltip("method")}]));
    if number.is_multiple_of(info.every) {
        let files = files(info.files, number / info.every % info.lists);
        required.insert("file".into(), json!([files, {"tooltip": tooltip("file")}]));
    }
    let mut optional = Map::new();
    if number % 10 == 3 {
        let option = |key: &str| {
            let inputs = json!({"required": {"width": ["INT", {"default": 512}], "crop": ["COMBO", {"options": ["a", "b"]}]}});
            json!({"key": key, "inputs": inputs})
        };
        optional.insert(
            "mode".into(),
            json!(["COMFY_DYNAMICCOMBO_V3", {"options": [option("one"), option("two")]}]),
        );
        let template =
            json!({"input": {"required": {"item": ["IMAGE", {}]}}, "prefix": "item", "min": 1, "max": 50});
        optional.insert("items".into(), json!(["COMFY_AUTOGROW_V3", {"template": template}]));
        let template = json!({"template_id": "t", "allowed_types": "IMAGE,MASK"});
        optional.insert("any".into(), json!(["COMFY_MATCHTYPE_V3", {"template": template}]));
    }
    let names = |map: &Map<String, Value>| map.keys().cloned().map(Value::from).collect::<Vec<_>>();
    json!({
        "input": {"required": required, "optional": optional, "hidden": {"unique_id": "UNIQUE_ID"}},
        "input_order": {"required": names(&required), "optional": names(&optional)},
        "output": ["IMAGE", "MASK"], "output_is_list": [false, false], "output_name": ["IMAGE", "MASK"],
        "name": name, "display_name": format!("Synthetic node {number}"), "description": tooltip("all"),
        "python_module": format!("custom_nodes.pack-{}", number / 20), "category": "synthetic",
        "output_node": number.is_multiple_of(20), "deprecated": false, "experimental": false,
    })
}

fn files(count: usize, list: usize) -> Vec<String> {
    (0..count).map(|n| format!("style/list-{list}/a-model-with-a-long-name-{n:05}.safetensors")).collect()
}

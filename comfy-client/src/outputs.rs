//! What a job made: [`Outputs`], files of the server, texts, and pictures that came over the WebSocket.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    event::ImageFormat,
    routes::files::{FileRef, Folder},
};

/// Endings that make a file of a text (`comfy_execution/jobs.py: THREE_D_EXTENSIONS`).
const THREE_D: [&str; 5] = [".obj", ".fbx", ".gltf", ".glb", ".usdz"];

/// What a job made, in the order of its nodes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Outputs {
    /// Files that the server has.
    pub files: Vec<OutputFile>,
    /// Texts.
    pub texts: Vec<OutputText>,
    /// Pictures that came over the WebSocket, which are stored nowhere else.
    pub received: Vec<Received>,
    /// All of it as the server says it, by node and kind; also what is none of the above.
    pub raw: Map<String, Value>,
}

/// A file that a node made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OutputFile {
    /// The node, by its id in the prompt.
    pub node: Box<str>,
    /// What it is: `images`, `gifs`, `video`, `audio`, `3d`, `latents` or a word of a pack's own.
    pub kind: Box<str>,
    /// Where the server has it.
    pub file: FileRef,
    /// Whether the picture moves.
    pub animated: bool,
    /// What else the server says of it, such as `format`.
    pub extra: Map<String, Value>,
}

/// A text that a node made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutputText {
    /// The node, by its id in the prompt.
    pub node: Box<str>,
    /// The server's word for what it is, mostly `text`.
    pub kind: Box<str>,
    /// The text.
    pub text: String,
}

/// A picture that came over the WebSocket.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The node, by its id in the prompt.
    pub node: Box<str>,
    /// Of the bytes.
    pub format: ImageFormat,
    /// The picture, as a file has it.
    pub bytes: Bytes,
}

/// Without the bytes, of which there are many.
impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { node, format, bytes } = self;
        write!(f, "Received {{ node: {node:?}, format: {format:?}, bytes: {} }}", bytes.len())
    }
}

impl Outputs {
    /// Reads what a history or a job says of its nodes: `{node: {kind: [item, …]}}`.
    pub fn of_nodes(nodes: &Map<String, Value>) -> Self {
        let mut outputs = Self { raw: nodes.clone(), ..Self::default() };
        for (node, kinds) in nodes {
            let Value::Object(kinds) = kinds else { continue };
            for (kind, items) in kinds {
                let animated = kinds.get("animated").and_then(Value::as_array);
                let items = items.as_array().into_iter().flatten();
                for (position, item) in items.enumerate().filter(|_| kind != "animated") {
                    let moves = animated.and_then(|list| list.get(position).or(list.first()));
                    outputs.item(node, kind, item, moves == Some(&Value::Bool(true)));
                }
            }
        }
        outputs
    }

    fn item(&mut self, node: &str, kind: &str, item: &Value, animated: bool) {
        match item {
            Value::Object(fields) => {
                if let Some(file) = file_of(fields) {
                    let extra = fields.iter().filter(|(key, _)| !is_of_file(key));
                    let extra = extra.map(|(key, value)| (key.clone(), value.clone())).collect();
                    self.files.push(OutputFile {
                        node: node.into(),
                        kind: kind.into(),
                        file,
                        animated,
                        extra,
                    });
                }
            }
            Value::String(text) if is_3d(text) => {
                let (subfolder, filename) = text.rsplit_once('/').unwrap_or(("", text));
                let file = FileRef {
                    filename: filename.to_owned(),
                    subfolder: subfolder.to_owned(),
                    folder: Folder::Output,
                };
                let kind = "3d".into();
                self.files.push(OutputFile { node: node.into(), kind, file, animated, extra: Map::new() });
            }
            Value::String(text) => {
                self.texts.push(OutputText { node: node.into(), kind: kind.into(), text: text.clone() });
            }
            _ => {}
        }
    }

    /// Adds a picture that came over the WebSocket.
    pub fn push_received(&mut self, node: &str, format: ImageFormat, bytes: Bytes) {
        self.received.push(Received { node: node.into(), format, bytes });
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.texts.is_empty() && self.received.is_empty()
    }

    /// The files that were saved, or the previews where nothing was.
    pub fn results(&self) -> impl Iterator<Item = &OutputFile> {
        let is_saved = |file: &&OutputFile| file.file.folder != Folder::Temp;
        let any_saved = self.files.iter().any(|file| is_saved(&file)) || !self.received.is_empty();
        self.files.iter().filter(move |file| !any_saved || is_saved(file))
    }
}

fn file_of(fields: &Map<String, Value>) -> Option<FileRef> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let folder = match text("type") {
        Some("temp") => Folder::Temp,
        Some("input") => Folder::Input,
        _ => Folder::Output,
    };
    let subfolder = text("subfolder").unwrap_or_default().to_owned();
    text("filename").map(|name| FileRef { filename: name.to_owned(), subfolder, folder })
}

fn is_of_file(key: &str) -> bool {
    matches!(key, "filename" | "subfolder" | "type")
}

fn is_3d(text: &str) -> bool {
    let lower = text.to_lowercase();
    !text.contains('\n') && THREE_D.iter().any(|ending| lower.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn outputs_of_all_kinds_are_read() {
        let nodes = json!({
            "3": {"images": [{"filename": "a.png", "subfolder": "s", "type": "output"}, {"filename": "b.webp", "type": "temp"}],
                  "animated": [true]},
            "4": {"text": ["a cat"], "result": ["mesh/x.GLB"], "odd": [1, {"x": 2}], "flag": true},
            "5": {"gifs": [{"filename": "v.mp4", "subfolder": "", "type": "output", "format": "video/h264-mp4"}]},
            "6": null,
        });
        let outputs = Outputs::of_nodes(nodes.as_object().expect("an object"));
        let files: Vec<String> =
            outputs.files.iter().map(|f| format!("{} {} {}", f.node, f.kind, f.file.as_input())).collect();
        assert_eq!(
            files,
            [
                "3 images s/a.png [output]",
                "3 images b.webp [temp]",
                "4 3d mesh/x.GLB [output]",
                "5 gifs v.mp4 [output]"
            ]
        );
        assert!(outputs.files[0].animated);
        assert_eq!(outputs.files[3].extra["format"], "video/h264-mp4");
        assert_eq!(outputs.texts[0].text, "a cat");
        assert_eq!(outputs.results().count(), 3, "without the preview");
        assert_eq!(outputs.raw["4"]["odd"][0], 1);
    }
}

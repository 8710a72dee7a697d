//! What is read: the text of a workflow, prompt or flow, wherever it comes from. Files, streams and bytes are read
//! here, within limits, and media files are opened; what the text says is `compiler.rs`'s.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use comfy_graph::front::{self, diagram};

use crate::media::{self, From, MediaError};

/// How much of a file tells what it is, and how much of it is needed.
const START: u64 = 64;

/// The greatest length of a document, in bytes.
const MOST_TEXT: u64 = front::MAX_BYTES as u64;

/// The greatest length of a media file whose header does not tell how much of it is needed.
const MOST_MEDIA: u64 = 1 << 30;

/// What a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// What it looks like.
    #[default]
    Any,
    /// A workflow or a prompt.
    Json,
    /// A flow in Rust, see [`read`](crate::read).
    Rust,
    /// A link list or a flowchart, see [`diagram`].
    Diagram,
}

/// A text with a name, ready to be opened. Clones share the text.
///
/// ```
/// use comfy_transpile::{Input, media::From};
///
/// let svg = br#"<svg><metadata><![CDATA[{"prompt": {"1": {"class_type": "A", "inputs": {}}}}]]></metadata></svg>"#;
/// let input = Input::from_bytes("picture.svg", svg, From::Any)?;
/// assert!(input.is_carried());
/// assert_eq!(input.text(), r#"{"1": {"class_type": "A", "inputs": {}}}"#);
/// # Ok::<(), comfy_transpile::InputError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Input {
    name: Arc<str>,
    text: Arc<str>,
    source: Source,
    carried: bool,
}

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// There is no such file, or it may not be read.
    #[error("failed to open file `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Reading ended before the file or stream did.
    #[error("{name} cannot be read")]
    Read {
        /// What was read.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is a media file, and nothing comes out of it.
    #[error("{name} cannot be used")]
    Media {
        /// What was read.
        name: String,
        /// Why.
        #[source]
        source: MediaError,
    },
    /// It is longer than any document that is read.
    #[error("{name} has more than {MOST_TEXT} bytes, which is more than is read of a document")]
    TooLarge {
        /// What was read.
        name: String,
    },
    /// It is nothing that a workflow comes in.
    #[error("{name} is neither text in UTF-8 nor a media file that could carry a workflow")]
    NotText {
        /// What was read.
        name: String,
    },
}

impl Input {
    /// A text that is at hand. The name is what messages call it; where it ends in `.rs`, the text is read as
    /// Rust, where it ends in `.mmd` or `.mermaid`, as a diagram.
    pub fn from_text(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let name = name.into();
        let source = match Path::new(&*name).extension().and_then(|extension| extension.to_str()) {
            Some("rs") => Source::Rust,
            Some("mmd" | "mermaid") => Source::Diagram,
            _ => Source::Any,
        };
        Self { name, text: text.into(), source, carried: false }
    }

    /// Bytes that are at hand: a text, or a media file that carries one.
    ///
    /// # Errors
    /// When they are neither, or too many.
    pub fn from_bytes(name: &str, bytes: impl Into<Vec<u8>>, from: From) -> Result<Self, InputError> {
        let bytes = bytes.into();
        let owned = || name.to_owned();
        if media::sniff(&bytes).is_some() {
            let text =
                media::text(&bytes, from).map_err(|source| InputError::Media { name: owned(), source })?;
            // what is inside is no matter of the file's name
            return Ok(Self { carried: true, source: Source::Any, ..Self::from_text(name, text) });
        }
        if bytes.len() > front::MAX_BYTES {
            return Err(InputError::TooLarge { name: owned() });
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::from_text(name, text)),
            Err(_) => Err(InputError::NotText { name: owned() }),
        }
    }

    /// A file, under its path as name. Of models, which have gigabytes, only the header is read.
    ///
    /// # Errors
    /// When it cannot be read, and those of [`from_bytes`](Self::from_bytes).
    pub fn from_file(path: impl AsRef<Path>, from: From) -> Result<Self, InputError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| InputError::Open { path: path.to_owned(), source })?;
        Self::from_reader(&path.display().to_string(), file, from)
    }

    /// Standard input, which diagnostics call `<stdin>`.
    ///
    /// # Errors
    /// As [`from_reader`](Self::from_reader).
    pub fn from_stdin(from: From) -> Result<Self, InputError> {
        Ok(Self::from_reader("standard input", io::stdin().lock(), from)?.named("<stdin>"))
    }

    /// A stream, up to its end or to what is needed of it.
    ///
    /// # Errors
    /// When it ends with an error, and those of [`from_bytes`](Self::from_bytes).
    pub fn from_reader(name: &str, reader: impl Read, from: From) -> Result<Self, InputError> {
        let bytes =
            read_bytes(reader).map_err(|source| InputError::Read { name: name.to_owned(), source })?;
        Self::from_bytes(name, bytes, from)
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = name.into();
        self
    }

    /// The same, read as this.
    #[must_use]
    pub fn read_as(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// The same with another text, for a new version of it.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<Arc<str>>) -> Self {
        self.text = text.into();
        self
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text came out of a media file, so that it cannot be written back there.
    pub fn is_carried(&self) -> bool {
        self.carried
    }

    /// Whether the text is to be read as a diagram, see [`diagram::is_diagram`].
    pub fn is_diagram(&self) -> bool {
        match self.source {
            Source::Any => diagram::is_diagram(&self.text),
            Source::Json | Source::Rust => false,
            Source::Diagram => true,
        }
    }

    /// Whether the text is to be read as Rust: JSON begins with a bracket, and programs have functions.
    pub fn is_rust(&self) -> bool {
        match self.source {
            Source::Any => {
                let is_json = self.text.trim_start().starts_with(['{', '[']);
                !is_json && self.text.contains("fn ") && !self.is_diagram()
            }
            Source::Json | Source::Diagram => false,
            Source::Rust => true,
        }
    }
}

/// All that is needed of a file, and one byte more where it is too long.
fn read_bytes(mut file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.by_ref().take(START).read_to_end(&mut bytes)?;
    let most = if media::sniff(&bytes).is_some() { MOST_MEDIA } else { MOST_TEXT + 1 };
    let needed = media::bytes_needed(&bytes).unwrap_or(most);
    file.take(needed.saturating_sub(START)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_looks_tell_what_a_text_is() {
        assert!(Input::from_text("flow.rs", "").is_rust());
        assert!(Input::from_text("<stdin>", "pub fn flow(g: &Flow) {}").is_rust());
        assert!(!Input::from_text("a.json", "{\"a\": \"fn \"}").is_rust());
        assert!(!Input::from_text("flow.rs", "").read_as(Source::Json).is_rust());
    }

    #[test]
    fn diagrams_are_told_from_everything_else() {
        let is = |text: &str| {
            let input = Input::from_text("<stdin>", text);
            (input.is_diagram(), input.is_rust())
        };
        let diagrams = [
            r#"[["A", "IMAGE", "B", "images"]]"#,
            "\u{feff} [ ['A', 'IMAGE', 'B', 'images'] ]",
            r#"[["A", "IMAGE", "B"], ["A", 0, "B", "images"]]"#,
            "graph TD; A[fn x] --> B",
            "flowchart LR\nA --> B",
            "---\ntitle: fn x\n---\n%% a comment\nflowchart\nA --> B",
            "Some words.\n```mermaid\ngraph LR\nA --> B\n```\n",
            "```sh\nls\n```\n```mermaid\ngraph LR\nA --> B\n```\n",
            "```json\n[[\"A\", \"IMAGE\", \"B\", \"images\"]]\n```",
        ];
        for text in diagrams {
            assert_eq!(is(text), (true, false), "{text}");
        }
        let others = [
            r#"{"nodes": [], "note": "```mermaid\ngraph LR\n```"}"#,
            "{\"a\": \"\n```mermaid\ngraph LR\nA --> B\n```\"}",
            r#"[["key", {"nodes": [], "links": []}, "b", "c"]]"#,
            r#"[[["A", "IMAGE", "B", "images"]]]"#,
            r#"[{"op": "connect", "from": "1.IMAGE", "to": "2.images"}]"#,
            r#"[["A", "B"]]"#,
            "[]",
            "graph { a -- b }",
            "graph theory is about nodes",
            "```json\n{\"nodes\": []}\n```",
        ];
        for text in others {
            assert_eq!(is(text), (false, false), "{text}");
        }
        let programs = [
            "/**\n```mermaid\ngraph LR\nA --> B\n```\n*/\npub fn flow(g: &Flow) {}",
            "//! ```mermaid\n//! graph LR\n//! A --> B\n//! ```\npub fn flow(g: &Flow) {}",
            "fn text() -> &str { r#\"\n```mermaid\ngraph LR\nA --> B\n```\"# }",
        ];
        for text in programs {
            assert_eq!(is(text), (false, true), "{text}");
        }
        for name in ["a.mmd", "a.mermaid"] {
            assert!(Input::from_text(name, "").is_diagram(), "{name}");
        }
        assert!(!Input::from_text("a.rs", "graph LR").is_diagram());
    }

    #[test]
    fn what_a_media_file_carries_is_no_matter_of_its_name() {
        let svg = br#"<svg><metadata><![CDATA[{"prompt": {"1": {"class_type": "A", "inputs": {}}}}]]></metadata></svg>"#;
        for name in ["a.mmd", "a.rs"] {
            let input = Input::from_bytes(name, svg, From::Any).expect("a picture");
            assert!(!input.is_diagram() && !input.is_rust(), "{name}");
        }
    }

    #[test]
    fn what_is_no_document_is_said_with_its_name() {
        let said = |bytes: &[u8]| Input::from_bytes("x", bytes, From::Any).map_err(|error| error.to_string());
        assert_eq!(
            said(b"\xff\xfe").unwrap_err(),
            "x is neither text in UTF-8 nor a media file that could carry a workflow"
        );
        assert_eq!(said(b"GIF89a").unwrap_err(), "x cannot be used");
        let long = io::repeat(b' ').take(MOST_TEXT + 10);
        assert!(matches!(Input::from_reader("x", long, From::Any), Err(InputError::TooLarge { .. })));
        assert!(matches!(Input::from_file("no/such", From::Any), Err(InputError::Open { .. })));
    }
}

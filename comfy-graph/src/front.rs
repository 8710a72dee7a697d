//! Formats that a graph is read from: UI workflows ([`ui`]) and API prompts ([`api`]).
//!
//! Each front has a model of its format, lenient and lossless, and a lowering of that model to a
//! [`Graph`]. Fronts know the catalog but not where it came from, and know nothing of back ends.

pub mod api;
mod lenient;
pub mod ui;

use serde_json::{Map, Value};

use crate::{
    catalog::Catalog,
    diag::{Diagnostic, JsonPath, Segment, WithDiagnostics, codes, short},
    graph::Graph,
    json,
};

use ui::Document;

/// The two JSON formats of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The UI format: nodes with positions, links, subgraphs.
    Workflow,
    /// The API format, "prompt": what a server runs.
    Prompt,
}

/// A document that was read.
#[derive(Clone)]
pub struct Parsed {
    /// Which format it was in.
    pub format: Format,
    /// What it says.
    pub graph: Graph,
}

/// Why a document could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrontError {
    /// The text is not JSON, or nested deeper than 127 levels.
    #[error("not JSON: {0}")]
    NotJson(#[source] serde_json::Error),
    /// The text is longer than [`ReadOptions::max_bytes`].
    #[error("the document has {bytes} bytes, and no more than {limit} are read")]
    TooLarge {
        /// The length of the text.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// JSON, but neither a workflow nor a prompt.
    #[error("neither a workflow nor a prompt: {0}")]
    NotAWorkflow(&'static str),
}

/// The greatest length of a document that is read unless one says otherwise, in bytes: 128 MiB, or some 300,000
/// nodes.
///
/// JSON grows in memory: a list of zeros takes about 36 times the room of its text, a list of the smallest nodes about
/// 60 times. Whoever reads files should not read more of them than this either.
pub const MAX_BYTES: usize = 1 << 27;

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The greatest length of a document, in bytes; [`MAX_BYTES`] by default.
    pub max_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { max_bytes: MAX_BYTES }
    }
}

impl ReadOptions {
    /// Sets the greatest length of a document.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }
}

/// Reads a workflow or a prompt, whichever the text is.
///
/// # Errors
/// When there is nothing to make a graph of. Everything less is a diagnostic.
pub fn read(text: &str, catalog: &Catalog) -> Result<WithDiagnostics<Parsed>, FrontError> {
    read_with(text, catalog, ReadOptions::default())
}

/// As [`read`], with limits of one's own.
///
/// # Errors
/// As [`read`].
pub fn read_with(
    text: &str,
    catalog: &Catalog,
    options: ReadOptions,
) -> Result<WithDiagnostics<Parsed>, FrontError> {
    if text.len() > options.max_bytes {
        return Err(FrontError::TooLarge { bytes: text.len(), limit: options.max_bytes });
    }
    let text = json::without_bom(text);
    let (document, mended) = parse(text)?;
    let mut parsed = match document {
        Document::Workflow(scope) => {
            ui::read(scope, catalog).map(|graph| Parsed { format: Format::Workflow, graph })
        }
        Document::Object(map) if is_prompt(&map) => {
            let mut read = api::read(map, catalog);
            read.diagnostics.extend(json::keys_twice(text).into_iter().map(key_twice));
            read.map(|graph| Parsed { format: Format::Prompt, graph })
        }
        Document::Object(map) => return Err(FrontError::NotAWorkflow(reason(&map))),
        Document::Other => return Err(FrontError::NotAWorkflow("the document is not an object")),
    };
    if mended {
        let found = Diagnostic::new(codes::NON_FINITE_NUMBER, "NaN or Infinity in the file was read as null");
        parsed.diagnostics.insert(0, found);
    }
    Ok(parsed)
}

/// Finds the places of the new values that suggestions name ([`Suggestion::value`]), so that they become edits of the
/// document `text`, which `graph` was read from. A value whose place is not certain stays a piece of advice.
///
/// [`Suggestion::value`]: crate::diag::Suggestion::value
pub fn place_values(text: &str, graph: &Graph, catalog: &Catalog, diagnostics: &mut [Diagnostic]) {
    ui::place_values(text, graph, catalog, diagnostics);
}

/// The place in the document `text`, which `graph` was read from, of an input of a node: of its value where that is
/// certain, else of its socket or of the node. `key` is the node's as the prompt spells it, such as `57:8`.
///
/// `None` where there is no such node, or the document does not have it.
pub fn place_of_input(
    text: &str,
    graph: &Graph,
    catalog: &Catalog,
    key: &str,
    input: &str,
) -> Option<JsonPath> {
    match graph.node_of_key(key)?.input_path(input) {
        Some(path) => Some(path),
        None => ui::place_of_input(text, graph, catalog, key, input),
    }
}

/// The finding for a member whose key its object has twice.
fn key_twice(path: JsonPath) -> Diagnostic {
    let steps: Vec<&str> = path
        .segments()
        .iter()
        .filter_map(|step| match step {
            Segment::Key(key) => Some(&**key),
            Segment::Index(_) => None,
        })
        .collect();
    // ids are no words, so this is the envelope of `POST /prompt`
    let in_prompt = match steps.as_slice() {
        ["prompt", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    match in_prompt {
        [node, "inputs", input] => {
            let message = format!("#{}: {} is set twice; the last one counts", short(node), short(input));
            let help = format!("remove one of the two {}", short(input));
            let found = Diagnostic::new(codes::DUPLICATE_SETTING, message).node(node).input(*input);
            found.help(help).at(path)
        }
        [node] => {
            let message = format!("two nodes have the id {:?}; the last one counts", short(node));
            let found = Diagnostic::new(codes::DUPLICATE_NODE_ID, message).node(node);
            found.help("give one of them an id of its own").at(path)
        }
        _ => {
            let message = format!("the key at {path} is there twice; the last one counts");
            Diagnostic::new(codes::DUPLICATE_KEY, message).at(path)
        }
    }
}

/// The document, and whether number words of Python had to be replaced.
fn parse(text: &str) -> Result<(Document, bool), FrontError> {
    match serde_json::from_str(text) {
        Ok(document) => Ok((document, false)),
        Err(error) => match json::replace_non_finite(text) {
            Some(mended) => {
                serde_json::from_str(&mended).map(|document| (document, true)).map_err(FrontError::NotJson)
            }
            None => Err(FrontError::NotJson(error)),
        },
    }
}

/// Which format a document without a list `nodes` is in goes by its content (`scripts/app.ts: handleFile,
/// isApiJson`).
fn is_prompt(map: &Map<String, Value>) -> bool {
    api::is_prompt(map) || map.get("prompt").and_then(Value::as_object).is_some_and(api::is_prompt)
}

/// Why an object is neither a workflow nor a prompt.
fn reason(map: &Map<String, Value>) -> &'static str {
    if map.contains_key("templates") {
        "this is a bundle of node templates"
    } else {
        "there is no list `nodes`, and not every member has a class_type and inputs"
    }
}

//! Formats that a graph is read from: UI workflows ([`ui`]), API prompts ([`api`]) and diagrams ([`diagram`]).
//!
//! Each front has a model of its format, lenient and lossless, and a lowering of that model to a
//! [`Graph`]. Fronts know the catalog but not where it came from, and know nothing of back ends.

pub mod api;
pub mod diagram;
pub(crate) mod fresh;
mod lenient;
pub mod ui;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::{
    catalog::Catalog,
    diag::{Diagnostic, JsonPath, Place, Segment, WithDiagnostics, codes, short},
    graph::Graph,
    json::{
        self,
        numbers::{Odd, Oddity},
    },
    wrapped,
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
    let source = Source::parse(text)?;
    let mut parsed = match source.document {
        Document::Workflow(scope) => {
            ui::read(scope, catalog).map(|graph| Parsed { format: Format::Workflow, graph })
        }
        Document::Object(map) => {
            let mut read = api::read(map, catalog);
            let twice = json::keys_twice(json::without_bom(text));
            read.diagnostics
                .extend(twice.into_iter().filter_map(|path| inside(path, &source.wrapper)).map(key_twice));
            read.map(|graph| Parsed { format: Format::Prompt, graph })
        }
        Document::Other => return Err(FrontError::NotAWorkflow("the document is not an object")),
    };
    parsed.diagnostics.splice(0..0, source.found);
    Ok(parsed)
}

/// The workflow or prompt of a text as it stands there, as JSON: without what wraps it, with `null` for numbers that
/// cannot be read. `None` if there is none.
pub fn json(text: &str) -> Option<Value> {
    let text = json::without_bom(text);
    let mended = json::numbers::mended(text, &json::numbers::odd(text));
    let document: Value = serde_json::from_str(&mended).ok()?;
    let path = wrapped::find(&document).map(|inner| inner.path).unwrap_or_default();
    taken(document, &path)
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

/// A text that was parsed.
struct Source {
    /// A workflow, or an object that is a prompt.
    document: Document,
    /// The way to it.
    wrapper: Vec<Segment>,
    /// What is odd about the text.
    found: Vec<Diagnostic>,
}

impl Source {
    fn parse(text: &str) -> Result<Self, FrontError> {
        let bare = json::without_bom(text);
        let odd = json::numbers::odd(bare);
        let mended = json::numbers::mended(bare, &odd);
        let mut found = odd_numbers(bare, &odd, text.len() - bare.len());
        let document = serde_json::from_str(&mended).map_err(FrontError::NotJson)?;
        match document {
            Document::Workflow(_) => return Ok(Self { document, wrapper: Vec::new(), found }),
            Document::Object(ref map) if is_prompt(map) => {
                return Ok(Self { document, wrapper: Vec::new(), found });
            }
            _ => {}
        }
        let whole: Value = serde_json::from_str(&mended).map_err(FrontError::NotJson)?;
        let Some(inner) = wrapped::find(&whole) else {
            return match document {
                Document::Object(map) => Err(FrontError::NotAWorkflow(reason(&map))),
                _ => Ok(Self { document, wrapper: Vec::new(), found }),
            };
        };
        found.push(is_wrapped(&inner.path, &inner.others));
        let wrapper = inner.path;
        let inner = taken(whole, &wrapper).unwrap_or_default();
        let document = Document::deserialize(inner).map_err(FrontError::NotJson)?;
        Ok(Self { document, wrapper, found })
    }
}

/// The value at a path, without a copy.
fn taken(mut value: Value, path: &[Segment]) -> Option<Value> {
    for segment in path {
        let child = match segment {
            Segment::Key(key) => value.get_mut(&**key),
            Segment::Index(index) => value.get_mut(*index),
        };
        value = child?.take();
    }
    Some(value)
}

/// That what was read is only a part of the file.
fn is_wrapped(path: &[Segment], others: &[Vec<Segment>]) -> Diagnostic {
    const NAMED: usize = 5;
    let shown =
        |path: &[Segment]| short(&path.iter().cloned().collect::<JsonPath>().to_string()).into_owned();
    let message = format!("the workflow is at {} of the file; what is beside it is not read", shown(path));
    let found = Diagnostic::new(codes::WRAPPED_DOCUMENT, message).at(JsonPath::root());
    if others.is_empty() {
        return found;
    }
    let names: Vec<String> = others.iter().take(NAMED).map(|path| shown(path)).collect();
    let more = others.len().checked_sub(names.len()).filter(|more| *more > 0);
    let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
    found.help(format!(
        "others are at {}{more}; put one of them into a file of its own to read it",
        names.join(", ")
    ))
}

/// What is said of numbers that are not read as they are written.
fn odd_numbers(text: &str, odd: &[Odd], offset: usize) -> Vec<Diagnostic> {
    const MOST: usize = 100;
    let say = |odd: &Odd| {
        let written = short(text.get(odd.range.clone()).unwrap_or_default());
        let (code, message) = match odd.what {
            Oddity::Word => (codes::NON_FINITE_NUMBER, format!("{written} was read as null")),
            Oddity::TooLarge => (
                codes::NON_FINITE_NUMBER,
                format!("{written} is larger than any number; it was read as null"),
            ),
            Oddity::TooLong => {
                let read =
                    text.get(odd.range.clone()).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
                let message =
                    format!("{written} has more digits than a number of 64 bits; it was read as {read:e}");
                (codes::ROUNDED_NUMBER, message)
            }
        };
        let place = Place::Bytes { start: odd.range.start + offset, end: odd.range.end + offset };
        Diagnostic::new(code, message).at(place)
    };
    odd.iter().take(MOST).map(say).collect()
}

/// A path of the whole file as one of what is wrapped in it.
fn inside(path: JsonPath, wrapper: &[Segment]) -> Option<JsonPath> {
    if wrapper.is_empty() {
        return Some(path);
    }
    Some(path.segments().strip_prefix(wrapper)?.iter().cloned().collect())
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

//! What the compiler says about a workflow: [`Diagnostic`] and its parts.
//!
//! Problems in somebody's workflow or catalog are *data*: collected, never the first one only, and never a
//! panic. Failures of an operation (no such file, not JSON at all) are error enums of their module instead.
//!
//! Here live the types, the registry of codes ([`codes`]), places in a JSON document ([`JsonPath`]) and changes that
//! would mend it ([`Suggestion`]).
//! Turning a diagnostic into text is `diag::render`, behind the feature of that name; nothing
//! here prints.

#[cfg(feature = "render")]
mod alike;
pub mod codes;
#[cfg(feature = "render")]
pub mod fix;
#[cfg(feature = "render")]
mod json;
#[cfg(feature = "render")]
mod locate;
mod path;
#[cfg(feature = "render")]
pub mod render;
mod suggestion;

use std::{borrow::Cow, fmt, panic::Location};

pub use codes::{Code, CodeInfo};
pub use path::{JsonPath, Segment};
pub use suggestion::{Applicability, Edit, EditKind, Suggestion};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing was changed by it.
    Note,
    /// Legal, or repaired, but probably not what was meant.
    Warning,
    /// The prompt would fail, or something of the workflow could not be kept.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A place in the input that a diagnostic points at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A value of a JSON document, found in the text only when the diagnostic is rendered.
    Json(JsonPath),
    /// A byte range of the source text.
    Bytes {
        /// First byte.
        start: usize,
        /// One past the last byte.
        end: usize,
    },
    /// A place in the Rust source of a flow. It knows its file, so that it says something without the text.
    Rust(&'static Location<'static>),
}

/// Another place that explains the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What that place has to do with it, e.g. "the link comes from here".
    pub message: String,
}

/// One finding.
///
/// `message` stands alone: read without code, place or help it still says what is wrong and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Which kind of finding; stable across releases.
    pub code: Code,
    /// How bad this one is; starts as the code's default.
    pub severity: Severity,
    /// One line, without a final full stop.
    pub message: String,
    /// The primary place, when there is a source text.
    pub place: Option<Place>,
    /// The id of the node concerned, as the prompt spells it (`"57"`, `"57:8"`).
    pub node: Option<Box<str>>,
    /// The input of that node.
    pub input: Option<Box<str>>,
    /// That node's class, where whoever shows the diagnostic filled it in.
    pub class_type: Option<Box<str>>,
    /// That node's title, if it has one of its own; likewise.
    pub title: Option<Box<str>>,
    /// Further places.
    pub related: Vec<Related>,
    /// What to do about it, one sentence each.
    pub help: Vec<String>,
    /// Ways to mend it, the best first; their messages are not repeated in `help`.
    pub suggestions: Vec<Suggestion>,
}

impl Diagnostic {
    /// A diagnostic of the code's default severity with no place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.info().severity,
            message: message.into(),
            place: None,
            node: None,
            input: None,
            class_type: None,
            title: None,
            related: Vec::new(),
            help: Vec::new(),
            suggestions: Vec::new(),
        }
    }

    /// Sets the primary place.
    #[must_use]
    pub fn at(mut self, place: impl Into<Place>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Sets the primary place if there is one to set.
    #[must_use]
    pub fn at_opt(mut self, place: Option<JsonPath>) -> Self {
        self.place = place.map(Place::Json).or(self.place);
        self
    }

    /// Names the node concerned.
    #[must_use]
    pub fn node(mut self, key: impl fmt::Display) -> Self {
        self.node = Some(key.to_string().into());
        self
    }

    /// Names the input concerned.
    #[must_use]
    pub fn input(mut self, name: impl Into<Box<str>>) -> Self {
        self.input = Some(name.into());
        self
    }

    /// Adds a sentence of advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a way to mend it, after those that are there.
    #[must_use]
    pub fn suggest(mut self, suggestion: Suggestion) -> Self {
        self.suggestions.push(suggestion);
        self
    }

    /// What a reader should be told to do: `help`, then the messages of the suggestions.
    pub fn advice(&self) -> impl Iterator<Item = &str> {
        self.help.iter().map(String::as_str).chain(self.suggestions.iter().map(|s| s.message.as_str()))
    }

    /// The suggestion that may be applied without asking, if there is one.
    pub fn fix(&self) -> Option<&Suggestion> {
        let applicable = |s: &&Suggestion| s.applicability == Applicability::MachineApplicable;
        self.suggestions.iter().find(applicable).filter(|fix| !fix.edits.is_empty())
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, place: impl Into<Place>, message: impl Into<String>) -> Self {
        self.related.push(Related { place: place.into(), message: message.into() });
        self
    }

    /// The message with another key in the place of its node's: what findings about several nodes have in common. Long keys
    /// are cut in messages.
    #[must_use]
    pub fn message_about(&self, key: &str) -> String {
        let Some(node) = self.node.as_deref() else { return self.message.clone() };
        let message = self.message.replace(&format!("#{node}"), &format!("#{key}"));
        match short(node) {
            Cow::Owned(cut) => message.replace(&format!("#{cut}"), &format!("#{key}")),
            Cow::Borrowed(_) => message,
        }
    }

    /// Whether this one makes the run fail.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl From<JsonPath> for Place {
    fn from(path: JsonPath) -> Self {
        Self::Json(path)
    }
}
impl From<&'static Location<'static>> for Place {
    fn from(location: &'static Location<'static>) -> Self {
        Self::Rust(location)
    }
}

/// Text of a file for use in a message: as it is, or its start. A name can be as long as the file, and a hundred
/// thousand messages can mention it.
pub(crate) fn short(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

/// `error[missing_node_type]: message`, the concise form without a place.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.code, self.message)
    }
}

/// A result that always exists, with what was found on the way to it.
#[derive(Clone, Debug, Default)]
pub struct WithDiagnostics<T> {
    /// What could be made of the input.
    pub value: T,
    /// Everything that was noticed, in the order of the input.
    pub diagnostics: Vec<Diagnostic>,
}

impl<T> WithDiagnostics<T> {
    /// Wraps a value about which there is nothing to say.
    pub fn clean(value: T) -> Self {
        Self { value, diagnostics: Vec::new() }
    }

    /// Whether any diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Applies `f` to the value and keeps the diagnostics.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> WithDiagnostics<U> {
        WithDiagnostics { value: f(self.value), diagnostics: self.diagnostics }
    }
}

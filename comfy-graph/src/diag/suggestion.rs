//! What would mend a finding: [`Suggestion`], a set of [`Edit`]s of the JSON document.
//!
//! Only the description lives here. Applying edits to a text, with its white space kept, is the business of whoever
//! holds the text.

use std::fmt;

use serde_json::Value;

use super::JsonPath;

/// Whether a suggestion may be applied without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// One of several candidates, or a guess: for a person to decide.
    MaybeIncorrect,
    /// Surely what was meant, and complete: safe to apply unseen.
    MachineApplicable,
}

impl fmt::Display for Applicability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MaybeIncorrect => "maybe_incorrect",
            Self::MachineApplicable => "machine_applicable",
        })
    }
}

/// One way to mend a finding. The suggestions of a diagnostic are alternatives, the best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What to do, one sentence without a final full stop: `change it to "euler"`.
    pub message: String,
    /// Whether it may be applied without asking.
    pub applicability: Applicability,
    /// Changes of the document, to be made all or none. Empty when the graph did not come from a JSON document, or
    /// when the place of the change is not known.
    pub edits: Vec<Edit>,
    /// The value that the finding's input should have, while its place in the document is not known yet: workflows keep
    /// values in lists, which [`front::place_values`](crate::front::place_values) looks through.
    pub value: Option<Value>,
}

impl Suggestion {
    /// A suggestion that changes nothing by itself.
    pub fn new(message: impl Into<String>, applicability: Applicability) -> Self {
        Self { message: message.into(), applicability, edits: Vec::new(), value: None }
    }

    /// Adds a change, if its place is known.
    #[must_use]
    pub fn edit(mut self, path: Option<JsonPath>, kind: EditKind) -> Self {
        self.edits.extend(path.map(|path| Edit { path, kind }));
        self
    }
}

/// One change of a JSON document. Paths are those of the document before any edit of the same suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is changed.
    pub path: JsonPath,
    /// How.
    pub kind: EditKind,
}

/// How a document is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// The value at the path becomes this one.
    Replace(Value),
    /// The member at the path gets this key and keeps its value and its place.
    RenameKey(Box<str>),
    /// The path names a member that is not there: its object gets it, at the end. An index is where in its array the
    /// value goes.
    Insert(Value),
    /// The member or element at the path goes away.
    Remove,
}

impl EditKind {
    /// The word of the machine form: `replace`, `rename_key`, `insert` or `remove`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Replace(_) => "replace",
            Self::RenameKey(_) => "rename_key",
            Self::Insert(_) => "insert",
            Self::Remove => "remove",
        }
    }

    /// The new value or key; `None` when something goes away.
    pub fn value(&self) -> Option<Value> {
        match self {
            Self::Replace(value) | Self::Insert(value) => Some(value.clone()),
            Self::RenameKey(key) => Some((&**key).into()),
            Self::Remove => None,
        }
    }
}

//! Whether a mistake is refused, and whether the advice names what was there before.

use std::fmt;

use comfy_graph::diag::{Diagnostic, EditKind};
use comfy_transpile::{Compiler, Input};

use super::Fault;

/// What the compiler made of one mistake.
#[derive(Clone, Debug)]
pub struct Score {
    /// There is an error.
    pub blocked: bool,
    /// Every mistake's answer is in the advice.
    pub named: bool,
    /// Everything that was said.
    pub found: Vec<Diagnostic>,
}

/// Asks the compiler. A text that cannot be read says nothing.
pub fn judge(fault: &Fault, compiler: &Compiler) -> Score {
    score(fault, compiler.check_input(&Input::from_text("prompt.json", &*fault.text)).unwrap_or_default())
}

/// Measures what was said of a mistake.
pub(super) fn score(fault: &Fault, found: Vec<Diagnostic>) -> Score {
    let advice = advice(&found);
    let is_named = |answer: &String| advice.iter().any(|text| has_word(text, answer));
    Score {
        blocked: found.iter().any(Diagnostic::is_error),
        named: fault.answers.iter().all(|answers| answers.iter().any(is_named)),
        found,
    }
}

/// What the reader is told to do.
fn advice(found: &[Diagnostic]) -> Vec<String> {
    let mut all = Vec::new();
    for diagnostic in found {
        all.extend(diagnostic.advice().map(str::to_owned));
        for edit in diagnostic.suggestions.iter().flat_map(|suggestion| &suggestion.edits) {
            match &edit.kind {
                EditKind::Replace(value) | EditKind::Insert(value) => {
                    all.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                }
                EditKind::RenameKey(key) => all.push(key.to_string()),
                EditKind::Remove => {}
            }
        }
    }
    all
}

/// Whether the text has the answer in it, not as a part of a longer word.
fn has_word(text: &str, answer: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(answer).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + answer.len()..).and_then(|text| text.chars().next());
        let ends =
            |c: Option<char>| inside(c) && answer.chars().next_back().is_some_and(char::is_alphanumeric);
        let starts = |c: Option<char>| inside(c) && answer.chars().next().is_some_and(char::is_alphanumeric);
        !ends(after) && !starts(before)
    })
}

/// How many of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Planted.
    pub made: usize,
    /// Refused.
    pub blocked: usize,
    /// With the answer in the advice.
    pub named: usize,
}

impl Tally {
    /// Counts one.
    pub fn add(&mut self, score: &Score) {
        self.made += 1;
        self.blocked += usize::from(score.blocked);
        self.named += usize::from(score.blocked && score.named);
    }

    /// Refused, in percent.
    pub fn blocked_percent(&self) -> f64 {
        percent(self.blocked, self.made)
    }

    /// Named, in percent.
    pub fn named_percent(&self) -> f64 {
        percent(self.named, self.made)
    }
}

#[allow(clippy::cast_precision_loss, reason = "small numbers")]
fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:5} {:7.2} {:7.2}", self.made, self.blocked_percent(), self.named_percent())
    }
}

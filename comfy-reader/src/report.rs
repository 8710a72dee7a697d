//! What is wrong with the program, as it is found. A program full of mistakes is cut off: nobody reads a thousand.

use std::cell::RefCell;

use comfy_graph::diag::{Code, Diagnostic, codes};

use super::at::At;

/// More messages than this are not kept.
const LIMIT: usize = 200;

/// Everything found so far.
#[derive(Debug, Default)]
pub(super) struct Report(RefCell<Vec<Diagnostic>>);

impl Report {
    pub(super) fn push(&self, diagnostic: Diagnostic) {
        let mut found = self.0.borrow_mut();
        // the same mistake in the same place is one, however it was come by
        if found.len() < LIMIT && !found.contains(&diagnostic) {
            found.push(diagnostic);
        }
    }

    /// Whether nothing more is kept, so that no advice needs to be thought of.
    pub(super) fn is_full(&self) -> bool {
        self.0.borrow().len() >= LIMIT
    }

    pub(super) fn error(&self, code: Code, at: At, message: impl Into<String>) {
        self.push(Diagnostic::new(code, message).at(at.place()));
    }

    pub(super) fn with_help(&self, code: Code, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.push(Diagnostic::new(code, message).at(at.place()).help(help));
    }

    /// Adds advice to what was said of a place first, after an "or" if there is some.
    pub(super) fn also_at(&self, at: At, help: &str) {
        let place = Some(at.place());
        if let Some(found) = self.0.borrow_mut().iter_mut().find(|found| found.place == place) {
            let or = if found.help.is_empty() { "" } else { "or " };
            found.help.push(format!("{or}{help}"));
        }
    }

    /// Rust, but not of the part that is read without a compiler.
    pub(super) fn unsupported(&self, at: At, what: &str) {
        self.push(
            Diagnostic::new(codes::UNSUPPORTED_RUST, format!("{what} is not read without a compiler"))
                .at(at.place())
                .help("write it another way (docs/reading-rust.md lists what is read), or compile and run the flow"),
        );
    }

    /// The same, where it can be said what to write instead.
    pub(super) fn unsupported_but(&self, at: At, what: &str, instead: &str) {
        let message = format!("{what} is not read without a compiler");
        self.with_help(codes::UNSUPPORTED_RUST, at, message, instead);
    }

    /// Something of `std`: with what to write instead, if that is known, and then once.
    pub(super) fn unsupported_std(&self, at: At, name: &str, instead: Option<&str>) {
        let what = format!("`{name}`");
        let Some(instead) = instead else { return self.unsupported(at, &what) };
        let is_known = self.0.borrow().iter().any(|found| found.help.iter().any(|help| help == instead));
        if !is_known {
            self.unsupported_but(at, &what, instead);
        }
    }

    pub(super) fn has_errors(&self) -> bool {
        self.0.borrow().iter().any(Diagnostic::is_error)
    }

    /// Adds what was found to another report, unless it is about something that is not read at all.
    pub(super) fn join_read(self, other: &Self) {
        let found = self.into_vec();
        if !found.iter().any(|found| found.code == codes::UNSUPPORTED_RUST) {
            for found in found {
                other.push(found);
            }
        }
    }

    pub(super) fn into_vec(self) -> Vec<Diagnostic> {
        self.0.into_inner()
    }
}

//! What [`Flow::build`](crate::Flow::build) fails with: everything that is wrong, as one error.

use std::{error, fmt, ops::Deref};

use comfy_graph::diag::{Diagnostic, Place};

/// Everything that is wrong with a flow, in the order of its nodes. Warnings are there too.
///
/// A list of diagnostics that is an error as well, so that `?` takes it. It shows itself with the place in the Rust
/// source that each is about, one line each, and the help below.
///
/// ```
/// use comfy_dsl::prelude::*;
///
/// fn prompt() -> Result<serde_json::Value, Box<dyn std::error::Error>> {
///     let g = Flow::new();
///     g.add(RawNode::new("SaveImage").input("images", f64::NAN));
///     Ok(g.build()?)
/// }
/// let said = prompt().expect_err("NaN has no JSON").to_string();
/// assert!(said.contains("error[invalid_input_type]: SaveImage #1: `images` is NaN"), "{said}");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Problems(Vec<Diagnostic>);

impl Problems {
    pub(crate) const fn new(found: Vec<Diagnostic>) -> Self {
        Self(found)
    }

    /// The list, for a renderer of one's own.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.0
    }

    /// Leaves out what is no problem for whoever asked; for example that a server lacks a file that it is about to get.
    #[must_use]
    pub fn retain(mut self, keep: impl FnMut(&Diagnostic) -> bool) -> Self {
        self.0.retain(keep);
        self
    }

    /// As rustc shows errors, with the lines of the source. Sources are looked for where this process runs, and in
    /// the folders above; of one that is not there, file and line are shown.
    #[cfg(feature = "render")]
    pub fn render(&self, colour: bool) -> String {
        crate::render::full(&self.0, colour)
    }
}

impl Deref for Problems {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.0
    }
}

impl IntoIterator for Problems {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            if let Some(Place::Rust(location)) = &problem.place {
                write!(f, "{location}: ")?;
            }
            write!(f, "{problem}")?;
            for help in problem.advice() {
                write!(f, "\n  help: {help}")?;
            }
        }
        Ok(())
    }
}
/// The same as `Display`, because that is what `main` shows of an error and what `expect` says.
impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
impl error::Error for Problems {}

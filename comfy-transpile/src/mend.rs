//! Mending what can be mended without asking.

use std::fmt;

use comfy_graph::diag::{Code, Diagnostic, Suggestion, fix, render};

use crate::{compiler::Compiler, error::Error, input::Input, levels::Levels};

/// Fixes may bring other fixes with them. No document needs as many rounds as this.
const ROUNDS: usize = 100;

/// A text with everything mended that could be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mended {
    /// The new text.
    pub text: String,
    /// What was mended.
    pub done: Vec<Fixed>,
    /// What is wrong with the new text, by place.
    pub left: Vec<Diagnostic>,
}

/// A finding that was mended. As text it is a line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fixed {
    /// The code of the finding.
    pub code: Code,
    /// What was found.
    pub message: String,
    /// What was done about it.
    pub fix: String,
}

impl Fixed {
    fn new(found: &Diagnostic, fix: &Suggestion) -> Self {
        Self { code: found.code, message: found.message.clone(), fix: fix.message.clone() }
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fixed[{}]: {} ({})", self.code, self.message, self.fix)
    }
}

impl Compiler {
    /// Makes all changes to a text that are safe to make without asking, until there are no more of them. Findings that
    /// `levels` allow are left alone.
    ///
    /// ```
    /// use comfy_transpile::{Compiler, Input, Levels};
    ///
    /// let prompt = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": "64", "height": 64, "batch_size": 1,
    ///     "color": 0}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}"#;
    /// let mended = Compiler::bundled().mend(&Input::from_text("prompt.json", prompt), &Levels::default())?;
    /// assert_eq!(mended.text, prompt.replace("\"64\"", "64"));
    /// assert_eq!((mended.done.len(), mended.left.len()), (1, 0));
    /// # Ok::<(), comfy_transpile::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the text is neither a workflow nor a prompt. Of a program with mistakes, those are what is left.
    pub fn mend(&self, input: &Input, levels: &Levels) -> Result<Mended, Error> {
        let mut mended =
            Mended { text: input.text().to_owned(), done: Vec::new(), left: self.findings(input, levels)? };
        for _ in 0..ROUNDS {
            let fixes: Vec<(&Diagnostic, &Suggestion)> =
                mended.left.iter().filter_map(|found| Some((found, found.fix()?))).collect();
            let applied = fix::apply(&mended.text, fixes.iter().map(|(_, fix)| *fix));
            if applied.done.is_empty() || applied.text == mended.text {
                break;
            }
            // a fix that makes a document unreadable is none
            let Ok(left) = self.findings(&input.clone().with_text(applied.text.as_str()), levels) else {
                break;
            };
            let done = applied.done.iter().filter_map(|done| fixes.get(*done));
            let done: Vec<Fixed> = done.map(|(found, fix)| Fixed::new(found, fix)).collect();
            mended.done.extend(done);
            (mended.text, mended.left) = (applied.text, left);
        }
        Ok(mended)
    }

    /// What counts of what is wrong with a text, by place.
    fn findings(&self, input: &Input, levels: &Levels) -> Result<Vec<Diagnostic>, Error> {
        let mut found = self.check_input(input)?;
        levels.apply(&mut found);
        render::sort_by_place(&mut found, input.text());
        Ok(found)
    }
}

//! What the program writes where.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use comfy_graph::diag::{Diagnostic, render, render::Form};
use comfy_transpile::Input;

use super::Cli;

/// How to show what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// With an excerpt of the file
    Full,
    /// One line each
    Concise,
    /// One JSON object a line
    Json,
    /// Commands of GitHub's workflows
    Github,
}

impl MessageFormat {
    /// Whether a person reads it, to whom more may be said than the findings.
    pub(super) fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }

    fn form(self) -> Form {
        match self {
            Self::Full => Form::Full,
            Self::Concise => Form::Concise,
            Self::Json => Form::Json,
            Self::Github => Form::Github,
        }
    }
}

impl Cli {
    /// Findings beside an output: to standard error.
    pub(super) fn show(&self, diagnostics: &[Diagnostic], about: &Input) {
        let colour = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        complain(&self.rendered(diagnostics, about, colour));
    }

    /// Findings that are the output.
    pub(super) fn write_findings(&self, diagnostics: &[Diagnostic], about: &Input) -> Result<()> {
        let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        write(&self.rendered(diagnostics, about, colour))
    }

    /// The findings in the form that was asked for, as many as are wanted; that there are more goes to standard error.
    fn rendered(&self, diagnostics: &[Diagnostic], about: &Input, colour: bool) -> String {
        let source = Some((about.name(), about.text()));
        let unlimited = |limit: usize| if limit == 0 { usize::MAX } else { limit };
        let (text, left) = match self.message_format {
            MessageFormat::Full if self.limit == Some(0) => {
                (render::render(Form::Full, diagnostics, source, colour), 0)
            }
            MessageFormat::Full => {
                render::full_within(diagnostics, source, colour, self.limit.map_or(render::MOST, unlimited))
            }
            format => {
                let most = self.limit.map_or(usize::MAX, unlimited).min(diagnostics.len());
                let (shown, rest) = diagnostics.split_at(most);
                (render::render(format.form(), shown, source, colour), rest.len())
            }
        };
        if left > 0 {
            complain(&format!("{left} more are not shown; --limit 0 shows them all\n"));
        }
        text
    }
}

/// Writes to standard output.
///
/// # Errors
/// Those of the stream, except that its reader has gone.
pub(super) fn write(output: &str) -> Result<()> {
    match io::stdout().lock().write_all(output.as_bytes()).and_then(|()| io::stdout().flush()) {
        // whoever reads has seen enough, as in `| head`
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}

/// Writes to standard error; there is nobody to tell when that fails.
pub(crate) fn complain(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

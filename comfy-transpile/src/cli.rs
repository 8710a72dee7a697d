//! The command line of `comfy-transpile`.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result};
use clap::{CommandFactory as _, Parser, ValueEnum, error::ErrorKind};
use comfy_graph::{
    back,
    diag::{Diagnostic, render, render::Form},
    diff::{self, Level},
    front::{self, Format},
    passes::{LowerOptions, Moment},
};
use comfy_transpile::{Options, Target, media, rust::EmitOptions, transpile};

use crate::source;

/// Turn a ComfyUI workflow into typed Rust, into a prompt for the server, or into a picture.
///
/// Exit status: 0 done; 1 the workflow has errors (the output is written all the same); 2 could not run. With
/// --diff: 0 no difference; 1 different; 2 could not run.
#[derive(Debug, Parser)]
#[command(name = "comfy-transpile", version)]
pub(crate) struct Cli {
    /// A workflow or a prompt: JSON, or a picture, sound, video or model that carries one; `-` is standard input
    #[arg(default_value = "-")]
    file: PathBuf,
    /// What to read from a media file; the workflow, or else the prompt, without it
    #[arg(long, value_enum, value_name = "DOCUMENT")]
    from: Option<From>,
    /// What to make of it
    #[arg(long, value_enum, default_value = "rust", value_name = "FORM")]
    to: To,
    /// Say what is different between two workflows of any format, whatever their ids, order and layout
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["file", "to", "seed", "resolve_names"])]
    diff: Option<Vec<PathBuf>>,
    /// Expand {a|b} in texts of the prompt, choosing by this seed; without it they stay as they are
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Fill in %date:…% and %Node.widget% in names of saved files, as the frontend does when it queues
    #[arg(long)]
    resolve_names: bool,
    /// In a workflow, leave nodes where the file has them; `false` arranges all of them anew
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set)]
    keep_layout: bool,
    /// The nodes that there are: those of ComfyUI itself, an answer of `/object_info`, or a running server
    #[arg(long, default_value = "bundled", value_name = "bundled|FILE|URL")]
    catalog: String,
    /// Where to write; standard output without it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How to show what was found
    #[arg(long, value_enum, default_value = "full", value_name = "FORM")]
    message_format: MessageFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum From {
    /// The UI format
    Workflow,
    /// The API format, as it ran
    Prompt,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum To {
    /// Rust source for comfy-dsl
    Rust,
    /// The API format, which a server runs
    Api,
    /// The UI format, which the frontend opens
    Ui,
    /// GraphViz
    Dot,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MessageFormat {
    /// With an excerpt of the file
    Full,
    /// One line each
    Concise,
    /// One JSON object a line
    Json,
    /// Commands of GitHub's workflows
    Github,
}

/// The local time.
fn now() -> Moment {
    let now = jiff::ZonedDateTime::now();
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    Moment {
        year: now.year().into(),
        month: small(now.month()),
        day: small(now.day()),
        hour: small(now.hour()),
        minute: small(now.minute()),
        second: small(now.second()),
    }
}

impl Cli {
    /// Does what the command line says.
    ///
    /// # Errors
    /// When it could not run: status 2.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if let Some([old, new]) = self.diff.as_deref() {
            return self.compare(old, new);
        }
        if source::is_stdin(&self.file) && io::stdin().is_terminal() {
            let nothing = "which workflow? Name a FILE, or pipe one in";
            Self::command().error(ErrorKind::MissingRequiredArgument, nothing).exit();
        }
        let text = source::text(&self.file, self.document())?;
        let (catalog, known_files) = source::catalog(&self.catalog)?;
        let done = match transpile(&text, &catalog, &self.options(known_files)) {
            Ok(done) => done,
            Err(error) => {
                self.show(&[error.to_diagnostic(&text)], &text);
                return Ok(ExitCode::from(2));
            }
        };
        self.write(&done.value)?;
        self.show(&done.diagnostics, &text);
        Ok(if done.has_errors() { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }

    /// `--diff`: what is different goes to the output, what could not be read to standard error.
    fn compare(&self, old: &Path, new: &Path) -> Result<ExitCode> {
        let (catalog, _) = source::catalog(&self.catalog)?;
        let mut parsed = Vec::new();
        for file in [old, new] {
            let text = source::text(file, self.document())?;
            match front::read(&text, &catalog) {
                Ok(read) => parsed.push(read.value),
                Err(error) => {
                    let error = comfy_transpile::Error::from(error);
                    self.show_about(&name(file), &[error.to_diagnostic(&text)], &text);
                    return Ok(ExitCode::from(2));
                }
            }
        }
        let [one, other] = &*parsed else { return Ok(ExitCode::from(2)) };
        let diff = diff::parsed(one, other);
        let output = match self.message_format {
            MessageFormat::Json => diff.to_json_lines(),
            _ if diff.is_empty() => String::new(),
            MessageFormat::Full | MessageFormat::Concise | MessageFormat::Github => {
                let queued = match diff.level {
                    Level::Queued if parsed.iter().any(|file| file.format == Format::Workflow) => {
                        "compared as queued: subgraphs expanded, without notes, muted and bypassed nodes\n"
                    }
                    Level::Authored | Level::Queued => "",
                };
                format!("--- {}\n+++ {}\n{queued}{diff}", name(old), name(new))
            }
        };
        self.write(&output)?;
        Ok(if diff.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    fn document(&self) -> media::From {
        match self.from {
            None => media::From::Any,
            Some(From::Workflow) => media::From::Workflow,
            Some(From::Prompt) => media::From::Prompt,
        }
    }

    fn options(&self, known_files: bool) -> Options {
        let target = match self.to {
            To::Rust => Target::Rust,
            To::Api => Target::Api,
            To::Ui => Target::Ui,
            To::Dot => Target::Dot,
        };
        let mut rust = EmitOptions::default();
        if let (false, Some(stem)) = (source::is_stdin(&self.file), self.file.file_stem()) {
            rust.name = stem.to_string_lossy().into_owned();
        }
        let lower = LowerOptions { seed: self.seed, resolve_names: self.resolve_names.then(now) };
        let ui = back::ui::Options { keep_layout: self.keep_layout };
        Options { target, known_files, lower, ui, rust }
    }

    fn write(&self, output: &str) -> Result<()> {
        match &self.output {
            Some(file) => Ok(fs_err::write(file, output)?),
            None => {
                match io::stdout().lock().write_all(output.as_bytes()).and_then(|()| io::stdout().flush()) {
                    // whoever reads has seen enough, as in `| head`
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    result => result.context("standard output cannot be written"),
                }
            }
        }
    }

    fn show(&self, diagnostics: &[Diagnostic], text: &str) {
        self.show_about(&name(&self.file), diagnostics, text);
    }

    fn show_about(&self, file: &str, diagnostics: &[Diagnostic], text: &str) {
        let form = match self.message_format {
            MessageFormat::Full => Form::Full,
            MessageFormat::Concise => Form::Concise,
            MessageFormat::Json => Form::Json,
            MessageFormat::Github => Form::Github,
        };
        let colour = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
        let shown = render::render(form, diagnostics, Some((file, text)), colour);
        complain(&shown);
    }
}

/// What to call a file in messages.
fn name(file: &Path) -> String {
    if source::is_stdin(file) { "<stdin>".to_owned() } else { file.display().to_string() }
}

/// Writes to standard error; there is nobody to tell when that fails.
pub(crate) fn complain(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

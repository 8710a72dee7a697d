//! The command line of `comfy-transpile`: which of its tasks to do.

mod args;
mod check;
mod compare;
mod explain;
mod levels;
mod patch;
mod report;

use std::{
    io::{self, IsTerminal as _},
    path::Path,
    process::ExitCode,
};

use anyhow::{Result, anyhow};
use clap::{CommandFactory as _, error::ErrorKind};
use comfy_graph::{catalog::Catalog, diag::render};
use comfy_transpile::{Document, Error, Options, open, transpile};

use crate::source::{self, is_stdin};

pub(crate) use args::Cli;
pub(crate) use report::complain;

impl Cli {
    /// Does what the command line says.
    ///
    /// # Errors
    /// When it could not run: status 2.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        if let Some(code) = &self.explain {
            report::write(&explain::page(code).map_err(|unknown| anyhow!(unknown))?)?;
            return Ok(ExitCode::SUCCESS);
        }
        if let Some([old, new]) = self.diff.as_deref() {
            return self.compare(old, new);
        }
        self.refuse_wrong_use();
        if self.check || self.fix {
            return check::run(self);
        }
        match &*self.files {
            [file] => self.transpile(file),
            _ => Ok(ExitCode::from(2)),
        }
    }

    /// What clap cannot say. Ends the program as clap does.
    fn refuse_wrong_use(&self) {
        let checks = self.check || self.fix;
        let wrong = if self.files.len() > 1 && !checks {
            "one FILE at a time, unless they are to be checked"
        } else if self.files.len() > 1 && self.output.is_some() {
            "several FILEs cannot all be written to one file"
        } else if self.check && !self.fix && self.output.is_some() {
            "--check writes no file; did you mean --fix?"
        } else if self.files.iter().any(|file| is_stdin(file)) && io::stdin().is_terminal() {
            let nothing = "which workflow? Name a FILE, or pipe one in";
            Self::command().error(ErrorKind::MissingRequiredArgument, nothing).exit();
        } else {
            return;
        };
        Self::command().error(ErrorKind::ArgumentConflict, wrong).exit();
    }

    /// A document beside the one that is worked on; `None` if it cannot be read, which was said then.
    fn open(&self, file: &Path, catalog: &Catalog) -> Result<Option<Document>> {
        let text = source::read(file, self.document())?.text;
        let options = Options { source: args::source_of(file), ..self.options(false)? };
        match open(&text, catalog, &options) {
            Ok(read) => Ok(Some(read.value)),
            Err(error) => {
                self.show(&error.to_diagnostics(&text), &report::name(file), &text);
                Ok(None)
            }
        }
    }

    fn transpile(&self, file: &Path) -> Result<ExitCode> {
        let text = source::read(file, self.document())?.text;
        let (catalog, known_files) = source::catalog(&self.catalog)?;
        let name = report::name(file);
        let mut options = self.options(known_files)?;
        if let (args::Keep::Of(original), args::To::Ui) = (&self.keep_layout, self.to) {
            match self.open(original, &catalog)? {
                Some(original) => options.looks = Some(original.graph),
                None => return Ok(ExitCode::from(2)),
            }
        }
        let mut done = match transpile(&text, &catalog, &options) {
            Ok(done) => done,
            Err(error) => {
                self.show(&error.to_diagnostics(&text), &name, &text);
                return Ok(ExitCode::from(if matches!(error, Error::Rust(_)) { 1 } else { 2 }));
            }
        };
        match &self.output {
            Some(output) => fs_err::write(output, &done.value)?,
            None => report::write(&done.value)?,
        }
        self.levels().apply(&mut done.diagnostics);
        render::sort_by_place(&mut done.diagnostics, &text);
        self.show(&done.diagnostics, &name, &text);
        Ok(if done.has_errors() { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

//! The command line of `comfy-transpile`: which of its tasks to do.

mod args;
mod check;
mod compare;
mod edit;
mod explain;
mod given;
mod patch;
mod report;

use std::{
    io::{self, IsTerminal as _},
    path::Path,
    process::ExitCode,
};

use anyhow::{Result, anyhow};
use clap::{CommandFactory as _, error::ErrorKind};
use comfy_graph::diag::render;
use comfy_transpile::{Compiler, Document, Error, Input, read_lock};

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
        } else if self.edit.as_deref().is_some_and(is_stdin) && self.files.iter().any(|file| is_stdin(file)) {
            "the edits and the workflow cannot both come from standard input; name a FILE"
        } else if self.files.iter().any(|file| is_stdin(file)) && io::stdin().is_terminal() {
            let nothing = "which workflow? Name a FILE, or pipe one in";
            Self::command().error(ErrorKind::MissingRequiredArgument, nothing).exit();
        } else {
            return;
        };
        Self::command().error(ErrorKind::ArgumentConflict, wrong).exit();
    }

    /// What everything here is done with.
    fn compiler(&self) -> Result<Compiler> {
        let compiler = self.catalog.compiler()?;
        Ok(match &self.lock {
            Some(file) => compiler.lock(read_lock(file)?),
            None => compiler,
        })
    }

    /// A FILE, or standard input for `-`.
    fn input(&self, file: &Path) -> Result<Input> {
        let from = self.document();
        Ok(if is_stdin(file) { Input::from_stdin(from)? } else { Input::from_file(file, from)? })
    }

    /// A document beside the one that is worked on; `None` if it cannot be read, which was said then.
    fn open(&self, file: &Path, compiler: &Compiler) -> Result<Option<Document>> {
        let input = self.input(file)?;
        match compiler.open(&input) {
            Ok(document) => Ok(Some(document)),
            Err(error) => {
                self.show(&error.to_diagnostics(), &input);
                Ok(None)
            }
        }
    }

    fn transpile(&self, file: &Path) -> Result<ExitCode> {
        let input = self.source(self.input(file)?);
        let compiler = self.compiler()?;
        let document = match compiler.open(&input) {
            Ok(document) => document,
            Err(error) => {
                self.show(&error.to_diagnostics(), &input);
                return Ok(ExitCode::from(if matches!(error, Error::Rust(_)) { 1 } else { 2 }));
            }
        };
        if self.given.list {
            return self.list_params(&compiler, &document, file);
        }
        let to = self.to(document.form());
        let looks = match &self.keep_layout {
            args::Keep::Of(original) if matches!(to, args::To::Ui) => {
                match self.open(original, &compiler)? {
                    Some(original) => Some(original),
                    None => return Ok(ExitCode::from(2)),
                }
            }
            args::Keep::Of(_) | args::Keep::Own(_) => None,
        };
        let document = match &self.edit {
            Some(ops) => match self.edited(ops, &document, &compiler)? {
                Some(edited) => edited,
                None => return Ok(ExitCode::from(1)),
            },
            None => document,
        };
        let Some(document) = self.with_settings(&compiler, &document, file)? else {
            return Ok(ExitCode::from(2));
        };
        let mut done = compiler.write(&document, &self.target(to, looks));
        match &self.output {
            Some(output) => fs_err::write(output, &done.value)?,
            None => report::write(&done.value)?,
        }
        self.levels().apply(&mut done.diagnostics);
        render::sort_by_place(&mut done.diagnostics, input.text());
        self.show(&done.diagnostics, &input);
        Ok(if done.has_errors() { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

//! `--set`, `--param` and `--params`: what is to be set from outside, and what of a workflow can be.

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use clap::Args;
use comfy_transpile::{Compiler, Document, Input, Setting, SettingError, Settings, list, list_json};

use super::{
    Cli,
    args::To,
    is_stdin,
    report::{self, MessageFormat},
};

/// What is said of parameters.
#[derive(Debug, Args)]
pub(super) struct Given {
    /// Set a value first: of a parameter of the workflow, of a role (`positive`, `seed`, `steps`, …), or of an input,
    /// whose node is named by its id, title or class
    #[arg(long = "set", help_heading = "Parameters", value_name = "NAME|NODE.INPUT=VALUE",
          conflicts_with_all = ["check", "fix", "diff"])]
    pub(super) settings: Vec<Setting>,
    /// Make a parameter of an input, under this name
    #[arg(long = "param", help_heading = "Parameters", value_name = "NODE.INPUT=NAME",
          conflicts_with_all = ["check", "fix", "diff"])]
    pub(super) entries: Vec<String>,
    /// List what can be set by name: parameters and roles, with types, defaults and places
    #[arg(long = "params", help_heading = "Parameters",
          conflicts_with_all = ["to", "check", "fix", "diff", "settings"])]
    pub(super) list: bool,
}

impl Cli {
    /// What is set in a FILE. Its sidecar file is read where it matters.
    fn settings(&self, document: &Document, file: &Path) -> Settings {
        let mut settings = Settings::default();
        settings.values.clone_from(&self.given.settings);
        settings.interface.entries.clone_from(&self.given.entries);
        let matters = self.given.list || !settings.is_empty() || matches!(self.to(document.form()), To::Api);
        if matters && !is_stdin(file) { settings.beside(file) } else { settings }
    }

    /// The document with what is set; `None` if that cannot be, which was said then.
    pub(super) fn with_settings(
        &self,
        compiler: &Compiler,
        document: &Document,
        file: &Path,
    ) -> Result<Option<Document>> {
        match compiler.set(document, &self.settings(document, file)) {
            Ok(document) => Ok(Some(document)),
            Err(error) => self.refused(error, document.input()).map(|_| None),
        }
    }

    /// `--params`: the list goes to the output, what is wrong with a sidecar file or a title to standard error.
    pub(super) fn list_params(
        &self,
        compiler: &Compiler,
        document: &Document,
        file: &Path,
    ) -> Result<ExitCode> {
        let mut made = match compiler.interface(document, &self.settings(document, file)) {
            Ok(made) => made,
            Err(error) => return self.refused(error, document.input()),
        };
        let text = match self.message_format {
            MessageFormat::Json => list_json(&made.value),
            MessageFormat::Full | MessageFormat::Concise | MessageFormat::Github => list(&made.value),
        };
        match &self.output {
            Some(output) => fs_err::write(output, &text)?,
            None => report::write(&text)?,
        }
        self.levels().apply(&mut made.diagnostics);
        self.show(&made.diagnostics, document.input());
        Ok(ExitCode::SUCCESS)
    }

    /// Says why a value cannot be set.
    fn refused(&self, error: SettingError, about: &Input) -> Result<ExitCode> {
        let found = error.to_diagnostic().ok_or(error)?;
        self.show(&[found], about);
        Ok(ExitCode::from(2))
    }
}

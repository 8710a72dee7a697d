//! `--diff`: what is different between two workflows.

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use comfy_graph::diff::Level;
use comfy_transpile::Form;

use super::{
    Cli,
    report::{self, MessageFormat},
};

impl Cli {
    /// What is different goes to the output, what could not be read to standard error.
    pub(super) fn compare(&self, old: &Path, new: &Path) -> Result<ExitCode> {
        let compiler = self.compiler()?;
        let (Some(one), Some(other)) = (self.open(old, &compiler)?, self.open(new, &compiler)?) else {
            return Ok(ExitCode::from(2));
        };
        let diff = compiler.diff(&one, &other);
        let output = match self.message_format {
            MessageFormat::Json => diff.to_json_lines(),
            _ if diff.is_empty() => String::new(),
            MessageFormat::Full | MessageFormat::Concise | MessageFormat::Github => {
                let queued = match diff.level {
                    Level::Queued if [&one, &other].iter().any(|file| file.form() != Form::Prompt) => {
                        "compared as queued: subgraphs expanded, without notes, muted and bypassed nodes\n"
                    }
                    Level::Authored | Level::Queued => "",
                };
                format!("--- {}\n+++ {}\n{queued}{diff}", one.name(), other.name())
            }
        };
        match &self.output {
            Some(file) => fs_err::write(file, &output)?,
            None => report::write(&output)?,
        }
        Ok(if diff.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

//! `--diff`: what is different between two workflows.

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use comfy_graph::diff::{self, Level};
use comfy_transpile::Form;

use super::{
    Cli,
    report::{self, MessageFormat, name},
};
use crate::source;

impl Cli {
    /// What is different goes to the output, what could not be read to standard error.
    pub(super) fn compare(&self, old: &Path, new: &Path) -> Result<ExitCode> {
        let (catalog, _) = source::catalog(&self.catalog)?;
        let (Some(one), Some(other)) = (self.open(old, &catalog)?, self.open(new, &catalog)?) else {
            return Ok(ExitCode::from(2));
        };
        let diff = diff::graphs(&one.graph, &other.graph, one.level(&other));
        let output = match self.message_format {
            MessageFormat::Json => diff.to_json_lines(),
            _ if diff.is_empty() => String::new(),
            MessageFormat::Full | MessageFormat::Concise | MessageFormat::Github => {
                let queued = match diff.level {
                    Level::Queued if [&one, &other].iter().any(|file| file.form != Form::Prompt) => {
                        "compared as queued: subgraphs expanded, without notes, muted and bypassed nodes\n"
                    }
                    Level::Authored | Level::Queued => "",
                };
                format!("--- {}\n+++ {}\n{queued}{diff}", name(old), name(new))
            }
        };
        match &self.output {
            Some(file) => fs_err::write(file, &output)?,
            None => report::write(&output)?,
        }
        Ok(if diff.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

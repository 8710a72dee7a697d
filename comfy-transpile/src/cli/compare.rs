//! `--diff`: what is different between two workflows.

use std::{path::Path, process::ExitCode};

use anyhow::Result;
use comfy_graph::{
    diff::{self, Level},
    front::{self, Format},
};

use super::{
    Cli,
    report::{self, MessageFormat, name},
};
use crate::source;

impl Cli {
    /// What is different goes to the output, what could not be read to standard error.
    pub(super) fn compare(&self, old: &Path, new: &Path) -> Result<ExitCode> {
        let (catalog, _) = source::catalog(&self.catalog)?;
        let mut parsed = Vec::new();
        for file in [old, new] {
            let text = source::read(file, self.document())?.text;
            match front::read(&text, &catalog) {
                Ok(read) => parsed.push(read.value),
                Err(error) => {
                    let error = comfy_transpile::Error::from(error);
                    self.show(&[error.to_diagnostic(&text)], &name(file), &text);
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
        match &self.output {
            Some(file) => fs_err::write(file, &output)?,
            None => report::write(&output)?,
        }
        Ok(if diff.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}

//! `--check` and `--fix`: what is wrong with files, and mending what can be mended without asking.

use std::{cmp::Reverse, fmt::Write as _, path::Path, process::ExitCode};

use anyhow::{Result, bail};
use comfy_graph::{
    catalog::Catalog,
    diag::{Diagnostic, Severity, Suggestion, fix, render},
};
use comfy_transpile::{Options, check};

use super::{Cli, patch, report};
use crate::source::{self, Document};

/// Fixes may bring other fixes with them. No document needs as many rounds as this.
const ROUNDS: usize = 100;

/// What was found in all files.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    errors: usize,
    warnings: usize,
    /// Findings that `--fix` would mend, or has mended.
    fixes: usize,
    /// Files that could not be checked.
    unread: usize,
    /// The first code that was shown.
    code: Option<&'static str>,
}

/// Checks all files of the command line.
///
/// # Errors
/// When the catalog cannot be had, or nothing can be written.
pub(super) fn run(cli: &Cli) -> Result<ExitCode> {
    let (catalog, known_files) = source::catalog(&cli.catalog)?;
    let options = cli.options(known_files)?;
    let mut tally = Tally { files: cli.files.len(), ..Tally::default() };
    for file in &cli.files {
        // one file that is not there does not keep the others from being checked
        if let Err(error) = one(cli, file, &catalog, &options, &mut tally) {
            super::complain(&format!("error: {error:#}\n"));
            tally.unread += 1;
        }
    }
    if cli.message_format.is_for_people() {
        super::complain(&tally.summary(cli.fix));
    }
    Ok(ExitCode::from(match tally {
        Tally { unread: 1.., .. } => 2,
        Tally { errors: 1.., .. } => 1,
        Tally { .. } => 0,
    }))
}

/// One file.
fn one(cli: &Cli, file: &Path, catalog: &Catalog, options: &Options, tally: &mut Tally) -> Result<()> {
    let document = source::read(file, cli.document())?;
    let name = report::name(file);
    let options = &Options { source: cli.source(file), ..options.clone() };
    let examine = |text: &str| -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
        let mut found = check(text, catalog, options).map_err(|error| Box::new(error.to_diagnostic(text)))?;
        cli.levels().apply(&mut found);
        render::sort_by_place(&mut found, text);
        Ok(found)
    };
    let found = match examine(&document.text) {
        Ok(found) => found,
        Err(unreadable) => {
            tally.unread += 1;
            tally.code.get_or_insert(unreadable.code.name());
            return cli.write_findings(&[*unreadable], &name, &document.text);
        }
    };
    if cli.fix {
        let mended = mend(&document.text, found, examine);
        tally.fixes += mended.done.len();
        tally.count(&mended.left);
        return write_mended(cli, file, &document, &mended);
    }
    tally.fixes += found.iter().filter(|found| found.fix().is_some()).count();
    tally.count(&found);
    cli.write_findings(&found, &name, &document.text)
}

/// Puts the mended text where it belongs, and says what is left to say of it.
fn write_mended(cli: &Cli, file: &Path, document: &Document, mended: &Mended) -> Result<()> {
    let Mended { text, done, left } = mended;
    let name = report::name(file);
    if let Some(output) = cli.fixed_file(file, document.carried)?
        && (*text != document.text || cli.output.is_some())
    {
        fs_err::write(output, text)?;
    }
    let for_people = cli.message_format.is_for_people();
    if for_people {
        super::complain(&done.concat());
    }
    if super::is_stdin(file) && cli.output.is_none() {
        // the document goes to standard output, so what is left to say does not
        cli.show(left, &name, text);
        return report::write(text);
    }
    cli.write_findings(left, &name, text)?;
    if for_people { report::write(&patch::of_suggestions(&name, text, left)) } else { Ok(()) }
}

/// A text with everything mended that could be.
struct Mended {
    text: String,
    /// What was mended, a line each.
    done: Vec<String>,
    /// What is wrong with the new text.
    left: Vec<Diagnostic>,
}

/// Applies what may be applied without asking until there is no more of it.
fn mend(
    text: &str,
    found: Vec<Diagnostic>,
    examine: impl Fn(&str) -> Result<Vec<Diagnostic>, Box<Diagnostic>>,
) -> Mended {
    let mut mended = Mended { text: text.to_owned(), done: Vec::new(), left: found };
    for _ in 0..ROUNDS {
        let fixes: Vec<(&Diagnostic, &Suggestion)> =
            mended.left.iter().filter_map(|found| Some((found, found.fix()?))).collect();
        let applied = fix::apply(&mended.text, fixes.iter().map(|(_, fix)| *fix));
        if applied.done.is_empty() || applied.text == mended.text {
            break;
        }
        // a fix that makes a document unreadable is none
        let Ok(left) = examine(&applied.text) else { break };
        let line = |(found, fix): &(&Diagnostic, &Suggestion)| {
            format!("fixed[{}]: {} ({})\n", found.code, found.message, fix.message)
        };
        let lines: Vec<String> = applied.done.iter().filter_map(|done| fixes.get(*done)).map(line).collect();
        mended.done.extend(lines);
        mended.text = applied.text;
        mended.left = left;
    }
    mended
}

impl Cli {
    /// Where the mended text goes; `None` is standard output.
    fn fixed_file<'a>(&'a self, file: &'a Path, carried: bool) -> Result<Option<&'a Path>> {
        match &self.output {
            Some(output) => Ok(Some(output)),
            None if super::is_stdin(file) => Ok(None),
            None if carried => {
                bail!(
                    "{} carries its workflow inside; name a file for the mended one with -o",
                    file.display()
                )
            }
            None => Ok(Some(file)),
        }
    }
}

impl Tally {
    fn count(&mut self, found: &[Diagnostic]) {
        self.errors += found.iter().filter(|found| found.severity == Severity::Error).count();
        self.warnings += found.iter().filter(|found| found.severity == Severity::Warning).count();
        if let Some(first) = found.iter().min_by_key(|found| Reverse(found.severity)) {
            self.code.get_or_insert(first.code.name());
        }
    }

    /// The last lines: how much there is, and what to do next.
    fn summary(&self, fixing: bool) -> String {
        let errors = (self.errors > 0).then(|| counted(self.errors, "error"));
        let warnings = (self.warnings > 0).then(|| counted(self.warnings, "warning"));
        let found: Vec<String> = errors.into_iter().chain(warnings).collect();
        let found = if found.is_empty() { "no problems".to_owned() } else { found.join(" and ") };
        let mut text = String::new();
        // writing to a String cannot fail
        if self.unread < self.files {
            let _ = writeln!(text, "{found} in {}", counted(self.files - self.unread, "file"));
        }
        if self.unread > 0 {
            let _ = writeln!(text, "{} could not be read", counted(self.unread, "file"));
        }
        match (self.fixes, fixing) {
            (0, _) => {}
            (fixes, true) => _ = writeln!(text, "{fixes} fixed"),
            (1, false) => text.push_str("1 of these can be fixed with --fix\n"),
            (fixes, false) => _ = writeln!(text, "{fixes} of these can be fixed with --fix"),
        }
        if let Some(code) = self.code {
            let _ = writeln!(text, "more about a code: comfy-transpile --explain {code}");
        }
        text
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

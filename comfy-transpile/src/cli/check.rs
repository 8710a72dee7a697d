//! `--check` and `--fix`: what is wrong with files, and mending what can be mended without asking.

use std::{
    cmp::Reverse,
    fmt::Write as _,
    io::{self, BufReader, BufWriter},
    path::Path,
    process::ExitCode,
};

use anyhow::{Result, bail};
use comfy_graph::diag::{Diagnostic, Severity, render};
use comfy_transpile::{Compiler, Error, GateOptions, Input, Mended};

use super::{Cli, patch, report};

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
    let compiler = cli.compiler()?;
    if cli.jsonl {
        return lines(cli, &compiler);
    }
    let mut tally = Tally { files: cli.files.len(), ..Tally::default() };
    for file in &cli.files {
        // one file that is not there does not keep the others from being checked
        if let Err(error) = one(cli, file, &compiler, &mut tally) {
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

/// `--jsonl`: a verdict for every line of the files.
fn lines(cli: &Cli, compiler: &Compiler) -> Result<ExitCode> {
    let options = GateOptions { levels: cli.levels(), findings: cli.findings };
    let mut all_ok = true;
    for file in &cli.files {
        let out = BufWriter::new(io::stdout().lock());
        let judged = if super::is_stdin(file) {
            compiler.judge_lines(io::stdin().lock(), out, &options)?
        } else {
            compiler.judge_lines(BufReader::new(fs_err::File::open(file)?), out, &options)?
        };
        all_ok &= judged.ok == judged.lines;
    }
    Ok(ExitCode::from(u8::from(!all_ok)))
}

/// One file.
fn one(cli: &Cli, file: &Path, compiler: &Compiler, tally: &mut Tally) -> Result<()> {
    let input = cli.source(cli.input(file)?);
    if cli.fix {
        return match compiler.mend(&input, &cli.levels()) {
            Ok(mended) => {
                tally.fixes += mended.done.len();
                tally.count(&mended.left);
                write_mended(cli, file, &input, &mended)
            }
            Err(error) => unreadable(cli, &input, &error, tally),
        };
    }
    let mut found = match compiler.check_input(&input) {
        Ok(found) => found,
        Err(error) => return unreadable(cli, &input, &error, tally),
    };
    cli.levels().apply(&mut found);
    render::sort_by_place(&mut found, input.text());
    tally.fixes += found.iter().filter(|found| found.fix().is_some()).count();
    tally.count(&found);
    cli.write_findings(&found, &input)
}

/// A file that is no document.
fn unreadable(cli: &Cli, input: &Input, error: &Error, tally: &mut Tally) -> Result<()> {
    let found = error.to_diagnostics();
    tally.unread += 1;
    if let Some(first) = found.first() {
        tally.code.get_or_insert(first.code.name());
    }
    cli.write_findings(&found, input)
}

/// Puts the mended text where it belongs, and says what is left to say of it.
fn write_mended(cli: &Cli, file: &Path, input: &Input, mended: &Mended) -> Result<()> {
    let (text, left) = (&*mended.text, &*mended.left);
    if let Some(output) = cli.fixed_file(file, input.is_carried())?
        && (text != input.text() || cli.output.is_some())
    {
        fs_err::write(output, text)?;
    }
    let for_people = cli.message_format.is_for_people();
    if for_people {
        mended.done.iter().for_each(|fixed| super::complain(&format!("{fixed}\n")));
    }
    let new = input.clone().with_text(text);
    if super::is_stdin(file) && cli.output.is_none() {
        // the document goes to standard output, so what is left to say does not
        cli.show(left, &new);
        return report::write(text);
    }
    cli.write_findings(left, &new)?;
    if for_people { report::write(&patch::of_suggestions(&new, left)) } else { Ok(()) }
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

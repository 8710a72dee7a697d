//! Verdicts on many documents: one a line in, one a line out, in the order of the lines. For batches and training, where
//! a bad line must not stop the rest.
//!
//! A line is a workflow or a prompt as JSON, or a text of any form (a flow in Rust, a diagram) as a JSON string. Lines are
//! read in portions, and a portion is divided among the cores, so that memory does not grow with their number.

use std::{
    io::{self, BufRead, Read as _, Write},
    sync::atomic::{AtomicUsize, Ordering},
};

use comfy_graph::diag::{Diagnostic, Severity, codes};
use serde_json::{Value, json};

use crate::{Compiler, Input, Levels};

/// The longest line that is read, in bytes; a longer one is refused as a whole.
pub const MAX_LINE: usize = 1 << 26;

/// How many lines make a portion, and how many bytes.
const LINES: usize = 4096;
const BYTES: usize = 1 << 24;

/// What verdicts say.
#[derive(Clone, Debug, Default)]
pub struct GateOptions {
    /// Which findings count, and how much.
    pub levels: Levels,
    /// The findings stand in the verdict, too.
    pub findings: bool,
}

/// How many lines were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// All lines that are not empty.
    pub lines: usize,
    /// Those without an error.
    pub ok: usize,
}

impl Compiler {
    /// Reads a document a line, and writes a verdict a line: `line` (from 1), `ok`, `errors`, `warnings`, `codes`, and
    /// `findings` where they are asked for. Empty lines have none.
    ///
    /// # Errors
    /// When reading or writing fails. No line is an error.
    pub fn judge_lines(
        &self,
        mut lines: impl BufRead,
        mut verdicts: impl Write,
        options: &GateOptions,
    ) -> io::Result<Judged> {
        let mut judged = Judged::default();
        let mut number = 0;
        loop {
            let portion = portion(&mut lines, &mut number)?;
            if portion.is_empty() {
                verdicts.flush()?;
                return Ok(judged);
            }
            for (ok, verdict) in self.judge_all(&portion, options) {
                judged.lines += 1;
                judged.ok += usize::from(ok);
                writeln!(verdicts, "{verdict}")?;
            }
        }
    }

    /// The verdicts on a portion, in its order.
    fn judge_all(&self, portion: &[Line], options: &GateOptions) -> Vec<(bool, Value)> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(portion.len());
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((at, line)) = take(portion, &next) {
                done.push((at, self.judge(line, options)));
            }
            done
        };
        let mut all: Vec<(usize, (bool, Value))> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
            let mut all = work();
            // what a thread leaves undone when it fails is done below
            all.extend(others.into_iter().filter_map(|other| other.join().ok()).flatten());
            all
        });
        all.sort_by_key(|(at, _)| *at);
        if all.len() < portion.len() {
            return portion.iter().map(|line| failed(line.number)).collect();
        }
        all.into_iter().map(|(_, verdict)| verdict).collect()
    }

    fn judge(&self, line: &Line, options: &GateOptions) -> (bool, Value) {
        let mut found = match &line.text {
            Some(text) => self.found_in(line.number, text),
            None => vec![Diagnostic::new(codes::DOCUMENT_TOO_LARGE, "the line is longer than 64 MiB")],
        };
        options.levels.apply(&mut found);
        verdict(line.number, &found, options.findings)
    }

    fn found_in(&self, number: usize, text: &str) -> Vec<Diagnostic> {
        let text = match serde_json::from_str::<Value>(text) {
            Ok(Value::String(inner)) => inner,
            _ => text.to_owned(),
        };
        let input = Input::from_text(format!("line {number}"), text);
        self.check_input(&input).unwrap_or_else(|error| error.to_diagnostics())
    }
}

/// A line, and its text unless it is too long.
struct Line {
    number: usize,
    text: Option<String>,
}

fn take<'p>(portion: &'p [Line], next: &AtomicUsize) -> Option<(usize, &'p Line)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    portion.get(at).map(|line| (at, line))
}

/// The next lines that are not empty.
fn portion(lines: &mut impl BufRead, number: &mut usize) -> io::Result<Vec<Line>> {
    let (mut portion, mut size) = (Vec::new(), 0);
    while portion.len() < LINES && size < BYTES {
        let mut bytes = Vec::new();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        if lines.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        *number += 1;
        let is_whole = bytes.last() == Some(&b'\n') || bytes.len() < MAX_LINE;
        if !is_whole {
            skip_line(lines)?;
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        if !text.is_empty() {
            size += text.len();
            portion.push(Line { number: *number, text: is_whole.then(|| text.to_owned()) });
        }
    }
    Ok(portion)
}

/// The rest of a line goes by unread.
fn skip_line(lines: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = lines.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        lines.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}

fn verdict(number: usize, found: &[Diagnostic], with_findings: bool) -> (bool, Value) {
    let count = |severity: Severity| found.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let mut codes: Vec<&str> = found.iter().map(|found| found.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut verdict = json!({
        "line": number, "ok": errors == 0, "errors": errors, "warnings": warnings, "codes": codes
    });
    if with_findings {
        verdict["findings"] = found.iter().map(finding).collect();
    }
    (errors == 0, verdict)
}

fn finding(found: &Diagnostic) -> Value {
    let severity = match found.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    json!({
        "code": found.code.name(), "severity": severity, "node": found.node, "input": found.input,
        "message": found.message, "help": found.help
    })
}

/// The verdict where this program is at fault.
fn failed(number: usize) -> (bool, Value) {
    let found = Diagnostic::new(codes::INTERNAL_ERROR, "checking this line failed; please report it");
    verdict(number, &[found], false)
}

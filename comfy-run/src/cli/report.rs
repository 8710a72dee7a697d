//! What the program writes where, when no job is shown.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anyhow::{Context as _, Result};
use comfy_graph::diag::{Diagnostic, render};
use comfy_transpile::Input;

/// Writes a line to standard output.
///
/// # Errors
/// Those of the stream, except that its reader has gone.
pub(super) fn line(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        // whoever reads has seen enough, as in `| head`
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("standard output cannot be written"),
    }
}

/// Writes to standard error; there is nobody to tell when that fails.
pub(crate) fn complain(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Findings with an excerpt of the file, for people.
pub(super) fn findings(found: &[Diagnostic], about: &Input) -> String {
    let colour = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let (mut text, left) =
        render::full_within(found, Some((about.name(), about.text())), colour, render::MOST);
    if left > 0 {
        let hint = "comfy-transpile --check --limit 0 shows them all";
        let _ = writeln!(text, "{left} more are not shown; {hint}");
    }
    text
}

/// What a server said, without what would move the cursor or colour the terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// `1.2 GB`.
#[allow(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut number = bytes as f64;
    let mut unit = 0;
    while number >= 1000.0 && unit + 1 < UNITS.len() {
        number /= 1000.0;
        unit += 1;
    }
    let unit_name = UNITS.get(unit).copied().unwrap_or_default();
    if unit == 0 { format!("{bytes} B") } else { format!("{number:.1} {unit_name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(
            [size(0), size(999), size(1000), size(1_540_000_000)],
            ["0 B", "999 B", "1.0 kB", "1.5 GB"]
        );
        assert_eq!(plain("a\u{1b}[31mb\nc"), "a\u{fffd}[31mb\nc");
    }
}

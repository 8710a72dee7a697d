//! Suggestions that are not safe to apply unseen, as a unified diff that `patch` and `git apply` take.

use comfy_graph::diag::{Diagnostic, fix};
use comfy_transpile::Input;
use similar::TextDiff;

/// A line of a document that is all on one line cannot be shown.
const LONGEST_LINE: usize = 400;

/// The best suggestion for each finding, applied to the text. Empty when there is none, or no way to show it.
pub(super) fn of_suggestions(input: &Input, found: &[Diagnostic]) -> String {
    let (name, text) = (input.name(), input.text());
    let best = found.iter().filter_map(|found| found.suggestions.iter().find(|best| !best.edits.is_empty()));
    let changed = fix::apply(text, best).text;
    if changed == text {
        return String::new();
    }
    let diff = TextDiff::from_lines(text, &changed);
    let diff = diff.unified_diff().context_radius(2).header(name, name).to_string();
    if diff.lines().any(|line| line.len() > LONGEST_LINE) {
        return format!("{name}: its lines are too long for a diff of what might help; see the help lines\n");
    }
    format!("what might help, not applied:\n{diff}")
}

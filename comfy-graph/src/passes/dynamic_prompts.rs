//! Texts with alternatives, `{a|b}`, expanded as the frontend does when it queues
//! (`utils/formatUtil.ts: processDynamicPrompt`).
//!
//! `/* … */` and `//` to the end of the line are comments; of the alternatives between braces one is taken, at any
//! depth; `\{`, `\}` and `\|` are the characters themselves. Values that arrive through the socket of a promoted
//! widget are left alone, as in the frontend.
//!
//! Two things differ, on purpose: the choice is made from a seed, so that the same input gives the same prompt; and
//! `//` behind a colon is no comment, so that addresses survive.

use crate::graph::{Graph, WidgetForm};

/// Runs the pass on a flat graph.
pub fn run(graph: &mut Graph, seed: u64) {
    let mut random = Random(seed);
    for ix in graph.indices() {
        for widget in &mut graph[ix].widgets {
            if widget.form != WidgetForm::DynamicPrompt {
                continue;
            }
            if let Some(serde_json::Value::String(text)) = &mut widget.value
                && is_dynamic(text)
            {
                *text = expand(text, &mut random);
            }
        }
    }
}

/// Whether the frontend would change the text.
fn is_dynamic(text: &str) -> bool {
    text.contains(['{', '}', '\\']) || text.contains("//") || text.contains("/*")
}

/// `SplitMix64`: small, well spread, and the same everywhere.
struct Random(u64);

impl Random {
    /// A number below `bound`; 0 if that is 0.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        // the bound is the length of a list in memory
        usize::try_from(z % bound).unwrap_or(0)
    }
}

/// An open brace: the alternatives before the one that is being read.
#[derive(Default)]
struct Choice {
    done: Vec<String>,
    current: String,
}

fn expand(text: &str, random: &mut Random) -> String {
    let text = without_comments(text);
    let mut open: Vec<Choice> = vec![Choice::default()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let depth = open.len();
        let Some(choice) = open.last_mut() else { break };
        match c {
            '\\' => match chars.next() {
                Some(escaped @ ('{' | '}' | '|')) => choice.current.push(escaped),
                Some(other) => choice.current.extend(['\\', other]),
                None => choice.current.push('\\'),
            },
            '{' => open.push(Choice::default()),
            '|' if depth > 1 => choice.done.push(std::mem::take(&mut choice.current)),
            '}' if depth > 1 => close(&mut open, random),
            other => choice.current.push(other),
        }
    }
    // a brace that is never closed ends with the text
    while open.len() > 1 {
        close(&mut open, random);
    }
    open.pop().map(|choice| choice.current).unwrap_or_default()
}

/// Takes one alternative of the innermost brace into the text around it.
fn close(open: &mut Vec<Choice>, random: &mut Random) {
    let Some(Choice { mut done, current }) = open.pop() else { return };
    done.push(current);
    let chosen = done.swap_remove(random.below(done.len()));
    if let Some(outer) = open.last_mut() {
        outer.current.push_str(&chosen);
    }
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        let (before, slash) = rest.split_at(at);
        kept.push_str(before);
        let end = if slash.starts_with("/*") {
            slash.find("*/").map(|end| end + 2)
        } else if slash.starts_with("//") && !kept.ends_with(':') {
            Some(slash.find(['\n', '\r']).unwrap_or(slash.len()))
        } else {
            None
        };
        let Some(end) = end else {
            // no comment after all; both slashes of an address go together
            let length = if slash.starts_with("//") { 2 } else { 1 };
            kept.push_str(&slash[..length]);
            rest = &slash[length..];
            continue;
        };
        rest = &slash[end..];
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, seed: u64) -> String {
        expand(text, &mut Random(seed))
    }

    #[test]
    fn the_frontends_own_example() {
        let text = "a {same|same} b /* c */ // d\n\\{x\\}";
        assert_eq!(with(text, 1), "a same b  \n{x}");
    }

    #[test]
    fn one_of_the_alternatives_at_any_depth() {
        let texts: std::collections::BTreeSet<String> = (0..64).map(|seed| with("{a|{b|c}}", seed)).collect();
        assert_eq!(texts.into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(with("{a|b|c|d}", 7), with("{a|b|c|d}", 7));
        assert_eq!(with("{alone} and {open", 7), "alone and open");
        assert_eq!(with("a | b } c", 7), "a | b } c");
    }

    #[test]
    fn addresses_are_no_comments() {
        assert_eq!(with("see https://example.org/a // not this", 7), "see https://example.org/a ");
        assert_eq!(with("1/2 /* open", 7), "1/2 /* open");
    }

    #[test]
    fn deep_nesting_takes_no_stack() {
        assert_eq!(with(&"{".repeat(200_000), 7), "");
    }
}

//! Text of strangers as documentation: it must neither run as a doctest nor upset rustdoc, whatever it says.

use std::fmt::Write as _;

use comfy_graph::catalog::{InputDef, InputKind};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Number, Value};

use crate::model::InputModel;

/// Doc attributes, one per line.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| format!(" {line}"));
    quote!(#(#[doc = #lines])*)
}

/// Foreign text as Markdown that shows it as it is. Lines are trimmed, so nothing becomes a code block; blank lines
/// at the ends are dropped.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for line in text.trim().lines() {
        let start = escaped.len();
        for word in line.split_whitespace() {
            if escaped.len() > start {
                escaped.push(' ');
            }
            escape_word(word, &mut escaped);
        }
        escaped.push('\n');
    }
    escaped.truncate(escaped.trim_end().len());
    escaped
}

/// Addresses are links, wherever in the word they begin; rustdoc complains of bare ones.
fn escape_word(word: &str, escaped: &mut String) {
    let is_odd = |c: char| !c.is_ascii_graphic() || "<>\"`\\".contains(c);
    let mut rest = word;
    while let Some((before, address)) = address(rest) {
        let url = address.split(is_odd).next().unwrap_or_default();
        let url = url.trim_end_matches(['.', ',', ')', ';', ':', '!', '?', '\'', ']']);
        push_escaped(before, escaped);
        escaped.push('<');
        escaped.push_str(url);
        escaped.push('>');
        rest = address.get(url.len()..).unwrap_or_default();
    }
    push_escaped(rest, escaped);
}

/// What is before the first address in a word, and what begins with it.
fn address(word: &str) -> Option<(&str, &str)> {
    let start = ["http://", "https://"].iter().filter_map(|scheme| word.find(scheme)).min()?;
    word.split_at_checked(start)
}

fn push_escaped(text: &str, escaped: &mut String) {
    for c in text.chars().filter(|c| !is_hazard(*c)) {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '$' | '&') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
}

/// Characters that have no place in source text: controls, and those that turn the direction of writing, which
/// rustc refuses.
fn is_hazard(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether rustdoc takes a text as an alias.
pub(super) fn is_alias(text: &str) -> bool {
    let odd = |c: char| is_hazard(c) || matches!(c, '"' | '\'') || (c.is_whitespace() && c != ' ');
    !text.is_empty() && text.trim() == text && !text.contains(odd)
}

/// Text as inline code, or escaped where it cannot be.
pub(super) fn code(text: &str) -> String {
    let plain = !text.is_empty() && text.trim() == text && !text.contains('`') && !text.contains(is_hazard);
    if plain {
        format!("`{}`", short(text))
    } else {
        format!("\"{}\"", escape(&short(text)).replace('\n', " "))
    }
}

/// The beginning of a long text.
fn short(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The documentation of an input: tooltip, then default and range in brackets.
pub(super) fn input(model: &InputModel<'_>) -> TokenStream {
    let def = model.def;
    let mut text = match &def.tooltip {
        Some(tooltip) => escape(tooltip),
        None => String::new(),
    };
    if text.is_empty() {
        text = def.display_name.as_deref().map(escape).unwrap_or_default();
    }
    if text.is_empty() || model.setter != *def.name {
        let key = format!("{}: {}.", code(&def.name), code(def.io_type.as_str()));
        text = if text.is_empty() { key } else { format!("{text}\n\n{key}") };
    }
    let facts = facts(model);
    if !facts.is_empty() {
        let _ = write!(text, " ({})", facts.join("; "));
    }
    doc(&text)
}

fn facts(model: &InputModel<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    match &model.default {
        _ if model.required => facts.push("required".to_owned()),
        Some(Value::String(text)) => facts.push(format!("default {}", code(text))),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => facts.push(format!("default {value}")),
        _ => {}
    }
    facts.extend(range(model.def));
    facts
}

fn range(def: &InputDef) -> Option<String> {
    let (min, max) = match &def.kind {
        InputKind::Int(int) => (&int.min, &int.max),
        InputKind::Float(float) => (&float.min, &float.max),
        _ => return None,
    };
    let bound = |number: &Number| number.to_string();
    match (min, max) {
        (Some(min), Some(max)) => Some(format!("{} to {}", bound(min), bound(max))),
        (Some(min), None) => Some(format!("from {}", bound(min))),
        (None, Some(max)) => Some(format!("up to {}", bound(max))),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_of_strangers_is_shown_not_obeyed() {
        let text = "    indented *code*\n```rust\npanic!()\n```\n[link]: x <b>\u{202e}";
        let escaped = escape(text);
        assert_eq!(escaped, "indented \\*code\\*\n\\`\\`\\`rust\npanic!()\n\\`\\`\\`\n\\[link\\]: x \\<b\\>");
    }

    #[test]
    fn links_stay_links() {
        assert_eq!(escape("see https://a.b/c_d."), "see <https://a.b/c_d>.");
        assert_eq!(escape("(https://a.b/<id>/)"), "(<https://a.b/>\\<id\\>/)");
        assert_eq!(escape("http://"), "<http://>");
    }

    #[test]
    fn aliases_are_what_rustdoc_takes() {
        assert!(is_alias("Load Checkpoint") && is_alias("🎨 画像"));
        for odd in ["", " a", "a\tb", "a\"b", "it's", "a\u{202e}b"] {
            assert!(!is_alias(odd), "{odd:?}");
        }
    }

    #[test]
    fn code_spans_hold_what_they_can() {
        assert_eq!(code("dpmpp_2m"), "`dpmpp_2m`");
        assert_eq!(code("a`b"), "\"a\\`b\"");
        assert_eq!(code(""), "\"\"");
    }
}

//! From tokens to the text of a file: comments, blank lines and long strings have no place in a token stream, so
//! they travel as markers and are put in after prettyplease has arranged the rest.
//!
//! What the statements say is decided elsewhere.

use std::fmt::Write as _;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

/// No marker spells like this by accident; [`Layout::new`] makes sure.
const MARKER: &str = "comfy_marker";

/// Stands for `g.add`, and is as long. No other name of a file is this, and no short text contains it.
pub(super) const ADD: &str = "g_add";

/// Lines of text are broken here.
const WIDTH: usize = 100;

/// Texts longer than this are broken into several lines.
const LONG: usize = 90;

/// Placeholders are as long as their text, up to this: enough for prettyplease to give them a line of their own.
const WIDEST_PLACEHOLDER: usize = 160;

/// Things to be put into the text after it has been arranged.
pub(super) struct Layout {
    marker: String,
    comments: Vec<Vec<String>>,
    texts: Vec<String>,
}

impl Layout {
    /// A layout for a document that contains these texts.
    pub(super) fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let longest = texts.into_iter().filter_map(underscores_after_marker).max();
        let marker = format!("{MARKER}{}", "_".repeat(longest.map_or(1, |count| count + 1)));
        Self { marker, comments: Vec::new(), texts: Vec::new() }
    }

    /// The statement that becomes these lines of comment.
    pub(super) fn comment(&mut self, lines: Vec<String>) -> TokenStream {
        let name = format!("{}c{}", self.marker, self.comments.len());
        self.comments.push(lines);
        let name = Ident::new(&name, Span::call_site());
        quote!(#name;)
    }

    /// The statement that becomes an empty line.
    pub(super) fn blank(&mut self) -> TokenStream {
        self.comment(vec![String::new()])
    }

    /// A string literal: as it is when it is short and plain, else arranged over several lines later.
    pub(super) fn text(&mut self, text: &str) -> TokenStream {
        let is_plain = text.len() <= LONG
            && !text.trim_end().contains('\n')
            && ![MARKER, ADD].iter().any(|word| text.contains(word));
        if is_plain {
            let literal = Literal::string(text);
            return quote!(#literal);
        }
        let mut name = format!("{}t{}_", self.marker, self.texts.len());
        let padding = text.len().min(WIDEST_PLACEHOLDER).saturating_sub(name.len());
        name.push_str(&"_".repeat(padding));
        self.texts.push(text.to_owned());
        let literal = Literal::string(&name);
        quote!(#literal)
    }

    /// The call that becomes `g.add(…)`. prettyplease breaks the arguments of a function as one writes them, but
    /// puts every method on a line of its own.
    pub(super) fn add(node: &TokenStream) -> TokenStream {
        let name = Ident::new(ADD, Span::call_site());
        quote!(#name(#node))
    }

    /// The text of the file.
    pub(super) fn render(&self, file: &syn::File) -> String {
        let arranged = prettyplease::unparse(file);
        let add = format!("{ADD}(");
        let mut out = String::with_capacity(arranged.len() * 2);
        let mut before = "";
        for line in arranged.lines() {
            // functions apart by an empty line, which prettyplease does not do
            let begins = line.starts_with("pub fn ") || line.starts_with("fn ") || line.starts_with("///");
            if begins && !before.starts_with("///") && !before.is_empty() {
                out.push('\n');
            }
            before = line;
            let indent = line.len() - line.trim_start().len();
            match self.comment_of(line.trim()) {
                Some(lines) => push_comment(&mut out, indent, lines),
                None => self.push_line(&mut out, indent, &line.replace(&add, "g.add(")),
            }
        }
        out
    }

    fn comment_of(&self, line: &str) -> Option<&[String]> {
        let index = line.strip_prefix(&*self.marker)?.strip_prefix('c')?.strip_suffix(';')?;
        self.comments.get(index.parse::<usize>().ok()?).map(Vec::as_slice)
    }

    /// Copies a line and puts the texts in.
    fn push_line(&self, out: &mut String, indent: usize, line: &str) {
        let opening = format!("\"{}t", self.marker);
        let mut rest = line;
        while let Some((before, after)) = rest.split_once(&*opening) {
            out.push_str(before);
            let Some((name, after)) = after.split_once('"') else { break };
            let index = name.trim_end_matches('_').parse::<usize>();
            if let Some(text) = index.ok().and_then(|index| self.texts.get(index)) {
                // below the first character of the text, if it begins the line
                let begins = out.ends_with(' ') && before.trim().is_empty();
                push_text(out, if begins { indent + 1 } else { indent + 4 }, text);
            }
            rest = after;
        }
        out.push_str(rest);
        out.push('\n');
    }
}

/// How many underscores follow the marker's word in this text, if it contains the word.
fn underscores_after_marker(text: &str) -> Option<usize> {
    text.match_indices(MARKER)
        .map(|(at, word)| text[at + word.len()..].bytes().take_while(|byte| *byte == b'_').count())
        .max()
}

fn push_comment(out: &mut String, indent: usize, lines: &[String]) {
    for line in lines {
        if line.is_empty() {
            out.push('\n');
        } else {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
    }
}

/// Whether a raw string shows the text better: several lines with indentation or with much to escape. It must not
/// contain what raw strings cannot, or what would not be seen.
fn reads_better_raw(text: &str) -> bool {
    let escapes = text.chars().filter(|c| matches!(c, '"' | '\\')).count();
    let structured = escapes > 1 || text.lines().any(|line| line.starts_with([' ', '\t']));
    let visible =
        |c: char| c == '\n' || c == '\t' || c.escape_debug().len() == 1 || matches!(c, '"' | '\\' | '\'');
    structured && text.trim_end().contains('\n') && text.chars().all(visible)
}

/// Writes the text between as many `#` as it takes.
fn push_raw(out: &mut String, text: &str) {
    let longest =
        text.match_indices('"').map(|(at, _)| text[at + 1..].bytes().take_while(|b| *b == b'#').count());
    let hashes = "#".repeat(longest.max().unwrap_or(0) + 1);
    let _ = write!(out, "r{hashes}\"{text}\"{hashes}");
}

/// Writes a literal whose lines end where the text's lines do, or between words.
fn push_text(out: &mut String, indent: usize, text: &str) {
    if reads_better_raw(text) {
        return push_raw(out, text);
    }
    out.push('"');
    let mut rest = text;
    let mut is_first = true;
    while !rest.is_empty() {
        let (line, following) = rest.split_at(end_of_piece(rest));
        if !is_first {
            let _ = write!(out, "\\\n{:indent$}", "");
            // white space at the start of a continued line would be skipped
            if line.starts_with(' ') {
                out.push_str("\\x20");
            }
        }
        let plain = if !is_first && line.starts_with(' ') { &line[1..] } else { line };
        push_escaped(out, plain);
        is_first = false;
        rest = following;
    }
    out.push('"');
}

/// Where the next line of the literal ends: after a line break, or after the last space that keeps it short.
fn end_of_piece(text: &str) -> usize {
    let line = text.find('\n').map_or(text.len(), |at| at + 1);
    if line <= WIDTH {
        return line;
    }
    let mut best = None;
    for (at, _) in text[..line].match_indices(' ') {
        let after = at + 1;
        if after > WIDTH && best.is_some() {
            break;
        }
        // never leave white space for the start of a line
        if text[after..line].starts_with(|c: char| !c.is_whitespace()) {
            best = Some(after);
        }
        if after > WIDTH {
            break;
        }
    }
    best.unwrap_or(line)
}

/// The characters of a literal, readable ones as they are.
fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\'' => out.push('\''),
            // invisible and direction-changing characters as escapes
            c => out.extend(c.escape_debug()),
        }
    }
}

/// `text` as lines of a comment with this opening, wrapped; never ends the comment early.
pub(super) fn comment_lines(opening: &str, text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let clean: String = paragraph.chars().map(visible).collect();
        let clean = clean.trim_end();
        if clean.is_empty() {
            lines.push(opening.to_owned());
            continue;
        }
        let indent = clean.len() - clean.trim_start().len();
        let mut line = format!("{opening} {}", clean.get(..indent.min(20)).unwrap_or_default());
        let mut is_first = true;
        for word in clean.get(indent..).unwrap_or_default().split(' ') {
            // a word that fits on no line, an address say, stays where it is
            let fits = line.len() + 1 + word.len() <= WIDTH || opening.len() + 1 + word.len() > WIDTH;
            if !is_first && fits {
                line.push(' ');
            } else if !is_first {
                lines.push(std::mem::replace(&mut line, format!("{opening} ")).trim_end().to_owned());
            }
            line.push_str(word);
            is_first = false;
        }
        lines.push(line);
    }
    lines
}

/// A character that cannot disturb a comment: rustc refuses a bare carriage return and changes of direction.
fn visible(c: char) -> char {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> String {
        let mut out = String::new();
        push_text(&mut out, 4, text);
        out
    }

    #[test]
    fn long_texts_are_broken_and_mean_the_same() {
        let long = "word ".repeat(60);
        let json = "{\n  \"a\": \"\\n#\"#\"\n}";
        let odd = "  leading\n   indented\n\n\ttab \"quoted\" back\\slash\r\n é \u{202e} 'x'";
        for text in [long.as_str(), odd, json, "", " ", "\n", "a\n", &"x".repeat(300)] {
            let literal = literal(text);
            let parsed: syn::LitStr = syn::parse_str(&literal).expect(&literal);
            assert_eq!(parsed.value(), text, "{literal}");
            assert!(literal.lines().all(|line| line.len() < 320));
        }
        assert!(literal(&long).lines().count() > 2);
        assert!(literal(json).starts_with("r##\"{\n"));
    }

    #[test]
    fn the_marker_gives_way_to_texts_that_contain_it() {
        let text = "comfy_marker__c0; and\nmore";
        let mut layout = Layout::new([text]);
        let comment = layout.comment(vec!["// hello".into()]);
        let text = layout.text(text);
        let file: syn::File = syn::parse2(quote!(fn f() { #comment let a = #text; })).expect("Rust");
        let rendered = layout.render(&file);
        assert!(rendered.contains("    // hello\n"), "{rendered}");
        assert!(rendered.contains("comfy_marker__c0; and\\n\\\n"), "{rendered}");
    }

    #[test]
    fn comments_are_wrapped() {
        let lines = comment_lines("//", &"word ".repeat(40));
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.starts_with("// word") && line.len() <= WIDTH));
        assert_eq!(comment_lines("//", "a\n\nb"), ["// a", "//", "// b"]);
    }
}

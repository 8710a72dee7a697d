//! `[[source, output, target, input], …]`, as JSON or as Python writes lists. Models leave commas and brackets out, so that
//! what is read is texts and numbers between brackets, whatever else stands there.

use std::ops::Range;

use super::{DiagramError, Drawn, Label, Sketch, Wire};
use crate::diag::{codes, short};

/// A piece of the list.
enum Token {
    Open,
    Close,
    /// Text or a number, with its place.
    Word(String, Range<usize>),
}

pub(super) fn read(text: &str, sketch: &mut Sketch) -> Result<(), DiagramError> {
    let mut entry: Vec<(String, Range<usize>)> = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    let mut rest = Tokens { text, at: 0 };
    while let Some((token, place)) = rest.next() {
        match token {
            Token::Open => {
                depth += 1;
                start = place.start;
                entry.clear();
            }
            Token::Close => {
                if !entry.is_empty() {
                    link(sketch, &entry, start..place.end);
                }
                entry.clear();
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            Token::Word(word, place) => entry.push((word, place)),
        }
        if !sketch.has_room(&(start..place.end)) {
            break;
        }
    }
    if sketch.links.is_empty() && sketch.found.is_empty() {
        return Err(DiagramError::NotADiagram("the list has no links [source, output, target, input]"));
    }
    Ok(())
}

/// Whether a text begins as such a list: with a list of texts, of which one of the first is a link.
pub(super) fn begins(text: &str) -> bool {
    /// Models leave out parts of a link, but not of all.
    const FIRST: usize = 16;
    let mut rest = Tokens { text, at: 0 };
    if !text.trim_start().starts_with('[') || !matches!(rest.next(), Some((Token::Open, _))) {
        return false;
    }
    for _ in 0..FIRST {
        let Some((Token::Open, open)) = rest.next() else { return false };
        let mut words = 0;
        loop {
            match rest.next() {
                Some((Token::Word(..), _)) => words += 1,
                Some((Token::Close, close)) => {
                    // an object is no part of a link
                    if text.get(open.start..close.end).is_none_or(|entry| entry.contains(['{', '}'])) {
                        return false;
                    }
                    break;
                }
                Some((Token::Open, _)) | None => return false,
            }
        }
        if words == 4 {
            return true;
        }
    }
    false
}

fn link(sketch: &mut Sketch, entry: &[(String, Range<usize>)], place: Range<usize>) {
    let [(from, from_at), (output, _), (to, to_at), (input, _)] = entry else {
        let message =
            format!("a link has four parts (source, output, target, input), this one {}", entry.len());
        sketch.note(codes::MALFORMED_DIAGRAM, &place, message);
        return;
    };
    for (name, at) in [(from, from_at), (to, to_at)] {
        if name.trim().is_empty() {
            let message = format!("{:?} is no name of a node", short(name));
            sketch.note(codes::MALFORMED_DIAGRAM, at, message);
            return;
        }
        let drawn = || Drawn { words: vec![name.trim().to_owned()], place: at.clone(), ..Drawn::default() };
        sketch.nodes.entry(name.trim().to_owned()).or_insert_with(drawn);
    }
    let label = Label::Both(output.trim().to_owned(), input.trim().to_owned());
    let (from, to) = (from.trim().to_owned(), to.trim().to_owned());
    sketch.links.push(Wire { from, to, label, place });
}

struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Tokens<'_> {
    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        loop {
            let rest = self.text.get(self.at..)?;
            let c = rest.chars().next()?;
            let start = self.at;
            self.at += c.len_utf8();
            let token = match c {
                '[' | '(' => Token::Open,
                ']' | ')' => Token::Close,
                '"' | '\'' => {
                    let word = self.quoted(c);
                    Token::Word(word, start..self.at)
                }
                c if c.is_alphanumeric() || c == '_' || c == '*' => {
                    let ends =
                        |c: char| matches!(c, ',' | '[' | ']' | '(' | ')' | '"' | '\'') || c.is_whitespace();
                    let length = rest.find(ends).unwrap_or(rest.len());
                    self.at = start + length;
                    Token::Word(rest.get(..length)?.to_owned(), start..self.at)
                }
                _ => continue,
            };
            return Some((token, start..self.at));
        }
    }

    /// The text up to the quote that ends it.
    fn quoted(&mut self, quote: char) -> String {
        let mut word = String::new();
        let mut escaped = false;
        let rest = self.text.get(self.at..).unwrap_or_default();
        for c in rest.chars() {
            self.at += c.len_utf8();
            match c {
                _ if escaped => {
                    word.push(if c == 'n' { '\n' } else { c });
                    escaped = false;
                }
                '\\' => escaped = true,
                c if c == quote => break,
                c => word.push(c),
            }
        }
        word
    }
}

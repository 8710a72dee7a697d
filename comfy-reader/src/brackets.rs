//! Which bracket is open, or closes nothing, in text that is no Rust for that reason. The lexer only says that it is
//! none.

use comfy_graph::diag::{Diagnostic, Place, codes};

/// What is wrong with the brackets of a text, if anything is.
pub(super) fn unbalanced(source: &str) -> Option<Diagnostic> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut at = 0;
    while let Some(rest) = source.get(at..) {
        let Some(c) = rest.chars().next() else { break };
        match c {
            '(' | '[' | '{' => open.push((at, c)),
            ')' | ']' | '}' => match open.pop() {
                Some((_, opened)) if closing(opened) == c => {}
                Some((start, opened)) => {
                    let message = format!("mismatched closing delimiter: `{c}`");
                    let diagnostic = said(message, at).related(place(start), "this is open");
                    return Some(diagnostic.help(format!("close it with `{}`", closing(opened))));
                }
                None => return Some(said(format!("unexpected closing delimiter: `{c}`"), at)),
            },
            _ => {}
        }
        at += skipped(rest).unwrap_or_else(|| c.len_utf8());
    }
    let (start, opened) = open.pop()?;
    let diagnostic = said(format!("this delimiter is never closed: `{opened}`"), start);
    Some(diagnostic.help(format!("close it with `{}`", closing(opened))))
}

fn said(message: String, at: usize) -> Diagnostic {
    Diagnostic::new(codes::RUST_SYNTAX, message).at(place(at))
}

fn place(at: usize) -> Place {
    Place::Bytes { start: at, end: at + 1 }
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// The length of the comment or text that begins here. What is not ended goes on to the end.
fn skipped(rest: &str) -> Option<usize> {
    let until = |from: usize, end: &str| {
        let found = rest.get(from..).and_then(|rest| rest.find(end));
        Some(found.map_or(rest.len(), |found| from + found + end.len()))
    };
    if rest.starts_with("//") {
        return until(2, "\n");
    }
    if rest.starts_with("/*") {
        return until(2, "*/");
    }
    if rest.starts_with('"') {
        return Some(text(rest));
    }
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw.get(hashes..).is_some_and(|raw| raw.starts_with('"')) {
            return until(2 + hashes, &format!("\"{}", "#".repeat(hashes)));
        }
    }
    // a character, not a lifetime
    let char = rest.strip_prefix('\'')?;
    if char.starts_with('\\') {
        return until(3, "'");
    }
    let first = char.chars().next()?;
    char.get(first.len_utf8()..)?.starts_with('\'').then(|| first.len_utf8() + 2)
}

/// The length of a text in quotes.
fn text(rest: &str) -> usize {
    let mut escaped = true;
    for (at, c) in rest.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(source: &str) -> Option<String> {
        unbalanced(source).map(|found| found.message)
    }

    #[test]
    fn brackets_in_texts_and_comments_do_not_count() {
        let source = "fn f<'a>() { g(\"(\\\"\", '(', r#\"}\"#, '\\'', [1]); } // }\n/* { */";
        assert_eq!(message(source), None);
    }

    #[test]
    fn the_bracket_is_named() {
        assert_eq!(message("fn f() { (1; }").as_deref(), Some("mismatched closing delimiter: `}`"));
        assert_eq!(message("fn f() { }\n}").as_deref(), Some("unexpected closing delimiter: `}`"));
        assert_eq!(message("fn f() { if x {").as_deref(), Some("this delimiter is never closed: `{`"));
    }
}

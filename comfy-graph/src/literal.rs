//! Texts that are meant as they stand, in widgets whose text the frontend interprets
//! (`utils/formatUtil.ts: processDynamicPrompt`): there `{a|b}` is a choice, `//` and `/*` begin comments, and `\{` is a
//! brace. A choice among one thing is that thing, which is how comments are kept from being any: `/{/}`.

/// The form of a text in a workflow file from which the frontend makes exactly this text; `None` if there is none: a
/// backslash before a brace, or at the end.
pub(crate) fn write(text: &str) -> Option<String> {
    let mut written = String::with_capacity(text.len() + 8);
    let mut backslashes = 0_usize;
    let mut before = ' ';
    for c in text.chars() {
        let paired = backslashes.is_multiple_of(2);
        match c {
            '{' | '}' | '|' if !paired => return None,
            '{' | '}' => written.extend(['\\', c]),
            '|' if backslashes > 0 => written.extend(['\\', c]),
            // a slash that is behind a group already cannot begin a comment
            '/' | '*' if before == '/' => {
                written.extend(['{', c, '}']);
                (backslashes, before) = (0, ' ');
                continue;
            }
            _ => written.push(c),
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        before = c;
    }
    backslashes.is_multiple_of(2).then_some(written)
}

/// The text that the frontend makes of one with escapes; `None` if there is something to choose or to leave out, and
/// if there is no escape.
pub(crate) fn read(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") || rest.starts_with("/*") {
            return None;
        }
        let mut length = c.len_utf8();
        match c {
            '\\' => {
                let next = rest[1..].chars().next()?;
                length += next.len_utf8();
                if matches!(next, '{' | '}' | '|') {
                    escaped = true;
                    plain.push(next);
                } else {
                    plain.extend([c, next]);
                    // the frontend would take the backslash before it for an escape
                    if next == '\\' && rest[length..].starts_with(['}', '|']) {
                        return None;
                    }
                }
            }
            '{' => {
                let inside = rest[1..].chars().next().filter(|inside| matches!(inside, '/' | '*'))?;
                if !rest[2..].starts_with('}') {
                    return None;
                }
                escaped = true;
                plain.push(inside);
                length = 3;
            }
            _ => plain.push(c),
        }
        rest = &rest[length..];
    }
    escaped.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let texts = [
            "{\"a\": 1}",
            "{a|b}",
            "see https://example.org // and /* this */",
            "///",
            "//*",
            "a | b",
            r"C:\dir\\{x}",
            r"\\|",
        ];
        for text in texts {
            let written = write(text).expect(text);
            let read = read(&written);
            assert_eq!(read.as_deref().unwrap_or(&written), text, "{written}");
        }
        assert_eq!(write("https://x {a}").as_deref(), Some(r"https:/{/}x \{a\}"));
    }

    #[test]
    fn some_texts_have_no_form() {
        assert_eq!(write(r"\{"), None);
        assert_eq!(write("end\\"), None);
    }

    #[test]
    fn choices_and_comments_stay() {
        for text in ["{a|b}", r"\{x\} {a|b}", r"\{x\} // comment", "plain", r"\\| \{"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

//! Members of a JSON object as slices of its text.
//!
//! The texts go to `comfy_graph::front` as the saver wrote them: number by number, with Python's `NaN` if need be.
//! A parser would refuse those or change them, so this finds where values begin and end and looks at nothing else.

/// The members of an object. Stops at the first thing that is no member.
pub(super) struct Members<'a> {
    rest: &'a str,
}

impl<'a> Members<'a> {
    /// `None` when the text is not an object.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        Some(Self { rest: text.trim_start().strip_prefix('{')? })
    }

    /// The value of the last member with this name, as JavaScript and Python take it.
    pub(super) fn get(text: &'a str, name: &str) -> Option<&'a str> {
        Self::of(text)?.filter(|(key, _)| key == name).last().map(|(_, value)| value)
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (String, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.trim_start();
        let (key, rest) = text.split_at_checked(string_end(text)?)?;
        let rest = rest.trim_start().strip_prefix(':')?.trim_start();
        let (value, rest) = rest.split_at_checked(value_end(rest)?)?;
        let rest = rest.trim_start();
        self.rest = rest.strip_prefix(',').unwrap_or("");
        Some((unquote(key)?, value.trim_end()))
    }
}

/// The text of a JSON string.
pub(super) fn unquote(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// Where the string ends that the text begins with, behind its closing quote.
fn string_end(text: &str) -> Option<usize> {
    let mut bytes = text.bytes().enumerate();
    bytes.next().filter(|(_, byte)| *byte == b'"')?;
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
    None
}

/// Where the value ends that the text begins with.
fn value_end(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => at += string_end(text.get(at..)?)?,
            b'{' | b'[' => (depth, at) = (depth + 1, at + 1),
            b'}' | b']' | b',' if depth == 0 => break,
            b'}' | b']' => (depth, at) = (depth - 1, at + 1),
            _ => at += 1,
        }
    }
    (depth == 0 && at > 0).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_slices_of_the_text() {
        let text = r#" {"a" : {"b": [1, NaN, "}\"]"]} , "\u0063":"x", "d": 18446744073709551615 }"#;
        let members: Vec<_> = Members::of(text).expect("an object").collect();
        let expected = [("a", r#"{"b": [1, NaN, "}\"]"]}"#), ("c", "\"x\""), ("d", "18446744073709551615")];
        assert_eq!(members, expected.map(|(key, value)| (key.to_owned(), value)));
    }

    #[test]
    fn what_is_cut_off_has_no_last_member() {
        for text in ["{", r#"{"a"#, r#"{"a""#, r#"{"a":"#, r#"{"a": [1"#, r#"{"a": "é\"#, "{]", "[1]", ""] {
            assert_eq!(Members::of(text).and_then(|mut members| members.next()), None, "{text}");
        }
    }

    #[test]
    fn a_million_brackets_are_no_problem() {
        let text = format!(r#"{{"a": {}"#, "[".repeat(1_000_000));
        assert_eq!(Members::get(&text, "a"), None);
    }
}

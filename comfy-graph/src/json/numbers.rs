//! Numbers that JSON or a computer's numbers cannot hold: `NaN` and `Infinity`, which Python writes; `1e400`, which Python
//! reads as infinity; integers of more than 64 bits, of which Python keeps every digit.

use std::{borrow::Cow, ops::Range};

const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// What is odd about a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oddity {
    /// A word of Python.
    Word,
    /// More than the largest number.
    TooLarge,
    /// An integer of more than 64 bits.
    TooLong,
}

/// An odd number and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Odd {
    pub(crate) range: Range<usize>,
    pub(crate) what: Oddity,
}

/// The odd numbers of a text, outside of strings, in their order.
pub(crate) fn odd(text: &str) -> Vec<Odd> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at),
            b'-' | b'0'..=b'9' | b'N' | b'I' => {
                let rest = text.get(at..).unwrap_or_default();
                let (length, what) = match WORDS.iter().find(|word| rest.starts_with(**word)) {
                    Some(word) => (word.len(), Some(Oddity::Word)),
                    None => number(rest),
                };
                if let Some(what) = what {
                    found.push(Odd { range: at..at + length, what });
                }
                at += length.max(1);
            }
            _ => at += 1,
        }
    }
    found
}

/// Behind the closing quote of the string that begins here.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

/// The length of the number that a text begins with, and what is odd about it.
fn number(text: &str) -> (usize, Option<Oddity>) {
    /// Any integer of so many digits fits.
    const FITS: usize = 18;
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let length = text.bytes().take_while(|byte| is_part(byte)).count();
    let token = text.get(..length).unwrap_or_default();
    let has_exponent = token.contains(['e', 'E']);
    if length <= FITS && !has_exponent {
        return (length, None);
    }
    let what = if has_exponent || token.contains('.') {
        token.parse::<f64>().is_ok_and(f64::is_infinite).then_some(Oddity::TooLarge)
    } else if token.parse::<f64>().is_ok_and(f64::is_infinite) {
        Some(Oddity::TooLarge)
    } else {
        let is_integer = token.strip_prefix('-').unwrap_or(token).bytes().all(|byte| byte.is_ascii_digit());
        let fits = token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok();
        (is_integer && !fits).then_some(Oddity::TooLong)
    };
    (length, what)
}

/// The text with `null` for what cannot be read, as the frontend has it (`utils/jsonUtil.ts`).
pub(crate) fn mended<'t>(text: &'t str, odd: &[Odd]) -> Cow<'t, str> {
    let unreadable = || odd.iter().filter(|odd| odd.what != Oddity::TooLong);
    if unreadable().next().is_none() {
        return text.into();
    }
    let (mut mended, mut from) = (String::with_capacity(text.len()), 0);
    for Odd { range, .. } in unreadable() {
        mended.push_str(text.get(from..range.start).unwrap_or_default());
        mended.push_str("null");
        from = range.end;
    }
    mended.push_str(text.get(from..).unwrap_or_default());
    mended.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_numbers_are_found_outside_of_strings() {
        let text = r#"{"a": NaN, "b": [-Infinity, "NaN \" 1e999"], "c": 1e400, "d": 123456789012345678901234567890,
            "e": -9223372036854775808, "f": 18446744073709551615, "g": 0.1234567890123456789, "h": 1E5, "i": -18446744073709551615}"#;
        let found: Vec<(&str, Oddity)> =
            odd(text).into_iter().map(|odd| (text.get(odd.range).unwrap_or_default(), odd.what)).collect();
        let expected = [
            ("NaN", Oddity::Word),
            ("-Infinity", Oddity::Word),
            ("1e400", Oddity::TooLarge),
            ("123456789012345678901234567890", Oddity::TooLong),
            ("-18446744073709551615", Oddity::TooLong),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cannot_be_read_becomes_null() {
        let text = r#"{"a": NaN, "b": -1e999, "c": "NaN", "d": 1}"#;
        assert_eq!(mended(text, &odd(text)), r#"{"a": null, "b": null, "c": "NaN", "d": 1}"#);
        for text in ["", "\"", "\"\\", "-", "N", "1e", &"9".repeat(100_000)] {
            let _ = mended(text, &odd(text));
        }
    }
}

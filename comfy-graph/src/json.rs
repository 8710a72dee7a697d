//! Reading JSON the way the frontend does: Python's number words, byte order marks, and values by number.
//!
//! No model of any format lives here.

use serde_json::Value;

/// The text without a UTF-8 byte order mark.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Replaces `NaN`, `Infinity` and `-Infinity` outside of strings by `null`, as the frontend does
/// (`utils/jsonUtil.ts`). `None` when there are none.
pub(crate) fn replace_non_finite(text: &str) -> Option<String> {
    const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];
    if !WORDS.iter().any(|word| text.contains(word)) {
        return None;
    }
    let mut mended = String::with_capacity(text.len());
    let (mut in_string, mut escaped, mut changed) = (false, false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if !in_string && let Some(word) = WORDS.iter().find(|word| rest.starts_with(**word)) {
            mended.push_str("null");
            rest = &rest[word.len()..];
            changed = true;
            continue;
        }
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
        mended.push(c);
        rest = &rest[c.len_utf8()..];
    }
    changed.then_some(mended)
}

/// Whether two values are the same to JavaScript: numbers by value (`1` and `1.0`), objects without regard to the
/// order of their keys.
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (!(both_integers(a, b)) && a.as_f64().is_some() && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_value(a, b)))
        }
        _ => a == b,
    }
}

fn both_integers(a: &serde_json::Number, b: &serde_json::Number) -> bool {
    !a.is_f64() && !b.is_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn non_finite_words_become_null_outside_of_strings() {
        let text = r#"{"a": NaN, "b": -Infinity, "c": "NaN \" Infinity"}"#;
        let mended = replace_non_finite(text).expect("something to mend");
        assert_eq!(mended, r#"{"a": null, "b": null, "c": "NaN \" Infinity"}"#);
        assert_eq!(replace_non_finite(r#"{"a": "NaN"}"#), None);
    }

    #[test]
    fn numbers_compare_by_value_and_large_integers_exactly() {
        assert!(same_value(&json!({"a": [1.0]}), &json!({"a": [1]})));
        assert!(!same_value(&json!(18_446_744_073_709_551_615_u64), &json!(18_446_744_073_709_551_614_u64)));
    }
}

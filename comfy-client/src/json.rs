//! Answers read as JSON, with what Python writes besides: `NaN` and `Infinity`. What an answer means is not known here.

use serde::de::DeserializeOwned;

/// Reads an answer. `NaN`, `Infinity` and `-Infinity`, which Python's `json.dumps` writes and JSON does not have, are
/// read as null.
pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    match serde_json::from_slice(bytes) {
        // a second look is taken at those only that the parser refuses
        Err(error) if error.is_syntax() => match without_non_finite(bytes) {
            Some(mended) => serde_json::from_slice(&mended),
            None => Err(error),
        },
        answer => answer,
    }
}

/// The text with null for numbers that are none, outside of strings; `None` where there are no such words.
fn without_non_finite(bytes: &[u8]) -> Option<Vec<u8>> {
    const WORDS: [&[u8]; 3] = [b"-Infinity", b"Infinity", b"NaN"];
    let mut mended = Vec::with_capacity(bytes.len());
    let (mut in_string, mut escaped, mut changed) = (false, false, false);
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        let word = WORDS.iter().find(|word| !in_string && rest.starts_with(word));
        if let Some(beyond) = word.and_then(|word| rest.get(word.len()..)) {
            mended.extend_from_slice(b"null");
            rest = beyond;
            changed = true;
            continue;
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            _ => {}
        }
        mended.push(*byte);
        rest = after;
    }
    changed.then_some(mended)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn numbers_that_are_none_are_null() {
        let text = br#"{"a": [NaN, -Infinity, Infinity, 1], "NaN": "\"Infinity NaN"}"#;
        let value: Value = from_slice(text).expect("JSON");
        assert_eq!(value, json!({"a": [null, null, null, 1], "NaN": "\"Infinity NaN"}));
        for wrong in ["", "[NaN", "Nan", "{\"a\": nan}", "[1] NaN"] {
            assert!(from_slice::<Value>(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

//! Reading JSON the way the frontend does: Python's number words (`numbers`), byte order marks, keys that come twice, and values by
//! number.
//!
//! No model of any format lives here.

pub(crate) mod numbers;

use std::{borrow::Cow, cell::RefCell, collections::BTreeSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::diag::{JsonPath, Place};

/// The text without a UTF-8 byte order mark.
pub(crate) fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Where parsing a text ended. `serde_json` counts lines from 1 and columns in bytes.
pub fn error_place(error: &serde_json::Error, text: &str) -> Option<Place> {
    let bare = without_bom(text);
    let line = bare.split_inclusive('\n').nth(error.line().checked_sub(1)?)?;
    let start = line.as_ptr().addr() - text.as_ptr().addr();
    let start = start + error.column().saturating_sub(1).min(line.len());
    Some(Place::Bytes { start, end: start + 1 })
}

/// Replaces numbers that cannot be read by `null`. `None` when there are none.
pub(crate) fn replace_non_finite(text: &str) -> Option<String> {
    match numbers::mended(text, &numbers::odd(text)) {
        Cow::Owned(mended) => Some(mended),
        Cow::Borrowed(_) => None,
    }
}

/// The places of members whose key their object has twice; only so many. Of such members the last counts, to
/// JavaScript and Python as to `serde_json`. Nothing for what is not JSON.
pub(crate) fn keys_twice(text: &str) -> Vec<JsonPath> {
    let twice = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match (Keys { place: None, twice: &twice }).deserialize(&mut deserializer) {
        Ok(()) => twice.into_inner(),
        Err(_) => Vec::new(),
    }
}

/// Where the reader is; the way to the root is followed only when a place is reported.
#[derive(Clone, Copy)]
struct Step<'s> {
    before: Option<&'s Step<'s>>,
    at: At<'s>,
}

#[derive(Clone, Copy)]
enum At<'s> {
    Key(&'s str),
    Index(usize),
}

impl Step<'_> {
    /// The parser limits the depth.
    fn path(&self) -> JsonPath {
        let before = self.before.map(Self::path).unwrap_or_default();
        match self.at {
            At::Key(key) => before.key(key),
            At::Index(index) => before.index(index),
        }
    }
}

/// Reads a value for its keys only.
#[derive(Clone, Copy)]
struct Keys<'s> {
    place: Option<&'s Step<'s>>,
    twice: &'s RefCell<Vec<JsonPath>>,
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            let step = Step { before: self.place, at: At::Index(index) };
            if list.next_element_seed(Keys { place: Some(&step), ..self })?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        const MANY: usize = 1000;
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let step = Step { before: self.place, at: At::Key(&key) };
            map.next_value_seed(Keys { place: Some(&step), ..self })?;
            if keys.contains(&key) && self.twice.borrow().len() < MANY {
                self.twice.borrow_mut().push(step.path());
            }
            keys.insert(key);
        }
        Ok(())
    }
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
    fn keys_that_come_twice_are_found() {
        let text = r#"{"a": 1, "b": [0, {"c": "x", "c": "y"}], "a": -1.5, "d": {"a": null, "c": true}}"#;
        let twice: Vec<String> = keys_twice(text).iter().map(ToString::to_string).collect();
        assert_eq!(twice, ["b[1].c", "a"]);
        assert!(keys_twice("{").is_empty() && keys_twice(&"[".repeat(100_000)).is_empty());
    }

    #[test]
    fn numbers_compare_by_value_and_large_integers_exactly() {
        assert!(same_value(&json!({"a": [1.0]}), &json!({"a": [1]})));
        assert!(!same_value(&json!(18_446_744_073_709_551_615_u64), &json!(18_446_744_073_709_551_614_u64)));
    }
}

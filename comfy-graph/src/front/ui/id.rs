//! Ids of nodes in files.

use std::fmt;

use serde_json::Value;

/// The id of a node: `5`, `5.0` and `"5"` are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Id {
    Number(i64),
    /// Not a number written plainly.
    Text(Box<str>),
}

impl Id {
    /// The node inside a definition whose outputs are the definition's inputs.
    pub(super) const INPUTS: Self = Self::Number(-10);
    /// The node inside a definition whose inputs are the definition's outputs.
    pub(super) const OUTPUTS: Self = Self::Number(-20);

    /// The id that a value is. A text longer than any id is none: everything that has to do with the node repeats
    /// it.
    pub(super) fn read(value: &Value) -> Option<Self> {
        const LONGEST: usize = 256;
        match value {
            Value::String(id) if id.len() <= LONGEST => Some(Self::of_text(id)),
            Value::Number(_) => integer(value).map(Self::Number),
            _ => None,
        }
    }

    fn of_text(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_plain =
            digits == "0" && text == digits || digits.starts_with(|c: char| ('1'..='9').contains(&c));
        match text.parse() {
            Ok(number) if is_plain => Self::Number(number),
            _ => Self::Text(text.into()),
        }
    }

    /// The number, if it is one.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
        }
    }

    pub(super) fn text(&self) -> Box<str> {
        match self {
            Self::Number(number) => number.to_string().into(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// An integer, also written as text or with a zero fraction.
#[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        }),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

/// A slot's number.
pub(super) fn slot(value: &Value) -> Option<usize> {
    integer(value).and_then(|slot| usize::try_from(slot).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_and_their_texts_are_the_same() {
        for (value, text) in [(json!(5), "5"), (json!(5.0), "5"), (json!("5"), "5"), (json!("-10"), "-10")] {
            let id = Id::read(&value).expect("an id");
            assert!(id.number().is_some(), "{value}");
            assert_eq!(&*id.text(), text);
        }
        for text in ["05", "-0", "+5", "5:3", "a", "", "-"] {
            assert_eq!(Id::read(&json!(text)), Some(Id::Text(text.into())));
        }
        assert_eq!(Id::read(&json!("a".repeat(300))), None);
        assert_eq!(Id::read(&json!(null)), None);
    }
}

//! How Python prints values, for messages that contain them.

use serde_json::Value;

/// `repr(value)`
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(key, value)| format!("{}: {}", quoted(key), repr(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

/// `str(value)`
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => repr(value),
    }
}

/// What `dumps` writes as `NaN`, `Infinity` or `-Infinity`, which `serde_json` has no values for.
pub fn non_finite(number: f64) -> Value {
    let word = match number {
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        _ => "NaN",
    };
    Value::String(format!("{NON_FINITE}{word}"))
}

/// No text of ComfyUI begins like this.
const NON_FINITE: &str = "\u{0}number:";

/// `json.dumps(value)`: spaces after commas and colons, and nothing but ASCII.
pub(crate) fn dumps(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(dumps).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(key, value)| format!("{}: {}", ascii(key), dumps(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::String(text) => match text.strip_prefix(NON_FINITE) {
            Some(word) => word.to_owned(),
            None => ascii(text),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A JSON string in ASCII.
fn ascii(text: &str) -> String {
    let mut out = String::new();
    for character in Value::from(text).to_string().chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.extend(format!("\\u{unit:04x}").chars());
            }
        }
    }
    out
}

/// `bool(value)`
pub(crate) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

/// `left == right`, by which `1`, `1.0` and `True` are one.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Bool(is) => Some(f64::from(u8::from(*is))),
        Value::Number(number) => number.as_f64(),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.to_bits() == right.to_bits() || (left == 0.0 && right == 0.0),
        _ => left == right,
    }
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            _ if character == quote => out.extend(['\\', quote]),
            _ => out.push(character),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{equal, repr};

    #[test]
    fn values_as_python_prints_them() {
        assert_eq!(repr(&json!(["a", 1.5, null, true, "it's"])), r#"['a', 1.5, None, True, "it's"]"#);
        assert!(
            equal(&json!(1), &json!(1.0)) && equal(&json!(true), &json!(1)) && !equal(&json!("1"), &json!(1))
        );
    }
}

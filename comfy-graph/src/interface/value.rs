//! Values as they are given: text that is read by the type of its input, or JSON.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{ParamKind, Range, find::list};
use crate::{
    catalog::Choices,
    diag::{Code, Diagnostic, codes, short},
    suggest::nearest,
    valid::numbers::PyNumber,
};

/// A value for a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Given<'v> {
    /// Text, as on a command line. For a text input it is taken literally.
    Text(&'v str),
    /// JSON. Text in it is read as [`Text`](Self::Text).
    Json(&'v Value),
}

impl<'v> From<&'v str> for Given<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(text)
    }
}
impl<'v> From<&'v String> for Given<'v> {
    fn from(text: &'v String) -> Self {
        Self::Text(text)
    }
}
impl<'v> From<&'v Value> for Given<'v> {
    fn from(value: &'v Value) -> Self {
        Self::Json(value)
    }
}

impl<'v> Given<'v> {
    /// The text, where it is one.
    fn text(self) -> Option<&'v str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(value) => value.as_str(),
        }
    }

    /// The JSON, where it is not text.
    fn json(self) -> Option<&'v Value> {
        match self {
            Self::Json(value) if !value.is_string() => Some(value),
            Self::Text(_) | Self::Json(_) => None,
        }
    }

    fn shown(self) -> String {
        match self {
            Self::Text(text) => format!("`{}`", short(text)),
            Self::Json(value) => format!("`{}`", short(&value.to_string())),
        }
    }
}

impl ParamKind {
    /// Reads a value for an input of this kind; `name` is what messages call it.
    ///
    /// # Errors
    /// A diagnostic with the server's word for the mistake: `invalid_input_type`, `value_smaller_than_min`,
    /// `value_bigger_than_max` or `value_not_in_list`; `literal_on_socket` for what only a link can bring.
    pub fn read(&self, name: &str, given: Given<'_>) -> Result<Value, Box<Diagnostic>> {
        let wrong = |wanted: &str| {
            let message = format!("{}: {} is no {wanted}", short(name), given.shown());
            Box::new(Diagnostic::new(codes::INVALID_INPUT_TYPE, message))
        };
        match self {
            Self::Int(range) => {
                let value = integer(given).ok_or_else(|| wrong("integer"))?;
                range.check(name, &value).map(|()| Value::Number(value))
            }
            Self::Float(range) => {
                let value = float(given).ok_or_else(|| wrong("number"))?;
                range.check(name, &value).map(|()| Value::Number(value))
            }
            Self::Text { .. } => given.text().map(Value::from).ok_or_else(|| wrong("text")),
            Self::Boolean => {
                boolean(given).map(Value::Bool).ok_or_else(|| wrong("truth value (true or false)"))
            }
            Self::Choice { options, multiple: true } => several(name, given, options),
            Self::Choice { options, multiple: false } | Self::File { options, upload: None } => {
                option(name, given, options)
            }
            // a file that is uploaded first is not in the list yet
            Self::File { upload: Some(_), .. } => given
                .text()
                .filter(|file| !file.is_empty())
                .map(Value::from)
                .ok_or_else(|| wrong("name of a file")),
            Self::Json => Ok(match given {
                Given::Json(value) => value.clone(),
                Given::Text(text) => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            }),
            Self::Link(io_type) => {
                let message = format!("{} takes a link of {io_type}, and no value", short(name));
                Err(Box::new(Diagnostic::new(codes::LITERAL_ON_SOCKET, message)))
            }
        }
    }
}

impl Range {
    fn check(&self, name: &str, value: &Number) -> Result<(), Box<Diagnostic>> {
        let is_beyond = |end: &Option<Number>, side: Ordering| {
            let end = end.as_ref()?;
            let beyond = PyNumber::of(value).compare(PyNumber::of(end)) == Some(side);
            beyond.then(|| end.to_string())
        };
        let say = |code: Code, what: &str, end: &str| {
            let message = format!("{}: {value} is {what} {end}", short(name));
            Err(Box::new(Diagnostic::new(code, message)))
        };
        if let Some(min) = is_beyond(&self.min, Ordering::Less) {
            return say(codes::VALUE_SMALLER_THAN_MIN, "less than the minimum", &min);
        }
        match is_beyond(&self.max, Ordering::Greater) {
            Some(max) => say(codes::VALUE_BIGGER_THAN_MAX, "more than the maximum", &max),
            None => Ok(()),
        }
    }
}

/// Every integer of 64 bits, exactly; a float that is one.
fn integer(given: Given<'_>) -> Option<Number> {
    match (given.text(), given.json()) {
        (Some(text), _) => {
            let text = text.trim().replace('_', "");
            text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok()
        }
        (_, Some(Value::Number(number))) if number.is_f64() => whole(number.as_f64()?),
        (_, Some(Value::Number(number))) => Some(number.clone()),
        _ => None,
    }
}

/// A float without a fraction that is exact.
fn whole(float: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
    (float.fract() == 0.0 && float.abs() <= EXACT).then(|| Number::from(float as i64))
}

/// A finite number.
fn float(given: Given<'_>) -> Option<Number> {
    match given.json() {
        Some(Value::Number(number)) => Some(number.clone()),
        Some(_) => None,
        None => {
            let whole = integer(given);
            whole.or_else(|| Number::from_f64(given.text()?.trim().parse().ok()?))
        }
    }
}

fn boolean(given: Given<'_>) -> Option<bool> {
    if let Some(value) = given.json() {
        return value.as_bool();
    }
    let words = [("true", true), ("yes", true), ("on", true), ("1", true)];
    let words = words.into_iter().chain([("false", false), ("no", false), ("off", false), ("0", false)]);
    let text = given.text()?.trim();
    words.into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, flag)| flag)
}

/// An option as the list has it, which may be a number. Of a list without options everything is one.
fn option(name: &str, given: Given<'_>, options: &Choices) -> Result<Value, Box<Diagnostic>> {
    let number: Option<Value> = match given {
        Given::Text(text) => serde_json::from_str(text).ok().filter(Value::is_number),
        Given::Json(value) => Some(value.clone()),
    };
    let is_it = |option: &&Value| {
        option.as_str().is_some_and(|option| Some(option) == given.text())
            || number.as_ref().is_some_and(|number| crate::json::same_value(option, number))
    };
    if let Some(option) = options.iter().find(is_it) {
        return Ok(option.clone());
    }
    if options.is_empty()
        && let Some(text) = given.text()
    {
        return Ok(text.into());
    }
    let message = format!("{}: {} is none of the options", short(name), given.shown());
    let found = Diagnostic::new(codes::VALUE_NOT_IN_LIST, message);
    let texts: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
    Err(Box::new(match nearest(given.text().unwrap_or_default(), texts.iter().copied()) {
        Some(similar) => found.help(format!("did you mean `{}`?", short(similar))),
        None if texts.is_empty() => found,
        None => found.help(format!("the options are {}", list(texts.iter().copied()))),
    }))
}

/// A list of options: JSON, or text with commas.
fn several(name: &str, given: Given<'_>, options: &Choices) -> Result<Value, Box<Diagnostic>> {
    let parsed: Value;
    let list = match given {
        Given::Json(Value::Array(list)) => list,
        Given::Text(text) => {
            parsed = serde_json::from_str(text).unwrap_or_default();
            match &parsed {
                Value::Array(list) => list,
                _ => return text.split(',').map(|part| option(name, part.trim().into(), options)).collect(),
            }
        }
        one @ Given::Json(_) => return option(name, one, options).map(|value| Value::Array(vec![value])),
    };
    list.iter().map(|value| option(name, value.into(), options)).collect()
}

//! Numbers as the server converts and compares them (`execution.py: validate_inputs`): `int(v)`, `float(v)`, `<`, `>`.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::{Check, NodeView, expand::Expanded, values::shown};
use crate::{
    catalog::InputKind,
    diag::{Applicability, Diagnostic, Severity, Suggestion, codes},
};

/// A number as Python has it: integers of any size are exact as far as they matter here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PyNumber {
    Int(i128),
    Float(f64),
}

impl PyNumber {
    pub(crate) fn of(number: &Number) -> Self {
        match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Self::Int(int.into()),
            (_, Some(int)) => Self::Int(int.into()),
            (None, None) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    /// `None` for NaN, which is neither below nor above anything.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (a, b) => a.as_f64().partial_cmp(&b.as_f64()),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "only for comparing with a float")]
    fn as_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }
}

pub(super) fn as_number(value: &Value) -> Option<PyNumber> {
    match value {
        Value::Number(number) => Some(PyNumber::of(number)),
        Value::Bool(flag) => Some(PyNumber::Int((*flag).into())),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `int(v)`
pub(super) fn to_int(value: &Value) -> Option<PyNumber> {
    match value {
        Value::String(text) => {
            let digits = without_underscores(text.trim())?;
            let plain = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
            if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            // more digits than an i128 holds are out of every range, on the side of their sign
            let endless = if digits.starts_with('-') { i128::MIN } else { i128::MAX };
            Some(PyNumber::Int(digits.parse().unwrap_or(endless)))
        }
        _ => match as_number(value)? {
            #[allow(clippy::cast_possible_truncation, reason = "int() cuts the fraction off; `as` saturates")]
            PyNumber::Float(float) if float.is_finite() => Some(PyNumber::Int(float.trunc() as i128)),
            PyNumber::Float(_) => None,
            int @ PyNumber::Int(_) => Some(int),
        },
    }
}

/// `float(v)`
pub(super) fn to_float(value: &Value) -> Option<PyNumber> {
    let Value::String(text) = value else { return as_number(value) };
    without_underscores(text.trim())?.parse().ok().map(PyNumber::Float)
}

/// Python allows single underscores between digits.
fn without_underscores(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let misplaced =
        |at: usize| bytes.get(at) == Some(&b'_') && !(digit(at.checked_sub(1)) && digit(Some(at + 1)));
    if (0..bytes.len()).any(misplaced) { None } else { Some(text.replace('_', "")) }
}

/// The bounds of an input.
pub(super) type Range<'a> = (Option<&'a Number>, Option<&'a Number>);

/// Whether the value is a number between the bounds.
pub(super) fn is_in_range(value: &Value, min: Option<&Number>, max: Option<&Number>) -> bool {
    let Value::Number(number) = value else { return false };
    let number = PyNumber::of(number);
    let is = |bound: Option<&Number>, wrong| {
        bound.is_some_and(|bound| number.compare(PyNumber::of(bound)) == Some(wrong))
    };
    !is(min, Ordering::Less) && !is(max, Ordering::Greater)
}

/// A literal of a number. `number` is what the server makes of it, `word` the type.
pub(super) fn check(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: &Expanded<'_>,
    value: &Value,
    number: Option<PyNumber>,
    word: &str,
    (min, max): Range<'_>,
) {
    let name = &*input.name;
    let Some(number) = number else {
        let what = format!("{name} takes {word}, and {} cannot be converted to one", shown(value));
        let finding = view.finding(codes::INVALID_INPUT_TYPE, name, &what);
        check.found.push(suggest_number(view, finding, input, value));
        return;
    };
    let mut bound = |code, wrong, bound: Option<&Number>, (at, so): (&str, &str)| {
        let Some(bound) = bound.filter(|bound| number.compare(PyNumber::of(bound)) == Some(wrong)) else {
            return;
        };
        let what = format!("{name} is {}, but {at} {bound} is {so}", shown(value));
        let suggestion = replace(view, name, bound, Applicability::MaybeIncorrect);
        check.found.push(view.finding(code, name, &what).suggest(suggestion));
    };
    bound(codes::VALUE_SMALLER_THAN_MIN, Ordering::Less, min, ("at least", "needed"));
    bound(codes::VALUE_BIGGER_THAN_MAX, Ordering::Greater, max, ("at most", "allowed"));
    if value.is_string() {
        let what =
            format!("{name} takes {word}, but {} is text, which only the server converts", shown(value));
        let mut finding = view.finding(codes::NUMBER_AS_TEXT, name, &what);
        // `float("nan")` passes every bound, and no node can do anything with it
        if !number.as_f64().is_finite() {
            finding.severity = Severity::Error;
        }
        check.found.push(suggest_number(view, finding, input, value));
    }
}

fn replace(view: &NodeView<'_>, name: &str, number: &Number, applicability: Applicability) -> Suggestion {
    let suggestion = Suggestion::new(format!("change it to {number}"), applicability);
    view.set_to(name, Value::Number(number.clone()), suggestion)
}

/// The number at the start of a text, or the input's default.
fn suggest_number(
    view: &NodeView<'_>,
    finding: Diagnostic,
    input: &Expanded<'_>,
    value: &Value,
) -> Diagnostic {
    if let Some(number) = value.as_str().and_then(|text| number_in(text, &input.def.kind)) {
        let applicability = match value.as_str().map(str::trim) {
            Some(text) if text.parse::<f64>().is_ok() => Applicability::MachineApplicable,
            _ => Applicability::MaybeIncorrect,
        };
        return finding.suggest(replace(view, &input.name, &number, applicability));
    }
    match default(&input.def.kind) {
        Some(default) => finding.suggest(replace(view, &input.name, default, Applicability::MaybeIncorrect)),
        None => finding,
    }
}

fn default(kind: &InputKind) -> Option<&Number> {
    match kind {
        InputKind::Int(def) => def.default.as_ref(),
        InputKind::Float(def) => def.default.as_ref(),
        _ => None,
    }
}

/// `20` of `"20 steps"`, a float only where one is taken.
fn number_in(text: &str, kind: &InputKind) -> Option<Number> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(text.len());
    let start = text.get(..end)?;
    let whole = start.parse::<i64>().map(Number::from).or_else(|_| start.parse::<u64>().map(Number::from));
    match (whole, kind) {
        (Ok(number), _) => Some(number),
        (Err(_), InputKind::Float(_)) => Number::from_f64(start.parse().ok()?),
        _ => None,
    }
}

//! Whether literals fit their inputs, after the conversions that the server makes (`execution.py:
//! validate_inputs`): `int(v)`, `float(v)`, `str(v)`, `bool(v)`.

use std::{cmp::Ordering, collections::BTreeSet, rc::Rc};

use serde_json::{Number, Value};

use super::{Check, NodeView, expand::Expanded};
use crate::{
    catalog::{ComboDef, InputKind, Upload},
    diag::{Severity, codes, short},
};

/// One literal.
pub(super) fn check_value<'a>(
    check: &mut Check<'a>,
    view: &NodeView<'a>,
    input: &Expanded<'a>,
    value: &Value,
) {
    let value = unwrapped(value);
    // A union with a widget is not converted; its range counts nevertheless.
    let converts = !input.def.io_type.is_union();
    match &input.def.kind {
        InputKind::Int(def) => {
            let number = if converts { to_int(value) } else { as_number(value) };
            check_number(check, view, input, value, number, "INT", (def.min.as_ref(), def.max.as_ref()));
        }
        InputKind::Float(def) => {
            let number = if converts { to_float(value) } else { as_number(value) };
            check_number(check, view, input, value, number, "FLOAT", (def.min.as_ref(), def.max.as_ref()));
        }
        InputKind::Combo(combo) => check_combo(check, view, input, combo, value),
        InputKind::DynamicCombo(options) => {
            // the server takes any key here, and calls the node without the inputs of an option
            if !value.as_str().is_some_and(|key| options.iter().any(|option| *option.key == *key)) {
                let keys = options.iter().map(|option| &*option.key);
                not_in_list(check, view, input, value, keys, Severity::Error);
            }
        }
        InputKind::MatchType { .. } if !input.def.io_type.is_any() => {
            let what = format!("{} takes a link of {}, not {}", input.name, input.def.io_type, shown(value));
            check.found.push(view.finding(codes::INVALID_INPUT_TYPE, &input.name, &what));
        }
        // str() and bool() take everything; other types are not looked at
        InputKind::String(_)
        | InputKind::Boolean(_)
        | InputKind::MatchType { .. }
        | InputKind::Autogrow(_)
        | InputKind::DynamicSlot(_)
        | InputKind::Frontend(..)
        | InputKind::Socket(_) => {}
    }
}

/// `{"__value__": x}` stands for x, so that a list is no link.
fn unwrapped(value: &Value) -> &Value {
    value.as_object().and_then(|object| object.get("__value__")).unwrap_or(value)
}

/// A number as Python has it: integers of any size are exact as far as they matter here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum PyNumber {
    Int(i128),
    Float(f64),
}

impl PyNumber {
    fn of(number: &Number) -> Self {
        match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Self::Int(int.into()),
            (_, Some(int)) => Self::Int(int.into()),
            (None, None) => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    /// `None` for NaN, which is neither below nor above anything.
    fn compare(self, other: Self) -> Option<Ordering> {
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

fn as_number(value: &Value) -> Option<PyNumber> {
    match value {
        Value::Number(number) => Some(PyNumber::of(number)),
        Value::Bool(flag) => Some(PyNumber::Int((*flag).into())),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `int(v)`
fn to_int(value: &Value) -> Option<PyNumber> {
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
fn to_float(value: &Value) -> Option<PyNumber> {
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

fn check_number(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: &Expanded<'_>,
    value: &Value,
    number: Option<PyNumber>,
    word: &str,
    (min, max): (Option<&Number>, Option<&Number>),
) {
    let name = &*input.name;
    let Some(number) = number else {
        let what = format!("{name} takes {word}, and {} cannot be converted to one", shown(value));
        check.found.push(view.finding(codes::INVALID_INPUT_TYPE, name, &what));
        return;
    };
    if let Some(min) = min
        && number.compare(PyNumber::of(min)) == Some(Ordering::Less)
    {
        let what = format!("{name} is {}, but at least {min} is needed", shown(value));
        check.found.push(view.finding(codes::VALUE_SMALLER_THAN_MIN, name, &what));
    }
    if let Some(max) = max
        && number.compare(PyNumber::of(max)) == Some(Ordering::Greater)
    {
        let what = format!("{name} is {}, but at most {max} is allowed", shown(value));
        check.found.push(view.finding(codes::VALUE_BIGGER_THAN_MAX, name, &what));
    }
}

/// Combos whose options are made in the browser; their class accepts everything
/// (`comfy_extras/nodes_logic.py: CustomComboNode.validate_inputs`).
const CHOICES_OF_THE_FRONTEND: &[(&str, &str)] = &[("CustomCombo", "choice")];

/// The options of a combo, ready for asking often: lists of files are long, and many nodes load one.
#[derive(Clone, Debug)]
pub(super) struct Listed<'a> {
    files: bool,
    texts: Rc<BTreeSet<&'a str>>,
    others: Rc<[&'a Value]>,
}

impl<'a> Listed<'a> {
    fn new(combo: &'a ComboDef) -> Self {
        Self {
            files: combo.is_file_list(),
            texts: Rc::new(combo.options.iter().filter_map(Value::as_str).collect()),
            others: combo.options.iter().filter(|option| !option.is_string()).collect(),
        }
    }

    fn has(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.texts.contains(&**text),
            other => self.others.iter().any(|option| py_equal(option, other)),
        }
    }
}

fn check_combo<'a>(
    check: &mut Check<'a>,
    view: &NodeView<'a>,
    input: &Expanded<'a>,
    combo: &'a ComboDef,
    value: &Value,
) {
    if CHOICES_OF_THE_FRONTEND.contains(&(&*view.def.class_type, &*input.name)) {
        return;
    }
    let listed = check.combos.entry(combo).or_insert_with(|| Listed::new(combo)).clone();
    let files = listed.files;
    // Nothing is known of a list that only the frontend fetches, nor of files on a machine nobody asked.
    if (files && !check.known_files) || (combo.options.is_empty() && combo.remote.is_some()) {
        return;
    }
    let wanted: &[Value] = match value {
        Value::Array(list) if combo.multiselect => list,
        one => std::slice::from_ref(one),
    };
    for value in wanted.iter().filter(|value| !listed.has(value)) {
        let unsure = files && may_be_elsewhere(combo, value);
        let severity = if unsure { Severity::Warning } else { Severity::Error };
        let options = combo.options.iter().filter_map(Value::as_str);
        not_in_list(check, view, input, value, options, severity);
    }
}

/// Loaders of uploaded files check for themselves and look into folders that the list leaves out:
/// `sub/a.png`, `a.png [output]`. Those of 3D models do not look at all before they run.
fn may_be_elsewhere(combo: &ComboDef, value: &Value) -> bool {
    match combo.upload {
        None => false,
        Some(Upload::File) => true,
        Some(Upload::Image | Upload::AnimatedImage | Upload::Video | Upload::Audio) => {
            value.as_str().is_some_and(|text| text.contains(['/', '\\']) || text.ends_with(']'))
        }
    }
}

/// Python's `==` on JSON values: `1 == 1.0 == True`.
fn py_equal(a: &Value, b: &Value) -> bool {
    match (as_number(a), as_number(b)) {
        (Some(a), Some(b)) => a.compare(b) == Some(Ordering::Equal),
        _ => a == b,
    }
}

fn not_in_list<'o>(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: &Expanded<'_>,
    value: &Value,
    options: impl Iterator<Item = &'o str> + Clone,
    severity: Severity,
) {
    let what = format!("{} has no option {}", input.name, shown(value));
    let mut finding = view.finding(codes::VALUE_NOT_IN_LIST, &input.name, &what);
    finding.severity = finding.severity.min(severity);
    if let Some(near) = value.as_str().and_then(|text| check.suggestions.nearest(text, options.clone())) {
        finding = finding.help(format!("did you mean {near:?}?"));
    } else {
        finding = finding.help(list_options(options));
    }
    check.found.push(finding);
}

fn list_options<'o>(options: impl Iterator<Item = &'o str> + Clone) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<_> =
        options.clone().take(SHOWN).map(|option| format!("{:?}", short(option))).collect();
    let more = options.count().saturating_sub(SHOWN);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    if names.is_empty() {
        "the server has none to offer".into()
    } else {
        format!("there is {}", names.join(", "))
    }
}

/// A value in a message, short.
pub(super) fn shown(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

//! Values that are written into a prompt: converted as Python would, then compared with what is allowed.

use serde_json::{Number, Value, json};

use crate::stub::python;

/// What is wrong with an input.
pub(super) struct Fault {
    pub(super) kind: &'static str,
    pub(super) message: String,
    /// The name of the input if empty.
    pub(super) details: String,
    /// More of `extra_info`; nothing if there is no more than the name.
    pub(super) extra: Value,
    /// Whether the list of what is allowed is too long to be shown.
    pub(super) long: bool,
}

impl Fault {
    pub(super) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), details: String::new(), extra: Value::Null, long: false }
    }

    fn boxed(self) -> Box<Self> {
        Box::new(self)
    }

    pub(super) fn details(mut self, details: String) -> Self {
        self.details = details;
        self
    }

    pub(super) fn with(mut self, extra: Value) -> Self {
        self.extra = extra;
        self
    }
}

/// Makes the value one of the declared type, as `int(…)`, `float(…)`, `str(…)` and `bool(…)` do.
pub(super) fn convert(value: &mut Value, kind: &Value) -> Result<(), Box<Fault>> {
    if let Some(inner) = value.get("__value__") {
        *value = inner.clone();
    }
    let converted = match kind.as_str() {
        Some("INT") => int(value),
        Some("FLOAT") => float(value),
        Some("STRING") => Ok(python::text(value).into()),
        Some("BOOLEAN") => Ok(python::truth(value).into()),
        _ => return Ok(()),
    };
    match converted {
        Ok(converted) => {
            *value = converted;
            Ok(())
        }
        Err(exception) => {
            let kind = python::text(kind);
            Err(Fault::new(
                "invalid_input_type",
                format!("Failed to convert an input value to a {kind} value"),
            )
            .details(format!("{}, {exception}", python::text(value)))
            .with(json!({"received_value": value, "exception_message": exception}))
            .boxed())
        }
    }
}

fn int(value: &Value) -> Result<Value, String> {
    match value {
        Value::Bool(is) => Ok(i64::from(*is).into()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok(value.clone()),
        Value::Number(number) => {
            let whole = number.as_f64().unwrap_or_default().trunc();
            Ok(format!("{whole:.0}").parse::<i64>().map_or(Value::Null, Value::from))
        }
        Value::String(text) => text
            .trim()
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_| text.trim().parse::<u64>().map(Value::from))
            .map_err(|_| format!("invalid literal for int() with base 10: {}", python::repr(value))),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            class_name(value)
        )),
    }
}

fn float(value: &Value) -> Result<Value, String> {
    let number = |number: f64| Number::from_f64(number).map_or(Value::Null, Value::Number);
    match value {
        Value::Bool(is) => Ok(number(f64::from(u8::from(*is)))),
        Value::Number(given) => Ok(number(given.as_f64().unwrap_or_default())),
        Value::String(text) => text
            .trim()
            .parse::<f64>()
            .map(number)
            .map_err(|_| format!("could not convert string to float: {}", python::repr(value))),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(format!("float() argument must be a string or a real number, not '{}'", class_name(value)))
        }
    }
}

fn class_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
        Value::Bool(_) | Value::Number(_) | Value::String(_) => "str",
    }
}

/// Ranges, then lists of choices.
pub(super) fn check(value: &Value, kind: &Value, options: &Value) -> Result<(), Box<Fault>> {
    if let Some(number) = value.as_f64() {
        let bound = |name: &str| options.get(name).filter(|bound| bound.is_number());
        let about = || json!({"received_value": value});
        if let Some(min) = bound("min").filter(|min| min.as_f64().is_some_and(|min| number < min)) {
            let message = format!("Value {value} smaller than min of {min}");
            return Err(Fault::new("value_smaller_than_min", message).with(about()).boxed());
        }
        if let Some(max) = bound("max").filter(|max| max.as_f64().is_some_and(|max| number > max)) {
            let message = format!("Value {value} bigger than max of {max}");
            return Err(Fault::new("value_bigger_than_max", message).with(about()).boxed());
        }
    }
    let choices = if kind == "COMBO" { options.get("options") } else { Some(kind) };
    match choices.and_then(Value::as_array) {
        Some(choices) => check_choice(value, choices, options),
        None => Ok(()),
    }
}

fn check_choice(value: &Value, choices: &[Value], options: &Value) -> Result<(), Box<Fault>> {
    let known = |value: &Value| choices.iter().any(|choice| python::equal(choice, value));
    let chosen = match value {
        Value::Array(several) if options["multiselect"] == true => several.iter().collect(),
        _ => vec![value],
    };
    let wrong: Vec<String> = chosen.into_iter().filter(|value| !known(value)).map(python::repr).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let long = choices.len() > 20;
    let list = if long {
        format!("(list of length {})", choices.len())
    } else {
        python::repr(&Value::Array(choices.to_vec()))
    };
    let mut fault = Fault::new("value_not_in_list", "Value not in list")
        .details(format!("{} not in {list}", wrong.join(", ")))
        .with(json!({"received_value": value}));
    fault.long = long;
    Err(fault.boxed())
}

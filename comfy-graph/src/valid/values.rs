//! Whether literals fit their inputs, after the conversions that the server makes (`execution.py:
//! validate_inputs`): `int(v)`, `float(v)`, `str(v)`, `bool(v)`; and what the server does not ask: whether a literal can
//! stand there at all.

use serde_json::Value;

use super::{
    Check, NodeView, broken, combos,
    expand::Expanded,
    numbers::{self, as_number, to_float, to_int},
};
use crate::{
    catalog::{InputKind, IoType, NodeDef},
    diag::{Applicability, Diagnostic, Severity, Suggestion, codes},
};

/// One literal.
pub(super) fn check_value<'a>(
    check: &mut Check<'a>,
    view: &NodeView<'a>,
    def: &NodeDef,
    input: &Expanded<'a>,
    value: &'a Value,
) {
    let value = unwrapped(value);
    // A union with a widget is not converted; its range counts nevertheless.
    let converts = !input.def.io_type.is_union();
    match &input.def.kind {
        InputKind::Int(def) => {
            let number = if converts { to_int(value) } else { as_number(value) };
            numbers::check(check, view, input, value, number, "INT", (def.min.as_ref(), def.max.as_ref()));
        }
        InputKind::Float(def) => {
            let number = if converts { to_float(value) } else { as_number(value) };
            numbers::check(check, view, input, value, number, "FLOAT", (def.min.as_ref(), def.max.as_ref()));
        }
        InputKind::Combo(combo) => combos::check(check, view, def, input, combo, value),
        InputKind::DynamicCombo(options) => {
            // the server takes any key here, and calls the node without the inputs of an option
            if !value.as_str().is_some_and(|key| options.iter().any(|option| *option.key == *key)) {
                let keys = options.iter().map(|option| &*option.key);
                combos::not_in_list(check, view, input, value, keys, Severity::Error);
            }
        }
        InputKind::Boolean(_) => check_boolean(check, view, input, value),
        InputKind::String(_) => check_text(check, view, input, value),
        InputKind::MatchType { .. } | InputKind::Socket(None) | InputKind::DynamicSlot(_) => {
            check_literal(check, view, input, value);
        }
        // a widget of the frontend, or a socket that declares a literal for a default
        InputKind::Frontend(..) | InputKind::Socket(Some(_)) | InputKind::Autogrow(_) => {}
    }
}

/// `{"__value__": x}` stands for x, so that a list is no link.
fn unwrapped(value: &Value) -> &Value {
    value.as_object().and_then(|object| object.get("__value__")).unwrap_or(value)
}

/// To `bool(v)` every text but the empty one is true, `"false"` too.
fn check_boolean(check: &mut Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>, value: &Value) {
    let Value::String(text) = value else { return };
    if let Some(slot) = broken::read_link(check, value, Some(&input.def.io_type)) {
        check_link_as_text(check, view, input, value, slot);
        return;
    }
    let what =
        format!("{} takes BOOLEAN, and to the server {} is {}", input.name, shown(value), !text.is_empty());
    let finding = view.finding(codes::BOOLEAN_AS_TEXT, &input.name, &what);
    let (meant, applicability) = match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "enable" | "enabled" => (true, Applicability::MachineApplicable),
        "false" | "no" | "off" | "0" | "disable" | "disabled" => (false, Applicability::MachineApplicable),
        _ => (!text.is_empty(), Applicability::MaybeIncorrect),
    };
    let suggestion = Suggestion::new(format!("change it to {meant}"), applicability);
    check.found.push(finding.suggest(view.set_to(&input.name, meant.into(), suggestion)));
}

/// `str(v)` takes everything. Text in the form of a link, whose node is there and gives text, was meant to be one.
fn check_text(check: &mut Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>, value: &Value) {
    let Value::String(text) = value else { return };
    let is_pair = text.starts_with(['[', '(']) && text.ends_with([']', ')']);
    if (is_pair || input.def.is_forced_socket())
        && let Some(slot) = broken::read_link(check, value, Some(&input.def.io_type))
        && check.output_type(slot).is_some_and(|from| !from.is_any())
    {
        check_link_as_text(check, view, input, value, slot);
    }
}

fn check_link_as_text(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: &Expanded<'_>,
    value: &Value,
    slot: crate::graph::Slot,
) {
    let what = format!("{} is linked in the wrong form, {}", input.name, shown(value));
    let finding = view.finding(codes::LINK_AS_TEXT, &input.name, &what);
    check.found.push(finding.suggest(broken::written_right(check, view, &input.name, slot)));
}

/// A literal at an input that takes links only. The server does not look at it, and the node fails when it runs.
fn check_literal(check: &mut Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>, value: &Value) {
    let wanted = &input.def.io_type;
    let is_left_out = value.is_null() && !input.required;
    if is_left_out || takes_literals(wanted) {
        check_text(check, view, input, value);
        return;
    }
    if let Some(slot) = broken::read_link(check, value, Some(wanted)) {
        check_link_as_text(check, view, input, value, slot);
        return;
    }
    // where no class gives the type, a script of its pack may make the value in the browser
    let is_socket = matches!(input.def.kind, InputKind::MatchType { .. }) || check.makers().is_made(wanted);
    let what = format!("{} takes a link of {wanted}, not {}", input.name, shown(value));
    let mut finding: Diagnostic = view.finding(codes::LITERAL_ON_SOCKET, &input.name, &what);
    if !is_socket {
        finding.severity = Severity::Warning;
    }
    let finding = broken::suggest_outlets(check, view, finding, input);
    check.found.push(finding);
}

/// Whether a plain JSON value can be of the type.
fn takes_literals(io_type: &IoType) -> bool {
    io_type.is_any()
        || io_type.members().any(|word| matches!(word, "STRING" | "INT" | "FLOAT" | "BOOLEAN" | "COMBO"))
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

//! Inputs of one class, or of one option, before and after.

use comfy_graph::catalog::InputKind;
use serde_json::{Number, Value};

use super::{Change, ChangeKind, Impact};
use crate::model::{ComboModel, DynamicModel, Form, InputModel};

/// Compares inputs whose names begin with `prefix`.
pub(super) fn compare(
    class: &str,
    prefix: &str,
    old: &[InputModel<'_>],
    new: &[InputModel<'_>],
    found: &mut Vec<Change>,
) {
    let find = |list: &[InputModel<'_>], name: &str| list.iter().position(|input| *input.def.name == *name);
    let mut report = Report { class, found };
    let mut taken = Vec::new();
    for before in old {
        let place = format!("{prefix}{}", before.def.name);
        if let Some(after) = find(new, &before.def.name).and_then(|at| new.get(at)) {
            report.pair(&place, before, after);
            continue;
        }
        let successor = new.iter().find(|after| {
            find(old, &after.def.name).is_none()
                && !taken.contains(&&*after.def.name)
                && is_same_form(before, after)
        });
        match successor {
            Some(after) => {
                taken.push(&*after.def.name);
                let message = format!("gone; `{}` is new with the same form", after.def.name);
                report.add(&place, ChangeKind::Renamed, message, Impact::Rust);
            }
            None => report.add(&place, ChangeKind::Removed, "input gone".to_owned(), Impact::Rust),
        }
    }
    for after in
        new.iter().filter(|after| find(old, &after.def.name).is_none() && !taken.contains(&&*after.def.name))
    {
        let place = format!("{prefix}{}", after.def.name);
        if after.required {
            report.add(&place, ChangeKind::Added, "new input that has to be set".to_owned(), Impact::Rust);
        } else {
            report.add(&place, ChangeKind::Added, "new input".to_owned(), Impact::None);
        }
    }
}

/// Whether one can stand for the other: the same form, of the same type.
fn is_same_form(a: &InputModel<'_>, b: &InputModel<'_>) -> bool {
    a.required == b.required && a.def.kind == b.def.kind && a.def.io_type == b.def.io_type
}

struct Report<'a, 'f> {
    class: &'a str,
    found: &'f mut Vec<Change>,
}

impl Report<'_, '_> {
    fn add(&mut self, place: &str, kind: ChangeKind, message: String, impact: Impact) {
        let class_type = self.class.to_owned();
        self.found.push(Change { class_type, place: place.to_owned(), kind, message, impact });
    }

    fn pair(&mut self, place: &str, old: &InputModel<'_>, new: &InputModel<'_>) {
        if old.setter != new.setter {
            let message = format!("`.{}(..)` in Rust, now `.{}(..)`", old.setter, new.setter);
            self.add(place, ChangeKind::Renamed, message, Impact::Rust);
        }
        match (old.required, new.required) {
            (false, true) => {
                self.add(place, ChangeKind::Required, "has to be set now".to_owned(), Impact::Rust);
            }
            (true, false) => {
                self.add(place, ChangeKind::Required, "may be left out now".to_owned(), Impact::None);
            }
            _ => {}
        }
        let (before, after) = (takes(&old.form), takes(&new.form));
        if before != after {
            let message = format!("takes {after}, took {before}");
            return self.add(place, ChangeKind::Retyped, message, Impact::Rust);
        }
        match (&old.form, &new.form) {
            (Form::Combo(a), Form::Combo(b)) => self.options(place, a, b),
            (Form::Dynamic(a), Form::Dynamic(b)) => self.dynamic(place, a, b),
            _ => {}
        }
        self.values(place, old, new);
    }

    /// Defaults and ranges.
    fn values(&mut self, place: &str, old: &InputModel<'_>, new: &InputModel<'_>) {
        // what has to be set has no default that counts
        if old.default != new.default && !(old.required && new.required) {
            let text =
                |value: &Option<Value>| value.as_ref().map_or_else(|| "none".to_owned(), Value::to_string);
            let message = format!("default {}, now {}", text(&old.default), text(&new.default));
            self.add(place, ChangeKind::Default, message, Impact::Prompt);
        }
        let (before, after) = (range(&old.def.kind), range(&new.def.kind));
        if before != after {
            // of a wider range nobody sees anything
            let impact = if is_within(before, after) { Impact::None } else { Impact::Prompt };
            let text = |(min, max): Range<'_>| {
                let end = |end: Option<&Number>| end.map(ToString::to_string).unwrap_or_default();
                format!("{}..{}", end(min), end(max))
            };
            let message = format!("range {}, now {}", text(before), text(after));
            self.add(place, ChangeKind::Range, message, impact);
        }
    }

    fn options(&mut self, place: &str, old: &ComboModel<'_>, new: &ComboModel<'_>) {
        for before in &old.values {
            let place = format!("{place}={}", text_of(before.value));
            match new.ident_of(before.value) {
                // files are named by `file(..)` too, so only their constants are gone
                None => {
                    self.add(&place, ChangeKind::Removed, format!("`{}` gone", before.ident), Impact::Rust);
                }
                Some(ident) if ident != before.ident => {
                    let message = format!("`{}` in Rust, now `{ident}`", before.ident);
                    self.add(&place, ChangeKind::Renamed, message, Impact::Rust);
                }
                Some(_) => {}
            }
        }
        for after in new.values.iter().filter(|after| old.ident_of(after.value).is_none()) {
            let place = format!("{place}={}", text_of(after.value));
            self.add(&place, ChangeKind::Added, format!("new, `{}`", after.ident), Impact::None);
        }
    }

    fn dynamic(&mut self, place: &str, old: &DynamicModel<'_>, new: &DynamicModel<'_>) {
        for before in &old.options {
            let inner = format!("{place}={}", before.def.key);
            match new.option(&before.def.key) {
                None => {
                    self.add(&inner, ChangeKind::Removed, format!("`{}()` gone", before.ident), Impact::Rust);
                }
                Some(after) => {
                    if before.ident != after.ident {
                        let message = format!("`{}()` in Rust, now `{}()`", before.ident, after.ident);
                        self.add(&inner, ChangeKind::Renamed, message, Impact::Rust);
                    }
                    compare(self.class, &format!("{inner}."), &before.inputs, &after.inputs, self.found);
                }
            }
        }
        for after in new.options.iter().filter(|after| old.option(&after.def.key).is_none()) {
            let inner = format!("{place}={}", after.def.key);
            self.add(&inner, ChangeKind::Added, format!("new, `{}()`", after.ident), Impact::None);
        }
    }
}

/// What a setter takes, in words of Rust.
fn takes(form: &Form<'_>) -> String {
    match form {
        Form::Link { marker } => format!("`Output<{marker}>`"),
        Form::Union { marker } | Form::Json { marker } => format!("`IntoInput<{marker}>`"),
        Form::Match { marker, .. } => format!("an output that `{marker}` accepts"),
        Form::Int => "an integer".to_owned(),
        Form::Seed => "an unsigned integer".to_owned(),
        Form::Float => "a number".to_owned(),
        Form::Str => "a text".to_owned(),
        Form::Bool => "`true` or `false`".to_owned(),
        Form::Combo(combo) => format!("`{}`", combo.ident),
        Form::Dynamic(dynamic) => format!("`{}`", dynamic.ident),
        Form::Autogrow(autogrow) => format!("a list of `{}`", autogrow.marker),
    }
}

type Range<'d> = (Option<&'d Number>, Option<&'d Number>);

fn range(kind: &InputKind) -> Range<'_> {
    match kind {
        InputKind::Int(int) => (int.min.as_ref(), int.max.as_ref()),
        InputKind::Float(float) => (float.min.as_ref(), float.max.as_ref()),
        InputKind::Autogrow(_)
        | InputKind::String(_)
        | InputKind::Boolean(_)
        | InputKind::Combo(_)
        | InputKind::DynamicCombo(_)
        | InputKind::MatchType { .. }
        | InputKind::DynamicSlot(_)
        | InputKind::Frontend(..)
        | InputKind::Socket(_) => (None, None),
    }
}

fn is_within(inner: Range<'_>, outer: Range<'_>) -> bool {
    let value = |number: Option<&Number>, none: f64| number.and_then(Number::as_f64).unwrap_or(none);
    let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
    value(outer.0, low) <= value(inner.0, low) && value(outer.1, high) >= value(inner.1, high)
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

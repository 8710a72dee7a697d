//! What a file itself calls the values that it stores for a node: `widgets_values_named` in files of newer frontends,
//! else the sockets that frontends since 1.16 write for every widget. Nothing here knows the node's definition.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    model::{UiInput, Values},
    skew,
};
use crate::graph::{Widget, WidgetForm};

/// A stored value with its name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Value,
    /// Its position in `widgets_values`, where the file has a list and the two agree.
    pub(super) at: Option<usize>,
}

impl Entry {
    fn new((name, value): (String, Value)) -> Self {
        Self { name, value, at: None }
    }

    /// The name without the number that tells widgets of one name apart (`control_after_generate#1`), and that number.
    pub(super) fn base(&self) -> (&str, usize) {
        let numbered = || {
            let (base, number) = self.name.rsplit_once('#')?;
            Some((base, number.parse().ok()?))
        };
        numbered().unwrap_or((&self.name, 0))
    }

    /// Whether it is one of the frontend's own, which has no meaning for the server.
    pub(super) fn is_of_frontend(&self) -> bool {
        is_of_frontend(self.base().0, &self.value)
    }

    /// The value as a widget of a node whose class does not declare it.
    pub(super) fn into_widget(self) -> Widget {
        let of_frontend = self.is_of_frontend();
        let form = if of_frontend { WidgetForm::Control } else { WidgetForm::Plain };
        Widget { sent: !of_frontend, form, ..Widget::new(self.name, self.value) }
    }
}

/// Whether a widget of this name and value is one of the frontend's own, which has no meaning for the server.
fn is_of_frontend(name: &str, value: &Value) -> bool {
    let has = |texts: &[&str]| value.as_str().is_some_and(|text| texts.contains(&text));
    match name {
        "control_after_generate" => skew::is_control(value),
        "control_filter_list" | "Auto-refresh after generation" | "preview_mode" | "preview_text" => true,
        "upload" => value.is_object() || has(&["image", "video", "audio", "upload", ""]),
        "audioUI" => has(&[""]),
        // a control has the name that its class declares, which is that of its first value
        _ if skew::is_control(value) && skew::is_control(&name.into()) => true,
        _ => name.starts_with("$$"),
    }
}

/// Whether this is what frontends call values that they have no name for (`UNKNOWN`, `UNKNOWN_1` …).
fn is_nameless(name: &str) -> bool {
    let rest = name.strip_prefix("UNKNOWN");
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('_').is_some_and(is_number))
}

/// The name of a value at this position that has none.
fn nameless(position: usize) -> String {
    if position == 0 { "UNKNOWN".to_owned() } else { format!("UNKNOWN_{position}") }
}

/// What begins the names of values that found no widget of their class.
pub(super) const LEFT_OVER: &str = "$$value_";

/// A value at this position that found no widget. It is kept for the file, not for the prompt.
pub(super) fn left_over(position: usize, value: Value) -> Widget {
    Widget { sent: false, form: WidgetForm::Control, ..Widget::new(format!("{LEFT_OVER}{position}"), value) }
}

/// The stored values by name, in the order of the file; `None` where the file does not say what they are.
pub(super) fn entries(values: &Values, named: &Map<String, Value>, slots: &[UiInput]) -> Option<Vec<Entry>> {
    let all = |map: &Map<String, Value>| map.clone().into_iter().map(Entry::new).collect();
    match values {
        Values::Named(map) => Some(all(map)),
        Values::List(list) => of_list(list, named, slots),
        Values::Absent if named.is_empty() => None,
        Values::Absent => Some(all(named)),
    }
}

/// The values of a list by name.
pub(super) fn of_list(list: &[Value], named: &Map<String, Value>, slots: &[UiInput]) -> Option<Vec<Entry>> {
    let says = |(name, value): (&String, &Value)| !is_nameless(name) && !is_of_frontend(name, value);
    if named.iter().any(says) { Some(by_names(list, named)) } else { by_slots(list, slots) }
}

/// The two say the same in one order; where a value differs, the list's counts, as in the frontend. Where they do not
/// fit together, the names count.
fn by_names(list: &[Value], named: &Map<String, Value>) -> Vec<Entry> {
    let same_kind = |a: &Value, b: &Value| std::mem::discriminant(a) == std::mem::discriminant(b);
    let fit = list.len() == named.len() && list.iter().zip(named.values()).all(|(a, b)| same_kind(a, b));
    let entry = |(at, (name, value)): (usize, (&String, &Value))| Entry {
        name: name.clone(),
        value: list.get(at).filter(|_| fit).unwrap_or(value).clone(),
        at: fit.then_some(at),
    };
    named.iter().enumerate().map(entry).collect()
}

/// The sockets of widgets name the values, if there is one way only to give each of them one; what is left over has to
/// be what the frontend adds to widgets.
fn by_slots(list: &[Value], slots: &[UiInput]) -> Option<Vec<Entry>> {
    let slots = of_widgets(slots);
    // more than any node has; the time taken goes with the product
    if slots.is_empty() || slots.len() > list.len() || list.len() > 512 {
        return None;
    }
    let fits = |slot: usize, value: usize| is_of_type(&slots[slot].1.io_type, &list[value]);
    let places = skew::embed(slots.len(), list.len(), fits, |value| addition(list, value).is_some())?;
    let mut names = vec![None; list.len()];
    for ((name, _), place) in slots.iter().zip(places) {
        names[place] = Some(*name);
    }
    let entry = |(at, (name, value)): (usize, (Option<&str>, &Value))| Entry {
        name: name.or_else(|| addition(list, at)).map_or_else(|| nameless(at), ToOwned::to_owned),
        value: value.clone(),
        at: Some(at),
    };
    Some(names.into_iter().zip(list).enumerate().map(entry).collect())
}

/// The sockets of widgets by name, in the order of the widgets: that of the file, but what belongs to an option comes
/// after the choice (`model.size` after `model`), wherever its socket is.
fn of_widgets(slots: &[UiInput]) -> Vec<(&str, &UiInput)> {
    let all = || slots.iter().filter_map(|slot| Some((slot.widget.as_deref()?, slot)));
    let mut parents: BTreeMap<&str, Vec<(&str, &UiInput)>> =
        all().map(|(name, _)| (name, Vec::new())).collect();
    let mut seen = BTreeSet::new();
    let mut ordered = Vec::new();
    for (name, slot) in all() {
        let parent = name.rsplit_once('.').map(|(parent, _)| parent).filter(|parent| !seen.contains(parent));
        if let Some(waiting) = parent.and_then(|parent| parents.get_mut(parent)) {
            waiting.push((name, slot));
            continue;
        }
        let mut next = vec![(name, slot)];
        while let Some((name, slot)) = next.pop() {
            ordered.push((name, slot));
            if seen.insert(name) {
                next.extend(parents.remove(name).unwrap_or_default().into_iter().rev());
            }
        }
    }
    ordered
}

/// Whether an input of this type can hold the value.
fn is_of_type(io_type: &str, value: &Value) -> bool {
    match io_type {
        "INT" | "FLOAT" => value.is_number(),
        "BOOLEAN" => value.is_boolean(),
        "STRING" => value.is_string(),
        "COMBO" => !value.is_object(),
        _ => true,
    }
}

/// The name of a value that has no socket, if it can be one of the widgets that the frontend adds: what to do after a
/// run follows a number, the button of an upload is the last.
fn addition(list: &[Value], at: usize) -> Option<&'static str> {
    let value = list.get(at)?;
    let after_number = at.checked_sub(1).and_then(|before| list.get(before)).is_some_and(Value::is_number);
    if value.is_string() && skew::is_control(value) && after_number {
        return Some("control_after_generate");
    }
    (at + 1 == list.len() && at > 0 && value == "image").then_some("upload")
}

/// The values of a class that the catalog does not have: by name if the file has names, else as the frontend calls
/// them.
pub(super) fn unknown_widgets(values: Values, named: &Map<String, Value>, slots: &[UiInput]) -> Vec<Widget> {
    if let Some(entries) = entries(&values, named, slots) {
        return entries.into_iter().map(Entry::into_widget).collect();
    }
    let Values::List(list) = values else { return Vec::new() };
    let widget = |(position, value)| Widget::new(nameless(position), value);
    list.into_iter().enumerate().map(widget).collect()
}

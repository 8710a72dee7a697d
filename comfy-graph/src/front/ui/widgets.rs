//! `widgets_values` → named values, as the frontend restores them (`LGraphNode.configure`).
//!
//! The list is positional over the *live* widgets: assigning a dynamic combo makes its widgets at once, and the
//! values that follow are theirs. Nothing is converted or clamped; values of another kind than their widgets are
//! placed again, by [`skew`]'s rules.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    model::Values,
    skew::{self, Repair},
};
use crate::{
    catalog::{
        InputKind, NodeDef,
        widgets::{self, WidgetRole, WidgetSpec},
    },
    graph::{Widget, WidgetForm},
    literal,
};

/// The widgets of a node of this class with the stored values, and what had to be done about values that do not fit.
pub(super) fn bind(
    def: &NodeDef,
    values: Values,
    named: Map<String, Value>,
) -> (Vec<Widget>, Option<Repair>) {
    let mut specs = fresh(def);
    let mut repair = None;
    match values {
        Values::Absent => {}
        Values::List(list) => {
            let list = without_forced_inputs(def, &specs, list);
            (specs, repair) = restore(def, specs, list, named);
        }
        Values::Named(map) => assign_named(def, &mut specs, map),
    }
    (finish(def, specs), repair)
}

/// Where in a stored list the value of a widget is, if the list was read by position.
pub(super) fn position(
    def: &NodeDef,
    list: &[Value],
    named: Option<&Map<String, Value>>,
    name: &str,
) -> Option<usize> {
    let specs = fresh(def);
    let kept = without_forced_inputs(def, &specs, list.iter().enumerate().collect());
    let values = || kept.iter().map(|(_, value)| (*value).clone());
    let (_, repair) = restore(def, specs, values().collect(), named.cloned().unwrap_or_default());
    if matches!(repair, Some(Repair::ByName | Repair::ByKind)) {
        return None;
    }
    let mut specs = fresh(def);
    let given = assign(def, &mut specs, &mut values());
    let mut stored = specs.iter().filter(|live| live.spec.stored).take(given);
    let at = stored.position(|live| live.spec.name == name)?;
    kept.get(at).map(|(position, _)| *position)
}

/// By position, as the frontend does; where that puts values into widgets of another kind, the file is of another
/// version of the node, and what else it says is tried.
fn restore<'c>(
    def: &'c NodeDef,
    mut positional: Vec<Live<'c>>,
    list: Vec<Value>,
    named: Map<String, Value>,
) -> (Vec<Live<'c>>, Option<Repair>) {
    let mut list = list.into_iter();
    let given = assign(def, &mut positional, &mut list);
    let all_fit = |specs: &[Live<'_>]| !specs.iter().any(is_misfit);
    if all_fit(&positional) {
        return (positional, None);
    }
    if !named.is_empty() {
        let mut by_name = fresh(def);
        assign_named(def, &mut by_name, named);
        if all_fit(&by_name) {
            return (by_name, Some(Repair::ByName));
        }
    }
    let stored = positional.iter().filter(|live| live.spec.stored);
    let values = stored.take(given).filter_map(|live| live.value.as_ref()).chain(list.as_slice());
    match place_by_kind(def, &values.collect::<Vec<_>>()) {
        Some(by_kind) => (by_kind, Some(Repair::ByKind)),
        None => (positional, Some(Repair::None)),
    }
}

/// The values where their kinds leave only one way to place them.
fn place_by_kind<'c>(def: &'c NodeDef, list: &[&Value]) -> Option<Vec<Live<'c>>> {
    let mut by_kind = fresh(def);
    let stored: Vec<usize> = (0..by_kind.len()).filter(|at| by_kind[*at].spec.stored).collect();
    let specs: Vec<&WidgetSpec<'_>> = stored.iter().map(|at| &by_kind[*at].spec).collect();
    let places = skew::only_way(&specs, list)?;
    for (place, value) in places.into_iter().zip(list) {
        if let Some(at) = place.and_then(|place| stored.get(place)) {
            by_kind[*at].value = Some((*value).clone());
        }
    }
    Some(by_kind)
}

/// A widget and its value so far.
struct Live<'c> {
    spec: WidgetSpec<'c>,
    value: Option<Value>,
}

impl<'c> Live<'c> {
    fn new(spec: WidgetSpec<'c>) -> Self {
        Self { value: spec.default.clone(), spec }
    }
}

/// Whether the value is of another kind than the widget. Of what is not sent only the words of controls tell
/// anything: buttons have whatever the frontend left there (`["a.wav", null, ""]` of `LoadAudio`).
fn is_misfit(live: &Live<'_>) -> bool {
    let is_control =
        live.spec.role == WidgetRole::Control && live.value.as_ref().is_some_and(|v| !v.is_null());
    (live.spec.sent || is_control) && live.spec.stored && !skew::is_of_kind(&live.spec, live.value.as_ref())
}

/// The widgets of a new node.
fn fresh(def: &NodeDef) -> Vec<Live<'_>> {
    widgets::of_node(def).into_iter().map(Live::new).collect()
}

/// Walks the live list; stops when the values run out, and leaves values without a widget. Says how many found one.
fn assign<'c>(
    def: &'c NodeDef,
    specs: &mut Vec<Live<'c>>,
    values: &mut impl Iterator<Item = Value>,
) -> usize {
    let (mut at, mut given) = (0, 0);
    while at < specs.len() {
        if !specs[at].spec.stored {
            at += 1;
            continue;
        }
        let Some(value) = values.next() else { break };
        set(def, specs, at, value);
        (at, given) = (at + 1, given + 1);
    }
    given
}

/// Values by name; each may make widgets that later ones are for.
fn assign_named<'c>(def: &'c NodeDef, specs: &mut Vec<Live<'c>>, values: Map<String, Value>) {
    let mut index = positions(specs, 0);
    for (name, value) in values {
        let Some(at) = index.get(&name).copied() else { continue };
        let (before, replaces) = (specs.len(), matches!(specs[at].spec.role, WidgetRole::DynamicCombo(_)));
        set(def, specs, at, value);
        if replaces {
            index = positions(specs, 0);
        } else {
            for (name, at) in positions(specs, before) {
                index.entry(name).or_insert(at);
            }
        }
    }
}

/// The positions of the widgets from `start` on by name; of equal names the first.
fn positions(specs: &[Live<'_>], start: usize) -> BTreeMap<String, usize> {
    specs.iter().enumerate().skip(start).rev().map(|(at, live)| (live.spec.name.clone(), at)).collect()
}

/// Gives the widget at `at` a value, with what follows from it.
fn set<'c>(def: &'c NodeDef, specs: &mut Vec<Live<'c>>, at: usize, value: Value) {
    match specs[at].spec.role {
        // computed when the prompt is made
        WidgetRole::ChoiceIndex => return,
        WidgetRole::DynamicCombo(options) => {
            let name = specs[at].spec.name.clone();
            let prefix = format!("{name}.");
            let fresh = widgets::of_option(def, &name, options, &value).into_iter().map(Live::new);
            // everything after the combo that belongs to it gives way
            let end = specs[at + 1..].iter().position(|live| !live.spec.name.starts_with(&prefix));
            let end = end.map_or(specs.len(), |offset| at + 1 + offset);
            specs.splice(at + 1..end, fresh);
        }
        WidgetRole::GrowingOption => {
            let filled = value.as_str().is_none_or(|text| !text.is_empty());
            if filled && at + 1 == specs.len() {
                let number = specs[at].spec.name.strip_prefix("option").and_then(|n| n.parse::<usize>().ok());
                let spec = WidgetSpec {
                    name: format!("option{}", number.map_or(1, |number| number.saturating_add(1))),
                    default: Some("".into()),
                    ..specs[at].spec.clone()
                };
                specs.push(Live::new(spec));
            }
        }
        WidgetRole::Plain
        | WidgetRole::Control
        | WidgetRole::DynamicPrompt
        | WidgetRole::Combo(_)
        | WidgetRole::Curve
        | WidgetRole::Live => {}
    }
    specs[at].value = Some(value);
}

/// What the frontend mends after loading, and the values it computes.
fn finish(def: &NodeDef, specs: Vec<Live<'_>>) -> Vec<Widget> {
    let choice_index = choice_index(&specs);
    specs
        .into_iter()
        .map(|Live { spec, mut value }| {
            let literal = value.as_ref().and_then(Value::as_str).and_then(literal::read);
            let form = match spec.role {
                WidgetRole::DynamicPrompt if literal.is_some() => {
                    value = literal.map(Value::from);
                    WidgetForm::Plain
                }
                WidgetRole::Combo(combo) => {
                    if value.as_ref().is_none_or(Value::is_null) {
                        value = combo.options.first().cloned().or(value);
                    }
                    WidgetForm::Plain
                }
                WidgetRole::ChoiceIndex => {
                    value = Some(choice_index.into());
                    WidgetForm::Plain
                }
                WidgetRole::DynamicPrompt => WidgetForm::DynamicPrompt,
                WidgetRole::Curve => WidgetForm::Curve,
                WidgetRole::Live => WidgetForm::Live,
                WidgetRole::Control => {
                    value = value.map(named_control);
                    WidgetForm::Control
                }
                WidgetRole::Plain | WidgetRole::DynamicCombo(_) | WidgetRole::GrowingOption => {
                    WidgetForm::Plain
                }
            };
            if spec.name == "sampler_name" && matches!(&*def.class_type, "KSampler" | "KSamplerAdvanced") {
                value = value.map(without_sample_prefix);
            }
            Widget { name: spec.name.into(), value, sent: spec.sent, form }
        })
        .collect()
}

/// The position of `CustomCombo.choice` among the options, -1 if it is none of them.
fn choice_index(specs: &[Live<'_>]) -> i64 {
    let choice = specs.first().and_then(|live| live.value.as_ref());
    let mut options = specs.iter().filter(|live| live.spec.role == WidgetRole::GrowingOption);
    let position = options.position(|live| live.value.as_ref() == choice);
    position.and_then(|position| i64::try_from(position).ok()).unwrap_or(-1)
}

/// Old files have a boolean for what to do after a run (`scripts/app.ts`, after loading).
fn named_control(value: Value) -> Value {
    match value {
        Value::Bool(true) => "randomize".into(),
        Value::Bool(false) => "fixed".into(),
        other => other,
    }
}

/// Very old files have `sample_euler` for `euler` (`scripts/app.ts`, after loading).
fn without_sample_prefix(value: Value) -> Value {
    match value.as_str().and_then(|name| name.strip_prefix("sample_")) {
        Some(name) => name.into(),
        None => value,
    }
}

/// Files of frontends before 1.16 have a value for every `forceInput` input too
/// (`utils/litegraphUtil.ts: migrateWidgetsValues`): if the list is exactly as long as all of them together,
/// those values are dropped.
fn without_forced_inputs<T>(def: &NodeDef, specs: &[Live<'_>], values: Vec<T>) -> Vec<T> {
    let mut forced = Vec::with_capacity(values.len());
    // frontend additions are widgets too; those that are no inputs of their own are not listed
    let additions = ["upload", "audioUI"];
    for input in &def.inputs {
        let is_forced = input.is_forced_socket();
        if is_forced || specs.iter().any(|live| live.spec.name == *input.name) {
            forced.push(is_forced);
            if has_control(&input.kind) {
                forced.push(false);
            }
        }
    }
    for name in additions {
        if def.input(name).is_none() && specs.iter().any(|live| live.spec.name == name) {
            forced.push(false);
        }
    }
    if forced.len() != values.len() || !forced.contains(&true) {
        return values;
    }
    values.into_iter().zip(forced).filter(|(_, forced)| !forced).map(|(value, _)| value).collect()
}

/// Whether the *option* is set; a control that comes from the name `seed` does not count here.
fn has_control(kind: &InputKind) -> bool {
    use crate::catalog::Control;
    let control = match kind {
        InputKind::Int(int) => &int.control,
        InputKind::Float(float) => &float.control,
        InputKind::Combo(combo) => &combo.control,
        InputKind::String(_)
        | InputKind::Boolean(_)
        | InputKind::DynamicCombo(_)
        | InputKind::Autogrow(_)
        | InputKind::MatchType { .. }
        | InputKind::DynamicSlot(_)
        | InputKind::Frontend(..)
        | InputKind::Socket(_) => return false,
    };
    matches!(control, Some(Control::Declared(true) | Control::Named(_)))
}

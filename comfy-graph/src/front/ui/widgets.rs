//! `widgets_values` → named values, as the frontend restores them (`LGraphNode.configure`).
//!
//! The list is positional over the *live* widgets: assigning a dynamic combo makes its widgets at once, and the
//! values that follow are theirs. Nothing is converted or clamped; values of another kind than their widgets are
//! placed again, by [`skew`]'s rules. What the file has a name for ([`stored`]) and the class no widget is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    model::{UiInput, Values},
    skew::{self, Repair},
    stored::{self, Entry},
};
use crate::{
    catalog::{
        InputKind, NodeDef,
        widgets::{self, WidgetRole, WidgetSpec},
    },
    graph::{Widget, WidgetForm},
    literal,
};

/// The widgets of a node, and what had to be done about values that do not fit.
pub(super) struct Bound {
    pub(super) widgets: Vec<Widget>,
    pub(super) repair: Option<Repair>,
    /// How many of the widgets, at the end, hold values that none of the class's own is for.
    pub(super) further: usize,
}

/// The widgets of a node of this class with the stored values.
pub(super) fn bind(def: &NodeDef, values: Values, named: &Map<String, Value>, slots: &[UiInput]) -> Bound {
    let entries = stored::entries(&values, named, slots);
    let (restored, at_once) = match (values, entries) {
        (Values::List(list), entries) => {
            let list = without_forced_inputs(def, &fresh(def), list);
            (restore(def, list, entries), false)
        }
        (_, Some(entries)) => (by_name(def, entries), true),
        (_, None) => (Restored::new(fresh(def)), true),
    };
    let Restored { specs, further, repair } = restored;
    // values of an object have names only, and packs that write one have widgets that nobody declares
    let repair = repair.filter(|_| !at_once);
    let mut widgets = finish(def, specs);
    let own = widgets.len();
    widgets.extend(further);
    Bound { further: widgets.len() - own, widgets, repair }
}

/// Where in a stored list the value of a widget is.
pub(super) fn position(
    def: &NodeDef,
    list: &[Value],
    named: &Map<String, Value>,
    slots: &[UiInput],
    name: &str,
) -> Option<usize> {
    let kept = without_forced_inputs(def, &fresh(def), list.iter().enumerate().collect());
    let values = || kept.iter().map(|(_, value)| (*value).clone());
    let entries = stored::of_list(list, named, slots);
    match restore(def, values().collect(), entries.clone()).repair {
        None | Some(Repair::LeftOver | Repair::None) => {}
        Some(Repair::ByName) => {
            return entries?.into_iter().find(|entry| entry.name == name).and_then(|entry| entry.at);
        }
        Some(Repair::ByKind) => return None,
    }
    let mut specs = fresh(def);
    let given = assign(def, &mut specs, &mut values());
    let mut stored = specs.iter().filter(|live| live.spec.stored).take(given);
    let at = stored.position(|live| live.spec.name == name)?;
    kept.get(at).map(|(position, _)| *position)
}

/// The class's widgets with their values, and what else the file stores.
struct Restored<'c> {
    specs: Vec<Live<'c>>,
    further: Vec<Widget>,
    repair: Option<Repair>,
}

impl<'c> Restored<'c> {
    fn new(specs: Vec<Live<'c>>) -> Self {
        Self { specs, further: Vec::new(), repair: None }
    }
}

/// By position, as the frontend does. Where that puts values into widgets of another kind, or the file has other names
/// for them, the file is of another version of the node, and what else it says is tried.
fn restore(def: &NodeDef, list: Vec<Value>, entries: Option<Vec<Entry>>) -> Restored<'_> {
    let mut list = list.into_iter();
    let mut positional = Restored::new(fresh(def));
    let given = assign(def, &mut positional.specs, &mut list);
    let all_fit = |specs: &[Live<'_>]| !specs.iter().any(is_misfit);
    let fits = all_fit(&positional.specs);
    if let Some(entries) = entries {
        let agree = agree(def, &positional.specs, &entries);
        if agree && fits {
            return positional;
        }
        let named = by_name(def, entries);
        let same = named.further.is_empty() && same_values(&named.specs, &positional.specs);
        if !agree && !same || agree && all_fit(&named.specs) {
            return Restored { repair: Some(Repair::ByName), ..named };
        }
        if fits {
            return positional;
        }
    }
    let rest = list.as_slice();
    if fits {
        let further = left_over(rest, given);
        let repair = (!further.is_empty()).then_some(Repair::LeftOver);
        return Restored { further, repair, ..positional };
    }
    let stored = positional.specs.iter().filter(|live| live.spec.stored);
    let values = stored.take(given).filter_map(|live| live.value.as_ref()).chain(rest);
    match place_by_kind(def, &values.collect::<Vec<_>>()) {
        Some(by_kind) => Restored { repair: Some(Repair::ByKind), ..by_kind },
        None => Restored { further: left_over(rest, given), repair: Some(Repair::None), ..positional },
    }
}

/// Values that found no widget, unless there is nothing in them.
fn left_over(values: &[Value], first: usize) -> Vec<Widget> {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty() && text != "image" && !skew::is_control(value),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    };
    if !values.iter().any(says) {
        return Vec::new();
    }
    values.iter().enumerate().map(|(at, value)| stored::left_over(first + at, value.clone())).collect()
}

/// The values by their names; those that have no widget follow it.
fn by_name(def: &NodeDef, entries: Vec<Entry>) -> Restored<'_> {
    let mut specs = fresh(def);
    let further = assign_named(def, &mut specs, entries);
    Restored { further, ..Restored::new(specs) }
}

/// Whether the file has names for just the inputs that have a widget here.
fn agree(def: &NodeDef, specs: &[Live<'_>], entries: &[Entry]) -> bool {
    let declared: BTreeSet<&str> = specs
        .iter()
        .filter(|live| live.spec.stored && live.spec.sent && def.resolve_input(&live.spec.name).is_some())
        .map(|live| live.spec.name.as_str())
        .collect();
    let known = |name: &str| specs.iter().any(|live| live.spec.name == name);
    let is_further = |entry: &Entry| !entry.is_of_frontend() && !known(entry.base().0);
    let named: BTreeSet<&str> = entries.iter().map(|entry| entry.base().0).collect();
    declared.iter().all(|name| named.contains(name)) && !entries.iter().any(is_further)
}

fn same_values(a: &[Live<'_>], b: &[Live<'_>]) -> bool {
    let key = |live: &Live<'_>| (live.spec.name.clone(), live.value.clone());
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| key(a) == key(b))
}

/// The values where their kinds leave only one way to place them.
fn place_by_kind<'c>(def: &'c NodeDef, list: &[&Value]) -> Option<Restored<'c>> {
    let mut by_kind = fresh(def);
    let stored: Vec<usize> = (0..by_kind.len()).filter(|at| by_kind[*at].spec.stored).collect();
    let specs: Vec<&WidgetSpec<'_>> = stored.iter().map(|at| &by_kind[*at].spec).collect();
    let places = skew::only_way(&specs, list)?;
    let mut further = Vec::new();
    for (at, (place, value)) in places.into_iter().zip(list).enumerate() {
        match place.and_then(|place| stored.get(place)) {
            Some(at) => by_kind[*at].value = Some((*value).clone()),
            None => further.extend(left_over(std::slice::from_ref(*value), at)),
        }
    }
    Some(Restored { further, ..Restored::new(by_kind) })
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

/// Values by name; each may make widgets that later ones are for. Gives back what has no widget.
fn assign_named<'c>(def: &'c NodeDef, specs: &mut Vec<Live<'c>>, entries: Vec<Entry>) -> Vec<Widget> {
    let mut index = positions(specs, 0);
    let mut further = Vec::new();
    for entry in entries {
        let (base, number) = entry.base();
        let own = || index.get(base).and_then(|places| places.get(number).or_else(|| places.last()));
        let places = index.get(&entry.name).and_then(|places| places.first());
        let Some(at) = places.or_else(own).copied() else {
            further.push(entry.into_widget());
            continue;
        };
        let (before, replaces) = (specs.len(), matches!(specs[at].spec.role, WidgetRole::DynamicCombo(_)));
        set(def, specs, at, entry.value);
        if replaces {
            index = positions(specs, 0);
        } else {
            for (name, mut places) in positions(specs, before) {
                index.entry(name).or_default().append(&mut places);
            }
        }
    }
    further
}

/// The positions of the widgets from `start` on by name.
fn positions(specs: &[Live<'_>], start: usize) -> BTreeMap<String, Vec<usize>> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, live) in specs.iter().enumerate().skip(start) {
        places.entry(live.spec.name.clone()).or_default().push(at);
    }
    places
}

/// Gives the widget at `at` a value, with what follows from it.
fn set<'c>(def: &'c NodeDef, specs: &mut Vec<Live<'c>>, at: usize, value: Value) {
    match specs[at].spec.role {
        WidgetRole::DynamicCombo(options) => {
            let name = specs[at].spec.name.clone();
            let prefix = format!("{name}.");
            let fresh = widgets::of_option(def, &name, options, &value).into_iter().map(Live::new);
            // All that belongs to it gives way; the controls of seeds have names of their own and stay, as in the
            // frontend (`core/graph/widgets/dynamicWidgets.ts`).
            let rest = specs.split_off(at + 1);
            specs.extend(fresh);
            specs.extend(rest.into_iter().filter(|live| !live.spec.name.starts_with(&prefix)));
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
        | WidgetRole::ChoiceIndex
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
                // computed when the prompt is made
                WidgetRole::ChoiceIndex => {
                    value = choice_index.map(Value::from).or(value);
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

/// The position of `CustomCombo.choice` among the options, -1 if it is none of them. `None` where the class has no
/// such input.
fn choice_index(specs: &[Live<'_>]) -> Option<i64> {
    let choice = specs.iter().find(|live| live.spec.name == "choice")?.value.as_ref();
    let mut options = specs.iter().filter(|live| live.spec.role == WidgetRole::GrowingOption);
    let position = options.position(|live| live.value.as_ref() == choice);
    Some(position.and_then(|position| i64::try_from(position).ok()).unwrap_or(-1))
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

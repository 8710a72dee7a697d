//! Things in the place of a link that are none: pairs that lead nowhere, pairs of the wrong kind, links written as
//! text. The server runs into an exception at most of them; some kill the thread that runs prompts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Check, NodeView,
    expand::Expanded,
    links, types,
    values::shown,
    wiring::{self, Outlet, Wish},
};
use crate::{
    catalog::{InputKind, IoType},
    diag::{Applicability, Diagnostic, EditKind, Suggestion, codes, short},
    graph::{NodeIx, Slot},
    suggest::makers,
};

/// A list that is no link to a node that is there. `input` is what is declared of it, if anything is.
pub(super) fn check(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: Option<&Expanded<'_>>,
    name: &str,
    value: &Value,
) {
    let finding = match as_pair(value) {
        Some((origin, slot)) => dangling(check, view, input, name, (origin, slot)),
        None => not_a_link(check, view, input, name, value),
    };
    check.found.push(finding);
}

/// `["99", 0]`, where no node has that id.
fn as_pair(value: &Value) -> Option<(&str, usize)> {
    let [Value::String(origin), slot] = value.as_array()?.as_slice() else { return None };
    Some((origin, usize::try_from(slot.as_u64()?).ok()?))
}

fn dangling(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: Option<&Expanded<'_>>,
    name: &str,
    (origin, slot): (&str, usize),
) -> Diagnostic {
    let what = format!("{name} is linked to node #{}, but there is no such node", short(origin));
    let mut finding = view.finding(codes::DANGLING_LINK, name, &what);
    let Some(input) = input else { return finding };
    let io_type = types::wanted(check, view, input);
    let wish = Wish { input: name, io_type: &io_type, instead_of: None };
    let mut outlets = wiring::outlets(check, view, &wish);
    prefer_alike(check, &mut outlets, origin, slot);
    for outlet in &outlets {
        finding = finding.suggest(wiring::link_to(check, view, name, outlet, true));
    }
    let mut wanted = wanted_of(check, origin).unwrap_or_default();
    wanted.retain(|(of, known)| *of != Some(slot) || !known.is_any());
    if wanted.iter().all(|(of, _)| *of != Some(slot)) {
        wanted.push((Some(slot), io_type));
    }
    links::suggest_class(check, finding, &wanted)
}

/// Puts outputs of the same number whose node has an id like the one that is not there first.
fn prefer_alike(check: &Check<'_>, outlets: &mut [Outlet], origin: &str, slot: usize) {
    let alike = |outlet: &Outlet| {
        let key = check.graph[outlet.slot.node].key.as_str();
        outlet.slot.slot == slot && strsim::damerau_levenshtein(key, origin) <= 1 && origin.len() > 1
    };
    if origin.len() <= 32 {
        outlets.sort_by_key(|outlet| !alike(outlet));
    }
}

/// What all inputs that are linked to a missing node want of it: slots and types.
fn wanted_of(check: &mut Check<'_>, origin: &str) -> Option<Vec<makers::Wanted>> {
    if !check.suggestions.spend(check.graph.len()) {
        return None;
    }
    let mut wanted: BTreeMap<usize, IoType> = BTreeMap::new();
    for (_, node) in check.graph.nodes() {
        for input in &node.inputs {
            if let Some((id, slot)) = input.broken.as_ref().and_then(as_pair)
                && id == origin
                && (!input.io_type.is_any() || !wanted.contains_key(&slot))
            {
                wanted.insert(slot, input.io_type.clone());
            }
        }
    }
    Some(wanted.into_iter().map(|(slot, io_type)| (Some(slot), io_type)).collect())
}

fn not_a_link(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    input: Option<&Expanded<'_>>,
    name: &str,
    value: &Value,
) -> Diagnostic {
    let what = format!("{name} must be a pair of node id and slot, not {}", shown(value));
    let finding = view.finding(codes::BAD_LINKED_INPUT, name, &what);
    let wanted = input.map(|input| &input.def.io_type);
    if let Some(slot) = read_link(check, value, wanted) {
        return finding.suggest(written_right(check, view, name, slot));
    }
    match input {
        Some(input) if !takes_lists(input) => suggest_outlets(check, view, finding, input),
        _ => {
            let wrapped = serde_json::json!({"__value__": value});
            let message = "write a list value as {\"__value__\": [...]}";
            let suggestion = Suggestion::new(message, Applicability::MaybeIncorrect);
            finding.suggest(suggestion.edit(view.node.input_path(name), EditKind::Replace(wrapped)))
        }
    }
}

/// Whether a list can be the value of the input.
fn takes_lists(input: &Expanded<'_>) -> bool {
    matches!(&input.def.kind, InputKind::Combo(_) | InputKind::Frontend(..)) || input.def.io_type.is_any()
}

/// Names the outputs that the input could be linked to in the place of what is there.
pub(super) fn suggest_outlets(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    mut finding: Diagnostic,
    input: &Expanded<'_>,
) -> Diagnostic {
    let io_type = types::wanted(check, view, input);
    let wish = Wish { input: &input.name, io_type: &io_type, instead_of: None };
    let outlets = wiring::outlets(check, view, &wish);
    if outlets.is_empty() {
        return links::suggest_class(check, finding, &[(None, io_type)]);
    }
    for outlet in &outlets {
        finding = finding.suggest(wiring::link_to(check, view, &input.name, outlet, true));
    }
    finding
}

/// The link as it has to be written.
pub(super) fn written_right(check: &Check<'_>, view: &NodeView<'_>, name: &str, slot: Slot) -> Suggestion {
    let link = wiring::link_value(check.graph, slot);
    let message = format!("write the link as {link}");
    Suggestion::new(message, Applicability::MachineApplicable)
        .edit(view.node.input_path(name), EditKind::Replace(link))
}

/// The output that somebody meant who wrote `"4"`, `"4:0"`, `"#4.0"`, `"[\"4\", 0]"`, `[4, 0]`, `["4", "0"]`, `["4"]`
/// or `{"node": "4", "slot": 0}`: of a node that is there, with a type that fits. A bare id counts only where a type is
/// wanted that its node has once.
pub(super) fn read_link(check: &Check<'_>, value: &Value, wanted: Option<&IoType>) -> Option<Slot> {
    let (node, slot) = match value {
        Value::String(text) => read_text(check, text)?,
        Value::Number(_) => (find(check, value)?, None),
        Value::Array(list) => match list.as_slice() {
            [origin] => (find(check, origin)?, None),
            [origin, slot, ..] => (find(check, origin)?, Some(number(slot)?)),
            [] => return None,
        },
        Value::Object(map) => {
            let get = |keys: &[&str]| keys.iter().find_map(|key| map.get(*key));
            let node = find(check, get(&["node", "node_id", "id", "from", "origin_id"])?)?;
            (node, get(&["slot", "slot_index", "output", "index", "origin_slot"]).and_then(number))
        }
        Value::Null | Value::Bool(_) => return None,
    };
    let fits = |slot: usize| {
        let given = check.output_type(Slot { node, slot });
        given.is_some_and(|given| wanted.is_none_or(|wanted| wanted.accepts(&given)))
    };
    let slot = match slot {
        Some(slot) => slot,
        None => (0..check.output_count(node)).find(|slot| fits(*slot))?,
    };
    fits(slot).then_some(Slot { node, slot })
}

/// A link as text; a list is read as JSON, also with single quotes.
fn read_text(check: &Check<'_>, text: &str) -> Option<(NodeIx, Option<usize>)> {
    const LONGEST: usize = 80;
    let text = text.trim();
    if text.len() > LONGEST || text.is_empty() {
        return None;
    }
    if text.starts_with(['[', '(']) {
        let inner = text.trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
        let mut parts = inner.split(',').map(|part| part.trim().trim_matches(['"', '\'']));
        let node = check.graph.find(parts.next()?)?;
        return Some((node, parts.next().map(str::parse).transpose().ok()?));
    }
    let text = text.trim_start_matches('#');
    if let Some(node) = check.graph.find(text) {
        return Some((node, None));
    }
    let (origin, slot) = text.rsplit_once([':', '.', ',', '/', '|'])?;
    Some((check.graph.find(origin.trim())?, Some(slot.trim().parse().ok()?)))
}

/// The node that an id names, which may be a number.
fn find(check: &Check<'_>, id: &Value) -> Option<NodeIx> {
    match id {
        Value::String(text) => check.graph.find(text.trim().trim_start_matches('#')),
        Value::Number(number) => check.graph.find(&number.to_string()),
        _ => None,
    }
}

/// A slot, which may be text or a whole float.
fn number(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => match number.as_u64() {
            Some(slot) => usize::try_from(slot).ok(),
            None => number.to_string().strip_suffix(".0")?.parse().ok(),
        },
        _ => None,
    }
}

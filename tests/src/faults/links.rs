//! Mistakes in links.

use comfy_graph::catalog::{InputKind, IoType};
use serde_json::{Value, json};

use super::{At, Chance, Patient, kinds::Planted};

/// Inputs that can only be linked, and are.
fn sockets<'c>(patient: &Patient<'c>) -> Vec<At<'c>> {
    let mut found = patient.declared();
    found.retain(|at| {
        let is_socket = matches!(at.def.kind, InputKind::Socket(None) | InputKind::MatchType { .. });
        is_socket && !at.def.io_type.is_any() && Patient::link(&at.value).is_some()
    });
    found
}

/// Whether the server insists on the input.
fn is_required(patient: &Patient<'_>, at: &At<'_>) -> bool {
    let grows = patient.def(&at.node).is_some_and(|def| def.input(&at.input).is_none());
    at.def.is_required() && !grows
}

fn pick<'c>(found: &[At<'c>], chance: &mut Chance) -> Option<At<'c>> {
    chance.pick(found).cloned()
}

/// What comes out of a slot; nothing where the type follows from inputs.
fn output<'c>(patient: &Patient<'c>, node: &str, slot: usize) -> Option<&'c IoType> {
    let output = patient.def(node)?.outputs.get(slot)?;
    output.match_template.is_none().then_some(&output.io_type)
}

pub(super) fn missing(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let mut found = sockets(patient);
    found.retain(|at| is_required(patient, at));
    let at = pick(&found, chance)?;
    patient.inputs_mut(&at.node)?.shift_remove(&at.input);
    Some(Planted::new(format!("#{}.{} is gone", at.node, at.input), at.value.to_string()))
}

pub(super) fn index(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = pick(&sockets(patient), chance)?;
    let (node, _) = Patient::link(&at.value)?;
    let count = patient.def(node)?.outputs.len();
    let slot = [count, count + 1, 7 + count, 99][chance.below(4)];
    let planted = Planted::new(format!("#{}.{} from slot {slot}", at.node, at.input), at.value.to_string());
    patient.set(&at, json!([node, slot]));
    Some(planted)
}

pub(super) fn wrong_output(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let mut choices = Vec::new();
    for at in sockets(patient) {
        let Some((node, now)) = Patient::link(&at.value) else { continue };
        let count = patient.def(node).map_or(0, |def| def.outputs.len());
        for slot in (0..count).filter(|slot| *slot != now) {
            if output(patient, node, slot).is_some_and(|given| !at.def.io_type.accepts(given)) {
                choices.push((at.clone(), json!([node, slot])));
            }
        }
    }
    let (at, link) = chance.pick(&choices)?.clone();
    let planted = Planted::new(format!("#{}.{} from {link}", at.node, at.input), at.value.to_string());
    patient.set(&at, link);
    Some(planted)
}

pub(super) fn wrong_type(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = pick(&sockets(patient), chance)?;
    let now = Patient::link(&at.value)?.0.to_owned();
    let mut choices = Vec::new();
    for node in patient.prompt.keys().filter(|node| **node != now && **node != at.node) {
        for slot in 0..patient.def(node).map_or(0, |def| def.outputs.len()) {
            let misfit = output(patient, node, slot).is_some_and(|given| !at.def.io_type.accepts(given));
            if misfit && !patient.upstream(node).contains(&at.node) {
                choices.push(json!([node, slot]));
            }
        }
    }
    let link = chance.pick(&choices)?.clone();
    let planted = Planted::new(format!("#{}.{} from {link}", at.node, at.input), at.value.to_string());
    patient.set(&at, link);
    Some(planted)
}

pub(super) fn dangling(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = pick(&sockets(patient), chance)?;
    let (node, slot) = Patient::link(&at.value)?;
    let id = match chance.below(4) {
        0 => format!("{node}0"),
        1 => "9999".to_owned(),
        2 => format!("node_{node}"),
        _ => node.chars().rev().collect(),
    };
    if patient.prompt.contains_key(&id) {
        return None;
    }
    let planted = Planted::new(format!("#{}.{} from #{id}", at.node, at.input), at.value.to_string());
    patient.set(&at, json!([id, slot]));
    Some(planted)
}

pub(super) fn as_text(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = pick(&sockets(patient), chance)?;
    let (node, slot) = Patient::link(&at.value)?;
    let number = node.parse::<u64>().ok();
    let first = patient.def(node)?.outputs.iter().position(|output| at.def.io_type.accepts(&output.io_type));
    let value = match chance.below(8) {
        0 if first == Some(slot) => json!(node),
        1 => json!(at.value.to_string()),
        2 => json!(format!("['{node}', {slot}]")),
        3 => json!([node, slot.to_string()]),
        4 if number.is_some() => json!([number, slot]),
        5 if slot == 0 => json!([node]),
        6 => json!(format!("{node}:{slot}")),
        _ => json!(format!("[\"{node}\",{slot}]")),
    };
    let planted = Planted::new(format!("#{}.{} is {value}", at.node, at.input), at.value.to_string());
    patient.set(&at, value);
    Some(planted)
}

pub(super) fn literal(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    const PLAIN: [&str; 5] = ["STRING", "INT", "FLOAT", "BOOLEAN", "COMBO"];
    let mut found = sockets(patient);
    found.retain(|at| !at.def.io_type.members().any(|member| PLAIN.contains(&member)));
    let at = pick(&found, chance)?;
    let value = [json!("model.safetensors"), json!(1.5), json!("none"), json!({}), json!(true)]
        [chance.below(5)]
    .clone();
    let planted = Planted::new(format!("#{}.{} is {value}", at.node, at.input), at.value.to_string());
    patient.set(&at, value);
    Some(planted)
}

pub(super) fn cycle(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let mut choices = Vec::new();
    for at in sockets(patient) {
        for node in patient.prompt.keys() {
            for slot in 0..patient.def(node).map_or(0, |def| def.outputs.len()) {
                let fits = output(patient, node, slot).is_some_and(|given| at.def.io_type.accepts(given));
                if fits && patient.upstream(node).contains(&at.node) {
                    choices.push((at.clone(), json!([node, slot])));
                }
            }
        }
    }
    let (at, link) = chance.pick(&choices)?.clone();
    let planted = Planted::new(format!("#{}.{} from {link}", at.node, at.input), at.value.to_string());
    patient.set(&at, link);
    Some(planted)
}

/// The links to a node, as inputs.
pub(super) fn into_node<'c>(patient: &Patient<'c>, node: &str) -> Vec<At<'c>> {
    let mut found = patient.declared();
    found.retain(|at| Patient::link(&at.value).is_some_and(|(from, _)| from == node));
    found
}

/// Whether an input that is not there would be missed.
pub(super) fn is_missed(at: &At<'_>) -> bool {
    at.def.is_required() && !matches!(at.value, Value::Null)
}

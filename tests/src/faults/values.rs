//! Mistakes in values and in the names of inputs.

use comfy_graph::catalog::{InputDef, InputKind};
use serde_json::{Value, json};

use super::{At, Chance, Patient, kinds::Planted, typos};

fn found<'c>(patient: &Patient<'c>, keep: impl Fn(&At<'c>) -> bool) -> Vec<At<'c>> {
    let mut found = patient.declared();
    found.retain(keep);
    found
}

/// Whether the class declares the input by itself, not inside of a dynamic one.
fn is_plain(patient: &Patient<'_>, at: &At<'_>) -> bool {
    patient.def(&at.node).is_some_and(|def| def.input(&at.input).is_some())
}

fn renamed(patient: &mut Patient<'_>, chance: &mut Chance, mut all: Vec<At<'_>>) -> Option<Planted> {
    all.retain(|at| !at.value.is_null());
    let at = chance.pick(&all)?.clone();
    let def = patient.def(&at.node)?;
    let name = typos::restyle(&at.input, chance).filter(|name| {
        def.resolve_input(name).is_none() && !patient.inputs(&at.node).is_some_and(|i| i.contains_key(name))
    })?;
    patient.rename(&at, &name);
    Some(Planted::new(format!("#{}.{} is called {name}", at.node, at.input), at.input))
}

pub(super) fn required_renamed(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let all = found(patient, |at| is_plain(patient, at) && at.def.is_required());
    renamed(patient, chance, all)
}

pub(super) fn optional_renamed(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let all = found(patient, |at| is_plain(patient, at) && !at.def.is_required());
    renamed(patient, chance, all)
}

pub(super) fn missing(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let all = found(patient, |at| is_plain(patient, at) && at.def.is_required() && at.def.is_widget());
    let at = chance.pick(&all)?.clone();
    patient.inputs_mut(&at.node)?.shift_remove(&at.input);
    let name = at.input.clone();
    Some(Planted::new(format!("#{}.{} is gone", at.node, at.input), at.value.to_string()).or(name))
}

/// The options of a fixed list of texts.
fn options(def: &InputDef) -> Vec<&str> {
    match &def.kind {
        InputKind::Combo(combo) if !combo.is_file_list() => {
            combo.options.iter().filter_map(Value::as_str).collect()
        }
        _ => Vec::new(),
    }
}

fn is_checked(patient: &Patient<'_>, at: &At<'_>) -> bool {
    // choices that are made in the browser, and those that another machine may have
    const LENIENT: [&str; 5] =
        ["CustomCombo", "ModelAttentionBackend", "SelectCLIPDevice", "SelectModelDevice", "SelectVAEDevice"];
    !LENIENT.contains(&patient.class(&at.node))
}

pub(super) fn misspelt_option(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let all =
        found(patient, |at| at.value.is_string() && !options(at.def).is_empty() && is_checked(patient, at));
    let at = chance.pick(&all)?.clone();
    let right = at.value.as_str()?;
    let wrong = typos::misspell(right, chance).filter(|wrong| !options(at.def).contains(&&**wrong))?;
    patient.set(&at, json!(wrong));
    Some(Planted::new(format!("#{}.{} is {wrong:?}", at.node, at.input), right))
}

pub(super) fn foreign_option(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let all =
        found(patient, |at| at.value.is_string() && !options(at.def).is_empty() && is_checked(patient, at));
    let (at, other) = (chance.pick(&all)?.clone(), chance.pick(&all)?.clone());
    let wrong = (*chance.pick(&options(other.def))?).to_owned();
    if options(at.def).contains(&&*wrong) {
        return None;
    }
    let planted = Planted::new(format!("#{}.{} is {wrong:?}", at.node, at.input), at.value.as_str()?);
    patient.set(&at, json!(wrong));
    Some(planted)
}

pub(super) fn misspelt_file(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let files = |at: &At<'_>| match &at.def.kind {
        InputKind::Combo(combo) if combo.is_file_list() && combo.upload.is_none() => {
            combo.options.contains(&at.value)
        }
        _ => false,
    };
    let at = chance.pick(&found(patient, |at| at.value.is_string() && files(at)))?.clone();
    let right = at.value.as_str()?;
    let wrong = typos::rename_file(right, chance)?;
    let InputKind::Combo(combo) = &at.def.kind else { return None };
    if combo.options.contains(&json!(wrong)) {
        return None;
    }
    patient.set(&at, json!(wrong));
    Some(Planted::new(format!("#{}.{} is {wrong:?}", at.node, at.input), right))
}

pub(super) fn out_of_range(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let mut choices = Vec::new();
    for at in found(patient, |at| at.value.is_number()) {
        let (min, max) = match &at.def.kind {
            InputKind::Int(def) => (&def.min, &def.max),
            InputKind::Float(def) => (&def.min, &def.max),
            _ => continue,
        };
        for (bound, sign) in [(min, -1.0), (max, 1.0)] {
            let Some(number) = bound.as_ref().and_then(serde_json::Number::as_f64) else { continue };
            for step in [1.0, 1000.0] {
                let wrong = number + sign * step;
                // beyond 2^53 a step is lost
                if wrong.abs() < 9e15 {
                    choices.push((at.clone(), wrong, bound.clone()));
                }
            }
        }
    }
    let (at, wrong, bound) = chance.pick(&choices)?.clone();
    #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
    let wrong = if wrong.fract() == 0.0 { json!(wrong as i64) } else { json!(wrong) };
    let planted = Planted::new(format!("#{}.{} is {wrong}", at.node, at.input), bound?.to_string());
    patient.set(&at, wrong);
    Some(planted)
}

pub(super) fn text_for_number(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let is_number = |at: &At<'_>| matches!(at.def.kind, InputKind::Int(_) | InputKind::Float(_));
    let at = chance.pick(&found(patient, |at| at.value.is_number() && is_number(at)))?.clone();
    let right = at.value.to_string();
    let default = match &at.def.kind {
        InputKind::Int(def) => def.default.clone(),
        InputKind::Float(def) => def.default.clone(),
        _ => None,
    };
    // a number in quotes is no fault: the server converts it
    let (wrong, answer) = match chance.below(5) {
        0 => ("nan".to_owned(), default.map_or(right, |default| default.to_string())),
        1 => (format!("{right} px"), right),
        2 => ("many".to_owned(), default.map_or(right, |default| default.to_string())),
        3 => (String::new(), default.map_or(right, |default| default.to_string())),
        _ => (format!("{right}x"), right),
    };
    patient.set(&at, json!(wrong));
    Some(Planted::new(format!("#{}.{} is {wrong:?}", at.node, at.input), answer))
}

pub(super) fn text_for_boolean(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let is_boolean = |at: &At<'_>| matches!(at.def.kind, InputKind::Boolean(_)) && at.value.is_boolean();
    let at = chance.pick(&found(patient, is_boolean))?.clone();
    let right = at.value.as_bool()?;
    let words = if right { ["true", "True", "yes", "on"] } else { ["false", "False", "no", "off"] };
    let wrong = words[chance.below(words.len())];
    patient.set(&at, json!(wrong));
    Some(Planted::new(format!("#{}.{} is {wrong:?}", at.node, at.input), right.to_string()))
}

pub(super) fn null(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let all = found(patient, |at| {
        let refuses = match &at.def.kind {
            InputKind::Int(_) | InputKind::Float(_) | InputKind::DynamicCombo(_) => true,
            InputKind::Combo(_) => is_checked(patient, at) && !options(at.def).is_empty(),
            InputKind::Socket(None) => at.def.is_required() && !at.def.io_type.is_any(),
            _ => false,
        };
        refuses && is_plain(patient, at) && at.value != Value::Null
    });
    let at = chance.pick(&all)?.clone();
    let default = match &at.def.kind {
        InputKind::Int(def) => def.default.as_ref().map(ToString::to_string),
        InputKind::Float(def) => def.default.as_ref().map(ToString::to_string),
        _ => None,
    };
    patient.set(&at, Value::Null);
    let right = at.value.as_str().map_or_else(|| at.value.to_string(), str::to_owned);
    let planted = Planted::new(format!("#{}.{} is null", at.node, at.input), right);
    Some(default.into_iter().fold(planted, Planted::or))
}

fn is_dynamic(at: &At<'_>) -> bool {
    matches!(at.def.kind, InputKind::DynamicCombo(_)) && at.value.is_string()
}

pub(super) fn dynamic_absent(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = chance.pick(&found(patient, |at| is_dynamic(at) && at.def.is_required()))?.clone();
    patient.inputs_mut(&at.node)?.shift_remove(&at.input);
    Some(Planted::new(format!("#{}.{} is gone", at.node, at.input), at.value.as_str()?))
}

pub(super) fn dynamic_unknown(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = chance.pick(&found(patient, is_dynamic))?.clone();
    let InputKind::DynamicCombo(options) = &at.def.kind else { return None };
    let right = at.value.as_str()?;
    let wrong =
        typos::misspell(right, chance).filter(|wrong| options.iter().all(|option| *option.key != **wrong))?;
    patient.set(&at, json!(wrong));
    Some(Planted::new(format!("#{}.{} is {wrong:?}", at.node, at.input), right))
}

/// Whether the input is an item of a growing list.
fn is_item(patient: &Patient<'_>, at: &At<'_>) -> bool {
    let Some((list, item)) = at.input.rsplit_once('.') else { return false };
    let def = patient.def(&at.node).and_then(|def| def.resolve_input(list));
    matches!(def.map(|def| &def.kind), Some(InputKind::Autogrow(grow)) if grow.names.position(item).is_some())
}

pub(super) fn dynamic_flattened(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let all = found(patient, |at| !is_plain(patient, at) && !is_item(patient, at) && !at.value.is_null());
    let at = chance.pick(&all)?.clone();
    let (before, last) = at.input.rsplit_once('.')?;
    let name = match chance.below(3) {
        0 => format!("{before}_{last}"),
        1 => typos::restyle(&at.input, chance)?,
        _ => last.to_owned(),
    };
    let taken = patient.inputs(&at.node)?.contains_key(&name)
        || patient.def(&at.node)?.resolve_input(&name).is_some();
    if taken {
        return None;
    }
    patient.rename(&at, &name);
    Some(Planted::new(format!("#{}.{} is called {name}", at.node, at.input), at.input))
}

pub(super) fn autogrow_flattened(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = chance.pick(&found(patient, |at| is_item(patient, at)))?.clone();
    let (list, item) = at.input.rsplit_once('.')?;
    let digits: String = item.chars().filter(char::is_ascii_digit).collect();
    let name = match chance.below(5) {
        0 => item.to_owned(),
        1 => list.to_owned(),
        2 => format!("{list}_{item}"),
        3 if !digits.is_empty() => format!("{list}{digits}"),
        _ => format!("{list}.{}", if digits.is_empty() { "0" } else { &digits }),
    };
    let inputs = patient.inputs(&at.node)?;
    if inputs.contains_key(&name)
        || patient.def(&at.node)?.resolve_input(&name).is_some_and(|def| *def.name != *list)
    {
        return None;
    }
    patient.rename(&at, &name);
    Some(Planted::new(format!("#{}.{} is called {name}", at.node, at.input), at.input))
}

pub(super) fn autogrow_bounds(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let at = chance.pick(&found(patient, |at| is_item(patient, at) && at.value.is_array()))?.clone();
    let (list, item) = at.input.rsplit_once('.')?;
    // bounds of lists inside of dynamic combos depend on the choice
    let InputKind::Autogrow(grow) = &patient.def(&at.node)?.input(list)?.kind else { return None };
    let position = grow.names.position(item)?;
    if position < grow.min && grow.item.is_required() && chance.below(2) == 0 {
        patient.inputs_mut(&at.node)?.shift_remove(&at.input);
        return Some(Planted::new(format!("#{}.{} is gone", at.node, at.input), at.value.to_string()));
    }
    let final_name = grow.names.name(grow.names.max().checked_sub(1)?)?;
    let stem = final_name.trim_end_matches(|c: char| c.is_ascii_digit());
    let beyond = format!("{list}.{stem}{}", grow.names.max() + 1);
    let mut added = at.clone();
    added.input.clone_from(&beyond);
    patient.set(&added, at.value.clone());
    Some(Planted::new(format!("#{} has {beyond}", at.node), format!("remove {beyond}")).or("rename"))
}

//! Mistakes in the text of a flow.

use comfy_codegen::model::{Form, ResultKind};
use comfy_graph::catalog::InputKind;

use super::{
    Slip,
    source::{Added, Setter, Source},
};
use crate::faults::{Chance, typos};

fn slip(edits: Vec<(std::ops::Range<usize>, String)>, what: String, answer: impl Into<String>) -> Slip {
    Slip { edits, what, answers: vec![answer.into()] }
}

/// One of the setters that are of the kind.
fn pick<'s>(
    source: &Source<'s, '_>,
    chance: &mut Chance,
    keep: impl Fn(&Setter<'s>) -> bool,
) -> Option<Setter<'s>> {
    let found: Vec<&Setter<'s>> = source.setters.iter().filter(|setter| keep(setter)).collect();
    chance.pick(&found).map(|setter| (*setter).clone())
}

fn is_link(setter: &Setter<'_>) -> bool {
    matches!(setter.input.form, Form::Link { .. })
}

/// Whether an argument is a variable or a field of one.
fn is_variable(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
}

pub(super) fn misspelt_node(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let node = chance.pick(&source.nodes)?;
    let right = &*node.model.ident;
    let wrong = typos::rephrase(right, chance)
        .filter(|wrong| source.names.class_of(wrong).is_none() && is_word(wrong))?;
    Some(slip(vec![(node.ident.clone(), wrong.clone())], format!("{right} is {wrong}"), right))
}

/// Whether it can be the name of something.
fn is_word(text: &str) -> bool {
    syn::parse_str::<syn::Ident>(text).is_ok()
}

fn misspelt_setter(setter: &Setter<'_>, chance: &mut Chance) -> Option<Slip> {
    let right = &*setter.input.setter;
    let wrong = typos::restyle(right, chance)
        .map(|wrong| wrong.replace('-', "_"))
        .filter(|wrong| wrong != right && setter.model.setter(wrong).is_none() && is_word(wrong))?;
    let what = format!("{}.{right} is {wrong}", setter.model.ident);
    Some(slip(vec![(setter.name.clone(), wrong)], what, right))
}

pub(super) fn required_misspelt(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    misspelt_setter(&pick(source, chance, |setter| setter.input.required)?, chance)
}

pub(super) fn optional_misspelt(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    misspelt_setter(&pick(source, chance, |setter| !setter.input.required)?, chance)
}

fn missing(setter: &Setter<'_>, answer: &str) -> Slip {
    let what = format!("{}.{} is gone", setter.model.ident, setter.input.setter);
    slip(vec![(setter.whole.clone(), String::new())], what, answer)
}

pub(super) fn value_missing(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let setter = pick(source, chance, |setter| setter.input.required && setter.input.def.is_widget())?;
    Some(missing(&setter, &setter.input.setter))
}

/// The source is asked for, not only the name of the input.
pub(super) fn link_missing(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let is_it =
        |setter: &Setter<'_>| setter.input.required && is_link(setter) && is_variable(source.at(&setter.arg));
    let setter = pick(source, chance, is_it)?;
    Some(missing(&setter, source.at(&setter.arg)))
}

/// The type and the variant of `SamplerName::Euler`.
fn variant<'s>(source: &Source<'s, '_>, setter: &Setter<'s>) -> Option<(&'s str, &'s str)> {
    let Form::Combo(combo) = &setter.input.form else { return None };
    let (name, variant) = source.at(&setter.arg).split_once("::")?;
    combo.values.iter().any(|known| known.ident == variant).then_some((name, variant))
}

pub(super) fn misspelt_variant(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let setter = pick(source, chance, |setter| variant(source, setter).is_some())?;
    let (name, right) = variant(source, &setter)?;
    let Form::Combo(combo) = &setter.input.form else { return None };
    let wrong = typos::misspell(right, chance)
        .filter(|wrong| is_word(wrong) && combo.values.iter().all(|known| known.ident != *wrong))?;
    let what = format!("{right} is {wrong}");
    Some(slip(vec![(setter.arg, format!("{name}::{wrong}"))], what, right))
}

/// Text instead of a variant is none; misspelt text is.
pub(super) fn misspelt_text(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let setter = pick(source, chance, |setter| variant(source, setter).is_some())?;
    let (_, right) = variant(source, &setter)?;
    let Form::Combo(combo) = &setter.input.form else { return None };
    let text = combo.value_of(right)?.as_str()?;
    let known = |wrong: &str| combo.values.iter().any(|known| known.value.as_str() == Some(wrong));
    let wrong = typos::misspell(text, chance).filter(|wrong| !known(wrong))?;
    Some(slip(vec![(setter.arg, format!("{wrong:?}"))], format!("{right} is {wrong:?}"), text))
}

/// The variable and the field of `ckpt.model`.
fn field<'s>(source: &Source<'s, '_>, setter: &Setter<'s>) -> Option<(&'s str, &'s str)> {
    let text = source.at(&setter.arg);
    is_variable(text).then(|| text.split_once('.'))?
}

/// The node behind a variable, with its outputs as fields.
fn fields_of(source: &Source<'_, '_>, variable: &str) -> Vec<(String, String)> {
    let of_it = |added: &&Added<'_>| added.variable.as_deref() == Some(variable);
    let model = source.added.iter().find(of_it).map(|added| added.model);
    let outputs = model.filter(|model| model.result() == ResultKind::Struct).map(|model| &model.outputs);
    outputs.into_iter().flatten().map(|output| (output.ident.clone(), output.marker.clone())).collect()
}

pub(super) fn misspelt_field(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let is_it = |setter: &Setter<'_>| {
        is_link(setter) && field(source, setter).is_some_and(|(name, _)| !fields_of(source, name).is_empty())
    };
    let setter = pick(source, chance, is_it)?;
    let (name, right) = field(source, &setter)?;
    let fields = fields_of(source, name);
    let wrong = typos::misspell(right, chance)
        .filter(|wrong| is_word(wrong) && fields.iter().all(|(field, _)| field != wrong))?;
    let what = format!("{name}.{right} is {wrong}");
    Some(slip(vec![(setter.arg, format!("{name}.{wrong}"))], what, right))
}

pub(super) fn wrong_output(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let mut choices = Vec::new();
    for setter in source.setters.iter().filter(|setter| is_link(setter)) {
        let Form::Link { marker } = &setter.input.form else { continue };
        let Some((name, right)) = field(source, setter) else { continue };
        for (wrong, given) in fields_of(source, name) {
            if wrong != right && given != *marker && given != "Any" {
                choices.push((setter.clone(), name, right, wrong));
            }
        }
    }
    let (setter, name, right, wrong) = chance.pick(&choices)?.clone();
    let what = format!("{name}.{right} is {name}.{wrong}");
    Some(slip(vec![(setter.arg, format!("{name}.{wrong}"))], what, format!("{name}.{right}")))
}

/// What an earlier setter of another type was given.
pub(super) fn wrong_type(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let plain = |setter: &Setter<'_>| match &setter.input.form {
        Form::Link { marker } if is_variable(source.at(&setter.arg)) => Some(marker.clone()),
        _ => None,
    };
    let mut choices = Vec::new();
    for setter in &source.setters {
        let Some(wanted) = plain(setter) else { continue };
        for other in source.setters.iter().filter(|other| other.whole.end < setter.whole.start) {
            if other.function == setter.function && plain(other).is_some_and(|given| given != wanted) {
                choices.push((setter.clone(), other.clone()));
            }
        }
    }
    let (setter, other) = chance.pick(&choices)?.clone();
    let (right, wrong) = (source.at(&setter.arg), source.at(&other.arg));
    let what = format!("{}.{} is given {wrong}", setter.model.ident, setter.input.setter);
    Some(slip(vec![(setter.arg, wrong.to_owned())], what, right))
}

pub(super) fn out_of_range(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let bound = |setter: &Setter<'_>| match &setter.input.def.kind {
        InputKind::Int(def) => def.max.as_ref()?.as_i64().filter(|max| *max < 1 << 40),
        _ => None,
    };
    let is_it =
        |setter: &Setter<'_>| bound(setter).is_some() && source.at(&setter.arg).parse::<i64>().is_ok();
    let setter = pick(source, chance, is_it)?;
    let max = bound(&setter)?;
    let wrong = max + [1, 1000][chance.below(2)];
    let what = format!("{}.{} is {wrong}", setter.model.ident, setter.input.setter);
    Some(slip(vec![(setter.arg, wrong.to_string())], what, max.to_string()))
}

pub(super) fn text_for_number(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let is_it = |setter: &Setter<'_>| {
        let is_number = matches!(setter.input.form, Form::Int | Form::Seed | Form::Float);
        is_number && source.at(&setter.arg).parse::<f64>().is_ok()
    };
    let setter = pick(source, chance, is_it)?;
    let right = source.at(&setter.arg);
    let what = format!("{}.{} is {right:?}", setter.model.ident, setter.input.setter);
    Some(slip(vec![(setter.arg, format!("{right:?}"))], what, right))
}

pub(super) fn literal(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let setter = pick(source, chance, |setter| is_link(setter) && is_variable(source.at(&setter.arg)))?;
    let wrong = ["\"model.safetensors\"", "1.5", "true", "None"][chance.below(4)];
    let right = source.at(&setter.arg);
    let what = format!("{}.{} is {wrong}", setter.model.ident, setter.input.setter);
    Some(slip(vec![(setter.arg, wrong.to_owned())], what, right))
}

/// One of the nodes that something takes from: without the others there is only a warning, as from rustc.
fn used_node<'a, 's>(
    source: &'a Source<'s, '_>,
    chance: &mut Chance,
    keep: impl Fn(&Added<'s>) -> bool,
) -> Option<&'a Added<'s>> {
    let is_used = |added: &&Added<'_>| added.variable.as_deref().is_some_and(|name| source.uses(name) > 1);
    let used: Vec<&Added<'s>> = source.added.iter().filter(is_used).filter(|added| keep(added)).collect();
    chance.pick(&used).copied()
}

/// Not a link of a chain (`let model = g.add(LoraLoaderModelOnly::new().model(model))`): without it the chain is a
/// shorter one, and as right.
pub(super) fn forgotten(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let is_missed = |added: &Added<'_>| {
        let variable = added.variable.as_deref();
        variable.is_some_and(|name| !source.is_shadowed(added.function, name))
    };
    let added = used_node(source, chance, is_missed)?;
    let class = &*added.model.ident;
    Some(slip(vec![(added.statement.clone(), String::new())], format!("{class} is gone"), class))
}

pub(super) fn not_added(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let added = used_node(source, chance, |_| true)?;
    let (open, close) = added.brackets.clone();
    let what = format!("{} is not added", added.model.ident);
    Some(slip(vec![(open, String::new()), (close, String::new())], what, "g.add"))
}

pub(super) fn set_twice(source: &Source<'_, '_>, chance: &mut Chance) -> Option<Slip> {
    let setter = chance.pick(&source.setters)?;
    let again = source.at(&setter.whole).to_owned();
    let what = format!("{}.{} is set twice", setter.model.ident, setter.input.setter);
    let end = setter.whole.end;
    Some(slip(vec![(end..end, again)], what, &*setter.input.setter))
}

pub(super) fn no_output(source: &Source<'_, '_>, _chance: &mut Chance) -> Option<Slip> {
    let outputs = source.nodes.iter().filter(|node| node.model.def.output_node).count();
    let removable: Vec<_> =
        source.added.iter().filter(|added| added.variable.is_none() && added.model.def.output_node).collect();
    if removable.is_empty() || removable.len() != outputs {
        return None;
    }
    let edits = removable.iter().map(|added| (added.statement.clone(), String::new())).collect();
    let answers = removable.iter().map(|added| added.model.ident.clone()).collect();
    Some(Slip { edits, what: "all outputs are gone".to_owned(), answers })
}

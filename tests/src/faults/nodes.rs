//! Mistakes in nodes as a whole.

use serde_json::Value;

use super::{Chance, Patient, kinds::Planted, links, typos};

pub(super) fn misspelt_class(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let nodes: Vec<String> = patient.prompt.keys().cloned().collect();
    let node = chance.pick(&nodes)?;
    let class = patient.class(node).to_owned();
    let wrong = typos::rephrase(&class, chance).filter(|wrong| !patient.catalog.contains(wrong))?;
    patient.prompt.get_mut(node)?["class_type"] = wrong.as_str().into();
    Some(Planted::new(format!("#{node} {class} is {wrong}"), class))
}

pub(super) fn forgotten(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    let nodes: Vec<String> = patient.prompt.keys().cloned().collect();
    let used: Vec<&String> =
        nodes.iter().filter(|node| links::into_node(patient, node).iter().any(links::is_missed)).collect();
    let node = (*chance.pick(&used)?).clone();
    let class = patient.class(&node).to_owned();
    patient.prompt.shift_remove(&node);
    Some(Planted::new(format!("#{node} {class} is gone"), class))
}

pub(super) fn no_output(patient: &mut Patient<'_>, _chance: &mut Chance) -> Option<Planted> {
    let is_output = |patient: &Patient<'_>, node: &str| patient.def(node).is_some_and(|def| def.output_node);
    let nodes: Vec<String> = patient.prompt.keys().cloned().collect();
    let outputs: Vec<String> = nodes.into_iter().filter(|node| is_output(patient, node)).collect();
    // outputs that others wait for are another mistake
    if outputs.iter().any(|node| !links::into_node(patient, node).is_empty())
        || outputs.len() == patient.prompt.len()
    {
        return None;
    }
    let mut classes: Vec<String> = outputs.iter().map(|node| patient.class(node).to_owned()).collect();
    patient.prompt.retain(|node, _| !outputs.contains(node));
    let planted = Planted::new("all outputs are gone", classes.pop()?);
    Some(classes.into_iter().fold(planted, Planted::or))
}

pub(super) fn input_twice(patient: &mut Patient<'_>, chance: &mut Chance) -> Option<Planted> {
    const MARK: &str = "twice-in-the-text";
    let mut found = patient.declared();
    found.retain(|at| at.value.is_number());
    let at = chance.pick(&found)?.clone();
    if let Some(inputs) = patient.inputs_mut(&at.node) {
        inputs.insert(MARK.to_owned(), at.value.clone());
    }
    let text = Value::Object(patient.prompt.clone()).to_string();
    let text = text.replace(&Value::from(MARK).to_string(), &Value::from(at.input.as_str()).to_string());
    let planted = Planted::new(format!("#{}.{} is there twice", at.node, at.input), at.input);
    Some(Planted { text: Some(text), ..planted })
}

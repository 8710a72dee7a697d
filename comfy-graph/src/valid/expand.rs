//! The inputs that a node has once its values are known: dynamic combos bring those of the chosen option, growing
//! lists their items (`comfy_api/latest/_io.py: get_finalized_class_inputs`).

use indexmap::IndexMap;

use super::links::Given;
use crate::catalog::{AutogrowDef, InputDef, InputKind, NodeDef, widgets::find_option};

/// One input of one node.
#[derive(Clone, Debug)]
pub(super) struct Expanded<'a> {
    /// The key in the prompt.
    pub(super) name: String,
    pub(super) def: &'a InputDef,
    pub(super) required: bool,
}

/// No list insists on more items than this, whatever a catalog says.
const MAX_REQUIRED_ITEMS: usize = 1000;

/// All inputs, in the order of the definition.
pub(super) fn inputs<'a>(def: &'a NodeDef, given: &IndexMap<&str, Given<'_>>) -> Vec<Expanded<'a>> {
    let mut inputs = Vec::with_capacity(def.inputs.len());
    for input in &def.inputs {
        push(&mut inputs, given, input.name.to_string(), input, input.is_required());
    }
    inputs
}

/// Recurses into the definition only, whose depth the catalog limits.
fn push<'a>(
    inputs: &mut Vec<Expanded<'a>>,
    given: &IndexMap<&str, Given<'_>>,
    name: String,
    def: &'a InputDef,
    required: bool,
) {
    let nested = |inputs: &mut Vec<Expanded<'a>>, defs: &'a [InputDef]| {
        for def in defs {
            push(inputs, given, format!("{name}.{}", def.name), def, def.is_required());
        }
    };
    match &def.kind {
        InputKind::DynamicCombo(options) => {
            let chosen = given.get(name.as_str()).and_then(Given::value);
            inputs.push(Expanded { name: name.clone(), def, required });
            if let Some(option) = chosen.and_then(|key| find_option(options, key)) {
                nested(inputs, &option.inputs);
            }
        }
        InputKind::DynamicSlot(defs) => {
            inputs.push(Expanded { name: name.clone(), def, required: false });
            if given.contains_key(name.as_str()) {
                nested(inputs, defs);
            }
        }
        InputKind::Autogrow(autogrow) => {
            let insisted = if autogrow.item.is_required() { autogrow.min.min(MAX_REQUIRED_ITEMS) } else { 0 };
            let missing = (0..insisted).filter_map(|index| Some((index, autogrow.names.name(index)?)));
            let mut items: IndexMap<String, usize> = missing.map(|(index, item)| (item, index)).collect();
            let prefix = format!("{name}.");
            for item in given.keys().filter_map(|key| key.strip_prefix(&*prefix)) {
                if let Some(index) = autogrow.names.position(item) {
                    items.insert(item.to_owned(), index);
                }
            }
            for (item, index) in items {
                push(inputs, given, format!("{prefix}{item}"), &autogrow.item, index < insisted);
            }
        }
        _ => inputs.push(Expanded { name, def, required }),
    }
}

/// The growing lists that a node has, by the full name of each, as its values choose them.
pub(super) fn growing<'a>(
    def: &'a NodeDef,
    given: &IndexMap<&str, Given<'_>>,
) -> Vec<(String, &'a AutogrowDef)> {
    let mut found = Vec::new();
    let mut waiting: Vec<(String, &InputDef)> =
        def.inputs.iter().map(|input| (input.name.to_string(), input)).collect();
    while let Some((name, input)) = waiting.pop() {
        match &input.kind {
            InputKind::Autogrow(autogrow) => found.push((name, &**autogrow)),
            InputKind::DynamicCombo(options) => {
                let chosen = given.get(name.as_str()).and_then(Given::value);
                let option = chosen.and_then(|key| find_option(options, key));
                let nested = option.into_iter().flat_map(|option| &option.inputs);
                waiting.extend(nested.map(|input| (format!("{name}.{}", input.name), input)));
            }
            _ => {}
        }
    }
    found
}

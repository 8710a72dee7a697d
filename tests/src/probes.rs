//! The smallest prompts that a catalog allows, one per class: the node with the values that the frontend would send, what
//! it needs behind it, and something that shows what it gives. Function of the catalog alone.
//!
//! Classes that cannot be fed (a file that is not there, a type that nothing gives) have none.

use std::collections::BTreeMap;

use comfy_graph::catalog::{Catalog, InputDef, InputKind, IoType, NodeDef, widgets};
use serde_json::{Map, Value, json};

/// Takes everything, shows it, and is an output.
const SHOWS_ANYTHING: (&str, &str) = ("PreviewAny", "source");

/// One prompt for each class that can be fed, by class.
pub fn of_catalog(catalog: &Catalog) -> BTreeMap<String, Map<String, Value>> {
    let kitchen = Kitchen::new(catalog);
    let fed = catalog.iter().filter(|def| kitchen.can_feed(def));
    fed.filter_map(|def| Some((def.class_type.to_string(), kitchen.prompt(def)?))).collect()
}

/// What can be made of nothing, and of what else.
struct Kitchen<'c> {
    catalog: &'c Catalog,
    /// By type word, the first class that gives it without needing what comes later, and its slot.
    makers: BTreeMap<String, (&'c NodeDef, usize)>,
}

impl<'c> Kitchen<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        let mut kitchen = Self { catalog, makers: BTreeMap::new() };
        // each round knows the types of the rounds before, so that no class waits for itself
        loop {
            let mut new = BTreeMap::new();
            for def in catalog.iter().filter(|def| !def.deprecated && kitchen.can_feed(def)) {
                for (slot, output) in def.outputs.iter().enumerate() {
                    let word = output.io_type.as_str();
                    if !kitchen.makers.contains_key(word) && output.match_template.is_none() {
                        new.entry(word.to_owned()).or_insert((def, slot));
                    }
                }
            }
            if new.is_empty() {
                return kitchen;
            }
            kitchen.makers.append(&mut new);
        }
    }

    /// Something that gives a type; anything where any will do.
    fn maker(&self, wanted: &IoType) -> Option<(&'c NodeDef, usize)> {
        let any = IoType::new("IMAGE");
        let wanted = if wanted.is_any() { &any } else { wanted };
        wanted.members().find_map(|member| self.makers.get(member)).copied()
    }

    fn can_feed(&self, def: &NodeDef) -> bool {
        required(def).iter().all(|(name, input)| {
            if input.is_widget() {
                widgets::default_of(def, name, input).is_some()
            } else {
                self.maker(&input.io_type).is_some()
            }
        })
    }

    fn prompt(&self, def: &'c NodeDef) -> Option<Map<String, Value>> {
        let mut prompt = Map::new();
        let id = self.cook(def, &mut prompt);
        if !def.output_node {
            let (class, input) = SHOWS_ANYTHING;
            self.catalog.get(class)?.input(input).filter(|_| !def.outputs.is_empty())?;
            prompt.insert("show".to_owned(), json!({"class_type": class, "inputs": {input: [id, 0]}}));
        }
        Some(prompt)
    }

    /// Adds the node and what it needs; as deep as there are rounds of makers.
    fn cook(&self, def: &'c NodeDef, prompt: &mut Map<String, Value>) -> String {
        let mut inputs = Map::new();
        for widget in widgets::of_node(def).into_iter().filter(|widget| widget.sent) {
            inputs.extend(widget.default.map(|value| (widget.name, value)));
        }
        for (name, input) in required(def) {
            if input.is_widget() {
                inputs.extend(widgets::default_of(def, &name, input).map(|value| (name, value)));
            } else if let Some((maker, slot)) = self.maker(&input.io_type) {
                let from = self.cook(maker, prompt);
                inputs.insert(name, json!([from, slot]));
            }
        }
        let id = (prompt.len() + 1).to_string();
        prompt.insert(id.clone(), json!({"class_type": def.class_type, "inputs": inputs}));
        id
    }
}

/// The inputs that have to be there, with their full names: those of the first option of dynamic combos, and the least
/// number of items of growing lists, too.
fn required(def: &NodeDef) -> Vec<(String, &InputDef)> {
    let mut found = Vec::new();
    let mut waiting: Vec<(String, &InputDef)> =
        def.inputs.iter().map(|input| (input.name.to_string(), input)).collect();
    while let Some((name, input)) = waiting.pop() {
        match &input.kind {
            InputKind::DynamicCombo(options) => {
                let nested = options.first().into_iter().flat_map(|option| &option.inputs);
                waiting.extend(nested.map(|input| (format!("{name}.{}", input.name), input)));
            }
            InputKind::Autogrow(list) => {
                let items = (0..list.min).filter_map(|index| list.names.name(index));
                waiting.extend(items.map(|item| (format!("{name}.{item}"), &list.item)));
            }
            _ if input.is_required() => found.push((name, input)),
            _ => {}
        }
    }
    found
}

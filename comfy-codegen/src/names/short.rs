//! Short names of enums: `WeightDtype` where every `weight_dtype` of the catalog has the same options.
//!
//! They are aliases that people guess, beside `<Node><Input>`, which is always there. All definitions are read for them, so
//! they are looked up last.

use std::collections::BTreeMap;

use comfy_graph::catalog::ComboDef;

use super::{Names, choices, upper};

/// What an input's name stands for.
#[derive(Clone, Copy, Debug)]
enum Meaning<'c> {
    /// The same list at all inputs of the name; the first class that has one.
    One(&'c str, &'c ComboDef),
    /// Several lists.
    Several,
}

/// Short name → the first class that has the list, and the input.
pub(super) type Short<'c> = BTreeMap<String, (&'c str, &'c str)>;

impl<'c> Names<'c> {
    /// The short name of the enum of an input of this name, if there is one.
    pub(crate) fn short_choice(&self, input: &str) -> Option<&str> {
        let (name, (_, of)) = self.short_choices().get_key_value(&upper(input))?;
        (*of == input).then_some(name.as_str())
    }

    /// Class and input that a short name is of.
    pub(super) fn of_short_choice(&self, name: &str) -> Option<(&'c str, &'c str)> {
        self.short_choices().get(name).copied()
    }

    /// The classes with an enum for an input whose name in Rust would be `name`, where these differ: what somebody may have
    /// meant who wrote `UpscaleMethod`.
    pub fn classes_of_choice(&self, name: &str) -> Vec<(&'c str, &'c str)> {
        let inputs = self.catalog.iter().flat_map(|def| def.inputs.iter().map(move |input| (def, input)));
        inputs
            .filter(|(_, input)| upper(&input.name) == name)
            .filter(|(_, input)| choices::typed_combo(input).is_some_and(|combo| !combo.is_file_list()))
            .map(|(def, input)| (&*def.class_type, &*input.name))
            .collect()
    }

    fn short_choices(&self) -> &Short<'c> {
        self.short.get_or_init(|| {
            let mut lists: BTreeMap<&'c str, Meaning<'c>> = BTreeMap::new();
            for def in self.catalog.iter() {
                for input in &def.inputs {
                    let Some(combo) = choices::typed_combo(input) else { continue };
                    let own = Meaning::One(&def.class_type, combo);
                    let known = lists.entry(&input.name).or_insert(own);
                    if let Meaning::One(_, first) = known
                        && !choices::same_list(first, combo)
                    {
                        *known = Meaning::Several;
                    }
                }
            }
            let mut short: BTreeMap<String, Option<(&'c str, &'c str)>> = BTreeMap::new();
            for (input, meaning) in lists {
                let name = upper(input);
                let one = match meaning {
                    Meaning::One(class, combo) if !combo.is_file_list() => Some((class, input)),
                    _ => None,
                };
                // two inputs of which one name would be made
                short.entry(name).and_modify(|known| *known = None).or_insert(one);
            }
            let is_free = |name: &str| !self.is_taken(name);
            short
                .into_iter()
                .filter_map(|(name, one)| Some((name, one?)))
                .filter(|(name, _)| is_free(name))
                .collect()
        })
    }

    /// Whether something else has this name, or could have.
    fn is_taken(&self, name: &str) -> bool {
        self.is_reserved_choice(name)
            || self.is_wished_choice(name)
            || self.is_runtime_marker(name)
            || self.word_of(name).is_some()
    }
}

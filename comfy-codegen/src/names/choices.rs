//! The names of the types of a node's combos and dynamic combos.
//!
//! Top-level ones are `<Node><Input>`. One inside of an option is `<Node><Input>` too, unless choices of that input
//! name differ within the node; then it is `<Type of the dynamic combo><Option><Input>`. Equal choices share a type.

use std::collections::{BTreeMap, BTreeSet};

use comfy_graph::catalog::{ComboDef, DynamicOption, InputDef, InputKind, NodeDef};

use super::{Case, Names, lock::settle_locked, scope, upper};

/// What decides whether two inputs of one name can share a type.
#[derive(Clone, Copy, PartialEq)]
enum Content<'c> {
    Combo(&'c ComboDef),
    Dynamic(&'c [DynamicOption]),
}

impl Content<'_> {
    fn same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Combo(a), Self::Combo(b)) => same_list(a, b),
            (a, b) => a == b,
        }
    }
}

/// Whether two combos have the same options in the same order, and are of the same kind.
pub(super) fn same_list(a: &ComboDef, b: &ComboDef) -> bool {
    a.options == b.options && a.is_file_list() == b.is_file_list()
}

/// The combo of an input, if it gets a type of its own.
pub(super) fn typed_combo(input: &InputDef) -> Option<&ComboDef> {
    match &input.kind {
        InputKind::Combo(combo) => {
            let single = !combo.multiselect && !combo.multi_select_widget;
            (single && input.io_type.as_str() == "COMBO" && !input.is_forced_socket()).then_some(combo)
        }
        _ => None,
    }
}

fn content(input: &InputDef) -> Option<Content<'_>> {
    match &input.kind {
        InputKind::DynamicCombo(options) if !input.is_forced_socket() => Some(Content::Dynamic(options)),
        _ => typed_combo(input).map(Content::Combo),
    }
}

/// Where a choice stands: what its type's name is made of. Equal places have one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The text that identifies it within the node.
    pub(super) key: String,
    /// The name it would have without any rival.
    pub(super) wish: String,
}

/// The names of the choice types of one node.
pub(super) struct ChoiceNames<'c> {
    ident: String,
    /// Input names whose choices differ within the node.
    differing: BTreeSet<&'c str>,
    settled: BTreeMap<String, String>,
}

impl<'c> ChoiceNames<'c> {
    /// Without the names themselves: only what each would be.
    fn unsettled(def: &'c NodeDef, ident: &str) -> Self {
        let mut seen = BTreeMap::new();
        let mut differing = BTreeSet::new();
        compare(&def.inputs, &mut seen, &mut differing);
        Self { ident: ident.to_owned(), differing, settled: BTreeMap::new() }
    }

    /// The names of this node's choices, free of nodes' names and of other nodes' choices.
    pub(super) fn new(names: &Names<'c>, def: &'c NodeDef, ident: &str) -> Self {
        let mut choices = Self::unsettled(def, ident);
        let places = choices.places(def);
        let wish = |key: &str| {
            let wish = places.get(key).cloned().unwrap_or_default();
            if names.is_reserved_choice(&wish) { format!("{wish}Choice") } else { wish }
        };
        let taken = |name: &str| names.is_reserved_choice(name) || names.has_longer_owner(name, ident);
        let (own, keys) = (scope("choice", [&*def.class_type]), places.keys().map(String::as_str));
        let settled = settle_locked(&names.lock, &own, keys, Case::Upper, wish, taken);
        choices.settled = settled.into_iter().map(|(key, name)| (key.to_owned(), name)).collect();
        choices
    }

    /// All of them: key of the place → name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settled.iter().map(|(key, name)| (&**key, &**name))
    }

    /// The name of the type of the choice at this place.
    pub(super) fn get(&self, place: &Place) -> String {
        self.settled.get(&place.key).unwrap_or(&place.wish).clone()
    }

    /// The place of an input's choice; `parent` is that of the dynamic combo around it and the option's key.
    pub(super) fn place(&self, parent: Option<(&Place, &str)>, input: &InputDef) -> Place {
        match parent {
            Some((parent, option)) if self.differing.contains(&*input.name) => Place {
                key: format!("{}\0{option}\0{}", parent.key, input.name),
                wish: format!("{}{}{}", parent.wish, upper(option), upper(&input.name)),
            },
            _ => Place { key: input.name.to_string(), wish: format!("{}{}", self.ident, upper(&input.name)) },
        }
    }

    /// All places of the node: key → wish.
    fn places(&self, def: &NodeDef) -> BTreeMap<String, String> {
        let mut places = BTreeMap::new();
        self.collect(&def.inputs, None, &mut places);
        places
    }

    fn collect(
        &self,
        inputs: &[InputDef],
        parent: Option<(&Place, &str)>,
        places: &mut BTreeMap<String, String>,
    ) {
        for input in inputs {
            let Some(content) = content(input) else { continue };
            let place = self.place(parent, input);
            if let Content::Dynamic(options) = content {
                for option in options {
                    self.collect(&option.inputs, Some((&place, &option.key)), places);
                }
            }
            places.insert(place.key, place.wish);
        }
    }
}

/// Notes which input names have choices that differ.
fn compare<'c>(
    inputs: &'c [InputDef],
    seen: &mut BTreeMap<&'c str, Content<'c>>,
    differing: &mut BTreeSet<&'c str>,
) {
    for input in inputs {
        let Some(content) = content(input) else { continue };
        match seen.get(&*input.name) {
            Some(known) if !known.same(content) => {
                differing.insert(&input.name);
            }
            Some(_) => {}
            None => {
                seen.insert(&input.name, content);
            }
        }
        if let Content::Dynamic(options) = content {
            for option in options {
                compare(&option.inputs, seen, differing);
            }
        }
    }
}

impl Names<'_> {
    /// Names that combos give way to: nodes, the prelude's, and the well-known lists.
    pub(super) fn is_reserved_choice(&self, name: &str) -> bool {
        self.is_node(name)
            || super::RESERVED_TYPES.contains(&name)
            || super::WELL_KNOWN.iter().any(|(_, known, ..)| self.well_known_ident(known) == name)
            || self.locked.contains(name)
    }

    /// Whether a choice would be called this if it had no rival: socket types give way to it.
    pub(super) fn is_wished_choice(&self, name: &str) -> bool {
        self.nodes_before(name).any(|class| self.wishes(class, name))
    }

    /// Whether a choice of this class would be called this if it had no rival.
    fn wishes(&self, class: &str, name: &str) -> bool {
        let (Some(def), Some(ident)) = (self.catalog.get(class), self.node_ident(class)) else {
            return false;
        };
        ChoiceNames::unsettled(def, ident).places(def).values().any(|wish| wish == name)
    }

    /// Whether a node with a longer name than `ident` has a choice that would be called the same: `Load` with
    /// `image_x` gives way to `LoadImage` with `x`.
    fn has_longer_owner(&self, name: &str, ident: &str) -> bool {
        self.nodes_before(name)
            .filter(|class| self.node_ident(class).is_some_and(|n| n.len() > ident.len()))
            .any(|class| self.wishes(class, name))
    }
}

//! From an input to the place where its value lives, through nodes that hold values or join them.
//!
//! A node that holds one value (a number, a switch) has a single input, of the type that it gives. Text may also go
//! through nodes that only take values: of those every text with something in it is a part of the result. Whatever a node
//! makes of models, pictures or other numbers is computed, and nobody's to set.

use std::collections::BTreeSet;

use super::walk::{Input, Walk, is};
use crate::{
    catalog::InputKind,
    graph::{NodeIx, Slot},
    interface::{Binding, place},
};

/// Where values live.
#[derive(Clone, Debug, Default)]
pub(super) struct Leaves {
    /// The places, each once, in the order of the walk.
    pub(super) found: Vec<Binding>,
    /// A part of the value is made by the workflow.
    pub(super) computed: bool,
}

impl Leaves {
    fn push(&mut self, binding: Binding) {
        if !self.found.contains(&binding) {
            self.found.push(binding);
        }
    }

    /// Adds those of another input.
    pub(super) fn extend(&mut self, other: Self) {
        other.found.into_iter().for_each(|binding| self.push(binding));
        self.computed |= other.computed;
    }
}

/// Types of values that stand in a file.
const VALUE_TYPES: &[&str] = &["STRING", "INT", "FLOAT", "BOOLEAN", "COMBO"];

fn is_value(input: &Input<'_>) -> bool {
    VALUE_TYPES.iter().any(|word| is(&input.io_type, word))
}

/// The places of the value of an input.
pub(super) fn of_input(walk: &Walk<'_>, ix: NodeIx, input: &str) -> Leaves {
    let mut leaves = Leaves::default();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<(NodeIx, String)> = vec![(ix, input.to_owned())];
    while let Some((ix, input)) = waiting.pop() {
        if !seen.insert((ix, input.clone())) {
            continue;
        }
        let Some(node) = walk.flat.get(ix) else { continue };
        let slot = node.input_slot(&input).map(|slot| Slot { node: ix, slot });
        if slot.is_none_or(|slot| walk.flat.source(slot).is_none()) {
            let binding = Binding { node: node.key.clone(), input: input.as_str().into() };
            let exists = slot.is_some() || node.widget(&input).is_some() || walk.def(ix).is_some();
            match place::home(walk.graph, &binding) {
                Some(home) if exists => leaves.push(home.binding),
                _ => leaves.computed = true,
            }
            continue;
        }
        for from in walk.sources(ix, &input).into_iter().rev() {
            match held(walk, from) {
                Some(names) => waiting.extend(names.into_iter().rev().map(|name| (from.node, name))),
                None => leaves.computed = true,
            }
        }
    }
    leaves
}

/// The inputs whose values an output passes on; `None` where it makes another value.
fn held(walk: &Walk<'_>, from: Slot) -> Option<Vec<String>> {
    let inputs = walk.inputs(from.node);
    let outputs = walk.outputs(from.node);
    if walk.def(from.node).is_none() {
        return held_by_unknown(walk, from);
    }
    let (_, io_type) = outputs.get(from.slot)?;
    let [word] = io_type.members().collect::<Vec<_>>()[..] else { return None };
    if let [only] = inputs.as_slice() {
        let fits = is(&only.io_type, word) || only.io_type.is_any();
        return fits.then(|| vec![only.name.to_owned()]);
    }
    (word == "STRING" && inputs.iter().all(is_value)).then(|| texts(walk, from.node, &inputs)).flatten()
}

/// Of a class that nobody knows: its only value, if nothing is linked to it.
fn held_by_unknown(walk: &Walk<'_>, from: Slot) -> Option<Vec<String>> {
    let node = walk.flat.get(from.node)?;
    let mut sent = node.widgets.iter().filter(|widget| widget.sent);
    let only = sent.next().filter(|_| sent.next().is_none())?;
    walk.flat.links_into(from.node).is_empty().then(|| vec![only.name.to_string()])
}

/// The texts of a node that makes one of them.
fn texts(walk: &Walk<'_>, ix: NodeIx, inputs: &[Input<'_>]) -> Option<Vec<String>> {
    let names = parts(walk, ix, inputs);
    (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())
}

/// The texts among the inputs of a node: those in several lines, where there are any, and of those the ones that are not
/// empty, if one is not.
pub(super) fn parts<'a>(walk: &Walk<'_>, ix: NodeIx, inputs: &[Input<'a>]) -> Vec<&'a str> {
    let is_text = |input: &&Input<'a>| is(&input.io_type, "STRING");
    let is_long = |input: &&Input<'a>| {
        input.def.is_some_and(|def| matches!(&def.kind, InputKind::String(text) if text.multiline))
    };
    let is_linked = |name: &str| !walk.sources(ix, name).is_empty();
    let is_empty =
        |name: &&str| !is_linked(name) && walk.value(ix, name).and_then(|value| value.as_str()) == Some("");
    let texts = || inputs.iter().filter(is_text);
    let long: Vec<&str> = texts().filter(is_long).map(|input| input.name).collect();
    let all = if long.is_empty() { texts().map(|input| input.name).collect() } else { long };
    let filled: Vec<&str> = all.iter().copied().filter(|name| !is_empty(name)).collect();
    if filled.is_empty() { all } else { filled }
}

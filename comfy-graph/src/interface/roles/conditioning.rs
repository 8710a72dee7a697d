//! From the conditioning of samplers to the texts that are encoded.
//!
//! Nodes on the way take conditioning and give it. One with several outputs keeps what is wanted apart from what is not:
//! the names of its sockets say which is which. An encoder is a node without conditioning to take, or one that takes a
//! text encoder as well.

use std::collections::BTreeSet;

use super::{
    samplers::Sampler,
    values::{self, Leaves},
    walk::{Input, Walk, is},
};
use crate::graph::{NodeIx, Slot};

const CONDITIONING: &str = "CONDITIONING";

/// Nodes that make nothing of what they take: its text is of no consequence. The catalog does not say so of any class.
const ERASERS: &[&str] = &["ConditioningZeroOut"];

/// The texts of all samplers.
#[derive(Default)]
pub(super) struct Texts {
    pub(super) positive: Leaves,
    pub(super) negative: Leaves,
    /// The nodes that encode them.
    pub(super) encoders: Vec<NodeIx>,
}

/// Which of the two texts is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Positive,
    Negative,
}

impl Side {
    /// The side of a socket; one that says nothing is what is wanted.
    fn of(name: &str) -> Self {
        if name.to_ascii_lowercase().contains("neg") { Self::Negative } else { Self::Positive }
    }
}

/// The texts that samplers are conditioned by.
pub(super) fn texts(walk: &Walk<'_>, samplers: &[Sampler]) -> Texts {
    let (mut texts, mut between) = (Texts::default(), Leaves::default());
    for part in samplers.iter().flat_map(|sampler| &sampler.parts) {
        let mut is_first = true;
        for (name, sources) in walk.linked(*part, CONDITIONING) {
            // what perpendicular guidance compares with
            if name.contains("empty") {
                continue;
            }
            let side = Side::of(name);
            let leaves = match side {
                Side::Negative => &mut texts.negative,
                Side::Positive if name.contains("pos") || std::mem::take(&mut is_first) => {
                    &mut texts.positive
                }
                Side::Positive => &mut between,
            };
            follow(walk, sources, side, leaves, &mut texts.encoders);
        }
    }
    // a text that is wanted and not wanted is not one that could be set
    texts.negative.found.retain(|binding| !texts.positive.found.contains(binding));
    // guiders with two conditions mix the two sides in the second
    between.found.retain(|binding| !texts.negative.found.contains(binding));
    texts.positive.extend(between);
    texts
}

/// Follows conditioning upstream.
fn follow(walk: &Walk<'_>, sources: Vec<Slot>, side: Side, leaves: &mut Leaves, encoders: &mut Vec<NodeIx>) {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<(Slot, Side)> = sources.into_iter().rev().map(|slot| (slot, side)).collect();
    while let Some((slot, side)) = waiting.pop() {
        if !seen.insert((slot, side)) {
            continue;
        }
        let Some(node) = walk.flat.get(slot.node) else { continue };
        if ERASERS.contains(&&*node.class_type) {
            continue;
        }
        let outputs = walk.outputs(slot.node);
        let is_split = outputs.iter().filter(|(_, io_type)| is(io_type, CONDITIONING)).count() > 1;
        let side = match outputs.get(slot.slot) {
            Some((name, _)) if is_split => Side::of(name),
            _ => side,
        };
        let is_known = walk.def(slot.node).is_some();
        let linked = if is_known { walk.linked(slot.node, CONDITIONING) } else { unknown(walk, slot.node) };
        let has_conditioning = !linked.is_empty();
        let is_split = is_split || !is_known;
        let further = linked.into_iter().filter(|(name, _)| !is_split || Side::of(name) == side);
        // the first input is the first to be followed
        let further: Vec<Slot> = further.flat_map(|(_, sources)| sources).collect();
        waiting.extend(further.into_iter().rev().map(|slot| (slot, side)));
        if !has_conditioning || walk.takes(slot.node, "CLIP") {
            // one output is made of everything but what a node calls negative
            let side = if is_split && is_known { side } else { Side::Positive };
            encode(walk, slot.node, side, leaves, encoders);
        }
    }
}

/// The conditioning of a class that nobody knows: what its type or its name says.
fn unknown<'a>(walk: &Walk<'a>, ix: NodeIx) -> Vec<(&'a str, Vec<Slot>)> {
    let typed = walk.linked(ix, CONDITIONING);
    if !typed.is_empty() {
        return typed;
    }
    let is_called =
        |name: &str| ["positive", "negative", "conditioning"].iter().any(|word| name.starts_with(word));
    let inputs = walk.linked(ix, "*").into_iter();
    inputs.filter(|(name, _)| is_called(name)).collect()
}

/// The texts of an encoder.
fn encode(walk: &Walk<'_>, ix: NodeIx, side: Side, leaves: &mut Leaves, encoders: &mut Vec<NodeIx>) {
    let inputs = walk.inputs(ix).into_iter();
    let mut inputs: Vec<Input<'_>> =
        inputs.filter(|input| is(&input.io_type, "STRING") && Side::of(input.name) == side).collect();
    // of a class that nobody knows, texts may be choices
    let is_called = |input: &Input<'_>| matches!(input.name, "text" | "prompt");
    if walk.def(ix).is_none() && inputs.iter().any(is_called) {
        inputs.retain(is_called);
    }
    if !encoders.contains(&ix) {
        encoders.push(ix);
    }
    for name in values::parts(walk, ix, &inputs) {
        leaves.extend(values::of_input(walk, ix, name));
    }
}

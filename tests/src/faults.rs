//! Planted mistakes: takes a valid prompt, breaks one thing, and asks whether the compiler refuses it and names what was
//! there before.
//!
//! A mistake knows its answer: the words that a reader needs to mend it, which are looked for in the advice of the
//! diagnostics (help, suggestions, edits), not in the messages, which repeat what is wrong. Mistakes are a function of the
//! prompt, the kind and a seed. What is still valid after the change is no mistake and is not planted.
//!
//! [`families`] puts files of other models where they do not belong, which is warned of only.
//! `kinds` says which there are, `plant` makes them, `typos` misspells, `judge` measures. [`rust`] has those in flows
//! that are written in Rust.

pub mod families;
mod judge;
mod kinds;
mod links;
mod nodes;
pub mod rust;
mod typos;
mod values;

use comfy_graph::catalog::{Catalog, InputDef, NodeDef};
use serde_json::{Map, Value};

pub use judge::{Score, Tally, judge};
pub use kinds::{Kind, plant, plant_several};
pub use typos::rephrase;

/// A prompt with a mistake in it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The prompt as text, since some mistakes are in the text only.
    pub text: String,
    /// What was done, for whoever reads the list of failures.
    pub what: String,
    /// Per mistake the words of which one has to be named.
    pub answers: Vec<Vec<String>>,
}

/// Chance that repeats itself: `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 1).unwrap_or(0) % end.max(1)
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

/// A prompt while it is being broken.
struct Patient<'c> {
    prompt: Map<String, Value>,
    catalog: &'c Catalog,
}

/// One input of one node.
#[derive(Clone, Debug)]
struct At<'c> {
    node: String,
    input: String,
    def: &'c InputDef,
    value: Value,
}

impl<'c> Patient<'c> {
    fn class(&self, node: &str) -> &str {
        self.prompt.get(node).and_then(|node| node["class_type"].as_str()).unwrap_or_default()
    }

    fn def(&self, node: &str) -> Option<&'c NodeDef> {
        self.catalog.get(self.class(node))
    }

    fn inputs(&self, node: &str) -> Option<&Map<String, Value>> {
        self.prompt.get(node)?["inputs"].as_object()
    }

    fn inputs_mut(&mut self, node: &str) -> Option<&mut Map<String, Value>> {
        self.prompt.get_mut(node)?["inputs"].as_object_mut()
    }

    fn set(&mut self, at: &At<'_>, value: Value) {
        if let Some(inputs) = self.inputs_mut(&at.node) {
            inputs.insert(at.input.clone(), value);
        }
    }

    /// Gives an input another name, in its place.
    fn rename(&mut self, at: &At<'_>, name: &str) {
        if let Some(inputs) = self.inputs_mut(&at.node) {
            let old = std::mem::take(inputs);
            let renamed = |key: String| if key == at.input { name.to_owned() } else { key };
            *inputs = old.into_iter().map(|(key, value)| (renamed(key), value)).collect();
        }
    }

    /// All inputs that are declared, with what they are.
    fn declared(&self) -> Vec<At<'c>> {
        let of_node = |(node, _): (&String, &Value)| -> Vec<At<'c>> {
            let Some(def) = self.def(node) else { return Vec::new() };
            let inputs = self.inputs(node).into_iter().flatten();
            let known = inputs.filter_map(|(input, value)| {
                let def = def.resolve_input(input)?;
                Some(At { node: node.clone(), input: input.clone(), def, value: value.clone() })
            });
            known.collect()
        };
        self.prompt.iter().flat_map(of_node).collect()
    }

    /// The node and slot that a value links to.
    fn link(value: &Value) -> Option<(&str, usize)> {
        let [Value::String(node), slot] = value.as_array()?.as_slice() else { return None };
        Some((node, usize::try_from(slot.as_u64()?).ok()?))
    }

    /// The ids of the nodes that lead into one, with those behind them, and itself.
    fn upstream(&self, node: &str) -> Vec<String> {
        let (mut seen, mut waiting) = (vec![node.to_owned()], vec![node.to_owned()]);
        while let Some(at) = waiting.pop() {
            for value in self.inputs(&at).into_iter().flat_map(Map::values) {
                if let Some((from, _)) = Self::link(value)
                    && !seen.iter().any(|known| known == from)
                {
                    seen.push(from.to_owned());
                    waiting.push(from.to_owned());
                }
            }
        }
        seen
    }

    fn into_text(self) -> String {
        Value::Object(self.prompt).to_string()
    }
}

//! Finding nodes: by words of a wish, by what they take and give, by category and pack.
//!
//! ```
//! use comfy_codegen::{names::Names, search::{Query, Search}};
//!
//! let catalog = comfy_graph::catalog::Catalog::bundled();
//! let names = Names::new(&catalog);
//! let search = Search::new(&names);
//! let found = search.find(&Query::new("upscale an image with a model"), 3);
//! assert!(found.iter().any(|hit| &*hit.def.class_type == "ImageUpscaleWithModel"));
//! ```
//! Words are looked for in the class, its title, the aliases and the description of a server's answer (the bundled catalog has
//! neither), the category, inputs, outputs and options, and count by how rare they are. Misspelt ones are taken for the nearest
//! that is there.

mod card;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use comfy_graph::catalog::{Catalog, InputDef, InputKind, IoType, NodeDef};
use serde_json::Value;

pub use card::card;

use crate::{names::Names, sheet};

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What the node does, in any words; empty for all nodes that fit the rest.
    pub words: String,
    /// A socket type that it takes: `LATENT`.
    pub takes: Option<String>,
    /// A socket type that it gives.
    pub gives: Option<String>,
    /// The beginning of its category: `image/mask`.
    pub category: Option<String>,
    /// Its pack: a folder in `custom_nodes`, or a Python module.
    pub pack: Option<String>,
}

impl Query {
    /// A query by words alone.
    pub fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }
}

/// A node that was found.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'c> {
    /// It.
    pub def: &'c NodeDef,
    /// How well it fits; only for comparing hits of one query.
    pub score: f32,
}

/// The words of a catalog, ready for being searched often.
pub struct Search<'n, 'c> {
    names: &'n Names<'c>,
    nodes: Vec<&'c NodeDef>,
    /// Word → the nodes that have it, with the weight of the best place.
    index: BTreeMap<String, Vec<(usize, f32)>>,
    /// The words of each node's class.
    own: Vec<BTreeSet<String>>,
}

impl std::fmt::Debug for Search<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("nodes", &self.nodes.len()).finish_non_exhaustive()
    }
}

impl<'n, 'c> Search<'n, 'c> {
    /// Reads all classes.
    pub fn new(names: &'n Names<'c>) -> Self {
        let catalog: &'c Catalog = names.catalog();
        let nodes: Vec<&'c NodeDef> = catalog.iter().collect();
        let mut index: BTreeMap<String, Vec<(usize, f32)>> = BTreeMap::new();
        let mut own = Vec::with_capacity(nodes.len());
        for (position, def) in nodes.iter().enumerate() {
            own.push(words::single(&def.class_type).into_iter().collect());
            for (word, weight) in weighed(def) {
                index.entry(word).or_default().push((position, weight));
            }
        }
        Self { names, nodes, index, own }
    }

    /// The nodes that fit, best first, at most `most`.
    pub fn find(&self, query: &Query, most: usize) -> Vec<Hit<'c>> {
        let terms = words::terms(&query.words);
        let mut scores: Vec<f32> = vec![if terms.is_empty() { 1.0 } else { 0.0 }; self.nodes.len()];
        let mut covered: Vec<f32> = vec![0.0; self.nodes.len()];
        let mut all = 0.0;
        for term in &terms {
            let (found, rarity) = self.term(term);
            all += rarity;
            for (position, score) in found {
                scores[position] += score;
                covered[position] += rarity;
            }
        }
        let exact = query.words.trim().to_lowercase();
        let mut hits: Vec<Hit<'c>> = Vec::new();
        for (position, def) in self.nodes.iter().enumerate() {
            if scores[position] <= 0.0 || !fits(def, query) {
                continue;
            }
            let coverage = if all > 0.0 { covered[position] / all } else { 1.0 };
            let mut score = scores[position] * coverage * usual(def) * self.said(position, &terms);
            if def.class_type.to_lowercase() == exact || def.default_title().to_lowercase() == exact {
                score += 1000.0;
            }
            hits.push(Hit { def, score });
        }
        hits.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| a.def.class_type.cmp(&b.def.class_type))
        });
        hits.truncate(most);
        hits
    }

    /// A node in one line, as the signature sheet has it.
    pub fn line(&self, def: &NodeDef) -> String {
        self.names.node(&def.class_type).map(sheet::line).unwrap_or_default()
    }

    /// The nodes that have a word, or one of those that mean the same, and how rare it is.
    fn term(&self, term: &words::Term) -> (BTreeMap<usize, f32>, f32) {
        let mut found: BTreeMap<usize, f32> = BTreeMap::new();
        let mut rarest: f32 = 0.0;
        for (word, weight) in &term.any {
            for (known, likeness) in self.known(word) {
                let Some(places) = self.index.get(known) else { continue };
                let rarity = self.rarity(places.len());
                rarest = rarest.max(rarity * weight * likeness);
                for (position, place) in places {
                    let score = place * weight * likeness * rarity;
                    let best = found.entry(*position).or_default();
                    *best = best.max(score);
                }
            }
        }
        // a word that no node has counts against all
        let unknown = self.rarity(1);
        (found, if rarest > 0.0 { rarest } else { unknown * 0.5 })
    }

    /// The words of the index that a word stands for: itself, those that it begins, or else those that look like it.
    fn known<'s>(&'s self, word: &str) -> Vec<(&'s str, f32)> {
        const BEGUN: f32 = 0.6;
        const MISSPELT: f32 = 0.5;
        let exact = self.index.get_key_value(word).map(|(known, _)| (known.as_str(), 1.0));
        let begun = self
            .index
            .range(word.to_owned()..)
            .take_while(|(known, _)| known.starts_with(word))
            .filter(|(known, _)| word.len() >= 3 && known.len() > word.len())
            .map(|(known, _)| (known.as_str(), BEGUN));
        let known: Vec<_> = exact.into_iter().chain(begun.take(20)).collect();
        if !known.is_empty() || word.len() < 4 {
            return known;
        }
        let far = if word.len() < 8 { 1 } else { 2 };
        let near = |known: &&String| {
            known.len().abs_diff(word.len()) <= far && strsim::damerau_levenshtein(known, word) <= far
        };
        self.index.keys().filter(near).map(|known| (known.as_str(), MISSPELT)).take(10).collect()
    }

    /// How much of a node's name the wish has in it: what says more is about something else.
    #[allow(clippy::cast_precision_loss, reason = "numbers of words")]
    fn said(&self, position: usize, terms: &[words::Term]) -> f32 {
        let own = &self.own[position];
        let is_said = |word: &&String| {
            terms
                .iter()
                .flat_map(|term| &term.any)
                .any(|(said, _)| *said == **word || word.starts_with(said.as_str()))
        };
        let said = own.iter().filter(is_said).count();
        0.5 + said as f32 / own.len().max(1) as f32
    }

    #[allow(clippy::cast_precision_loss, reason = "numbers of nodes")]
    fn rarity(&self, count: usize) -> f32 {
        (1.0 + self.nodes.len() as f32 / count.max(1) as f32).ln()
    }
}

/// How usual a node is.
fn usual(def: &NodeDef) -> f32 {
    let mut factor = 1.0;
    if &*def.python_module == "nodes" {
        factor *= 1.25;
    }
    if def.deprecated {
        factor *= 0.4;
    }
    if def.api_node {
        factor *= 0.5;
    }
    if def.experimental {
        factor *= 0.8;
    }
    if def.dev_only {
        factor *= 0.3;
    }
    factor
}

/// The words of a class, each with the weight of its best place.
fn weighed(def: &NodeDef) -> BTreeMap<String, f32> {
    let mut all: BTreeMap<String, f32> = BTreeMap::new();
    let mut add = |text: &str, weight: f32| {
        for word in words::words(text) {
            let known = all.entry(word).or_default();
            *known = known.max(weight);
        }
    };
    add(&def.class_type, 5.0);
    add(def.default_title(), 5.0);
    for alias in def.extra.get("search_aliases").and_then(Value::as_array).into_iter().flatten() {
        add(alias.as_str().unwrap_or_default(), 4.0);
    }
    add(&def.category, 2.0);
    // the beginning of a description says what it is about
    let about: String = def.description.chars().take(300).collect();
    add(&about, 1.5);
    for output in &def.outputs {
        add(output.io_type.as_str(), 1.5);
        add(&output.name, 1.2);
    }
    for input in &def.inputs {
        add(&input.name, 1.0);
        add_options(input, &mut add);
    }
    all
}

fn add_options(input: &InputDef, add: &mut impl FnMut(&str, f32)) {
    const MOST: usize = 50;
    match &input.kind {
        InputKind::Combo(combo) if !combo.is_file_list() => {
            combo.options.iter().filter_map(Value::as_str).take(MOST).for_each(|option| add(option, 0.6));
        }
        InputKind::DynamicCombo(options) => {
            options.iter().take(MOST).for_each(|option| add(&option.key, 0.6));
        }
        InputKind::Socket(_) => add(input.io_type.as_str(), 0.8),
        _ => {}
    }
}

fn fits(def: &NodeDef, query: &Query) -> bool {
    let is =
        |wanted: &str, io_type: &IoType| io_type.members().any(|member| member.eq_ignore_ascii_case(wanted));
    let takes = |wanted: &String| def.inputs.iter().any(|input| is(wanted, &input.io_type));
    let gives = |wanted: &String| def.outputs.iter().any(|output| is(wanted, &output.io_type));
    let within = |category: &String| {
        let (own, wanted) = (def.category.to_lowercase(), category.to_lowercase());
        own == wanted || own.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('/'))
    };
    let of = |pack: &String| {
        def.python_module.split('.').any(|part| part.eq_ignore_ascii_case(pack))
            || def.python_module.eq_ignore_ascii_case(pack)
    };
    query.takes.as_ref().is_none_or(takes)
        && query.gives.as_ref().is_none_or(gives)
        && query.category.as_ref().is_none_or(within)
        && query.pack.as_ref().is_none_or(of)
}

//! Which class of the catalog a word of a diagram means.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    catalog::{Catalog, NodeDef},
    suggest::{self, Name, Suggestions},
};

/// What a diagram uses of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Uses {
    pub(super) inputs: BTreeSet<String>,
    pub(super) outputs: BTreeSet<String>,
}

/// The class that is meant.
#[derive(Clone, Debug)]
pub(super) struct Meant<'c> {
    pub(super) def: &'c NodeDef,
    /// The word that names it.
    pub(super) word: String,
    /// The number behind it.
    pub(super) number: Option<i64>,
    /// The word is the name of the class, or what the frontend calls it.
    pub(super) exact: bool,
    /// What else it could be.
    pub(super) others: Vec<&'c str>,
}

/// The classes, ready for being compared with many words.
pub(super) struct Classes<'c> {
    catalog: &'c Catalog,
    by_title: BTreeMap<String, &'c str>,
    names: Vec<(Name, Option<Name>, &'c NodeDef)>,
    budget: Suggestions,
}

impl<'c> Classes<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, by_title: BTreeMap::new(), names: Vec::new(), budget: Suggestions::default() }
    }

    /// The class that one of the words means: exactly, without the number behind it, or nearly.
    pub(super) fn meant(&mut self, words: &[String], uses: &Uses) -> Option<Meant<'c>> {
        let catalog = self.catalog;
        for word in words {
            let (base, number) = numbered(word);
            for (name, number) in [(&**word, None), (base, number)] {
                if let Some(def) = catalog.get(name) {
                    return Some(Meant { def, word: word.clone(), number, exact: true, others: Vec::new() });
                }
            }
        }
        self.prepare();
        for word in words {
            let (base, number) = numbered(word);
            for (name, number) in [(&**word, None), (base, number)] {
                let class = self.by_title.get(&name.to_lowercase()).copied();
                if let Some(def) = class.and_then(|class| catalog.get(class)) {
                    return Some(Meant { def, word: word.clone(), number, exact: true, others: Vec::new() });
                }
            }
        }
        self.nearest(words, uses)
    }

    fn prepare(&mut self) {
        if !self.names.is_empty() {
            return;
        }
        for def in self.catalog.iter() {
            let title = def.display_name.as_deref();
            if let Some(title) = title {
                self.by_title.entry(title.to_lowercase()).or_insert(&def.class_type);
            }
            self.names.push((Name::new(&def.class_type), title.map(Name::new), def));
        }
    }

    fn nearest(&mut self, words: &[String], uses: &Uses) -> Option<Meant<'c>> {
        const SHOWN: usize = 3;
        let mut ranked: Vec<(f64, &'c NodeDef, usize)> = Vec::new();
        for (position, word) in words.iter().enumerate() {
            if !self.budget.spend(self.names.len()) {
                break;
            }
            let wanted = Name::new(numbered(word).0);
            for (name, title, def) in &self.names {
                let by_title = title.as_ref().map_or(0.0, |title| wanted.similarity_if_enough(title) - 0.02);
                let words = wanted.similarity_if_enough(name).max(by_title);
                if words >= suggest::ENOUGH {
                    ranked.push((score(words, def, uses), def, position));
                }
            }
        }
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (_, def, position) = *ranked.first()?;
        let word = words.get(position)?;
        let others =
            ranked.iter().map(|(_, def, _)| &*def.class_type).filter(|class| *class != &*def.class_type);
        Some(Meant {
            def,
            word: word.clone(),
            number: numbered(word).1,
            exact: false,
            others: others.take(SHOWN).collect(),
        })
    }
}

/// How well a class goes with a word and with what is used of it.
fn score(words: f64, def: &NodeDef, uses: &Uses) -> f64 {
    let input = |name: &String| def.resolve_input(name).is_some();
    let output = |name: &String| {
        let same = |text: &str| text.eq_ignore_ascii_case(name);
        def.outputs.iter().any(|output| same(&output.name) || same(output.io_type.as_str()))
    };
    let old = if def.deprecated { 0.02 } else { 0.0 };
    words - 0.2 * missing(&uses.inputs, input) - 0.2 * missing(&uses.outputs, output) - old
}

/// The part of the names that is not there, from 0 to 1.
#[allow(clippy::cast_precision_loss, reason = "a few names")]
fn missing(names: &BTreeSet<String>, is_there: impl Fn(&String) -> bool) -> f64 {
    if names.is_empty() {
        return 0.0;
    }
    names.iter().filter(|name| !is_there(name)).count() as f64 / names.len() as f64
}

/// `CLIPTextEncode_1`, `CLIPTextEncode #1`, `CLIPTextEncode (1)` → the name and the number; all of it, if there is none.
pub(super) fn numbered(word: &str) -> (&str, Option<i64>) {
    let open = word.trim_end().trim_end_matches([')', ']']);
    let base = open.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = open.get(base.len()..).and_then(|digits| digits.parse().ok());
    let name = base.trim_end_matches(['#', '(', '[', ':', '-', ' ', '_']);
    if number.is_none() || name.is_empty() || name.len() == base.len() {
        return (word, None);
    }
    (name, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_names() {
        let cases = [
            ("CLIPTextEncode_1", ("CLIPTextEncode", Some(1))),
            ("CLIPTextEncode#2", ("CLIPTextEncode", Some(2))),
            ("CLIPTextEncode #12", ("CLIPTextEncode", Some(12))),
            ("CLIPTextEncode (3)", ("CLIPTextEncode", Some(3))),
            ("Load3D", ("Load3D", None)),
            ("SD3", ("SD3", None)),
            ("7", ("7", None)),
            ("", ("", None)),
        ];
        for (word, expected) in cases {
            assert_eq!(numbered(word), expected, "{word}");
        }
    }
}

//! Maps: of texts, numbers and pairs; asked, changed, gone over, collected, in structs and parameters.

use std::collections::{BTreeMap, HashMap};

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Clone, Default)]
struct Presets {
    sizes: HashMap<String, (i64, i64)>,
    order: BTreeMap<u8, &'static str>,
}

impl Presets {
    fn with(mut self, name: &str, size: (i64, i64)) -> Self {
        self.sizes.insert(name.to_string(), size);
        self
    }
    fn size(&self, name: &str) -> Option<(i64, i64)> {
        self.sizes.get(name).copied()
    }
}

fn count(map: &mut BTreeMap<char, i64>, text: &str) {
    for letter in text.chars() {
        let seen = map.get(&letter).copied().unwrap_or(0);
        map.insert(letter, seen + 1);
    }
}

fn shown<V: std::fmt::Display>(map: &BTreeMap<String, V>) -> String {
    map.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(";")
}

pub fn flow(g: &Flow) {
    let presets = Presets::default().with("wide", (1344, 768)).with("tall", (768, 1344));
    let (width, height) = presets.size("wide").unwrap_or((64, 64));
    let image = g.add(EmptyImage::new().width(width).height(height));
    let mut letters = BTreeMap::new();
    count(&mut letters, "hello");
    let top = letters.iter().rev().map(|(letter, times)| format!("{letter}{times}")).collect::<String>();
    let scores: BTreeMap<String, f64> = vec![("b".to_string(), 0.5), ("a".to_string(), 2.0)].into_iter().collect();
    let mut colors: HashMap<&str, i64> = HashMap::new();
    let first = colors.insert("red", 1);
    let second = colors.insert("red", 2);
    let gone = colors.remove("blue");
    let key = String::from("red");
    let by_pair = HashMap::from([((1, true), "x"), ((2, false), "y")]);
    let mut order = presets.order;
    order.insert(9, "last");
    order.insert(3, "first");
    let names: Vec<&str> = order.values().copied().collect();
    let total: u8 = order.keys().sum();
    let mixed = colors[key.as_str()] + colors["red"] + colors.len() as i64 + i64::from(total);
    let known = colors.contains_key("red") && !colors.is_empty() && colors.get("green").is_none();
    let prefix = format!(
        "{top}{}{first:?}{second:?}{gone:?}{}{mixed}{known}{}",
        shown(&scores),
        by_pair[&(2, false)],
        names.join("-")
    );
    for (at, (name, score)) in scores.into_iter().enumerate() {
        let blended = g.add(ImageBlend::new().image1(image).image2(image).blend_factor(score / 2.0));
        g.add(SaveImage::new().images(blended).filename_prefix(format!("{name}{at}")));
    }
    g.add(SaveImage::new().images(image).filename_prefix(prefix));
}

//! Catalogs that are a little older or newer than a file: some classes, inputs, outputs and options are taken out of a
//! real one, others are put in, by a seed.

use serde_json::{Map, Value, json};

/// Numbers from a seed: splitmix64.
#[derive(Clone, Copy, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }
}

/// The catalog with about half of its classes changed.
pub fn skewed(object_info: &Value, seed: u64) -> Value {
    let mut random = Random::new(seed);
    let classes = object_info.as_object().cloned().unwrap_or_default();
    let skewed = classes.into_iter().filter_map(|(class, mut facts)| {
        match random.below(20) {
            0 => return None,
            1..=4 => take_input(&mut facts, &mut random),
            5..=6 => take_output(&mut facts, &mut random),
            7..=8 => take_option(&mut facts, &mut random),
            9 => add_input(&mut facts, &mut random),
            10 => add_output(&mut facts, &mut random),
            _ => {}
        }
        Some((class, facts))
    });
    Value::Object(skewed.collect())
}

/// Every section of inputs: the node's own, and those of the options of its dynamic combos.
fn sections<'v>(input: &'v mut Value, all: &mut Vec<&'v mut Map<String, Value>>) {
    let Value::Object(input) = input else { return };
    for (name, section) in input {
        if let ("required" | "optional", Value::Object(section)) = (name.as_str(), section) {
            all.push(section);
        }
    }
}

fn options(facts: &mut Value) -> Vec<&mut Value> {
    let mut own = Vec::new();
    sections(&mut facts["input"], &mut own);
    let specs = own.into_iter().flat_map(|section| section.values_mut());
    let dynamic = specs.filter(|spec| spec[0] == "COMFY_DYNAMICCOMBO_V3");
    dynamic.filter_map(|spec| spec[1]["options"].as_array_mut()).flatten().collect()
}

/// Removes an input of the node, or of one of its options.
fn take_input(facts: &mut Value, random: &mut Random) {
    if random.below(2) == 0 {
        let mut options = options(facts);
        if !options.is_empty() {
            let at = random.below(options.len());
            let mut inner = Vec::new();
            sections(&mut options[at]["inputs"], &mut inner);
            take_one(inner, random);
            return;
        }
    }
    let mut own = Vec::new();
    sections(&mut facts["input"], &mut own);
    if let Some(name) = take_one(own, random) {
        for order in facts["input_order"].as_object_mut().into_iter().flat_map(Map::values_mut) {
            if let Value::Array(order) = order {
                order.retain(|other| *other != *name);
            }
        }
    }
}

fn take_one(mut sections: Vec<&mut Map<String, Value>>, random: &mut Random) -> Option<String> {
    let all = sections.iter().enumerate();
    let all: Vec<(usize, String)> =
        all.flat_map(|(at, section)| section.keys().map(move |name| (at, name.clone()))).collect();
    let (at, name) = all.get(random.below(all.len()))?;
    sections[*at].shift_remove(name);
    Some(name.clone())
}

const OUTPUTS: [&str; 4] = ["output", "output_is_list", "output_name", "output_tooltips"];

fn take_output(facts: &mut Value, random: &mut Random) {
    let at = random.below(facts["output"].as_array().map_or(0, Vec::len));
    for key in OUTPUTS {
        if let Some(list) = facts[key].as_array_mut().filter(|list| at < list.len()) {
            list.remove(at);
        }
    }
}

fn add_output(facts: &mut Value, random: &mut Random) {
    let at = random.below(facts["output"].as_array().map_or(0, Vec::len) + 1);
    for (key, value) in OUTPUTS.into_iter().zip([json!("MASK"), json!(false), json!("added"), json!("")]) {
        if let Some(list) = facts[key].as_array_mut().filter(|list| at <= list.len()) {
            list.insert(at, value);
        }
    }
}

/// Removes an option of a list, or of a dynamic combo.
fn take_option(facts: &mut Value, random: &mut Random) {
    let mut own = Vec::new();
    sections(&mut facts["input"], &mut own);
    let specs = own.into_iter().flat_map(|section| section.values_mut());
    let mut lists: Vec<&mut Vec<Value>> = specs
        .filter_map(|spec| {
            if spec[0].is_array() {
                spec[0].as_array_mut()
            } else {
                spec.get_mut(1)?.get_mut("options")?.as_array_mut()
            }
        })
        .filter(|list| !list.is_empty())
        .collect();
    let at = random.below(lists.len());
    if let Some(list) = lists.get_mut(at) {
        list.remove(random.below(list.len()));
    }
}

/// The name of inputs that are put in.
pub const ADDED: &str = "added_input";

fn add_input(facts: &mut Value, random: &mut Random) {
    let spec = match random.below(4) {
        0 => json!(["INT", {"default": 7}]),
        1 => json!(["STRING", {"default": "added"}]),
        2 => json!([["added", "other"]]),
        _ => json!(["MASK", {}]),
    };
    let Some(required) = facts["input"]["required"].as_object_mut() else { return };
    let at = random.below(required.len() + 1);
    required.shift_insert(at, ADDED.to_owned(), spec);
    if let Some(order) = facts["input_order"]["required"].as_array_mut().filter(|order| at <= order.len()) {
        order.insert(at, ADDED.into());
    }
}

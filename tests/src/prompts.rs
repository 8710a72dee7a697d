//! Comparing prompts: the same ids, classes and inputs, numbers by value; the order of keys and `_meta` apart.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use comfy_graph::json::same_value;
use serde_json::{Map, Value};

/// One difference between two prompts.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The id of the node.
    pub node: String,
    /// Its class, in whichever prompt has it.
    pub class: String,
    /// The input, `None` if the node as a whole is meant.
    pub input: Option<String>,
    /// What the first prompt has.
    pub ours: Option<Value>,
    /// What the second prompt has.
    pub theirs: Option<Value>,
}

/// All differences, by node in the order of the first prompt.
pub fn differences(ours: &Value, theirs: &Value) -> Vec<Difference> {
    let empty = Map::new();
    let (ours, theirs) = (ours.as_object().unwrap_or(&empty), theirs.as_object().unwrap_or(&empty));
    let mut found = Vec::new();
    let further = theirs.iter().filter(|(id, _)| !ours.contains_key(*id));
    for (id, _) in ours.iter().chain(further) {
        node_differences(id, ours.get(id), theirs.get(id), &mut found);
    }
    found
}

fn node_differences(id: &str, ours: Option<&Value>, theirs: Option<&Value>, found: &mut Vec<Difference>) {
    let class = |node: Option<&Value>| node.map(|node| node["class_type"].clone());
    let either = class(ours).or(class(theirs)).and_then(|class| class.as_str().map(str::to_owned));
    let difference = |input: Option<&str>, ours: Option<&Value>, theirs: Option<&Value>| Difference {
        node: id.to_owned(),
        class: either.clone().unwrap_or_default(),
        input: input.map(str::to_owned),
        ours: ours.cloned(),
        theirs: theirs.cloned(),
    };
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        found.push(difference(None, ours, theirs));
        return;
    };
    if ours["class_type"] != theirs["class_type"] {
        found.push(difference(None, ours.get("class_type"), theirs.get("class_type")));
    }
    let empty = Map::new();
    let inputs = |node: &'_ Value| node["inputs"].as_object().cloned().unwrap_or_else(|| empty.clone());
    let (ours, theirs) = (inputs(ours), inputs(theirs));
    let further = theirs.keys().filter(|name| !ours.contains_key(*name));
    for name in ours.keys().chain(further) {
        let (a, b) = (ours.get(name), theirs.get(name));
        let same = match (a, b) {
            (Some(a), Some(b)) => same_value(a, b),
            _ => false,
        };
        if !same {
            found.push(difference(Some(name), a, b));
        }
    }
}

/// What a prompt says apart from its ids: the sorted digests of its nodes, each made of the class, the values and,
/// round by round, the digests of the nodes it is linked to. Two prompts have the same digests exactly when one is
/// the other under new ids (but for the chance of colliding hashes).
pub fn digests(prompt: &Value) -> Vec<u64> {
    let empty = Map::new();
    let nodes = prompt.as_object().unwrap_or(&empty);
    let mut labels: BTreeMap<&str, u64> = nodes
        .iter()
        .map(|(id, node)| (id.as_str(), hash(&(text(&node["class_type"]), values(node, nodes)))))
        .collect();
    // After as many rounds as there are nodes every path has been followed to its end.
    for _ in 0..nodes.len() {
        let next: BTreeMap<&str, u64> = nodes
            .iter()
            .map(|(id, node)| {
                let links: Vec<(String, u64, String)> = links(node, nodes)
                    .map(|(input, from, slot)| {
                        (input.clone(), labels.get(from).copied().unwrap_or(0), slot.to_string())
                    })
                    .collect::<std::collections::BTreeSet<_>>()
                    .into_iter()
                    .collect();
                (id.as_str(), hash(&(labels[id.as_str()], links)))
            })
            .collect();
        labels = next;
    }
    let mut digests: Vec<u64> = labels.into_values().collect();
    digests.sort_unstable();
    digests
}

/// Inputs that are links to nodes of the prompt.
fn links<'p>(
    node: &'p Value,
    nodes: &'p Map<String, Value>,
) -> impl Iterator<Item = (&'p String, &'p str, &'p Value)> {
    node["inputs"].as_object().into_iter().flatten().filter_map(|(input, value)| {
        match value.as_array()?.as_slice() {
            [Value::String(from), slot] if nodes.contains_key(from) => Some((input, from.as_str(), slot)),
            _ => None,
        }
    })
}

/// All other inputs, sorted, numbers by value.
fn values(node: &Value, nodes: &Map<String, Value>) -> Vec<(String, String)> {
    let links: Vec<&String> = links(node, nodes).map(|(input, ..)| input).collect();
    let mut values: Vec<(String, String)> = node["inputs"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(input, _)| !links.contains(input))
        .map(|(input, value)| (input.clone(), canonical(value).to_string()))
        .collect();
    values.sort();
    values
}

/// The same value with whole floats as integers and the keys of objects sorted.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => {
            let float = number.as_f64().unwrap_or_default();
            #[allow(clippy::cast_possible_truncation, reason = "the range is checked")]
            if float.fract() == 0.0 && float.abs() < 9e15 { (float as i64).into() } else { value.clone() }
        }
        Value::Array(list) => list.iter().map(canonical).collect(),
        Value::Object(map) => {
            let sorted: BTreeMap<&String, Value> =
                map.iter().map(|(key, value)| (key, canonical(value))).collect();
            sorted.into_iter().map(|(key, value)| (key.clone(), value)).collect()
        }
        other => other.clone(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn hash(value: &impl Hash) -> u64 {
    // without a random state: the same everywhere
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn digests_see_everything_but_ids() {
        let prompt = |a: &str, b: &str, width: Value, slot: u32| {
            json!({a: {"class_type": "EmptyImage", "inputs": {"width": width}},
                   b: {"class_type": "PreviewImage", "inputs": {"images": [a, slot]}}})
        };
        let one = digests(&prompt("1", "2", json!(64), 0));
        assert_eq!(one, digests(&prompt("9", "x", json!(64.0), 0)));
        assert_ne!(one, digests(&prompt("1", "2", json!(65), 0)));
        assert_ne!(one, digests(&prompt("1", "2", json!(64), 1)));
    }
}

//! Comparing prompts: the same ids, classes and inputs, numbers by value; the order of keys and `_meta` apart.

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

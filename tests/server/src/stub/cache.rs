//! What nodes made, by class and inputs: `comfy_execution/caching.py: CacheKeySetInputSignature`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::nodes::Made;

/// Results by signature. Like the real cache under pressure, it keeps what the last prompt had and nothing else.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    made: BTreeMap<String, Made>,
}

impl Cache {
    pub(crate) fn get(&self, signature: &str) -> Option<&Made> {
        self.made.get(signature)
    }

    pub(crate) fn set(&mut self, signature: &str, made: Made) {
        self.made.insert(signature.to_owned(), made);
    }

    /// Forgets everything that the prompt with these signatures has not.
    pub(crate) fn retain(&mut self, signatures: &BTreeMap<String, String>) {
        self.made.retain(|signature, _| signatures.values().any(|kept| kept == signature));
    }

    pub(crate) fn has(&self, signature: Option<&String>) -> bool {
        signature.is_some_and(|signature| self.made.contains_key(signature))
    }
}

/// A link in the sense of `graph_utils.is_link`.
pub(crate) fn link(value: &Value) -> Option<(&str, &Value)> {
    match value.as_array().map(Vec::as_slice) {
        Some([Value::String(id), slot @ Value::Number(_)]) => Some((id, slot)),
        _ => None,
    }
}

/// The signature of every node. `changed` says what counts besides class and inputs: contents of files, or a number
/// that is never the same for what may not be cached.
pub(crate) fn signatures(
    prompt: &Map<String, Value>,
    changed: impl Fn(&str, &Value) -> Value,
) -> BTreeMap<String, String> {
    let changed: BTreeMap<&str, Value> =
        prompt.iter().map(|(id, node)| (id.as_str(), changed(id, node))).collect();
    prompt.keys().map(|id| (id.clone(), signature(prompt, &changed, id))).collect()
}

/// The node and all of its ancestors in the order in which inputs lead to them; links by their number in that order.
fn signature(prompt: &Map<String, Value>, changed: &BTreeMap<&str, Value>, id: &str) -> String {
    let mut order: Vec<&str> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut open: Vec<&str> = vec![id];
    while let Some(at) = open.pop() {
        if places.contains_key(at) {
            continue;
        }
        if at != id {
            places.insert(at, order.len());
            order.push(at);
        }
        open.extend(inputs(prompt, at).into_iter().rev().filter_map(|(_, value)| Some(link(value)?.0)));
    }
    let one = |at: &str| {
        let class = prompt.get(at).map(|node| node["class_type"].clone());
        let inputs: Vec<Value> = inputs(prompt, at)
            .iter()
            .map(|(key, value)| match link(value) {
                Some((source, slot)) => {
                    json!([key, "ANCESTOR", places.get(source), slot])
                }
                None => json!([key, value]),
            })
            .collect();
        json!([class, changed.get(at), inputs])
    };
    Value::Array(std::iter::once(id).chain(order.iter().copied()).map(one).collect()).to_string()
}

/// The inputs of a node, sorted by name.
fn inputs<'a>(prompt: &'a Map<String, Value>, id: &str) -> Vec<(&'a String, &'a Value)> {
    let inputs = prompt.get(id).and_then(|node| node["inputs"].as_object());
    let mut inputs: Vec<_> = inputs.into_iter().flatten().collect();
    inputs.sort_by_key(|(key, _)| key.as_str());
    inputs
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::signatures;

    fn of(prompt: &Value, id: &str) -> String {
        let prompt = prompt.as_object().cloned().unwrap_or_default();
        signatures(&prompt, |_, _| Value::Bool(false)).get(id).cloned().unwrap_or_default()
    }

    #[test]
    fn ids_do_not_count_inputs_do() {
        let prompt = |id: &str, width: u32| {
            json!({id: {"class_type": "A", "inputs": {"width": width}},
                "z": {"class_type": "B", "inputs": {"a": [id, 0], "b": [id, 1]}}})
        };
        assert_eq!(of(&prompt("1", 5), "z"), of(&prompt("2", 5), "z"));
        assert_ne!(of(&prompt("1", 5), "z"), of(&prompt("1", 6), "z"));
    }

    #[test]
    fn a_deep_chain_and_a_diamond_end() {
        let mut prompt = serde_json::Map::new();
        prompt.insert("0".into(), json!({"class_type": "A", "inputs": {}}));
        for at in 1..40 {
            let before = (at - 1).to_string();
            prompt.insert(
                at.to_string(),
                json!({"class_type": "B", "inputs": {"a": [before, 0], "b": [before, 0]}}),
            );
        }
        assert!(of(&Value::Object(prompt), "39").len() > 100);
    }
}

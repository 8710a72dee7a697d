//! The nodes of a prompt that a job runs: those that its outputs depend on.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

/// The nodes that run, by id, with their classes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    nodes: IndexMap<Box<str>, Box<str>>,
}

impl Needs {
    /// Those that these output nodes depend on. Without outputs: all but those that nothing is made of.
    pub(crate) fn of(prompt: &Value, outputs: Option<&[String]>) -> Self {
        let Some(all) = prompt.as_object() else { return Self::default() };
        let ends: Vec<&str> = if let Some(outputs) = outputs {
            outputs.iter().map(String::as_str).collect()
        } else {
            let used: BTreeSet<&str> = all.values().flat_map(links).collect();
            all.keys().map(String::as_str).filter(|node| !used.contains(node)).collect()
        };
        let mut needed = BTreeSet::new();
        let mut waiting = ends;
        while let Some(node) = waiting.pop() {
            if let Some((node, value)) = all.get_key_value(node)
                && needed.insert(node.as_str())
            {
                waiting.extend(links(value));
            }
        }
        let nodes = all.iter().filter(|(node, _)| needed.contains(node.as_str()));
        let class = |node: &Value| Box::from(node["class_type"].as_str().unwrap_or_default());
        Self { nodes: nodes.map(|(id, node)| (id.as_str().into(), class(node))).collect() }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Their ids.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(|node| &**node)
    }

    /// The class of a node.
    pub(crate) fn class(&self, node: &str) -> Option<&str> {
        self.nodes.get(node).map(|class| &**class)
    }

    /// The nodes of a class.
    pub(crate) fn of_class<'a>(&'a self, class: &'a str) -> impl Iterator<Item = &'a str> {
        self.nodes.iter().filter(move |(_, found)| &***found == class).map(|(node, _)| &**node)
    }

    /// The node of the prompt that a node of the server's is, or stands for: those that are made at run time have ids
    /// like `5.0.0.2`.
    pub(crate) fn in_prompt(&self, node: &str, display_node: Option<&str>) -> Option<&str> {
        let known = |node: &str| self.nodes.get_key_value(node).map(|(node, _)| &**node);
        known(node).or_else(|| known(display_node?)).or_else(|| known(node.split('.').next().unwrap_or(node)))
    }
}

/// The nodes that a node is linked from.
fn links(node: &Value) -> impl Iterator<Item = &str> {
    let inputs = node.get("inputs").and_then(Value::as_object);
    inputs.into_iter().flatten().filter_map(|(_, value)| match value.as_array()?.as_slice() {
        [Value::String(from), Value::Number(_)] => Some(from.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_outputs_need_runs() {
        let prompt = json!({
            "1": {"class_type": "A", "inputs": {"text": ["x", "y"]}},
            "2": {"class_type": "B", "inputs": {"in": ["1", 0]}},
            "3": {"class_type": "B", "inputs": {"in": ["1", 0], "gone": ["9", 0]}},
            "4": {"class_type": "C", "inputs": {"in": ["4", 0]}},
        });
        let needs = Needs::of(&prompt, None);
        assert_eq!(needs.nodes.keys().map(|key| &**key).collect::<Vec<_>>(), ["1", "2", "3"]);
        let needs = Needs::of(&prompt, Some(&["2".into(), "nowhere".into()]));
        assert_eq!((needs.len(), needs.class("1")), (2, Some("A")));
        assert_eq!(needs.in_prompt("2.0.1", None), Some("2"));
        assert_eq!(needs.in_prompt("7", Some("1")), Some("1"));
        assert_eq!(Needs::of(&json!([]), None).len(), 0);
    }
}

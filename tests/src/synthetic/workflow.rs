//! UI workflows put together node by node.
#![allow(
    clippy::needless_pass_by_value,
    reason = "what is given ends up in the JSON that `json!` makes by reference"
)]

use serde_json::{Value, json};

/// A node of a [`Scope`], or one of its boundaries.
#[derive(Clone, Copy, Debug)]
pub enum At {
    /// An entry of the node list.
    Node(usize),
    /// The inputs of the definition.
    Inputs,
}

/// One end of a link: a node and an output slot.
pub type From = (At, usize);

/// The nodes and links of the root or of one definition.
#[derive(Debug, Default)]
pub struct Scope {
    nodes: Vec<Value>,
    links: Vec<Value>,
    inputs: Vec<Value>,
    outputs: Vec<Value>,
}

impl Scope {
    /// Adds a node; ids count from 1. Inputs are (name, type, whether of a widget, link).
    pub fn node(
        &mut self,
        class: &str,
        inputs: &[(&str, &str, bool, Option<From>)],
        outputs: &[&str],
        values: Value,
    ) -> usize {
        let at = self.nodes.len();
        let inputs: Vec<Value> = inputs
            .iter()
            .enumerate()
            .map(|(slot, (name, io_type, widget, from))| {
                let link = from.map(|from| self.link(from, json!(at + 1), slot, io_type));
                let mut input = json!({"name": name, "type": io_type, "link": link});
                if *widget {
                    input["widget"] = json!({"name": name});
                }
                input
            })
            .collect();
        let outputs: Vec<Value> =
            outputs.iter().map(|io_type| json!({"name": io_type, "type": io_type, "links": []})).collect();
        self.nodes.push(json!({
            "id": at + 1, "type": class, "pos": [at * 10, 0], "size": [210, 60], "flags": {}, "order": at,
            "mode": 0, "inputs": inputs, "outputs": outputs, "properties": {"Node name for S&R": class},
            "widgets_values": values,
        }));
        at
    }

    /// Sets a field of a node.
    pub fn set(&mut self, node: usize, field: &str, value: Value) {
        self.nodes[node][field] = value;
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds an input of the definition.
    pub fn input(&mut self, name: &str, io_type: &str) -> From {
        self.inputs.push(json!({"name": name, "type": io_type, "linkIds": []}));
        (At::Inputs, self.inputs.len() - 1)
    }

    /// Adds an output of the definition.
    pub fn output(&mut self, name: &str, io_type: &str, from: From) {
        let link = self.link(from, json!(-20), self.outputs.len(), io_type);
        self.outputs.push(json!({"name": name, "type": io_type, "linkIds": [link]}));
    }

    /// Links the only input of a node that is there from one that is still to come.
    pub fn link_later(&mut self, (origin, slot): From, (to, _): From) {
        let (At::Node(origin), At::Node(to)) = (origin, to) else { return };
        let id = self.links.len() + 1;
        self.links.push(json!([id, origin + 1, slot, to + 1, 0, "*"]));
        self.nodes[to]["inputs"][0]["link"] = json!(id);
    }

    fn link(&mut self, (origin, slot): From, target: Value, target_slot: usize, io_type: &str) -> usize {
        let id = self.links.len() + 1;
        let origin_id = match origin {
            At::Node(at) => {
                list(&mut self.nodes[at]["outputs"][slot]["links"], id);
                json!(at + 1)
            }
            At::Inputs => {
                list(&mut self.inputs[slot]["linkIds"], id);
                json!(-10)
            }
        };
        self.links.push(json!([id, origin_id, slot, target, target_slot, io_type]));
        id
    }

    /// The scope as an entry of `definitions.subgraphs`.
    pub fn into_definition(self, id: &str, name: &str) -> Value {
        json!({
            "id": id, "name": name, "inputs": self.inputs, "outputs": self.outputs, "nodes": self.nodes,
            "links": self.links, "groups": [],
            "inputNode": {"id": -10, "bounding": [0, 0, 1, 1]}, "outputNode": {"id": -20, "bounding": [0, 0, 1, 1]},
        })
    }
}

fn list(links: &mut Value, id: usize) {
    if let Value::Array(links) = links {
        links.push(json!(id));
    }
}

/// The whole file.
pub fn workflow_of(root: Scope, definitions: Vec<Value>) -> String {
    json!({
        "last_node_id": root.nodes.len(), "last_link_id": root.links.len(), "nodes": root.nodes, "links": root.links,
        "groups": [], "config": {}, "extra": {}, "definitions": {"subgraphs": definitions}, "version": 0.4,
    })
    .to_string()
}

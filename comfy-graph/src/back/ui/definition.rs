//! Subgraph definitions.

use serde_json::{Map, Value, json};

use super::{
    Writer, groups, number, numbers,
    scope::{LinkRecord, Numbers, Scope},
    uuid,
};
use crate::{
    back::layout::{Frame, SLOT_HEIGHT},
    graph::{NodeIx, Slot, Subgraph, SubgraphId},
};

/// The panel of a subgraph's inputs or outputs.
struct Panel<'g> {
    /// In the file: -10 or -20.
    id: i64,
    node: NodeIx,
    frame: Frame,
    outputs: bool,
    subgraph: &'g Subgraph,
}

impl<'g> Writer<'g> {
    /// An entry of `definitions.subgraphs`.
    pub(super) fn definition(&mut self, id: &SubgraphId, subgraph: &'g Subgraph) -> Value {
        let (scope, links) = Scope::write_with(self, &subgraph.graph);
        let panel = |id, node, outputs| Panel {
            id,
            node,
            frame: scope.placement.frames.get(&node).copied().unwrap_or_default(),
            outputs,
            subgraph,
        };
        let inputs = panel(-10, subgraph.inputs_node(), false);
        let outputs = panel(-20, subgraph.outputs_node(), true);
        let mut rest = subgraph.extra.clone();
        if rest
            .shift_remove("reroutes")
            .is_some_and(|list| list.as_array().is_some_and(|list| !list.is_empty()))
        {
            self.report_reroutes(&format!("subgraph \"{}\"", subgraph.name));
        }
        let mut written = Map::new();
        let mut put = |key: &str, value: Value| {
            written.insert(key.to_owned(), value);
        };
        put("id", id.as_str().into());
        put("version", 1.into());
        put("state", self.state(subgraph, &scope));
        for (key, new) in [("revision", json!(0)), ("config", json!({}))] {
            put(key, rest.shift_remove(key).unwrap_or(new));
        }
        put("name", (&*subgraph.name).into());
        put("inputNode", inputs.written(rest.shift_remove("inputNode")));
        put("outputNode", outputs.written(rest.shift_remove("outputNode")));
        put("inputs", inputs.ports(id, &links));
        put("outputs", outputs.ports(id, &links));
        put("widgets", rest.shift_remove("widgets").unwrap_or_else(|| json!([])));
        put("groups", groups(&scope.placement));
        put("links", scope.links.iter().map(LinkRecord::as_object).collect());
        put("nodes", Value::Array(scope.nodes));
        put("extra", rest.shift_remove("extra").unwrap_or_else(|| json!({})));
        rest.shift_remove("version");
        rest.shift_remove("state");
        written.extend(rest);
        Value::Object(written)
    }

    /// The counters of a definition.
    fn state(&self, subgraph: &Subgraph, scope: &Scope) -> Value {
        let ids = subgraph.graph.nodes().filter_map(|(_, node)| number(node.key.as_str()));
        json!({
            "lastGroupId": scope.placement.groups.len(),
            "lastNodeId": ids.max().unwrap_or(0).max(0),
            "lastLinkId": self.last_link,
            "lastRerouteId": 0
        })
    }
}

impl Panel<'_> {
    fn written(&self, rest: Option<Value>) -> Value {
        let [[left, top], [width, height]] = [self.frame.position, self.frame.size];
        let mut written = Map::new();
        written.insert("id".to_owned(), self.id.into());
        written.insert("bounding".to_owned(), numbers(&[left, top, width, height]));
        if let Some(Value::Object(rest)) = rest {
            written.extend(rest);
        }
        Value::Object(written)
    }

    /// The subgraph's inputs or outputs.
    fn ports(&self, id: &SubgraphId, links: &Numbers) -> Value {
        let ports: Vec<(&str, &str)> = if self.outputs {
            self.subgraph.outputs().iter().map(|port| (&*port.name, port.io_type.as_str())).collect()
        } else {
            self.subgraph.inputs().iter().map(|port| (&*port.name, port.io_type.as_str())).collect()
        };
        ports
            .into_iter()
            .enumerate()
            .map(|(slot, (name, word))| self.port(id, links, slot, name, word))
            .collect()
    }

    fn port(&self, id: &SubgraphId, links: &Numbers, slot: usize, name: &str, word: &str) -> Value {
        let at = Slot { node: self.node, slot };
        let ids: Vec<i64> =
            if self.outputs { links.into(at).into_iter().collect() } else { links.from(at).to_vec() };
        let side = if self.outputs { "output" } else { "input" };
        let mut port = Map::new();
        port.insert("id".to_owned(), uuid(&format!("{id} {side} {slot} {name}")).into());
        port.insert("name".to_owned(), name.into());
        port.insert("type".to_owned(), word.into());
        port.insert("linkIds".to_owned(), ids.into());
        let layout = self.subgraph.graph[self.node].layout.as_deref();
        // the outputs of a subgraph are the inputs of its panel
        if let Some(label) = layout.and_then(|layout| layout.label(!self.outputs, slot)) {
            port.insert("label".to_owned(), label.into());
        }
        port.insert("pos".to_owned(), numbers(&self.corner(slot)));
        Value::Object(port)
    }

    /// Where the socket of a port is drawn.
    fn corner(&self, slot: usize) -> [f64; 2] {
        let [left, top] = self.frame.position;
        let x = if self.outputs { left + SLOT_HEIGHT } else { left + self.frame.size[0] - SLOT_HEIGHT };
        #[allow(clippy::cast_precision_loss, reason = "no subgraph has 2⁵³ ports")]
        let row = (slot + 1) as f64;
        [x, top + row * SLOT_HEIGHT]
    }
}

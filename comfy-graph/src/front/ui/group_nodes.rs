//! Legacy group nodes (`workflow>NAME`, older `workflow/NAME`) → subgraphs, as frontends since 1.49 do when they
//! load a file. Every use becomes a definition of its own: the inner nodes get the next free ids, then the use
//! itself one (`50:41` … in the prompt).
//!
//! One fault of the frontend is not copied: it loses links from outside that end at a reroute of the group.

mod inputs;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    id::{Id, slot as number},
    model::{self, Body, Definition, LinkId, Port, UiInput, UiLink, UiNode, Values, Workflow},
};
use crate::{
    budget::{Budget, value_bytes},
    catalog::{
        Catalog,
        virtuals::{self, VirtualRole},
    },
    diag::{Diagnostic, JsonPath, codes},
};

/// Replaces every group node of the root.
pub(super) fn unpack(
    workflow: &mut Workflow,
    catalog: &Catalog,
    budget: &mut Budget,
    found: &mut Vec<Diagnostic>,
) {
    let groups = match workflow.document.get("extra").and_then(|extra| extra.get("groupNodes")) {
        Some(Value::Object(groups)) => groups.clone(),
        _ => return,
    };
    let mut last = last_id(workflow);
    let mut renamed: BTreeMap<Id, Id> = BTreeMap::new();
    for index in 0..workflow.body.nodes.len() {
        let node = &mut workflow.body.nodes[index];
        let name =
            node.node_type.strip_prefix("workflow>").or_else(|| node.node_type.strip_prefix("workflow/"));
        let Some((name, group)) = name.and_then(|name| Some((name.to_owned(), groups.get(name)?))) else {
            continue;
        };
        let group = if budget.spend(value_bytes(group)) { Group::read(group) } else { None };
        let Some(group) = group.filter(|group| group.fits(node, catalog)) else {
            let message = format!("group node #{} is malformed or too large; it is not read as one", node.id);
            let path = JsonPath::root().key("nodes").index(node.index);
            found.push(Diagnostic::new(codes::MALFORMED_SUBGRAPH, message).at(path).node(&node.id));
            continue;
        };
        let message = format!("#{} is a group node of the old kind; it is read as a subgraph", node.id);
        let path = JsonPath::root().key("nodes").index(node.index);
        found.push(Diagnostic::new(codes::LEGACY_GROUP_NODE, message).at(path).node(&node.id));
        let definition = group.expand(&name, node, &mut last, catalog);
        last += 1;
        let new = Id::Number(last);
        let old = std::mem::replace(&mut node.id, new.clone());
        node.node_type.clone_from(&definition.id);
        node.values = Values::Absent;
        renamed.entry(old).or_insert(new);
        workflow.subgraphs.push(definition);
    }
    for link in workflow.body.links.values_mut() {
        for end in [&mut link.origin, &mut link.target] {
            if let Some(new) = renamed.get(end) {
                end.clone_from(new);
            }
        }
    }
    workflow.last_node_id = last;
}

/// The counter that fresh ids continue.
fn last_id(workflow: &Workflow) -> i64 {
    let ids = workflow.body.nodes.iter().filter_map(|node| node.id.number());
    // far from the end of the numbers, so that counting on cannot overflow
    ids.max().unwrap_or(0).max(workflow.last_node_id).clamp(0, i64::MAX / 2)
}

/// An entry of `extra.groupNodes`.
struct Group {
    nodes: Vec<UiNode>,
    /// Source node and slot, target node and slot; nodes by index.
    links: Vec<[usize; 4]>,
    /// Outputs that are shown although they are used inside.
    external: BTreeSet<(usize, usize)>,
    config: Map<String, Value>,
}

impl Group {
    fn read(group: &Value) -> Option<Self> {
        let nodes = group.get("nodes")?.as_array()?;
        let read = |(index, node): (usize, &Value)| {
            let node = model::node(with_id(node)?)?;
            Some(UiNode { index, ..node })
        };
        let nodes: Vec<UiNode> = nodes.iter().enumerate().filter_map(read).collect();
        let list = |key: &str| group.get(key).and_then(Value::as_array).into_iter().flatten();
        let links = list("links").filter_map(|link| {
            // a link from outside has null for its source
            let end = |position: usize| link.get(position).and_then(number);
            Some([end(0)?, end(1)?, end(2)?, end(3)?])
        });
        let external = list("external").filter_map(|entry| {
            let node = entry.get(0)?;
            let index = number(node).or_else(|| number(node.get("index")?))?;
            Some((index, entry.get(1).and_then(number)?))
        });
        let config = group.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        Some(Self { links: links.collect(), external: external.collect(), nodes, config })
    }

    /// Whether the inputs can be searched for each other's names: every inner one is looked for among the use's.
    fn fits(&self, node: &UiNode, catalog: &Catalog) -> bool {
        const MOST: usize = 1_000_000;
        let declared = |inner: &UiNode| catalog.get(&inner.node_type).map_or(0, |def| def.inputs.len());
        let inner: usize = self.nodes.iter().map(|inner| inner.inputs.len() + declared(inner)).sum();
        inner.saturating_mul(node.inputs.len()) <= MOST
    }

    /// The definition for one use of the group, with the use's values in its nodes.
    fn expand(mut self, name: &str, node: &UiNode, last: &mut i64, catalog: &Catalog) -> Definition {
        let mut next = || {
            *last += 1;
            Id::Number(*last)
        };
        let ids: Vec<Id> = self.nodes.iter().map(|_| next()).collect();
        self.distribute_values(&node.values);
        let mut links = BTreeMap::new();
        self.connect(&ids, &mut links);
        let inputs = self.expose_inputs(node, &ids, &mut links, catalog);
        let outputs = self.expose_outputs(node, &ids, &mut links);
        for (inner, id) in self.nodes.iter_mut().zip(ids) {
            inner.id = id;
        }
        Definition {
            id: format!("{name} #{}", node.id).into(),
            name: name.into(),
            inputs,
            outputs,
            body: Body { nodes: self.nodes, links },
            groups: Vec::new(),
            extra: Map::new(),
            index: 0,
        }
    }

    /// The use has the values of all inner nodes in one list, hidden ones too.
    fn distribute_values(&mut self, values: &Values) {
        let Values::List(values) = values else { return };
        let mut values = values.iter().cloned();
        for node in &mut self.nodes {
            if let Values::List(own) = &mut node.values {
                for slot in own {
                    if let Some(value) = values.next() {
                        *slot = value;
                    }
                }
            }
        }
    }

    /// The links between inner nodes.
    fn connect(&mut self, ids: &[Id], links: &mut BTreeMap<LinkId, UiLink>) {
        for [origin, origin_slot, target, target_slot] in self.links.clone() {
            let (Some(from), Some(to)) = (ids.get(origin), ids.get(target)) else { continue };
            let id = next_link(links);
            links.insert(
                id,
                UiLink { origin: from.clone(), origin_slot, target: to.clone(), target_slot: None },
            );
            if let Some(input) = self.nodes[target].inputs.get_mut(target_slot) {
                input.link = Some(id);
            }
            if let Some(output) = self.nodes[origin].outputs.get_mut(origin_slot) {
                output.links.push(id);
            }
        }
    }

    /// An input of an inner node.
    fn input(&self, node: usize, slot: usize) -> Option<(&UiNode, &UiInput)> {
        let node = self.nodes.get(node)?;
        Some((node, node.inputs.get(slot)?))
    }

    /// Inputs without a link inside are inputs of the use, in order; the use has them under names of its own.
    fn expose_inputs(
        &mut self,
        node: &UiNode,
        ids: &[Id],
        links: &mut BTreeMap<LinkId, UiLink>,
        catalog: &Catalog,
    ) -> Vec<Port> {
        let shown = inputs::all(self, catalog);
        let mut uses: Vec<(usize, usize, &UiInput)> = Vec::new();
        for (outer, shown) in node.inputs.iter().zip(inputs::of_use(&shown, &node.inputs)) {
            let Some(shown) = shown else { continue };
            let inner = &mut self.nodes[shown.node].inputs;
            let slot = match shown.slot {
                Some(slot) => slot,
                // a widget of the use that was made a socket
                None if outer.link.is_some() => {
                    let widget = Some(shown.input.clone());
                    let io_type = outer.io_type.clone();
                    inner.push(UiInput { name: shown.input.clone(), io_type, widget, ..UiInput::default() });
                    inner.len() - 1
                }
                None => continue,
            };
            uses.push((shown.node, slot, outer));
        }
        uses.sort_by_key(|(index, slot, _)| (*index, *slot));
        let mut ports = Vec::new();
        for (index, slot, outer) in uses {
            let id = next_link(links);
            let link = UiLink {
                origin: Id::INPUTS,
                origin_slot: ports.len(),
                target: ids[index].clone(),
                target_slot: None,
            };
            links.insert(id, link);
            self.nodes[index].inputs[slot].link = Some(id);
            ports.push(Port {
                name: outer.name.clone(),
                io_type: outer.io_type.clone(),
                links: vec![id],
                label: None,
            });
        }
        ports
    }

    /// Whether the use shows an output: the user's choice, else those that are not used inside and those listed as
    /// external.
    fn shows(&self, used: &BTreeSet<(usize, usize)>, (index, slot): (usize, usize)) -> bool {
        let is_used = used.contains(&(index, slot));
        match virtuals::role(&self.nodes[index].node_type) {
            None | Some(VirtualRole::Reroute) => {}
            // a primitive is one only with a link, and nothing else has outputs
            Some(_) if !is_used => return false,
            Some(_) => {}
        }
        let outputs = self.config.get(&index.to_string()).and_then(|node| node.get("output"));
        let chosen = outputs.and_then(|outputs| match outputs {
            Value::Array(list) => list.get(slot),
            _ => outputs.get(slot.to_string()),
        });
        let chosen = chosen.and_then(|output| output.get("visible")?.as_bool());
        chosen.unwrap_or(!is_used || self.external.contains(&(index, slot)))
    }

    /// Outputs that the use shows, in order.
    fn expose_outputs(
        &mut self,
        node: &UiNode,
        ids: &[Id],
        links: &mut BTreeMap<LinkId, UiLink>,
    ) -> Vec<Port> {
        let used: BTreeSet<(usize, usize)> = self.links.iter().map(|link| (link[0], link[1])).collect();
        let mut shown = node.outputs.iter();
        let mut ports = Vec::new();
        for (index, inner) in ids.iter().enumerate() {
            for slot in 0..self.nodes[index].outputs.len() {
                if !self.shows(&used, (index, slot)) {
                    continue;
                }
                let Some(outer) = shown.next() else { return ports };
                let id = next_link(links);
                let link = UiLink {
                    origin: inner.clone(),
                    origin_slot: slot,
                    target: Id::OUTPUTS,
                    target_slot: None,
                };
                links.insert(id, link);
                self.nodes[index].outputs[slot].links.push(id);
                ports.push(Port {
                    name: outer.name.clone(),
                    io_type: outer.io_type.clone(),
                    links: vec![id],
                    label: None,
                });
            }
        }
        ports
    }
}

/// Inner nodes have an index in the place of an id.
fn with_id(node: &Value) -> Option<Value> {
    let mut node = node.as_object()?.clone();
    node.insert("id".to_owned(), 0.into());
    for key in ["inputs", "outputs"] {
        for slot in node.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            // links are listed with the group, not with the slots
            for stale in ["link", "links"] {
                if let Some(link) = slot.get_mut(stale) {
                    *link = Value::Null;
                }
            }
        }
    }
    Some(Value::Object(node))
}

fn next_link(links: &BTreeMap<LinkId, UiLink>) -> LinkId {
    links.last_key_value().map_or(1, |(last, _)| last + 1)
}

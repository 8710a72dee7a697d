//! Ids inside definitions made unique, as the frontend does when it loads a file
//! (`lib/litegraph/src/subgraph/subgraphDeduplication.ts`).
//!
//! Definitions in file order, nodes in order: an id that the root or an earlier definition uses becomes the next
//! free one after the greatest id met so far. The new ids show up in the prompt (`5:51`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    id::Id,
    model::{UiNode, Workflow},
};

/// Renumbers in place.
pub(super) fn renumber(workflow: &mut Workflow) {
    let mut used: BTreeSet<Id> = workflow.body.nodes.iter().map(|node| node.id.clone()).collect();
    let mut last = workflow.last_node_id;
    let mut renamed: BTreeMap<Box<str>, BTreeMap<Id, Id>> = BTreeMap::new();
    for definition in &mut workflow.subgraphs {
        let mut map = BTreeMap::new();
        for node in &mut definition.body.nodes {
            if used.contains(&node.id) {
                let fresh = next_free(&mut last, &used);
                map.insert(std::mem::replace(&mut node.id, fresh.clone()), fresh);
            } else if let Some(number) = node.id.number() {
                last = last.max(number);
            }
            used.insert(node.id.clone());
        }
        for link in definition.body.links.values_mut() {
            for end in [&mut link.origin, &mut link.target] {
                if let Some(fresh) = map.get(end) {
                    end.clone_from(fresh);
                }
            }
        }
        if !map.is_empty() {
            renamed.insert(definition.id.clone(), map);
        }
    }
    if renamed.is_empty() {
        return;
    }
    let inner = workflow.subgraphs.iter_mut().flat_map(|definition| &mut definition.body.nodes);
    for node in workflow.body.nodes.iter_mut().chain(inner) {
        if let Some(map) = renamed.get(&node.node_type) {
            patch_proxies(node, map);
        }
    }
}

fn next_free(last: &mut i64, used: &BTreeSet<Id>) -> Id {
    loop {
        *last = last.saturating_add(1);
        let id = Id::Number(*last);
        // at the end of the numbers an id is taken twice rather than looking forever
        if !used.contains(&id) || *last == i64::MAX {
            return id;
        }
    }
}

/// The instance's legacy list of promoted widgets names inner nodes by id.
fn patch_proxies(node: &mut UiNode, map: &BTreeMap<Id, Id>) {
    let properties = node.extra.get_mut("properties").and_then(|p| p.get_mut("proxyWidgets"));
    let Some(Value::Array(entries)) = properties else { return };
    for entry in entries {
        let Some(id) = entry.get_mut(0) else { continue };
        if let Some(fresh) = Id::read(id).and_then(|old| map.get(&old)) {
            *id = fresh.text().into_string().into();
        }
    }
}

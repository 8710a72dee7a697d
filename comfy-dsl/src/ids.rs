//! The ids of nodes: those that the author gave, and numbers for the rest.

use std::collections::BTreeSet;

use comfy_graph::diag::{Diagnostic, codes};

use crate::state::{Added, State, located};

/// Ids that the boundary of a subgraph has inside.
const OF_BOUNDARY: [&str; 2] = ["-10", "-20"];

/// The id of every node within its scope, by number, and what is wrong with given ones.
///
/// A node without a given id has its number; one whose number was given to another node the next that is free.
pub(crate) fn settle(state: &State<'_>) -> (Vec<Box<str>>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    let given: Vec<Option<&str>> = (1_u32..)
        .zip(&state.nodes)
        .map(|(number, node)| {
            let id = node.draft.id.as_deref()?;
            let reserved = node.scope > 0 && OF_BOUNDARY.contains(&id);
            let is_free = !id.is_empty() && !reserved && seen.insert((node.scope, id));
            if !is_free {
                problems.push(taken(node, number, id));
            }
            is_free.then_some(id)
        })
        .collect();
    let taken: BTreeSet<&str> = given.iter().copied().flatten().collect();
    let greatest = taken.iter().filter_map(|id| id.parse().ok()).max().unwrap_or(0);
    let mut next = greatest.max(state.nodes.len() as u64);
    let ids = (1_u64..).zip(&given).map(|(number, given)| match given {
        Some(id) => (*id).into(),
        None if !taken.contains(number.to_string().as_str()) => number.to_string().into(),
        None => {
            next = next.saturating_add(1);
            next.to_string().into()
        }
    });
    (ids.collect(), problems)
}

fn taken(node: &Added<'_>, number: u32, id: &str) -> Diagnostic {
    let what = if node.inside.is_some() { "subgraph" } else { node.draft.class_type() };
    let message =
        format!("{what}, added as node {number}, cannot have the id {id:?}: it is taken or reserved");
    located(Diagnostic::new(codes::DUPLICATE_NODE_ID, message), node.source)
        .help("leave `.id(..)` out to get a number of its own")
}

impl State<'_> {
    /// The id of a node in prompts: those of the instances around it, and its own.
    pub(crate) fn path(&self, number: u32, ids: &[Box<str>]) -> String {
        let mut parts = Vec::new();
        let mut at = Some(number);
        while let Some(number) = at {
            parts.push((number as usize).checked_sub(1).and_then(|index| ids.get(index)).map_or("", |id| id));
            let scope = self.node(number).and_then(|node| self.scopes.get(node.scope));
            at = scope.and_then(|scope| scope.around).map(|(_, instance)| instance);
        }
        parts.reverse();
        parts.join(":")
    }
}

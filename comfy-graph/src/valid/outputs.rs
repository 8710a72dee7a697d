//! Which nodes run: those that an output node depends on. Nodes that lead nowhere are named.

use std::collections::BTreeSet;

use super::{Check, Reach};
use crate::{
    diag::{Diagnostic, codes},
    graph::NodeIx,
    suggest::makers,
};

/// The nodes that an output depends on. Nodes of unknown class count as outputs, since they may be.
pub(super) fn check(check: &mut Check<'_>) -> Reach {
    let is_root = |class: &str| check.def(class).is_none_or(|def| def.output_node);
    let mut waiting: Vec<NodeIx> =
        check.graph.nodes().filter(|(_, node)| is_root(&node.class_type)).map(|(ix, _)| ix).collect();
    if waiting.is_empty() {
        no_outputs(check);
    }
    let is_complete = !waiting.is_empty();
    let mut reached: BTreeSet<NodeIx> = waiting.iter().copied().collect();
    while let Some(ix) = waiting.pop() {
        for link in check.graph.links_into(ix) {
            if reached.insert(link.from.node) {
                waiting.push(link.from.node);
            }
        }
    }
    if is_complete && reached.len() < check.graph.len() {
        unused(check, &reached);
    }
    reached
}

fn no_outputs(check: &mut Check<'_>) {
    if check.graph.is_empty() {
        check.found.push(Diagnostic::new(codes::PROMPT_NO_OUTPUTS, "there is no node to run"));
        return;
    }
    let message = "no node is an output, so there is nothing to run";
    let (makers, around) = (check.makers(), check.surroundings());
    let savers = makers::savers(&makers, &around);
    let help = if savers.is_empty() {
        "add a node that saves or shows something, such as SaveImage".to_owned()
    } else {
        format!("add a node for what nothing takes yet: {}", makers::one_of(&savers))
    };
    check.found.push(Diagnostic::new(codes::PROMPT_NO_OUTPUTS, message).help(help));
}

/// Names the last node of everything that leads nowhere.
fn unused(check: &mut Check<'_>, reached: &Reach) {
    check.wiring();
    for (ix, node) in check.graph.nodes() {
        if !reached.contains(&ix) && check.wiring_known().is_loose(ix) {
            let message = format!("{}: no output depends on it, so it does not run", node.describe());
            let found = Diagnostic::new(codes::UNUSED_NODE, message).node(&node.key).at_opt(node.path());
            check.found.push(found);
        }
    }
}

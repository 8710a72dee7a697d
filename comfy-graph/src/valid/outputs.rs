//! Which nodes run: those that an output node depends on.

use std::collections::BTreeSet;

use super::Check;
use crate::{
    diag::{Diagnostic, codes},
    graph::NodeIx,
};

/// The nodes that an output depends on. Nodes of unknown class count as outputs, since they may be.
pub(super) fn check(check: &mut Check<'_>) -> BTreeSet<NodeIx> {
    let is_root = |class: &str| check.catalog.get(class).is_none_or(|def| def.output_node);
    let mut waiting: Vec<NodeIx> =
        check.graph.nodes().filter(|(_, node)| is_root(&node.class_type)).map(|(ix, _)| ix).collect();
    if waiting.is_empty() {
        let nothing = if check.graph.is_empty() {
            "there is no node to run"
        } else {
            "no node is an output, so there is nothing to run"
        };
        let finding = Diagnostic::new(codes::PROMPT_NO_OUTPUTS, nothing);
        check.found.push(finding.help("add a node that saves or shows something, such as SaveImage"));
    }
    let mut reached: BTreeSet<NodeIx> = waiting.iter().copied().collect();
    while let Some(ix) = waiting.pop() {
        for link in check.graph.links_into(ix) {
            if reached.insert(link.from.node) {
                waiting.push(link.from.node);
            }
        }
    }
    reached
}

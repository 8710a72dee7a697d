//! Nodes that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Check, NodeView,
    wiring::{self, Wish},
};
use crate::{
    diag::{Diagnostic, codes},
    graph::{Graph, NodeIx},
};

/// Longer circles are abridged in messages.
const SHOWN: usize = 8;

/// Reports every node of every circle found, as the server does. Circles that share a node with a reported one may
/// stay unnamed until that one is mended.
pub(super) fn check(check: &mut Check<'_>, reach: &BTreeSet<NodeIx>) {
    for circle in circles(check.graph) {
        let text = describe(check.graph, &circle);
        for (position, ix) in circle.iter().enumerate() {
            let before = circle.get(position.checked_sub(1).unwrap_or(circle.len() - 1)).unwrap_or(ix);
            let view = NodeView { ix: *ix, node: &check.graph[*ix], runs: reach.contains(ix) };
            let finding = suggest_cut(check, &view, *before, view.circle(&text));
            check.found.push(finding);
        }
    }
}

impl NodeView<'_> {
    fn circle(&self, text: &str) -> Diagnostic {
        let message = format!("{} depends on itself: {text}", self.node.describe());
        Diagnostic::new(codes::DEPENDENCY_CYCLE, message).node(&self.node.key).at_opt(self.node.path())
    }
}

/// Names the input that closes the circle at this node, and outputs outside of it that would fit there.
fn suggest_cut(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    before: NodeIx,
    finding: Diagnostic,
) -> Diagnostic {
    let link = check.graph.links_into(view.ix).into_iter().find(|link| link.from.node == before);
    let Some(input) = link.and_then(|link| view.node.inputs.get(link.to.slot)) else { return finding };
    let mut finding = finding.input(input.name.clone()).at_opt(view.node.input_path(&input.name));
    let wish = Wish { input: &input.name, io_type: &input.io_type, instead_of: None };
    for outlet in wiring::outlets(check, view, &wish) {
        finding = finding.suggest(wiring::link_to(check, view, &input.name, &outlet, true));
    }
    finding
}

/// Circles without a common node, each in the direction of the links.
fn circles(graph: &Graph) -> Vec<Vec<NodeIx>> {
    // Nodes on no circle and behind none: all of them precede this in the order of execution.
    let mut suspects = graph.execution_order();
    let waiting = first_waiting(graph, &suspects);
    let suspects = suspects.split_off(waiting);
    let left: BTreeSet<NodeIx> = suspects.iter().copied().collect();
    let (mut circles, mut seen) = (Vec::new(), BTreeMap::new());
    for (walk, start) in suspects.iter().enumerate() {
        // Against the links: every suspect waits for another one, so the walk ends in a circle or on an old walk.
        let (mut path, mut at) = (Vec::new(), *start);
        while !seen.contains_key(&at) {
            seen.insert(at, walk);
            path.push(at);
            let next =
                graph.links_into(at).into_iter().map(|link| link.from.node).find(|ix| left.contains(ix));
            let Some(next) = next else { break };
            at = next;
        }
        if seen.get(&at) == Some(&walk)
            && let Some(first) = path.iter().position(|ix| *ix == at)
            && !path.is_empty()
        {
            let mut circle = path.split_off(first);
            circle.reverse();
            circles.push(circle);
        }
    }
    circles
}

/// How many nodes of an order of execution have all that they need before them.
fn first_waiting(graph: &Graph, order: &[NodeIx]) -> usize {
    let mut done = BTreeSet::new();
    for (position, ix) in order.iter().enumerate() {
        if graph.links_into(*ix).iter().any(|link| !done.contains(&link.from.node)) {
            return position;
        }
        done.insert(*ix);
    }
    order.len()
}

fn describe(graph: &Graph, circle: &[NodeIx]) -> String {
    let mut parts: Vec<String> = circle.iter().take(SHOWN).map(|ix| format!("#{}", graph[*ix].key)).collect();
    if circle.len() > SHOWN {
        parts.push(format!("{} more", circle.len() - SHOWN));
    }
    parts.extend(circle.first().map(|ix| format!("#{}", graph[*ix].key)));
    parts.join(" → ")
}

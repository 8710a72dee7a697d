//! Nodes that wait for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Check, NodeView,
    wiring::{self, Wish},
};
use crate::{
    diag::{Diagnostic, codes},
    graph::{Graph, Link, NodeIx},
};

/// Longer circles are abridged in messages.
const SHOWN: usize = 8;

/// Reports every node that is on a circle. The server names those of the circle that it happens to walk first
/// (`execution.py: validate_inputs`, over a Python set); circles that share nodes with it are all here.
pub(super) fn check(check: &mut Check<'_>, reach: &BTreeSet<NodeIx>) {
    for knot in check.graph.knots() {
        let members: BTreeSet<NodeIx> = knot.iter().copied().collect();
        let circle = circle(check.graph, &members, &knot);
        let text = describe(check.graph, &circle);
        for ix in knot {
            let view = NodeView { ix, node: &check.graph[ix], runs: reach.contains(&ix) };
            let found = view.circle(&text, circle.contains(&ix));
            let found = suggest_cut(check, &view, before(check.graph, &members, ix), found);
            check.found.push(found);
        }
    }
}

/// The link from the first node of the knot that this one of its nodes waits for.
fn before(graph: &Graph, members: &BTreeSet<NodeIx>, node: NodeIx) -> Option<Link> {
    graph.links_into(node).into_iter().find(|link| members.contains(&link.from.node))
}

/// One circle of a knot, in the direction of the links.
fn circle(graph: &Graph, members: &BTreeSet<NodeIx>, knot: &[NodeIx]) -> Vec<NodeIx> {
    let (mut path, mut seen) = (Vec::new(), BTreeMap::new());
    let mut next = knot.first().copied();
    while let Some(at) = next {
        if let Some(first) = seen.insert(at, path.len()) {
            let mut circle = path.split_off(first);
            circle.reverse();
            return circle;
        }
        path.push(at);
        next = before(graph, members, at).map(|link| link.from.node);
    }
    path
}

impl NodeView<'_> {
    fn circle(&self, text: &str, is_on_it: bool) -> Diagnostic {
        let way = if is_on_it { ": " } else { ", together with " };
        let message = format!("{} depends on itself{way}{text}", self.node.describe());
        Diagnostic::new(codes::DEPENDENCY_CYCLE, message).node(&self.node.key).at_opt(self.node.path())
    }
}

/// Names the input that closes the circle at this node, and outputs outside of it that would fit there.
fn suggest_cut(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    before: Option<Link>,
    finding: Diagnostic,
) -> Diagnostic {
    let Some(input) = before.and_then(|link| view.node.inputs.get(link.to.slot)) else { return finding };
    let mut finding = finding.input(input.name.clone()).at_opt(view.node.input_path(&input.name));
    let wish = Wish { input: &input.name, io_type: &input.io_type, instead_of: None };
    for outlet in wiring::outlets(check, view, &wish) {
        finding = finding.suggest(wiring::link_to(check, view, &input.name, &outlet, true));
    }
    finding
}

fn describe(graph: &Graph, circle: &[NodeIx]) -> String {
    let mut parts: Vec<String> = circle.iter().take(SHOWN).map(|ix| format!("#{}", graph[*ix].key)).collect();
    if circle.len() > SHOWN {
        parts.push(format!("{} more", circle.len() - SHOWN));
    }
    parts.extend(circle.first().map(|ix| format!("#{}", graph[*ix].key)));
    parts.join(" → ")
}

//! Leading links around nodes that only pass values on; shared by reroutes and bypassed nodes.

use std::collections::BTreeMap;

use crate::{
    budget::Budget,
    catalog::IoType,
    diag::{Diagnostic, codes},
    graph::{Graph, Link, Node, NodeIx, Settled, Slot},
};

use super::choice_index;

/// The type a link asks its origin for.
pub(super) fn wanted(graph: &Graph, link: &Link) -> IoType {
    link.wants.clone().unwrap_or_else(|| graph[link.to.node].inputs[link.to.slot].io_type.clone())
}

/// Where a value passed on comes from.
pub(super) enum Route {
    /// From this input; whoever it is linked to is asked for the type.
    Input(usize, IoType),
    /// From nowhere.
    Cut,
}

/// Leads every link from a node for which `passes` holds around it, to the input that `route` names for the output
/// slot and the wanted type. Links that lead nowhere are cut.
///
/// Each such node is settled after those it depends on, so the whole is linear. Circles are cut and reported.
pub(super) fn lead_around(
    graph: &mut Graph,
    passes: impl Fn(&Node) -> bool,
    mut route: impl FnMut(&Graph, NodeIx, &Link) -> Route,
    budget: &mut Budget,
    found: &mut Vec<Diagnostic>,
) {
    for node in settled_order(graph, &passes, found) {
        // The links into the node: one per input, looked up by slot below.
        let sources: BTreeMap<usize, Link> =
            graph.links_into(node).into_iter().map(|link| (link.to.slot, link)).collect();
        for link in graph.links_from(node) {
            let route = route(graph, node, &link);
            graph.unlink(link.to);
            let Route::Input(slot, wants) = route else { continue };
            if let Some(source) = sources.get(&slot) {
                graph.link_wanting(source.from, link.to, Some(wants));
            } else if let Some(value) = graph[node].inputs.get(slot).and_then(|input| input.value.as_ref())
                && let Some(value) = budget.copy(value)
            {
                deliver(graph, link.to, value);
            }
        }
    }
}

/// Puts a literal where a link would have ended.
pub(super) fn deliver(graph: &mut Graph, to: Slot, value: serde_json::Value) {
    let Some(node) = graph.get_mut(to.node) else { return };
    if let Some(input) = node.inputs.get_mut(to.slot) {
        input.value = Some(value);
        choice_index::follow(node);
    }
}

/// The nodes for which `passes` holds, each after those it depends on. Nodes on circles are cut loose.
fn settled_order(
    graph: &mut Graph,
    passes: &impl Fn(&Node) -> bool,
    found: &mut Vec<Diagnostic>,
) -> Vec<NodeIx> {
    let Settled { mut order, circular } = graph.settled(passes);
    for ix in circular {
        let node = &graph[ix];
        let message = format!("{} passes on what depends on itself; its links are cut", node.describe());
        found.push(Diagnostic::new(codes::VIRTUAL_CYCLE, message).at_opt(node.path()).node(&node.key));
        for link in graph.links_into(ix) {
            graph.unlink(link.to);
        }
        order.push(ix);
    }
    order
}

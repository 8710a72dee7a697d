//! Primitive nodes write their value into the widgets that they are linked to, and their links go
//! (`extensions/core/widgetInputs.ts: applyToGraph`).
//!
//! That happens whatever the primitive's mode. Two faults of the frontend are not copied: behind a reroute, which Set
//! and Get nodes are here, too, the widget keeps a value of its own there, here it gets the primitive's; and a
//! primitive linked to a promoted input of an instance sets the value of that input here, while the frontend forgets
//! both it and the instance's own value.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    budget::Budget,
    catalog::virtuals::VirtualRole,
    diag::{Diagnostic, codes, short},
    graph::{Graph, Link, Node, NodeIx, NodeKind, Widget},
};

use super::{choice_index, through};

/// Runs the pass on the graph and on every definition.
pub fn run(graph: &mut Graph, found: &mut Vec<Diagnostic>) {
    let mut budget = Budget::new();
    run_within(graph, &mut budget, found);
    budget.report(found);
}

/// Runs the pass with what is left of a budget.
pub(super) fn run_within(graph: &mut Graph, budget: &mut Budget, found: &mut Vec<Diagnostic>) {
    run_scope(graph, budget, found);
    for (_, subgraph) in graph.subgraphs_mut() {
        run_scope(&mut subgraph.graph, budget, found);
    }
}

/// Values by name of the widget, for each node that gets any.
type Writes = BTreeMap<NodeIx, BTreeMap<Box<str>, Value>>;

fn run_scope(graph: &mut Graph, budget: &mut Budget, found: &mut Vec<Diagnostic>) {
    let primitives: Vec<NodeIx> =
        graph.nodes().filter(|(_, node)| node.is_virtual(VirtualRole::Primitive)).map(|(ix, _)| ix).collect();
    let mut writes = Writes::new();
    for primitive in primitives {
        for link in graph.links_from(primitive) {
            if !matches!(graph[link.to.node].kind, NodeKind::Class | NodeKind::Instance(_)) {
                continue; // [`deliver`] does it once the reroutes are gone
            }
            graph.unlink(link.to);
            plan(graph, primitive, &link, &mut writes, budget, found);
        }
    }
    for (target, mut values) in writes {
        let widgets = graph.get_mut(target).map(|node| &mut node.widgets);
        for widget in widgets.into_iter().flatten() {
            // names of widgets that are sent are unique
            if let Some(value) = values.remove(&widget.name) {
                widget.value = Some(value);
            }
        }
        if let Some(node) = graph.get_mut(target) {
            choice_index::follow(node);
        }
    }
}

/// Notes the primitive's value for the widget at the end of the link.
fn plan(
    graph: &Graph,
    primitive: NodeIx,
    link: &Link,
    writes: &mut Writes,
    budget: &mut Budget,
    found: &mut Vec<Diagnostic>,
) {
    let Some(value) = graph[primitive].widgets.first().and_then(|widget| widget.value.as_ref()) else {
        return;
    };
    let target = &graph[link.to.node];
    let Some(input) = target.inputs.get(link.to.slot) else { return };
    match &target.kind {
        NodeKind::Instance(_) => {
            let message = format!(
                "{} sets the promoted input `{}` of {}; the frontend loses such a value, here it is used",
                graph[primitive].describe(),
                short(&input.name),
                target.describe()
            );
            let place = target.path();
            found
                .push(Diagnostic::new(codes::PRIMITIVE_TO_INSTANCE, message).at_opt(place).node(&target.key));
        }
        NodeKind::Class => {}
        NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => return,
    }
    if let Some(value) = budget.copy(value) {
        writes.entry(link.to.node).or_default().insert(input.name.clone(), value);
    }
}

/// Gives the values of primitives to the widgets that they reach through reroutes, which are gone by now, in a graph
/// without subgraphs. Where that changes a value, it is said.
pub(super) fn deliver(graph: &mut Graph, budget: &mut Budget, found: &mut Vec<Diagnostic>) {
    let primitives: Vec<NodeIx> =
        graph.nodes().filter(|(_, node)| node.is_virtual(VirtualRole::Primitive)).map(|(ix, _)| ix).collect();
    for primitive in primitives {
        for link in graph.links_from(primitive) {
            let target = &graph[link.to.node];
            let input = target.inputs.get(link.to.slot).filter(|_| target.kind == NodeKind::Class);
            let widget = input.filter(|input| input.widget).and_then(|input| target.widget(&input.name));
            let value = graph[primitive].widgets.first().and_then(|widget| widget.value.as_ref());
            let Some((widget, value)) = widget.zip(value) else { continue };
            if widget.value.as_ref() != Some(value) {
                found.push(behind_reroute(&graph[primitive], target, widget));
            }
            if let Some(value) = budget.copy(value) {
                graph.unlink(link.to);
                through::deliver(graph, link.to, value);
            }
        }
    }
}

fn behind_reroute(primitive: &Node, target: &Node, widget: &Widget) -> Diagnostic {
    let message = format!(
        "{} sets `{}` of {} through a reroute; the frontend keeps the widget's own value there, here it is set",
        primitive.describe(),
        short(&widget.name),
        target.describe()
    );
    let found = Diagnostic::new(codes::PRIMITIVE_BEHIND_REROUTE, message).at_opt(target.path());
    found.node(&target.key).input(widget.name.clone())
}

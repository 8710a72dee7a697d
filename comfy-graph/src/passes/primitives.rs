//! Primitive nodes write their value into the widgets that they are linked to, and their links go
//! (`extensions/core/widgetInputs.ts: applyToGraph`).
//!
//! That happens whatever the primitive's mode, and only along direct links: behind a reroute the consumer keeps
//! its own value. One fault of the frontend is not copied: a primitive linked to a promoted input of an instance
//! sets the value of that input here, while the frontend forgets both it and the instance's own value.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    budget::Budget,
    catalog::virtuals::VirtualRole,
    diag::{Diagnostic, codes, short},
    graph::{Graph, Link, NodeIx, NodeKind},
};

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

//! Primitive nodes write their value into the widgets that they are linked to, and their links go
//! (`extensions/core/widgetInputs.ts: applyToGraph`).
//!
//! That happens whatever the primitive's mode, and only along direct links: behind a reroute the consumer keeps
//! its own value. One fault of the frontend is not copied: a primitive linked to a promoted input of an instance
//! sets the value of that input here, while the frontend forgets both it and the instance's own value.

use crate::{
    catalog::virtuals::VirtualRole,
    diag::{Diagnostic, codes},
    graph::{Graph, Link, NodeIx, NodeKind},
};

/// Runs the pass on the graph and on every definition.
pub fn run(graph: &mut Graph, found: &mut Vec<Diagnostic>) {
    run_scope(graph, found);
    for (_, subgraph) in graph.subgraphs_mut() {
        run_scope(&mut subgraph.graph, found);
    }
}

fn run_scope(graph: &mut Graph, found: &mut Vec<Diagnostic>) {
    let primitives: Vec<NodeIx> =
        graph.nodes().filter(|(_, node)| node.is_virtual(VirtualRole::Primitive)).map(|(ix, _)| ix).collect();
    for primitive in primitives {
        for link in graph.links_from(primitive) {
            graph.unlink(link.to);
            write(graph, primitive, &link, found);
        }
    }
}

/// Writes the primitive's value into the widget at the end of the link.
fn write(graph: &mut Graph, primitive: NodeIx, link: &Link, found: &mut Vec<Diagnostic>) {
    let Some(value) = graph[primitive].widgets.first().and_then(|widget| widget.value.clone()) else {
        return;
    };
    let to_instance = matches!(graph[link.to.node].kind, NodeKind::Instance(_));
    if to_instance {
        let (from, to) = (&graph[primitive], &graph[link.to.node]);
        let message = format!(
            "{} sets the promoted input `{}` of {}; the frontend loses such a value, here it is used",
            from.describe(),
            to.inputs[link.to.slot].name,
            to.describe()
        );
        found.push(Diagnostic::new(codes::PRIMITIVE_TO_INSTANCE, message).at_opt(to.path()).node(&to.key));
    }
    let target = &mut graph[link.to.node];
    let Some(input) = target.inputs.get(link.to.slot) else { return };
    match &target.kind {
        NodeKind::Class | NodeKind::Instance(_) => {
            let name = input.name.clone();
            for widget in target.widgets.iter_mut().filter(|widget| widget.name == name) {
                widget.value = Some(value.clone());
            }
        }
        NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => {}
    }
}

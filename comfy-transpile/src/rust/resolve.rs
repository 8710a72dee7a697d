//! Where a link really comes from: reroutes are looked through, primitives are values.

use comfy_graph::{
    catalog::virtuals::VirtualRole,
    graph::{Graph, Mode, Node, NodeIx, NodeKind, Slot},
};

/// The far end of an input's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// No link.
    None,
    /// A link that leads nowhere: through a muted reroute, from a note.
    Cut,
    /// An output of a node of the server or of an instance.
    Output(Slot),
    /// An input of the surrounding subgraph.
    Boundary(usize),
    /// A primitive that sets the widget of this input.
    Primitive(NodeIx),
}

/// Whether a node is a statement in Rust. Bypassed reroutes are: like every bypassed node they pass links on by type,
/// or cut them.
pub(super) fn is_statement(node: &Node) -> bool {
    match node.kind {
        NodeKind::Class | NodeKind::Instance(_) => true,
        NodeKind::Virtual(role) => role == VirtualRole::Reroute && node.mode == Mode::Bypass,
        NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => false,
    }
}

/// Where the link of `to` comes from.
pub(super) fn source(graph: &Graph, to: Slot) -> Source {
    let Some(mut link) = graph.source(to) else { return Source::None };
    // more steps than nodes: the reroutes form a circle
    for _ in 0..=graph.len() {
        let from = link.from;
        let Some(node) = graph.get(from.node) else { return Source::Cut };
        match node.kind {
            _ if is_statement(node) => return Source::Output(from),
            NodeKind::SubgraphInputs => return Source::Boundary(from.slot),
            NodeKind::Virtual(VirtualRole::Primitive) => {
                return primitive(graph, from.node, to);
            }
            NodeKind::Virtual(VirtualRole::Reroute) if node.mode != Mode::Never => {
                // the frontend takes the input of the same index
                match graph.source(Slot { node: from.node, slot: from.slot }) {
                    Some(next) => link = next,
                    None => return Source::Cut,
                }
            }
            _ => return Source::Cut,
        }
    }
    Source::Cut
}

/// A primitive sets widgets, directly or through reroutes; anything else gets nothing from it.
fn primitive(graph: &Graph, primitive: NodeIx, to: Slot) -> Source {
    let has_widget = graph.get(to.node).is_some_and(|node| {
        matches!(node.kind, NodeKind::Class | NodeKind::Instance(_))
            && node.inputs.get(to.slot).is_some_and(|input| node.widget(&input.name).is_some())
    });
    if has_widget && primitive_value(graph, primitive).is_some() {
        Source::Primitive(primitive)
    } else {
        Source::Cut
    }
}

/// What a primitive sets widgets to.
pub(super) fn primitive_value(graph: &Graph, primitive: NodeIx) -> Option<&serde_json::Value> {
    graph.get(primitive)?.widgets.first()?.value.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use comfy_graph::{
        catalog::IoType,
        graph::{InputSlot, NodeKey, OutputSlot, Widget},
    };
    use serde_json::json;

    fn add(graph: &mut Graph, kind: NodeKind, inputs: Vec<InputSlot>) -> NodeIx {
        let mut node = Node::of_kind(NodeKey::new(graph.len().to_string()), kind, "x");
        node.inputs = inputs;
        node.outputs.push(OutputSlot { name: "".into(), io_type: IoType::any() });
        graph.insert(node).expect("a new key")
    }

    fn chain(mode: Mode) -> (Graph, [NodeIx; 3]) {
        let mut graph = Graph::new();
        let origin = add(&mut graph, NodeKind::Class, vec![]);
        let socket = || vec![InputSlot::new("", IoType::any())];
        let reroute = add(&mut graph, NodeKind::Virtual(VirtualRole::Reroute), socket());
        graph[reroute].mode = mode;
        let end = add(&mut graph, NodeKind::Class, socket());
        graph.link(Slot { node: origin, slot: 0 }, Slot { node: reroute, slot: 0 });
        graph.link(Slot { node: reroute, slot: 0 }, Slot { node: end, slot: 0 });
        (graph, [origin, reroute, end])
    }

    #[test]
    fn reroutes_pass_on_unless_muted_or_bypassed() {
        for mode in [Mode::Always, Mode::OnEvent, Mode::Bypass, Mode::Never] {
            let (graph, [origin, reroute, end]) = chain(mode);
            let expected = match mode {
                Mode::Never => Source::Cut,
                Mode::Bypass => Source::Output(Slot { node: reroute, slot: 0 }),
                _ => Source::Output(Slot { node: origin, slot: 0 }),
            };
            assert_eq!(source(&graph, Slot { node: end, slot: 0 }), expected, "{mode:?}");
        }
    }

    #[test]
    fn a_circle_of_reroutes_ends() {
        let mut graph = Graph::new();
        let socket = || vec![InputSlot::new("", IoType::any())];
        let a = add(&mut graph, NodeKind::Virtual(VirtualRole::Reroute), socket());
        let b = add(&mut graph, NodeKind::Virtual(VirtualRole::Reroute), socket());
        graph.link(Slot { node: a, slot: 0 }, Slot { node: b, slot: 0 });
        graph.link(Slot { node: b, slot: 0 }, Slot { node: a, slot: 0 });
        assert_eq!(source(&graph, Slot { node: a, slot: 0 }), Source::Cut);
    }

    #[test]
    fn a_primitive_reaches_widgets_only() {
        let mut graph = Graph::new();
        let primitive = add(&mut graph, NodeKind::Virtual(VirtualRole::Primitive), vec![]);
        graph[primitive].widgets.push(Widget::new("value", json!(5)));
        let socket = || vec![InputSlot::new("", IoType::any())];
        let reroute = add(&mut graph, NodeKind::Virtual(VirtualRole::Reroute), socket());
        let sockets = || vec![InputSlot::of_widget("steps", IoType::new("INT"))];
        let end = add(&mut graph, NodeKind::Class, sockets());
        graph[end].widgets.push(Widget::new("steps", json!(20)));
        let to = Slot { node: end, slot: 0 };
        graph.link(Slot { node: primitive, slot: 0 }, to);
        assert_eq!(source(&graph, to), Source::Primitive(primitive));
        graph.link(Slot { node: primitive, slot: 0 }, Slot { node: reroute, slot: 0 });
        graph.link(Slot { node: reroute, slot: 0 }, to);
        assert_eq!(source(&graph, to), Source::Primitive(primitive));
        graph[end].widgets.clear();
        assert_eq!(source(&graph, to), Source::Cut);
    }
}

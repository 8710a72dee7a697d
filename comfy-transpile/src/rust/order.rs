//! The order of the statements: every node after those it takes links from, close to where it is used.

use std::collections::{BTreeMap, BTreeSet};

use comfy_graph::graph::{Graph, NodeIx, Slot};

use super::resolve::{Source, source};

/// The statements of one function.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// Every node once.
    pub(super) nodes: Vec<NodeIx>,
    /// Links that would close a circle, with where they start; they are made when all nodes are there.
    pub(super) late: BTreeMap<Slot, Slot>,
    /// The ends of chains: nodes after which a new thought begins.
    pub(super) ends: BTreeSet<NodeIx>,
}

/// Orders `nodes` by their links. `nodes` are in the order of the document; nodes that nobody uses come in that
/// order, each preceded by what it needs.
pub(super) fn order(graph: &Graph, nodes: &[NodeIx]) -> Order {
    let sources: BTreeMap<NodeIx, Vec<(Slot, Slot)>> =
        nodes.iter().map(|node| (*node, sources(graph, *node))).collect();
    let used: BTreeSet<NodeIx> = sources
        .values()
        .flatten()
        .map(|(_, from)| from.node)
        .filter(|from| sources.contains_key(from))
        .collect();
    let mut order = Order::default();
    let mut state = BTreeMap::new();
    let (ends, others): (Vec<_>, Vec<_>) =
        execution_order(graph, nodes).partition(|node| !used.contains(node));
    order.ends = ends.iter().copied().collect();
    // whatever the ends do not reach is on a circle
    for start in ends.into_iter().chain(others) {
        visit(start, &sources, &mut state, &mut order);
    }
    order
}

/// `nodes` as the frontend would run them; what is used early comes early.
fn execution_order(graph: &Graph, nodes: &[NodeIx]) -> impl Iterator<Item = NodeIx> {
    let wanted: BTreeSet<NodeIx> = nodes.iter().copied().collect();
    graph.execution_order().into_iter().filter(move |node| wanted.contains(node))
}

/// What a node takes links from, with the input.
fn sources(graph: &Graph, node: NodeIx) -> Vec<(Slot, Slot)> {
    let inputs = graph.get(node).map_or(0, |node| node.inputs.len());
    (0..inputs)
        .map(|slot| Slot { node, slot })
        .filter_map(|to| match source(graph, to) {
            Source::Output(from) => Some((to, from)),
            Source::None | Source::Cut | Source::Boundary(_) | Source::Primitive(_) => None,
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Done,
}

/// Depth first, on a stack of our own.
fn visit(
    start: NodeIx,
    sources: &BTreeMap<NodeIx, Vec<(Slot, Slot)>>,
    state: &mut BTreeMap<NodeIx, State>,
    order: &mut Order,
) {
    if state.contains_key(&start) {
        return;
    }
    state.insert(start, State::Open);
    let mut stack = vec![(start, 0)];
    while let Some((node, next)) = stack.pop() {
        let Some((to, from)) = sources.get(&node).and_then(|all| all.get(next)).copied() else {
            state.insert(node, State::Done);
            order.nodes.push(node);
            continue;
        };
        stack.push((node, next + 1));
        match state.get(&from.node) {
            Some(State::Done) => {}
            Some(State::Open) => {
                order.late.insert(to, from);
            }
            None => {
                if sources.contains_key(&from.node) {
                    state.insert(from.node, State::Open);
                    stack.push((from.node, 0));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comfy_graph::{
        catalog::IoType,
        graph::{InputSlot, Node, NodeKey, OutputSlot},
    };

    fn graph(nodes: usize, links: &[(usize, usize)]) -> (Graph, Vec<NodeIx>) {
        let mut graph = Graph::new();
        let mut all = Vec::new();
        for id in 0..nodes {
            let mut node = Node::class(NodeKey::new(id.to_string()), "x");
            node.outputs.push(OutputSlot { name: "o".into(), io_type: IoType::any() });
            all.push(graph.insert(node).expect("a new key"));
        }
        for (from, to) in links {
            let slot = graph[all[*to]].inputs.len();
            graph[all[*to]].inputs.push(InputSlot::new(slot.to_string(), IoType::any()));
            graph.link(Slot { node: all[*from], slot: 0 }, Slot { node: all[*to], slot });
        }
        (graph, all)
    }

    fn keys(graph: &Graph, order: &Order) -> Vec<String> {
        order.nodes.iter().map(|ix| graph[*ix].key.to_string()).collect()
    }

    #[test]
    fn nodes_come_right_before_their_use() {
        // 4 → 3 → 0 and 1 → 0, 2 alone
        let (graph, all) = graph(5, &[(4, 3), (3, 0), (1, 0)]);
        let order = order(&graph, &all);
        assert_eq!(keys(&graph, &order), ["2", "4", "3", "1", "0"]);
        assert!(order.late.is_empty());
    }

    #[test]
    fn circles_are_broken_once() {
        let (graph, all) = graph(3, &[(0, 1), (1, 2), (2, 0)]);
        let order = order(&graph, &all);
        assert_eq!(order.nodes.len(), 3);
        assert_eq!(order.late.len(), 1);
    }

    #[test]
    fn long_chains_need_no_deep_stack() {
        let links: Vec<_> = (1..20_000).map(|to| (to - 1, to)).collect();
        let (graph, all) = graph(20_000, &links);
        let order = order(&graph, &all);
        assert_eq!(order.nodes.first(), all.first());
        assert_eq!(order.nodes.len(), 20_000);
    }
}

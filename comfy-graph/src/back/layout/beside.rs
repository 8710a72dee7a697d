//! New nodes in a workflow that somebody has arranged: beside the nodes that they are linked to, where there is room.

use std::collections::BTreeMap;

use super::{Frame, TITLE_HEIGHT, arrange, bounds};
use crate::graph::{Graph, NodeIx};

/// Between a new node and what is around it.
const GAP: f64 = 40.0;
/// More new nodes than this are no edit of an arrangement; they come below it.
const MOST: usize = 256;

/// Places nodes that are linked to placed ones; gives the others back. What is linked among itself stays together.
pub(super) fn place(
    scope: &Graph,
    waiting: Vec<(NodeIx, [f64; 2])>,
    frames: &mut BTreeMap<NodeIx, Frame>,
) -> Vec<(NodeIx, [f64; 2])> {
    if waiting.len() > MOST {
        return waiting;
    }
    let sizes: BTreeMap<NodeIx, [f64; 2]> = waiting.iter().copied().collect();
    let mut left = Vec::new();
    for part in parts(scope, &waiting) {
        let nodes: Vec<_> = part.iter().map(|ix| (*ix, sizes[ix])).collect();
        let block = arrange::arrange(scope, &nodes).frames;
        match corner(scope, &block, frames) {
            Some([x, y]) => {
                for (ix, mut frame) in block {
                    frame.position = [frame.position[0] + x, frame.position[1] + y];
                    frames.insert(ix, frame);
                }
            }
            None => left.extend(nodes),
        }
    }
    left
}

/// The waiting nodes that are linked among themselves, in order.
fn parts(scope: &Graph, waiting: &[(NodeIx, [f64; 2])]) -> Vec<Vec<NodeIx>> {
    let mut parts: Vec<Vec<NodeIx>> = Vec::new();
    for (ix, _) in waiting {
        let linked = |part: &Vec<NodeIx>| part.iter().any(|other| are_linked(scope, *ix, *other));
        let (joined, mut rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(linked);
        let mut part = joined.concat();
        part.push(*ix);
        rest.push(part);
        parts = rest;
    }
    parts
}

fn are_linked(scope: &Graph, one: NodeIx, other: NodeIx) -> bool {
    scope.links_into(one).iter().any(|link| link.from.node == other)
        || scope.links_into(other).iter().any(|link| link.from.node == one)
}

/// Where the upper left corner of a block goes: right of what it gets its links from, else left of what it is linked
/// to, at their height or below.
fn corner(scope: &Graph, block: &[(NodeIx, Frame)], frames: &BTreeMap<NodeIx, Frame>) -> Option<[f64; 2]> {
    let [left, top, right, bottom] = bounds(block.iter().map(|(_, frame)| frame))?;
    let nodes = || block.iter().map(|(ix, _)| *ix);
    let sources = nodes().flat_map(|ix| scope.links_into(ix)).filter_map(|link| frames.get(&link.from.node));
    let targets = nodes().flat_map(|ix| scope.links_from(ix)).filter_map(|link| frames.get(&link.to.node));
    let x = if let Some([_, _, edge, _]) = bounds(sources.clone()) {
        edge + GAP
    } else {
        bounds(targets.clone())?[0] - GAP - (right - left)
    };
    let heights: Vec<f64> = sources.chain(targets).map(|frame| frame.position[1] - TITLE_HEIGHT).collect();
    let y = heights.iter().copied().fold(f64::INFINITY, f64::min);
    let y = free(x, y, [right - left, bottom - top], frames);
    Some([x - left, y - top])
}

/// The first height from `y` downwards at which a box at `x` is on nothing.
fn free(x: f64, y: f64, [width, height]: [f64; 2], frames: &BTreeMap<NodeIx, Frame>) -> f64 {
    let in_the_way = |frame: &&Frame| {
        let [left, right] = [frame.position[0], frame.position[0] + frame.size[0]];
        left < x + width + GAP && x - GAP < right
    };
    let mut column: Vec<&Frame> = frames.values().filter(in_the_way).collect();
    column.sort_by(|one, other| one.position[1].total_cmp(&other.position[1]));
    let mut y = y;
    for frame in column {
        let (top, bottom) = (frame.position[1] - TITLE_HEIGHT, frame.position[1] + frame.size[1]);
        if top < y + height + GAP && y - GAP < bottom {
            y = bottom + GAP;
        }
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::IoType,
        graph::{InputSlot, Node, NodeKey, OutputSlot, Slot},
    };

    #[test]
    fn a_new_node_stands_right_of_its_source_and_on_nothing() {
        let mut graph = Graph::new();
        let mut add = |key: &str| {
            let mut node = Node::class(NodeKey::new(key), "x");
            node.inputs = vec![InputSlot::new("a", IoType::any())];
            node.outputs = vec![OutputSlot { name: "o".into(), io_type: IoType::any() }];
            graph.insert(node).expect("a new key")
        };
        let (source, old, new, after, alone) = (add("1"), add("2"), add("3"), add("4"), add("5"));
        for (from, to) in [(source, old), (source, new), (new, after)] {
            graph.link(Slot { node: from, slot: 0 }, Slot { node: to, slot: 0 });
        }
        let size = [200.0, 100.0];
        let mut frames = BTreeMap::from([
            (source, Frame { position: [0.0, 0.0], size }),
            (old, Frame { position: [250.0, 10.0], size }),
        ]);
        let left = place(&graph, vec![(new, size), (after, size), (alone, size)], &mut frames);
        assert_eq!(left, [(alone, size)]);
        assert!(frames[&new].position[0] >= 200.0 + GAP);
        assert!(frames[&new].position[1] - TITLE_HEIGHT >= 110.0 + GAP, "below what was there: {frames:?}");
        assert!(frames[&after].position[0] > frames[&new].position[0] + 200.0);
    }
}

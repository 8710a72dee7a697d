//! Frames around nodes that were arranged anew.

use std::collections::BTreeMap;

use serde_json::Map;

use super::{Frame, Words, bounds};
use crate::graph::{Graph, Group, Node, NodeIx};

/// Between the nodes and the frame around them.
const PADDING: f64 = 20.0;
/// With more parts than this, frames say nothing any more.
const MOST: usize = 64;
/// The height of a frame's title.
const TITLE: f64 = 34.0;

/// The scope's own groups, around the nodes that stood in them; those without nodes stay where they were.
pub(super) fn around_members(scope: &Graph, frames: &BTreeMap<NodeIx, Frame>) -> Vec<Group> {
    let moved = |group: &Group| {
        let members =
            scope.nodes().filter(|(_, node)| stands_in(node, group)).filter_map(|(ix, _)| frames.get(&ix));
        Group { bounding: frame_around(members).unwrap_or(group.bounding), ..group.clone() }
    };
    scope.groups.iter().map(moved).collect()
}

fn stands_in(node: &Node, group: &Group) -> bool {
    let [left, top, width, height] = group.bounding;
    node.layout
        .as_deref()
        .and_then(|layout| layout.position)
        .is_some_and(|[x, y]| (left..=left + width).contains(&x) && (top..=top + height).contains(&y))
}

/// A frame around each part of a workflow that has several, named after what it ends in.
pub(super) fn around_clusters(
    scope: &Graph,
    words: Words<'_>,
    clusters: &[Vec<NodeIx>],
    frames: &BTreeMap<NodeIx, Frame>,
) -> Vec<Group> {
    if !(2..=MOST).contains(&clusters.len()) {
        return Vec::new();
    }
    let group = |cluster: &Vec<NodeIx>| {
        let bounding = frame_around(cluster.iter().filter_map(|ix| frames.get(ix)))?;
        let last = cluster.iter().rev().find(|ix| scope.links_from(**ix).is_empty()).or(cluster.last())?;
        Some(Group { title: words.title(&scope[*last]).into(), bounding, extra: Map::new() })
    };
    clusters.iter().filter_map(group).collect()
}

fn frame_around<'f>(frames: impl IntoIterator<Item = &'f Frame>) -> Option<[f64; 4]> {
    let [left, top, right, bottom] = bounds(frames)?;
    let (width, height) = (right - left + 2.0 * PADDING, bottom - top + 2.0 * PADDING + TITLE);
    Some([left - PADDING, top - PADDING - TITLE, width, height])
}

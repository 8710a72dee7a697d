//! Nodes from left to right, without overlaps. `dagre` does the work for each connected part; no other file knows it.

use std::collections::BTreeMap;

use dagre::{
    EdgeLabel, LayoutOptions, NodeLabel, RankDir, Ranker,
    graph::{Graph as Net, GraphOptions},
};

use super::{Frame, TITLE_HEIGHT};
use crate::graph::{Graph, NodeIx};

/// Between columns and between the nodes of a column.
const COLUMN_GAP: f64 = 80.0;
const ROW_GAP: f64 = 40.0;
/// Between parts that are not connected; a frame fits in between.
const PART_GAP: f64 = 160.0;
/// Nodes that are connected to nothing stand in rows at least this wide.
const LEAST_ROW: f64 = 1600.0;
/// `dagre` takes more than linear time, and a link over many columns counts for a node in each of them. Parts that are
/// more than this are put into plain columns.
const MUCH: usize = 3000;

/// New places; the upper left corner of everything is at 0, 0.
pub(super) struct Arranged {
    pub(super) frames: Vec<(NodeIx, Frame)>,
    /// The connected parts of more than one node.
    pub(super) clusters: Vec<Vec<NodeIx>>,
}

/// A box to be placed, title bar included.
#[derive(Clone, Copy, Debug)]
struct Tile {
    width: f64,
    height: f64,
}

/// Arranges these nodes, whose bodies have these sizes, by the links among them.
pub(super) fn arrange(scope: &Graph, nodes: &[(NodeIx, [f64; 2])]) -> Arranged {
    let index: BTreeMap<NodeIx, usize> = nodes.iter().map(|(ix, _)| *ix).zip(0..).collect();
    let mut links = Vec::new();
    for (at, (ix, _)) in nodes.iter().enumerate() {
        let targets = scope.links_from(*ix).into_iter().filter_map(|link| index.get(&link.to.node).copied());
        let mut targets: Vec<usize> = targets.filter(|to| *to != at).collect();
        targets.sort_unstable();
        targets.dedup();
        links.extend(targets.into_iter().map(|to| (at, to)));
    }
    let tiles: Vec<Tile> = nodes
        .iter()
        .map(|(_, [width, height])| Tile { width: *width, height: height + TITLE_HEIGHT })
        .collect();
    let (parts, alone) = parts(nodes.len(), &links);
    let mut corners = vec![[0.0; 2]; nodes.len()];
    let (mut top, mut right) = (0.0, LEAST_ROW);
    for part in &parts {
        let [width, height] = place_part(part, &tiles, &links, top, &mut corners);
        top += height + PART_GAP;
        right = f64::max(right, width);
    }
    rows(&alone, &tiles, top, right, &mut corners);
    let frame = |((ix, size), [x, y]): (&(NodeIx, [f64; 2]), [f64; 2])| {
        (*ix, Frame { position: [x, y + TITLE_HEIGHT], size: *size })
    };
    let frames = nodes.iter().zip(corners).map(frame).collect();
    let clusters = parts.iter().map(|part| part.iter().map(|at| nodes[*at].0).collect()).collect();
    Arranged { frames, clusters }
}

/// The connected parts of more than one node, and the nodes that are alone; both in order.
fn parts(count: usize, links: &[(usize, usize)]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut union = petgraph::unionfind::UnionFind::<usize>::new(count);
    for (from, to) in links {
        union.union(*from, *to);
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..count {
        members.entry(union.find(at)).or_default().push(at);
    }
    let mut parts: Vec<Vec<usize>> = members.into_values().collect();
    parts.sort();
    let (alone, parts): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.len() == 1);
    (parts, alone.into_iter().flatten().collect())
}

/// Places a connected part below `top`; gives its width and height.
fn place_part(
    part: &[usize],
    tiles: &[Tile],
    links: &[(usize, usize)],
    top: f64,
    corners: &mut [[f64; 2]],
) -> [f64; 2] {
    let local: BTreeMap<usize, usize> = part.iter().copied().zip(0..).collect();
    let links: Vec<(usize, usize)> =
        links.iter().filter_map(|(from, to)| Some((*local.get(from)?, *local.get(to)?))).collect();
    let tiles: Vec<Tile> = part.iter().map(|at| tiles[*at]).collect();
    let ranks = ranks(tiles.len(), &links);
    let span = |(from, to): &(usize, usize)| ranks[*to].abs_diff(ranks[*from]).max(1);
    let much = tiles.len() + links.iter().map(span).sum::<usize>() > MUCH;
    let placed = if much { columns(&tiles, &links, &ranks) } else { layered(&tiles, &links) };
    let left = placed.iter().map(|corner| corner[0]).fold(f64::INFINITY, f64::min);
    let upper = placed.iter().map(|corner| corner[1]).fold(f64::INFINITY, f64::min);
    let (mut width, mut height) = (0.0_f64, 0.0_f64);
    for ((at, [x, y]), tile) in part.iter().zip(placed).zip(&tiles) {
        let (x, y) = ((x - left).round(), (y - upper).round());
        corners[*at] = [x, top + y];
        width = width.max(x + tile.width);
        height = height.max(y + tile.height);
    }
    [width, height]
}

/// Upper left corners by Sugiyama's method.
fn layered(tiles: &[Tile], links: &[(usize, usize)]) -> Vec<[f64; 2]> {
    let mut net = Net::with_options(GraphOptions { directed: true, multigraph: false, compound: false });
    // names sort like numbers
    let name = |at: usize| format!("{at:06}");
    for (at, tile) in tiles.iter().enumerate() {
        let label = NodeLabel { width: tile.width, height: tile.height, ..NodeLabel::default() };
        net.set_node(name(at), Some(label));
    }
    for (from, to) in links {
        net.set_edge(name(*from), name(*to), Some(EdgeLabel::default()), None);
    }
    let options = LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: ROW_GAP,
        edgesep: ROW_GAP / 2.0,
        ranksep: COLUMN_GAP,
        ranker: Ranker::NetworkSimplex,
        ..LayoutOptions::default()
    };
    dagre::layout(&mut net, Some(options));
    let corner = |(at, tile): (usize, &Tile)| {
        let node = net.node(&name(at));
        let x = node.and_then(|node| node.x).unwrap_or_default();
        let y = node.and_then(|node| node.y).unwrap_or_default();
        [x - tile.width / 2.0, y - tile.height / 2.0]
    };
    tiles.iter().enumerate().map(corner).collect()
}

/// Upper left corners in columns: each node right of all it depends on, as near to their height as those above leave
/// room. Nodes on a circle stand as if the link that closes it were not there.
fn columns(tiles: &[Tile], links: &[(usize, usize)], ranks: &[usize]) -> Vec<[f64; 2]> {
    let mut columns = vec![Vec::new(); ranks.iter().max().map_or(0, |last| last + 1)];
    for (at, rank) in ranks.iter().enumerate() {
        columns[*rank].push(at);
    }
    let mut sources = vec![Vec::new(); tiles.len()];
    for (from, to) in links {
        if ranks[*from] < ranks[*to] {
            sources[*to].push(*from);
        }
    }
    let mut corners = vec![[0.0; 2]; tiles.len()];
    let mut x = 0.0;
    for column in columns {
        let wish = |at: usize| {
            let middles =
                sources[at].iter().map(|from: &usize| corners[*from][1] + tiles[*from].height / 2.0);
            #[allow(clippy::cast_precision_loss, reason = "no node has 2⁵³ links")]
            let count = sources[at].len().max(1) as f64;
            middles.sum::<f64>() / count - tiles[at].height / 2.0
        };
        let mut wishes: Vec<(f64, usize)> = column.iter().map(|at| (wish(*at), *at)).collect();
        wishes.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut free = f64::NEG_INFINITY;
        let mut width = 0.0_f64;
        for (wish, at) in wishes {
            let y = wish.max(free);
            corners[at] = [x, y];
            free = y + tiles[at].height + ROW_GAP;
            width = width.max(tiles[at].width);
        }
        x += width + COLUMN_GAP;
    }
    corners
}

/// The length of the longest way to each node, in links.
fn ranks(count: usize, links: &[(usize, usize)]) -> Vec<usize> {
    let mut targets = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for (from, to) in links {
        targets[*from].push(*to);
        waiting[*to] += 1;
    }
    let mut ranks = vec![0; count];
    let mut done = vec![false; count];
    let mut ready: Vec<usize> = (0..count).filter(|at| waiting[*at] == 0).collect();
    // when only circles are left, the first node of what is left goes on
    let mut next_start = 0;
    loop {
        while let Some(at) = ready.pop() {
            if std::mem::replace(&mut done[at], true) {
                continue;
            }
            for to in targets[at].iter().filter(|to| !done[**to]) {
                ranks[*to] = ranks[*to].max(ranks[at] + 1);
                waiting[*to] = waiting[*to].saturating_sub(1);
                if waiting[*to] == 0 {
                    ready.push(*to);
                }
            }
        }
        while next_start < count && done[next_start] {
            next_start += 1;
        }
        if next_start == count {
            return ranks;
        }
        ready.push(next_start);
    }
}

/// Nodes without links, in rows below everything else.
fn rows(alone: &[usize], tiles: &[Tile], top: f64, right: f64, corners: &mut [[f64; 2]]) {
    let (mut x, mut y, mut tallest) = (0.0, top, 0.0_f64);
    for at in alone {
        let tile = tiles[*at];
        if x > 0.0 && x + tile.width > right {
            (x, y, tallest) = (0.0, y + tallest + ROW_GAP, 0.0);
        }
        corners[*at] = [x, y];
        x += tile.width + ROW_GAP;
        tallest = tallest.max(tile.height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::IoType;
    use crate::graph::{InputSlot, Node, NodeKey, OutputSlot, Slot};

    /// Nodes with one output and two inputs each, linked as listed.
    fn graph(count: usize, links: &[(usize, usize)]) -> (Graph, Vec<(NodeIx, [f64; 2])>) {
        let mut graph = Graph::new();
        let mut nodes = Vec::new();
        for at in 0..count {
            let mut node = Node::class(NodeKey::new(at.to_string()), "x");
            node.inputs = vec![InputSlot::new("a", IoType::any()), InputSlot::new("b", IoType::any())];
            node.outputs = vec![OutputSlot { name: "o".into(), io_type: IoType::any() }];
            nodes.push((graph.insert(node).expect("a new key"), [200.0, 100.0]));
        }
        for (from, to) in links {
            let (from, node) = (Slot { node: nodes[*from].0, slot: 0 }, nodes[*to].0);
            let free = (0..2).find(|slot| graph.source(Slot { node, slot: *slot }).is_none());
            graph.link(from, Slot { node, slot: free.unwrap_or(0) });
        }
        (graph, nodes)
    }

    fn places(count: usize, links: &[(usize, usize)]) -> Vec<[f64; 2]> {
        let (graph, nodes) = graph(count, links);
        arrange(&graph, &nodes).frames.into_iter().map(|(_, frame)| frame.position).collect()
    }

    #[test]
    fn links_go_right_and_nothing_overlaps() {
        let links = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)];
        let places = places(5, &links);
        for (from, to) in links {
            assert!(places[from][0] + 200.0 < places[to][0], "{from} {to}: {places:?}");
        }
        assert!((places[1][1] - places[2][1]).abs() >= 130.0, "{places:?}");
        // what is not connected stands below
        assert!(places[4][1] > places[..4].iter().map(|place| place[1] + 100.0).fold(0.0, f64::max));
    }

    #[test]
    fn circles_end() {
        let ring: Vec<(usize, usize)> = (0..50).map(|at| (at, (at + 1) % 50)).collect();
        assert_eq!(places(50, &ring).len(), 50);
        let ring: Vec<(usize, usize)> = (0..3000).map(|at| (at, (at + 1) % 3000)).collect();
        let places = places(3000, &ring);
        let back = ring.iter().filter(|(from, to)| places[*from][0] >= places[*to][0]).count();
        assert_eq!(back, 1, "only the link that closes the circle");
        assert!(places.iter().flatten().all(|at| at.is_finite()));
    }

    #[test]
    fn many_nodes_stand_in_columns() {
        let tree: Vec<(usize, usize)> = (1..2000).map(|at| ((at - 1) / 2, at)).collect();
        let places = places(2000, &tree);
        assert!(tree.iter().all(|(from, to)| places[*from][0] + 200.0 < places[*to][0]));
        let mut column: Vec<f64> =
            places.iter().filter(|at| (at[0] - places[1999][0]).abs() < 1.0).map(|at| at[1]).collect();
        column.sort_by(f64::total_cmp);
        assert!(column.windows(2).all(|pair| pair[1] - pair[0] >= 130.0));
    }
}

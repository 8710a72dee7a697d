//! Every real workflow arranged anew: nothing overlaps, and every link goes from left to right.

use comfy_graph::{
    back::layout::{Frame, Placement, TITLE_HEIGHT, place},
    catalog::Catalog,
    front,
    graph::{Graph, NodeIx},
};

use crate::corpus::corpus;

/// Left, top, right and bottom of a node with its title.
fn edges(frame: &Frame) -> [f64; 4] {
    let [x, y] = frame.position;
    [x, y - TITLE_HEIGHT, x + frame.size[0], y + frame.size[1]]
}

fn overlap(a: &Frame, b: &Frame) -> bool {
    let ([left, top, right, bottom], other) = (edges(a), edges(b));
    left < other[2] && other[0] < right && top < other[3] && other[1] < bottom
}

/// What is wrong with the arrangement of one scope.
fn faults(scope: &Graph, placement: &Placement) -> Vec<String> {
    let name = |ix: &NodeIx| scope[*ix].describe();
    let frames: Vec<(&NodeIx, &Frame)> = placement.frames.iter().collect();
    let mut faults = Vec::new();
    for (at, (ix, frame)) in frames.iter().enumerate() {
        for (other, behind) in &frames[at + 1..] {
            if overlap(frame, behind) {
                faults.push(format!("{} is on {}", name(ix), name(other)));
            }
        }
    }
    for link in scope.links() {
        let (from, to) = (&placement.frames[&link.from.node], &placement.frames[&link.to.node]);
        if edges(from)[2] >= edges(to)[0] {
            faults.push(format!(
                "the link from {} to {} goes back",
                name(&link.from.node),
                name(&link.to.node)
            ));
        }
    }
    faults
}

fn all_faults(graph: &Graph, catalog: &Catalog) -> Vec<String> {
    let scopes = std::iter::once(graph).chain(graph.subgraphs().map(|(_, subgraph)| &subgraph.graph));
    scopes.flat_map(|scope| faults(scope, &place(scope, graph, catalog, false))).collect()
}

#[test]
fn arranged_nodes_do_not_overlap_and_links_go_right() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut found = Vec::new();
    for case in corpus.cases() {
        for text in [case.text(), case.gold().map(|gold| gold.to_string())].into_iter().flatten() {
            let graph = front::read(&text, &catalog).expect("a workflow or prompt").value.graph;
            found.extend(
                all_faults(&graph, &catalog).into_iter().map(|fault| format!("{}: {fault}", case.name)),
            );
        }
    }
    assert!(found.is_empty(), "{} faults: {:#?}", found.len(), &found[..found.len().min(20)]);
}

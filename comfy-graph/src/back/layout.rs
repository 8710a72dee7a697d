//! Where nodes stand and how large they are: for workflow files and for pictures.
//!
//! Sizes are the frontend's own (`size`). Nodes that nobody has placed are arranged from left to right
//! (`arrange`); those that the file places stay where they are, and new ones are put beside what they are linked to
//! (`beside`). A workflow that was made of another can have its looks (`adopt`).

mod adopt;
mod arrange;
mod beside;
mod groups;
mod size;
mod text;

use std::collections::BTreeMap;

use crate::{
    catalog::{Catalog, NodeDef},
    graph::{Graph, Group, Node, NodeIx, NodeKind},
};

pub use adopt::adopt;
pub use size::{
    PORT_PANEL_WIDTH, SLOT_HEIGHT, TITLE_HEIGHT, WIDGET_HEIGHT, WidgetFace, preferred, widget_faces,
};
pub use text::width as text_width;

/// A node's body on the canvas; the title bar of [`TITLE_HEIGHT`] is above it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Frame {
    /// Left and top.
    pub position: [f64; 2],
    /// Width and height.
    pub size: [f64; 2],
}

/// How one scope is drawn.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    /// The body of every node, the boundary panels of a subgraph included.
    pub frames: BTreeMap<NodeIx, Frame>,
    /// The frames around nodes.
    pub groups: Vec<Group>,
}

/// Places the nodes of one scope: a workflow, or the inside of one of its `definitions`. With `keep`, what the file
/// placed stays where it is; nodes without a place come beside their neighbours, or below.
pub fn place(scope: &Graph, definitions: &Graph, catalog: &Catalog, keep: bool) -> Placement {
    let words = Words { definitions, catalog };
    let kept =
        |ix: NodeIx| if keep { scope[ix].layout.as_deref().and_then(|layout| layout.position) } else { None };
    let mut placement = Placement::default();
    let mut waiting = Vec::new();
    for (ix, _) in scope.nodes().filter(|(_, node)| !is_panel(&node.kind)) {
        let size = size_of(scope, ix, words, keep);
        match kept(ix) {
            Some(position) => {
                placement.frames.insert(ix, Frame { position, size });
            }
            None => waiting.push((ix, size)),
        }
    }
    let anything_kept = !placement.frames.is_empty();
    if anything_kept {
        waiting = beside::place(scope, waiting, &mut placement.frames);
    }
    let arranged = arrange::arrange(scope, &waiting);
    let offset = if anything_kept { below(placement.frames.values()) } else { ORIGIN };
    for (ix, mut frame) in arranged.frames {
        for (at, shift) in frame.position.iter_mut().zip(offset) {
            *at += shift;
        }
        placement.frames.insert(ix, frame);
    }
    placement.groups = match (anything_kept, scope.groups.is_empty()) {
        (true, _) => scope.groups.clone(),
        (false, false) => groups::around_members(scope, &placement.frames),
        (false, true) => groups::around_clusters(scope, words, &arranged.clusters, &placement.frames),
    };
    panels(scope, keep, &mut placement);
    placement
}

/// Where the default titles of nodes are.
#[derive(Clone, Copy)]
struct Words<'g> {
    definitions: &'g Graph,
    catalog: &'g Catalog,
}

impl<'g> Words<'g> {
    /// What stands in the title bar.
    fn title(self, node: &'g Node) -> &'g str {
        let default = || match self.definitions.subgraph(&node.class_type) {
            Some(subgraph) => &*subgraph.name,
            None => self.catalog.get(&node.class_type).map_or(&*node.class_type, NodeDef::default_title),
        };
        node.title.as_deref().unwrap_or_else(default)
    }
}

/// Left and top of the first node of a new arrangement.
const ORIGIN: [f64; 2] = [60.0, 60.0];

/// The space between what stands and what is put below it.
const GAP: f64 = 100.0;

fn is_panel(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs)
}

fn size_of(scope: &Graph, ix: NodeIx, words: Words<'_>, keep: bool) -> [f64; 2] {
    let saved = if keep { scope[ix].layout.as_deref().and_then(|layout| layout.size) } else { None };
    saved.unwrap_or_else(|| preferred(scope, ix, words.definitions, words.catalog))
}

/// Left, top, right and bottom of all frames, titles included; `None` without any.
fn bounds<'f>(frames: impl IntoIterator<Item = &'f Frame>) -> Option<[f64; 4]> {
    frames.into_iter().fold(None, |bounds, frame| {
        let [x, y] = frame.position;
        let [left, top, right, bottom] = bounds.unwrap_or([x, y - TITLE_HEIGHT, x, y]);
        let (width, height) = (frame.size[0], frame.size[1]);
        Some([left.min(x), top.min(y - TITLE_HEIGHT), right.max(x + width), bottom.max(y + height)])
    })
}

fn below<'f>(frames: impl IntoIterator<Item = &'f Frame>) -> [f64; 2] {
    bounds(frames).map_or(ORIGIN, |[left, _, _, bottom]| [left, bottom + GAP + TITLE_HEIGHT])
}

/// The panels of a subgraph's inputs and outputs, left and right of everything unless they have a place.
fn panels(scope: &Graph, keep: bool, placement: &mut Placement) {
    let [left, top, right, bottom] = bounds(placement.frames.values()).unwrap_or_default();
    for (ix, node) in scope.nodes().filter(|(_, node)| is_panel(&node.kind)) {
        let size = size::panel(node);
        let x = if node.kind == NodeKind::SubgraphInputs { left - GAP - size[0] } else { right + GAP };
        let free = Frame { position: [x, f64::midpoint(top, bottom) - size[1] / 2.0], size };
        let kept = node.layout.as_deref().filter(|_| keep).and_then(|layout| layout.position);
        let frame = kept.map_or(free, |position| {
            let saved = node.layout.as_deref().and_then(|layout| layout.size);
            Frame { position, size: saved.unwrap_or(size) }
        });
        placement.frames.insert(ix, frame);
    }
}

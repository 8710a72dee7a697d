//! The graph that every format is read into and written from.
//!
//! # What a graph means
//!
//! A [`Graph`] is a workflow *as its author made it*: muted and bypassed nodes, reroutes, primitives, notes,
//! groups and subgraphs are all there. Turning it into what a server runs is the work of
//! [`passes`](crate::passes), which lose information; so everything that shows a workflow to a person (Rust, UI
//! JSON, pictures) is made from the graph before them.
//!
//! A graph has **nodes**, each under a [`NodeKey`] unique in its graph, and **links** from an output slot of one
//! node to an input slot of another. An input slot has at most one link. What a slot number means is decided by
//! the node's own lists: [`Node::inputs`] and [`Node::outputs`] are in the order the frontend has them *after
//! loading*, for old files too.
//!
//! **Values** live in [`Node::widgets`]. A widget may be linked as well; then the input slot of the same name
//! carries the link, and the widget's own value is what remains if the link leads nowhere. A value that arrives
//! *through a socket* (a promoted widget of a surrounding subgraph) is [`InputSlot::value`].
//!
//! A **subgraph** is a [`Subgraph`] in the list of the outermost graph, and a node of kind
//! [`NodeKind::Instance`] wherever it is used. Inside its own graph two boundary nodes stand for its inputs and
//! outputs ([`NodeKind::SubgraphInputs`], [`NodeKind::SubgraphOutputs`]), so that inner links are ordinary links.
//!
//! # Invariants ([`Graph::verify`] checks them)
//!
//! * every link's slots exist, or the output slot is past the end of a node whose outputs are not known;
//! * at most one link per input slot;
//! * an instance has exactly one input per input of its definition, in that order, and a widget for each of
//!   them that is [`InputSlot::widget`];
//! * order of insertion is kept and observable; nothing depends on addresses or hashing.
//!
//! petgraph does the bookkeeping and stays private. It takes a walk along a node's links to remove one, which is
//! quadratic for a node with very many; so links are found by the input they end in, are only marked when they
//! go, and the marked ones are cleared away when they are the majority.

mod index;
mod layout;
mod node;
mod order;
mod subgraph;
mod text;
mod verify;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use petgraph::{
    Direction,
    stable_graph::{EdgeIndex, NodeIndex, StableDiGraph},
    visit::EdgeRef,
};
use serde_json::{Map, Value};

use crate::catalog::IoType;

pub(crate) use index::WidgetIndex;
pub use layout::{Layout, SlotLabel};
pub use node::{InputSlot, Mode, Node, NodeKey, NodeKind, NodeSource, OutputSlot, Widget, WidgetForm};
pub(crate) use order::{Settled, js_rank};
pub use subgraph::{Subgraph, SubgraphId};

/// A node's place in one graph. Valid for the graph that gave it, until the node is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeIx(NodeIndex<u32>);

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    /// The node.
    pub node: NodeIx,
    /// Index into the node's inputs or outputs.
    pub slot: usize,
}

/// A link, seen from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The output it starts from.
    pub from: Slot,
    /// The input it ends in.
    pub to: Slot,
    /// The type that a bypassed origin is asked for, where it is not the type of the input itself: a link that
    /// came through the boundary of a subgraph asks for the type of that boundary.
    pub wants: Option<IoType>,
}

/// What petgraph keeps for a link.
#[derive(Clone, Debug)]
struct Wire {
    from: usize,
    to: usize,
    wants: Option<IoType>,
    /// Removed; waits for [`Graph::sweep`].
    gone: bool,
}

/// A coloured frame around some nodes; it has no meaning for execution.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// The text on the frame.
    pub title: Box<str>,
    /// Left, top, width, height.
    pub bounding: [f64; 4],
    /// Everything else of it, as it came.
    pub extra: Map<String, Value>,
}

/// A workflow, or the inside of a subgraph.
#[derive(Clone, Default)]
pub struct Graph {
    net: StableDiGraph<Node, Wire, u32>,
    by_key: IndexMap<NodeKey, NodeIx>,
    /// The link of every linked input; an edge that is not here is gone.
    by_target: IndexMap<Slot, EdgeIndex<u32>>,
    subgraphs: IndexMap<SubgraphId, Subgraph>,
    /// Frames around nodes.
    pub groups: Vec<Group>,
    /// What else the document had at its top level (`id`, `extra`, `config` …).
    pub document: Map<String, Value>,
}

impl Graph {
    /// A graph with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// A graph with room for this many nodes and links.
    pub fn with_capacity(nodes: usize, links: usize) -> Self {
        Self {
            net: StableDiGraph::with_capacity(nodes, links),
            by_key: IndexMap::with_capacity(nodes),
            by_target: IndexMap::with_capacity(links),
            ..Self::default()
        }
    }

    /// Adds a node at the end of the order.
    ///
    /// # Errors
    /// Gives the node back when its key is taken.
    pub fn insert(&mut self, node: Node) -> Result<NodeIx, Box<Node>> {
        if self.by_key.contains_key(&node.key) {
            return Err(Box::new(node));
        }
        let key = node.key.clone();
        let ix = NodeIx(self.net.add_node(node));
        self.by_key.insert(key, ix);
        Ok(ix)
    }

    /// A copy for the passes: without what only matters to people (positions, groups, the rest of the document).
    pub(crate) fn for_execution(&self) -> Self {
        let strip = |graph: &Self| Self {
            net: graph.net.map(|_, node| node.for_execution(), |_, wire| wire.clone()),
            by_key: graph.by_key.clone(),
            by_target: graph.by_target.clone(),
            ..Self::default()
        };
        let mut copy = strip(self);
        for (id, subgraph) in &self.subgraphs {
            copy.subgraphs.insert(id.clone(), subgraph.with_graph(strip(&subgraph.graph)));
        }
        copy
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The node with this key.
    pub fn find(&self, key: &str) -> Option<NodeIx> {
        self.by_key.get(key).copied()
    }

    /// The node at this place, unless it was removed.
    pub fn get(&self, ix: NodeIx) -> Option<&Node> {
        self.net.node_weight(ix.0)
    }

    /// The node at this place, unless it was removed.
    pub fn get_mut(&mut self, ix: NodeIx) -> Option<&mut Node> {
        self.net.node_weight_mut(ix.0)
    }

    /// All nodes, in order of insertion.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeIx, &Node)> + ExactSizeIterator {
        self.by_key.values().map(|ix| (*ix, &self.net[ix.0]))
    }

    /// The places of all nodes, in order of insertion; free of borrows, for editing while walking.
    pub fn indices(&self) -> Vec<NodeIx> {
        self.by_key.values().copied().collect()
    }

    /// Keeps the nodes for which `keep` says so; links of the others go with them. Linear.
    pub fn retain(&mut self, mut keep: impl FnMut(NodeIx, &Node) -> bool) {
        let net = &self.net;
        let mut leaving = Vec::new();
        self.by_key.retain(|_, ix| {
            let stays = keep(*ix, &net[ix.0]);
            if !stays {
                leaving.push(ix.0);
            }
            stays
        });
        if leaving.is_empty() {
            return;
        }
        let gone: BTreeSet<NodeIndex<u32>> = leaving.iter().copied().collect();
        for edge in self.net.edge_indices().collect::<Vec<_>>() {
            let ends = self.net.edge_endpoints(edge);
            if ends.is_some_and(|(from, to)| gone.contains(&from) || gone.contains(&to)) {
                self.net[edge].gone = true;
            }
        }
        // nodes without edges are removed at once
        self.sweep();
        for ix in leaving {
            self.net.remove_node(ix);
        }
    }

    /// Takes a node out, with its links. Its place in memory is given back by [`purge`](Self::purge) only: what petgraph
    /// frees it uses again, and the order of links goes by their numbers.
    pub(crate) fn detach(&mut self, ix: NodeIx) -> Option<Node> {
        let key = self.get(ix)?.key.clone();
        if self.find(key.as_str()) != Some(ix) {
            return None;
        }
        for link in self.links_into(ix).into_iter().chain(self.links_from(ix)) {
            self.unlink(link.to);
        }
        self.by_key.shift_remove(&key);
        self.get(ix).cloned()
    }

    /// Clears away the nodes that were detached. Linear.
    pub(crate) fn purge(&mut self) {
        self.sweep();
        let (net, by_key) = (&mut self.net, &self.by_key);
        net.retain_nodes(|net, ix| by_key.get(&net[ix].key) == Some(&NodeIx(ix)));
    }

    /// Clears away the links that are gone; those that stay keep their order. Linear.
    fn sweep(&mut self) {
        let edges = self.net.edge_indices().filter_map(|edge| {
            let (from, to) = self.net.edge_endpoints(edge)?;
            let wire = self.net.edge_weight(edge).filter(|wire| !wire.gone)?;
            Some((from, to, wire.clone()))
        });
        let edges: Vec<_> = edges.collect();
        self.net.clear_edges();
        self.by_target.clear();
        for (from, to, wire) in edges {
            let target = Slot { node: NodeIx(to), slot: wire.to };
            self.by_target.insert(target, self.net.add_edge(from, to, wire));
        }
    }

    /// Gives the nodes other keys. Of two that would have the same the later one keeps a key of its own.
    pub(crate) fn rename(&mut self, mut key: impl FnMut(NodeIx, &Node) -> NodeKey) {
        let mut by_key = IndexMap::with_capacity(self.by_key.len());
        for ix in self.indices() {
            let node = &mut self.net[ix.0];
            let mut wanted = key(ix, node);
            while by_key.contains_key(&wanted) {
                wanted = NodeKey::new(format!("{wanted}'"));
            }
            node.key = wanted.clone();
            by_key.insert(wanted, ix);
        }
        self.by_key = by_key;
    }

    /// Puts the nodes into another order: ascending by `rank`, equal ranks as they were.
    pub fn sort_by_rank<R: Ord>(&mut self, mut rank: impl FnMut(NodeIx, &Node) -> R) {
        let net = &self.net;
        self.by_key.sort_by_cached_key(|_, ix| rank(*ix, &net[ix.0]));
    }

    /// Joins an output to an input. A link that the input had is replaced.
    pub fn link(&mut self, from: Slot, to: Slot) {
        self.link_wanting(from, to, None);
    }

    /// Joins an output to an input, asking for another type than the input's (see [`Link::wants`]).
    pub fn link_wanting(&mut self, from: Slot, to: Slot, wants: Option<IoType>) {
        self.unlink(to);
        let wire = Wire { from: from.slot, to: to.slot, wants, gone: false };
        let edge = self.net.add_edge(from.node.0, to.node.0, wire);
        self.by_target.insert(to, edge);
    }

    /// Removes the link of an input, if it has one.
    pub fn unlink(&mut self, to: Slot) -> Option<Link> {
        const FEW: usize = 64;
        let edge = self.by_target.swap_remove(&to)?;
        let (origin, _) = self.net.edge_endpoints(edge)?;
        let wire = self.net.edge_weight_mut(edge)?;
        wire.gone = true;
        let from = Slot { node: NodeIx(origin), slot: wire.from };
        let link = Link { from, to, wants: wire.wants.take() };
        if self.net.edge_count() > 2 * self.by_target.len() + FEW {
            self.sweep();
        }
        Some(link)
    }

    /// The link that ends in this input.
    pub fn source(&self, to: Slot) -> Option<Link> {
        let edge = *self.by_target.get(&to)?;
        let (origin, _) = self.net.edge_endpoints(edge)?;
        let wire = self.net.edge_weight(edge)?;
        Some(Link { from: Slot { node: NodeIx(origin), slot: wire.from }, to, wants: wire.wants.clone() })
    }

    /// The links into a node, by input slot.
    pub fn links_into(&self, node: NodeIx) -> Vec<Link> {
        let mut links: Vec<Link> = self.incoming(node).collect();
        links.sort_by_key(|link| link.to.slot);
        links
    }

    /// The links out of a node, by output slot; of one output in the order they were made.
    pub fn links_from(&self, node: NodeIx) -> Vec<Link> {
        let mut links: Vec<_> = self
            .net
            .edges_directed(node.0, Direction::Outgoing)
            .filter(|edge| !edge.weight().gone)
            .map(|edge| (edge.weight().from, edge.id(), edge.target(), edge.weight()))
            .collect();
        links.sort_by_key(|(slot, id, ..)| (*slot, *id));
        links
            .into_iter()
            .map(|(slot, _, target, wire)| Link {
                from: Slot { node, slot },
                to: Slot { node: NodeIx(target), slot: wire.to },
                wants: wire.wants.clone(),
            })
            .collect()
    }

    /// All links, by target in node order, then by input slot.
    pub fn links(&self) -> impl Iterator<Item = Link> {
        self.by_key.values().flat_map(|ix| self.links_into(*ix))
    }

    /// The number of links.
    pub fn link_count(&self) -> usize {
        self.by_target.len()
    }

    fn incoming(&self, node: NodeIx) -> impl Iterator<Item = Link> {
        let edges = self.net.edges_directed(node.0, Direction::Incoming).filter(|edge| !edge.weight().gone);
        edges.map(move |edge| Link {
            from: Slot { node: NodeIx(edge.source()), slot: edge.weight().from },
            to: Slot { node, slot: edge.weight().to },
            wants: edge.weight().wants.clone(),
        })
    }
}

impl std::ops::Index<NodeIx> for Graph {
    type Output = Node;

    /// The node at this place.
    ///
    /// # Panics
    /// When the node was removed, or belongs to another graph; [`Graph::get`] asks.
    fn index(&self, ix: NodeIx) -> &Node {
        &self.net[ix.0]
    }
}

impl std::ops::IndexMut<NodeIx> for Graph {
    fn index_mut(&mut self, ix: NodeIx) -> &mut Node {
        &mut self.net[ix.0]
    }
}

//! Subgraph definitions and their boundaries.

use std::{borrow::Borrow, collections::BTreeSet, fmt};

use serde_json::{Map, Value};

use super::{Graph, InputSlot, Link, Node, NodeIx, NodeKey, NodeKind, OutputSlot};

/// The id of a subgraph definition, a UUID in files.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubgraphId(Box<str>);

impl SubgraphId {
    /// The id with this text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for SubgraphId {
    fn borrow(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for SubgraphId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Debug for SubgraphId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.0)
    }
}

/// A reusable part of a workflow.
#[derive(Clone)]
pub struct Subgraph {
    /// What it is called.
    pub name: Box<str>,
    /// Its nodes, the two boundary nodes included. Has no definitions of its own.
    pub graph: Graph,
    /// Everything else the file had about it.
    pub extra: Map<String, Value>,
    inputs: NodeIx,
    outputs: NodeIx,
}

/// Keys of the boundary nodes, as in files.
const INPUTS_KEY: &str = "-10";
const OUTPUTS_KEY: &str = "-20";

impl Subgraph {
    /// A subgraph with these inputs and outputs and nothing inside.
    pub fn new(name: impl Into<Box<str>>, inputs: Vec<OutputSlot>, outputs: Vec<InputSlot>) -> Self {
        let mut graph = Graph::new();
        let add = |graph: &mut Graph, node: Node| {
            let key = node.key.clone();
            let ix = NodeIx(graph.net.add_node(node));
            graph.by_key.insert(key, ix);
            ix
        };
        let mut node = Node::of_kind(NodeKey::new(INPUTS_KEY), NodeKind::SubgraphInputs, "");
        node.outputs = inputs;
        let inputs = add(&mut graph, node);
        let mut node = Node::of_kind(NodeKey::new(OUTPUTS_KEY), NodeKind::SubgraphOutputs, "");
        node.inputs = outputs;
        let outputs = add(&mut graph, node);
        Self { name: name.into(), graph, extra: Map::new(), inputs, outputs }
    }

    /// The same definition around another graph, whose nodes have the same places.
    pub(super) fn with_graph(&self, graph: Graph) -> Self {
        Self { name: self.name.clone(), graph, extra: Map::new(), inputs: self.inputs, outputs: self.outputs }
    }

    /// The boundary node whose outputs are the subgraph's inputs.
    pub fn inputs_node(&self) -> NodeIx {
        self.inputs
    }

    /// The boundary node whose inputs are the subgraph's outputs.
    pub fn outputs_node(&self) -> NodeIx {
        self.outputs
    }

    /// The inputs, by slot.
    pub fn inputs(&self) -> &[OutputSlot] {
        &self.graph[self.inputs].outputs
    }

    /// The outputs, by slot.
    pub fn outputs(&self) -> &[InputSlot] {
        &self.graph[self.outputs].inputs
    }

    /// Adds an input at the end.
    pub fn add_input(&mut self, input: OutputSlot) -> usize {
        let node = &mut self.graph[self.inputs];
        node.outputs.push(input);
        node.outputs.len() - 1
    }

    /// The links from the subgraph's input `slot` to nodes inside.
    pub fn uses_of_input(&self, slot: usize) -> impl Iterator<Item = Link> {
        self.graph.links_from(self.inputs).into_iter().filter(move |link| link.from.slot == slot)
    }

    /// Adds an output at the end.
    pub fn add_output(&mut self, output: InputSlot) -> usize {
        let node = &mut self.graph[self.outputs];
        node.inputs.push(output);
        node.inputs.len() - 1
    }
}

impl Graph {
    /// The definition with this id.
    pub fn subgraph(&self, id: &str) -> Option<&Subgraph> {
        self.subgraphs.get(id)
    }

    /// The node that a key of the prompt names: `57:8` is node 8 inside of the instance 57. A node of the graph itself
    /// that has the very key goes before.
    pub fn node_of_key(&self, key: &str) -> Option<&Node> {
        if let Some(ix) = self.find(key) {
            return self.get(ix);
        }
        let (mut scope, mut found): (&Self, Option<&Node>) = (self, None);
        for part in key.split(':') {
            match found.map(|outer| &outer.kind) {
                None => {}
                Some(NodeKind::Instance(id)) => scope = &self.subgraph(id.as_str())?.graph,
                Some(_) => return None,
            }
            found = Some(scope.get(scope.find(part)?)?);
        }
        found
    }

    /// The definition with this id, for editing.
    pub fn subgraph_mut(&mut self, id: &str) -> Option<&mut Subgraph> {
        self.subgraphs.get_mut(id)
    }

    /// The inside of a definition, for editing; the graph itself without an id, or where there is no such definition.
    pub(crate) fn scope_mut(&mut self, id: Option<&SubgraphId>) -> &mut Self {
        match id.and_then(|id| self.subgraphs.get_index_of(id)) {
            Some(at) => &mut self.subgraphs[at].graph,
            None => self,
        }
    }

    /// All definitions, in order.
    pub fn subgraphs(&self) -> impl ExactSizeIterator<Item = (&SubgraphId, &Subgraph)> {
        self.subgraphs.iter()
    }

    /// All definitions, in order, for editing.
    pub fn subgraphs_mut(&mut self) -> impl ExactSizeIterator<Item = (&SubgraphId, &mut Subgraph)> {
        self.subgraphs.iter_mut()
    }

    /// Adds a definition, or replaces the one of this id.
    pub fn insert_subgraph(&mut self, id: SubgraphId, subgraph: Subgraph) {
        self.subgraphs.insert(id, subgraph);
    }

    /// Takes a definition out; the others keep their order.
    pub(crate) fn remove_subgraph(&mut self, id: &str) -> Option<Subgraph> {
        self.subgraphs.shift_remove(id)
    }

    /// Puts the definitions into another order: ascending by `rank`, equal ranks as they were.
    pub(crate) fn sort_subgraphs<R: Ord>(&mut self, mut rank: impl FnMut(&SubgraphId) -> R) {
        self.subgraphs.sort_by_cached_key(|id, _| rank(id));
    }

    /// The ids of the definitions that are used, directly or inside of each other.
    pub(crate) fn used_subgraphs(&self) -> BTreeSet<SubgraphId> {
        let mut used = BTreeSet::new();
        let mut waiting = vec![self];
        while let Some(graph) = waiting.pop() {
            for (_, node) in graph.nodes() {
                if let NodeKind::Instance(id) = &node.kind
                    && used.insert(id.clone())
                {
                    waiting.extend(self.subgraph(id.as_str()).map(|subgraph| &subgraph.graph));
                }
            }
        }
        used
    }

    /// The ids of all definitions, each after those that are used inside of it; circles are cut somewhere.
    pub fn innermost_first(&self) -> Vec<SubgraphId> {
        let mut order = Vec::with_capacity(self.subgraphs().len());
        let mut seen = BTreeSet::new();
        for (start, _) in self.subgraphs() {
            let mut path = vec![(start.clone(), false)];
            while let Some((id, left)) = path.pop() {
                if left {
                    order.push(id);
                } else if seen.insert(id.clone()) {
                    let inside =
                        self.subgraph(id.as_str()).into_iter().flat_map(|subgraph| subgraph.graph.nodes());
                    let inner: Vec<_> = inside
                        .filter_map(|(_, node)| match &node.kind {
                            NodeKind::Instance(inner) => Some((inner.clone(), false)),
                            _ => None,
                        })
                        .filter(|(inner, _)| self.subgraph(inner.as_str()).is_some())
                        .collect();
                    path.push((id, true));
                    path.extend(inner);
                }
            }
        }
        order
    }
}

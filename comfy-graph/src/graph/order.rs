//! Orders of a graph's nodes.

use std::collections::{BTreeMap, VecDeque};

use indexmap::IndexMap;
use petgraph::{
    algo::kosaraju_scc,
    visit::{EdgeFiltered, NodeIndexable},
};

use super::{Graph, Node, NodeIx, NodeKey};

/// Nodes after those they depend on.
pub(crate) struct Settled {
    /// In this order.
    pub(crate) order: Vec<NodeIx>,
    /// Those that depend on themselves, in order of insertion.
    pub(crate) circular: Vec<NodeIx>,
}

impl Graph {
    /// The nodes in the frontend's order of execution (`LGraph.computeExecutionOrder`): nodes without links first,
    /// in order of insertion, then each as soon as its last link is seen. Nodes on circles come last, integer
    /// ids ascending.
    pub fn execution_order(&self) -> Vec<NodeIx> {
        let Settled { mut order, circular: mut rest } = self.settled(|_| true);
        rest.sort_by_key(|ix| js_rank(&self[*ix].key));
        order.extend(rest);
        order
    }

    /// The nodes for which `among` holds, each as soon as its last link from another of them is seen.
    pub(crate) fn settled(&self, among: impl Fn(&Node) -> bool) -> Settled {
        // how many links each node still waits for
        let mut waiting = vec![0_usize; self.net.node_bound()];
        let chosen: Vec<NodeIx> = self.nodes().filter(|(_, node)| among(node)).map(|(ix, _)| ix).collect();
        for ix in &chosen {
            let links = self.incoming(*ix).filter(|link| among(&self[link.from.node]));
            waiting[ix.0.index()] = links.count();
        }
        let is_ready = |ix: &NodeIx| waiting[ix.0.index()] == 0;
        let mut ready: VecDeque<NodeIx> = chosen.iter().copied().filter(is_ready).collect();
        let mut order = Vec::with_capacity(chosen.len());
        while let Some(ix) = ready.pop_front() {
            order.push(ix);
            for link in self.links_from(ix) {
                let count = &mut waiting[link.to.node.0.index()];
                // zero: not one of them
                if *count > 0 {
                    *count -= 1;
                    if *count == 0 {
                        ready.push_back(link.to.node);
                    }
                }
            }
        }
        let circular = chosen.into_iter().filter(|ix| waiting[ix.0.index()] > 0).collect();
        Settled { order, circular }
    }

    /// Sets of nodes that all depend on each other, each in order of insertion.
    pub(crate) fn knots(&self) -> Vec<Vec<NodeIx>> {
        let circular = self.settled(|_| true).circular;
        if circular.is_empty() {
            return Vec::new();
        }
        let net = EdgeFiltered::from_fn(&self.net, |edge| !edge.weight().gone);
        let sets = kosaraju_scc(&net);
        let set_of: BTreeMap<NodeIx, usize> = sets
            .iter()
            .enumerate()
            .flat_map(|(set, nodes)| nodes.iter().map(move |ix| (NodeIx(*ix), set)))
            .collect();
        let mut knots: IndexMap<usize, Vec<NodeIx>> = IndexMap::new();
        for ix in circular {
            let set = set_of.get(&ix).copied().unwrap_or_default();
            let feeds_itself = || self.incoming(ix).any(|link| link.from.node == ix);
            // what only waits behind a circle is a set of its own
            if sets.get(set).is_some_and(|nodes| nodes.len() > 1) || feeds_itself() {
                knots.entry(set).or_default().push(ix);
            }
        }
        knots.into_values().collect()
    }
}

/// The rank of a key in a JavaScript object: array indices ascending, then all others as they came.
pub(crate) fn js_rank(key: &NodeKey) -> (bool, u32) {
    key.as_index().map_or((true, 0), |index| (false, index))
}

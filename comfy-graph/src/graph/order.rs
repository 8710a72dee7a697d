//! Orders of a graph's nodes.

use std::collections::{BTreeMap, VecDeque};

use super::{Graph, NodeIx, NodeKey};

impl Graph {
    /// The nodes in the frontend's order of execution (`LGraph.computeExecutionOrder`): nodes without links first,
    /// in order of insertion, then each as soon as its last link is seen. Nodes on circles come last, integer
    /// ids ascending.
    pub fn execution_order(&self) -> Vec<NodeIx> {
        let mut waiting: BTreeMap<NodeIx, usize> = BTreeMap::new();
        let mut ready = VecDeque::new();
        for (ix, _) in self.nodes() {
            match self.incoming(ix).count() {
                0 => ready.push_back(ix),
                count => {
                    waiting.insert(ix, count);
                }
            }
        }
        let mut order = Vec::with_capacity(self.len());
        while let Some(ix) = ready.pop_front() {
            order.push(ix);
            for link in self.links_from(ix) {
                if let Some(count) = waiting.get_mut(&link.to.node) {
                    *count -= 1;
                    if *count == 0 {
                        waiting.remove(&link.to.node);
                        ready.push_back(link.to.node);
                    }
                }
            }
        }
        let mut rest: Vec<NodeIx> =
            self.nodes().map(|(ix, _)| ix).filter(|ix| waiting.contains_key(ix)).collect();
        rest.sort_by_key(|ix| js_rank(&self[*ix].key));
        order.extend(rest);
        order
    }
}

/// The rank of a key in a JavaScript object: array indices ascending, then all others as they came.
pub(crate) fn js_rank(key: &NodeKey) -> (bool, u32) {
    key.as_index().map_or((true, 0), |index| (false, index))
}

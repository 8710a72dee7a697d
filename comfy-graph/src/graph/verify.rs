//! The invariants of a graph, for tests and debugging.

use std::collections::BTreeSet;

use super::{Graph, NodeKind};

impl Graph {
    /// Checks the invariants named in the module's documentation.
    ///
    /// # Errors
    /// Says which one does not hold; that is a bug of whoever built the graph.
    #[doc(hidden)]
    pub fn verify(&self) -> Result<(), String> {
        let mut linked = BTreeSet::new();
        for link in self.links() {
            let target = &self[link.to.node];
            if link.to.slot >= target.inputs.len() {
                return Err(format!("{} has no input slot {}", target.describe(), link.to.slot));
            }
            if !linked.insert(link.to) {
                return Err(format!("two links into slot {} of {}", link.to.slot, target.describe()));
            }
        }
        for (_, node) in self.nodes() {
            self.verify_instance(node)?;
        }
        for (id, subgraph) in self.subgraphs() {
            if subgraph.graph.subgraphs().len() > 0 {
                return Err(format!("subgraph {id} has definitions of its own"));
            }
            subgraph.graph.verify()?;
            for (_, node) in subgraph.graph.nodes() {
                self.verify_instance(node)?;
            }
        }
        Ok(())
    }

    fn verify_instance(&self, node: &super::Node) -> Result<(), String> {
        let NodeKind::Instance(id) = &node.kind else { return Ok(()) };
        // inner graphs do not know the definitions; their instances are checked from the outermost graph
        let Some(definition) = self.subgraph(id.as_str()) else { return Ok(()) };
        let promoted = node.inputs.iter().filter(|input| input.widget).count();
        if node.inputs.len() != definition.inputs().len() || node.widgets.len() != promoted {
            return Err(format!("{} does not fit its definition", node.describe()));
        }
        Ok(())
    }
}

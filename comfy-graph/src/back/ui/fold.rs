//! Subgraphs rebuilt from the ids of a prompt: `57:8` is node 8 inside of instance 57.
//!
//! The deepest ids come first; each folded instance is then a node of the level above. Instances with the same nodes
//! inside, linked in the same way, share one definition; what differs between them becomes inputs of it. Ids inside of
//! definitions must be unique in the whole file, because the frontend renumbers them otherwise: where they are not, and
//! where ids are not numbers, the nodes stay at the top under their full ids, which the frontend keeps.

mod ports;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{definition_id, number};
use crate::{
    catalog::Catalog,
    diag::{Diagnostic, codes},
    graph::{Graph, Node, NodeIx, NodeKey, NodeSource, Slot},
};

use ports::Plan;

/// The graph with its subgraphs; the graph itself if there are none to rebuild.
pub(super) fn fold<'g>(graph: &'g Graph, catalog: &Catalog, found: &mut Vec<Diagnostic>) -> Cow<'g, Graph> {
    if !graph.nodes().any(|(_, node)| is_path(node)) {
        return Cow::Borrowed(graph);
    }
    let mut folding = Folding {
        graph: graph.clone(),
        catalog,
        flat: BTreeSet::new(),
        inner_ids: graph
            .subgraphs()
            .flat_map(|(_, subgraph)| subgraph.graph.nodes())
            .map(|(_, n)| n.key.clone())
            .collect(),
    };
    while folding.level() {}
    for parent in &folding.flat {
        let message =
            format!("nodes of subgraph instance {parent} stand outside of it, under their full ids");
        found.push(Diagnostic::new(codes::FLAT_SUBGRAPH, message).node(parent));
    }
    Cow::Owned(folding.graph)
}

/// Whether a node of a prompt was inside of a subgraph.
fn is_path(node: &Node) -> bool {
    matches!(node.source, Some(NodeSource::Prompt { .. })) && node.key.as_str().contains(':')
}

struct Folding<'c> {
    graph: Graph,
    catalog: &'c Catalog,
    /// Instances whose nodes stay where they are.
    flat: BTreeSet<NodeKey>,
    /// The ids inside of all definitions.
    inner_ids: BTreeSet<NodeKey>,
}

/// The nodes of one instance: by their id inside of it.
type Inside = BTreeMap<NodeKey, NodeIx>;

impl Folding<'_> {
    /// Folds the deepest instances; says whether there were any.
    fn level(&mut self) -> bool {
        let mut depth = 0;
        let mut instances: BTreeMap<NodeKey, Inside> = BTreeMap::new();
        for (ix, node) in self.graph.nodes().filter(|(_, node)| is_path(node)) {
            let Some((parent, inner)) = node.key.as_str().rsplit_once(':') else { continue };
            let parent = NodeKey::new(parent);
            if self.is_flat(&parent) {
                continue;
            }
            let level = node.key.as_str().matches(':').count();
            if level > depth {
                (depth, instances) = (level, BTreeMap::new());
            }
            if level == depth {
                instances.entry(parent).or_default().insert(NodeKey::new(inner), ix);
            }
        }
        if instances.is_empty() {
            return false;
        }
        let plans = self.plans(instances);
        self.apply(&plans);
        true
    }

    /// Whether the nodes of an instance stay flat; then those around it do too.
    fn is_flat(&self, parent: &NodeKey) -> bool {
        let below = NodeKey::new(format!("{parent}:"));
        let next = self.flat.range::<NodeKey, _>(&below..).next();
        self.flat.contains(parent) || next.is_some_and(|flat| flat.as_str().starts_with(below.as_str()))
    }

    /// The definitions for these instances. Those that cannot have any are noted.
    fn plans(&mut self, instances: BTreeMap<NodeKey, Inside>) -> Vec<Plan> {
        let mut alike: BTreeMap<ports::Signature, Vec<(NodeKey, Inside)>> = BTreeMap::new();
        for (parent, inside) in instances {
            if self.can_fold(&parent, &inside) {
                let signature = ports::signature(&self.graph, &inside);
                alike.entry(signature).or_default().push((parent, inside));
            } else {
                self.flat.insert(parent);
            }
        }
        let mut plans = Vec::new();
        for group in alike.into_values() {
            let ids: BTreeSet<NodeKey> = group[0].1.keys().cloned().collect();
            let parents: Vec<NodeKey> = group.iter().map(|(parent, _)| parent.clone()).collect();
            let plan = if ids.is_disjoint(&self.inner_ids) {
                Plan::new(&self.graph, self.catalog, group)
            } else {
                None
            };
            match plan {
                Some(plan) => {
                    self.inner_ids.extend(ids);
                    plans.push(plan);
                }
                None => self.flat.extend(parents),
            }
        }
        plans
    }

    /// Whether ids are such that the frontend keeps them.
    fn can_fold(&self, parent: &NodeKey, inside: &Inside) -> bool {
        let plain = |key: &str| number(key).is_some_and(|number| number >= 0);
        let taken = |key: &NodeKey| self.graph.find(key.as_str()).is_some();
        parent.as_str().split(':').all(plain)
            && !taken(parent)
            && inside.keys().all(|key| plain(key.as_str()) && !taken(key))
    }

    /// Puts instances into the place of the nodes that are inside of them.
    fn apply(&mut self, plans: &[Plan]) {
        let mut outputs: BTreeMap<Slot, Slot> = BTreeMap::new();
        let mut links: Vec<(Slot, Slot)> = Vec::new();
        let mut gone: BTreeSet<NodeIx> = BTreeSet::new();
        for plan in plans {
            let id = definition_id(&plan.parents().map(NodeKey::as_str).collect::<Vec<_>>().join(" "));
            let subgraph = plan.subgraph(&self.graph);
            for (at, parent) in plan.parents().enumerate() {
                let instance = plan.instance(&self.graph, &subgraph, &id, at, parent.clone());
                let Ok(ix) = self.graph.insert(instance) else { continue };
                let output = |(slot, from): (usize, Slot)| (from, Slot { node: ix, slot });
                outputs.extend(plan.outputs_of(at).enumerate().map(output));
                let input = |(slot, from): (usize, Option<Slot>)| Some((from?, Slot { node: ix, slot }));
                links.extend(plan.sources_of(at).enumerate().filter_map(input));
                gone.extend(plan.nodes_of(at));
            }
            self.graph.insert_subgraph(id, subgraph);
        }
        // consumers outside
        for from in outputs.keys() {
            let outer = self.graph.links_from(from.node).into_iter();
            let outer = outer.filter(|link| link.from == *from && !gone.contains(&link.to.node));
            links.extend(outer.map(|link| (link.from, link.to)));
        }
        for (from, to) in links {
            let from = outputs.get(&from).copied().unwrap_or(from);
            self.graph.link(from, to);
        }
        self.graph.retain(|ix, _| !gone.contains(&ix));
    }
}

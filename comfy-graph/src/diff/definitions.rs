//! Which subgraph of one workflow is which of the other: by id, content, name and likeness, in this order. Definitions
//! that nothing uses are no part of a workflow.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    Level, colour,
    scope::{Naming, Scope, hash},
};
use crate::graph::{Graph, NodeKind, Subgraph};

/// Definitions are told apart by what is in them down to this depth; few workflows have three levels.
const DEPTH: usize = 8;
/// So many possible pairs without anything in common but their contents are weighed.
const WEIGHED: usize = 1024;

/// The definitions of both workflows, and which are the same.
pub(super) struct Definitions<'g> {
    pub(super) old: Side<'g>,
    pub(super) new: Side<'g>,
    /// Ids of those that seem to be the same. What is compared is decided by the instances: of several alike one can
    /// stand for another.
    pairs: Vec<(&'g str, &'g str)>,
}

/// The definitions of one workflow.
pub(super) struct Side<'g> {
    graph: &'g Graph,
    /// What definitions are called, and what is in them, as hashes by id.
    families: BTreeMap<&'g str, u64>,
    contents: BTreeMap<&'g str, u64>,
    /// Those in use, in the document's order.
    pub(super) used: Vec<(&'g str, &'g Subgraph)>,
    /// Ports that have another name in the old workflow, by id.
    inputs: BTreeMap<&'g str, Names<'g>>,
    outputs: BTreeMap<&'g str, Names<'g>>,
}

/// New name → old name.
type Names<'g> = BTreeMap<&'g str, &'g str>;

impl<'g> Definitions<'g> {
    /// Pairs the definitions of two workflows.
    pub(super) fn new(old: &'g Graph, new: &'g Graph, level: Level) -> Self {
        let mut both = Self { old: Side::new(old, level), new: Side::new(new, level), pairs: Vec::new() };
        both.pair(|old, new| old.0 == new.0 && old.2 == new.2);
        both.pair_by(|(_, _, content)| Some(content));
        both.pair(|old, new| old.0 == new.0);
        both.pair_by(|(_, subgraph, _)| (!subgraph.name.is_empty()).then(|| hash(&subgraph.name)));
        both.pair_by_likeness();
        both.name_alike();
        both
    }

    /// The definitions without a partner, with the hashes of their contents.
    #[allow(clippy::type_complexity, reason = "two lists of one thing")]
    fn free(&self) -> (Vec<(&'g str, &'g Subgraph, u64)>, Vec<(&'g str, &'g Subgraph, u64)>) {
        let taken: BTreeSet<(bool, &str)> =
            self.pairs.iter().flat_map(|(old, new)| [(false, *old), (true, *new)]).collect();
        let free = |side: &Side<'g>, is_new| {
            let used = side.used.iter().filter(|(id, _)| !taken.contains(&(is_new, *id)));
            used.map(|(id, subgraph)| (*id, *subgraph, side.contents[id])).collect()
        };
        (free(&self.old, false), free(&self.new, true))
    }

    /// Pairs definitions of the same id for which `fits`.
    fn pair(&mut self, fits: impl Fn(&(&'g str, &'g Subgraph, u64), &(&'g str, &'g Subgraph, u64)) -> bool) {
        let (old, new) = self.free();
        let by_id: BTreeMap<&str, _> = new.iter().map(|new| (new.0, new)).collect();
        for old in &old {
            if let Some(new) = by_id.get(old.0).filter(|new| fits(old, new)) {
                self.pairs.push((old.0, new.0));
            }
        }
    }

    /// Pairs definitions with the same key, in order.
    fn pair_by(&mut self, key: impl Fn((&'g str, &'g Subgraph, u64)) -> Option<u64>) {
        let (old, new) = self.free();
        let mut by_key: BTreeMap<u64, VecDeque<&'g str>> = BTreeMap::new();
        for new in new {
            if let Some(key) = key(new) {
                by_key.entry(key).or_default().push_back(new.0);
            }
        }
        for old in old {
            let partner = key(old).and_then(|key| by_key.get_mut(&key)?.pop_front());
            self.pairs.extend(partner.map(|new| (old.0, new)));
        }
    }

    /// Pairs definitions with at least half of their nodes of the same classes.
    fn pair_by_likeness(&mut self) {
        let (old, new) = self.free();
        if old.len() * new.len() > WEIGHED {
            return;
        }
        let mut weighed: Vec<(usize, usize, usize)> = Vec::new();
        for (at, old) in old.iter().enumerate() {
            for (other, new) in new.iter().enumerate() {
                let common = common_classes(old.1, new.1);
                let most = old.1.graph.len().max(new.1.graph.len());
                if 2 * common >= most {
                    weighed.push((common * 1000 / most, at, other));
                }
            }
        }
        weighed.sort_by_key(|(likeness, at, other)| (std::cmp::Reverse(*likeness), *at, *other));
        let (mut taken, mut given) = (BTreeSet::new(), BTreeSet::new());
        for (_, at, other) in weighed {
            if !taken.contains(&at) && given.insert(other) {
                taken.insert(at);
                self.pairs.push((old[at].0, new[other].0));
            }
        }
    }

    /// Gives a pair the same name, and its ports too.
    fn name_alike(&mut self) {
        for (old, new) in &self.pairs {
            let (Some(one), Some(other)) = (self.old.graph.subgraph(old), self.new.graph.subgraph(new))
            else {
                continue;
            };
            self.new.families.insert(new, hash(&(1, &one.name)));
            let inputs = |s: &'g Subgraph| ports(s.inputs().iter().map(|p| (&*p.name, p.io_type.as_str())));
            let outputs = |s: &'g Subgraph| ports(s.outputs().iter().map(|p| (&*p.name, p.io_type.as_str())));
            self.new.inputs.insert(new, renamed(&inputs(one), &inputs(other)));
            self.new.outputs.insert(new, renamed(&outputs(one), &outputs(other)));
        }
    }
}

impl<'g> Side<'g> {
    /// The definitions that are in none of these pairs' ids, nor like one that is in `other`.
    pub(super) fn alone(&self, compared: &BTreeSet<&str>, other: &Self) -> Vec<(&'g str, &'g Subgraph)> {
        let theirs: BTreeSet<u64> = other.contents.values().copied().collect();
        let is_alone = |id: &str| !compared.contains(id) && !theirs.contains(&self.contents[id]);
        self.used.iter().filter(|(id, _)| is_alone(id)).copied().collect()
    }
}

/// The number of nodes that have a partner of the same class.
fn common_classes(one: &Subgraph, other: &Subgraph) -> usize {
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, node) in one.graph.nodes() {
        *classes.entry(&node.class_type).or_default() += 1;
    }
    let nodes = other.graph.nodes();
    nodes
        .filter(|(_, node)| match classes.get_mut(&*node.class_type) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        })
        .count()
}

fn ports<'g>(ports: impl Iterator<Item = (&'g str, &'g str)>) -> Vec<(&'g str, &'g str)> {
    ports.collect()
}

/// Ports (name, type) that only one side has are the same if they are as many of a type: new name → old name.
fn renamed<'g>(old: &[(&'g str, &'g str)], new: &[(&'g str, &'g str)]) -> Names<'g> {
    let names = |list: &[(&'g str, &'g str)]| -> BTreeSet<&str> { list.iter().map(|port| port.0).collect() };
    let (old_names, new_names) = (names(old), names(new));
    let mut by_type: BTreeMap<&str, (Vec<&'g str>, Vec<&'g str>)> = BTreeMap::new();
    for (name, io_type) in old.iter().filter(|port| !new_names.contains(port.0)) {
        by_type.entry(io_type).or_default().0.push(name);
    }
    for (name, io_type) in new.iter().filter(|port| !old_names.contains(port.0)) {
        by_type.entry(io_type).or_default().1.push(name);
    }
    let alike = by_type.into_values().filter(|(old, new)| old.len() == new.len());
    alike.flat_map(|(old, new)| new.into_iter().zip(old)).collect()
}

impl<'g> Side<'g> {
    fn new(graph: &'g Graph, level: Level) -> Self {
        let used = used(graph);
        let families = used.iter().map(|(id, subgraph)| (*id, hash(&(1, &subgraph.name)))).collect();
        let contents = BTreeMap::new();
        let mut side =
            Self { graph, families, contents, used, inputs: BTreeMap::new(), outputs: BTreeMap::new() };
        side.look_inside(level);
        side
    }

    /// Makes the hashes of definitions see what is in them, one level of nesting after the other.
    fn look_inside(&mut self, level: Level) {
        for _ in 0..DEPTH {
            let seen: BTreeMap<&str, u64> =
                self.used.iter().map(|(id, subgraph)| (*id, self.look(id, subgraph, level))).collect();
            let count = |hashes: &BTreeMap<&str, u64>| hashes.values().collect::<BTreeSet<_>>().len();
            let is_nested = self.used.iter().any(|(_, subgraph)| instances(&subgraph.graph).next().is_some());
            let is_settled = !is_nested || count(&seen) == self.used.len();
            self.contents = seen;
            if is_settled {
                return;
            }
        }
    }

    fn look(&self, id: &str, subgraph: &'g Subgraph, level: Level) -> u64 {
        let scope = Scope::new(&subgraph.graph, level, self, Some(id));
        let own = colour::alone(&scope);
        let whole = colour::both(&colour::upstream(&scope, &own), &colour::downstream(&scope, &own));
        let whole = colour::wider(&scope, &whole).into_iter().fold(0, u64::wrapping_add);
        let inputs: Vec<_> =
            subgraph.inputs().iter().map(|port| (&port.name, port.io_type.as_str())).collect();
        let outputs: Vec<_> =
            subgraph.outputs().iter().map(|port| (&port.name, port.io_type.as_str())).collect();
        hash(&(&subgraph.name, inputs, outputs, whole))
    }
}

/// The definitions that the workflow uses, in the document's order.
fn used(graph: &Graph) -> Vec<(&str, &Subgraph)> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&str> = instances(graph).collect();
    while let Some(id) = waiting.pop() {
        if let Some(subgraph) = graph.subgraph(id)
            && found.insert(id)
        {
            waiting.extend(instances(&subgraph.graph));
        }
    }
    let all = graph.subgraphs().map(|(id, subgraph)| (id.as_str(), subgraph));
    all.filter(|(id, _)| found.contains(id)).collect()
}

fn instances(graph: &Graph) -> impl Iterator<Item = &str> {
    graph.nodes().filter_map(|(_, node)| match &node.kind {
        NodeKind::Instance(id) => Some(id.as_str()),
        NodeKind::Class | NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => None,
    })
}

impl<'g> Naming<'g> for Side<'g> {
    fn family(&self, id: &str) -> u64 {
        self.families.get(id).copied().unwrap_or_else(|| hash(&(2, id)))
    }

    fn content(&self, id: &str) -> u64 {
        self.contents.get(id).copied().unwrap_or_default()
    }

    fn title(&self, id: &str) -> Box<str> {
        match self.graph.subgraph(id) {
            Some(subgraph) if !subgraph.name.is_empty() => subgraph.name.clone(),
            _ => id.into(),
        }
    }

    fn input(&self, definition: Option<&str>, name: &'g str) -> &'g str {
        definition.and_then(|id| self.inputs.get(id)?.get(name).copied()).unwrap_or(name)
    }

    fn output(&self, definition: Option<&str>, name: &'g str) -> &'g str {
        definition.and_then(|id| self.outputs.get(id)?.get(name).copied()).unwrap_or(name)
    }
}

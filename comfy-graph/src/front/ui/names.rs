//! Named values: Set and Get nodes (`ComfyUI-KJNodes` and its like), which become reroutes and links here.
//!
//! A Get looks for the Set of its name in its own graph, then, if its pack does so, in the graphs around it, for each
//! instance by itself (`ComfyUI-KJNodes: setgetnodes.js`). Names of a subgraph are not seen outside. A value from outside comes in through an input that the definition gets for it.

use std::collections::{BTreeMap, BTreeSet};

use super::broadcast::with_role;
use crate::{
    budget::Budget,
    catalog::{IoType, virtuals::VirtualRole},
    diag::{Diagnostic, codes},
    graph::{Graph, InputSlot, Node, NodeIx, NodeKind, OutputSlot, Slot, SubgraphId},
};

/// The Get nodes that look into the graphs around theirs.
const LEXICAL: &str = "GetNode";

/// A graph: a definition, or the top.
type Scope = Option<SubgraphId>;

/// What is known about names, by graph.
#[derive(Default)]
struct Names {
    /// What each name stands for; nothing where its Set is not linked.
    set: BTreeMap<Scope, BTreeMap<Box<str>, Option<Slot>>>,
    /// The nodes that get a name from outside.
    open: BTreeMap<SubgraphId, BTreeMap<Box<str>, Vec<NodeIx>>>,
    /// The instances in each graph.
    instances: BTreeMap<Scope, Vec<(NodeIx, SubgraphId)>>,
}

/// Joins every Get to what the Set of its name is linked to. Both are reroutes from then on.
pub(super) fn connect(graph: &mut Graph, budget: &mut Budget, found: &mut Vec<Diagnostic>) {
    let mut names = Names::default();
    let mut unset = Vec::new();
    let ids: Vec<SubgraphId> = graph.subgraphs().map(|(id, _)| id.clone()).collect();
    for scope in std::iter::once(None).chain(ids.into_iter().map(Some)) {
        if let Some(graph) = graph_of(graph, scope.as_ref()) {
            names.within(scope, graph, &mut unset);
        }
    }
    if !names.open.is_empty() {
        let wanted = names.wanted(budget);
        let reached = names.reached(&wanted);
        names.bring_in(graph, &reached, budget);
        unset.extend(names.unreached(&reached));
    }
    for (scope, get) in unset {
        let node = graph_of(graph, scope.as_ref()).and_then(|graph| graph.get(get));
        let Some(node) = node else { continue };
        let name = name_of(node).unwrap_or_default();
        let message = format!("{} gets \"{name}\", which nothing sets", node.describe());
        found.push(Diagnostic::new(codes::UNSET_NAME, message).at_opt(node.path()).node(&node.key));
    }
}

fn graph_of<'g>(graph: &'g mut Graph, scope: Option<&SubgraphId>) -> Option<&'g mut Graph> {
    match scope {
        None => Some(graph),
        Some(id) => graph.subgraph_mut(id.as_str()).map(|subgraph| &mut subgraph.graph),
    }
}

/// The name a Set or Get node carries in its only widget.
fn name_of(node: &Node) -> Option<&str> {
    node.widgets.first()?.value.as_ref()?.as_str()
}

/// Names that definitions want from outside.
type Wanted = BTreeMap<SubgraphId, BTreeSet<Box<str>>>;

impl Names {
    /// Joins what one graph sets and gets; notes what it wants from outside.
    fn within(&mut self, scope: Scope, graph: &mut Graph, unset: &mut Vec<(Scope, NodeIx)>) {
        let mut set: BTreeMap<Box<str>, Option<Slot>> = BTreeMap::new();
        for ix in with_role(graph, VirtualRole::Set) {
            let source = graph.source(Slot { node: ix, slot: 0 }).map(|link| link.from);
            if let Some(name) = name_of(&graph[ix]) {
                let entry = set.entry(name.into()).or_default();
                *entry = entry.or(source);
            }
            graph[ix].kind = NodeKind::Virtual(VirtualRole::Reroute);
        }
        for ix in with_role(graph, VirtualRole::Get) {
            let node = &mut graph[ix];
            node.kind = NodeKind::Virtual(VirtualRole::Reroute);
            node.inputs = vec![InputSlot::new("", IoType::any())];
            let Some(name) = name_of(node) else {
                unset.push((scope.clone(), ix));
                continue;
            };
            match (set.get(name), &scope) {
                (Some(Some(source)), _) => graph.link(*source, Slot { node: ix, slot: 0 }),
                (None, Some(id)) if &*node.class_type == LEXICAL => {
                    let open = self.open.entry(id.clone()).or_default();
                    open.entry(name.into()).or_default().push(ix);
                }
                _ => unset.push((scope.clone(), ix)),
            }
        }
        let instance = |(ix, node): (NodeIx, &Node)| match &node.kind {
            NodeKind::Instance(id) => Some((ix, id.clone())),
            _ => None,
        };
        self.instances.insert(scope.clone(), graph.nodes().filter_map(instance).collect());
        self.set.insert(scope, set);
    }

    /// Which names each definition wants: its own, and those that its instances want and it does not set.
    fn wanted(&self, budget: &mut Budget) -> Wanted {
        let mut users: BTreeMap<&SubgraphId, BTreeSet<&SubgraphId>> = BTreeMap::new();
        for (scope, instances) in &self.instances {
            for (_, inner) in instances {
                users.entry(inner).or_default().extend(scope);
            }
        }
        let own = |(id, names): (&SubgraphId, &BTreeMap<Box<str>, Vec<NodeIx>>)| {
            names.keys().map(|name| (id.clone(), name.clone())).collect::<Vec<_>>()
        };
        let mut pending: Vec<(SubgraphId, Box<str>)> = self.open.iter().flat_map(own).collect();
        let mut wanted = Wanted::new();
        while let Some((id, name)) = pending.pop() {
            if self.sets(Some(&id), &name) || !budget.spend(NAME_BYTES + name.len()) {
                continue;
            }
            if wanted.entry(id.clone()).or_default().insert(name.clone()) {
                let users = users.get(&id).into_iter().flatten();
                pending.extend(users.map(|user| ((*user).clone(), name.clone())));
            }
        }
        wanted
    }

    fn sets(&self, scope: Option<&SubgraphId>, name: &str) -> bool {
        self.set.get(&scope.cloned()).is_some_and(|set| set.contains_key(name))
    }

    /// Which of those are set around some instance.
    fn reached(&self, wanted: &Wanted) -> Wanted {
        let mut reached = Wanted::new();
        let mut pending: Vec<(Scope, Option<Box<str>>)> =
            self.instances.keys().map(|scope| (scope.clone(), None)).collect();
        while let Some((scope, only)) = pending.pop() {
            for (_, inner) in self.instances.get(&scope).into_iter().flatten() {
                for name in wanted.get(inner).into_iter().flatten() {
                    let comes = match &only {
                        Some(only) => only == name,
                        None => {
                            self.set.get(&scope).and_then(|set| set.get(name)).is_some_and(Option::is_some)
                        }
                    };
                    if comes && reached.entry(inner.clone()).or_default().insert(name.clone()) {
                        pending.push((Some(inner.clone()), Some(name.clone())));
                    }
                }
            }
        }
        reached
    }

    /// Gives definitions their inputs, the Gets inside their links, and the instances what the names stand for there.
    fn bring_in(&self, graph: &mut Graph, reached: &Wanted, budget: &mut Budget) {
        let mut ports: BTreeMap<(SubgraphId, Box<str>), usize> = BTreeMap::new();
        for (id, names) in reached {
            for name in names {
                let gets = self.open.get(id).and_then(|open| open.get(name));
                let Some(subgraph) = graph.subgraph_mut(id.as_str()) else { continue };
                let mut types = gets.into_iter().flatten().filter_map(|get| {
                    let output = subgraph.graph.get(*get)?.outputs.first()?;
                    Some(&output.io_type).filter(|io_type| !io_type.is_any())
                });
                let io_type = types.next().cloned().unwrap_or_else(IoType::any);
                let port = OutputSlot { name: free_name(subgraph.inputs(), name), io_type };
                let slot = subgraph.add_input(port);
                let from = Slot { node: subgraph.inputs_node(), slot };
                for get in gets.into_iter().flatten() {
                    subgraph.graph.link(from, Slot { node: *get, slot: 0 });
                }
                ports.insert((id.clone(), name.clone()), slot);
            }
        }
        for (scope, instances) in &self.instances {
            for (instance, inner) in instances {
                for name in reached.get(inner).into_iter().flatten() {
                    if budget.spend(NAME_BYTES + name.len()) {
                        self.hand_in(graph, scope.as_ref(), *instance, inner, name, &ports);
                    }
                }
            }
        }
    }

    /// Links the input of an instance to what a name stands for around it.
    fn hand_in(
        &self,
        graph: &mut Graph,
        scope: Option<&SubgraphId>,
        instance: NodeIx,
        inner: &SubgraphId,
        name: &str,
        ports: &BTreeMap<(SubgraphId, Box<str>), usize>,
    ) {
        let port = |id: &SubgraphId| ports.get(&(id.clone(), name.into())).copied();
        let Some(slot) = port(inner) else { return };
        let outer = match scope {
            Some(id) => port(id)
                .and_then(|slot| Some(Slot { node: graph.subgraph(id.as_str())?.inputs_node(), slot })),
            None => None,
        };
        let own = self.set.get(&scope.cloned()).and_then(|set| set.get(name));
        let source = own.map_or(outer, |own| *own);
        let added = graph.subgraph(inner.as_str()).and_then(|inner| inner.inputs().get(slot)).cloned();
        let Some((graph, added)) = graph_of(graph, scope).zip(added) else { return };
        let Some(node) = graph.get_mut(instance) else { return };
        while node.inputs.len() <= slot {
            // the inputs of one definition come in one order at all of its instances
            node.inputs.push(InputSlot::new(added.name.clone(), added.io_type.clone()));
        }
        if let Some(source) = source {
            graph.link(source, Slot { node: instance, slot });
        }
    }

    /// The Gets whose names nothing around them sets.
    fn unreached(&self, reached: &Wanted) -> Vec<(Scope, NodeIx)> {
        let mut unreached = Vec::new();
        for (id, names) in &self.open {
            for (name, gets) in names {
                if !reached.get(id).is_some_and(|reached| reached.contains(name)) {
                    unreached.extend(gets.iter().map(|get| (Some(id.clone()), *get)));
                }
            }
        }
        unreached
    }
}

/// What a name that comes from outside takes in memory, roughly.
const NAME_BYTES: usize = 256;

/// The name for a new input that is none of those that are there.
fn free_name(inputs: &[OutputSlot], name: &str) -> Box<str> {
    let taken: BTreeSet<&str> = inputs.iter().map(|input| &*input.name).collect();
    let numbered = (1..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(&**name)).unwrap_or_default().into()
}

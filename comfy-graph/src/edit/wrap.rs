//! Nodes become a subgraph, with an instance in their place.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    NodeRef,
    draft::{At, Done, Draft, Scope},
    nodes::in_order_of,
};
use crate::{
    back::ui::uuid,
    catalog::virtuals::VirtualRole,
    diag::{codes, short},
    graph::{Graph, InputSlot, Link, Node, NodeIx, NodeKind, OutputSlot, Slot, Subgraph, SubgraphId},
};

/// The links at the edge of what is wrapped, and the ports that they go through.
#[derive(Default)]
struct Ports {
    /// The outputs outside that lead in, with the port of each.
    inputs: Vec<(Slot, OutputSlot)>,
    /// The outputs inside that lead out, with the port of each.
    outputs: Vec<(Slot, InputSlot)>,
    /// Links into the set, with their port.
    into: Vec<(usize, Link)>,
    /// Links out of the set, with their port.
    from: Vec<(usize, Link)>,
    /// Links inside.
    inner: Vec<Link>,
}

impl Draft<'_> {
    pub(super) fn wrap(&mut self, nodes: &[NodeRef], name: &str, alias: Option<&str>) -> Done {
        let (scope, inside) = self.wrapped(nodes)?;
        let ports = self.ports(&scope, &inside);
        self.refuse_torn(&scope, &ports)?;
        let id = self.fresh_definition(name);
        let mut subgraph = Subgraph::new(
            if name.is_empty() { "New Subgraph" } else { name },
            ports.inputs.iter().map(|(_, port)| port.clone()).collect(),
            ports.outputs.iter().map(|(_, port)| port.clone()).collect(),
        );
        let places = self.fill(&scope, &inside, &mut subgraph, &id)?;
        join_inside(&mut subgraph, &ports, &places);
        let instance = self.stand_in(&scope, &id, &subgraph, &ports)?;
        self.graph.insert_subgraph(id, subgraph);
        self.note_inner_change();
        self.promote_now();
        self.call(alias, &instance)?;
        Ok(())
    }

    /// The nodes to wrap, in the order of their graph.
    fn wrapped(&mut self, nodes: &[NodeRef]) -> Done<(Scope, Vec<NodeIx>)> {
        let mut found: Vec<At> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let at = self.resolve(node, "nodes")?;
            self.refuse_boundary(&at, "nodes")?;
            if found.first().is_some_and(|first| first.scope != at.scope) {
                let message = "the nodes are in different graphs, and a subgraph is made of nodes of one";
                return Err(self.about(codes::IMPOSSIBLE_EDIT, "nodes", &at, message).into());
            }
            let node = self.node(&at);
            if matches!(node.kind, NodeKind::Instance(_)) && !node.mode.runs() && at.scope.is_none() {
                let message = "it is muted or bypassed; inside of a subgraph what is in it would run";
                let found = self.about(codes::IMPOSSIBLE_EDIT, "nodes", &at, message);
                return Err(found.help("let it run, or delete it").into());
            }
            found.push(at);
        }
        let Some(first) = found.first() else {
            let message = "there are no nodes to make a subgraph of";
            return Err(self.finding(codes::MALFORMED_EDIT, "nodes", message).into());
        };
        let scope = first.scope.clone();
        let places: Vec<NodeIx> = found.iter().map(|at| at.ix).collect();
        let inside = in_order_of(self.scope(&scope), &places);
        Ok((scope, inside))
    }

    /// The inputs and outputs that the subgraph needs: one for each output outside that leads in, and one for each output
    /// inside that leads out.
    fn ports(&self, scope: &Scope, inside: &[NodeIx]) -> Ports {
        let graph = self.scope(scope);
        let set: BTreeSet<NodeIx> = inside.iter().copied().collect();
        let mut ports = Ports::default();
        let (mut input_of, mut output_of) = (BTreeMap::new(), BTreeMap::new());
        let (mut input_names, mut output_names) = (Names::default(), Names::default());
        for link in inside.iter().flat_map(|ix| graph.links_into(*ix)) {
            if set.contains(&link.from.node) {
                continue;
            }
            let port = *input_of.entry(link.from).or_insert_with(|| {
                let taker = &graph[link.to.node].inputs[link.to.slot];
                let wanted = if taker.name.is_empty() { "input" } else { &taker.name };
                let name = input_names.free(wanted.rsplit('.').next().unwrap_or(wanted));
                let given = self.type_of(graph, link.from);
                let io_type = if given.is_any() { taker.io_type.clone() } else { given };
                ports.inputs.push((link.from, OutputSlot { name, io_type }));
                ports.inputs.len() - 1
            });
            ports.into.push((port, link));
        }
        for link in inside.iter().flat_map(|ix| graph.links_from(*ix)) {
            if set.contains(&link.to.node) {
                ports.inner.push(link);
                continue;
            }
            let port = *output_of.entry(link.from).or_insert_with(|| {
                let own = graph[link.from.node].outputs.get(link.from.slot);
                let given = self.type_of(graph, link.from);
                let label = own.map_or("", |own| &*own.name);
                let name = output_names.free(if label.is_empty() { given.as_str() } else { label });
                ports.outputs.push((link.from, InputSlot::new(name, given)));
                ports.outputs.len() - 1
            });
            ports.from.push((port, link));
        }
        ports
    }

    /// Nodes that only work together in one graph: those of packs that find each other by name, and primitives, which
    /// write into widgets behind reroutes.
    fn refuse_torn(&self, scope: &Scope, ports: &Ports) -> Done {
        let graph = self.scope(scope);
        let by_name = |ix: NodeIx| {
            matches!(
                graph[ix].kind,
                NodeKind::Virtual(VirtualRole::Set | VirtualRole::Get | VirtualRole::Everywhere)
            )
        };
        let is_virtual = |ix: NodeIx| matches!(graph[ix].kind, NodeKind::Virtual(_));
        let primitive = |ix: NodeIx| graph[ix].is_virtual(VirtualRole::Primitive);
        let torn = ports.into.iter().chain(&ports.from).map(|(_, link)| link).find(|link| {
            let (from, to) = (link.from.node, link.to.node);
            by_name(from) && by_name(to) || primitive(from) && is_virtual(to)
        });
        let Some(link) = torn else { return Ok(()) };
        let (from, to) = (graph[link.from.node].describe(), graph[link.to.node].describe());
        let message = format!("{from} and {to} work in one graph only, and one of them would be inside");
        let found = self.finding(codes::IMPOSSIBLE_EDIT, "nodes", &message);
        Err(found.help("take both of them in, or neither").into())
    }

    /// An id for a definition, the same for the same edit of the same graph.
    fn fresh_definition(&self, name: &str) -> SubgraphId {
        let mut number = self.graph.subgraphs().len();
        loop {
            let id = SubgraphId::new(uuid(&format!("{name} {number} {}", self.place(""))));
            if self.graph.subgraph(id.as_str()).is_none() {
                return id;
            }
            number += 1;
        }
    }

    /// Moves the nodes. Ids of a prompt that are paths become numbers.
    fn fill(
        &mut self,
        scope: &Scope,
        inside: &[NodeIx],
        subgraph: &mut Subgraph,
        id: &SubgraphId,
    ) -> Done<BTreeMap<NodeIx, NodeIx>> {
        let mut places = BTreeMap::new();
        for ix in inside {
            let Some(mut node) = self.scope_mut(scope).detach(*ix) else { continue };
            let old = node.key.clone();
            if old.as_str().contains(':') {
                node.key = self.fresh_key();
            }
            let key = node.key.clone();
            match subgraph.graph.insert(node) {
                Ok(new) => places.insert(*ix, new),
                Err(node) => {
                    let message = format!("the id {} is taken", short(node.key.as_str()));
                    return Err(self.finding(codes::DUPLICATE_NODE_ID, "nodes", &message).into());
                }
            };
            self.moved((scope, &old), (&Some(id.clone()), &key));
        }
        Ok(places)
    }

    /// The instance, linked as the nodes were.
    fn stand_in(&mut self, scope: &Scope, id: &SubgraphId, subgraph: &Subgraph, ports: &Ports) -> Done<At> {
        let key = self.fresh_key();
        let mut node = Node::of_kind(key, NodeKind::Instance(id.clone()), id.as_str());
        let inputs = subgraph.inputs().iter();
        node.inputs = inputs.map(|port| InputSlot::new(port.name.clone(), port.io_type.clone())).collect();
        let outputs = subgraph.outputs().iter();
        node.outputs = outputs
            .map(|port| OutputSlot { name: port.name.clone(), io_type: port.io_type.clone() })
            .collect();
        let at = self.add_node(scope, node)?;
        for (slot, (from, _)) in ports.inputs.iter().enumerate() {
            self.link(scope, *from, Slot { node: at.ix, slot });
        }
        for (slot, link) in &ports.from {
            self.link(scope, Slot { node: at.ix, slot: *slot }, link.to);
        }
        Ok(at)
    }
}

/// The links inside, and those to the boundaries.
fn join_inside(subgraph: &mut Subgraph, ports: &Ports, places: &BTreeMap<NodeIx, NodeIx>) {
    let (inputs, outputs) = (subgraph.inputs_node(), subgraph.outputs_node());
    let graph: &mut Graph = &mut subgraph.graph;
    let moved = |slot: Slot| places.get(&slot.node).map(|node| Slot { node: *node, slot: slot.slot });
    for link in &ports.inner {
        if let (Some(from), Some(to)) = (moved(link.from), moved(link.to)) {
            graph.link_wanting(from, to, link.wants.clone());
        }
    }
    for (port, link) in &ports.into {
        if let Some(to) = moved(link.to) {
            graph.link(Slot { node: inputs, slot: *port }, to);
        }
    }
    for (port, (from, _)) in ports.outputs.iter().enumerate() {
        if let Some(from) = moved(*from) {
            graph.link(from, Slot { node: outputs, slot: port });
        }
    }
}

/// Names of ports, each once.
#[derive(Default)]
struct Names(BTreeMap<Box<str>, usize>);

impl Names {
    /// `image`, `image_1`, `image_2` …
    fn free(&mut self, wanted: &str) -> Box<str> {
        loop {
            let number = self.0.entry(wanted.into()).or_insert(0);
            let name: Box<str> =
                if *number == 0 { wanted.into() } else { format!("{wanted}_{number}").into() };
            *number += 1;
            if *number == 1 || self.0.insert(name.clone(), 1).is_none() {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ports_are_told_apart() {
        let mut names = Names::default();
        let all: Vec<Box<str>> =
            ["a", "a_1", "a", "a", "b"].into_iter().map(|name| names.free(name)).collect();
        assert_eq!(all, ["a".into(), "a_1".into(), "a_2".into(), "a_3".into(), "b".into()] as [Box<str>; 5]);
    }
}

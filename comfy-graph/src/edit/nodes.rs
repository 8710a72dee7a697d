//! Nodes that come and go, their modes and titles.

use super::{
    Add, NodeRef,
    draft::{At, Done, Draft, Scope},
};
use crate::{
    back::{live, sockets},
    catalog::{IoType, virtuals, virtuals::VirtualRole},
    diag::{Diagnostic, codes, short},
    front::fresh,
    graph::{
        Graph, InputSlot, Layout, Link, Mode, Node, NodeIx, NodeKey, NodeKind, OutputSlot, Slot, SubgraphId,
        Widget,
    },
    passes::bypass::passed_on,
};

impl Draft<'_> {
    pub(super) fn add(&mut self, add: &Add) -> Done {
        let scope = self.scope_inside(add.inside.as_ref(), "in")?;
        let at = self.new_node(&scope, &add.class, "class", add.id.as_deref())?;
        let node = self.node_mut(&at);
        node.title = add.title.as_deref().filter(|title| !title.is_empty()).map(Into::into);
        if let Some(position) = add.at {
            node.layout = Some(Box::new(Layout { position: Some(position), ..Layout::default() }));
        }
        self.call(add.alias.as_deref(), &at)?;
        self.set_all(&at, &add.values)
    }

    /// A new node of a class.
    pub(super) fn new_node(
        &mut self,
        scope: &Scope,
        class: &str,
        member: &str,
        id: Option<&str>,
    ) -> Done<At> {
        let key = match id {
            Some(id) => self.wanted_key(id)?,
            None => self.fresh_key(),
        };
        let node = match (self.catalog.get(class), virtuals::role(class)) {
            (Some(def), _) => fresh::node(def, key),
            (None, Some(role @ (VirtualRole::Note | VirtualRole::Reroute))) => of_frontend(role, class, key),
            (None, _) => match self.instance(scope, class, &key, member)? {
                Some(node) => node,
                None => return Err(self.no_class(class, member).into()),
            },
        };
        let is_instance = matches!(node.kind, NodeKind::Instance(_));
        let at = self.add_node(scope, node)?;
        if is_instance {
            self.promote_now();
        }
        Ok(at)
    }

    fn wanted_key(&self, id: &str) -> Done<NodeKey> {
        const LONGEST: usize = 256;
        let key = NodeKey::new(id);
        let is_id = !id.is_empty()
            && id.len() <= LONGEST
            && !id.starts_with(['$', '-'])
            && !id.contains([':', '/', '.']);
        if !is_id {
            let message = format!("{:?} is no id for a new node", short(id));
            return Err(self.finding(codes::MALFORMED_EDIT, "id", &message).into());
        }
        if self.is_taken(&key) {
            let message = format!("the id {id} is taken");
            return Err(self.finding(codes::DUPLICATE_NODE_ID, "id", &message).node(id).into());
        }
        Ok(key)
    }

    /// The finding for a class that the catalog does not have.
    pub(super) fn no_class(&mut self, class: &str, member: &str) -> Diagnostic {
        let message = format!("the catalog has no class {:?}", short(class));
        let found = self.finding(codes::MISSING_NODE_TYPE, member, &message);
        let place = self.place(member);
        let catalog = self.catalog;
        self.did_you_mean(found, &place, class, catalog.class_types())
    }

    /// A use of a definition, if the class is the id of one.
    fn instance(&mut self, scope: &Scope, class: &str, key: &NodeKey, member: &str) -> Done<Option<Node>> {
        let Some(definition) = self.graph.subgraph(class) else { return Ok(None) };
        let id = SubgraphId::new(class);
        let mut node = Node::of_kind(key.clone(), NodeKind::Instance(id.clone()), class);
        let ports = definition.inputs().iter();
        node.inputs = ports.map(|port| InputSlot::new(port.name.clone(), port.io_type.clone())).collect();
        let ports = definition.outputs().iter();
        node.outputs =
            ports.map(|port| OutputSlot { name: port.name.clone(), io_type: port.io_type.clone() }).collect();
        if scope.as_ref().is_some_and(|around| self.contains(&id, around)) {
            let message = format!("subgraph \"{}\" would contain itself", short(&definition.name));
            return Err(self.finding(codes::SUBGRAPH_RECURSION, member, &message).into());
        }
        Ok(Some(node))
    }

    /// Whether a definition is another one, or uses it somewhere inside.
    fn contains(&self, id: &SubgraphId, other: &SubgraphId) -> bool {
        let mut waiting = vec![id.clone()];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if id == *other {
                return true;
            }
            if !seen.insert(id.clone()) {
                continue;
            }
            let inside =
                self.graph.subgraph(id.as_str()).into_iter().flat_map(|subgraph| subgraph.graph.nodes());
            waiting.extend(inside.filter_map(|(_, node)| match &node.kind {
                NodeKind::Instance(id) => Some(id.clone()),
                _ => None,
            }));
        }
        false
    }

    pub(super) fn delete(&mut self, node: &NodeRef, rewire: bool) -> Done {
        let at = self.resolve(node, "node")?;
        self.refuse_boundary(&at, "node")?;
        let links = self.scope(&at.scope).links_from(at.ix);
        let mut lost = Vec::new();
        for link in links {
            let heir = if rewire { self.heir(&at, &link) } else { Heir::Nobody };
            match heir {
                Heir::Output(from) => self.link(&at.scope, from, link.to),
                Heir::Value(value) => self.leave(&at.scope, link.to, &value),
                Heir::Nobody => {
                    let taker = &self.scope(&at.scope)[link.to.node];
                    let input = taker.inputs.get(link.to.slot).map_or("", |input| &*input.name);
                    lost.push(format!("{input} of {}", taker.describe()));
                    self.scope_mut(&at.scope).unlink(link.to);
                }
            }
        }
        if rewire && !lost.is_empty() {
            const SHOWN: usize = 8;
            let more = if lost.len() > SHOWN { " …" } else { "" };
            lost.truncate(SHOWN);
            let what = format!("it has nothing to pass on to {}{more}; these links are cut", lost.join(", "));
            self.warn("node", &at, &what);
        }
        self.scope_mut(&at.scope).detach(at.ix);
        Ok(())
    }

    /// Whoever takes the place of a node for one of its consumers: what it would pass on if it were bypassed.
    fn heir(&self, at: &At, link: &Link) -> Heir {
        let graph = self.scope(&at.scope);
        let node = &graph[at.ix];
        let Some(taker) = graph[link.to.node].inputs.get(link.to.slot) else { return Heir::Nobody };
        if node.is_virtual(VirtualRole::Primitive) {
            let value = node.widgets.first().and_then(|widget| widget.value.clone());
            return value.map_or(Heir::Nobody, Heir::Value);
        }
        let wanted = link.wants.clone().unwrap_or_else(|| taker.io_type.clone());
        let (view, own) = self.in_order(at);
        let Some(slot) =
            passed_on(&view, link.from.slot, &wanted).and_then(|slot| own.get(slot).copied()).flatten()
        else {
            return Heir::Nobody;
        };
        match graph.source(Slot { node: at.ix, slot }) {
            Some(source) => {
                let given = self.type_of(graph, source.from);
                if source.from.node != at.ix && taker.io_type.joins(&given) {
                    Heir::Output(source.from)
                } else {
                    Heir::Nobody
                }
            }
            None => node.inputs[slot].value.clone().map_or(Heir::Nobody, Heir::Value),
        }
    }

    /// The node with all its inputs in the frontend's order, which decides what it passes on; and the slot that each of
    /// them has here. A prompt lists only what is linked.
    fn in_order(&self, at: &At) -> (Node, Vec<Option<usize>>) {
        let graph = self.scope(&at.scope);
        let node = &graph[at.ix];
        let mut view = Node::of_kind(node.key.clone(), node.kind.clone(), node.class_type.clone());
        view.outputs.clone_from(&node.outputs);
        let Some(def) = self.def(at) else {
            view.inputs.clone_from(&node.inputs);
            return (view, (0..node.inputs.len()).map(Some).collect());
        };
        let live = live::widgets(def, node);
        let sockets = sockets::of_class(graph, at.ix, def, &live);
        view.inputs = sockets
            .iter()
            .map(|socket| InputSlot {
                widget: socket.widget,
                ..InputSlot::new(socket.name.as_str(), socket.io_type.clone())
            })
            .collect();
        (view, sockets.into_iter().map(|socket| socket.own).collect())
    }

    /// A value in the place of a link.
    pub(super) fn leave(&mut self, scope: &Scope, to: Slot, value: &serde_json::Value) {
        let Some(value) = self.copy_value(value) else { return };
        let graph = self.scope_mut(scope);
        graph.unlink(to);
        let Some(node) = graph.get_mut(to.node) else { return };
        let Some(input) = node.inputs.get_mut(to.slot) else { return };
        let name = input.name.clone();
        let promoted = matches!(node.kind, NodeKind::Instance(_))
            .then(|| node.inputs.iter().take(to.slot).filter(|input| input.widget).count());
        let widget = match promoted {
            Some(position) if node.inputs[to.slot].widget => node.widgets.get_mut(position),
            Some(_) => None,
            None => node.widgets.iter_mut().find(|widget| widget.name == name),
        };
        match widget {
            Some(widget) => widget.value = Some(value),
            None => node.inputs[to.slot].value = Some(value),
        }
    }

    pub(super) fn set_mode(&mut self, node: &NodeRef, mode: Mode) -> Done {
        let at = self.resolve(node, "node")?;
        self.refuse_boundary(&at, "node")?;
        self.node_mut(&at).mode = mode;
        Ok(())
    }

    pub(super) fn rename(&mut self, node: &NodeRef, title: Option<&str>) -> Done {
        let at = self.resolve(node, "node")?;
        self.refuse_boundary(&at, "node")?;
        let default = match &self.node(&at).kind {
            NodeKind::Instance(id) => {
                self.graph.subgraph(id.as_str()).map(|subgraph| subgraph.name.to_string())
            }
            _ => self.def(&at).map(|def| def.default_title().to_owned()),
        };
        let own = title.filter(|title| !title.is_empty() && default.as_deref() != Some(*title));
        self.node_mut(&at).title = own.map(Into::into);
        Ok(())
    }
}

/// What a consumer of a node that goes is given.
enum Heir {
    Output(Slot),
    Value(serde_json::Value),
    Nobody,
}

/// A note or a reroute.
fn of_frontend(role: VirtualRole, class: &str, key: NodeKey) -> Node {
    let mut node = Node::of_kind(key, NodeKind::Virtual(role), class);
    if role == VirtualRole::Note {
        node.widgets = vec![Widget { sent: false, ..Widget::new("text", "".into()) }];
    } else {
        node.inputs = vec![InputSlot::new("", IoType::any())];
        node.outputs = vec![OutputSlot { name: "".into(), io_type: IoType::any() }];
    }
    node
}

/// Nodes in the order of their scope.
pub(super) fn in_order_of(graph: &Graph, nodes: &[NodeIx]) -> Vec<NodeIx> {
    let wanted: std::collections::BTreeSet<NodeIx> = nodes.iter().copied().collect();
    graph.indices().into_iter().filter(|ix| wanted.contains(ix)).collect()
}

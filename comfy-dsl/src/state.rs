//! The bookkeeping behind a [`Flow`](crate::Flow): nodes of all scopes under one counter, the boundaries of
//! subgraphs, and what went wrong.
//!
//! Links are brought into the scope of their user as they are added ([`State::localize`]), so that the IR can be
//! made scope by scope. No IR type is made here.

use std::sync::atomic::{AtomicU32, Ordering};

use comfy_graph::{
    diag::{Diagnostic, Place, WithDiagnostics, codes},
    graph::{Graph, Mode, NodeSource},
};

use crate::{
    NodeRef, ids, lower,
    record::{Draft, Item, Link, Record, Val},
};

/// A number that tells the handles of one flow from those of another.
pub(crate) fn flow_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// One added node, or one instance of a subgraph.
#[derive(Clone, Debug)]
pub(crate) struct Added<'c> {
    /// Where it stands.
    pub(crate) scope: usize,
    /// The scope inside of it, if it is an instance.
    pub(crate) inside: Option<usize>,
    pub(crate) draft: Draft<'c>,
    /// Where in the author's program.
    pub(crate) source: NodeSource,
}

/// An input of a subgraph, and what its only instance gives it.
#[derive(Clone, Debug)]
pub(crate) struct PortIn<'c> {
    pub(crate) name: Box<str>,
    pub(crate) io_type: Box<str>,
    /// Links are of the scope around.
    pub(crate) val: Val<'c>,
}

/// An output of a subgraph.
#[derive(Clone, Debug)]
pub(crate) struct PortOut {
    pub(crate) name: Box<str>,
    pub(crate) io_type: Box<str>,
    /// The link inside that feeds it.
    pub(crate) from: Option<Link>,
}

/// The outermost graph or the inside of a subgraph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope<'c> {
    /// The surrounding scope and the number of the instance there; `None` for the outermost.
    pub(crate) around: Option<(usize, u32)>,
    pub(crate) name: Box<str>,
    pub(crate) inputs: Vec<PortIn<'c>>,
    pub(crate) outputs: Vec<PortOut>,
    /// Links of the scope around that came in by themselves, with their input slot.
    pub(crate) captured: Vec<(Link, u32)>,
}

/// Everything a flow knows. Scopes are numbered from 0, the outermost; nodes from 1, over all scopes.
#[derive(Clone, Debug)]
pub struct State<'c> {
    pub(crate) flow: u32,
    /// Flows whose nodes were merged into this one, and what to add to the numbers that their handles have.
    pub(crate) merged: Vec<(u32, u32)>,
    /// Node `n` is at `n - 1`.
    pub(crate) nodes: Vec<Added<'c>>,
    pub(crate) scopes: Vec<Scope<'c>>,
    pub(crate) problems: Vec<Diagnostic>,
}

impl Default for State<'_> {
    fn default() -> Self {
        Self::new(flow_number())
    }
}

impl State<'_> {
    pub(crate) fn new(flow: u32) -> Self {
        let (nodes, scopes) = (Vec::new(), vec![Scope::default()]);
        Self { flow, merged: Vec::new(), nodes, scopes, problems: Vec::new() }
    }
}

impl<'c> State<'c> {
    /// The node of this number.
    pub(crate) fn node(&self, id: u32) -> Option<&Added<'c>> {
        self.nodes.get((id as usize).checked_sub(1)?)
    }

    /// Adds a node to a scope (0 is the outermost) and gives its number.
    pub fn add(&mut self, scope: usize, record: Record<'c>, source: NodeSource) -> u32 {
        let mut draft = *record.0;
        let id = self.next_id();
        if draft.unreadable {
            let message = "the table of a generated node cannot be read";
            let diagnostic = Diagnostic::new(codes::INTERNAL_ERROR, message)
                .node(id.to_string())
                .help("generate the nodes again, with the comfy-codegen of comfy-dsl's version");
            self.problems.push(located(diagnostic, source));
        }
        let user = format!("{} #{id}", draft.class_type());
        let user = User { name: &user, id, source };
        for val in draft.vals_mut() {
            self.localize_val(val, scope, &user);
        }
        draft.matched = self.matched(&draft);
        self.nodes.push(Added { scope, inside: None, draft, source });
        id
    }

    /// The types of match type outputs, whose inputs are linked.
    fn matched(&self, draft: &Draft<'c>) -> Vec<(u16, Box<str>)> {
        let typed = |(input, slot): &(u16, u16)| {
            let link = draft.settings.get(usize::from(*input))?.val.first_link()?;
            Some((*slot, self.port_of(link).1))
        };
        draft.class.matches.iter().filter_map(typed).collect()
    }

    /// The type of what a link starts from; `*` where nobody declared it.
    pub(crate) fn io_type(&self, link: Link) -> Box<str> {
        self.port_of(link).1
    }

    /// The number of the next node. Four billion nodes do not fit into memory.
    fn next_id(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Begins a subgraph: an instance in `scope`, and a new scope inside of it.
    pub fn begin(&mut self, scope: usize, name: Box<str>, source: NodeSource) -> usize {
        let id = self.next_id();
        let inside = self.scopes.len();
        self.nodes.push(Added { scope, inside: Some(inside), draft: Draft::default(), source });
        self.scopes.push(Scope { around: Some((scope, id)), name, ..Scope::default() });
        inside
    }

    /// The number of the instance around this scope, 0 for the outermost.
    pub fn instance_of(&self, scope: usize) -> u32 {
        self.scopes.get(scope).and_then(|scope| scope.around).map_or(0, |(_, id)| id)
    }

    /// Adds an input to a subgraph; gives the link to use inside.
    pub fn input(
        &mut self,
        scope: usize,
        name: Box<str>,
        io_type: Box<str>,
        mut val: Val<'c>,
        source: NodeSource,
    ) -> Link {
        let Some((around, instance)) = self.scopes.get(scope).and_then(|scope| scope.around) else {
            self.outside_subgraph("input", &name, source);
            return match val {
                Val::Link(link) | Val::Or(link, _) => link,
                _ => Link::NOWHERE,
            };
        };
        let user = format!("input `{name}` of subgraph #{instance}");
        self.localize_val(&mut val, around, &User { name: &user, id: instance, source });
        self.push_input(scope, instance, PortIn { name, io_type, val })
    }

    fn push_input(&mut self, scope: usize, instance: u32, port: PortIn<'c>) -> Link {
        let Some(scope) = self.scopes.get_mut(scope) else { return Link::NOWHERE };
        let slot = u32::try_from(scope.inputs.len()).unwrap_or(u32::MAX);
        scope.inputs.push(port);
        Link { flow: self.flow, node: instance, slot, inside: true }
    }

    /// Adds an output to a subgraph; gives the link to use around it.
    pub fn output(
        &mut self,
        scope: usize,
        name: Box<str>,
        io_type: Box<str>,
        from: Link,
        source: NodeSource,
    ) -> Link {
        let Some((_, instance)) = self.scopes.get(scope).and_then(|scope| scope.around) else {
            self.outside_subgraph("output", &name, source);
            return from;
        };
        let user = format!("output `{name}` of subgraph #{instance}");
        let from = self.localize(from, scope, &User { name: &user, id: instance, source });
        let Some(scope) = self.scopes.get_mut(scope) else { return Link::NOWHERE };
        let slot = u32::try_from(scope.outputs.len()).unwrap_or(u32::MAX);
        scope.outputs.push(PortOut { name, io_type, from });
        Link { flow: self.flow, node: instance, slot, inside: false }
    }

    /// The output of a node at this slot.
    pub fn out(&self, node: u32, slot: u32) -> Link {
        Link { flow: self.flow, node, slot, inside: false }
    }

    /// The output at this slot of a node, whichever flow it is of.
    pub fn out_of(&self, node: NodeRef, slot: u32) -> Link {
        Link { flow: node.flow, node: node.node, slot, inside: false }
    }

    /// The node of this number.
    pub fn node_ref(&self, node: u32) -> NodeRef {
        NodeRef { flow: self.flow, node }
    }

    /// Gives an added node a title.
    pub fn title(&mut self, node: NodeRef, title: Box<str>, source: NodeSource) {
        self.edit(node, source, |node| node.draft.title = Some(title));
    }

    /// Gives an added node an id.
    pub fn id(&mut self, node: NodeRef, id: Box<str>, source: NodeSource) {
        self.edit(node, source, |node| node.draft.id = Some(id));
    }

    /// Sets an input of an added node by its key in the prompt, or an input of an instance by its name. A value that it
    /// has already takes over where a link leads nowhere.
    pub fn raw_input(&mut self, node: NodeRef, name: Box<str>, mut val: Val<'c>, source: NodeSource) {
        let index = self.number_of(node).and_then(|number| (number as usize).checked_sub(1));
        let Some((id, added)) = index.and_then(|index| Some((index, self.nodes.get(index)?))) else {
            return self.edit(node, source, |_| {});
        };
        let (scope, inside) = (added.scope, added.inside);
        let number = u32::try_from(id).unwrap_or(u32::MAX).saturating_add(1);
        let user = format!("input `{name}` of #{number}");
        self.localize_val(&mut val, scope, &User { name: &user, id: number, source });
        if let Some(inside) = inside {
            let ports = self.scopes.get_mut(inside).map(|scope| scope.inputs.as_mut_slice());
            let mut ports = ports.into_iter().flatten().filter(|port| port.name == name);
            if let Some(port) = ports.find(|port| port.val.first_link().is_none()) {
                port.val.join(val);
                return;
            }
            let message = format!("subgraph #{number} has no input `{name}` that is free");
            let found = Diagnostic::new(codes::UNKNOWN_INPUT, message).node(number.to_string());
            self.problems.push(located(found.input(name), source));
            return;
        }
        let Some(added) = self.nodes.get_mut(id) else { return };
        added.draft.join(name, val, source);
        let matched = self.nodes.get(id).map(|added| self.matched(&added.draft));
        if let (Some(added), Some(matched)) = (self.nodes.get_mut(id), matched) {
            added.draft.matched = matched;
        }
    }

    /// Says whether and how an added node takes part in execution.
    pub fn mode(&mut self, node: NodeRef, mode: Mode, source: NodeSource) {
        self.edit(node, source, |node| node.draft.mode = mode);
    }

    /// The key that a node has in the prompt, as far as is known by now; `None` if it is no node of this flow.
    pub fn id_of(&self, node: NodeRef) -> Option<String> {
        let number = self.number_of(node)?;
        Some(self.path(number, &ids::settle(self).0))
    }

    /// The graph of everything recorded so far, and what was wrong with it.
    pub fn to_graph(&self) -> WithDiagnostics<Graph> {
        lower::graph(self).graph
    }

    /// Changes an added node.
    fn edit(&mut self, node: NodeRef, source: NodeSource, change: impl FnOnce(&mut Added<'c>)) {
        let index = self.number_of(node).and_then(|number| (number as usize).checked_sub(1));
        if let Some(added) = index.and_then(|index| self.nodes.get_mut(index)) {
            return change(added);
        }
        let message = "a mode, title, id or input is set on something that is no node of this flow";
        self.problems.push(located(Diagnostic::new(codes::DANGLING_LINK, message), source));
    }

    /// The number here of a handle's node; `None` if it is a handle of another flow.
    pub(crate) fn number_of(&self, node: NodeRef) -> Option<u32> {
        let offset = self.offset_of(node.flow)?;
        let number = node.node.checked_add(offset).filter(|_| node.node != 0)?;
        self.node(number).map(|_| number)
    }

    /// What to add to the numbers of a flow's handles. Of a flow merged more than once, the last time counts.
    fn offset_of(&self, flow: u32) -> Option<u32> {
        if flow == self.flow {
            return Some(0);
        }
        self.merged.iter().rev().find(|(merged, _)| *merged == flow).map(|(_, offset)| *offset)
    }

    fn outside_subgraph(&mut self, what: &str, name: &str, source: NodeSource) {
        let message = format!("{what} `{name}` is declared outside of a subgraph");
        let diagnostic = Diagnostic::new(codes::OUTSIDE_SUBGRAPH, message)
            .help("begin one with `let g = &g.subgraph(\"…\");`");
        self.problems.push(located(diagnostic, source));
    }

    /// Brings every link of a value into `scope`.
    fn localize_val(&mut self, val: &mut Val<'c>, scope: usize, user: &User<'_>) {
        match val {
            Val::Link(link) => match self.localize(*link, scope, user) {
                Some(local) => *link = local,
                None => *val = Val::Unlinked,
            },
            Val::Or(link, value) => {
                self.localize_val(value, scope, user);
                match self.localize(*link, scope, user) {
                    Some(local) => *link = local,
                    None => *val = std::mem::replace(value, Val::Unlinked),
                }
            }
            Val::Pick(pick) => {
                for setting in &mut pick.settings.set {
                    self.localize_val(&mut setting.val, scope, user);
                }
            }
            Val::Grow(items) => {
                for Item { val, .. } in items {
                    self.localize_val(val, scope, user);
                }
            }
            Val::Unlinked | Val::Unset | Val::Json(_) | Val::NotFinite(_) => {}
        }
    }

    /// The link as `scope` sees it: itself if it starts there, else an input added to every subgraph on the way
    /// in. `None`, and a problem, when it starts in a scope that is not around.
    fn localize(&mut self, link: Link, scope: usize, user: &User<'_>) -> Option<Link> {
        if link.node == 0 {
            return None;
        }
        let link = self.adopted(link);
        let Some(home) = self.home(link) else {
            let help = "a flow can only link what was added to it, or came in with `g.merge(&other)`";
            self.dangling(user, "an output of another flow", help);
            return None;
        };
        let mut way = Vec::new();
        let mut at = scope;
        while at != home {
            way.push(at);
            let Some((around, _)) = self.scopes.get(at).and_then(|scope| scope.around) else {
                let source = format!("{}, which is inside of a subgraph", self.describe(link));
                self.dangling(user, &source, "hand it out of the subgraph with `g.output(\"NAME\", ..)`");
                return None;
            };
            at = around;
        }
        way.into_iter().rev().try_fold(link, |link, scope| self.capture(link, scope))
    }

    /// A link of a flow that was merged into this one, as a link of this one.
    fn adopted(&self, link: Link) -> Link {
        match self.offset_of(link.flow).and_then(|offset| link.node.checked_add(offset)) {
            Some(node) => Link { flow: self.flow, node, ..link },
            None => link,
        }
    }

    /// The scope in which a link starts.
    fn home(&self, link: Link) -> Option<usize> {
        let node = self.node(link.node).filter(|_| link.flow == self.flow)?;
        if link.inside { node.inside } else { Some(node.scope) }
    }

    /// Adds an input to `scope` for a link that starts right around it; once for each link.
    fn capture(&mut self, link: Link, scope: usize) -> Option<Link> {
        let (_, instance) = self.scopes.get(scope)?.around?;
        if let Some((_, slot)) = self.scopes.get(scope)?.captured.iter().find(|(known, _)| *known == link) {
            return Some(Link { flow: self.flow, node: instance, slot: *slot, inside: true });
        }
        let (label, io_type) = self.port_of(link);
        let name = self.free_name(scope, &label.to_lowercase());
        let inner = self.push_input(scope, instance, PortIn { name, io_type, val: Val::Link(link) });
        self.scopes.get_mut(scope)?.captured.push((link, inner.slot));
        Some(inner)
    }

    /// Label and type of what a link starts from; `*` where nobody declared it.
    fn port_of(&self, link: Link) -> (Box<str>, Box<str>) {
        let slot = link.slot as usize;
        let unknown = || ("value".into(), "*".into());
        let Some(node) = self.node(link.node) else { return unknown() };
        let port = match node.inside.and_then(|inside| self.scopes.get(inside)) {
            Some(scope) if link.inside => scope.inputs.get(slot).map(|p| (p.name.clone(), p.io_type.clone())),
            Some(scope) => scope.outputs.get(slot).map(|p| (p.name.clone(), p.io_type.clone())),
            None => {
                node.draft.outputs().get(slot).map(|(label, io_type)| ((*label).into(), (*io_type).into()))
            }
        };
        port.unwrap_or_else(unknown)
    }

    /// `name`, or `name_1`, `name_2` … if the subgraph has such an input.
    fn free_name(&self, scope: usize, name: &str) -> Box<str> {
        let taken = |name: &str| {
            self.scopes.get(scope).is_some_and(|scope| scope.inputs.iter().any(|input| *input.name == *name))
        };
        if !taken(name) {
            return name.into();
        }
        let mut number = 1_usize;
        loop {
            let candidate = format!("{name}_{number}");
            if !taken(&candidate) {
                return candidate.into();
            }
            number += 1;
        }
    }

    /// What a link starts from, for messages.
    fn describe(&self, link: Link) -> String {
        let class = self.node(link.node).map_or("", |node| match node.inside {
            Some(_) => "subgraph",
            None => node.draft.class_type(),
        });
        format!("output {} of {class} #{}", link.slot, link.node)
    }

    fn dangling(&mut self, user: &User<'_>, origin: &str, help: &str) {
        let User { name, id, source } = user;
        let diagnostic =
            Diagnostic::new(codes::DANGLING_LINK, format!("{name} uses {origin}")).node(id).help(help);
        self.problems.push(located(diagnostic, *source));
    }
}

/// Who uses a link, for messages.
struct User<'a> {
    name: &'a str,
    id: u32,
    source: NodeSource,
}

/// Says where in the author's program.
pub(crate) fn located(mut diagnostic: Diagnostic, source: NodeSource) -> Diagnostic {
    diagnostic.place = place_of(source).or(diagnostic.place);
    diagnostic
}

/// The place in the author's program.
pub(crate) fn place_of(source: NodeSource) -> Option<Place> {
    match source {
        NodeSource::Rust(location) => Some(Place::Rust(location)),
        NodeSource::Bytes { start, end } => Some(Place::Bytes { start, end }),
        NodeSource::Workflow { .. } | NodeSource::Prompt { .. } => None,
    }
}

//! The graph while a batch changes it: a copy, what was said, and what later ops may name.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::{MAX_UNPACKED, Op, undo};
use crate::{
    budget::{self, Budget},
    catalog::Catalog,
    diag::{Applicability, Code, Diagnostic, Edit, EditKind, JsonPath, Place, Suggestion, codes, short},
    front::ui::promoted_inputs,
    graph::{Graph, Node, NodeIx, NodeKey, NodeKind, Slot, Subgraph, SubgraphId, Widget},
    suggest::{self, Suggestions},
};

/// A graph of the workflow: the outermost, or the inside of a definition.
pub(super) type Scope = Option<SubgraphId>;

/// A node that an op named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub(super) scope: Scope,
    pub(super) key: NodeKey,
    pub(super) ix: NodeIx,
}

/// Why an op is not made.
pub(super) enum Refusal {
    Said(Box<Diagnostic>),
    /// Said of an op before it, or in several diagnostics.
    Silent,
}

impl From<Diagnostic> for Refusal {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Said(Box::new(diagnostic))
    }
}

pub(super) type Done<T = ()> = Result<T, Refusal>;

/// What an alias stands for.
pub(super) enum Alias<'d> {
    /// No op gave it.
    Unknown,
    /// The op that was to give it failed.
    Failed,
    Node(&'d Scope, &'d NodeKey),
}

/// A link that an op made.
struct Made {
    op: usize,
    scope: Scope,
    to: Slot,
}

pub(super) struct Draft<'c> {
    pub(super) graph: Graph,
    pub(super) catalog: &'c Catalog,
    pub(super) suggestions: Suggestions,
    /// The op that is being made.
    op: usize,
    /// What ops called nodes; `None` where the op failed.
    aliases: IndexMap<Box<str>, Option<(Scope, NodeKey)>>,
    made: Vec<Made>,
    /// The greatest id so far.
    last: i64,
    used_before: BTreeSet<SubgraphId>,
    /// Something inside of a definition was changed.
    inner_changed: bool,
    /// What copies of nodes and values may take.
    budget: Budget,
    /// Nodes that were copied out of definitions.
    copied: usize,
    /// Definitions that were changed.
    noted: BTreeSet<SubgraphId>,
    found: Vec<Diagnostic>,
    failed: bool,
}

/// Ids of nodes that the frontend keeps exactly.
const MAX_SAFE: i64 = (1 << 53) - 1;

impl<'c> Draft<'c> {
    pub(super) fn new(graph: &Graph, catalog: &'c Catalog) -> Self {
        Self {
            graph: graph.clone(),
            catalog,
            suggestions: Suggestions::default(),
            op: 0,
            aliases: IndexMap::new(),
            made: Vec::new(),
            last: greatest_id(graph),
            used_before: graph.used_subgraphs(),
            inner_changed: false,
            budget: Budget::new(),
            copied: 0,
            noted: BTreeSet::new(),
            found: Vec::new(),
            failed: false,
        }
    }

    pub(super) fn apply(&mut self, at: usize, op: &Op) {
        self.op = at;
        let before = self.found.len();
        let done = match op {
            Op::Add(add) => self.add(add),
            Op::Delete { node, rewire } => self.delete(node, *rewire),
            Op::Connect { from, to } => self.connect(from, to),
            Op::Disconnect { to } => self.disconnect(to),
            Op::Set { node, input, value } => self.set(node, input, value),
            Op::SetMode { node, mode } => self.set_mode(node, *mode),
            Op::Rename { node, title } => self.rename(node, title.as_deref()),
            Op::Replace { node, class, values } => self.replace(node, class, values),
            Op::Insert(insert) => self.insert(insert),
            Op::InsertLoras(loras) => self.insert_loras(loras),
            Op::Wrap { nodes, name, alias } => self.wrap(nodes, name, alias.as_deref()),
            Op::Unpack { node } => self.unpack(node),
            Op::Restore(restore) => self.restore(restore),
        };
        if let Err(Refusal::Said(diagnostic)) = &done {
            self.found.push((**diagnostic).clone());
        }
        if done.is_err() || self.found.iter().skip(before).any(Diagnostic::is_error) {
            self.failed = true;
            for alias in aliases_of(op) {
                self.aliases.entry(alias).or_insert(None);
            }
        }
    }

    fn restore(&mut self, restore: &super::Restore) -> Done {
        undo::restore(&mut self.graph, restore).map_err(|problem| {
            let message = format!("the state to restore does not go with this graph: {problem}");
            Refusal::from(self.finding(codes::IMPOSSIBLE_EDIT, "", &message))
        })?;
        self.last = self.last.max(greatest_id(&self.graph));
        // what was used before and is used again is no leftover of this batch
        self.used_before.clear();
        Ok(())
    }

    /// Whether there is so much wrong that the rest need not be looked at.
    pub(super) fn is_enough(&self) -> bool {
        const MOST: usize = 100;
        self.found.iter().filter(|found| found.is_error()).count() >= MOST
    }

    /// The graph with all changes, or what is wrong with them.
    #[allow(clippy::type_complexity, reason = "the parts of `Applied`")]
    pub(super) fn finish(
        mut self,
    ) -> Result<(Graph, Vec<Diagnostic>, Vec<(Box<str>, Box<str>)>), Vec<Diagnostic>> {
        if !self.failed {
            self.check_circles();
        }
        if self.found.iter().any(Diagnostic::is_error) {
            return Err(self.found);
        }
        self.drop_unused();
        if self.inner_changed {
            promote(&mut self.graph);
        }
        self.graph.purge();
        let ids: Vec<SubgraphId> = self.graph.subgraphs().map(|(id, _)| id.clone()).collect();
        for id in ids {
            if let Some(subgraph) = self.graph.subgraph_mut(id.as_str()) {
                subgraph.graph.purge();
            }
        }
        if let Err(problem) = self.graph.verify() {
            debug_assert!(false, "{problem}");
            self.found.push(Diagnostic::new(codes::INTERNAL_ERROR, problem).at(JsonPath::root()));
            return Err(self.found);
        }
        let named = std::mem::take(&mut self.aliases);
        let aliases = named.into_iter().filter_map(|(alias, node)| {
            let (scope, key) = node?;
            Some((alias, self.path(&scope, &key).into()))
        });
        let aliases = aliases.collect();
        Ok((self.graph, self.found, aliases))
    }

    /// Definitions that the batch took the last use of.
    fn drop_unused(&mut self) {
        let used = self.graph.used_subgraphs();
        for id in self.used_before.difference(&used) {
            self.graph.remove_subgraph(id.as_str());
        }
    }

    /// Links of this batch that close a circle.
    fn check_circles(&mut self) {
        let scopes: BTreeSet<Scope> = self.made.iter().map(|made| made.scope.clone()).collect();
        for scope in scopes {
            let Some(graph) = self.scope_opt(&scope) else { continue };
            let mut found = Vec::new();
            for knot in graph.knots() {
                let within = |made: &&Made| {
                    let source = graph.source(made.to).map(|link| link.from.node);
                    made.scope == scope
                        && knot.contains(&made.to.node)
                        && source.is_some_and(|source| knot.contains(&source))
                };
                if let Some(made) = self.made.iter().rev().find(within) {
                    found.push((made.op, describe_circle(graph, &knot)));
                }
            }
            for (op, circle) in found {
                self.op = op;
                let message = format!("the nodes then depend on each other in a circle: {circle}");
                let diagnostic = self.finding(codes::DEPENDENCY_CYCLE, "", &message);
                self.found.push(diagnostic);
            }
        }
    }

    /// The graph of a scope that is there.
    pub(super) fn scope_opt(&self, scope: &Scope) -> Option<&Graph> {
        match scope {
            None => Some(&self.graph),
            Some(id) => self.graph.subgraph(id.as_str()).map(|subgraph| &subgraph.graph),
        }
    }

    /// The graph of a scope.
    pub(super) fn scope(&self, scope: &Scope) -> &Graph {
        self.scope_opt(scope).unwrap_or(&self.graph)
    }

    /// The graph of a scope, for changing it.
    pub(super) fn scope_mut(&mut self, scope: &Scope) -> &mut Graph {
        if let Some(id) = scope {
            self.inner_changed = true;
            self.note_uses(id);
        }
        self.graph.scope_mut(scope.as_ref())
    }

    /// Whether there is room for a copy of what is in a definition. Definitions can use each other twice at every level.
    pub(super) fn take_room(&mut self, definition: &Subgraph) -> bool {
        self.copied = self.copied.saturating_add(definition.graph.len());
        self.copied <= MAX_UNPACKED && self.budget.spend(budget::subgraph_bytes(definition))
    }

    /// A copy of a value, if there is room for it.
    pub(super) fn copy_value(&mut self, value: &Value) -> Option<Value> {
        let copy = self.budget.copy(value);
        if copy.is_none() {
            let message = format!("copies of values take more than {} bytes", budget::MAX_BYTES);
            let found = self.finding(codes::VALUES_TOO_LARGE, "", &message);
            self.found.push(found);
        }
        copy
    }

    /// Says once when more than one place of the workflow changes with an edit.
    fn note_uses(&mut self, id: &SubgraphId) {
        if !self.noted.insert(id.clone()) {
            return;
        }
        let inner = self.graph.subgraphs().map(|(_, subgraph)| &subgraph.graph);
        let nodes = std::iter::once(&self.graph).chain(inner).flat_map(Graph::nodes);
        let uses = nodes.filter(|(_, node)| node.kind == NodeKind::Instance(id.clone())).count();
        let Some(subgraph) = self.graph.subgraph(id.as_str()).filter(|_| uses > 1) else { return };
        let name = short(&subgraph.name).into_owned();
        let message = format!("the subgraph \"{name}\" is used {uses} times; all of them change");
        let found = self.finding(codes::EDIT_SIDE_EFFECT, "", &message);
        self.found.push(found);
    }

    /// Something inside of a definition, or how it is used, was changed.
    pub(super) fn note_inner_change(&mut self) {
        self.inner_changed = true;
    }

    /// Flags the promoted inputs of instances that are new.
    pub(super) fn promote_now(&mut self) {
        promote(&mut self.graph);
    }

    pub(super) fn node(&self, at: &At) -> &Node {
        &self.scope(&at.scope)[at.ix]
    }

    pub(super) fn node_mut(&mut self, at: &At) -> &mut Node {
        &mut self.scope_mut(&at.scope)[at.ix]
    }

    /// Joins two slots of one scope.
    pub(super) fn link(&mut self, scope: &Scope, from: Slot, to: Slot) {
        self.made.push(Made { op: self.op, scope: scope.clone(), to });
        let graph = self.scope_mut(scope);
        graph.link(from, to);
        if let Some(input) = graph.get_mut(to.node).and_then(|node| node.inputs.get_mut(to.slot)) {
            (input.value, input.broken) = (None, None);
        }
    }

    /// Adds a node under the next free id, or under this one.
    pub(super) fn add_node(&mut self, scope: &Scope, node: Node) -> Done<At> {
        let key = node.key.clone();
        match self.scope_mut(scope).insert(node) {
            Ok(ix) => Ok(At { scope: scope.clone(), key, ix }),
            Err(node) => {
                let message = format!("the id {} is taken", node.key);
                Err(self.finding(codes::DUPLICATE_NODE_ID, "id", &message).into())
            }
        }
    }

    /// An id that no node has, in any scope.
    pub(super) fn fresh_key(&mut self) -> NodeKey {
        loop {
            self.last = self.last.saturating_add(1);
            let key = NodeKey::new(self.last.to_string());
            if !self.is_taken(&key) {
                return key;
            }
        }
    }

    /// Whether a node has this id, in any scope.
    pub(super) fn is_taken(&self, key: &NodeKey) -> bool {
        let inner = self.graph.subgraphs().map(|(_, subgraph)| &subgraph.graph);
        std::iter::once(&self.graph).chain(inner).any(|graph| graph.find(key.as_str()).is_some())
    }

    /// Calls a node so in the ops that follow.
    pub(super) fn call(&mut self, alias: Option<&str>, at: &At) -> Done {
        let Some(alias) = alias else { return Ok(()) };
        let is_name = !alias.is_empty() && !alias.contains(['.', '$', '{', '}', ':', '/']);
        if !is_name {
            let message =
                format!("{alias:?} is no name for a node: it is empty or has one of . $ {{ }} : / in it");
            return Err(self.finding(codes::MALFORMED_EDIT, "as", &message).into());
        }
        if self.aliases.contains_key(alias) {
            let message = format!("an edit before this one called another node {alias:?}");
            return Err(self.finding(codes::MALFORMED_EDIT, "as", &message).into());
        }
        self.aliases.insert(alias.into(), Some((at.scope.clone(), at.key.clone())));
        Ok(())
    }

    /// What a name stands for.
    pub(super) fn alias(&self, name: &str) -> Alias<'_> {
        match self.aliases.get(name) {
            None => Alias::Unknown,
            Some(None) => Alias::Failed,
            Some(Some((scope, key))) => Alias::Node(scope, key),
        }
    }

    pub(super) fn alias_names(&self) -> impl Iterator<Item = &str> {
        self.aliases.keys().map(|alias| &**alias)
    }

    /// Names follow a node that moved.
    pub(super) fn moved(&mut self, from: (&Scope, &NodeKey), to: (&Scope, &NodeKey)) {
        for node in self.aliases.values_mut().flatten() {
            if (&node.0, &node.1) == from {
                *node = (to.0.clone(), to.1.clone());
            }
        }
    }

    /// The id of a node as the prompt spells it, by the first instance of its definition.
    pub(super) fn path(&self, scope: &Scope, key: &NodeKey) -> String {
        let (mut path, mut scope) = (key.to_string(), scope.clone());
        for _ in 0..=self.graph.subgraphs().len() {
            let Some(id) = scope else { break };
            let root = (None, &self.graph);
            let inner = self.graph.subgraphs().map(|(id, subgraph)| (Some(id.clone()), &subgraph.graph));
            let mut uses = std::iter::once(root).chain(inner).filter_map(|(scope, graph)| {
                let is_use = |node: &&Node| node.kind == NodeKind::Instance(id.clone());
                let node = graph.nodes().map(|(_, node)| node).find(is_use)?;
                Some((scope, node.key.clone()))
            });
            let Some((outer, instance)) = uses.next() else { break };
            path = format!("{instance}:{path}");
            scope = outer;
        }
        path
    }

    /// The place of a member of this op.
    pub(super) fn place(&self, member: &str) -> JsonPath {
        let op = JsonPath::root().index(self.op);
        if member.is_empty() { op } else { op.key(member) }
    }

    /// A finding about this op.
    pub(super) fn finding(&self, code: Code, member: &str, message: &str) -> Diagnostic {
        Diagnostic::new(code, format!("edit {}: {message}", self.op)).at(self.place(member))
    }

    /// A finding about a node.
    pub(super) fn about(&self, code: Code, member: &str, at: &At, message: &str) -> Diagnostic {
        let message = format!("{}: {message}", self.node(at).describe());
        self.finding(code, member, &message).node(self.path(&at.scope, &at.key))
    }

    pub(super) fn push(&mut self, found: Diagnostic) {
        self.found.push(found);
    }

    /// Something that whoever made the batch should know.
    pub(super) fn warn(&mut self, member: &str, at: &At, message: &str) {
        let found = self.about(codes::EDIT_SIDE_EFFECT, member, at, message);
        self.found.push(found);
    }

    /// A finding of the validator as one of this op: its suggested values are values for the member.
    pub(super) fn say(&mut self, mut found: Diagnostic, member: &JsonPath) {
        for suggestion in &mut found.suggestions {
            let replaced = suggestion.edits.drain(..).find_map(|edit| match edit.kind {
                EditKind::Replace(value) if !value.is_array() => Some(value),
                _ => None,
            });
            if let Some(value) = suggestion.value.take().or(replaced) {
                suggestion.edits.push(Edit { path: member.clone(), kind: EditKind::Replace(value) });
            }
        }
        found.related.clear();
        found.message = format!("edit {}: {}", self.op, found.message);
        found.place = Some(Place::Json(member.clone()));
        self.found.push(found);
    }

    /// Adds names that look like what was written, as changes of the member.
    pub(super) fn did_you_mean<'a>(
        &mut self,
        mut found: Diagnostic,
        place: &JsonPath,
        text: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Diagnostic {
        const SHOWN: usize = 3;
        let near = self.suggestions.ranked(text, names, SHOWN);
        let is_sure = suggest::is_sure(&near);
        for (position, near) in near.iter().enumerate() {
            let applicability = if is_sure && position == 0 {
                Applicability::MachineApplicable
            } else {
                Applicability::MaybeIncorrect
            };
            let suggestion = Suggestion::new(format!("did you mean {:?}?", near.text), applicability);
            found = found.suggest(suggestion.edit(Some(place.clone()), EditKind::Replace(near.text.into())));
        }
        found
    }
}

/// The names that an op would have given.
fn aliases_of(op: &Op) -> Vec<Box<str>> {
    match op {
        Op::Add(add) => add.alias.iter().cloned().collect(),
        Op::Insert(insert) => insert.alias.iter().cloned().collect(),
        Op::Wrap { alias, .. } => alias.iter().cloned().collect(),
        Op::InsertLoras(loras) => {
            let Some(alias) = &loras.alias else { return Vec::new() };
            let numbered = (1..=loras.loras.len()).map(|n| format!("{alias}_{n}").into());
            numbered.chain([alias.clone()]).collect()
        }
        _ => Vec::new(),
    }
}

fn describe_circle(graph: &Graph, knot: &[NodeIx]) -> String {
    const SHOWN: usize = 5;
    let names: Vec<String> = knot.iter().take(SHOWN).map(|ix| graph[*ix].describe()).collect();
    let more = if knot.len() > SHOWN { " …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// The greatest number in the ids of nodes, of all scopes; parts of paths count.
fn greatest_id(graph: &Graph) -> i64 {
    let inner = graph.subgraphs().map(|(_, subgraph)| &subgraph.graph);
    let nodes = std::iter::once(graph).chain(inner).flat_map(Graph::nodes);
    let parts = nodes.flat_map(|(_, node)| node.key.as_str().split(':'));
    let ids = parts.filter_map(|part| part.parse::<i64>().ok());
    let saved = graph.document.get("last_node_id").and_then(Value::as_i64);
    ids.chain(saved).filter(|id| (0..MAX_SAFE / 2).contains(id)).max().unwrap_or(0)
}

/// Which inputs of instances are promoted is decided inside of the definitions; values of those that no longer are go.
fn promote(graph: &mut Graph) {
    let promoted = promoted_inputs(graph);
    let bind = |graph: &mut Graph| {
        for ix in graph.indices() {
            let node = &mut graph[ix];
            let NodeKind::Instance(id) = &node.kind else { continue };
            let Some(flags) = promoted.get(id).filter(|flags| flags.len() == node.inputs.len()) else {
                continue;
            };
            let mut own = std::mem::take(&mut node.widgets).into_iter();
            for (input, promoted) in node.inputs.iter_mut().zip(flags) {
                let before = if input.widget { own.next() } else { None };
                input.widget = *promoted;
                if *promoted {
                    let empty = || Widget { value: None, ..Widget::new(input.name.clone(), Value::Null) };
                    node.widgets.push(before.unwrap_or_else(empty));
                }
            }
        }
    };
    bind(graph);
    for (_, subgraph) in graph.subgraphs_mut() {
        bind(&mut subgraph.graph);
    }
}

//! From pairs of nodes to what is different about them.

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};

use super::{
    Change, Contents, End, Level, Party, Role, Setting, What,
    definitions::Definitions,
    exact, likely,
    pairing::Pairing,
    scope::{Input, Item, Scope, Source},
};
use crate::{
    graph::{Graph, NodeKind, NodeSource, Subgraph},
    json::same_value,
};

/// All differences of two workflows.
pub(super) fn documents<'g>(old: &'g Graph, new: &'g Graph, level: Level) -> Vec<Change> {
    let definitions = Definitions::new(old, new, level);
    let mut changes = Vec::new();
    let compared = walk(&definitions, old, new, level, |within, pairing| {
        let mut name = None;
        if let Some((id, partner)) = within
            && let (Some(one), Some(other)) = (old.subgraph(id), new.subgraph(partner))
        {
            boundaries((id, one), (partner, other), &mut changes);
            name = Some(&*other.name);
        }
        scopes(pairing, name, &mut changes);
    });
    let ids = |side: fn(&(&'g str, &'g str)) -> &'g str| compared.iter().map(side).collect();
    let (was, is) = (ids(|pair| pair.0), ids(|pair| pair.1));
    for (id, subgraph) in definitions.old.alone(&was, &definitions.new) {
        changes.push(whole(None, Some(definition(id, subgraph)), None, contents_of(subgraph)));
    }
    for (id, subgraph) in definitions.new.alone(&is, &definitions.old) {
        changes.push(whole(None, None, Some(definition(id, subgraph)), contents_of(subgraph)));
    }
    changes
}

/// Pairs the nodes of the workflow, then those of each two definitions whose instances are pairs, and shows each
/// pairing with the ids of the definitions. Gives the ids of all pairs of definitions.
pub(super) fn walk<'g>(
    definitions: &Definitions<'g>,
    old: &'g Graph,
    new: &'g Graph,
    level: Level,
    mut show: impl FnMut(Option<(&'g str, &'g str)>, Pairing<'_, 'g>),
) -> IndexSet<(&'g str, &'g str)> {
    let mut one = Scope::new(old, level, &definitions.old, None);
    let mut other = Scope::new(new, level, &definitions.new, None);
    if is_silent_about_titles(old) || is_silent_about_titles(new) {
        for item in one.items.iter_mut().chain(&mut other.items) {
            item.title = None;
        }
    }
    let mut instances = Instances::default();
    show(None, paired(&one, &other, &mut instances));
    while let Some((id, partner)) = instances.next() {
        let (Some(one), Some(other)) = (old.subgraph(id), new.subgraph(partner)) else { continue };
        let one = Scope::new(&one.graph, level, &definitions.old, Some(id));
        let other = Scope::new(&other.graph, level, &definitions.new, Some(partner));
        show(Some((id, partner)), paired(&one, &other, &mut instances));
    }
    instances.pairs
}

/// The nodes of two graphs, paired; what their instances are of goes to `instances`.
fn paired<'s, 'g>(old: &'s Scope<'g>, new: &'s Scope<'g>, instances: &mut Instances<'g>) -> Pairing<'s, 'g> {
    let mut pairing = Pairing::new(old, new);
    pair_boundaries(&mut pairing);
    exact::run(&mut pairing);
    likely::run(&mut pairing);
    for (at, item) in old.items.iter().enumerate() {
        let partner = pairing.partner_of_old(at).map(|partner| &new.items[partner]);
        if let Some(partner) = partner.filter(|partner| partner.class == item.class) {
            instances.add(&item.node.kind, &partner.node.kind);
        }
    }
    pairing
}

/// Definitions whose instances are pairs.
#[derive(Default)]
struct Instances<'g> {
    pairs: IndexSet<(&'g str, &'g str)>,
    partners: BTreeMap<&'g str, usize>,
    compared: usize,
}

impl<'g> Instances<'g> {
    fn add(&mut self, old: &'g NodeKind, new: &'g NodeKind) {
        // more variants of one definition than anyone makes
        const VARIANTS: usize = 64;
        let (NodeKind::Instance(old), NodeKind::Instance(new)) = (old, new) else { return };
        let partners = self.partners.entry(old.as_str()).or_default();
        if *partners < VARIANTS && self.pairs.insert((old.as_str(), new.as_str())) {
            *partners += 1;
        }
    }

    fn next(&mut self) -> Option<(&'g str, &'g str)> {
        let next = self.pairs.get_index(self.compared).copied()?;
        self.compared += 1;
        Some(next)
    }
}

/// Whether a prompt has no titles at all, not even those of the classes: written by a program.
fn is_silent_about_titles(graph: &Graph) -> bool {
    graph.nodes().all(|(_, node)| {
        matches!(node.source, Some(NodeSource::Prompt { .. }))
            && node.title.is_none()
            && !node.extra.contains_key("_meta")
    })
}

fn definition(id: &str, subgraph: &Subgraph) -> Party {
    Party { id: id.into(), class_type: subgraph.name.clone(), title: None, role: Role::Definition }
}

fn contents_of(subgraph: &Subgraph) -> Contents {
    let is_boundary = |kind: &NodeKind| matches!(kind, NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs);
    let nodes = subgraph.graph.nodes().filter(|(_, node)| !is_boundary(&node.kind)).count();
    Contents { nodes, ..Contents::default() }
}

/// Something that came or went as a whole.
fn whole(scope: Option<&str>, old: Option<Party>, new: Option<Party>, contents: Contents) -> Change {
    let what = if old.is_some() { What::Removed(contents) } else { What::Added(contents) };
    Change { scope: scope.map(Into::into), old, new, what }
}

/// Name, inputs and outputs of two definitions.
fn boundaries(old: (&str, &Subgraph), new: (&str, &Subgraph), changes: &mut Vec<Change>) {
    let (one, other) = (definition(old.0, old.1), definition(new.0, new.1));
    let mut push = |what| {
        let change = Change { scope: None, old: Some(one.clone()), new: Some(other.clone()), what };
        changes.push(change);
    };
    if old.1.name != new.1.name {
        push(What::Title);
    }
    let inputs =
        |s: &Subgraph| s.inputs().iter().map(|p| (p.name.clone(), p.io_type.as_str().into())).collect();
    let outputs =
        |s: &Subgraph| s.outputs().iter().map(|p| (p.name.clone(), p.io_type.as_str().into())).collect();
    for (output, old, new) in [(false, inputs(old.1), inputs(new.1)), (true, outputs(old.1), outputs(new.1))]
    {
        for (old, new) in ports(old, new) {
            push(What::Port { output, old, new });
        }
    }
}

/// Name and type.
type Port = (Box<str>, Box<str>);

/// The ports that are not the same: those of one name and another type, those of another name and one type, the rest.
fn ports(old: Vec<Port>, new: Vec<Port>) -> Vec<(Option<Port>, Option<Port>)> {
    let mut rest: IndexMap<Box<str>, Box<str>> = new.into_iter().collect();
    let mut gone = Vec::new();
    let mut found = Vec::new();
    for (name, io_type) in old {
        match rest.shift_remove(&name) {
            Some(other) if other == io_type => {}
            Some(other) => found.push((Some((name.clone(), io_type)), Some((name, other)))),
            None => gone.push((name, io_type)),
        }
    }
    for (name, io_type) in gone {
        let partner = rest.iter().find(|(_, other)| **other == io_type).map(|(name, _)| name.clone());
        let partner = partner.and_then(|name| rest.shift_remove_entry(&name));
        found.push((Some((name, io_type)), partner));
    }
    found.extend(rest.into_iter().map(|port| (None, Some(port))));
    found
}

/// All differences of two graphs.
fn scopes(pairing: Pairing<'_, '_>, name: Option<&str>, changes: &mut Vec<Change>) {
    let (old, new) = (pairing.old, pairing.new);
    let compared = Compared { pairing, old, new, name };
    let (lost, found) = (targets(old), targets(new));
    for (at, item) in old.items.iter().enumerate() {
        if let Some(partner) = compared.pairing.partner_of_old(at) {
            compared.pair(at, partner, changes);
        } else {
            let uses = lost[at].iter().copied().filter(|target| !compared.is_linked_after(*target));
            changes.push(whole(name, Some(item.party.clone()), None, contents(old, at, uses)));
        }
    }
    for (at, item) in new.items.iter().enumerate() {
        if compared.pairing.partner_of_new(at).is_none() {
            let uses = found[at].iter().copied().filter(|target| !compared.was_linked_before(*target));
            let contents = contents(new, at, uses);
            changes.push(whole(name, None, Some(item.party.clone()), contents));
        }
    }
}

/// The two ends of a definition are what they are.
fn pair_boundaries(pairing: &mut Pairing<'_, '_>) {
    for role in [Role::Inputs, Role::Outputs] {
        let find = |scope: &Scope<'_>| scope.items.iter().position(|item| item.party.role == role);
        if let (Some(old), Some(new)) = (find(pairing.old), find(pairing.new)) {
            pairing.pair(old, new);
        }
    }
}

/// An input: the item and the input's name.
type Target<'g> = (usize, &'g str);

/// The inputs that are linked to each item.
fn targets<'g>(scope: &Scope<'g>) -> Vec<Vec<Target<'g>>> {
    let mut targets = vec![Vec::new(); scope.items.len()];
    for (at, item) in scope.items.iter().enumerate() {
        for (name, input) in &item.inputs {
            if let Some(source) = input.source {
                targets[source.item].push((at, *name));
            }
        }
    }
    targets
}

/// What came or went with a node that these inputs were linked to.
fn contents<'g>(scope: &Scope<'g>, at: usize, uses: impl Iterator<Item = Target<'g>>) -> Contents {
    let inputs = scope.items[at].inputs.iter();
    let inputs = inputs.map(|(name, input)| (Box::from(*name), setting(scope, input))).collect();
    let uses = uses.map(|(user, name)| (scope.items[user].party.clone(), name.into())).collect();
    Contents { inputs, uses, nodes: 0 }
}

fn setting(scope: &Scope<'_>, input: &Input<'_>) -> Setting {
    Setting { link: input.source.map(|source| Box::new(end(scope, &source))), value: input.value.cloned() }
}

fn end(scope: &Scope<'_>, source: &Source<'_>) -> End {
    let item = &scope.items[source.item];
    let output = item.node.outputs.get(source.slot);
    let output =
        output.map(|output| if output.name.is_empty() { output.io_type.as_str() } else { &output.name });
    End { node: item.party.clone(), slot: source.slot, output: output.unwrap_or_default().into() }
}

/// Two graphs whose nodes are paired.
struct Compared<'s, 'g> {
    pairing: Pairing<'s, 'g>,
    old: &'s Scope<'g>,
    new: &'s Scope<'g>,
    name: Option<&'s str>,
}

impl Compared<'_, '_> {
    /// Whether an input of the old graph has a link, or another value, in the new one; or its node is gone too.
    fn is_linked_after(&self, (user, name): Target<'_>) -> bool {
        let old = self.old.items[user].inputs.get(name);
        match self.pairing.partner_of_old(user) {
            Some(user) => !only_lost_its_link(old, self.new.items[user].inputs.get(name)),
            None => true,
        }
    }

    /// The same of an input of the new graph in the old one.
    fn was_linked_before(&self, (user, name): Target<'_>) -> bool {
        let new = self.new.items[user].inputs.get(name);
        match self.pairing.partner_of_new(user) {
            Some(user) => !only_lost_its_link(new, self.old.items[user].inputs.get(name)),
            None => true,
        }
    }

    /// What is different about two nodes that are one.
    fn pair(&self, old: usize, new: usize, changes: &mut Vec<Change>) {
        let (one, other) = (&self.old.items[old], &self.new.items[new]);
        let mut push = |what| {
            let (old, new) = (Some(one.party.clone()), Some(other.party.clone()));
            changes.push(Change { scope: self.name.map(Into::into), old, new, what });
        };
        if one.class != other.class {
            push(What::Class);
        }
        if one.title != other.title {
            push(What::Title);
        }
        if one.node.mode != other.node.mode {
            push(What::Mode { old: one.node.mode, new: other.node.mode });
        }
        let only_new = other.inputs.keys().filter(|name| !one.inputs.contains_key(*name));
        for name in one.inputs.keys().chain(only_new) {
            if let Some(what) = self.input(one, other, name) {
                push(what);
            }
        }
    }

    fn input(&self, one: &Item<'_>, other: &Item<'_>, name: &str) -> Option<What> {
        let nothing = Input::default();
        let old = one.inputs.get(name).unwrap_or(&nothing);
        let new = other.inputs.get(name).unwrap_or(&nothing);
        let rewired = !self.same_source(old, new);
        if !rewired && same_values(old, new) {
            return None;
        }
        // told with the node that came or went
        let went = old.source.is_some_and(|source| self.pairing.partner_of_old(source.item).is_none());
        let came = new.source.is_some_and(|source| self.pairing.partner_of_new(source.item).is_none());
        if (went && only_lost_its_link(Some(old), Some(new)))
            || (came && only_lost_its_link(Some(new), Some(old)))
        {
            return None;
        }
        Some(What::Input {
            name: name.into(),
            rewired,
            old: setting(self.old, old),
            new: setting(self.new, new),
        })
    }

    fn same_source(&self, old: &Input<'_>, new: &Input<'_>) -> bool {
        match (&old.source, &new.source) {
            (Some(old), Some(new)) => {
                self.pairing.partner_of_old(old.item) == Some(new.item) && old.output == new.output
            }
            (None, None) => true,
            _ => false,
        }
    }
}

fn same_values(old: &Input<'_>, new: &Input<'_>) -> bool {
    match (old.value, new.value) {
        (Some(old), Some(new)) => same_value(old, new),
        (None, None) => true,
        _ => false,
    }
}

/// Whether an input that had a link has none, and everything else is as it was.
fn only_lost_its_link(old: Option<&Input<'_>>, new: Option<&Input<'_>>) -> bool {
    let nothing = Input::default();
    let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
    old.source.is_some() && new.source.is_none() && same_values(old, new)
}

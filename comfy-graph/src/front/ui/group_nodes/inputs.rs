//! The inputs that a group node shows: which input of which inner node each is, and under what name
//! (`extensions/core/groupNode.ts: getInputConfig`).
//!
//! A node's inputs come in the order of its definition, widgets that are not sockets first; widgets that were made
//! sockets come after those of all nodes. A name that is taken gets the node's title, then a number. Reroutes go by the
//! type of what they lead to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Group;
use crate::{
    catalog::{
        Catalog,
        virtuals::{self, VirtualRole},
    },
    front::ui::model::{UiInput, UiNode},
};

/// An input of an inner node that the group can show.
#[derive(Debug)]
pub(super) struct Shown {
    /// The inner node.
    pub(super) node: usize,
    /// Its socket; none where the input is a widget without one.
    pub(super) slot: Option<usize>,
    /// What the inner node calls it.
    pub(super) input: Box<str>,
    /// What the group calls it.
    name: Box<str>,
    io_type: Box<str>,
}

/// Everything that the group can show, in its order.
pub(super) fn all(group: &Group, catalog: &Catalog) -> Vec<Shown> {
    let mut naming = Naming { config: &group.config, seen: BTreeMap::new(), shown: Vec::new() };
    let mut ways: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for [from, _, to, slot] in &group.links {
        ways.entry(*from).or_default().push((*to, *slot));
    }
    let mut later = Vec::new();
    for (index, node) in group.nodes.iter().enumerate() {
        match virtuals::role(&node.node_type) {
            Some(VirtualRole::Reroute) => {
                let ways = ways.get(&index).map(Vec::as_slice).unwrap_or_default();
                naming.reroute(group, index, node, ways);
            }
            Some(_) => {}
            None => later.extend(naming.class(group, index, node, catalog)),
        }
    }
    for (index, slot) in later {
        let Some((node, input)) = group.input(index, slot) else { continue };
        naming.add(index, node, Some(slot), &input.name, &input.io_type);
    }
    naming.shown
}

struct Naming<'g> {
    config: &'g Map<String, Value>,
    /// How often each name was used.
    seen: BTreeMap<Box<str>, usize>,
    shown: Vec<Shown>,
}

impl Naming<'_> {
    fn reroute(&mut self, group: &Group, index: usize, node: &UiNode, ways: &[(usize, usize)]) {
        let Some(input) = node.inputs.first().filter(|input| input.link.is_none()) else { return };
        let io_type = reroute_type(group, ways, node, input);
        self.add(index, node, Some(0), &io_type, &io_type);
    }

    /// Adds the widgets and sockets of a node; gives the widgets that were made sockets.
    fn class(
        &mut self,
        group: &Group,
        index: usize,
        node: &UiNode,
        catalog: &Catalog,
    ) -> Vec<(usize, usize)> {
        let places: BTreeMap<&str, usize> =
            node.inputs.iter().enumerate().rev().map(|(slot, input)| (&*input.name, slot)).collect();
        let def = catalog.get(&node.node_type);
        for input in def.iter().flat_map(|def| &def.inputs) {
            if input.is_widget() && !places.contains_key(&*input.name) {
                self.add(index, node, None, &input.name, input.io_type.as_str());
            }
        }
        // in the order of the definition, then what only the file knows
        let declared = def.iter().flat_map(|def| &def.inputs).map(|input| &*input.name);
        let further = node.inputs.iter().map(|input| &*input.name);
        let mut done = BTreeSet::new();
        let mut converted = Vec::new();
        for name in declared.chain(further).filter(|name| done.insert(*name)) {
            let Some((slot, (_, input))) =
                places.get(name).and_then(|slot| Some((*slot, group.input(index, *slot)?)))
            else {
                continue;
            };
            match (input.link, &input.widget) {
                (Some(_), _) => {} // used inside
                (None, Some(_)) => converted.push((index, slot)),
                (None, None) => self.add(index, node, Some(slot), name, &input.io_type),
            }
        }
        converted.sort_unstable();
        converted
    }

    fn add(&mut self, index: usize, node: &UiNode, slot: Option<usize>, input: &str, io_type: &str) {
        let inputs = self.config.get(&index.to_string()).and_then(|node| node.get("input"));
        let configured = inputs.and_then(|inputs| inputs.get(input)?.get("name")?.as_str());
        let label = || {
            let socket = node.inputs.get(slot?).filter(|socket| &*socket.name == input)?;
            socket.label.as_deref()
        };
        let mut name: Box<str> = configured.or_else(label).unwrap_or(input).into();
        let mut key = name.clone();
        if self.seen.contains_key(&name) {
            let title = node.title.as_deref().unwrap_or(&node.node_type);
            key = format!("{title} {input}").into();
            name = match self.seen.get(&key) {
                Some(count) => format!("{title} {count} {input}").into(),
                None => key.clone(),
            };
        }
        *self.seen.entry(key).or_insert(1) += 1;
        self.shown.push(Shown { node: index, slot, input: input.into(), name, io_type: io_type.into() });
    }
}

/// The type that a reroute of the group goes by: of what it leads to, else of where it comes from.
fn reroute_type(group: &Group, ways: &[(usize, usize)], node: &UiNode, input: &UiInput) -> Box<str> {
    let mut types = ways.iter().filter_map(|(to, slot)| Some(&*group.input(*to, *slot)?.1.io_type));
    let output = || node.outputs.first().map(|output| &*output.io_type);
    let known = |io_type: &&str| !io_type.is_empty() && *io_type != "*";
    types.find(known).or_else(|| output().filter(known)).unwrap_or(&input.io_type).into()
}

/// Whether a shown input may be a socket.
type Rule<'r> = &'r dyn Fn(&Shown, &UiInput) -> bool;

/// Which of the shown inputs each socket of a use is; the first rule that fits: the same name, a name that ends in the
/// input's own, and for a socket with a link the next of the same type.
pub(super) fn of_use<'s>(shown: &'s [Shown], sockets: &[UiInput]) -> Vec<Option<&'s Shown>> {
    let mut free: Vec<Option<&Shown>> = shown.iter().map(Some).collect();
    let mut found: Vec<Option<&Shown>> = vec![None; sockets.len()];
    let same_name = |shown: &Shown, socket: &UiInput| *shown.name == *socket.name;
    let ends_in = |shown: &Shown, socket: &UiInput| {
        shown.slot.is_some()
            && socket.name.strip_suffix(&*shown.input).is_some_and(|rest| rest.ends_with(' '))
    };
    let any = |io_type: &str| io_type.is_empty() || io_type == "*";
    let same_type = |shown: &Shown, socket: &UiInput| {
        socket.link.is_some()
            && shown.slot.is_some()
            && (shown.io_type == socket.io_type || any(&shown.io_type) || any(&socket.io_type))
    };
    let rules: [Rule<'_>; 3] = [&same_name, &ends_in, &same_type];
    for rule in rules {
        for (socket, found) in sockets.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            let at = free.iter_mut().find(|shown| shown.is_some_and(|shown| rule(shown, socket)));
            *found = at.and_then(Option::take);
        }
    }
    found
}

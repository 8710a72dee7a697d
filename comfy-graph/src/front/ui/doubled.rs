//! Sockets of one name: a node of the file that lists an input twice, as some frontends of 2025 wrote them.
//!
//! A prompt has one value for a name. The frontend goes over the sockets in order and the last link that leads
//! somewhere wins (`utils/executionUtil.ts: graphToPrompt`). The sockets become one here, so that every route has it.

use std::collections::BTreeMap;

use super::{
    id::Id,
    model::{Body, LinkId, UiInput, UiLink, UiNode},
};
use crate::{
    catalog::virtuals,
    diag::{Diagnostic, JsonPath, Severity, codes, short},
    graph::Mode,
};

/// The nodes of a scope that can be at the other end of a link.
pub(super) struct Sources {
    modes: BTreeMap<Id, Mode>,
}

impl Sources {
    /// The nodes of a scope in which a node has two sockets of one name; `None` in all others.
    pub(super) fn of(body: &Body) -> Option<Self> {
        if !body.nodes.iter().any(is_doubled) {
            return None;
        }
        let mode = |node: &UiNode| (node.id.clone(), Mode::from_number(node.mode));
        let ends = [Id::INPUTS, Id::OUTPUTS].map(|end| (end, Mode::Always));
        Some(Self { modes: body.nodes.iter().map(mode).chain(ends).collect() })
    }

    /// Makes one socket of those that have one name. `place` is where
    /// the node is in the file.
    pub(super) fn merge(
        &self,
        node: &mut UiNode,
        table: &BTreeMap<LinkId, UiLink>,
        place: &JsonPath,
        found: &mut Vec<Diagnostic>,
    ) {
        if !is_doubled(node) {
            return;
        }
        let mut merged: Vec<UiInput> = Vec::with_capacity(node.inputs.len());
        let mut places: BTreeMap<Box<str>, usize> = BTreeMap::new();
        let mut lost: BTreeMap<Box<str>, Vec<LinkId>> = BTreeMap::new();
        for input in std::mem::take(&mut node.inputs) {
            if input.name.is_empty() {
                merged.push(input);
                continue;
            }
            let at = *places.entry(input.name.clone()).or_insert(merged.len());
            let Some(first) = merged.get_mut(at) else {
                merged.push(input);
                continue;
            };
            let lost = lost.entry(input.name).or_default();
            first.widget = first.widget.take().or(input.widget);
            first.label = first.label.take().or(input.label);
            match (first.link, input.link) {
                (Some(first), Some(link)) if first == link => {}
                (Some(kept), Some(link)) if self.leads(table, kept) && !self.leads(table, link) => {
                    lost.push(link);
                }
                (kept, Some(link)) => {
                    first.link = Some(link);
                    lost.extend(kept);
                }
                (_, None) => {}
            }
        }
        node.inputs = merged;
        for (name, links) in lost {
            found.push(doubled(node, &name, &links).at(place.clone()).node(&node.id).input(name));
        }
    }

    /// Whether a link comes from a node that gives a value.
    fn leads(&self, table: &BTreeMap<LinkId, UiLink>, link: LinkId) -> bool {
        let mode = table.get(&link).and_then(|link| self.modes.get(&link.origin));
        mode.is_some_and(|mode| *mode != Mode::Never)
    }
}

/// Whether two sockets have one name. Frontend-only nodes count theirs by position, whatever the names.
fn is_doubled(node: &UiNode) -> bool {
    let names = node.inputs.iter().map(|input| &*input.name);
    let mut names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1]) && virtuals::role(&node.node_type).is_none()
}

fn doubled(node: &UiNode, name: &str, lost: &[LinkId]) -> Diagnostic {
    let name = short(name);
    let who = format!("{} #{}", short(&node.node_type), node.id);
    if lost.is_empty() {
        let message = format!("{who}: the file lists the input `{name}` more than once; it is read as one");
        let mut found = Diagnostic::new(codes::DOUBLED_INPUT, message);
        found.severity = Severity::Note;
        return found;
    }
    let (links, have) = match lost {
        [_] => ("link", "has"),
        _ => ("links", "have"),
    };
    let ids: Vec<String> = lost.iter().map(LinkId::to_string).collect();
    let message = format!(
        "{who}: the file lists the input `{name}` more than once, with different links; the last one that leads to a \
         node counts, as in the frontend, and {links} {} {have} no effect",
        ids.join(", ")
    );
    Diagnostic::new(codes::DOUBLED_INPUT, message)
}

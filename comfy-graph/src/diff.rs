//! What differs between two workflows: nodes added and removed, links led elsewhere, values, titles and modes changed.
//!
//! Ids, order and layout are no difference, and neither are reroutes, which only lead a link around on the screen. Nodes
//! are paired by what they are and what they are linked to (`exact`, `likely`); ids decide only between pairs that
//! are equally good. Definitions of subgraphs are paired first (`definitions`), and then compared like the workflow
//! itself. Everything is linear in the two graphs, but for groups of a bounded size.
//!
//! ```
//! use comfy_graph::{catalog::Catalog, diff, front};
//!
//! let catalog = Catalog::bundled();
//! let read = |text| front::read(text, &catalog).map(|read| read.value);
//! let old = read(r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64}},
//!                    "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}"#)?;
//! let new = read(r#"{"7": {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}},
//!                    "8": {"class_type": "EmptyImage", "inputs": {"width": 96}}}"#)?;
//! let diff = diff::parsed(&old, &new);
//! assert_eq!(diff.to_string(), "~ EmptyImage #1 (now #8)\n    width: 64 -> 96\n");
//! # Ok::<(), comfy_graph::front::FrontError>(())
//! ```
//!
//! This module prints nothing: a [`Diff`] is data, with a text form for people ([`Diff`]'s `Display`) and one for
//! programs ([`Diff::to_json_lines`]).

mod colour;
mod compare;
mod definitions;
mod exact;
mod json;
mod likely;
mod pairing;
mod scope;
#[cfg(test)]
mod tests;
mod text;

use serde_json::Value;

use crate::{
    front::{Format, Parsed},
    graph::{Graph, Mode, NodeIx},
    passes,
};

use definitions::Definitions;

/// What of two workflows is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The workflows as their authors made them: notes, primitives, muted and bypassed nodes, subgraphs.
    Authored,
    /// What would be queued: after [`passes::lower_for_execution`]. For prompts there is nothing else.
    Queued,
}

/// All differences, of the workflow first, then of each subgraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Diff {
    /// What was compared.
    pub level: Level,
    /// In the order of the old workflow, then of what the new one adds.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The name of the subgraph it is in; `None` at the top.
    pub scope: Option<Box<str>>,
    /// The node in the old workflow, unless it was added.
    pub old: Option<Party>,
    /// The node in the new workflow, unless it was removed.
    pub new: Option<Party>,
    /// What is different about it.
    pub what: What,
}

/// A node, or a definition, as people know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The id; of a definition its id in the file.
    pub id: Box<str>,
    /// The class; of instances and definitions the name of the subgraph.
    pub class_type: Box<str>,
    /// The user's title.
    pub title: Option<Box<str>>,
    /// A definition, or a boundary of one, instead of a node.
    pub role: Role,
}

/// What a [`Party`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A node of the graph.
    Node,
    /// The definition of a subgraph.
    Definition,
    /// The inside of a subgraph's inputs.
    Inputs,
    /// The inside of a subgraph's outputs.
    Outputs,
}

/// The kinds of differences.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// Only the new workflow has it.
    Added(Contents),
    /// Only the old workflow has it.
    Removed(Contents),
    /// Another class in the same place.
    Class,
    /// Another title, or name of a definition.
    Title,
    /// Muted, bypassed, or neither any more.
    Mode {
        /// Before.
        old: Mode,
        /// After.
        new: Mode,
    },
    /// An input has another value or another link.
    Input {
        /// Its name; of an input of a subgraph that has another name now, the old one.
        name: Box<str>,
        /// The link comes from elsewhere, came or went; else the value is another.
        rewired: bool,
        /// Before.
        old: Setting,
        /// After.
        new: Setting,
    },
    /// An input or output of a definition came, went, or has another name or type.
    Port {
        /// Which end of the subgraph.
        output: bool,
        /// Before: name and type.
        old: Option<(Box<str>, Box<str>)>,
        /// After: name and type.
        new: Option<(Box<str>, Box<str>)>,
    },
}

/// What comes or goes with a node or a definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// Inputs with a value or a link.
    pub inputs: Vec<(Box<str>, Setting)>,
    /// Inputs of other nodes that were linked to it, and are linked to nothing without it.
    pub uses: Vec<(Party, Box<str>)>,
    /// Of a definition: how many nodes are in it.
    pub nodes: usize,
}

/// What an input is set to. A link goes before a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Setting {
    /// Where the link comes from.
    pub link: Option<Box<End>>,
    /// The value, or the one that remains if the link leads nowhere.
    pub value: Option<Value>,
}

/// The start of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The node.
    pub node: Party,
    /// Its output slot.
    pub slot: usize,
    /// The output's name; empty if it is not known.
    pub output: Box<str>,
}

/// Compares two documents: two workflows as their authors made them; as soon as one of them is a prompt, what of
/// both would be queued.
pub fn parsed(old: &Parsed, new: &Parsed) -> Diff {
    let both_workflows = old.format == Format::Workflow && new.format == Format::Workflow;
    graphs(&old.graph, &new.graph, if both_workflows { Level::Authored } else { Level::Queued })
}

/// Compares two graphs, neither of them lowered.
pub fn graphs(old: &Graph, new: &Graph, level: Level) -> Diff {
    let changes = match level {
        Level::Authored => compare::documents(old, new, level),
        Level::Queued => {
            let lowered = |graph| passes::lower_for_execution(graph).value;
            compare::documents(&lowered(old), &lowered(new), level)
        }
    };
    Diff { level, changes }
}

/// Nodes of two graphs that are the same node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// The ids of the definitions that the graphs are the insides of; `None` for the workflows themselves.
    pub definitions: Option<(Box<str>, Box<str>)>,
    /// Old and new, in the order of the old graph.
    pub nodes: Vec<(NodeIx, NodeIx)>,
}

/// Which nodes of two workflows are the same, as [`Level::Authored`] sees them: of the workflows themselves first, then
/// of each two definitions whose instances are the same. One definition may be in several pairs.
pub fn pairs(old: &Graph, new: &Graph) -> Vec<Pairs> {
    let level = Level::Authored;
    let definitions = Definitions::new(old, new, level);
    let mut found = Vec::new();
    compare::walk(&definitions, old, new, level, |within, pairing| {
        let (one, other) = match within {
            None => (old, new),
            Some((id, partner)) => match (old.subgraph(id), new.subgraph(partner)) {
                (Some(one), Some(other)) => (&one.graph, &other.graph),
                _ => return,
            },
        };
        let pair = |(at, item): (usize, &scope::Item<'_>)| {
            let partner = pairing.new.items.get(pairing.partner_of_old(at)?)?;
            Some((one.find(item.node.key.as_str())?, other.find(partner.node.key.as_str())?))
        };
        let nodes = pairing.old.items.iter().enumerate().filter_map(pair).collect();
        let definitions = within.map(|(old, new)| (old.into(), new.into()));
        found.push(Pairs { definitions, nodes });
    });
    found
}

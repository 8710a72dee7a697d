//! Where in the source the nodes of a flow and their inputs are.

use std::{collections::BTreeMap, ops::Range};

use comfy_graph::diag::{Diagnostic, Place};

use super::{
    at::At,
    hir::{BuildOp, Const, Expr, Kind},
};

/// Where in the source the nodes of a flow and their inputs are; by the number of the node, which is the last part of
/// its key in the prompt.
#[derive(Debug, Default)]
pub struct Places {
    nodes: BTreeMap<u32, Entry>,
}

#[derive(Debug)]
struct Entry {
    node: Range<usize>,
    inputs: Vec<(Box<str>, Range<usize>)>,
}

impl Places {
    /// Notes a node, and what is given to its inputs where it is built in one expression.
    pub(super) fn added(&mut self, node: u32, at: At, builder: Option<&Expr<'_>>) {
        let mut inputs = Vec::new();
        if let Some(builder) = builder {
            settings(builder, "", &mut inputs);
        }
        self.nodes.insert(node, Entry { node: at.bytes(), inputs });
    }

    /// The place where a node is added, by its key in the prompt.
    pub fn node(&self, key: &str) -> Option<Range<usize>> {
        self.entry(key).map(|entry| entry.node.clone())
    }

    /// The place of what is given to an input of a node.
    pub fn input(&self, key: &str, input: &str) -> Option<Range<usize>> {
        self.entry(key)?.inputs.iter().find(|(name, _)| &**name == input).map(|(_, range)| range.clone())
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        let number = key.rsplit(':').next()?.parse().ok()?;
        self.nodes.get(&number)
    }

    /// A diagnostic about a node or input, with its place in the source.
    pub fn locate(&self, diagnostic: Diagnostic) -> Diagnostic {
        let Some(node) = diagnostic.node.clone() else { return diagnostic };
        let input = diagnostic.input.as_ref().and_then(|input| self.input(&node, input));
        match input.or_else(|| self.node(&node)) {
            Some(Range { start, end }) => diagnostic.at(Place::Bytes { start, end }),
            None => diagnostic,
        }
    }
}

/// The settings of a builder, and of the options that are given to it.
fn settings(builder: &Expr<'_>, prefix: &str, found: &mut Vec<(Box<str>, Range<usize>)>) {
    let mut at = builder;
    loop {
        at = match &at.kind {
            Kind::Set(inner, _, name, value) => {
                let name = format!("{prefix}{name}");
                settings(value, &format!("{name}."), found);
                found.push((name.into(), value.at.bytes()));
                inner
            }
            Kind::Build(op, inner, args) => {
                if let (BuildOp::RawInput, [name, value]) = (op, args.as_slice())
                    && let Kind::Const(Const::Str(name)) = &name.kind
                {
                    found.push((format!("{prefix}{name}").into(), value.at.bytes()));
                }
                inner
            }
            _ => return,
        };
    }
}

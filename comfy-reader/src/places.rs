//! Where in the source the inputs of a flow's nodes are. Where nodes are, the graph itself says
//! ([`NodeSource::Bytes`]).

use std::{collections::BTreeMap, ops::Range};

use comfy_graph::{
    diag::{Diagnostic, Place},
    graph::{Graph, NodeSource},
};

use super::{
    at::At,
    hir::{BuildOp, Const, Expr, Kind},
};

/// Where in the source the inputs of a flow's nodes are set, by the place where the node is added: an expression that
/// runs twice makes two nodes whose inputs are set in one place.
#[derive(Clone, Debug, Default)]
pub struct Places {
    nodes: BTreeMap<(usize, usize), Inputs>,
}

/// Names, with the bytes of what they are given.
type Inputs = Vec<(Box<str>, Range<usize>)>;

impl Places {
    /// Notes what is given to the inputs of a node, where it is built in one expression.
    pub(super) fn added(&mut self, at: At, builder: Option<&Expr<'_>>) {
        let mut inputs = Vec::new();
        if let Some(builder) = builder {
            settings(builder, "", &mut inputs);
        }
        let Range { start, end } = at.bytes();
        self.nodes.insert((start, end), inputs);
    }

    /// The place of what is given to an input of a node, else that where the node is added. `key` is the node's in the
    /// prompt of `graph`, which was read with these places.
    pub fn place(&self, graph: &Graph, key: &str, input: Option<&str>) -> Option<Range<usize>> {
        let Some(NodeSource::Bytes { start, end }) = graph.node_of_key(key)?.source else { return None };
        let inputs = self.nodes.get(&(start, end)).map_or(&[] as &[_], Vec::as_slice);
        let place = input.and_then(|input| inputs.iter().find(|(name, _)| **name == *input));
        Some(place.map_or(start..end, |(_, range)| range.clone()))
    }

    /// A diagnostic about a node or input of `graph`, with its place in the source.
    pub(super) fn locate(&self, graph: &Graph, diagnostic: Diagnostic) -> Diagnostic {
        let place =
            diagnostic.node.as_deref().and_then(|key| self.place(graph, key, diagnostic.input.as_deref()));
        match place {
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

//! The nodes of a workflow by what people call them, kept for finding inputs without the graph.

use std::collections::BTreeSet;

use super::{Binding, place};
use crate::{
    catalog::{Catalog, InputDef, InputKind, virtuals::VirtualRole},
    graph::{Graph, Node, NodeKey, NodeKind},
};

/// Every node that has inputs which can be set.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing(pub(super) Vec<Listed>);

/// A node, its names, and those of its inputs.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) key: NodeKey,
    pub(super) title: Option<Box<str>>,
    pub(super) class_type: Box<str>,
    pub(super) described: Box<str>,
    pub(super) inputs: Vec<Box<str>>,
}

impl Listing {
    /// The nodes of the top, then those inside of instances as the flat graph has them.
    pub(super) fn of(graph: &Graph, flat: &Graph, catalog: &Catalog) -> Self {
        let top = graph.nodes().map(|(_, node)| Listed::of(node.key.clone(), node, catalog));
        let inner = flat.nodes().filter(|(_, node)| graph.find(node.key.as_str()).is_none());
        let inner = inner.map(|(_, copy)| {
            let node = place::node_at(graph, copy.key.as_str()).unwrap_or(copy);
            Listed::of(copy.key.clone(), node, catalog)
        });
        Self(top.chain(inner).filter(|listed| !listed.inputs.is_empty()).collect())
    }

    /// The nodes of this name: an id before a title before a class.
    pub(super) fn called(&self, name: &str) -> Vec<&Listed> {
        let name = name.trim();
        let id = name.strip_prefix('#').unwrap_or(name);
        if let Some(node) = self.0.iter().find(|node| node.key.as_str() == id) {
            return vec![node];
        }
        let titled = |node: &Listed, same: fn(&str, &str) -> bool| {
            node.title.as_deref().is_some_and(|title| same(title.trim(), name))
        };
        let ways: [&dyn Fn(&Listed) -> bool; 4] = [
            &|node| titled(node, |title, name| title == name),
            &|node| *node.class_type == *name,
            &|node| titled(node, str::eq_ignore_ascii_case),
            &|node| node.class_type.eq_ignore_ascii_case(name),
        ];
        let by = |fits: &dyn Fn(&Listed) -> bool| self.0.iter().filter(|node| fits(node)).collect::<Vec<_>>();
        ways.into_iter().map(by).find(|found| !found.is_empty()).unwrap_or_default()
    }
}

impl Listed {
    fn of(key: NodeKey, node: &Node, catalog: &Catalog) -> Self {
        let mut inputs: Vec<Box<str>> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut push = |name: &str| {
            if !name.is_empty() && seen.insert(name.to_owned()) {
                inputs.push(name.into());
            }
        };
        match node.kind {
            NodeKind::Class => {
                let sent = node.widgets.iter().filter(|widget| widget.sent);
                sent.for_each(|widget| push(&widget.name));
                node.inputs.iter().for_each(|input| push(&input.name));
                let def = catalog.get(&node.class_type);
                let mut waiting: Vec<(String, &InputDef)> = Vec::new();
                waiting.extend(
                    def.iter().flat_map(|def| def.inputs.iter().rev()).map(|input| (String::new(), input)),
                );
                while let Some((before, input)) = waiting.pop() {
                    let name = format!("{before}{}", input.name);
                    push(&name);
                    // the inputs of every choice, for the time after it was made
                    if let InputKind::DynamicCombo(options) = &input.kind {
                        let inner = options.iter().flat_map(|option| &option.inputs).rev();
                        waiting.extend(inner.map(|input| (format!("{name}."), input)));
                    }
                }
            }
            NodeKind::Instance(_) => node.inputs.iter().for_each(|input| push(&input.name)),
            NodeKind::Virtual(VirtualRole::Primitive) => {
                node.widgets.first().iter().for_each(|widget| push(&widget.name));
            }
            NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => {}
        }
        let mut named = Node::of_kind(key.clone(), node.kind.clone(), node.class_type.clone());
        named.title.clone_from(&node.title);
        let described = named.describe().into();
        Self { key, title: node.title.clone(), class_type: node.class_type.clone(), described, inputs }
    }

    /// The input of this name.
    pub(super) fn binding(&self, input: &str) -> Option<Binding> {
        let name = self.inputs.iter().find(|name| ***name == *input)?;
        Some(Binding { node: self.key.clone(), input: name.clone() })
    }
}

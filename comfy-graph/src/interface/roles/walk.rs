//! The graph as it runs, with the questions that walks ask of it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    catalog::{Catalog, InputDef, InputKind, IoType, NodeDef},
    graph::{Graph, Node, NodeIx, Slot},
};

/// What a walk goes through.
pub(super) struct Walk<'a> {
    /// The graph as its author made it, where values live.
    pub(super) graph: &'a Graph,
    /// The graph as it runs, where the links are.
    pub(super) flat: &'a Graph,
    catalog: &'a Catalog,
    /// The nodes that an output depends on; all, if nothing is an output.
    reach: BTreeSet<NodeIx>,
}

/// An input as the catalog declares it, or as the file has it.
#[derive(Clone, Debug)]
pub(super) struct Input<'a> {
    pub(super) name: &'a str,
    pub(super) io_type: IoType,
    /// What the catalog says of it.
    pub(super) def: Option<&'a InputDef>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(graph: &'a Graph, flat: &'a Graph, catalog: &'a Catalog) -> Self {
        let is_output = |node: &Node| catalog.get(&node.class_type).is_none_or(|def| def.output_node);
        let mut waiting: Vec<NodeIx> =
            flat.nodes().filter(|(_, node)| is_output(node)).map(|(ix, _)| ix).collect();
        if waiting.is_empty() {
            waiting = flat.indices();
        }
        let mut reach: BTreeSet<NodeIx> = waiting.iter().copied().collect();
        while let Some(ix) = waiting.pop() {
            let before = flat.links_into(ix).into_iter().map(|link| link.from.node);
            waiting.extend(before.filter(|node| reach.insert(*node)));
        }
        Self { graph, flat, catalog, reach }
    }

    /// The same walk with all nodes for such that an output depends on.
    pub(super) fn everywhere(self) -> Self {
        Self { reach: self.flat.indices().into_iter().collect(), ..self }
    }

    /// The nodes that an output depends on.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (NodeIx, &'a Node)> {
        self.flat.nodes().filter(|(ix, _)| self.reach.contains(ix))
    }

    pub(super) fn def(&self, ix: NodeIx) -> Option<&'a NodeDef> {
        self.catalog.get(&self.flat.get(ix)?.class_type)
    }

    /// The inputs of a node, those of chosen options of dynamic inputs among them.
    pub(super) fn inputs(&self, ix: NodeIx) -> Vec<Input<'a>> {
        let Some(node) = self.flat.get(ix) else { return Vec::new() };
        let def = self.def(ix);
        let mut inputs: Vec<Input<'a>> = Vec::new();
        for def in def.iter().flat_map(|def| &def.inputs) {
            inputs.push(Input { name: &def.name, io_type: def.io_type.clone(), def: Some(def) });
        }
        let declared: BTreeSet<&str> = inputs.iter().map(|input| input.name).collect();
        let further = node.inputs.iter().filter(|input| !declared.contains(&*input.name));
        inputs.extend(further.map(|input| {
            let def = def.and_then(|def| def.resolve_input(&input.name));
            Input { name: &input.name, io_type: input.io_type.clone(), def }
        }));
        if def.is_none() {
            inputs.extend(node.widgets.iter().filter(|widget| widget.sent).map(|widget| {
                let io_type = IoType::new(type_of(widget.value.as_ref()));
                Input { name: &widget.name, io_type, def: None }
            }));
        }
        inputs
    }

    /// The types of a node's outputs, by slot.
    pub(super) fn outputs(&self, ix: NodeIx) -> Vec<(&'a str, &'a IoType)> {
        match (self.def(ix), self.flat.get(ix)) {
            (Some(def), _) => def.outputs.iter().map(|output| (&*output.name, &output.io_type)).collect(),
            (None, Some(node)) => {
                node.outputs.iter().map(|output| (&*output.name, &output.io_type)).collect()
            }
            (None, None) => Vec::new(),
        }
    }

    /// Whether a node declares an input of this type.
    pub(super) fn takes(&self, ix: NodeIx, word: &str) -> bool {
        self.inputs(ix).iter().any(|input| is(&input.io_type, word))
    }

    /// Whether a node has an output of this type.
    pub(super) fn gives(&self, ix: NodeIx, word: &str) -> bool {
        self.outputs(ix).iter().any(|(_, io_type)| is(io_type, word))
    }

    /// What an input is linked to; several where a switch on the way is not set in the file.
    pub(super) fn sources(&self, ix: NodeIx, input: &str) -> Vec<Slot> {
        let slot = self.flat.get(ix).and_then(|node| node.input_slot(input));
        let link = slot.and_then(|slot| self.flat.source(Slot { node: ix, slot }));
        link.map(|link| self.behind_switches(link.from)).unwrap_or_default()
    }

    /// The linked inputs of this type, each with what it is linked to.
    pub(super) fn linked(&self, ix: NodeIx, word: &str) -> Vec<(&'a str, Vec<Slot>)> {
        let Some(node) = self.flat.get(ix) else { return Vec::new() };
        let links = self.flat.links_into(ix);
        let linked = links.into_iter().filter_map(|link| {
            let input = node.inputs.get(link.to.slot).filter(|input| is(&input.io_type, word))?;
            Some((&*input.name, self.behind_switches(link.from)))
        });
        linked.collect()
    }

    /// Goes through nodes that pass one of their inputs on, whatever it is.
    fn behind_switches(&self, from: Slot) -> Vec<Slot> {
        let mut found = Vec::new();
        let (mut waiting, mut seen) = (vec![from], BTreeSet::new());
        while let Some(slot) = waiting.pop() {
            if !seen.insert(slot) {
                continue;
            }
            match self.passed_on(slot) {
                Some(names) => {
                    let source = |name: &&str| {
                        let slot =
                            Slot { node: slot.node, slot: self.flat.get(slot.node)?.input_slot(name)? };
                        self.flat.source(slot).map(|link| link.from)
                    };
                    waiting.extend(names.iter().rev().filter_map(source));
                }
                None => found.push(slot),
            }
        }
        found
    }

    /// The inputs that an output passes on: those of its template, of which a truth value may choose one.
    fn passed_on(&self, slot: Slot) -> Option<Vec<&'a str>> {
        let def = self.def(slot.node)?;
        let template = def.outputs.get(slot.slot)?.match_template.as_deref()?;
        let of_template = |input: &&InputDef| match &input.kind {
            InputKind::MatchType { template_id } => **template_id == *template,
            _ => false,
        };
        let names: Vec<&str> = def.inputs.iter().filter(of_template).map(|input| &*input.name).collect();
        if names.is_empty() {
            return None;
        }
        let mut conditions = def.inputs.iter().filter(|input| matches!(input.kind, InputKind::Boolean(_)));
        let chosen = match (conditions.next(), conditions.next()) {
            (Some(only), None) => match self.truth(slot.node, &only.name) {
                Some(true) => "on_true",
                Some(false) => "on_false",
                None => return Some(names),
            },
            _ => return Some(names),
        };
        let chosen: Vec<&str> = names.iter().copied().filter(|name| *name == chosen).collect();
        Some(if chosen.is_empty() { names } else { chosen })
    }

    /// The truth value of an input where the file has it: in the place itself, or in a node that holds one value.
    fn truth(&self, mut ix: NodeIx, name: &str) -> Option<bool> {
        const DEEPEST: usize = 64;
        let mut name = name.to_owned();
        for _ in 0..DEEPEST {
            let node = self.flat.get(ix)?;
            let slot = node.input_slot(&name).map(|slot| Slot { node: ix, slot });
            let Some(link) = slot.and_then(|slot| self.flat.source(slot)) else {
                return self.value(ix, &name)?.as_bool();
            };
            ix = link.from.node;
            let inputs = self.inputs(ix);
            let [only] = inputs.as_slice() else { return None };
            if !is(&only.io_type, "BOOLEAN") {
                return None;
            }
            only.name.clone_into(&mut name);
        }
        None
    }

    /// The value of an input that is not linked.
    pub(super) fn value(&self, ix: NodeIx, name: &str) -> Option<&'a Value> {
        let node = self.flat.get(ix)?;
        let delivered =
            node.inputs.iter().find(|input| *input.name == *name).and_then(|input| input.value.as_ref());
        delivered.or_else(|| node.widget(name)?.value.as_ref())
    }
}

/// The type of a value of which nothing else is known.
fn type_of(value: Option<&Value>) -> &'static str {
    match value {
        Some(Value::String(_)) => "STRING",
        Some(Value::Number(number)) if number.is_f64() => "FLOAT",
        Some(Value::Number(_)) => "INT",
        Some(Value::Bool(_)) => "BOOLEAN",
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => "*",
    }
}

/// Whether a type is this one, or a union with it.
pub(super) fn is(io_type: &IoType, word: &str) -> bool {
    io_type.members().any(|member| member == word)
}

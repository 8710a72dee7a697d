//! What the names in an op stand for: nodes, outputs, inputs, and the types of what comes out.

use super::{
    End, NodeRef,
    draft::{Alias, At, Done, Draft, Refusal, Scope},
};
use crate::{
    catalog::{InputDef, IoType, NodeDef},
    diag::{Diagnostic, codes, short},
    graph::{Graph, InputSlot, Node, NodeKey, NodeKind, Slot},
    valid::{Declared, NamedInput, output_type},
};

/// Names longer than this are no names of slots.
const LONGEST: usize = 4096;

/// How many nodes a type is followed through.
const FAR: usize = 64;

impl Draft<'_> {
    /// The node that an op names in this member.
    pub(super) fn resolve(&mut self, node: &NodeRef, member: &str) -> Done<At> {
        if let Some(found) = self.lookup(node.as_str())? {
            return Ok(found);
        }
        Err(self.unknown_node(node.as_str(), member).into())
    }

    /// The node of this name, if there is one.
    pub(super) fn lookup(&self, text: &str) -> Done<Option<At>> {
        let bare = text.strip_prefix('$').unwrap_or(text);
        let head_end = bare.find([':', '/']).unwrap_or(bare.len());
        let (head, rest) = bare.split_at(head_end);
        match self.alias(head) {
            Alias::Failed => return Err(Refusal::Silent),
            Alias::Node(scope, key) => {
                let found = self.scope(scope).find(key.as_str());
                let at = found.map(|ix| At { scope: scope.clone(), key: key.clone(), ix });
                return Ok(at.and_then(|at| self.inside(at, rest)));
            }
            Alias::Unknown if text.starts_with('$') => return Ok(None),
            Alias::Unknown => {}
        }
        if let Some(ix) = self.graph.find(text) {
            return Ok(Some(At { scope: None, key: NodeKey::new(text), ix }));
        }
        let at = self.graph.find(head).map(|ix| At { scope: None, key: NodeKey::new(head), ix });
        Ok(at.and_then(|at| self.inside(at, rest)))
    }

    /// The node at the end of `:8` or `/8/3`.
    fn inside(&self, mut at: At, rest: &str) -> Option<At> {
        for part in rest.split([':', '/']).skip(1) {
            let NodeKind::Instance(id) = &self.node(&at).kind else { return None };
            let ix = self.graph.subgraph(id.as_str())?.graph.find(part)?;
            at = At { scope: Some(id.clone()), key: NodeKey::new(part), ix };
        }
        Some(at)
    }

    fn unknown_node(&mut self, text: &str, member: &str) -> Diagnostic {
        const SHOWN: usize = 12;
        let message = if text.starts_with('$') {
            format!("no edit before this one called a node {}", short(text))
        } else {
            format!("there is no node {:?}", short(text))
        };
        let found = self.finding(codes::UNKNOWN_NODE, member, &message);
        let of_class: Vec<String> = self
            .graph
            .nodes()
            .filter(|(_, node)| &*node.class_type == text || node.title.as_deref() == Some(text))
            .map(|(_, node)| node.describe())
            .take(SHOWN)
            .collect();
        if !of_class.is_empty() {
            return found.help(format!("nodes are named by their ids: {}", of_class.join(", ")));
        }
        if text.starts_with('$') {
            let names: Vec<&str> = self.alias_names().take(SHOWN).collect();
            return match names.as_slice() {
                [] => found.help("an edit gives a name with \"as\""),
                _ => found.help(format!("there are {}", names.join(", "))),
            };
        }
        let nodes: Vec<String> = self.graph.nodes().map(|(_, node)| node.describe()).take(SHOWN).collect();
        let more = self.graph.len().saturating_sub(nodes.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        if nodes.is_empty() {
            found.help("the graph is empty")
        } else {
            found.help(format!("there are {}{more}", nodes.join(", ")))
        }
    }

    /// The node of an end, and what the op calls its slot.
    fn split(&mut self, end: &End, member: &str) -> Done<(At, SlotName)> {
        match end {
            End::Named(node, slot) => Ok((self.resolve(node, member)?, SlotName::Name(slot.clone()))),
            End::Numbered(node, slot) => Ok((self.resolve(node, member)?, SlotName::Number(*slot))),
            End::Text(text) => {
                let text = text.get(..LONGEST).unwrap_or(text);
                for (dot, _) in text.match_indices('.').take(FAR) {
                    let (node, slot) = (&text[..dot], &text[dot + 1..]);
                    if let Some(at) = self.lookup(node)? {
                        return Ok((at, SlotName::Name(slot.into())));
                    }
                }
                let Some((node, _)) = text.split_once('.') else {
                    let what = if member == "from" { "output" } else { "input" };
                    let message = format!("{:?} names no {what}: write NODE.SLOT", short(text));
                    return Err(self.finding(codes::MALFORMED_EDIT, member, &message).into());
                };
                Err(self.unknown_node(node, member).into())
            }
        }
    }

    /// The output that an op names.
    pub(super) fn output(&mut self, end: &End, member: &str) -> Done<(At, usize)> {
        let (at, name) = self.split(end, member)?;
        let slot = self.output_of(&at, &name, member)?;
        Ok((at, slot))
    }

    /// The output slot of this name: by name, then by type, then by number.
    pub(super) fn output_of(&mut self, at: &At, name: &SlotName, member: &str) -> Done<usize> {
        let labels = self.outputs(at);
        let number = match name {
            SlotName::Number(number) => Some(*number),
            SlotName::Name(text) => {
                let same = |label: &&(String, IoType)| label.0 == **text;
                let named: Vec<usize> = positions(&labels, |label| same(&label));
                let by_case = || positions(&labels, |label| label.0.eq_ignore_ascii_case(text));
                let by_type = || positions(&labels, |label| label.1.as_str().eq_ignore_ascii_case(text));
                let found = [named, by_case(), by_type()].into_iter().find(|found| !found.is_empty());
                match found.as_deref() {
                    Some([slot]) => return Ok(*slot),
                    Some(several) => return Err(self.ambiguous(at, text, several, member).into()),
                    None => text.parse().ok(),
                }
            }
        };
        let is_open = self.node(at).kind == NodeKind::Class && self.def(at).is_none();
        match number {
            Some(slot) if slot < labels.len() || (is_open && slot < FAR) => Ok(slot),
            _ => Err(self.no_output(at, name, &labels, member).into()),
        }
    }

    fn ambiguous(&self, at: &At, text: &str, slots: &[usize], member: &str) -> Diagnostic {
        let numbers: Vec<String> = slots.iter().map(ToString::to_string).collect();
        let message = format!("several outputs are called {}: {}", short(text), numbers.join(", "));
        self.about(codes::MALFORMED_EDIT, member, at, &message).help("name the output by its number")
    }

    fn no_output(
        &mut self,
        at: &At,
        name: &SlotName,
        labels: &[(String, IoType)],
        member: &str,
    ) -> Diagnostic {
        let message = format!("there is no output {name}");
        let mut found = self.about(codes::SLOT_OUT_OF_RANGE, member, at, &message);
        found.severity = crate::diag::Severity::Error;
        let list: Vec<String> = labels
            .iter()
            .enumerate()
            .map(|(slot, (label, io_type))| {
                if label == io_type.as_str() {
                    format!("{slot} {label}")
                } else {
                    format!("{slot} {label} ({io_type})")
                }
            })
            .collect();
        if list.is_empty() {
            found.help("it has no outputs")
        } else {
            found.help(format!("it has {}", list.join(", ")))
        }
    }

    /// The outputs of a node, with what comes out.
    pub(super) fn outputs(&self, at: &At) -> Vec<(String, IoType)> {
        let node = self.node(at);
        let known = self.def(at).map_or(0, |def| def.outputs.len());
        let count = node.outputs.len().max(known);
        let graph = self.scope(&at.scope);
        let output = |slot: usize| {
            let own = node.outputs.get(slot).map(|output| output.name.to_string());
            let declared = || Some(self.def(at)?.outputs.get(slot)?.name.to_string());
            let name = own.or_else(declared).unwrap_or_default();
            (name, self.type_of(graph, Slot { node: at.ix, slot }))
        };
        (0..count).map(output).collect()
    }

    /// The definition of a node's class.
    pub(super) fn def(&self, at: &At) -> Option<&'_ NodeDef> {
        self.def_of(self.node(at))
    }

    pub(super) fn def_of(&self, node: &Node) -> Option<&'_ NodeDef> {
        self.catalog.get(&node.class_type).filter(|_| node.kind == NodeKind::Class)
    }

    /// What comes out of an output.
    pub(super) fn type_of(&self, graph: &Graph, from: Slot) -> IoType {
        output_type(self.catalog, graph, from)
    }

    /// The input that an op names. The socket is made, if the class has it and the node not yet.
    pub(super) fn input(&mut self, end: &End, member: &str) -> Done<(At, usize)> {
        let (at, name) = self.split(end, member)?;
        let slot = self.input_of(&at, &name, member)?;
        Ok((at, slot))
    }

    /// The input slot of this name.
    pub(super) fn input_of(&mut self, at: &At, name: &SlotName, member: &str) -> Done<usize> {
        let name = match name {
            SlotName::Name(name) => name.clone(),
            SlotName::Number(number) => match self.input_names(at).into_iter().nth(*number) {
                Some(name) => name.into(),
                None => return Err(self.no_input(at, &number.to_string(), member).into()),
            },
        };
        match self.find_input(at, &name) {
            Some(slot) => Ok(slot),
            None => {
                match name.parse::<usize>().ok().and_then(|at_| self.input_names(at).into_iter().nth(at_)) {
                    Some(name) => {
                        let slot = self.find_input(at, &name);
                        slot.ok_or_else(|| self.no_input(at, &name, member).into())
                    }
                    None => Err(self.no_input(at, &name, member).into()),
                }
            }
        }
    }

    /// The slot of an input by its name; made where the class has it.
    pub(super) fn find_input(&mut self, at: &At, name: &str) -> Option<usize> {
        let named = self.named_input(at, name);
        let full = named.as_ref().map_or(name, |(full, ..)| full.as_str());
        if let Some(slot) = self.node(at).input_slot(full) {
            return Some(slot);
        }
        let (name, io_type, widget) = named?;
        let node = self.node_mut(at);
        let has_widget = node.widget(&name).is_some();
        node.inputs.push(InputSlot { widget: widget && has_widget, ..InputSlot::new(name, io_type) });
        Some(node.inputs.len() - 1)
    }

    /// The full name of a declared input, its type, and whether it has a widget.
    fn named_input(&self, at: &At, name: &str) -> Option<(String, IoType, bool)> {
        let def = self.def(at)?;
        let NamedInput { name, def } = Declared::of(def, self.scope(&at.scope), at.ix).find(name)?;
        Some((name, def.io_type.clone(), def.is_widget()))
    }

    /// What is declared of an input.
    pub(super) fn declared(&self, at: &At, name: &str) -> Option<InputDef> {
        let def = self.def(at)?;
        Declared::of(def, self.scope(&at.scope), at.ix).find(name).map(|input| input.def.clone())
    }

    /// The names of a node's inputs, in the frontend's order.
    pub(super) fn input_names(&self, at: &At) -> Vec<String> {
        let node = self.node(at);
        let own = node.inputs.iter().map(|input| input.name.to_string());
        let Some(def) = self.def(at) else { return own.collect() };
        let declared = Declared::of(def, self.scope(&at.scope), at.ix);
        let (widgets, bare): (Vec<_>, Vec<_>) = declared.inputs().partition(|input| input.def.is_widget());
        let mut names: Vec<String> = bare.into_iter().chain(widgets).map(|input| input.name).collect();
        names.extend(own.filter(|own| !names.contains(own)).collect::<Vec<_>>());
        names
    }

    /// The finding for an input that a node does not have.
    pub(super) fn no_input(&mut self, at: &At, name: &str, member: &str) -> Diagnostic {
        const SHOWN: usize = 40;
        let message = format!("there is no input {:?}", short(name));
        let found = self.about(codes::UNKNOWN_INPUT, member, at, &message).input(&*short(name));
        let mut names = self.input_names(at);
        let node = self.node(at);
        names.extend(node.widgets.iter().filter(|widget| widget.sent).map(|widget| widget.name.to_string()));
        if let Some(def) = self.def(at) {
            let declared = Declared::of(def, self.scope(&at.scope), at.ix);
            names.extend(declared.names().map(str::to_owned));
        }
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let near = self.suggestions.ranked(name, names.iter().map(String::as_str), 3);
        let near: Vec<String> = near.iter().map(|near| format!("{:?}", near.text)).collect();
        if !near.is_empty() {
            return found.help(format!("did you mean {}?", near.join(" or ")));
        }
        names.truncate(SHOWN);
        if names.is_empty() {
            found.help("it has no inputs")
        } else {
            found.help(format!("it has {}", names.join(", ")))
        }
    }

    /// The scope that an instance stands for.
    pub(super) fn scope_inside(&mut self, node: Option<&NodeRef>, member: &str) -> Done<Scope> {
        let Some(node) = node else { return Ok(None) };
        let at = self.resolve(node, member)?;
        match &self.node(&at).kind {
            NodeKind::Instance(id) if self.graph.subgraph(id.as_str()).is_some() => Ok(Some(id.clone())),
            _ => Err(self.about(codes::IMPOSSIBLE_EDIT, member, &at, "is no instance of a subgraph").into()),
        }
    }

    /// Whether a node is a boundary of a subgraph, which stays.
    pub(super) fn refuse_boundary(&self, at: &At, member: &str) -> Done {
        match self.node(at).kind {
            NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => {
                let message = format!("{} stands for the inputs or outputs of the subgraph", at.key);
                Err(self.finding(codes::IMPOSSIBLE_EDIT, member, &message).into())
            }
            NodeKind::Class | NodeKind::Instance(_) | NodeKind::Virtual(_) => Ok(()),
        }
    }
}

/// What an op calls a slot.
#[derive(Clone, Debug)]
pub(super) enum SlotName {
    Name(Box<str>),
    Number(usize),
}

impl std::fmt::Display for SlotName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{:?}", short(name)),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

fn positions<T>(list: &[T], is: impl Fn(&T) -> bool) -> Vec<usize> {
    list.iter().enumerate().filter(|(_, item)| is(item)).map(|(at, _)| at).collect()
}

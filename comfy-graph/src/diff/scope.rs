//! One graph as the comparison sees it: what each node is, what its inputs are set to, and who uses it. Reroutes are
//! looked through; positions, colours and the rest of the file are not here.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use indexmap::IndexMap;
use serde_json::Value;

use super::{Level, Party, Role};
use crate::{
    catalog::virtuals::VirtualRole,
    graph::{Graph, Link, Node, NodeKind, Slot},
};

/// A graph's nodes, without reroutes.
pub(super) struct Scope<'g> {
    /// In the graph's order.
    pub(super) items: Vec<Item<'g>>,
}

/// A node.
pub(super) struct Item<'g> {
    pub(super) node: &'g Node,
    pub(super) party: Party,
    /// Its title, where that says something.
    pub(super) title: Option<&'g str>,
    /// Hash of what it is: of its class, or of what the subgraph is called.
    pub(super) class: u64,
    /// Of an instance, hash of what is in the subgraph.
    pub(super) content: u64,
    /// Inputs by name.
    pub(super) inputs: IndexMap<&'g str, Input<'g>>,
    /// Links into it: what they are (see [`wire`]), and the item they start from.
    pub(super) sources: Vec<(u64, usize)>,
    /// Links from it: what they are, and the item they end at.
    pub(super) uses: Vec<(u64, usize)>,
}

/// What an input is set to.
#[derive(Clone, Copy, Default)]
pub(super) struct Input<'g> {
    pub(super) value: Option<&'g Value>,
    pub(super) source: Option<Source<'g>>,
}

/// Where a link comes from.
#[derive(Clone, Copy)]
pub(super) struct Source<'g> {
    /// Index into [`Scope::items`].
    pub(super) item: usize,
    pub(super) slot: usize,
    pub(super) output: Output<'g>,
}

/// What tells the outputs of a node apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Output<'g> {
    /// Outputs of classes are in the class's order.
    Slot(usize),
    /// Those of subgraphs can be moved.
    Port(&'g str),
}

/// How instances and ports of paired definitions are called in both graphs.
pub(super) trait Naming<'g> {
    /// The hash of what this definition is called, the same for definitions that may be one.
    fn family(&self, id: &str) -> u64;
    /// The hash of what is in this definition.
    fn content(&self, id: &str) -> u64;
    /// The name that people know the definition by.
    fn title(&self, id: &str) -> Box<str>;
    /// What an input of a definition is called in the old graph.
    fn input(&self, definition: Option<&str>, name: &'g str) -> &'g str;
    /// What an output of a definition is called in the old graph.
    fn output(&self, definition: Option<&str>, name: &'g str) -> &'g str;
}

impl Item<'_> {
    /// All its links: whether it is the end, what they are, and the item at the other side.
    pub(super) fn links(&self) -> impl Iterator<Item = (bool, u64, usize)> {
        let sources = self.sources.iter().map(|(wire, at)| (true, *wire, *at));
        sources.chain(self.uses.iter().map(|(wire, at)| (false, *wire, *at)))
    }
}

/// The hash of a link's two ends: the name of the input and which output.
fn wire(input: &str, output: Output<'_>) -> u64 {
    hash(&(input, output))
}

impl<'g> Scope<'g> {
    /// The nodes of `graph`, which is the inside of `definition` if there is one.
    pub(super) fn new(
        graph: &'g Graph,
        level: Level,
        naming: &impl Naming<'g>,
        definition: Option<&str>,
    ) -> Self {
        let mut items = Vec::with_capacity(graph.len());
        let mut places = BTreeMap::new();
        for (ix, node) in graph.nodes().filter(|(_, node)| !is_wire(node)) {
            places.insert(ix, items.len());
            items.push(item(node, level, naming, definition));
        }
        let mut scope = Self { items };
        let mut through = Through { graph, known: BTreeMap::new() };
        for (ix, at) in &places {
            for link in graph.links_into(*ix) {
                let Some(from) = through.origin(&link) else { continue };
                if let Some(origin) = places.get(&from.node) {
                    scope.connect(*origin, from.slot, *at, link.to.slot, naming, definition);
                }
            }
        }
        if level == Level::Queued {
            scope.forget_hidden_values();
        }
        for item in &mut scope.items {
            let linked = item.inputs.iter().filter_map(|(name, input)| Some((name, input.source?)));
            item.sources = linked.map(|(name, source)| (wire(name, source.output), source.item)).collect();
        }
        scope
    }

    fn connect(
        &mut self,
        from: usize,
        slot: usize,
        to: usize,
        to_slot: usize,
        naming: &impl Naming<'g>,
        definition: Option<&str>,
    ) {
        let output = output(self.items[from].node, slot, naming, definition);
        let Some(name) = input_name(self.items[to].node, to_slot, naming, definition) else { return };
        self.items[to].inputs.entry(name).or_default().source = Some(Source { item: from, slot, output });
        self.items[from].uses.push((wire(name, output), to));
    }

    /// A value under a link is not part of a prompt.
    fn forget_hidden_values(&mut self) {
        for item in &mut self.items {
            for input in item.inputs.values_mut().filter(|input| input.source.is_some()) {
                input.value = None;
            }
        }
    }
}

fn item<'g>(node: &'g Node, level: Level, naming: &impl Naming<'g>, definition: Option<&str>) -> Item<'g> {
    let (role, class, class_type) = match &node.kind {
        NodeKind::Class | NodeKind::Virtual(_) => {
            (Role::Node, hash(&(0, &node.class_type)), node.class_type.clone())
        }
        NodeKind::Instance(id) => (Role::Node, naming.family(id.as_str()), naming.title(id.as_str())),
        NodeKind::SubgraphInputs => (Role::Inputs, hash(&(2, 0)), Box::default()),
        NodeKind::SubgraphOutputs => (Role::Outputs, hash(&(2, 1)), Box::default()),
    };
    let content = match &node.kind {
        NodeKind::Instance(id) => naming.content(id.as_str()),
        NodeKind::Class | NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => 0,
    };
    // A prompt names every node, if only by its class.
    let title = node.title.as_deref().filter(|title| **title != *class_type);
    let party = Party { id: node.key.as_str().into(), class_type, title: title.map(Into::into), role };
    let mut inputs: IndexMap<&str, Input<'_>> = IndexMap::with_capacity(node.widgets.len());
    for widget in &node.widgets {
        if (level == Level::Queued && !widget.sent) || widget.value.is_none() {
            continue;
        }
        let name = match &node.kind {
            NodeKind::Instance(id) => naming.input(Some(id.as_str()), &widget.name),
            _ => &*widget.name,
        };
        // a button may be called like the value that it sets
        let input = inputs.entry(name).or_default();
        if widget.sent || input.value.is_none() {
            input.value = widget.value.as_ref();
        }
    }
    for (slot, input) in node.inputs.iter().enumerate() {
        if let Some(value) = input.value.as_ref().or(input.broken.as_ref())
            && let Some(name) = input_name(node, slot, naming, definition)
        {
            inputs.entry(name).or_default().value = Some(value);
        }
    }
    Item { node, party, title, class, content, inputs, sources: Vec::new(), uses: Vec::new() }
}

fn input_name<'g>(
    node: &'g Node,
    slot: usize,
    naming: &impl Naming<'g>,
    definition: Option<&str>,
) -> Option<&'g str> {
    let name = &*node.inputs.get(slot)?.name;
    Some(match &node.kind {
        NodeKind::Instance(id) => naming.input(Some(id.as_str()), name),
        NodeKind::SubgraphOutputs => naming.output(definition, name),
        NodeKind::Class | NodeKind::Virtual(_) | NodeKind::SubgraphInputs => name,
    })
}

fn output<'g>(node: &'g Node, slot: usize, naming: &impl Naming<'g>, definition: Option<&str>) -> Output<'g> {
    let Some(port) = node.outputs.get(slot) else { return Output::Slot(slot) };
    match &node.kind {
        NodeKind::Instance(id) => Output::Port(naming.output(Some(id.as_str()), &port.name)),
        NodeKind::SubgraphInputs => Output::Port(naming.input(definition, &port.name)),
        NodeKind::Class | NodeKind::Virtual(_) | NodeKind::SubgraphOutputs => Output::Slot(slot),
    }
}

/// Whether the node only leads links around. A muted reroute cuts them, a bypassed one is as good as none.
fn is_wire(node: &Node) -> bool {
    node.is_virtual(VirtualRole::Reroute) && node.mode.runs()
}

/// Follows links through reroutes.
struct Through<'g> {
    graph: &'g Graph,
    /// Where the outputs of reroutes come from, as far as it is known; nowhere in a circle.
    known: BTreeMap<Slot, Option<Slot>>,
}

impl Through<'_> {
    /// The output that a link comes from.
    fn origin(&mut self, link: &Link) -> Option<Slot> {
        let mut way = Vec::new();
        let mut at = Some(link.from);
        while let Some(slot) = at {
            if !self.graph.get(slot.node).is_some_and(is_wire) {
                break;
            }
            if let Some(known) = self.known.get(&slot) {
                at = *known;
                break;
            }
            self.known.insert(slot, None);
            way.push(slot);
            at = self.graph.source(Slot { node: slot.node, slot: slot.slot }).map(|link| link.from);
        }
        for slot in way {
            self.known.insert(slot, at);
        }
        at
    }
}

/// A hash that is the same on every machine.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Hashes a value so that values that are the same to JavaScript hash alike.
pub(super) fn hash_value(value: &Value, state: &mut DefaultHasher) {
    match value {
        Value::Null => 0_u8.hash(state),
        Value::Bool(flag) => (1_u8, flag).hash(state),
        Value::Number(number) => {
            // minus nought is nought
            let number = number.as_f64().unwrap_or_default() + 0.0;
            (2_u8, number.to_bits()).hash(state);
        }
        Value::String(text) => (3_u8, text).hash(state),
        Value::Array(list) => {
            (4_u8, list.len()).hash(state);
            for value in list {
                hash_value(value, state);
            }
        }
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| {
                let mut entry = DefaultHasher::new();
                key.hash(&mut entry);
                hash_value(value, &mut entry);
                entry.finish()
            });
            (5_u8, map.len(), entries.fold(0_u64, u64::wrapping_add)).hash(state);
        }
    }
}

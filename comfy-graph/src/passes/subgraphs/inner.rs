//! Values that come from inside of a definition, for promoted inputs that an instance does not set.

use std::{
    collections::{BTreeMap, BTreeSet},
    ptr,
};

use serde_json::Value;

use crate::graph::{Graph, InputSlot, Link, Node, NodeIx, NodeKind, Subgraph, Widget, WidgetIndex};

/// The value of a promoted input that the instance does not set: that of the first inner widget that has one, the
/// nearest instance first.
pub fn inner_value(definitions: &Graph, definition: &Subgraph, slot: usize) -> Option<Value> {
    InnerValues::new(definitions).of(definition, slot).cloned()
}

/// Finds inner values; looks at every definition once, however often it is asked.
pub(crate) struct InnerValues<'g> {
    definitions: &'g Graph,
    /// By address of the definition.
    uses: BTreeMap<*const Subgraph, Uses<'g>>,
    known: BTreeMap<(*const Subgraph, usize), Option<&'g Value>>,
}

/// Where the inputs of a definition lead.
struct Uses<'g> {
    /// The links inside, by input.
    links: Vec<Vec<Link>>,
    /// For each instance inside: which widget belongs to which input.
    promoted: BTreeMap<NodeIx, Vec<Option<usize>>>,
    widgets: WidgetIndex<'g>,
}

/// What a link from an input of a definition leads to.
enum Found<'g> {
    /// A widget; `None` is JavaScript's undefined.
    Value(Option<&'g Value>),
    /// An instance that leaves the value to its own inside.
    Deeper(&'g Subgraph, usize),
}

impl<'g> InnerValues<'g> {
    pub(crate) fn new(definitions: &'g Graph) -> Self {
        Self { definitions, uses: BTreeMap::new(), known: BTreeMap::new() }
    }

    /// The value for the input `slot` of the definition.
    pub(crate) fn of(&mut self, definition: &'g Subgraph, slot: usize) -> Option<&'g Value> {
        let mut way = Vec::new();
        let mut passed = BTreeSet::new();
        let mut at = (definition, slot);
        let value = loop {
            let key = (ptr::from_ref(at.0), at.1);
            if let Some(known) = self.known.get(&key) {
                break *known;
            }
            // a definition that contains itself would lead round for ever
            if !passed.insert(key) {
                break None;
            }
            way.push(key);
            match self.step(at.0, at.1) {
                Some(Found::Value(value)) => break value,
                Some(Found::Deeper(inner, slot)) => at = (inner, slot),
                None => break None,
            }
        };
        self.known.extend(way.into_iter().map(|key| (key, value)));
        value
    }

    /// One level: the first link that leads to a widget.
    fn step(&mut self, definition: &'g Subgraph, slot: usize) -> Option<Found<'g>> {
        let uses = self.uses.entry(ptr::from_ref(definition)).or_insert_with(|| Uses::of(definition));
        let Uses { links, promoted, widgets } = uses;
        links.get(slot)?.iter().find_map(|link| {
            let target = definition.graph.get(link.to.node)?;
            let NodeKind::Instance(inner) = &target.kind else {
                let input = target.inputs.get(link.to.slot)?;
                return widgets.find(link.to.node, target, &input.name).map(found);
            };
            let widget = promoted.get(&link.to.node)?.get(link.to.slot).copied().flatten();
            let widget = target.widgets.get(widget?)?;
            match self.definitions.subgraph(inner.as_str()) {
                Some(inner) if widget.value.is_none() => Some(Found::Deeper(inner, link.to.slot)),
                _ => Some(found(widget)),
            }
        })
    }
}

fn found(widget: &Widget) -> Found<'_> {
    Found::Value(widget.value.as_ref())
}

impl Uses<'_> {
    fn of(definition: &Subgraph) -> Self {
        let mut links = vec![Vec::new(); definition.inputs().len()];
        let mut promoted = BTreeMap::new();
        for link in definition.graph.links_from(definition.inputs_node()) {
            let target = &definition.graph[link.to.node];
            if matches!(target.kind, NodeKind::Instance(_)) {
                promoted.entry(link.to.node).or_insert_with(|| promoted_widgets(target));
            }
            if let Some(links) = links.get_mut(link.from.slot) {
                links.push(link);
            }
        }
        Self { links, promoted, widgets: WidgetIndex::default() }
    }
}

/// The widget of each input of an instance: they have one per [`InputSlot::widget`], in
/// order.
fn promoted_widgets(instance: &Node) -> Vec<Option<usize>> {
    let mut count = 0;
    let position = |input: &InputSlot| {
        input.widget.then(|| {
            count += 1;
            count - 1
        })
    };
    instance.inputs.iter().map(position).collect()
}

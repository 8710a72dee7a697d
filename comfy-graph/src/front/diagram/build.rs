//! What a diagram says → a graph: classes, nodes with their defaults, links whose types fit.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::{
    Drawn, Label, Sketch, Wire,
    classes::{Classes, Meant, Uses, numbered},
};
use crate::{
    catalog::{Catalog, IoType, virtuals, virtuals::VirtualRole},
    diag::{Applicability, Diagnostic, Severity, Suggestion, WithDiagnostics, codes, short},
    front::fresh,
    graph::{Graph, InputSlot, Node, NodeIx, NodeKey, NodeKind, NodeSource, OutputSlot, Slot, Widget},
    suggest::{self, Suggestions},
    valid::{Declared, output_type},
};

/// Makes the graph.
pub(super) fn build(mut sketch: Sketch, catalog: &Catalog) -> WithDiagnostics<Graph> {
    let nodes = std::mem::take(&mut sketch.nodes);
    let links = std::mem::take(&mut sketch.links);
    let uses = uses(&nodes, &links);
    let mut classes = Classes::new(catalog);
    let meant: Vec<Option<Meant<'_>>> =
        nodes.values().zip(&uses).map(|(drawn, uses)| classes.meant(&drawn.words, uses)).collect();
    let mut builder = Builder {
        catalog,
        graph: Graph::with_capacity(nodes.len(), links.len()),
        places: BTreeMap::new(),
        suggestions: Suggestions::default(),
        sketch,
    };
    let keys = keys(nodes.values().zip(&meant));
    for (((name, drawn), meant), key) in nodes.iter().zip(meant).zip(keys) {
        builder.node(name, drawn, meant, key);
    }
    // what is said comes before what is guessed, so that no guess takes its place
    let (said, open): (Vec<_>, Vec<_>) = links.iter().partition(|link| matches!(link.label, Label::Both(..)));
    let (half, open): (Vec<_>, Vec<_>) = open.into_iter().partition(|link| link.label != Label::Nothing);
    for link in said.into_iter().chain(half).chain(open) {
        builder.link(link);
    }
    WithDiagnostics { value: builder.graph, diagnostics: builder.sketch.found }
}

/// What the links use of each node. A label of one word is of the output or of the input.
fn uses(nodes: &IndexMap<String, Drawn>, links: &[Wire]) -> Vec<Uses> {
    let mut uses = vec![Uses::default(); nodes.len()];
    for link in links {
        let Label::Both(output, input) = &link.label else { continue };
        if let Some(uses) = nodes.get_index_of(&link.from).and_then(|at| uses.get_mut(at)) {
            uses.outputs.insert(output.clone());
        }
        if let Some(uses) = nodes.get_index_of(&link.to).and_then(|at| uses.get_mut(at)) {
            uses.inputs.insert(input.clone());
        }
    }
    uses
}

/// The ids: those that the diagram has, where they are different, and the next ones for the rest.
fn keys<'d>(nodes: impl Iterator<Item = (&'d Drawn, &'d Option<Meant<'d>>)>) -> Vec<NodeKey> {
    let wanted: Vec<Option<i64>> = nodes
        .map(|(drawn, meant)| {
            let number = match meant {
                Some(meant) => meant.number,
                None => drawn.words.first().and_then(|word| numbered(word).1),
            };
            number.filter(|number| drawn.keeps_id && (0..1 << 50).contains(number))
        })
        .collect();
    let mut taken = BTreeSet::new();
    let own: Vec<Option<i64>> =
        wanted.into_iter().map(|number| number.filter(|number| taken.insert(*number))).collect();
    let mut last = 0;
    own.into_iter()
        .map(|number| {
            let number = number.unwrap_or_else(|| {
                last += 1;
                while taken.contains(&last) {
                    last += 1;
                }
                last
            });
            NodeKey::new(number.to_string())
        })
        .collect()
}

struct Builder<'c> {
    catalog: &'c Catalog,
    graph: Graph,
    places: BTreeMap<String, NodeIx>,
    suggestions: Suggestions,
    sketch: Sketch,
}

impl Builder<'_> {
    fn node(&mut self, name: &str, drawn: &Drawn, meant: Option<Meant<'_>>, key: NodeKey) {
        let mut node = match (&drawn.note, meant) {
            (Some(text), _) => {
                let mut note = Node::of_kind(key, NodeKind::Virtual(VirtualRole::Note), "Note");
                note.widgets = vec![Widget { sent: false, ..Widget::new("text", text.as_str().into()) }];
                note
            }
            (None, Some(meant)) => {
                let node = fresh::node(meant.def, key);
                if !meant.exact {
                    self.say_nearest(drawn, &node, &meant);
                }
                let title = drawn.title.as_ref().filter(|title| **title != meant.word);
                Node { title: title.map(|title| title.as_str().into()), ..node }
            }
            (None, None) => self.unknown(drawn, key),
        };
        let (start, end) = (drawn.place.start + self.sketch.offset, drawn.place.end + self.sketch.offset);
        node.source = Some(NodeSource::Bytes { start, end });
        // keys are told apart before
        if let Ok(ix) = self.graph.insert(node) {
            self.places.insert(name.to_owned(), ix);
        }
    }

    fn say_nearest(&mut self, drawn: &Drawn, node: &Node, meant: &Meant<'_>) {
        let word = numbered(&meant.word).0;
        let message =
            format!("the catalog has no class {:?}; it was read as {}", short(word), node.class_type);
        let mut found = Diagnostic::new(codes::MISSING_NODE_TYPE, message);
        found.severity = Severity::Warning;
        found = found.at(self.sketch.place(&drawn.place)).node(&node.key);
        if !meant.others.is_empty() {
            found = found.help(format!("it could also be {}", meant.others.join(" or ")));
        }
        self.sketch.found.push(found);
    }

    /// A node of a class that nothing in the catalog is like. Reroutes exist in the frontend only.
    fn unknown(&mut self, drawn: &Drawn, key: NodeKey) -> Node {
        let word = drawn.words.first().map_or("", |word| numbered(word).0);
        if virtuals::role(word) == Some(VirtualRole::Reroute) {
            let mut node = Node::of_kind(key, NodeKind::Virtual(VirtualRole::Reroute), word);
            node.inputs = vec![InputSlot::new("", IoType::any())];
            node.outputs = vec![OutputSlot { name: "".into(), io_type: IoType::any() }];
            return node;
        }
        let message = format!("the catalog has no class {:?}, nor one that is called so", short(word));
        let found = Diagnostic::new(codes::MISSING_NODE_TYPE, message).node(&key);
        self.sketch.found.push(found.at(self.sketch.place(&drawn.place)));
        Node::class(key, word)
    }

    fn link(&mut self, link: &Wire) {
        let ends = self.places.get(&link.from).copied().zip(self.places.get(&link.to).copied());
        // both ends of a link are nodes of the diagram
        let Some((from, to)) = ends else { return };
        let (output, input) = match &link.label {
            Label::Both(output, input) => (Some(&**output), Some(&**input)),
            Label::One(word) => self.which_end(from, to, word),
            Label::Nothing => (None, None),
        };
        let Some((output, input)) = self.slots(link, (from, output), (to, input)) else { return };
        let source = Slot { node: from, slot: output };
        let target = Slot { node: to, slot: input };
        let given = output_type(self.catalog, &self.graph, source);
        let taker = &self.graph[to].inputs[input];
        if !taker.io_type.accepts(&given) && !given.as_str().is_empty() {
            let (taker, name) = (self.graph[to].describe(), taker.name.clone());
            let wanted = &self.graph[to].inputs[input].io_type;
            let message = format!(
                "{taker}: {name} takes {wanted}, but {} gives {given}; the link is left out",
                self.graph[from].describe()
            );
            let found = Diagnostic::new(codes::RETURN_TYPE_MISMATCH, message);
            self.push(found.node(&self.graph[to].key).input(name), link);
            return;
        }
        if let Some(other) = self.graph.source(target) {
            if other.from != source {
                let name = self.graph[to].inputs[input].name.clone();
                let message =
                    format!("{}: {name} is linked twice; the first link counts", self.graph[to].describe());
                let found = Diagnostic::new(codes::DUPLICATE_SETTING, message);
                self.push(found.node(&self.graph[to].key).input(name), link);
            }
            return;
        }
        self.graph.link(source, target);
    }

    fn push(&mut self, found: Diagnostic, link: &Wire) {
        let found = found.at(self.sketch.place(&link.place));
        self.sketch.found.push(found);
    }

    /// Whether a label of one word names the output or the input.
    fn which_end<'w>(&self, from: NodeIx, to: NodeIx, word: &'w str) -> (Option<&'w str>, Option<&'w str>) {
        let outputs = self.outputs(from);
        let is_output =
            outputs.iter().any(|(name, io_type)| same(name, word) || same(io_type.as_str(), word));
        if is_output || outputs.is_empty() && self.input(to, word).is_none() {
            return (Some(word), None);
        }
        match self.input(to, word) {
            Some(_) => (None, Some(word)),
            None => (Some(word), None),
        }
    }

    /// The slots at the ends of a link, as named, or as types leave no choice.
    fn slots(
        &mut self,
        link: &Wire,
        (from, output): (NodeIx, Option<&str>),
        (to, input): (NodeIx, Option<&str>),
    ) -> Option<(usize, usize)> {
        let target = match input {
            Some(name) => Some(self.named_input(link, (from, output), (to, name))?),
            None => None,
        };
        let wanted = target.map(|slot| self.graph[to].inputs[slot].io_type.clone());
        let outputs = self.output_candidates(link, from, output, wanted.as_ref())?;
        if let Some(input) = target {
            return Some((*outputs.first()?, input));
        }
        let mut pairs = Vec::new();
        for slot in outputs {
            let given = output_type(self.catalog, &self.graph, Slot { node: from, slot });
            pairs.extend(self.free_inputs(to, &given).into_iter().map(|input| (slot, input)));
        }
        let Some((output, name)) = pairs.first().cloned() else {
            let message = format!(
                "{} gives nothing that a free input of {} takes; the link is left out",
                self.graph[from].describe(),
                self.graph[to].describe()
            );
            self.push(Diagnostic::new(codes::RETURN_TYPE_MISMATCH, message).node(&self.graph[to].key), link);
            return None;
        };
        if pairs.len() > 1 {
            let others: Vec<&str> = pairs.iter().skip(1).take(4).map(|(_, name)| name.as_str()).collect();
            let message = format!(
                "the diagram does not say where the link from {} goes; {name} of {} was taken",
                self.graph[from].describe(),
                self.graph[to].describe()
            );
            let found =
                Diagnostic::new(codes::DIAGRAM_GUESS, message).node(&self.graph[to].key).input(&*name);
            self.push(found.help(format!("it could also be {}", others.join(", "))), link);
        }
        let found = self.input(to, &name)?;
        Some((output, self.place(to, found)))
    }

    /// The names and types of a node's outputs.
    fn outputs(&self, ix: NodeIx) -> Vec<(Box<str>, IoType)> {
        let outputs = self.graph[ix].outputs.iter();
        outputs.map(|output| (output.name.clone(), output.io_type.clone())).collect()
    }

    /// Whether nothing is known of the class of a node, so that it has whatever the diagram says.
    fn is_open(&self, ix: NodeIx) -> bool {
        let node = &self.graph[ix];
        node.kind == NodeKind::Class && self.catalog.get(&node.class_type).is_none()
    }

    /// The outputs that can be meant, the likeliest first.
    fn output_candidates(
        &mut self,
        link: &Wire,
        from: NodeIx,
        name: Option<&str>,
        wanted: Option<&IoType>,
    ) -> Option<Vec<usize>> {
        let outputs = self.outputs(from);
        let fits = |slot: &usize| {
            let given = output_type(self.catalog, &self.graph, Slot { node: from, slot: *slot });
            wanted.is_none_or(|wanted| wanted.accepts(&given))
        };
        let all: Vec<usize> = (0..outputs.len()).collect();
        let Some(name) = name else {
            if self.is_open(from) {
                return Some(vec![self.open_output(from, "", wanted)]);
            }
            let fitting: Vec<usize> = all.iter().copied().filter(fits).collect();
            return Some(if fitting.is_empty() { all } else { fitting });
        };
        let named: Vec<usize> = all.iter().copied().filter(|slot| same(&outputs[*slot].0, name)).collect();
        let typed: Vec<usize> =
            all.iter().copied().filter(|slot| same(outputs[*slot].1.as_str(), name)).collect();
        for found in [named, typed] {
            if !found.is_empty() {
                let fitting: Vec<usize> = found.iter().copied().filter(fits).collect();
                return Some(if fitting.is_empty() { found } else { fitting });
            }
        }
        if let Some(slot) = name.parse().ok().filter(|slot: &usize| *slot < outputs.len()) {
            return Some(vec![slot]);
        }
        if self.is_open(from) {
            return Some(vec![self.open_output(from, name, wanted)]);
        }
        let near = self.suggestions.ranked(name, outputs.iter().map(|(name, _)| &**name), 1);
        let near = near.first().and_then(|near| outputs.iter().position(|(name, _)| **name == *near.text));
        let guess = near.or_else(|| all.iter().copied().find(fits));
        let node = self.graph[from].describe();
        let Some(slot) = guess else {
            let message = format!("{node} has no output {:?}; the link is left out", short(name));
            let mut found = Diagnostic::new(codes::SLOT_OUT_OF_RANGE, message).node(&self.graph[from].key);
            found.severity = Severity::Error;
            self.push(found, link);
            return None;
        };
        let message = format!("{node} has no output {:?}; {} was taken", short(name), outputs[slot].0);
        let found = Diagnostic::new(codes::DIAGRAM_GUESS, message).node(&self.graph[from].key);
        self.push(found, link);
        Some(vec![slot])
    }

    /// An output of a node of an unknown class.
    fn open_output(&mut self, ix: NodeIx, name: &str, wanted: Option<&IoType>) -> usize {
        let node = &mut self.graph[ix];
        if let Some(slot) = node.outputs.iter().position(|output| *output.name == *name) {
            return slot;
        }
        let io_type = wanted.cloned().unwrap_or_else(IoType::any);
        node.outputs.push(OutputSlot { name: name.into(), io_type });
        node.outputs.len() - 1
    }

    /// The slot of a declared input; made if it is an item of a growing list.
    fn input(&self, ix: NodeIx, name: &str) -> Option<Found> {
        let node = &self.graph[ix];
        let Some(def) = self.catalog.get(&node.class_type).filter(|_| node.kind == NodeKind::Class) else {
            return node.input_slot(name).map(Found::There);
        };
        let declared = Declared::of(def, &self.graph, ix);
        let found = declared.find(name).or_else(|| {
            let near = declared.names().find(|known| known.eq_ignore_ascii_case(name))?;
            declared.find(near)
        })?;
        Some(match node.input_slot(&found.name) {
            Some(slot) => Found::There(slot),
            None => Found::New(InputSlot {
                widget: found.def.is_widget() && node.widget(&found.name).is_some(),
                ..InputSlot::new(found.name, found.def.io_type.clone())
            }),
        })
    }

    fn place(&mut self, ix: NodeIx, found: Found) -> usize {
        match found {
            Found::There(slot) => slot,
            Found::New(input) => {
                let node = &mut self.graph[ix];
                node.inputs.push(input);
                node.inputs.len() - 1
            }
        }
    }

    /// The input that a diagram names, or the one that it must mean.
    fn named_input(
        &mut self,
        link: &Wire,
        (from, output): (NodeIx, Option<&str>),
        (to, name): (NodeIx, &str),
    ) -> Option<usize> {
        if let Some(def) = self.catalog.get(&self.graph[to].class_type).filter(|_| name.contains('.')) {
            fresh::choose_for(&mut self.graph[to], def, name);
        }
        if let Some(found) = self.input(to, name) {
            return Some(self.place(to, found));
        }
        if self.is_open(to) || self.graph[to].kind != NodeKind::Class {
            let node = &mut self.graph[to];
            if node.kind != NodeKind::Class && !node.inputs.is_empty() {
                return Some(0);
            }
            node.inputs.push(InputSlot::new(name, IoType::any()));
            return Some(node.inputs.len() - 1);
        }
        let outputs = self.outputs(from);
        let given = outputs.iter().find(|(label, io_type)| {
            output.is_some_and(|output| same(label, output) || same(io_type.as_str(), output))
        });
        let free = match given.or(outputs.first()) {
            Some((_, io_type)) => self.free_inputs(to, &io_type.clone()),
            None => Vec::new(),
        };
        let near = suggest::nearest(name, free.iter().map(String::as_str)).map(str::to_owned);
        let guess = near.or_else(|| free.first().cloned());
        let node = self.graph[to].describe();
        let key = self.graph[to].key.clone();
        let Some(guess) = guess else {
            let message = format!("{node} has no input {:?}; the link is left out", short(name));
            let found = Diagnostic::new(codes::UNKNOWN_INPUT, message).node(&key).input(&*short(name));
            self.push(found, link);
            return None;
        };
        let message = format!("{node} has no input {:?}; {guess} was taken", short(name));
        let suggestion = Suggestion::new(format!("did you mean {guess:?}?"), Applicability::MaybeIncorrect);
        let found = Diagnostic::new(codes::DIAGRAM_GUESS, message).node(&key).input(&*guess);
        self.push(found.suggest(suggestion), link);
        let found = self.input(to, &guess)?;
        Some(self.place(to, found))
    }

    /// The inputs that take a type and have no link, sockets before widgets; those of just this type first.
    fn free_inputs(&self, ix: NodeIx, given: &IoType) -> Vec<String> {
        let node = &self.graph[ix];
        let is_free = |name: &str| {
            let slot = node.input_slot(name);
            slot.is_none_or(|slot| self.graph.source(Slot { node: ix, slot }).is_none())
        };
        let Some(def) = self.catalog.get(&node.class_type).filter(|_| node.kind == NodeKind::Class) else {
            let own = node.inputs.iter().map(|input| input.name.to_string());
            return own.filter(|name| is_free(name)).collect();
        };
        let declared = Declared::of(def, &self.graph, ix);
        let lists =
            declared.names().filter_map(|name| declared.find(name).filter(|found| found.name != name));
        let mut inputs: Vec<_> = declared
            .inputs()
            .chain(lists)
            .filter(|input| input.def.io_type.accepts(given) && is_free(&input.name))
            .collect();
        inputs.sort_by_key(|input| (input.def.is_widget(), input.def.io_type != *given));
        let sockets = inputs.iter().filter(|input| !input.def.is_widget()).count();
        // a widget has a value already
        if sockets > 0 {
            inputs.truncate(sockets);
        }
        inputs.into_iter().map(|input| input.name).collect()
    }
}

/// An input that a class declares.
enum Found {
    There(usize),
    New(InputSlot),
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

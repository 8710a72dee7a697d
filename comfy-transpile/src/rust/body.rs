//! The statements of one function: the outermost flow, or the inside of one subgraph.

use std::collections::{BTreeMap, BTreeSet};

use comfy_codegen::model::ResultKind;
use comfy_graph::{
    catalog::virtuals::VirtualRole,
    diag::{Diagnostic, codes},
    graph::{Graph, Mode, Node, NodeIx, NodeKind, Slot, SubgraphId},
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{
    comments,
    emitter::Emitter,
    layout::{Layout, comment_lines},
    node::odd_mode,
    order::{Order, order},
    resolve::{Source, is_statement, primitive_value, source},
    types::{Place, Want, ident},
    words::{self, Scope},
};

/// One function being written.
pub(super) struct Body<'e, 'a, 'c> {
    pub(super) emitter: &'e mut Emitter<'a, 'c>,
    /// The scope's nodes.
    pub(super) graph: &'a Graph,
    /// The definition; `None` at the top.
    pub(super) id: Option<&'a SubgraphId>,
    /// The inputs of the definition, seen from inside.
    pub(super) boundary: Vec<Place>,
    /// Names in use.
    pub(super) scope: Scope,
    order: Order,
    /// Outputs of the nodes written so far.
    places: BTreeMap<Slot, Place>,
    /// The variables of nodes that a late link ends in.
    handles: BTreeMap<NodeIx, TokenStream>,
    /// The inputs that each output feeds: the statement, and the input.
    uses: BTreeMap<Slot, Vec<(usize, Slot)>>,
    /// The last statement that uses each input of the definition.
    boundary_uses: BTreeMap<usize, usize>,
    /// Values of primitives that have a name.
    constants: BTreeMap<(NodeIx, String), String>,
    constant_statements: Vec<TokenStream>,
}

/// Two borders in one workflow may have the same frame; each is announced once.
type Frames<'a> = BTreeMap<NodeIx, &'a str>;

impl<'e, 'a, 'c> Body<'e, 'a, 'c> {
    pub(super) fn new(
        emitter: &'e mut Emitter<'a, 'c>,
        graph: &'a Graph,
        id: Option<&'a SubgraphId>,
        scope: Scope,
    ) -> Self {
        let nodes: Vec<NodeIx> =
            graph.nodes().filter(|(_, node)| is_statement(node)).map(|(ix, _)| ix).collect();
        let order = order(graph, &nodes);
        let (uses, boundary_uses) = uses(graph, &order, id.is_some());
        Self {
            emitter,
            graph,
            id,
            boundary: Vec::new(),
            scope,
            order,
            places: BTreeMap::new(),
            handles: BTreeMap::new(),
            uses,
            boundary_uses,
            constants: BTreeMap::new(),
            constant_statements: Vec::new(),
        }
    }

    /// All statements of the nodes. Constants come first, so that they are in scope everywhere.
    pub(super) fn statements(&mut self) -> Vec<TokenStream> {
        let nodes = self.order.nodes.clone();
        let frames = comments::frames(self.graph);
        let mut announced = BTreeSet::new();
        let mut statements = Vec::with_capacity(nodes.len() * 2);
        for (at, ix) in nodes.iter().enumerate() {
            let announcement = self.announce(&frames, *ix, &mut announced);
            let after_end =
                at > 0 && nodes.get(at - 1).is_some_and(|before| self.order.ends.contains(before));
            if after_end || (announcement.is_some() && at > 0) {
                statements.push(self.emitter.layout.blank());
            }
            statements.extend(announcement);
            let node = &self.graph[*ix];
            match &node.kind {
                NodeKind::Instance(id) => self.instance(at, *ix, id, &mut statements),
                _ => self.class(at, *ix, &mut statements),
            }
        }
        statements.extend(self.late_links());
        let mut all = self.head();
        all.append(&mut self.constant_statements);
        if !all.is_empty() && !statements.is_empty() {
            all.push(self.emitter.layout.blank());
        }
        all.extend(statements);
        all
    }

    /// Notes, and primitives that set nothing.
    fn head(&mut self) -> Vec<TokenStream> {
        let mut lines = comments::notes(self.graph);
        let used: BTreeSet<NodeIx> = self.constants.keys().map(|(ix, _)| *ix).collect();
        for (ix, node) in self.graph.nodes().filter(|(_, node)| node.is_virtual(VirtualRole::Primitive)) {
            if !used.contains(&ix) && self.graph.links_from(ix).is_empty() {
                lines.extend(comments::idle_primitive(node));
            }
        }
        if lines.is_empty() { Vec::new() } else { vec![self.emitter.layout.comment(lines)] }
    }

    /// The frame of a node, the first time one of its nodes comes.
    fn announce(
        &mut self,
        frames: &Frames<'a>,
        ix: NodeIx,
        announced: &mut BTreeSet<&'a str>,
    ) -> Option<TokenStream> {
        let title = *frames.get(&ix)?;
        announced.insert(title).then(|| self.emitter.layout.comment(comment_lines("// ---", title)))
    }

    /// The links that close a circle, made once all nodes are there. The graph that runs may have none: an instance of
    /// a subgraph is one node here, and its inputs need not meet its outputs.
    fn late_links(&mut self) -> Vec<TokenStream> {
        let late = self.order.late.clone();
        let mut statements = Vec::with_capacity(late.len());
        for (to, from) in late {
            let (Some(node), Some(handle)) = (self.graph.get(to.node), self.handles.get(&to.node)) else {
                continue;
            };
            let Some(input) = node.inputs.get(to.slot) else { continue };
            let name = self.emitter.layout.text(&input.name);
            let value = self.output(from).fit(&Want::Anything);
            statements.push(quote!(g.raw_input(#handle, #name, #value);));
        }
        statements
    }

    /// The expression for what an input is linked to; `None` when it has no link in Rust.
    pub(super) fn linked(&mut self, to: Slot) -> Option<Place> {
        if self.order.late.contains_key(&to) {
            return None;
        }
        match source(self.graph, to) {
            Source::Output(from) => Some(self.output(from)),
            Source::Boundary(slot) => self.boundary.get(slot).cloned(),
            Source::None | Source::Cut | Source::Primitive(_) => None,
        }
    }

    /// An output of a node that is written already. One that its class does not have gets a handle by number.
    fn output(&self, from: Slot) -> Place {
        if let Some(place) = self.places.get(&from) {
            return place.clone();
        }
        let first = self.places.range(Slot { node: from.node, slot: 0 }..).next();
        let node = match first.filter(|(slot, _)| slot.node == from.node).map(|(_, place)| place) {
            Some(Place::Typed { expr, .. }) => quote!(#expr.node()),
            Some(Place::Untyped { node, .. }) => node.clone(),
            None => quote!(unlinked::<Any>().node()),
        };
        Place::Untyped { node, slot: from.slot, marker: None }
    }

    /// The statement of a node of the server, then its mode if that needs one.
    fn class(&mut self, at: usize, ix: NodeIx, statements: &mut Vec<TokenStream>) {
        let node = &self.graph[ix];
        let written = self.write_node(ix, node);
        let call = Layout::add(&written.expr);
        let mode = odd_mode(node.mode);
        let users = self.uses_of(ix);
        let late = self.order.late.keys().any(|to| to.node == ix);
        if users.is_empty() && !late {
            statements.push(mode.map_or_else(|| quote!(#call;), |mode| quote!(g.mode(#call, #mode);)));
            return;
        }
        let last = users.iter().map(|(at, _)| *at).max().unwrap_or(at);
        // it is asked for again at the end
        let last = if late { self.order.nodes.len() } else { last };
        let wanted = self.wanted_names(ix, node);
        let name = ident(&self.scope.claim(&wanted, at, last));
        self.handles.insert(ix, quote!(#name));
        match written.result {
            None => {
                let outputs = node.outputs.len().max(self.last_used_slot(ix).map_or(0, |slot| slot + 1));
                for slot in 0..outputs {
                    let marker = node.outputs.get(slot).and_then(|o| self.emitter.known_marker(&o.io_type));
                    let place = Place::Untyped { node: quote!(#name), slot, marker };
                    self.places.insert(Slot { node: ix, slot }, place);
                }
            }
            Some((kind, outputs)) => {
                for (slot, (field, marker)) in outputs.into_iter().enumerate() {
                    let field = ident(&field);
                    let expr = if kind == ResultKind::Struct { quote!(#name.#field) } else { quote!(#name) };
                    self.places.insert(Slot { node: ix, slot }, Place::Typed { expr, marker });
                }
                if kind == ResultKind::NodeRef {
                    let place = Place::Untyped { node: quote!(#name), slot: 0, marker: None };
                    self.places.insert(Slot { node: ix, slot: 0 }, place);
                }
            }
        }
        statements.push(quote!(let #name = #call;));
        statements.extend(mode.map(|mode| quote!(g.mode(#name, #mode);)));
    }

    /// The statements of a use of a subgraph: the call, then its title and mode.
    fn instance(&mut self, at: usize, ix: NodeIx, id: &SubgraphId, statements: &mut Vec<TokenStream>) {
        let node = &self.graph[ix];
        let Some(function) = self.emitter.functions.get(id).cloned() else {
            let message = format!("{}: its subgraph contains itself; it is left out", node.describe());
            let found = Diagnostic::new(codes::NOT_EXPRESSIBLE, message).at_opt(node.path());
            self.emitter.found.push(found.node(&node.key));
            for slot in 0..node.outputs.len() {
                let place = Place::Typed { expr: quote!(unlinked::<Any>()), marker: "Any".into() };
                self.places.insert(Slot { node: ix, slot }, place);
            }
            return;
        };
        let arguments = self.arguments(ix, node, &function);
        let name = ident(&function.name);
        let call = quote!(#name(g, #(#arguments),*));
        let late = self.order.late.keys().any(|to| to.node == ix);
        let needs_handle = node.title.is_some() || node.mode != Mode::Always || self.emitter.keep_ids || late;
        let mut handle = None;
        let mut bindings = Vec::with_capacity(function.results.len().max(1));
        for (slot, marker) in function.results.iter().enumerate() {
            let from = Slot { node: ix, slot };
            let last = self.uses.get(&from).and_then(|uses| uses.iter().map(|(at, _)| *at).max());
            if last.is_none() && !(needs_handle && slot + 1 == function.results.len() && handle.is_none()) {
                bindings.push(quote!(_));
                continue;
            }
            let wanted = self.output_names(from, node);
            let last = if late { self.order.nodes.len() } else { last.unwrap_or(at) };
            let binding = ident(&self.scope.claim(&wanted, at, last));
            handle.get_or_insert_with(|| quote!(#binding));
            let place = Place::Typed { expr: quote!(#binding), marker: marker.clone() };
            self.places.insert(from, place);
            bindings.push(quote!(#binding));
        }
        if function.results.is_empty() && needs_handle {
            let wanted = words::ident(&function.name).into_iter().collect::<Vec<_>>();
            let last = if late { self.order.nodes.len() } else { at };
            let binding = ident(&self.scope.claim(&wanted, at, last));
            bindings.push(quote!(#binding));
            handle = Some(quote!(#binding));
        }
        let is_bound = handle.is_some();
        statements.push(match bindings.as_slice() {
            _ if !is_bound => quote!(#call;),
            [one] => quote!(let #one = #call;),
            many => quote!(let (#(#many),*) = #call;),
        });
        if let Some(handle) = handle {
            self.settings(node, &handle, statements);
            self.handles.insert(ix, handle);
        }
    }

    /// Id, title and mode of an instance.
    fn settings(&mut self, node: &Node, handle: &TokenStream, statements: &mut Vec<TokenStream>) {
        if let Some(id) = self.emitter.id(node) {
            statements.push(quote!(g.id(#handle, #id);));
        }
        if let Some(title) = &node.title {
            let title = self.emitter.layout.text(title);
            statements.push(quote!(g.title(#handle, #title);));
        }
        match node.mode {
            Mode::Bypass => statements.push(quote!(g.bypass(#handle);)),
            Mode::Never => statements.push(quote!(g.mute(#handle);)),
            Mode::Always | Mode::OnEvent | Mode::OnTrigger => {
                statements.extend(odd_mode(node.mode).map(|mode| quote!(g.mode(#handle, #mode);)));
            }
        }
    }

    /// The last statement that uses an input of the definition.
    pub(super) fn last_use_of_boundary(&self, slot: usize) -> Option<usize> {
        self.boundary_uses.get(&slot).copied()
    }

    fn uses_of(&self, ix: NodeIx) -> Vec<(usize, Slot)> {
        let range = Slot { node: ix, slot: 0 }..=Slot { node: ix, slot: usize::MAX };
        self.uses.range(range).flat_map(|(_, uses)| uses.iter().copied()).collect()
    }

    fn last_used_slot(&self, ix: NodeIx) -> Option<usize> {
        let range = Slot { node: ix, slot: 0 }..=Slot { node: ix, slot: usize::MAX };
        self.uses.range(range).next_back().map(|(slot, _)| slot.slot)
    }

    /// Names for a node's result, best first.
    fn wanted_names(&self, ix: NodeIx, node: &Node) -> Vec<String> {
        let mut wanted: Vec<String> = node.title.as_deref().and_then(words::of_title).into_iter().collect();
        if node.outputs.len() > 1 {
            wanted.extend(words::of_class(&node.class_type));
        } else {
            wanted.extend(self.output_names(Slot { node: ix, slot: 0 }, node));
            wanted.extend(words::of_class(&node.class_type));
        }
        wanted.dedup();
        wanted
    }

    /// Names for one output: what it is used as, what it is called, what it is.
    fn output_names(&self, from: Slot, node: &Node) -> Vec<String> {
        let output = node.outputs.get(from.slot);
        let io_type = output.map_or("", |output| output.io_type.as_str());
        let is_primitive = matches!(io_type, "INT" | "FLOAT" | "STRING" | "BOOLEAN" | "COMBO");
        let inputs = self.uses.get(&from).into_iter().flatten();
        let names = inputs.filter_map(|(_, to)| Some(&*self.graph.get(to.node)?.inputs.get(to.slot)?.name));
        let mut wanted: Vec<String> = words::of_uses(names, is_primitive).into_iter().collect();
        if is_primitive && node.kind == NodeKind::Class {
            wanted.extend(words::of_class(&node.class_type));
        }
        wanted.extend(output.and_then(|output| words::of_output(&output.name)));
        wanted.extend(words::of_primitive(io_type).or_else(|| words::of_output(io_type)));
        wanted
    }

    /// The name of a primitive's value, rendered as `value` of a Rust type that `kind` tells apart.
    pub(super) fn constant(
        &mut self,
        primitive: NodeIx,
        to: Slot,
        kind: &str,
        value: &TokenStream,
    ) -> TokenStream {
        let key = (primitive, format!("{kind} {value}"));
        if let Some(name) = self.constants.get(&key) {
            let name = ident(name);
            return quote!(#name);
        }
        let node = &self.graph[primitive];
        let input = self.graph[to.node].inputs.get(to.slot).map(|input| &*input.name);
        let by_use = || input.and_then(|name| words::ident(name.rsplit('.').next().unwrap_or(name)));
        let wanted = node.title.as_deref().and_then(words::of_title).or_else(by_use);
        let name = self.scope.unique(wanted.as_deref().unwrap_or("value"));
        let binding = ident(&name);
        self.constant_statements.push(quote!(let #binding = #value;));
        self.constants.insert(key, name);
        quote!(#binding)
    }

    /// The primitive that sets this input, with its value.
    pub(super) fn primitive(&self, to: Slot) -> Option<(NodeIx, &'a serde_json::Value)> {
        match source(self.graph, to) {
            Source::Primitive(ix) => Some((ix, primitive_value(self.graph, ix)?)),
            Source::None | Source::Cut | Source::Output(_) | Source::Boundary(_) => None,
        }
    }
}

/// Who uses which output, by statement, and the last statement that uses each input of the definition. The outputs
/// of a subgraph are used at the end.
type Uses = (BTreeMap<Slot, Vec<(usize, Slot)>>, BTreeMap<usize, usize>);

fn uses(graph: &Graph, order: &Order, inside: bool) -> Uses {
    let mut uses: BTreeMap<Slot, Vec<(usize, Slot)>> = BTreeMap::new();
    let mut boundary = BTreeMap::new();
    let ends =
        graph.nodes().filter(|(_, node)| inside && node.kind == NodeKind::SubgraphOutputs).map(|(ix, _)| ix);
    for (at, node) in order.nodes.iter().copied().chain(ends).enumerate() {
        for slot in 0..graph[node].inputs.len() {
            let to = Slot { node, slot };
            match source(graph, to) {
                Source::Output(from) => {
                    let at = if order.late.contains_key(&to) { order.nodes.len() } else { at };
                    uses.entry(from).or_default().push((at, to));
                }
                Source::Boundary(slot) => {
                    boundary.insert(slot, at);
                }
                Source::None | Source::Cut | Source::Primitive(_) => {}
            }
        }
    }
    (uses, boundary)
}

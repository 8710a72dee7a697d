//! Subgraph definitions as functions: their parameters, their results, and the arguments of a call.

use std::collections::{BTreeMap, BTreeSet};

use comfy_codegen::{
    model::{Form, InputModel, NodeModel},
    names::Names,
};
use comfy_graph::{
    diag::{Diagnostic, codes},
    graph::{Graph, Node, NodeIx, NodeKind, Slot, Subgraph, SubgraphId},
    passes::subgraphs::inner_value,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{
    body::Body,
    emitter::Emitter,
    literal,
    node::value_marker,
    resolve::{Source, source},
    types::{ANY, Place, Want, ident, is_plain, tokens},
    words::{self, Scope},
};

/// A definition as it is called.
#[derive(Clone)]
pub(super) struct Function<'a, 'c> {
    /// The function's name.
    pub(super) name: String,
    /// One for each input of the definition.
    pub(super) params: Vec<Param<'a, 'c>>,
    /// The markers of the results, one for each output of the definition.
    pub(super) results: Vec<String>,
}

/// A parameter.
#[derive(Clone)]
pub(super) enum Param<'a, 'c> {
    /// `Output<marker>`, or `Option<…>` of it where some use leaves it unlinked.
    Link { marker: String, optional: bool },
    /// What the setter of this input takes.
    Value(&'a InputModel<'c>),
    /// `Raw`: a value of a widget that has no simple type.
    Raw { marker: String },
    /// Such a value at some uses, a link at others.
    Free { marker: String },
}

impl Param<'_, '_> {
    /// What an argument that is a link has to be.
    fn want(&self) -> Want {
        match self {
            Self::Link { marker, .. } => Want::Exactly(marker.clone()),
            Self::Value(input) => Want::Value(value_marker(&input.form).to_owned()),
            Self::Raw { marker } | Self::Free { marker } => Want::Value(marker.clone()),
        }
    }

    /// Its type in the signature.
    fn signature(&self) -> TokenStream {
        match self {
            Self::Link { marker, optional } => {
                let marker = tokens(marker);
                if *optional { quote!(Option<Output<#marker>>) } else { quote!(Output<#marker>) }
            }
            Self::Value(input) => match &input.form {
                Form::Int => quote!(impl IntInput),
                Form::Seed => quote!(impl SeedInput),
                Form::Float => quote!(impl FloatInput),
                Form::Str => quote!(impl StrInput),
                Form::Bool => quote!(impl BoolInput),
                Form::Combo(combo) => {
                    let combo = ident(&combo.ident);
                    quote!(impl Choice<#combo>)
                }
                _ => quote!(Raw),
            },
            Self::Raw { .. } => quote!(Raw),
            Self::Free { marker } => {
                let marker = tokens(marker);
                quote!(impl comfy_dsl::Boundary<#marker>)
            }
        }
    }

    /// Whether rustc has to be told the type of the output inside.
    fn needs_type(&self) -> bool {
        matches!(self, Self::Raw { .. })
    }
}

/// How the uses of a definition feed one of its inputs.
#[derive(Clone, Copy, Default)]
struct Feeding {
    linked: bool,
    unlinked: bool,
    promoted: bool,
}

/// The definitions that are used, each after those it uses; the feeding of their inputs; and those nobody uses.
pub(super) struct Plan<'a> {
    pub(super) order: Vec<&'a SubgraphId>,
    feeding: BTreeMap<&'a SubgraphId, Vec<Feeding>>,
    names: BTreeMap<&'a SubgraphId, String>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(root: &'a Graph, found: &mut Vec<Diagnostic>) -> Self {
        let order = used_definitions(root);
        let mut feeding = BTreeMap::new();
        feed(root, root, &mut feeding);
        let mut scope = Scope::new([]);
        let mut names = BTreeMap::new();
        for (id, subgraph) in root.subgraphs() {
            if order.contains(&id) {
                feed(root, &subgraph.graph, &mut feeding);
                let name = words::ident(&subgraph.name).map(|name| name.chars().take(60).collect::<String>());
                names.insert(
                    id,
                    scope.unique(name.as_deref().map_or("subgraph", |n| n.trim_end_matches('_'))),
                );
            } else {
                let message =
                    format!("subgraph \"{}\" is not used by any node; it is left out", subgraph.name);
                found.push(Diagnostic::new(codes::NOT_EXPRESSIBLE, message));
            }
        }
        Self { order, feeding, names }
    }

    /// The names of all functions.
    pub(super) fn function_names(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }
}

/// Depth first, on a stack of our own; a definition on a circle comes before one that it uses.
fn used_definitions(root: &Graph) -> Vec<&SubgraphId> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    let mut stack: Vec<(Option<&SubgraphId>, Vec<&SubgraphId>)> = vec![(None, instances(root))];
    while let Some((id, rest)) = stack.last_mut() {
        let Some(inner) = rest.pop() else {
            order.extend(*id);
            stack.pop();
            continue;
        };
        if let Some(subgraph) = root.subgraph(inner.as_str())
            && seen.insert(inner)
        {
            stack.push((Some(inner), instances(&subgraph.graph)));
        }
    }
    order
}

/// The definitions that a scope uses, the first one last.
fn instances(graph: &Graph) -> Vec<&SubgraphId> {
    graph
        .nodes()
        .rev()
        .filter_map(|(_, node)| match &node.kind {
            NodeKind::Instance(id) => Some(id),
            _ => None,
        })
        .collect()
}

fn feed<'a>(root: &'a Graph, graph: &'a Graph, feeding: &mut BTreeMap<&'a SubgraphId, Vec<Feeding>>) {
    for (ix, node) in graph.nodes() {
        let NodeKind::Instance(id) = &node.kind else { continue };
        let Some(definition) = root.subgraph(id.as_str()) else { continue };
        let inputs = feeding.entry(id).or_insert_with(|| vec![Feeding::default(); definition.inputs().len()]);
        for (slot, input) in inputs.iter_mut().enumerate() {
            let linked =
                matches!(source(graph, Slot { node: ix, slot }), Source::Output(_) | Source::Boundary(_));
            input.linked |= linked;
            input.unlinked |= !linked;
            input.promoted |= node.inputs.get(slot).is_some_and(|input| input.widget);
        }
    }
}

/// Writes the function of a definition, and registers it for its callers.
pub(super) fn write<'a>(
    emitter: &mut Emitter<'a, '_>,
    plan: &Plan<'a>,
    id: &'a SubgraphId,
) -> Option<TokenStream> {
    let definition = emitter.root.subgraph(id.as_str())?;
    let name = plan.names.get(id)?.clone();
    let feeding = plan.feeding.get(id).cloned().unwrap_or_default();
    let params: Vec<_> = (0..definition.inputs().len())
        .map(|slot| param(emitter, definition, slot, feeding.get(slot).copied().unwrap_or_default()))
        .collect();
    let scope = Scope::new(plan.function_names());
    let mut body = Body::new(emitter, &definition.graph, Some(id), scope);
    let (signature, inputs) = body.inputs(definition, &params);
    let statements = body.statements();
    let (results, tail) = body.outputs(definition);
    let title = emitter.layout.text(&definition.name);
    let doc = format!(" Subgraph \"{}\".", one_line(&definition.name));
    let types: Vec<TokenStream> = results
        .iter()
        .map(|marker| {
            let marker = tokens(marker);
            quote!(Output<#marker>)
        })
        .collect();
    let result = match types.as_slice() {
        [] => quote!(NodeRef),
        [one] => one.clone(),
        many => quote!((#(#many),*)),
    };
    let function = ident(&name);
    let blank = (!statements.is_empty()).then(|| emitter.layout.blank());
    emitter.functions.insert(id.clone(), Function { name, params, results });
    Some(quote! {
        #[doc = #doc]
        fn #function(g: &Flow, #(#signature),*) -> #result {
            let g = &g.subgraph(#title);
            #(#inputs)*
            #blank
            #(#statements)*
            #tail
        }
    })
}

/// A text without anything that could end or disturb a line of comment.
fn one_line(text: &str) -> String {
    super::layout::comment_lines("", text).join(" ").trim().to_owned()
}

/// The parameter for an input of a definition.
fn param<'a, 'c>(
    emitter: &Emitter<'a, 'c>,
    definition: &'a Subgraph,
    slot: usize,
    feeding: Feeding,
) -> Param<'a, 'c> {
    let port = definition.inputs().get(slot).map(|port| port.io_type.clone());
    let declared = port.and_then(|port| emitter.known_marker(&port)).unwrap_or_else(|| ANY.to_owned());
    if !feeding.promoted {
        let marker = if is_plain(&declared) {
            declared
        } else {
            consumer_marker(emitter, definition, slot).unwrap_or(declared)
        };
        return Param::Link { marker, optional: feeding.unlinked };
    }
    let marker = match promoted_param(emitter, definition, slot) {
        Some(Param::Value(input)) => return Param::Value(input),
        Some(Param::Raw { marker } | Param::Free { marker } | Param::Link { marker, .. }) => marker,
        None => declared,
    };
    match (feeding.linked, feeding.unlinked) {
        (false, _) => Param::Raw { marker },
        (true, false) => Param::Link { marker, optional: false },
        (true, true) => Param::Free { marker },
    }
}

/// The type of what a promoted input sets: of the first widget, or of the parameter of a nested subgraph.
fn promoted_param<'a, 'c>(
    emitter: &Emitter<'a, 'c>,
    definition: &'a Subgraph,
    slot: usize,
) -> Option<Param<'a, 'c>> {
    definition.uses_of_input(slot).find_map(|link| {
        let node = &definition.graph[link.to.node];
        match &node.kind {
            NodeKind::Instance(inner) => emitter.functions.get(inner)?.params.get(link.to.slot).cloned(),
            NodeKind::Class => {
                let input = find_input(emitter.names, node, &node.inputs.get(link.to.slot)?.name)?;
                let is_simple = match &input.form {
                    Form::Int | Form::Seed | Form::Float | Form::Str | Form::Bool | Form::Combo(_) => true,
                    Form::Dynamic(_)
                    | Form::Link { .. }
                    | Form::Union { .. }
                    | Form::Autogrow(_)
                    | Form::Match { .. }
                    | Form::Json { .. } => false,
                };
                let marker = value_marker(&input.form).to_owned();
                Some(if is_simple { Param::Value(input) } else { Param::Raw { marker } })
            }
            NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => None,
        }
    })
}

/// The type that the inside wants, where the definition does not say.
fn consumer_marker(emitter: &Emitter<'_, '_>, definition: &Subgraph, slot: usize) -> Option<String> {
    let graph = &definition.graph;
    let sockets =
        graph.nodes().flat_map(|(ix, node)| (0..node.inputs.len()).map(move |slot| (ix, node, slot)));
    let users =
        sockets.filter(|(ix, _, to)| source(graph, Slot { node: *ix, slot: *to }) == Source::Boundary(slot));
    let marker = |(_, node, to): (NodeIx, &Node, usize)| match &node.kind {
        NodeKind::Instance(inner) => {
            Some(emitter.functions.get(inner)?.params.get(to)?.want().marker().to_owned())
        }
        NodeKind::Class => {
            let input = find_input(emitter.names, node, &node.inputs.get(to)?.name)?;
            Some(value_marker(&input.form).to_owned())
        }
        NodeKind::Virtual(_) | NodeKind::SubgraphInputs | NodeKind::SubgraphOutputs => None,
    };
    users.filter_map(marker).find(|marker| is_plain(marker))
}

/// A name for a parameter: that of the port, or the title of what it sets where that tells more.
fn param_name(definition: &Subgraph, slot: usize, port: &str) -> String {
    let name = words::ident(port);
    let title = || {
        let mut targets = definition.uses_of_input(slot).map(|link| &definition.graph[link.to.node]);
        targets.find_map(|node| node.title.as_deref()).and_then(words::of_title)
    };
    let telling = name.clone().filter(|name| !words::is_empty_name(name));
    telling.or_else(title).or(name).unwrap_or_else(|| "input".to_owned())
}

/// The declared input of this full name, inside of the options that the node has chosen.
fn find_input<'a, 'c>(names: &'a Names<'c>, node: &Node, full: &str) -> Option<&'a InputModel<'c>> {
    let model: &'a NodeModel<'c> = names.node(&node.class_type)?;
    let mut inputs = &model.inputs;
    let mut start = 0;
    loop {
        let rest = full.get(start..)?;
        if let Some(input) = inputs.iter().find(|input| *input.def.name == *rest) {
            return Some(input);
        }
        let (dynamic, next) = inputs.iter().find_map(|input| {
            let after = rest.strip_prefix(&*input.def.name)?.strip_prefix('.')?;
            let Form::Dynamic(dynamic) = &input.form else { return None };
            Some((dynamic, full.len() - after.len()))
        })?;
        let key = node.widget(full.get(..next - 1)?)?.value.as_ref()?.as_str()?;
        inputs = &dynamic.option(key)?.inputs;
        start = next;
    }
}

impl<'a, 'c> Body<'_, 'a, 'c> {
    /// The parameters of the signature, and the statements that bring them inside.
    fn inputs(
        &mut self,
        definition: &Subgraph,
        params: &[Param<'a, 'c>],
    ) -> (Vec<TokenStream>, Vec<TokenStream>) {
        let (mut signature, mut statements, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for (slot, (port, param)) in definition.inputs().iter().zip(params).enumerate() {
            let last_use = self.last_use_of_boundary(slot);
            let wanted = param_name(definition, slot, &port.name);
            let name = self.scope.unique(&wanted);
            ends.push((name.clone(), last_use.unwrap_or(0)));
            let name = ident(&name);
            let ty = param.signature();
            signature.push(quote!(#name: #ty));
            let want = param.want();
            let label = self.emitter.layout.text(&port.name);
            let call = if self.emitter.says(want.marker(), &port.io_type) {
                quote!(g.input(#label, #name))
            } else {
                let io_type = self.emitter.layout.text(port.io_type.as_str());
                quote!(g.input_typed(#label, #io_type, #name))
            };
            let marker = tokens(want.marker());
            statements.push(match last_use {
                Some(_) if param.needs_type() => quote!(let #name: Output<#marker> = #call;),
                Some(_) => quote!(let #name = #call;),
                None if param.needs_type() => quote!(let _: Output<#marker> = #call;),
                None => quote!(#call;),
            });
            self.boundary.push(Place::Typed { expr: quote!(#name), marker: want.marker().to_owned() });
        }
        for (name, last_use) in ends {
            self.scope.release_after(&name, last_use);
        }
        (signature, statements)
    }

    /// The markers of the results, and the expression that returns them.
    fn outputs(&mut self, definition: &Subgraph) -> (Vec<String>, TokenStream) {
        let (mut markers, mut calls) = (Vec::new(), Vec::new());
        for (slot, port) in definition.outputs().iter().enumerate() {
            let declared = self.emitter.known_marker(&port.io_type);
            let place = self.linked(Slot { node: definition.outputs_node(), slot });
            let given = place.as_ref().and_then(Place::marker).filter(|marker| is_plain(marker));
            let marker = given.map(str::to_owned).or(declared).unwrap_or_else(|| ANY.to_owned());
            let target = tokens(&marker);
            let linked = place.map(|place| place.fit(&Want::Value(marker.clone())));
            let expr = linked.unwrap_or_else(|| quote!(unlinked::<#target>()));
            let label = self.emitter.layout.text(&port.name);
            calls.push(if self.emitter.says(&marker, &port.io_type) {
                quote!(g.output(#label, #expr))
            } else {
                let io_type = self.emitter.layout.text(port.io_type.as_str());
                quote!(g.output_typed(#label, #io_type, #expr))
            });
            markers.push(marker);
        }
        let tail = match calls.as_slice() {
            [] => quote!(g.instance()),
            [one] => one.clone(),
            many => quote!((#(#many),*)),
        };
        (markers, tail)
    }

    /// The arguments of a call, one for each parameter.
    pub(super) fn arguments(
        &mut self,
        ix: NodeIx,
        node: &'a Node,
        function: &Function<'a, 'c>,
    ) -> Vec<TokenStream> {
        function.params.iter().enumerate().map(|(slot, param)| self.argument(ix, node, slot, param)).collect()
    }

    fn argument(&mut self, ix: NodeIx, node: &'a Node, slot: usize, param: &Param<'a, 'c>) -> TokenStream {
        let to = Slot { node: ix, slot };
        let linked = self.linked(to);
        if let Some(place) = &linked {
            let expr = place.fit(&param.want());
            return if matches!(param, Param::Link { optional: true, .. }) {
                quote!(Some(#expr))
            } else {
                expr
            };
        }
        match param {
            Param::Link { optional: true, .. } => return quote!(None),
            Param::Link { optional: false, .. } => return quote!(unlinked()),
            Param::Value(_) | Param::Raw { .. } | Param::Free { .. } => {}
        }
        let primitive = self.primitive(to);
        let value = primitive.map(|(_, value)| value.clone()).or_else(|| self.promoted_value(node, slot));
        let Some(value) = value else {
            return if matches!(param, Param::Raw { .. }) { quote!(raw(json!(null))) } else { quote!(Unset) };
        };
        let Param::Value(input) = param else { return literal::raw(&value, &mut self.emitter.layout) };
        let argument = self.value(&input.form, &value);
        match (primitive, super::node::constant_kind(&input.form, &argument)) {
            (Some((primitive, _)), Some(kind)) => self.constant(primitive, to, &kind, &argument),
            _ => argument,
        }
    }

    /// What a promoted input is set to: the instance's own value, or that of the widget inside.
    fn promoted_value(&self, node: &Node, slot: usize) -> Option<serde_json::Value> {
        let arrived = node.inputs.get(slot).and_then(|input| input.value.clone());
        let own = || node.promoted(slot).and_then(|widget| widget.value.clone());
        let inner = || {
            let NodeKind::Instance(id) = &node.kind else { return None };
            inner_value(self.emitter.root, self.emitter.root.subgraph(id.as_str())?, slot)
        };
        arrived.or_else(own).or_else(inner)
    }
}

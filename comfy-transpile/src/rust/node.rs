//! One node of the server as a chain of setters.

use std::collections::{BTreeMap, BTreeSet};

use comfy_codegen::model::{Form, InputModel, NodeModel, OutputModel, ResultKind};
use comfy_graph::{
    catalog::widgets,
    diag::{Diagnostic, codes},
    graph::{InputSlot, Mode, Node, NodeIx, NodeKind, OutputSlot, Slot},
    json::same_value,
};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::{
    body::Body,
    literal,
    types::{ANY, Want, ident, members, tokens},
};

/// A node's expression, and what adding it gives: fields and markers of its outputs, `None` for a `RawNode`.
pub(super) struct Written {
    pub(super) expr: TokenStream,
    pub(super) result: Option<(ResultKind, Vec<(String, String)>)>,
}

/// The calls of a chain: links come before values.
#[derive(Default)]
pub(super) struct Chain {
    links: Vec<TokenStream>,
    values: Vec<TokenStream>,
}

impl Chain {
    fn link(&mut self, setter: &str, argument: &TokenStream) {
        let setter = ident(setter);
        self.links.push(quote!(.#setter(#argument)));
    }

    fn value(&mut self, setter: &str, argument: &TokenStream) {
        let setter = ident(setter);
        self.values.push(quote!(.#setter(#argument)));
    }

    fn is_empty(&self) -> bool {
        self.links.is_empty() && self.values.is_empty()
    }

    fn tokens(&self) -> TokenStream {
        let (links, values) = (&self.links, &self.values);
        quote!(#(#links)* #(#values)*)
    }
}

/// The node that a chain is for.
pub(super) struct Subject<'a> {
    pub(super) ix: NodeIx,
    pub(super) node: &'a Node,
    /// Type parameters and the markers they stand for.
    params: BTreeMap<String, String>,
    /// Names of inputs and widgets that the chain has dealt with.
    seen: BTreeSet<String>,
}

/// What a widget has for a value of its own.
pub(super) enum Own<'v> {
    Value(&'v Value),
    /// There is none: the key is absent from the prompt.
    Absent,
}

impl<'a, 'c> Body<'_, 'a, 'c> {
    /// The expression of a node.
    pub(super) fn write_node(&mut self, ix: NodeIx, node: &'a Node) -> Written {
        let names = self.emitter.names;
        match names.node(&node.class_type).filter(|_| node.kind == NodeKind::Class) {
            Some(model) if !passes_on_differently(node, model) => self.write_known(ix, node, model),
            _ => self.write_raw(ix, node),
        }
    }

    fn write_known(&mut self, ix: NodeIx, node: &'a Node, model: &NodeModel<'c>) -> Written {
        let params = self.params(ix, node, model);
        let mut subject = Subject { ix, node, params, seen: BTreeSet::new() };
        let mut chain = Chain::default();
        for input in &model.inputs {
            self.write_input(&mut subject, input, &input.def.name, &mut chain);
        }
        self.write_rest(&mut subject, model, &mut chain);
        let (class, calls, settings) = (ident(&model.ident), chain.tokens(), self.node_settings(node));
        let marker = |output: &OutputModel<'_>| {
            let param = subject.params.get(&output.marker).filter(|_| output.generic);
            param.unwrap_or(&output.marker).clone()
        };
        let outputs = model.outputs.iter().map(|output| (output.ident.clone(), marker(output))).collect();
        Written { expr: quote!(#class::new() #calls #settings), result: Some((model.result(), outputs)) }
    }

    /// The types that the node's type parameters stand for: what the first link of each brings.
    fn params(&mut self, ix: NodeIx, node: &Node, model: &NodeModel<'_>) -> BTreeMap<String, String> {
        let mut params = BTreeMap::new();
        for input in &model.inputs {
            let Form::Match { param, marker } = &input.form else { continue };
            let place =
                node.input_slot(&input.def.name).and_then(|slot| self.linked(Slot { node: ix, slot }));
            let Some(place) = place else { continue };
            let want = Want::Into(marker.clone());
            let given = place.marker().filter(|given| want.takes(given)).unwrap_or_else(|| want.marker());
            params.entry(param.clone()).or_insert_with(|| given.to_owned());
        }
        for input in &model.inputs {
            if let Form::Match { param, marker } = &input.form {
                let first = members(marker).next().unwrap_or(ANY).to_owned();
                params.entry(param.clone()).or_insert(first);
            }
        }
        params
    }

    /// One declared input, whose full name is `full`.
    fn write_input(
        &mut self,
        subject: &mut Subject<'a>,
        input: &InputModel<'_>,
        full: &str,
        chain: &mut Chain,
    ) {
        match &input.form {
            Form::Autogrow(_) => self.write_autogrow(subject, input, full, chain),
            _ if input.def.is_widget() => self.write_widget(subject, input, full, chain),
            _ => self.write_socket(subject, input, full, chain),
        }
    }

    fn write_socket(
        &mut self,
        subject: &mut Subject<'a>,
        input: &InputModel<'_>,
        full: &str,
        chain: &mut Chain,
    ) {
        subject.seen.insert(full.to_owned());
        let want = match &input.form {
            // the parameter may stand nowhere else, so that a cast has to say its type
            Form::Match { param, .. } => {
                Want::Value(subject.params.get(param).cloned().unwrap_or_else(|| ANY.to_owned()))
            }
            Form::Link { marker } => Want::Exactly(marker.clone()),
            form => value_want(form),
        };
        let slot = subject.node.input_slot(full);
        if let Some(place) = slot.and_then(|slot| self.linked(Slot { node: subject.ix, slot })) {
            chain.link(&input.setter, &place.fit(&want));
            return;
        }
        if input.required {
            let nothing = if matches!(input.form, Form::Link { .. }) {
                quote!(unlinked())
            } else {
                let marker = tokens(want.marker());
                quote!(unlinked::<#marker>())
            };
            chain.link(&input.setter, &nothing);
        }
        // a literal where only links are declared
        if let Own::Value(value) = own_value(subject.node, full) {
            let value = literal::raw(value, &mut self.emitter.layout);
            self.raw_input(full, &value, chain);
        }
        self.report_broken(subject.node, slot);
    }

    fn write_widget(
        &mut self,
        subject: &mut Subject<'a>,
        input: &InputModel<'_>,
        full: &str,
        chain: &mut Chain,
    ) {
        subject.seen.insert(full.to_owned());
        let slot = subject.node.input_slot(full);
        let to = slot.map(|slot| Slot { node: subject.ix, slot });
        if let Some(place) = to.and_then(|to| self.linked(to)) {
            let mut argument = place.fit(&value_want(&input.form));
            if let Some(fallback) = self.fallback(subject.node, input, full) {
                argument = quote!(#argument.or(#fallback));
            }
            chain.link(&input.setter, &argument);
            return;
        }
        self.report_broken(subject.node, slot);
        let primitive = to.and_then(|to| Some((self.primitive(to)?, to)));
        let own = match primitive {
            Some(((_, value), _)) => Own::Value(value),
            None => own_value(subject.node, full),
        };
        let Own::Value(value) = own else {
            if input.default.is_some() || input.required {
                chain.value(&input.setter, &quote!(Unset));
            }
            return;
        };
        if let Form::Dynamic(dynamic) = &input.form {
            self.write_dynamic(subject, input, dynamic, full, value, chain);
            return;
        }
        let is_default = input.default.as_ref().is_some_and(|default| same_value(default, value));
        let is_file = matches!(&input.form, Form::Combo(combo) if combo.files);
        if is_default && !input.required && !is_file && primitive.is_none() {
            return;
        }
        let mut argument = self.value(&input.form, value);
        if let (Some(((ix, _), to)), Some(kind)) = (primitive, constant_kind(&input.form, &argument)) {
            argument = self.constant(ix, to, &kind, &argument);
        }
        chain.value(&input.setter, &argument);
    }

    /// The value of a linked widget that takes over where the link leads nowhere; `None` when it does not, or
    /// when it is the default.
    fn fallback(&mut self, node: &Node, input: &InputModel<'_>, full: &str) -> Option<TokenStream> {
        if !self.emitter.bare.contains(&(self.id.cloned(), node.key.clone(), full.into())) {
            return None;
        }
        match own_value(node, full) {
            Own::Value(value) => {
                let is_default = input.default.as_ref().is_some_and(|default| same_value(default, value));
                (!is_default).then(|| self.value(&input.form, value))
            }
            Own::Absent => input.default.is_some().then(|| quote!(Unset)),
        }
    }

    /// A dynamic combo with the inputs of its option.
    fn write_dynamic(
        &mut self,
        subject: &mut Subject<'a>,
        input: &InputModel<'_>,
        dynamic: &comfy_codegen::model::DynamicModel<'_>,
        full: &str,
        value: &Value,
        chain: &mut Chain,
    ) {
        let Some(option) = value.as_str().and_then(|key| dynamic.option(key)) else {
            // its inputs, if there are any, are set by name
            let argument = literal::raw(value, &mut self.emitter.layout);
            chain.value(&input.setter, &argument);
            return;
        };
        let mut inner = Chain::default();
        for sub in &option.inputs {
            self.write_input(subject, sub, &format!("{full}.{}", sub.def.name), &mut inner);
        }
        let is_first = dynamic.options.first().is_some_and(|first| first.def.key == option.def.key);
        if is_first && inner.is_empty() && !input.required {
            return;
        }
        let (combo, function, calls) = (ident(&dynamic.ident), ident(&option.ident), inner.tokens());
        chain.value(&input.setter, &quote!(#combo::#function() #calls));
    }

    /// The items of an autogrow input.
    fn write_autogrow(
        &mut self,
        subject: &mut Subject<'a>,
        input: &InputModel<'_>,
        full: &str,
        chain: &mut Chain,
    ) {
        let Form::Autogrow(grow) = &input.form else { return };
        let want = Want::Into(grow.marker.clone());
        let prefix = format!("{full}.");
        let mut items = Vec::new();
        for (slot, socket) in subject.node.inputs.iter().enumerate() {
            let Some(item) = socket.name.strip_prefix(&*prefix) else { continue };
            let Some(position) = grow.names.position(item) else { continue };
            subject.seen.insert(socket.name.to_string());
            self.report_broken(subject.node, Some(slot));
            if let Some(place) = self.linked(Slot { node: subject.ix, slot }) {
                let marker =
                    place.marker().filter(|marker| want.takes(marker)).unwrap_or_else(|| want.marker());
                items.push((position, item, marker.to_owned(), place.fit(&want)));
            }
        }
        items.sort_by_key(|(position, ..)| *position);
        items.dedup_by_key(|(position, ..)| *position);
        if items.is_empty() {
            if input.required {
                chain.link(&input.setter, &quote!(grow()));
            }
            return;
        }
        let without_gaps = items.iter().enumerate().all(|(at, (position, ..))| at == *position);
        let one_type =
            items.iter().all(|(_, _, marker, _)| Some(marker) == items.first().map(|(_, _, m, _)| m));
        let argument = if without_gaps && one_type {
            let items = items.iter().map(|(_, _, _, expr)| expr);
            quote!([#(#items),*])
        } else {
            let calls = items.iter().map(|(_, name, _, expr)| {
                if without_gaps { quote!(.push(#expr)) } else { quote!(.named(#name, #expr)) }
            });
            quote!(grow() #(#calls)*)
        };
        chain.link(&input.setter, &argument);
    }

    /// What the class does not declare: links and values under other names, and widgets of the frontend's.
    fn write_rest(&mut self, subject: &mut Subject<'a>, model: &NodeModel<'_>, chain: &mut Chain) {
        let node = subject.node;
        for (slot, socket) in node.inputs.iter().enumerate() {
            if subject.seen.contains(&*socket.name) {
                continue;
            }
            let to = Slot { node: subject.ix, slot };
            if let Some(place) = self.linked(to) {
                subject.seen.insert(socket.name.to_string());
                let mut value = place.fit(&Want::Anything);
                if let Own::Value(own) = own_value(node, &socket.name)
                    && self.emitter.bare.contains(&(self.id.cloned(), node.key.clone(), socket.name.clone()))
                {
                    let own = literal::raw(own, &mut self.emitter.layout);
                    value = quote!(#value.or(#own));
                }
                self.raw_input(&socket.name, &value, chain);
            } else {
                self.report_broken(node, Some(slot));
                if let Some((_, value)) = self.primitive(to) {
                    subject.seen.insert(socket.name.to_string());
                    let value = literal::raw(value, &mut self.emitter.layout);
                    self.raw_input(&socket.name, &value, chain);
                }
            }
        }
        self.write_hidden(subject, model, chain);
    }

    /// Widgets that no input declares, where they are not as the frontend makes them.
    fn write_hidden(&mut self, subject: &Subject<'a>, model: &NodeModel<'_>, chain: &mut Chain) {
        let node = subject.node;
        let specs = widgets::of_node(model.def);
        let of_option = |name: &str| name.contains('.') && model.def.resolve_input(name).is_some();
        for spec in specs.iter().filter(|spec| spec.sent && !subject.seen.contains(&spec.name)) {
            if spec.default.is_some() && node.widget(&spec.name).is_none() && !of_option(&spec.name) {
                self.raw_input(&spec.name, &quote!(Unset), chain);
            }
        }
        for widget in
            node.widgets.iter().filter(|widget| widget.sent && !subject.seen.contains(&*widget.name))
        {
            // those of a dynamic combo depend on its option, and what its option declares is dealt with
            let spec =
                specs.iter().find(|spec| spec.sent && spec.name == *widget.name && !of_option(&widget.name));
            let default = spec.and_then(|spec| spec.default.as_ref());
            match (&widget.value, default) {
                (Some(value), Some(default)) if same_value(value, default) => {}
                (Some(value), _) => {
                    let value = literal::raw(value, &mut self.emitter.layout);
                    self.raw_input(&widget.name, &value, chain);
                }
                (None, Some(_)) => self.raw_input(&widget.name, &quote!(Unset), chain),
                (None, None) => {}
            }
        }
    }

    fn raw_input(&mut self, name: &str, value: &TokenStream, chain: &mut Chain) {
        let name = self.emitter.layout.text(name);
        chain.values.push(quote!(.raw_input(#name, #value)));
    }

    /// A node of a class that the catalog does not have, or a reroute. Where it is bypassed, all its sockets matter.
    fn write_raw(&mut self, ix: NodeIx, node: &'a Node) -> Written {
        let class = self.emitter.layout.text(&node.class_type);
        let mut calls = Vec::new();
        for (slot, socket) in node.inputs.iter().enumerate() {
            self.report_broken(node, Some(slot));
            let value = self.raw_value(Slot { node: ix, slot }, socket);
            let name = self.emitter.layout.text(&socket.name);
            if node.mode == Mode::Bypass {
                let io_type = self.emitter.layout.text(socket.io_type.as_str());
                let value = value.unwrap_or_else(|| quote!(unlinked::<Any>()));
                calls.push(quote!(.input_typed(#name, #io_type, #value)));
            } else if let Some(value) = value {
                calls.push(quote!(.input(#name, #value)));
            }
        }
        let linked = |name: &str, body: &mut Self| {
            let slot = node.input_slot(name).map(|slot| Slot { node: ix, slot });
            slot.is_some_and(|to| body.linked(to).is_some() || body.primitive(to).is_some())
        };
        for widget in node.widgets.iter().filter(|widget| widget.sent) {
            if let Some(value) = &widget.value
                && !linked(&widget.name, self)
            {
                let name = self.emitter.layout.text(&widget.name);
                let value = raw_argument(value, &mut self.emitter.layout);
                calls.push(quote!(.input(#name, #value)));
            }
        }
        for output in &node.outputs {
            let name = self.emitter.layout.text(&output.name);
            let io_type = self.emitter.layout.text(output.io_type.as_str());
            calls.push(quote!(.output(#name, #io_type)));
        }
        let settings = self.node_settings(node);
        Written { expr: quote!(RawNode::new(#class) #(#calls)* #settings), result: None }
    }

    /// What an input of such a node is given.
    fn raw_value(&mut self, to: Slot, socket: &InputSlot) -> Option<TokenStream> {
        if let Some(place) = self.linked(to) {
            return Some(place.fit(&Want::Anything));
        }
        let value = self.primitive(to).map(|(_, value)| value).or(socket.value.as_ref())?;
        Some(raw_argument(value, &mut self.emitter.layout))
    }

    /// Id, title and mode, but for the modes that [`odd_mode`] has a statement for.
    fn node_settings(&mut self, node: &Node) -> TokenStream {
        let id = self.emitter.id(node).map(|id| quote!(.id(#id)));
        let title = node.title.as_ref().map(|title| {
            let title = self.emitter.layout.text(title);
            quote!(.title(#title))
        });
        let mode = match node.mode {
            Mode::Bypass => quote!(.bypass()),
            Mode::Never => quote!(.mute()),
            Mode::Always | Mode::OnEvent | Mode::OnTrigger => quote!(),
        };
        quote!(#id #title #mode)
    }

    /// A list in the place of a link that is none cannot be said in Rust.
    fn report_broken(&mut self, node: &Node, slot: Option<usize>) {
        let Some(input) = slot.and_then(|slot| node.inputs.get(slot)) else { return };
        let Some(broken) = &input.broken else { return };
        let message =
            format!("{}: `{}` is {broken}, which is no link; it is left out", node.describe(), input.name);
        let found = Diagnostic::new(codes::NOT_EXPRESSIBLE, message).at_opt(node.path());
        self.emitter.found.push(found.node(&node.key).input(input.name.clone()));
    }

    /// A value as the argument of an input of this form.
    pub(super) fn value(&mut self, form: &Form<'_>, value: &Value) -> TokenStream {
        let typed = match form {
            Form::Int => literal::as_integer(value).map(literal::integer),
            Form::Seed => literal::as_unsigned(value).map(|number| {
                let literal = proc_macro2::Literal::u64_unsuffixed(number);
                quote!(#literal)
            }),
            Form::Float => literal::as_float(value).map(literal::float),
            Form::Str => value.as_str().map(|text| self.emitter.layout.text(text)),
            Form::Bool => value.as_bool().map(|flag| quote!(#flag)),
            // what files there are is another matter on every machine
            Form::Combo(combo) if combo.files => value.as_str().map(|file| self.emitter.layout.text(file)),
            Form::Combo(combo) => {
                let ty = ident(&combo.ident);
                combo.ident_of(value).map(ident).map(|variant| quote!(#ty::#variant))
            }
            Form::Dynamic(_)
            | Form::Link { .. }
            | Form::Union { .. }
            | Form::Autogrow(_)
            | Form::Match { .. }
            | Form::Json { .. } => None,
        };
        typed.unwrap_or_else(|| literal::raw(value, &mut self.emitter.layout))
    }
}

/// LiteGraph's modes that run like any other node, as an argument of `g.mode(..)`: a method of the node would be in the
/// way of inputs that are called `mode`.
pub(super) fn odd_mode(mode: Mode) -> Option<TokenStream> {
    match mode {
        Mode::OnEvent => Some(quote!(comfy_dsl::Mode::OnEvent)),
        Mode::OnTrigger => Some(quote!(comfy_dsl::Mode::OnTrigger)),
        Mode::Always | Mode::Bypass | Mode::Never => None,
    }
}

/// The value a node has for an input itself.
pub(super) fn own_value<'n>(node: &'n Node, name: &str) -> Own<'n> {
    let arrived = node.input_slot(name).and_then(|slot| node.inputs.get(slot)?.value.as_ref());
    let own = || node.widget(name).and_then(|widget| widget.value.as_ref());
    arrived.or_else(own).map_or(Own::Absent, Own::Value)
}

/// The type of the outputs that an input of this form takes.
pub(super) fn value_marker<'f>(form: &'f Form<'_>) -> &'f str {
    match form {
        Form::Int | Form::Seed => "Int",
        Form::Float => "Float",
        Form::Str => "Str",
        Form::Bool => "Bool",
        Form::Combo(_) | Form::Dynamic(_) => "Combo",
        Form::Link { marker }
        | Form::Union { marker }
        | Form::Match { marker, .. }
        | Form::Json { marker } => marker,
        Form::Autogrow(grow) => &grow.marker,
    }
}

/// What tells the constants of one primitive apart, if the value can be one: rustc infers one type for a literal,
/// and only some values can be used more than once.
pub(super) fn constant_kind(form: &Form<'_>, argument: &TokenStream) -> Option<String> {
    let is_call = argument.to_string().contains('(');
    match form {
        Form::Combo(combo) if !combo.files => (!is_call).then(|| combo.ident.clone()),
        Form::Int => (!is_call).then(|| "i64".to_owned()),
        Form::Seed => (!is_call).then(|| "u64".to_owned()),
        Form::Float => (!is_call).then(|| "f64".to_owned()),
        Form::Str | Form::Combo(_) => (!argument.to_string().starts_with("raw")).then(|| "str".to_owned()),
        Form::Bool => (!is_call).then(|| "bool".to_owned()),
        Form::Dynamic(_)
        | Form::Link { .. }
        | Form::Union { .. }
        | Form::Autogrow(_)
        | Form::Match { .. }
        | Form::Json { .. } => None,
    }
}

/// A bypassed node hands on its inputs by the place and type of its outputs. Where those of the file are not those of
/// the catalog, the links would go around it another way.
fn passes_on_differently(node: &Node, model: &NodeModel<'_>) -> bool {
    let same = |(own, declared): (&OutputSlot, &OutputModel<'_>)| {
        // what the frontend worked out from the links
        let inferred = declared.generic || declared.def.io_type.is_any() || own.io_type.is_any();
        inferred || own.io_type == declared.def.io_type
    };
    node.mode == Mode::Bypass
        && (node.outputs.len() != model.outputs.len() || !node.outputs.iter().zip(&model.outputs).all(same))
}

/// A value for an input that takes anything: plain ones as they are.
fn raw_argument(value: &Value, layout: &mut super::layout::Layout) -> TokenStream {
    match value {
        Value::Bool(flag) => quote!(#flag),
        Value::String(text) => layout.text(text),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => literal::integer(integer),
            None if number.is_f64() => literal::float(number.as_f64().unwrap_or_default()),
            None => literal::raw(value, layout),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => literal::raw(value, layout),
    }
}

/// What a link into an input that also takes values has to fit.
fn value_want(form: &Form<'_>) -> Want {
    match form {
        Form::Union { marker } | Form::Json { marker } => Want::Into(marker.clone()),
        form => Want::Value(value_marker(form).to_owned()),
    }
}

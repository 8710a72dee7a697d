//! Nodes: a struct each, by category.

use std::{collections::BTreeMap, fmt::Write as _};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{
    Emitter, Group, alias, copy_impls, docs, facts, groups, ident, imports, listed, module::Module,
    setter::Owner, states,
};
use crate::{
    Error,
    model::{NodeModel, OutputModel, ResultKind},
    names::{Case, hashed, is_keyword, snake},
};

impl Emitter<'_, '_> {
    /// One module per top category, for the reader; rustc does not care.
    pub(super) fn node_modules(&self) -> Result<Vec<Module>, Error> {
        let mut categories: BTreeMap<String, Vec<TokenStream>> = BTreeMap::new();
        for node in &self.nodes {
            categories.entry(category_module(&node.def.category)).or_default().push(self.node(node));
        }
        let mods = categories.keys().map(|name| {
            let name = ident(name);
            quote!(mod #name; pub use self::#name::*;)
        });
        let mut modules = vec![Module::new(&["classes"], "Nodes by category.", quote!(#(#mods)*))?];
        for (category, nodes) in &categories {
            let imports = imports(&quote!(super::super));
            let tokens = quote!(#imports #(#nodes)*);
            modules.push(Module::new(&["classes", category], "", tokens)?);
        }
        Ok(modules)
    }

    fn node(&self, node: &NodeModel<'_>) -> TokenStream {
        let (name, states) = (ident(&node.ident), states(&node.inputs));
        let generics: Vec<Ident> = node.generics.iter().map(|generic| ident(&generic.param)).collect();
        let owner = Owner { ident: &name, states: &states, generics: &generics, set: quote!(p::set) };
        let (docs, aliases) = (node_docs(node), aliases(node));
        let (parameters, phantom) = (owner.parameters(), owner.phantom());
        let (table, positions) = facts::class(node);
        let (arguments, state) = (owner.arguments(None), owner.state());
        let setters = self.setters(&owner, &node.inputs, &positions);
        let setters =
            (!node.inputs.is_empty()).then(|| quote!(impl #arguments #name #arguments { #setters }));
        let new = new_impl(&owner, &table);
        let out = self.result(node);
        quote! {
            #docs
            #aliases
            #[must_use = "a node does nothing before `g.add(..)`"]
            pub struct #name #parameters(p::Record, #phantom);
            #new
            #setters
            impl #arguments p::Builder for #name #arguments {
                type Out = #out;
                type State = #state;
                fn record(&mut self) -> &mut p::Record { &mut self.0 }
            }
        }
    }

    /// The type that adding the node gives.
    fn result(&self, node: &NodeModel<'_>) -> TokenStream {
        match node.result() {
            ResultKind::NodeRef => quote!(NodeRef),
            ResultKind::Output => {
                let marker = node.outputs.first().map(|output| self.type_tokens(&output.marker));
                quote!(Output<#marker>)
            }
            ResultKind::Struct => {
                let (name, parameters) = (out_ident(node), out_parameters(node));
                quote!(out::#name #parameters)
            }
        }
    }

    /// The structs of nodes with several outputs.
    pub(super) fn result_types(&self) -> TokenStream {
        let several = self.nodes.iter().filter(|node| node.result() == ResultKind::Struct);
        let groups = groups(
            several.map(|node| (node.ident.as_str(), *node)),
            |node| node.def,
            |node| node.outputs.len(),
            |a, b| a.is_same_result(b),
        );
        let types: Vec<TokenStream> = groups.iter().map(|group| self.result_type(group)).collect();
        if types.is_empty() {
            return TokenStream::new();
        }
        let imports = imports(&quote!(super));
        quote!(#imports #(#types)*)
    }

    /// The results that are one type, of which the first gives its name.
    fn result_type(&self, group: &Group<'_, &NodeModel<'_>>) -> TokenStream {
        let Some(((_, node), others)) = group.split_first() else { return TokenStream::new() };
        let (name, parameters) = (out_ident(node), out_parameters(node));
        let of = listed(group.iter().map(|(_, node)| node.def.class_type.to_string()).collect());
        let docs = docs::doc(&format!("Outputs of {of}."));
        let others = others.iter().map(|(_, other)| alias(&out_ident(other), &parameters, &name));
        let fields = node.outputs.iter().map(|output| {
            let (docs, field, marker) =
                (output_docs(output), ident(&output.ident), self.type_tokens(&output.marker));
            quote!(#docs pub #field: Output<#marker>)
        });
        let names = node.outputs.iter().map(|output| ident(&output.ident));
        let slots = (0..node.outputs.len()).map(Literal::usize_unsuffixed);
        let first = node.outputs.first().map(|output| ident(&output.ident));
        let copy = copy_impls(&name, &parameters);
        quote! {
            #docs
            pub struct #name #parameters { #(#fields),* }
            #copy
            impl #parameters p::Outputs for #name #parameters {
                fn of(node: NodeRef) -> Self { Self { #(#names: node.out(#slots)),* } }
                fn node(self) -> NodeRef { self.#first.node() }
            }
            #(#others)*
        }
    }
}

/// The constructor. Match types are left to inference, required inputs are all missing.
fn new_impl(owner: &Owner<'_>, table: &Literal) -> TokenStream {
    let (name, generics) = (owner.ident, owner.generics);
    let header = if generics.is_empty() {
        quote!(impl #name)
    } else {
        let needs = owner.states.iter().map(|(_, need)| need);
        quote!(impl<#(#generics),*> #name<#(needs::#needs,)* #(#generics),*>)
    };
    quote! {
        #header {
            /// A node with nothing set.
            pub fn new() -> Self {
                Self(p::Record::of(#table), p::P)
            }
        }
    }
}

fn out_ident(node: &NodeModel<'_>) -> Ident {
    ident(&format!("{}Out", node.ident))
}

/// The match types among the outputs.
fn out_parameters(node: &NodeModel<'_>) -> TokenStream {
    let used = |param: &str| node.outputs.iter().any(|output| output.generic && output.marker == param);
    let mut params = node.generics.iter().filter(|g| used(&g.param)).map(|g| ident(&g.param)).peekable();
    if params.peek().is_none() { TokenStream::new() } else { quote!(<#(#params),*>) }
}

/// What a node does, where it stands and what it gives. The first line, which lists show, begins with its title where
/// the struct's name does not say it, and its class where that is another.
fn node_docs(node: &NodeModel<'_>) -> TokenStream {
    let def = node.def;
    let description = docs::escape(&def.description);
    let marks = [
        (def.deprecated, "deprecated"),
        (def.experimental, "experimental"),
        (def.api_node, "calls a paid service"),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
    let needs_title = def.default_title() != node.ident || description.is_empty() || !marks.is_empty();
    let title = needs_title.then(|| docs::escape(def.default_title()));
    let class = (*def.class_type != *node.ident).then(|| docs::code(&def.class_type));
    let heads: Vec<String> =
        title.into_iter().chain(class).chain(marks.into_iter().map(str::to_owned)).collect();
    let mut text = heads.join(", ");
    if !text.is_empty() {
        text.push_str(if description.is_empty() { "." } else { ". " });
    }
    text.push_str(&description);
    let category = (!def.category.is_empty()).then(|| format!("Category: {}.", docs::code(&def.category)));
    let output = match node.result() {
        ResultKind::NodeRef => None,
        ResultKind::Output => {
            node.outputs.first().map(|output| format!("Output: {}.", docs::code(&output.def.name)))
        }
        ResultKind::Struct => Some(format!("Outputs: [`out::{}`].", out_ident(node))),
    };
    let facts: Vec<String> = category.into_iter().chain(output).collect();
    if !facts.is_empty() {
        let _ = write!(text, "\n\n{}", facts.join(" "));
    }
    docs::doc(&text)
}

/// Names under which a search finds the struct too.
fn aliases(node: &NodeModel<'_>) -> TokenStream {
    let (title, class) = (node.def.default_title(), &*node.def.class_type);
    let title = Some(title).filter(|title| *title != class);
    let names = title.into_iter().chain([class]);
    let names = names.filter(|name| *name != node.ident && docs::is_alias(name));
    quote!(#(#[doc(alias = #names)])*)
}

fn output_docs(output: &OutputModel<'_>) -> TokenStream {
    let tooltip = output.def.tooltip.as_deref().map(docs::escape).unwrap_or_default();
    let (name, io_type) = (docs::code(&output.def.name), docs::code(output.def.io_type.as_str()));
    let name = if name == io_type { name } else { format!("{name}: {io_type}") };
    let list = if output.def.is_list { ", a list" } else { "" };
    docs::doc(format!("{name}{list}. {tooltip}").trim_end())
}

/// The module of a category: its first part.
fn category_module(category: &str) -> String {
    let top = snake(category.split('/').next().unwrap_or_default());
    match top.as_str() {
        "" => "other".to_owned(),
        // rustc looks for files of ASCII names only
        word if !word.is_ascii() => hashed("category", word, Case::Snake, 8),
        word if is_keyword(word) => format!("{top}_"),
        _ => top,
    }
}

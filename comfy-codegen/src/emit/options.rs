//! Dynamic combos: a type each, whose functions make the builders of its options.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Emitter, Group, Owned, alias, docs, groups, ident, imports, listed, places, setter::Owner, states,
};
use crate::{
    model::{DynamicModel, OptionModel},
    table,
};

impl<'n, 'c> Emitter<'n, 'c> {
    /// All dynamic combos and their options.
    pub(super) fn option_types(&self) -> TokenStream {
        let all = self.dynamics.iter().map(|(name, owned)| (*name, owned));
        let groups = groups(
            all,
            |owned| owned.def,
            |owned| (owned.model.input, owned.model.options.len()),
            |a, b| a.model.is_same_type(b.model),
        );
        let dynamics: Vec<TokenStream> = groups.iter().map(|group| self.dynamic(group)).collect();
        if dynamics.is_empty() {
            return TokenStream::new();
        }
        let imports = imports(&quote!(super));
        quote!(#imports #(#dynamics)*)
    }

    /// The dynamic combos that are one type, of which the first gives its name.
    fn dynamic(&self, group: &Group<'n, &Owned<'n, DynamicModel<'c>>>) -> TokenStream {
        let Some(((_, dynamic), others)) = group.split_first() else { return TokenStream::new() };
        let name = ident(&dynamic.model.ident);
        let at = places(group, |model| model.input);
        let docs = docs::doc(&format!("Options of {at}, each with inputs of its own."));
        let functions = dynamic.model.options.iter().map(|option| {
            let (function, key) = (ident(&option.ident), &*option.def.key);
            let docs = docs::doc(&docs::code(key));
            if option.inputs.is_empty() {
                return quote!(#docs pub fn #function() -> p::Plain<Self> { p::Plain::new(#key) });
            }
            let builder = self.builder(dynamic.model, option);
            quote!(#docs pub fn #function() -> #builder { #builder(p::Pick::new(#key), p::P) })
        });
        let functions = (!dynamic.model.options.is_empty()).then(|| quote!(impl #name { #(#functions)* }));
        let builders = dynamic.model.builders().into_iter().map(|options| self.option(dynamic, &options));
        let others = others.iter().map(|(other, _)| alias(&ident(other), &TokenStream::new(), &name));
        quote! {
            #docs
            pub enum #name {}
            impl p::TextOptions for #name {}
            #functions
            #(#builders)*
            #(#others)*
        }
    }

    /// The builder of options with the same inputs; one for all without any is the runtime's.
    fn option(&self, dynamic: &Owned<'n, DynamicModel<'c>>, options: &[&'n OptionModel<'c>]) -> TokenStream {
        let Some(option) = options.first().copied() else { return TokenStream::new() };
        let (combo, name) = (ident(&dynamic.model.ident), self.builder(dynamic.model, option));
        let states = states(&option.inputs);
        let owner = Owner { ident: &name, states: &states, generics: &[], set: quote!(p::pick) };
        let (parameters, phantom) = (owner.parameters(), owner.phantom());
        let (arguments, state) = (owner.arguments(None), owner.option_state());
        let bounded = owner.option_parameters();
        let keys = listed(options.iter().map(|option| option.def.key.to_string()).collect());
        let what = if options.len() == 1 { "option" } else { "options" };
        let docs = docs::doc(&format!("The {what} {keys} of [`{}`].", dynamic.model.ident));
        let positions = table::of_option(dynamic.def, &option.inputs).positions;
        let setters = self.setters(&owner, &option.inputs, &positions);
        quote! {
            #docs
            #[must_use]
            pub struct #name #parameters(p::Pick, #phantom);
            impl #arguments #name #arguments { #setters }
            impl #arguments p::OptionBuilder for #name #arguments {
                fn pick(&mut self) -> &mut p::Pick { &mut self.0 }
            }
            #[diagnostic::do_not_recommend]
            impl #bounded Choice<#combo> for #name #arguments {
                type State = #state;
            }
        }
    }

    fn builder(&self, dynamic: &'n DynamicModel<'c>, option: &'n OptionModel<'c>) -> proc_macro2::Ident {
        let name = self.builders.get(&(dynamic.ident.as_str(), &*option.def.key));
        ident(name.map_or(dynamic.ident.as_str(), String::as_str))
    }
}

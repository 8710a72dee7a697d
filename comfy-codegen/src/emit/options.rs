//! Dynamic combos: a type each, whose functions make the builders of its options.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emitter, Owned, docs, ident, imports, setter::Owner, states};
use crate::{
    model::{DynamicModel, OptionModel},
    table,
};

impl<'n, 'c> Emitter<'n, 'c> {
    /// All dynamic combos and their options.
    pub(super) fn option_types(&self) -> TokenStream {
        let dynamics: Vec<TokenStream> =
            self.dynamics.values().map(|dynamic| self.dynamic(dynamic)).collect();
        if dynamics.is_empty() {
            return TokenStream::new();
        }
        let imports = imports(&quote!(super));
        quote!(#imports #(#dynamics)*)
    }

    fn dynamic(&self, dynamic: &Owned<'n, DynamicModel<'c>>) -> TokenStream {
        let name = ident(&dynamic.model.ident);
        let at = format!("{}.{}", dynamic.class, dynamic.input);
        let docs = docs::doc(&format!("Options of {}, each with inputs of its own.", docs::code(&at)));
        let functions = dynamic.model.options.iter().map(|option| {
            let (function, key) = (ident(&option.ident), &*option.def.key);
            let docs = docs::doc(&docs::code(key));
            if option.inputs.is_empty() {
                return quote!(#docs pub fn #function() -> p::Plain<Self> { p::Plain::new(#key) });
            }
            let builder = self.builder(dynamic.model, option);
            quote!(#docs pub fn #function() -> #builder { #builder(p::Pick::new(#key), p::P) })
        });
        let with_inputs = dynamic.model.options.iter().filter(|option| !option.inputs.is_empty());
        let builders = with_inputs.map(|option| self.option(dynamic, option));
        let functions = (!dynamic.model.options.is_empty()).then(|| quote!(impl #name { #(#functions)* }));
        quote! {
            #docs
            pub enum #name {}
            #functions
            #(#builders)*
        }
    }

    /// The builder of an option with inputs; one for all without is the runtime's.
    fn option(&self, dynamic: &Owned<'n, DynamicModel<'c>>, option: &'n OptionModel<'c>) -> TokenStream {
        let (combo, name) = (ident(&dynamic.model.ident), self.builder(dynamic.model, option));
        let states = states(&option.inputs);
        let owner = Owner { ident: &name, states: &states, generics: &[], set: quote!(p::pick) };
        let (parameters, phantom) = (owner.parameters(), owner.phantom());
        let (arguments, state) = (owner.arguments(None), owner.option_state());
        let bounded = owner.option_parameters();
        let docs =
            docs::doc(&format!("The option {} of [`{}`].", docs::code(&option.def.key), dynamic.model.ident));
        let setters = self.names.catalog().get(dynamic.class).map(|def| {
            let setters =
                self.setters(&owner, &option.inputs, &table::of_option(def, &option.inputs).positions);
            quote!(impl #arguments #name #arguments { #setters })
        });
        quote! {
            #docs
            #[must_use]
            pub struct #name #parameters(p::Pick, #phantom);
            #setters
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

//! Combos: enums for fixed lists, newtypes with constants for lists of files, and the aliases of shared ones.
//!
//! No `Debug`, no serde: with long lists those cost more than everything else together.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::{Emitter, Group, Owned, alias, copy_impls, docs, groups, ident, places};
use crate::model::{ComboModel, ComboValue, Form, InputModel};

impl Emitter<'_, '_> {
    /// All types of combos.
    pub(super) fn combo_types(&self) -> TokenStream {
        let combos = groups(
            self.combos.iter().map(|(name, owned)| (*name, owned)),
            |owned| owned.def,
            |owned| (owned.model.input, owned.model.values.len()),
            |a, b| a.model.is_same_type(b.model),
        );
        let combos = combos.iter().map(|group| combo(group));
        let import = (!self.combos.is_empty()).then(|| {
            quote!(
                use ::comfy_dsl::__private as p;
            )
        });
        let aliases = self.aliases();
        let dynamics = self.dynamics.keys().map(|name| ident(name));
        let dynamics = (!self.dynamics.is_empty()).then(|| quote!(pub use super::options::{#(#dynamics),*};));
        quote!(#import #dynamics #(#combos)* #aliases)
    }

    /// `<Node><Input>` for combos with a shared name, so that a guess is never wrong.
    fn aliases(&self) -> TokenStream {
        let mut found = std::collections::BTreeMap::new();
        for node in &self.nodes {
            aliases_of(&node.inputs, &mut found);
        }
        // and what people guess who do not think of the node
        for input in self.nodes.iter().flat_map(|node| &node.inputs) {
            if let Form::Combo(combo) = &input.form
                && let Some(short) = self.names.short_choice(&input.def.name)
                && combo.ident != short
            {
                found.entry(short).or_insert(&combo.ident);
            }
        }
        let aliases =
            found.into_iter().map(|(other, name)| alias(&ident(other), &TokenStream::new(), &ident(name)));
        quote!(#(#aliases)*)
    }
}

fn aliases_of<'n>(inputs: &'n [InputModel<'_>], found: &mut std::collections::BTreeMap<&'n str, &'n str>) {
    for input in inputs {
        match &input.form {
            Form::Combo(ComboModel { alias: Some(alias), ident, .. }) => {
                found.insert(alias, ident);
            }
            Form::Dynamic(dynamic) => {
                dynamic.options.iter().for_each(|option| aliases_of(&option.inputs, found));
            }
            _ => {}
        }
    }
}

/// The combos that are one type, of which the first gives its name.
fn combo(group: &Group<'_, &Owned<'_, ComboModel<'_>>>) -> TokenStream {
    let Some(((first, owned), others)) = group.split_first() else { return TokenStream::new() };
    let at = places(group, |model| model.input);
    let made = if owned.model.files { file_list(owned.model, &at) } else { enumeration(owned.model, &at) };
    let first = ident(first);
    let others = others.iter().map(|(name, _)| alias(&ident(name), &TokenStream::new(), &first));
    quote!(#made #(#others)*)
}

fn enumeration(combo: &ComboModel<'_>, at: &str) -> TokenStream {
    let name = ident(&combo.ident);
    let docs = docs::doc(&format!("Options of {at}."));
    let variants = combo.values.iter().map(|value| {
        let (docs, variant) = (docs::doc(&value_docs(value.value)), ident(&value.ident));
        quote!(#docs #variant)
    });
    let (copy, value) = (copy_impls(&name, &TokenStream::new()), option_value(&combo.values));
    let texts = combo.takes_text().then(|| quote!(impl p::TextOptions for #name {}));
    quote! {
        #docs
        pub enum #name { #(#variants),* }
        #copy
        impl p::ComboValue for #name {
            fn combo_val(self) -> p::Val { #value }
        }
        #texts
    }
}

/// The expression for an option's value: out of one text where all are lines of it, which costs rustc the least.
fn option_value(values: &[ComboValue<'_>]) -> TokenStream {
    let line =
        |value: &ComboValue<'_>| value.value.as_str().filter(|text| !text.contains('\n')).map(str::to_owned);
    if let Some(lines) = values.iter().map(line).collect::<Option<Vec<_>>>() {
        let lines = lines.join("\n");
        return quote!(p::nth(#lines, self as usize));
    }
    let arms = values.iter().map(|value| {
        let variant = ident(&value.ident);
        let value = match value.value {
            Value::String(text) => quote!(p::text(#text)),
            Value::Bool(flag) => quote!(p::json(#flag)),
            Value::Number(number) => number_value(number),
            Value::Null | Value::Array(_) | Value::Object(_) => quote!(p::json(())),
        };
        quote!(Self::#variant => #value)
    });
    quote!(match self { #(#arms),* })
}

fn number_value(number: &serde_json::Number) -> TokenStream {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(n), ..) => quote!(p::json(#n)),
        (_, Some(n), _) => quote!(p::json(#n)),
        (.., Some(n)) if n.is_finite() => quote!(p::json(#n)),
        _ => quote!(p::json(())),
    }
}

fn file_list(combo: &ComboModel<'_>, at: &str) -> TokenStream {
    let name = ident(&combo.ident);
    let docs = docs::doc(&format!("Files for {at}: those the server had. Any other goes in as text."));
    let constants = combo.values.iter().map(|value| {
        let (docs, constant) = (docs::doc(&value_docs(value.value)), ident(&value.ident));
        let text = value.value.as_str().unwrap_or_default();
        quote!(#docs pub const #constant: Self = Self(::std::borrow::Cow::Borrowed(#text));)
    });
    // constants because the list is open, named like the variants of the closed ones
    let allow = (!combo.values.is_empty())
        .then(|| quote!(#[allow(non_upper_case_globals, reason = "named like variants")]));
    quote! {
        #docs
        #[derive(Clone)]
        pub struct #name(::std::borrow::Cow<'static, str>);
        #allow
        impl #name {
            #(#constants)*
            /// A file by its name on the server.
            pub fn file(name: impl Into<::std::string::String>) -> Self { Self(::std::borrow::Cow::Owned(name.into())) }
        }
        impl p::ComboValue for #name {
            fn combo_val(self) -> p::Val { p::json(self.0) }
        }
        impl p::TextOptions for #name {}
    }
}

fn value_docs(value: &Value) -> String {
    match value {
        Value::String(text) => docs::code(text),
        other => docs::code(&other.to_string()),
    }
}

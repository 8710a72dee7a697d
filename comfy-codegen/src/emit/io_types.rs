//! Markers of socket types, unions, and which of them go together.

use std::collections::{BTreeMap, BTreeSet};

use comfy_graph::catalog::{InputDef, InputKind, IoType};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Emitter, docs, ident};

/// The socket types of the generated nodes.
#[derive(Default)]
struct Found {
    /// Marker → word, of types that are no unions.
    words: BTreeMap<String, String>,
    /// Text of the union → the union.
    unions: BTreeMap<String, IoType>,
    /// What inputs take: text → type.
    inputs: BTreeMap<String, IoType>,
    /// Unions that outputs give.
    outputs: BTreeMap<String, IoType>,
}

/// Runtime type, the Rust types of its literals.
const LITERALS: &[(&str, &[&str])] =
    &[("Int", &["i64"]), ("Float", &["f64"]), ("Str", &["&str", "String", "&String"]), ("Bool", &["bool"])];

impl Emitter<'_, '_> {
    /// All markers.
    pub(super) fn io_types(&self) -> TokenStream {
        let found = self.found();
        let markers = found.words.iter().map(|(marker, word)| marker_type(marker, word));
        let unions = found.unions.values().map(|union| self.union(union));
        let crossings = self.crossings(&found);
        let any_of = (!found.unions.is_empty()).then(|| {
            quote! {
                /// One of several types: an input of type `AnyOf<(Image, Mask)>` takes either.
                pub struct AnyOf<T>(::std::marker::PhantomData<T>);
            }
        });
        let import = (any_of.is_some() || !found.words.is_empty()).then(|| {
            quote!(
                use ::comfy_dsl::__private::*;
            )
        });
        quote!(#import #any_of #(#markers)* #(#unions)* #crossings)
    }

    /// The names of all markers.
    pub(super) fn marker_names(&self) -> BTreeSet<String> {
        self.found().words.into_keys().collect()
    }

    fn found(&self) -> Found {
        let mut found = Found::default();
        for node in &self.nodes {
            node.def.inputs.iter().for_each(|input| self.find_input(input, &mut found));
            for output in &node.def.outputs {
                let text = self.find(&output.io_type, &mut found);
                if text.starts_with("AnyOf<") {
                    found.outputs.insert(text, output.io_type.clone());
                }
            }
        }
        found
    }

    fn find_input(&self, input: &InputDef, found: &mut Found) {
        match &input.kind {
            InputKind::DynamicCombo(options) => {
                options
                    .iter()
                    .flat_map(|option| &option.inputs)
                    .for_each(|input| self.find_input(input, found));
            }
            InputKind::Autogrow(autogrow) => self.find_input(&autogrow.item, found),
            _ => {
                let text = self.find(&input.io_type, found);
                found.inputs.insert(text, input.io_type.clone());
            }
        }
    }

    /// Notes a type and gives its text.
    fn find(&self, io_type: &IoType, found: &mut Found) -> String {
        let text = self.names.marker(io_type);
        for word in io_type.members().filter(|_| text != "Any") {
            let marker = self.names.word_marker(word);
            if !self.names.is_runtime_marker(&marker) {
                found.words.insert(marker, word.to_owned());
            }
        }
        if text.starts_with("AnyOf<") {
            found.unions.insert(text.clone(), io_type.clone());
        }
        text
    }

    /// A union takes its members, their literals, and whatever `*` brings.
    fn union(&self, union: &IoType) -> TokenStream {
        let name = self.type_tokens(&self.names.marker(union));
        let words: BTreeSet<&str> = union.members().filter(|word| !word.is_empty()).collect();
        let spelling = words.iter().copied().collect::<Vec<_>>().join(",");
        let members: BTreeSet<String> = words.iter().map(|word| self.names.word_marker(word)).collect();
        let accepts = members.iter().map(|member| {
            let member = ident(member);
            quote!(#[diagnostic::do_not_recommend] impl Accepts<#member> for #name {})
        });
        let literals =
            LITERALS.iter().filter(|(member, _)| members.contains(*member)).flat_map(|(member, types)| {
                // an INT literal is a FLOAT too, unless the union has INT itself
                let integer = (*member == "Float" && !members.contains("Int")).then_some("i64");
                types.iter().copied().chain(integer).map(|literal| self.literal(&name, literal))
            });
        quote! {
            impl ComfyType for #name { const NAME: &'static str = #spelling; }
            #[diagnostic::do_not_recommend]
            impl Accepts<Any> for #name {}
            #[diagnostic::do_not_recommend]
            impl Accepts<#name> for #name {}
            #(#accepts)*
            #(#literals)*
        }
    }

    fn literal(&self, union: &TokenStream, literal: &str) -> TokenStream {
        let literal = self.type_tokens(literal);
        quote!(#[diagnostic::do_not_recommend] impl IntoInput<#union> for #literal {})
    }

    /// Outputs that are unions go into every input with a common member.
    fn crossings(&self, found: &Found) -> TokenStream {
        let pairs = found.outputs.iter().flat_map(|(output_text, output)| {
            let takes = found
                .inputs
                .iter()
                .filter(move |(text, input)| *text != output_text && *text != "Any" && input.accepts(output));
            takes.map(move |(input, _)| (output_text, input))
        });
        let impls = pairs.map(|(output, input)| {
            let (output, input) = (self.type_tokens(output), self.type_tokens(input));
            quote!(#[diagnostic::do_not_recommend] impl Accepts<#output> for #input {})
        });
        quote!(#(#impls)*)
    }
}

fn marker_type(marker: &str, word: &str) -> TokenStream {
    let (docs, marker) = (docs::doc(&docs::code(word)), ident(marker));
    quote! {
        #docs
        pub struct #marker;
        impl ComfyType for #marker { const NAME: &'static str = #word; }
        #[diagnostic::do_not_recommend]
        impl Accepts<#marker> for #marker {}
        #[diagnostic::do_not_recommend]
        impl Accepts<Any> for #marker {}
    }
}

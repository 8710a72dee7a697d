//! Methods that set inputs: of nodes and of the options of dynamic combos.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::{Emitter, docs, ident};
use crate::{
    model::{Form, InputModel},
    names::raw_setter,
};

/// How many states the runtime takes in a tuple (`comfy_dsl`: `AllSet`).
const LONGEST_TUPLE: usize = 12;

/// The struct that methods belong to.
pub(super) struct Owner<'a> {
    /// Its name.
    pub(super) ident: &'a Ident,
    /// The parameters of the required inputs.
    pub(super) states: &'a [(Ident, Ident)],
    /// The parameters of match types.
    pub(super) generics: &'a [Ident],
    /// The function of the runtime that sets an input without changing the type.
    pub(super) set: TokenStream,
}

impl Owner<'_> {
    /// `<S0, S1, T>`, with `Set` in the place of the one at `set`; nothing if there are no parameters.
    pub(super) fn arguments(&self, set: Option<usize>) -> TokenStream {
        if self.states.is_empty() && self.generics.is_empty() {
            return TokenStream::new();
        }
        let states = self
            .states
            .iter()
            .enumerate()
            .map(|(at, (param, _))| if set == Some(at) { quote!(Set) } else { quote!(#param) });
        let generics = self.generics;
        quote!(<#(#states,)* #(#generics,)*>)
    }

    /// The parameters with what they stand for until their inputs are set.
    pub(super) fn parameters(&self) -> TokenStream {
        if self.states.is_empty() && self.generics.is_empty() {
            return TokenStream::new();
        }
        let states = self.states.iter().map(|(param, need)| quote!(#param = needs::#need));
        let generics = self.generics;
        quote!(<#(#states,)* #(#generics = Any,)*>)
    }

    /// The states of all required inputs of a node, as one.
    pub(super) fn state(&self) -> TokenStream {
        let tuples = self.states.chunks(LONGEST_TUPLE).map(|states| {
            let params = states.iter().map(|(param, _)| param);
            quote!((#(#params,)*))
        });
        tuples.reduce(|all, more| quote!(p::Both<#all, #more>)).unwrap_or_else(|| quote!(Set))
    }

    /// The parameters of an option.
    pub(super) fn option_parameters(&self) -> TokenStream {
        if self.states.is_empty() {
            return TokenStream::new();
        }
        let states = self.states.iter().map(|(param, _)| quote!(#param: p::OptionState));
        quote!(<#(#states),*>)
    }

    /// The states of all required inputs of an option, as one.
    pub(super) fn option_state(&self) -> TokenStream {
        let states = self.states.iter().rev().map(|(param, _)| param);
        states.fold(quote!(Set), |rest, state| quote!(#state::And<#rest>))
    }

    /// The field that keeps the parameters in use.
    pub(super) fn phantom(&self) -> TokenStream {
        let (states, generics) = (self.states.iter().map(|(param, _)| param), self.generics);
        quote!(p::P<(#(#states,)* #(#generics,)*)>)
    }
}

impl Emitter<'_, '_> {
    /// The methods for these inputs, which stand at these positions of the table.
    pub(super) fn setters(
        &self,
        owner: &Owner<'_>,
        inputs: &[InputModel<'_>],
        positions: &[u16],
    ) -> TokenStream {
        let mut required = 0;
        let methods = inputs.iter().zip(positions).map(|(input, position)| {
            let state = input.required.then(|| {
                required += 1;
                required - 1
            });
            self.setter(owner, input, *position, state)
        });
        quote!(#(#methods)*)
    }

    fn setter(
        &self,
        owner: &Owner<'_>,
        input: &InputModel<'_>,
        position: u16,
        state: Option<usize>,
    ) -> TokenStream {
        let docs = docs::input(input);
        let setter = ident(&input.setter);
        let (takes, clause) = self.argument(&input.form);
        let position = proc_macro2::Literal::u16_unsuffixed(position);
        let (gives, body) = if state.is_some() {
            let (name, arguments) = (owner.ident, owner.arguments(state));
            (quote!(#name #arguments), quote!(#name(self.0.set(#position, v), p::P)))
        } else {
            let set = &owner.set;
            (quote!(Self), quote!(#set(self, #position, v)))
        };
        // what a keyword becomes is one of two guesses
        let raw = raw_setter(&input.setter).map(|word| {
            let raw = Ident::new_raw(word, Span::call_site());
            quote! {
                #[doc(hidden)]
                #[track_caller]
                pub fn #raw(self, v: #takes) -> #gives #clause { self.#setter(v) }
            }
        });
        quote! {
            #docs
            #[track_caller]
            pub fn #setter(self, v: #takes) -> #gives #clause { #body }
            #raw
        }
    }

    /// The type of the argument, and a where clause.
    fn argument(&self, form: &Form<'_>) -> (TokenStream, TokenStream) {
        let takes = match form {
            Form::Match { param, marker } => {
                let (param, marker) = (ident(param), self.type_tokens(marker));
                return (quote!(Output<#param>), quote!(where #marker: Accepts<#param>));
            }
            Form::Link { marker } => {
                let marker = self.type_tokens(marker);
                quote!(impl LinkInput<#marker>)
            }
            Form::Union { marker } | Form::Json { marker } => {
                let marker = self.type_tokens(marker);
                quote!(impl IntoInput<#marker>)
            }
            Form::Autogrow(autogrow) => {
                let marker = self.type_tokens(&autogrow.marker);
                quote!(impl IntoInput<List<#marker>>)
            }
            Form::Int => quote!(impl IntInput),
            Form::Seed => quote!(impl SeedInput),
            Form::Float => quote!(impl FloatInput),
            Form::Str => quote!(impl StrInput),
            Form::Bool => quote!(impl BoolInput),
            Form::Combo(combo) => {
                let combo = self.choice_tokens(&combo.ident);
                quote!(impl Choice<#combo>)
            }
            Form::Dynamic(dynamic) => {
                let dynamic = self.choice_tokens(&dynamic.ident);
                quote!(impl Choice<#dynamic, State: IsSet>)
            }
        };
        (takes, TokenStream::new())
    }
}

//! Models of nodes → Rust.
//!
//! Each module of the generated code is made by itself: tokens, then text. What the modules are called and how they
//! see each other is decided here; how they become files in [`module`].
//!
//! Generated code names the runtime by `::comfy_dsl::__private` only. Types of the prelude stand in it by their
//! plain names, which no generated type can have; everything else of the runtime goes by the path `p::…`, because a
//! class of nodes may be called `Class` or `Link`.

mod combo;
mod docs;
mod facts;
mod io_types;
pub(crate) mod module;
mod node;
mod options;
mod setter;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use comfy_graph::catalog::NodeDef;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::{
    Error,
    model::{ComboModel, DynamicModel, Form, InputModel, NodeModel, OptionModel},
    names::{Case, Names, hashed, upper},
};
use module::Module;

/// What all modules need to know.
struct Emitter<'n, 'c> {
    names: &'n Names<'c>,
    nodes: Vec<&'n NodeModel<'c>>,
    /// By the name of the type; see [`model`](crate::model) for which of them are one.
    combos: BTreeMap<&'n str, Owned<'n, ComboModel<'c>>>,
    dynamics: BTreeMap<&'n str, Owned<'n, DynamicModel<'c>>>,
    /// (type of the dynamic combo, key) → name of the builder.
    builders: BTreeMap<(&'n str, &'n str), String>,
    /// Names that a combo shares with a marker. No name is decided by looking at all definitions, so this can
    /// happen; the flat namespace then has the marker, and the combo goes by `combos::…`.
    shared: BTreeSet<&'n str>,
    /// Type texts already made into tokens.
    types: RefCell<BTreeMap<String, TokenStream>>,
}

/// A type that an input brings, with the first place that it occurs at under this name.
struct Owned<'n, M> {
    model: &'n M,
    def: &'n NodeDef,
}

/// The modules of the generated code for these classes, in the order of `classes`.
pub(crate) fn modules(names: &Names<'_>, classes: &[&str]) -> Result<Vec<Module>, Error> {
    let nodes: Vec<&NodeModel<'_>> = classes.iter().filter_map(|class| names.node(class)).collect();
    let mut emitter = Emitter {
        names,
        nodes: Vec::new(),
        combos: BTreeMap::new(),
        dynamics: BTreeMap::new(),
        builders: BTreeMap::new(),
        shared: BTreeSet::new(),
        types: RefCell::default(),
    };
    for node in &nodes {
        emitter.collect(node.def, &node.inputs);
    }
    emitter.nodes = nodes;
    emitter.name_builders();
    let markers = emitter.marker_names();
    let choices = emitter.combos.keys().chain(emitter.dynamics.keys());
    let aliases = emitter.combos.values().filter_map(|combo| combo.model.alias.as_deref());
    emitter.shared = choices.copied().chain(aliases).filter(|name| markers.contains(*name)).collect();
    emitter.modules()
}

impl<'n, 'c> Emitter<'n, 'c> {
    /// Finds the types that inputs bring. Equal names are equal types.
    fn collect(&mut self, def: &'n NodeDef, inputs: &'n [InputModel<'c>]) {
        for input in inputs {
            match &input.form {
                Form::Combo(model) => {
                    self.combos.entry(&model.ident).or_insert(Owned { model, def });
                }
                Form::Dynamic(model) => {
                    self.dynamics.entry(&model.ident).or_insert(Owned { model, def });
                    for option in &model.options {
                        self.collect(def, &option.inputs);
                    }
                }
                _ => {}
            }
        }
    }

    /// `<Type><Option>`, `<Type><Option>OrLike` where it is the builder of others too, lest rustc seem to speak of an
    /// option that nobody chose. Those that would be called the same get a hash.
    fn name_builders(&mut self) {
        let mut wishes: BTreeMap<String, Vec<(&str, Vec<&OptionModel<'_>>)>> = BTreeMap::new();
        for (ident, dynamic) in &self.dynamics {
            for options in dynamic.model.builders() {
                let Some(first) = options.first() else { continue };
                let others = if options.len() > 1 { "OrLike" } else { "" };
                let wish = format!("{ident}{}{others}", upper(&first.def.key));
                wishes.entry(wish).or_default().push((ident, options));
            }
        }
        for (wish, rivals) in wishes {
            let alone = rivals.len() == 1 && !self.dynamics.contains_key(wish.as_str());
            for (ident, options) in rivals {
                let Some(first) = options.first() else { continue };
                let original = format!("{ident}\0{}", first.def.key);
                let name = if alone { wish.clone() } else { hashed(&wish, &original, Case::Upper, 16) };
                self.builders.extend(options.iter().map(|option| ((ident, &*option.def.key), name.clone())));
            }
        }
    }

    fn modules(&self) -> Result<Vec<Module>, Error> {
        let mut modules = vec![
            Module::new(&["types"], "Socket types: what an `Output` can carry.", self.io_types())?,
            Module::new(&["combos"], "What combos can be set to.", self.combo_types())?,
            Module::new(&["options"], "Options of dynamic combos, with their inputs.", self.option_types())?,
            Module::new(&["out"], "What `g.add` returns for nodes of several outputs.", self.result_types())?,
            Module::new(&["needs"], "Names of required inputs, for the compiler's messages.", self.needs())?,
        ];
        modules.extend(self.node_modules()?);
        modules.push(Module::root(&modules, self.shared.iter().copied()));
        Ok(modules)
    }

    /// The tokens of a type's text: a marker, a union or a type parameter.
    fn type_tokens(&self, text: &str) -> TokenStream {
        if let Some(known) = self.types.borrow().get(text) {
            return known.clone();
        }
        // names are identifiers and unions are made of names, so this is always Rust
        let tokens = TokenStream::from_str(text).unwrap_or_else(|_| quote!(Any));
        self.types.borrow_mut().insert(text.to_owned(), tokens.clone());
        tokens
    }

    /// The type of a combo or dynamic combo, as the other modules see it.
    fn choice_tokens(&self, name: &str) -> TokenStream {
        let shared = self.shared.contains(name);
        let name = ident(name);
        if shared { quote!(combos::#name) } else { quote!(#name) }
    }

    /// One marker per name of a required input, named like its setter.
    fn needs(&self) -> TokenStream {
        let top = self.nodes.iter().flat_map(|node| &node.inputs);
        let nested = self.dynamics.values().flat_map(|d| &d.model.options).flat_map(|option| &option.inputs);
        let mut names: BTreeMap<&str, bool> = BTreeMap::new();
        for (input, of_option) in top.map(|input| (input, false)).chain(nested.map(|input| (input, true))) {
            if input.required {
                *names.entry(&input.setter).or_default() |= of_option;
            }
        }
        let calls = names.into_iter().map(|(name, of_option)| {
            let (name, option) = (ident(name), of_option.then(|| quote!(option)));
            // rustc quotes the call that made a marker, so each name has its own
            quote!(::comfy_dsl::__private::needs! { #option #name })
        });
        quote!(#(#calls)*)
    }
}

/// What is one type in Rust, each under its name.
type Group<'t, T> = [(&'t str, T)];

/// Those that are one, together; the first stands for all. It is of the plainest node, not of the catalog's first.
/// `rough` is equal for all that are one.
fn groups<'t, T, K: Ord>(
    all: impl Iterator<Item = (&'t str, T)>,
    node: impl Fn(&T) -> &NodeDef,
    rough: impl Fn(&T) -> K,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<Box<Group<'t, T>>> {
    let mut sorted: Vec<_> = all.collect();
    sorted.sort_by_key(|(name, one)| {
        let def = node(one);
        (def.deprecated, def.experimental, def.api_node, name.len(), *name)
    });
    let mut groups: Vec<Vec<(&str, T)>> = Vec::new();
    let mut known: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (name, one) in sorted {
        let alike = known.entry(rough(&one)).or_default();
        let is_of =
            |at: &usize| groups.get(*at).and_then(|g| g.first()).is_some_and(|(_, first)| same(first, &one));
        if let Some(group) = alike.iter().copied().find(is_of).and_then(|at| groups.get_mut(at)) {
            group.push((name, one));
        } else {
            alike.push(groups.len());
            groups.push(vec![(name, one)]);
        }
    }
    groups.sort_by_key(|group| group.first().map(|(name, _)| *name));
    groups.into_iter().map(Vec::into_boxed_slice).collect()
}

/// Where the types of a group occur.
fn places<M>(group: &Group<'_, &Owned<'_, M>>, input: impl Fn(&M) -> &str) -> String {
    let place = |owned: &Owned<'_, M>| format!("{}.{}", owned.def.class_type, input(owned.model));
    listed(group.iter().map(|(_, owned)| place(owned)).collect())
}

/// `A`, `B` and `C`, in code; of many some.
fn listed(mut names: Vec<String>) -> String {
    const MOST: usize = 4;
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(MOST);
    let mut names: Vec<String> = names.iter().take(MOST).map(|name| docs::code(name)).collect();
    if more > 0 {
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Another name of a type.
fn alias(name: &Ident, parameters: &TokenStream, of: &Ident) -> TokenStream {
    let docs = docs::doc(&format!("Another name of [`{of}`]."));
    quote!(#docs pub type #name #parameters = #of #parameters;)
}

/// An identifier. Names come from [`names`](crate::names), which gives legal ones only.
fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The imports of modules that use the generated types. The runtime's are named one by one, because a marker may be
/// called like something else of the runtime.
fn imports(root: &TokenStream) -> TokenStream {
    quote! {
        #[allow(unused_imports, reason = "the same in all modules")]
        use ::comfy_dsl::__private::{
            Accepts, Any, Bool, BoolInput, Choice, Combo, Float, FloatInput, Int, IntInput, IntoInput, IsSet,
            LinkInput, List, NodeRef, Output, SeedInput, Set, Str, StrInput,
        };
        use #root::*;
    }
}

/// `Clone` and `Copy` by hand: rustc takes longer over a derive, and a derive would ask parameters to be `Copy`.
fn copy_impls(name: &Ident, parameters: &TokenStream) -> TokenStream {
    quote! {
        impl #parameters Clone for #name #parameters { fn clone(&self) -> Self { *self } }
        impl #parameters Copy for #name #parameters {}
    }
}

/// The parameters of the required inputs: `S0`, `S1` …
fn states(inputs: &[InputModel<'_>]) -> Vec<(Ident, Ident)> {
    let required = inputs.iter().filter(|input| input.required);
    required.enumerate().map(|(at, input)| (ident(&format!("S{at}")), ident(&input.setter))).collect()
}

//! Names of lifetimes: which are declared, where one has to be written, and which structs have one.
//!
//! How long references live is nothing that is asked here: `moves` refuses those of which it cannot tell. Of structs
//! with references only those that [hold a flow](holds_flow) are read, and functions give them back only where all
//! that they can come from has the lifetime of the result.

use std::collections::BTreeMap;

use comfy_graph::diag::codes;
use syn::{
    Type,
    visit::{self, Visit},
};

use super::{at::At, program::Program, report::Report};

/// Checks a program, of which the items are known.
pub(super) fn check(file: &syn::File, program: &Program<'_>, report: &Report) {
    let known =
        |generics: &syn::Generics, holds_flow| Known { lifetimes: generics.lifetimes().count(), holds_flow };
    let enums = program.enums.iter().map(|each| (&each.item.ident, known(&each.item.generics, false)));
    let structs = program
        .structs
        .iter()
        .map(|each| (&each.item.ident, known(&each.item.generics, holds_flow(each.item))));
    let types = enums.chain(structs).map(|(ident, known)| (ident.to_string(), known)).collect();
    let scope = Scope { types: &types, owner: None };
    Names { scope, declared: Vec::new(), place: Place::Anywhere, report }.visit_file(file);
}

/// Whether a struct has one lifetime, and that is the one of its references to flows: `struct Pipeline<'g> { g: &'g Flow, .. }`.
pub(super) fn holds_flow(item: &syn::ItemStruct) -> bool {
    let mut own = item.generics.lifetimes();
    let (Some(own), None, true) = (own.next(), own.next(), are_lifetimes(&item.generics)) else {
        return false;
    };
    let is_flow = |ty: &Type| match ty {
        Type::Reference(reference) => {
            reference.lifetime.as_ref() == Some(&own.lifetime)
                && reference.mutability.is_none()
                && matches!(&*reference.elem, Type::Path(path) if is_named(&path.path, "Flow"))
        }
        _ => false,
    };
    let (flows, others): (Vec<&syn::Field>, Vec<_>) =
        item.fields.iter().partition(|field| is_flow(&field.ty));
    !flows.is_empty() && !others.iter().any(|field| names_lifetime(&field.ty))
}

/// Whether generics are nothing but lifetimes.
pub(super) fn are_lifetimes(generics: &syn::Generics) -> bool {
    let plain = |param: &syn::GenericParam| matches!(param, syn::GenericParam::Lifetime(own) if own.bounds.is_empty());
    generics.params.iter().all(plain) && generics.where_clause.is_none()
}

fn is_named(path: &syn::Path, name: &str) -> bool {
    path.segments.last().is_some_and(|segment| segment.ident == name)
}

/// Whether a lifetime is written in a type, but for `'static`.
fn names_lifetime(ty: &Type) -> bool {
    struct Find(bool);
    impl<'ast> Visit<'ast> for Find {
        fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
            self.0 |= lifetime.ident != "static";
        }
    }
    let mut find = Find(false);
    find.visit_type(ty);
    find.0
}

/// What is known of a struct or an enum by its name.
#[derive(Clone, Copy)]
struct Known {
    lifetimes: usize,
    holds_flow: bool,
}

/// What types can name.
struct Scope<'s> {
    /// The structs and enums of the program.
    types: &'s BTreeMap<String, Known>,
    /// In an `impl` of a struct that holds a flow: its lifetime.
    owner: Option<String>,
}

impl Scope<'_> {
    fn known(&self, path: &syn::Path) -> Option<Known> {
        self.types.get(&path.segments.last()?.ident.to_string()).copied()
    }

    /// The lifetime of a struct that holds a flow, if the path is one.
    fn held(&self, path: &syn::Path) -> Option<String> {
        if let (Some(owner), true) = (&self.owner, path.is_ident("Self")) {
            return Some(owner.clone());
        }
        self.known(path)?.holds_flow.then(|| name(arguments(path).next()))
    }
}

/// The lifetimes that stand behind the last name of a path.
fn arguments(path: &syn::Path) -> impl Iterator<Item = &syn::Lifetime> {
    let arguments = path.segments.last().map(|segment| &segment.arguments);
    let given = match arguments {
        Some(syn::PathArguments::AngleBracketed(arguments)) => Some(&arguments.args),
        _ => None,
    };
    given.into_iter().flatten().filter_map(|argument| match argument {
        syn::GenericArgument::Lifetime(lifetime) => Some(lifetime),
        _ => None,
    })
}

/// A lifetime that is left out, or written `'_`.
const ELIDED: &str = "_";
/// That of `Self` where the `impl` is of `Name<'_>`.
const OF_SELF: &str = "Self";

/// The name of a lifetime.
fn name(lifetime: Option<&syn::Lifetime>) -> String {
    lifetime.map_or_else(|| ELIDED.to_owned(), |lifetime| lifetime.ident.to_string())
}

/// The references to flows in a type, by the names of their lifetimes, and all other references.
struct References<'s> {
    scope: &'s Scope<'s>,
    flows: Vec<String>,
    others: usize,
}

impl<'s> References<'s> {
    fn new(scope: &'s Scope<'s>) -> Self {
        Self { scope, flows: Vec::new(), others: 0 }
    }
}

impl<'ast> Visit<'ast> for References<'_> {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        match &*reference.elem {
            Type::Path(path) if is_named(&path.path, "Flow") => {
                self.flows.push(name(reference.lifetime.as_ref()));
            }
            _ => {
                self.others += 1;
                visit::visit_type_reference(self, reference);
            }
        }
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        self.flows.extend(self.scope.held(&path.path));
        visit::visit_type_path(self, path);
    }
}

/// Where a type stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a field: lifetimes are written.
    Field,
    /// What an `impl` is of: those of structs are.
    Header,
    Anywhere,
}

struct Names<'s> {
    scope: Scope<'s>,
    /// The lifetimes that the items around declare.
    declared: Vec<String>,
    place: Place,
    report: &'s Report,
}

impl Names<'_> {
    /// Looks at an item in which its own lifetimes are known.
    fn with(&mut self, generics: &syn::Generics, look: impl FnOnce(&mut Self)) {
        let before = self.declared.len();
        self.declared.extend(generics.lifetimes().map(|each| each.lifetime.ident.to_string()));
        look(self);
        self.declared.truncate(before);
    }

    fn types<'ast>(&mut self, place: Place, types: impl Iterator<Item = &'ast Type>) {
        let outer = std::mem::replace(&mut self.place, place);
        types.for_each(|ty| self.visit_type(ty));
        self.place = outer;
    }

    fn missing(&self, at: At, help: &str) {
        self.report.with_help(codes::RUST_TYPE, at, "missing lifetime specifier", help);
    }

    /// A function that gives a struct with a flow in it takes that flow from somewhere: it has to be sure from where.
    fn result(&self, sig: &syn::Signature) {
        let syn::ReturnType::Type(_, ty) = &sig.output else { return };
        let mut given = References::new(&self.scope);
        given.visit_type(ty);
        let Some(wanted) = given.flows.first() else { return };
        let mut taken = References::new(&self.scope);
        let mut looks_at_self = false;
        for input in &sig.inputs {
            match input {
                syn::FnArg::Typed(typed) => taken.visit_type(&typed.ty),
                syn::FnArg::Receiver(receiver) => {
                    looks_at_self |= matches!(receiver.kind, syn::ReceiverKind::Reference(..));
                    taken.flows.extend(self.scope.owner.clone().filter(|_| wanted != ELIDED));
                }
            }
        }
        let positions = taken.flows.len() + taken.others;
        let is_sure = if wanted != ELIDED {
            taken.flows.iter().all(|flow| flow == wanted)
        } else if looks_at_self {
            taken.flows.is_empty()
        } else if positions == 1 {
            taken.flows.len() == 1
        } else {
            let help = "say whose it is: `fn f<'g>(g: &'g Flow, ..) -> Name<'g>`";
            return self.missing(At::of_type(ty), help);
        };
        if !is_sure || given.flows.iter().any(|flow| flow != wanted) {
            let instead =
                "give all flows that it takes the lifetime of the result, as `&'g Flow` for `Name<'g>`";
            self.report.unsupported_but(At::of_type(ty), "this result with a reference in it", instead);
        }
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        // functions inside of methods have no `Self`
        let owner = self.scope.owner.take();
        self.with(&item.sig.generics, |names| {
            names.result(&item.sig);
            visit::visit_item_fn(names, item);
        });
        self.scope.owner = owner;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.with(&item.sig.generics, |names| {
            names.result(&item.sig);
            visit::visit_impl_item_fn(names, item);
        });
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let held = match &*item.self_ty {
            Type::Path(path) => self.scope.held(&path.path),
            _ => None,
        };
        let owner = held.map(|name| if name == ELIDED { OF_SELF.to_owned() } else { name });
        let outer = std::mem::replace(&mut self.scope.owner, owner);
        self.with(&item.generics, |names| {
            names.types(Place::Header, std::iter::once(&*item.self_ty));
            item.items.iter().for_each(|each| names.visit_impl_item(each));
        });
        self.scope.owner = outer;
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        let fields = item.fields.iter().map(|field| &field.ty);
        self.with(&item.generics, |names| names.types(Place::Field, fields));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let fields = item.variants.iter().flat_map(|variant| &variant.fields).map(|field| &field.ty);
        self.with(&item.generics, |names| names.types(Place::Field, fields));
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.with(&item.generics, |names| visit::visit_item_type(names, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.with(&item.sig.generics, |names| {
            names.result(&item.sig);
            visit::visit_trait_item_fn(names, item);
        });
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let owner = self.scope.owner.take();
        self.with(&item.generics, |names| visit::visit_item_trait(names, item));
        self.scope.owner = owner;
    }

    fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
        if bound.lifetimes.is_none() {
            visit::visit_trait_bound(self, bound);
        }
    }

    fn visit_type_fn_ptr(&mut self, pointer: &'ast syn::TypeFnPtr) {
        if pointer.lifetimes.is_none() {
            // its parameters have lifetimes of their own
            let outer = std::mem::replace(&mut self.place, Place::Anywhere);
            visit::visit_type_fn_ptr(self, pointer);
            self.place = outer;
        }
    }

    fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
        if let Some(known) = self.scope.known(&path.path) {
            let given = arguments(&path.path).count();
            if given > 0 && given != known.lifetimes {
                let wanted = known.lifetimes;
                let message = format!("this type takes {wanted} lifetimes, not {given}");
                self.report.error(codes::RUST_TYPE, At::of(path), message);
            } else if given < known.lifetimes && known.holds_flow && self.place != Place::Anywhere {
                self.missing(At::of(path), "write `<'_>` or a lifetime behind the name");
            }
        }
        visit::visit_type_path(self, path);
    }

    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if self.place == Place::Field && reference.lifetime.is_none() {
            let at = At::span(reference.and_token.span);
            self.missing(at, "a constant text is a `&'static str`, any other text a `String`");
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        let name = lifetime.ident.to_string();
        let is_known = matches!(name.as_str(), "static" | "_") || self.declared.contains(&name);
        if !is_known {
            let message = format!("use of undeclared lifetime name `'{name}`");
            let help = format!("declare it, as in `fn f<'{name}>(..)`, or leave it out");
            self.report.with_help(codes::RUST_NAME, At::span(lifetime.ident.span()), message, help);
        }
    }

    // labels of loops are written like lifetimes
    fn visit_label(&mut self, _label: &'ast syn::Label) {}

    fn visit_expr_break(&mut self, each: &'ast syn::ExprBreak) {
        each.expr.iter().for_each(|value| self.visit_expr(value));
    }

    fn visit_expr_continue(&mut self, _each: &'ast syn::ExprContinue) {}
}

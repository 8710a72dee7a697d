//! Names of lifetimes: which are declared, and where one has to be written.
//!
//! How long references live is nothing that is asked here: `moves` refuses those of which it cannot tell.

use comfy_graph::diag::codes;
use syn::visit::{self, Visit};

use super::{at::At, report::Report};

/// Checks a program.
pub(super) fn check(file: &syn::File, report: &Report) {
    Names { declared: Vec::new(), in_fields: false, report }.visit_file(file);
}

struct Names<'r> {
    /// The lifetimes that the items around declare.
    declared: Vec<String>,
    /// A type of a struct's or an enum's field, which is no type of a function.
    in_fields: bool,
    report: &'r Report,
}

impl Names<'_> {
    /// Looks at an item in which its own lifetimes are known.
    fn with(&mut self, generics: &syn::Generics, look: impl FnOnce(&mut Self)) {
        let before = self.declared.len();
        self.declared.extend(generics.lifetimes().map(|each| each.lifetime.ident.to_string()));
        look(self);
        self.declared.truncate(before);
    }

    /// Looks at the fields of an item.
    fn fields<'ast>(&mut self, fields: impl Iterator<Item = &'ast syn::Field>) {
        for field in fields {
            self.in_fields = true;
            self.visit_type(&field.ty);
            self.in_fields = false;
        }
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.with(&item.sig.generics, |names| visit::visit_item_fn(names, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.with(&item.sig.generics, |names| visit::visit_impl_item_fn(names, item));
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.with(&item.generics, |names| visit::visit_item_impl(names, item));
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.with(&item.generics, |names| names.fields(item.fields.iter()));
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let fields = item.variants.iter().flat_map(|variant| &variant.fields);
        self.with(&item.generics, |names| names.fields(fields));
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.with(&item.generics, |names| visit::visit_item_type(names, item));
    }

    // what declares its lifetimes in still other ways is not read
    fn visit_item_trait(&mut self, _item: &'ast syn::ItemTrait) {}

    fn visit_trait_bound(&mut self, bound: &'ast syn::TraitBound) {
        if bound.lifetimes.is_none() {
            visit::visit_trait_bound(self, bound);
        }
    }

    fn visit_type_fn_ptr(&mut self, pointer: &'ast syn::TypeFnPtr) {
        if pointer.lifetimes.is_none() {
            // its parameters have lifetimes of their own
            let outer = std::mem::replace(&mut self.in_fields, false);
            visit::visit_type_fn_ptr(self, pointer);
            self.in_fields = outer;
        }
    }

    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if self.in_fields && reference.lifetime.is_none() {
            let at = At::span(reference.and_token.span);
            let help = "a constant text is a `&'static str`, any other text a `String`";
            self.report.with_help(codes::RUST_TYPE, at, "missing lifetime specifier", help);
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

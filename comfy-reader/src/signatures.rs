//! The signatures of functions, and the types of constants and fields.

use comfy_graph::diag::codes;
use quote::ToTokens as _;
use syn::{ReturnType, Type, TypeParamBound, punctuated::Punctuated};

use super::{
    at::At,
    impls,
    program::{Bound, Param, Program},
    report::Report,
    resolve::Resolver,
    ty::{Con, Ty},
    types::{Holes, TypeReader},
    world::World,
};

/// Bounds as they are written.
type Bounds = Punctuated<TypeParamBound, syn::Token![+]>;

/// Reads the signatures and fields of all items. What is wrong with the function that stands aside goes to a report
/// of its own.
pub(super) fn read<'a>(
    program: &mut Program<'a>,
    world: &World<'a, '_>,
    report: &Report,
    aside: (Option<u32>, &Report),
) {
    impls::find(program, world, report);
    let report_of = |at: usize| match aside {
        (Some(index), own) if index as usize == at => own,
        _ => report,
    };
    let mut implied = Vec::new();
    let fns: Vec<_> =
        (0..program.fns.len()).map(|at| signature(program, world, report_of(at), at, &mut implied)).collect();
    program.params.extend(implied);
    for (item, Read { params, result, bounds }) in program.fns.iter_mut().zip(fns) {
        (item.params, item.result) = (params, result);
        for (param, bound) in bounds {
            if let Some(param) = program.params.get_mut(param as usize) {
                param.bounds.push(bound);
            }
        }
    }
    impls::check(program, world, report);
    let mut no_holes = |at: At| {
        report.error(codes::RUST_TYPE, at, "the type has to be written out here");
        Ty::error()
    };
    let reader = |module| TypeReader { resolver: Resolver { world, program, report, seen: None }, module };
    let consts: Vec<_> =
        program.consts.iter().map(|item| reader(item.module).read(item.written, &mut no_holes)).collect();
    let structs: Vec<_> = program
        .structs
        .iter()
        .map(|item| fields(&reader(item.module), &item.item.fields, &mut no_holes))
        .collect();
    let enums: Vec<Vec<_>> = program
        .enums
        .iter()
        .map(|item| {
            let variants = item.item.variants.iter();
            variants
                .map(|variant| {
                    if let Some((_, discriminant)) = &variant.discriminant {
                        report.unsupported(At::expr(discriminant), "the number of a variant");
                    }
                    (variant.ident.to_string(), fields(&reader(item.module), &variant.fields, &mut no_holes))
                })
                .collect()
        })
        .collect();
    program.consts.iter_mut().zip(consts).for_each(|(item, ty)| item.ty = ty);
    program.structs.iter_mut().zip(structs).for_each(|(item, fields)| item.fields = fields);
    program.enums.iter_mut().zip(enums).for_each(|(item, variants)| item.variants = variants);
}

fn fields<'a>(
    reader: &TypeReader<'_, 'a, '_>,
    fields: &syn::Fields,
    holes: Holes<'_, 'a>,
) -> Vec<(String, Ty<'a>)> {
    let named = fields.iter().enumerate().map(|(at, field)| {
        let name = field.ident.as_ref().map_or_else(|| at.to_string(), ToString::to_string);
        (name, reader.read(&field.ty, holes))
    });
    named.collect()
}

/// A signature.
struct Read<'a> {
    params: Vec<Ty<'a>>,
    result: Ty<'a>,
    /// What type parameters promise.
    bounds: Vec<(u32, Bound<'a>)>,
}

/// Reads a signature; what `impl Trait` makes goes to `implied`, which are the type parameters after those of the program.
fn signature<'a>(
    program: &Program<'a>,
    world: &World<'a, '_>,
    report: &Report,
    at: usize,
    implied: &mut Vec<Param<'a>>,
) -> Read<'a> {
    let Some(item) = program.fns.get(at) else {
        return Read { params: Vec::new(), result: Ty::error(), bounds: Vec::new() };
    };
    let reader =
        TypeReader { resolver: Resolver { world, program, report, seen: None }, module: item.module };
    let sig = item.sig;
    if let Some(token) = &sig.asyncness {
        report.unsupported(At::of(token), "`async`");
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        report.unsupported(At::of(token), "`unsafe`");
    }
    let mut open = |at: At| {
        report.error(codes::RUST_TYPE, at, "the type has to be written out in a signature");
        Ty::error()
    };
    let mut params = Vec::new();
    for input in &sig.inputs {
        params.push(match input {
            syn::FnArg::Receiver(receiver) => reader.receiver(receiver),
            syn::FnArg::Typed(typed) => match &*typed.ty {
                Type::ImplTrait(of) => {
                    let next = program.params.len() + implied.len();
                    let bounds = reader.bounds(&of.bounds, At::of(of));
                    implied.push(Param { bounds, text: of.to_token_stream().to_string() });
                    Ty::con(Con::Param(u32::try_from(next).unwrap_or(u32::MAX)))
                }
                Type::Reference(reference) if reference.mutability.is_some() => {
                    let target = reader.read(&reference.elem, &mut open);
                    if matches!(&target, Ty::Con(Con::Ref, inner) if !matches!(inner[0], Ty::Con(Con::Str, _))) {
                        report.unsupported(At::of(typed), "`&mut` of a reference");
                    }
                    Ty::with(Con::RefMut, [target])
                }
                ty => reader.read(ty, &mut open),
            },
        });
    }
    let result = match &sig.output {
        ReturnType::Default => Ty::unit(),
        ReturnType::Type(_, ty) => reader.read(ty, &mut open),
    };
    Read { params, result, bounds: reader.promises(item) }
}

impl<'a> TypeReader<'_, 'a, '_> {
    /// Bounds that are joined with `+`.
    fn bounds(&self, written: &Bounds, at: At) -> Vec<Bound<'a>> {
        let read: Option<Vec<_>> = written.iter().map(|bound| self.bound(bound)).collect();
        read.unwrap_or_else(|| {
            let instead = "`FloatInput` and its like are read, `Into<String>`, `Display`, `Clone`, `Copy`, comparisons, and \
                           `Fn(A) -> B`";
            self.report().unsupported_but(at, "this trait", instead);
            Vec::new()
        })
    }

    /// What the type parameters of a function promise, in the brackets and behind `where`.
    fn promises(&self, item: &super::program::FnItem<'a>) -> Vec<(u32, Bound<'a>)> {
        let generics = &item.sig.generics;
        let mut promises = Vec::new();
        for (param, index) in generics.type_params().zip(&item.generics) {
            let bounds = self.bounds(&param.bounds, At::of(param));
            promises.extend(bounds.into_iter().map(|bound| (*index, bound)));
            if let Some((_, default)) = &param.default {
                self.report().unsupported(At::of_type(default), "the default of a type parameter");
            }
        }
        for param in generics.const_params() {
            self.report().unsupported(At::of(param), "a constant as a parameter of a type");
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            let at = At::of(predicate);
            let syn::WherePredicate::Type(promise) = predicate else {
                self.report().unsupported(at, "this promise");
                continue;
            };
            let of = self.read(&promise.bounded_ty, &mut |_| Ty::error());
            match of {
                Ty::Con(Con::Param(index), _) if item.generics.contains(&index) => {
                    let bounds = self.bounds(&promise.bounds, at);
                    promises.extend(bounds.into_iter().map(|bound| (index, bound)));
                }
                Ty::Con(Con::Error, _) => {}
                _ => self.report().unsupported(at, "a promise of anything but a type parameter"),
            }
        }
        promises
    }
}

//! Types as they are written → types, and the signatures of a program.

use std::collections::BTreeMap;

use comfy_graph::diag::codes;
use quote::ToTokens as _;
use syn::{
    AngleBracketedGenericArguments, GenericArgument, PathArguments, ReturnType, Type, TypeParamBound,
    punctuated::Punctuated,
};

use super::{
    at::At,
    program::{Bound, Calls, Member, Name, Param, Program, TraitImpl, mark},
    report::Report,
    resolve::{Res, Resolver, Space, instead_of, plain_type},
    ty::{Con, Ty},
    world::{Generated, World},
};

/// Reads written types in one module.
pub(super) struct TypeReader<'w, 'a, 'c> {
    pub(super) resolver: Resolver<'w, 'a, 'c>,
    pub(super) module: usize,
}

/// Bounds as they are written.
type Bounds = Punctuated<TypeParamBound, syn::Token![+]>;

/// What to do with the places where a type is left open (`_`, `Vec` without argument).
pub(super) type Holes<'h, 'a> = &'h mut dyn FnMut(At) -> Ty<'a>;

/// The segments of a path.
pub(super) fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

impl<'a> TypeReader<'_, 'a, '_> {
    fn report(&self) -> &Report {
        self.resolver.report
    }

    /// The type that is written. `holes` gives the types that are left to inference.
    pub(super) fn read(&self, ty: &Type, holes: Holes<'_, 'a>) -> Ty<'a> {
        match ty {
            Type::Path(path) if path.qself.is_none() => self.path(&path.path, holes),
            Type::Reference(reference) => {
                if reference.mutability.is_some() {
                    let instead = "`&mut` is read as the type of a parameter: `fn f(list: &mut Vec<i64>)`";
                    self.report().unsupported_but(At::of_type(ty), "`&mut` here", instead);
                    return Ty::error();
                }
                match &*reference.elem {
                    Type::TraitObject(object) => self.dyn_type(object).reference(),
                    elem => self.read(elem, holes).reference(),
                }
            }
            Type::Tuple(tuple) => {
                let elements: Vec<_> = tuple.elems.iter().map(|ty| self.read(ty, holes)).collect();
                Ty::with(Con::Tuple, elements)
            }
            Type::Array(array) => {
                let item = self.read(&array.elem, holes);
                match self.length(&array.len) {
                    Some(length) => Ty::with(Con::Array(length), [item]),
                    None => {
                        self.report().unsupported(At::expr(&array.len), "this length of an array");
                        Ty::error()
                    }
                }
            }
            Type::Slice(slice) => Ty::with(Con::Slice, [self.read(&slice.elem, holes)]),
            Type::Paren(paren) => self.read(&paren.elem, holes),
            Type::Group(group) => self.read(&group.elem, holes),
            Type::Infer(_) => holes(At::of_type(ty)),
            Type::Never(_) => Ty::con(Con::Never),
            Type::FnPtr(pointer) => self.fn_pointer(pointer, holes),
            _ => {
                self.report().unsupported(At::of_type(ty), "this type");
                Ty::error()
            }
        }
    }

    /// `fn(A, B) -> C`: the result stands last among the arguments.
    fn fn_pointer(&self, pointer: &syn::TypeFnPtr, holes: Holes<'_, 'a>) -> Ty<'a> {
        let mut types: Vec<_> = pointer.inputs.iter().map(|input| self.read(&input.ty, holes)).collect();
        types.push(match &pointer.output {
            ReturnType::Default => Ty::unit(),
            ReturnType::Type(_, ty) => self.read(ty, holes),
        });
        Ty::with(Con::FnPtr, types)
    }

    /// A literal, or a constant that is one.
    fn length(&self, expr: &syn::Expr) -> Option<usize> {
        match expr {
            syn::Expr::Lit(lit) => match &lit.lit {
                syn::Lit::Int(int) => int.base10_parse().ok(),
                _ => None,
            },
            syn::Expr::Path(path) => {
                let found = self.resolver.path(self.module, &segments(&path.path), Space::Value)?;
                let Res::Name(Name::Const(index)) = found else { return None };
                match self.resolver.program.consts.get(index as usize)?.value {
                    syn::Expr::Lit(lit) => match &lit.lit {
                        syn::Lit::Int(int) => int.base10_parse().ok(),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn path(&self, path: &syn::Path, holes: Holes<'_, 'a>) -> Ty<'a> {
        let names = segments(path);
        let at = At::of(path);
        let Some(found) = self.resolver.path(self.module, &names, Space::Type) else {
            self.resolver.unknown(&names, "type", at, &[]);
            return Ty::error();
        };
        let arguments = path.segments.last().map(|segment| &segment.arguments);
        let of_fmt = names.iter().rev().nth(1).is_some_and(|owner| owner == "fmt");
        if of_fmt && matches!((found, arguments), (Res::Builtin("Result"), Some(PathArguments::None))) {
            return fmt_result();
        }
        if matches!(found, Res::Builtin("Box")) {
            return self.boxed(arguments, at);
        }
        let args = self.arguments(arguments, holes);
        self.resolved(found, &names, args, at, holes)
    }

    /// `dyn Trait` of a trait of the program.
    fn dyn_type(&self, object: &syn::TypeTraitObject) -> Ty<'a> {
        if let Some(TypeParamBound::Trait(bound)) = object.bounds.first()
            && object.bounds.len() == 1
            && let Some(Res::Name(Name::Trait(of))) =
                self.resolver.path(self.module, &segments(&bound.path), Space::Type)
            && self.resolver.program.traits.get(of as usize).is_some_and(|item| is_object(item.item))
        {
            return Ty::con(Con::Dyn(of));
        }
        self.report().unsupported(At::of(object), "this `dyn` type");
        Ty::error()
    }

    /// `Box<dyn Error>`, and `Box<dyn Trait>` of a trait of the program; other boxes are not read.
    fn boxed(&self, arguments: Option<&PathArguments>, at: At) -> Ty<'a> {
        let only = match arguments {
            Some(PathArguments::AngleBracketed(given)) if given.args.len() == 1 => given.args.first(),
            _ => None,
        };
        if let Some(GenericArgument::Type(Type::TraitObject(object))) = only {
            if let Some(TypeParamBound::Trait(bound)) = object.bounds.first()
                && object.bounds.len() == 1
                && let Some(Res::Builtin("Error")) =
                    self.resolver.path(self.module, &segments(&bound.path), Space::Type)
            {
                return Ty::con(Con::BoxError);
            }
            return Ty::with(Con::Boxed, [self.dyn_type(object)]);
        }
        self.report().unsupported_std(at, "Box", instead_of("Box"));
        Ty::error()
    }

    /// The arguments in angle brackets.
    fn arguments(&self, arguments: Option<&PathArguments>, holes: Holes<'_, 'a>) -> Vec<Ty<'a>> {
        let Some(PathArguments::AngleBracketed(arguments)) = arguments else { return Vec::new() };
        self.bracketed(arguments, holes)
    }

    pub(super) fn bracketed(
        &self,
        arguments: &AngleBracketedGenericArguments,
        holes: Holes<'_, 'a>,
    ) -> Vec<Ty<'a>> {
        let mut types = Vec::new();
        for argument in &arguments.args {
            match argument {
                GenericArgument::Type(ty) => types.push(self.read(ty, holes)),
                GenericArgument::Lifetime(_) => {}
                GenericArgument::Const(_) => {
                    let message = "a value where a type is expected";
                    self.report().error(codes::RUST_TYPE, At::of(argument), message);
                    types.push(Ty::error());
                }
                other => self.report().unsupported(At::of(other), "this type argument"),
            }
        }
        types
    }

    fn resolved(
        &self,
        found: Res<'a>,
        names: &[String],
        args: Vec<Ty<'a>>,
        at: At,
        holes: Holes<'_, 'a>,
    ) -> Ty<'a> {
        let ty = match found {
            Res::Builtin(name) => return self.builtin(name, args, at, holes),
            Res::Name(Name::Struct(index)) => Ty::con(Con::Struct(index)),
            Res::Name(Name::Enum(index)) => Ty::con(Con::Enum(index)),
            Res::Name(Name::Alias(index)) => return self.alias(index, at, holes),
            Res::Name(Name::Param(index)) => Ty::con(Con::Param(index)),
            Res::Generated(Generated::Marker(marker)) => Ty::con(Con::Marker(marker)),
            Res::Generated(Generated::Combo(combo)) => Ty::con(Con::Combo(combo)),
            Res::Generated(Generated::Dynamic(dynamic)) => Ty::con(Con::Dynamic(dynamic)),
            Res::Out(model) => {
                let generics = super::builder::out_generics(model).len();
                if args.len() != generics {
                    self.arity(names, generics, at);
                    return Ty::error();
                }
                return Ty::with(Con::Out(model), args);
            }
            Res::Generated(Generated::Node(_)) => {
                self.report().unsupported(at, "the type of a node that is not added yet");
                return Ty::error();
            }
            found @ (Res::Name(_) | Res::Variant(..) | Res::Inside(_)) => {
                let name = names.last().map_or("", String::as_str);
                match instead_of(name).filter(|_| matches!(found, Res::Inside(_))) {
                    Some(instead) => self.report().unsupported_std(at, name, Some(instead)),
                    None => self.report().error(codes::RUST_TYPE, at, format!("`{name}` is no type")),
                }
                return Ty::error();
            }
        };
        if args.is_empty() {
            return ty;
        }
        self.arity(names, 0, at);
        Ty::error()
    }

    fn arity(&self, names: &[String], wanted: usize, at: At) {
        let name = names.last().map_or("", String::as_str);
        self.report().error(codes::RUST_TYPE, at, format!("`{name}` takes {wanted} type arguments"));
    }

    fn alias(&self, index: u32, at: At, holes: Holes<'_, 'a>) -> Ty<'a> {
        let Some((item, module)) = self.resolver.program.aliases.get(index as usize) else {
            return Ty::error();
        };
        if !item.generics.params.is_empty() || mentions(&item.ty, &item.ident.to_string()) {
            self.report().unsupported(at, "this type alias");
            return Ty::error();
        }
        TypeReader { resolver: self.resolver, module: *module }.read(&item.ty, holes)
    }

    fn builtin(&self, name: &'static str, args: Vec<Ty<'a>>, at: At, holes: Holes<'_, 'a>) -> Ty<'a> {
        if let Some(con) = plain_type(name)
            && args.is_empty()
        {
            return Ty::con(con);
        }
        let con = match name {
            "Vec" => Con::Vec,
            "Option" => Con::Option,
            "Result" => Con::Result,
            "HashMap" => Con::Map(false),
            "BTreeMap" => Con::Map(true),
            "Output" => Con::Output,
            "Grow" => Con::Grow,
            "List" => Con::List,
            "Or" => Con::Or,
            _ if args.is_empty() && self.resolver.world.names.is_runtime_marker(name) => {
                return self.resolver.world.marker(name);
            }
            "AnyOf" => {
                return match args.as_slice() {
                    [Ty::Con(Con::Tuple, members)] => Ty::with(Con::AnyOf, members.clone()),
                    _ => Ty::error(),
                };
            }
            _ => {
                self.report().unsupported(at, &format!("`{name}` as a type"));
                return Ty::error();
            }
        };
        let wanted = if matches!(con, Con::Or | Con::Result | Con::Map(_)) { 2 } else { 1 };
        match args.len() {
            0 => Ty::with(con, (0..wanted).map(|_| holes(at)).collect::<Vec<_>>()),
            given if given == wanted => Ty::with(con, args),
            _ => {
                self.arity(&[name.to_owned()], wanted, at);
                Ty::error()
            }
        }
    }

    /// `Self`
    fn own(&self) -> Option<Ty<'a>> {
        match self.resolver.path(self.module, &["Self".to_owned()], Space::Type)? {
            Res::Name(Name::Struct(index)) => Some(Ty::con(Con::Struct(index))),
            Res::Name(Name::Enum(index)) => Some(Ty::con(Con::Enum(index))),
            Res::Name(Name::Param(index)) => Some(Ty::con(Con::Param(index))),
            _ => None,
        }
    }

    /// `self`, `&self`
    fn receiver(&self, receiver: &syn::Receiver) -> Ty<'a> {
        let at = At::of(receiver);
        let Some(own) = self.own() else {
            let message = "only functions of an `impl` block have a `self`";
            self.report().error(codes::RUST_SYNTAX, at, message);
            return Ty::error();
        };
        match &receiver.kind {
            syn::ReceiverKind::Value => own,
            syn::ReceiverKind::Reference(_, _, None) => own.reference(),
            syn::ReceiverKind::Reference(_, _, Some(_)) => Ty::with(Con::RefMut, [own]),
            _ => {
                self.report().unsupported_but(at, "this kind of `self`", "write `self` or `&self`");
                Ty::error()
            }
        }
    }

    /// A bound of a type parameter or of `impl Trait`.
    pub(super) fn bound(&self, bound: &TypeParamBound) -> Option<Bound<'a>> {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let plain = bound.lifetimes.is_none() && bound.maybe.is_none();
        let names = segments(&bound.path);
        let name = match self.resolver.path(self.module, &names, Space::Type).filter(|_| plain)? {
            Res::Builtin(name) => name,
            Res::Name(Name::Trait(of)) => return Some(Bound::Trait(of)),
            _ => return None,
        };
        let mut no_holes = |_| Ty::error();
        let last = bound.path.segments.last().map(|segment| &segment.arguments);
        if let ("IntoIterator", Some(PathArguments::AngleBracketed(given))) = (name, last) {
            return match given.args.first() {
                Some(GenericArgument::AssocType(item)) if given.args.len() == 1 && item.ident == "Item" => {
                    Some(Bound::Items(self.read(&item.ty, &mut no_holes)))
                }
                _ => None,
            };
        }
        if let Some(PathArguments::Parenthesized(given)) =
            bound.path.segments.last().map(|segment| &segment.arguments)
        {
            let calls = match name {
                "Fn" => Calls::Shared,
                "FnMut" => Calls::Mut,
                "FnOnce" => Calls::Once,
                _ => return None,
            };
            let params = given.inputs.iter().map(|arg| self.read(&arg.ty, &mut no_holes)).collect();
            let result = match &given.output {
                ReturnType::Default => Ty::unit(),
                ReturnType::Type(_, ty) => self.read(ty, &mut no_holes),
            };
            return Some(Bound::Fn(calls, params, result));
        }
        let args =
            self.arguments(bound.path.segments.last().map(|segment| &segment.arguments), &mut no_holes);
        let first = args.into_iter().next();
        Some(match (name, first) {
            ("IntInput", None) => Bound::Int,
            ("SeedInput", None) => Bound::Seed,
            ("FloatInput", None) => Bound::Float,
            ("StrInput", None) => Bound::Str,
            ("BoolInput", None) => Bound::Bool,
            ("RawValue", None) => Bound::RawValue,
            ("Choice", Some(ty)) => Bound::Choice(ty),
            ("Boundary", Some(ty)) => Bound::Boundary(ty),
            ("IntoInput", Some(ty)) => Bound::Into(ty),
            ("Into", Some(Ty::Con(Con::String, _))) => Bound::String,
            ("Into", Some(Ty::Con(Con::NodeRef, _))) => Bound::NodeRef,
            ("Display", None) => Bound::Display,
            ("Debug", None) => Bound::Debug,
            ("Clone", None) => Bound::Clone,
            ("Copy", None) => Bound::Copy,
            ("PartialEq", None) => Bound::PartialEq,
            ("PartialOrd", None) => Bound::PartialOrd,
            ("Eq", None) => Bound::Eq,
            ("Ord", None) => Bound::Ord,
            ("ComfyType", None) => Bound::ComfyType,
            _ => return None,
        })
    }
}

/// Whether a trait can be `dyn`: all of its functions are methods, and `Self` is nowhere else.
fn is_object(item: &syn::ItemTrait) -> bool {
    item.items.iter().all(|each| match each {
        syn::TraitItem::Fn(each) => {
            let typed = each.sig.inputs.iter().filter_map(|input| match input {
                syn::FnArg::Typed(typed) => Some(&*typed.ty),
                syn::FnArg::Receiver(_) => None,
            });
            let result = match &each.sig.output {
                ReturnType::Type(_, ty) => Some(&**ty),
                ReturnType::Default => None,
            };
            each.sig.receiver().is_some() && !typed.chain(result).any(|ty| mentions(ty, "Self"))
        }
        _ => false,
    })
}

/// Whether a type is written with this name; an alias of itself would never end.
fn mentions(ty: &Type, name: &str) -> bool {
    ty.to_token_stream()
        .to_string()
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|word| word == name)
}

/// The trait of the program that an `impl` is of; `Some(None)` for Rust's own that are read.
fn trait_of<'a>(
    program: &Program<'a>,
    world: &World<'a, '_>,
    report: &Report,
    item: &super::program::ImplItem<'a>,
    path: &syn::Path,
) -> Option<Option<u32>> {
    let resolver = Resolver { world, program, report, seen: None };
    match resolver.path(item.module, &segments(path), Space::Type)? {
        Res::Name(Name::Trait(of)) => Some(Some(of)),
        Res::Builtin("Default" | "From" | "Display") => Some(None),
        _ => None,
    }
}

/// Enters the functions of a trait's `impl`.
fn implement<'a>(
    program: &mut Program<'a>,
    report: &Report,
    of: u32,
    owner: Name,
    item: &super::program::ImplItem<'a>,
) {
    let at = At::of(&*item.item.self_ty);
    if program.trait_impls.iter().any(|each| each.of == of && each.owner == owner) {
        report.error(codes::RUST_NAME, at, "this trait is implemented twice for this type");
    }
    let mut functions = BTreeMap::new();
    for (ident, member) in &item.members {
        let declared =
            program.traits.get(of as usize).and_then(|item| item.functions.get(&ident.to_string()));
        match (declared, member.name) {
            (Some(declared), Name::Fn(index)) => {
                program.dispatch.insert((*declared, mark(owner)), index);
                if functions.insert(ident.to_string(), index).is_some() {
                    report.error(
                        codes::RUST_NAME,
                        At::of(*ident),
                        format!("`{ident}` is defined twice here"),
                    );
                }
            }
            _ => {
                let message = format!("the trait has no `{ident}`");
                report.error(codes::RUST_NAME, At::of(*ident), message);
            }
        }
    }
    program.trait_impls.push(TraitImpl { of, owner, item: item.item, functions });
}

/// Whether an `impl` has what its trait asks for.
fn complete(program: &Program<'_>, report: &Report, each: &TraitImpl<'_>) {
    let Some(of) = program.traits.get(each.of as usize) else { return };
    let own = match each.owner {
        Name::Struct(index) => Ty::con(Con::Struct(index)),
        Name::Enum(index) => Ty::con(Con::Enum(index)),
        _ => return,
    };
    for (name, declared) in &of.functions {
        let Some(wanted) = program.fns.get(*declared as usize) else { continue };
        let Some(found) = each.functions.get(name).and_then(|index| program.fns.get(*index as usize)) else {
            if wanted.block.is_none() {
                let message = format!("`{name}` of the trait `{}` is missing", of.ident);
                report.error(codes::RUST_TYPE, At::of(&*each.item.self_ty), message);
            }
            continue;
        };
        let same = |wanted: &Ty<'_>, found: &Ty<'_>| wanted.put_own(&own).same(found);
        let fits = wanted.params.len() == found.params.len()
            && wanted.params.iter().zip(&found.params).all(|(wanted, found)| same(wanted, found))
            && same(&wanted.result, &found.result)
            && wanted.sig.receiver().is_some() == found.sig.receiver().is_some()
            && found.generics.is_empty();
        if !fits {
            let message = format!("`{name}` is not as the trait `{}` declares it", of.ident);
            report.error(codes::RUST_TYPE, At::span(found.sig.ident.span()), message);
        }
    }
}

/// Whether this is an `impl` of Rust's trait of this name.
fn is_of(item: &syn::ItemImpl, name: &str) -> bool {
    let of = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    of.is_some_and(|of| of.ident == name)
}

/// Whether `fmt` is what `Display` asks for.
fn display(program: &Program<'_>, report: &Report, function: u32) {
    let Some(item) = program.fns.get(function as usize) else { return };
    let formatter = Ty::with(Con::RefMut, [Ty::con(Con::Formatter)]);
    let result = fmt_result();
    let fits = matches!(item.params.as_slice(), [Ty::Con(Con::Ref, _), given] if given.same(&formatter))
        && item.sig.receiver().is_some()
        && item.result.same(&result);
    if !fits {
        let message = "this is no `fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result`";
        report.error(codes::RUST_TYPE, At::span(item.sig.ident.span()), message);
    }
}

/// `std::fmt::Result`
pub(super) fn fmt_result<'a>() -> Ty<'a> {
    Ty::with(Con::Result, [Ty::unit(), Ty::con(Con::FmtError)])
}

/// Finds out whose the members of `impl` blocks are, and what `Self` is in them.
fn implementations<'a>(program: &mut Program<'a>, world: &World<'a, '_>, report: &Report) {
    let owner = |item: &super::program::ImplItem<'a>| {
        let Type::Path(path) = &*item.item.self_ty else { return None };
        let resolver = Resolver { world, program, report, seen: None };
        match resolver.path(item.module, &segments(&path.path), Space::Type) {
            Some(Res::Name(name @ (Name::Struct(_) | Name::Enum(_)))) => Some(name),
            _ => None,
        }
    };
    let owners: Vec<Option<Name>> = program.impls.iter().map(owner).collect();
    for (item, owner) in std::mem::take(&mut program.impls).into_iter().zip(owners) {
        let Some(owner) = owner else {
            report.unsupported(At::of(&*item.item.self_ty), "an `impl` of anything but a type of this file");
            continue;
        };
        if let Some(module) = program.modules.get_mut(item.module) {
            module.types.insert("Self".to_owned(), (owner, false));
            module.values.insert("Self".to_owned(), (owner, false));
        }
        if let Some((of, _)) = &item.item.trait_ {
            match trait_of(program, world, report, &item, of) {
                Some(Some(of)) => {
                    implement(program, report, of, owner, &item);
                    continue;
                }
                Some(None) => {}
                None => {
                    let instead = "give the type a method of its own: `impl Type { fn .. }`";
                    report.unsupported_but(At::of(of), "an `impl` of this trait", instead);
                    continue;
                }
            }
        }
        if is_of(item.item, "Display") {
            match item.members.as_slice() {
                [(ident, Member { name: Name::Fn(index), .. })] if **ident == "fmt" => {
                    if program.displays.insert(owner, *index).is_some() {
                        report.error(codes::RUST_NAME, At::of(*ident), "`Display` is implemented twice");
                    }
                }
                _ => {
                    let message = "an `impl Display` has a function `fmt`";
                    report.error(codes::RUST_NAME, At::of(&*item.item.self_ty), message);
                }
            }
            continue;
        }
        if is_of(item.item, "From") {
            let functions = item.members.iter().filter_map(|(_, member)| match member.name {
                Name::Fn(index) => Some((owner, index)),
                _ => None,
            });
            program.conversions.extend(functions);
            if !matches!(item.members.as_slice(), [(ident, _)] if **ident == "from") {
                report.error(
                    codes::RUST_NAME,
                    At::of(&*item.item.self_ty),
                    "an `impl From` has a function `from`",
                );
            }
            continue;
        }
        for (ident, member) in item.members {
            let known = program.members.entry(owner).or_default().insert(ident.to_string(), member);
            if known.is_some() {
                let message = format!("the name `{ident}` is defined twice for this type");
                report.error(codes::RUST_NAME, At::of(ident), message);
            }
        }
    }
}

/// Reads the signatures and fields of all items. What is wrong with the function that stands aside goes to a report
/// of its own.
pub(super) fn signatures<'a>(
    program: &mut Program<'a>,
    world: &World<'a, '_>,
    report: &Report,
    aside: (Option<u32>, &Report),
) {
    implementations(program, world, report);
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
    for (_, function) in &program.conversions {
        conversion(program, world, report, *function);
    }
    program.trait_impls.iter().for_each(|each| complete(program, report, each));
    program.displays.values().for_each(|function| display(program, report, *function));
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

/// Whether `fn from` takes what its `impl From<..>` says, and gives the type that it is for.
fn conversion<'a>(program: &Program<'a>, world: &World<'a, '_>, report: &Report, function: u32) {
    let Some(item) = program.fns.get(function as usize) else { return };
    let reader =
        TypeReader { resolver: Resolver { world, program, report, seen: None }, module: item.module };
    let of = program.headers.get(&item.module).map(|path| &path.segments);
    let given = match of.and_then(|segments| segments.last()).map(|segment| &segment.arguments) {
        Some(PathArguments::AngleBracketed(given)) => reader.bracketed(given, &mut |_| Ty::error()),
        _ => Vec::new(),
    };
    let own = reader.own();
    let fits = matches!((given.as_slice(), item.params.as_slice()), ([wanted], [own]) if wanted.same(own))
        && own.is_some_and(|own| own.same(&item.result));
    if !fits {
        let at = At::span(item.sig.ident.span());
        report.error(codes::RUST_TYPE, at, "this is not the `from` that its `impl From<..>` asks for");
    }
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

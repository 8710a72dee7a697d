//! Types and bounds as they are written → types.

use comfy_graph::diag::codes;
use quote::ToTokens as _;
use syn::{AngleBracketedGenericArguments, GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::{
    at::At,
    program::{Bound, Calls, Name},
    report::Report,
    resolve::{Res, Resolver, Space, instead_of, plain_type},
    ty::{Con, Ty},
    world::Generated,
};

/// Reads written types in one module.
pub(super) struct TypeReader<'w, 'a, 'c> {
    pub(super) resolver: Resolver<'w, 'a, 'c>,
    pub(super) module: usize,
}

/// What to do with the places where a type is left open (`_`, `Vec` without argument).
pub(super) type Holes<'h, 'a> = &'h mut dyn FnMut(At) -> Ty<'a>;

/// The segments of a path.
pub(super) fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

impl<'a> TypeReader<'_, 'a, '_> {
    pub(super) fn report(&self) -> &Report {
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
    pub(super) fn own(&self) -> Option<Ty<'a>> {
        match self.resolver.path(self.module, &["Self".to_owned()], Space::Type)? {
            Res::Name(Name::Struct(index)) => Some(Ty::con(Con::Struct(index))),
            Res::Name(Name::Enum(index)) => Some(Ty::con(Con::Enum(index))),
            Res::Name(Name::Param(index)) => Some(Ty::con(Con::Param(index))),
            _ => None,
        }
    }

    /// `self`, `&self`
    pub(super) fn receiver(&self, receiver: &syn::Receiver) -> Ty<'a> {
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

/// `std::fmt::Result`
pub(super) fn fmt_result<'a>() -> Ty<'a> {
    Ty::with(Con::Result, [Ty::unit(), Ty::con(Con::FmtError)])
}

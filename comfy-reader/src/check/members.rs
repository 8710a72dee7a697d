//! What the types of a program have of their own: methods, functions and constants of `impl` blocks, and defaults.

use comfy_graph::{diag::codes, suggest};
use syn::Expr as Syn;

use super::{Checker, node::Called};
use crate::{
    at::At,
    hir::{Callee, Const, Expr, Kind, Std},
    program::{Member, Name},
    resolve::Res,
    ty::{Con, Ty},
};

/// Methods of Rust's own traits, which types have by deriving them.
const DERIVED: &[&str] = &[
    "borrow",
    "clone",
    "cmp",
    "eq",
    "fmt",
    "ge",
    "gt",
    "hash",
    "into",
    "le",
    "lt",
    "max",
    "min",
    "ne",
    "partial_cmp",
    "to_owned",
    "to_string",
    "try_into",
];

/// Structs in structs in structs.
const MAX_NESTED_DEFAULTS: usize = 32;

impl<'a> Checker<'_, 'a, '_> {
    /// The struct or enum of the program that a type is.
    pub(super) fn own_name(ty: &Ty<'a>) -> Option<Name> {
        match ty {
            Ty::Con(Con::Struct(index), _) => Some(Name::Struct(*index)),
            Ty::Con(Con::Enum(index), _) => Some(Name::Enum(*index)),
            _ => None,
        }
    }

    /// A member that can be seen from here; says so if it is private.
    fn member(&self, owner: Name, name: &str, at: At) -> Option<Member> {
        let member = self.program.member(owner, name)?;
        let home = self.program.modules.get(member.module).and_then(|module| module.parent).unwrap_or(0);
        if !member.public && !self.resolver().is_within(self.module, home) {
            self.report.error(codes::RUST_NAME, at, format!("`{name}` is private"));
        }
        Some(member)
    }

    /// Says so if a field is private.
    pub(super) fn may_see_field(&self, index: u32, field: usize, at: At) {
        let Some(item) = self.program.structs.get(index as usize) else { return };
        let private = |field: &syn::Field| matches!(field.vis, syn::Visibility::Inherited);
        if item.item.fields.iter().nth(field).is_some_and(private)
            && !self.resolver().is_within(self.module, item.module)
        {
            let name = item.fields.get(field).map_or("", |(name, _)| name);
            let message = format!("field `{name}` of struct `{}` is private", item.item.ident);
            self.report.error(codes::RUST_NAME, at, message);
        }
    }

    /// A method of a type of the program.
    pub(super) fn own_method(
        &mut self,
        receiver: Expr<'a>,
        whole: &Ty<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
    ) -> Expr<'a> {
        let found = Self::own_name(ty).and_then(|owner| self.member(owner, call.name, call.here));
        let Some(Member { name: Name::Fn(index), .. }) = found else {
            if let Some(found) = self.method_of_trait(ty, call) {
                return self.trait_method(found, receiver, whole, ty, call, turbofish);
            }
            if DERIVED.contains(&call.name) {
                return self.other_method(receiver, ty, call);
            }
            return self.no_method(ty, call);
        };
        let Some(item) = self.program.fns.get(index as usize) else { return self.wrong(call.at) };
        let Some(own) = item.params.first().filter(|_| item.sig.receiver().is_some()) else {
            let message = format!("`{}` is a function of `{}`, and no method", call.name, self.show(ty));
            let help = format!("write `{}::{}(..)`", self.show(ty), call.name);
            self.report.with_help(codes::RUST_TYPE, call.here, message, help);
            self.args_for_errors(call.args);
            return self.wrong(call.at);
        };
        let receiver = self.receiver(receiver, whole, ty, own);
        self.call_own(index, Some((receiver, ty)), call.args, turbofish, call.at)
    }

    /// The receiver as the method takes it.
    pub(super) fn receiver(
        &mut self,
        receiver: Expr<'a>,
        whole: &Ty<'a>,
        ty: &Ty<'a>,
        wanted: &Ty<'a>,
    ) -> Expr<'a> {
        let at = receiver.at;
        match (wanted, whole) {
            (Ty::Con(Con::RefMut, _), Ty::Con(Con::Ref, _)) => {
                let message = format!("cannot change a `{}` behind a `&` reference", self.show(ty));
                self.report.error(codes::NOT_MUTABLE, at, message);
                receiver
            }
            (Ty::Con(Con::RefMut, _), _) => self.borrowed_to_change(receiver, true, at),
            (Ty::Con(Con::Ref, _), Ty::Con(Con::Ref, _)) => receiver,
            (Ty::Con(Con::Ref, _), _) => self.borrowed(receiver),
            (_, Ty::Con(Con::Ref | Con::RefMut, _)) => {
                if !self.is_copy(ty) {
                    let message = format!("cannot move a `{}` out of a reference", self.show(ty));
                    let help = "clone it, or let the method take `&self`";
                    self.report.with_help(codes::MOVED_VALUE, at, message, help);
                }
                self.make(Kind::Deref(Box::new(receiver)), ty.clone(), at)
            }
            _ => receiver,
        }
    }

    fn no_method(&mut self, ty: &Ty<'a>, call: Called<'_>) -> Expr<'a> {
        self.args_for_errors(call.args);
        let members = Self::own_name(ty).and_then(|owner| self.program.members.get(&owner));
        let known = members.into_iter().flat_map(|members| members.keys().map(String::as_str));
        let message = format!("no method `{}` on type `{}`", call.name, self.show(ty));
        match suggest::nearest(call.name, known) {
            Some(near) => {
                self.report.with_help(
                    codes::RUST_NAME,
                    call.here,
                    message,
                    format!("did you mean `{near}`?"),
                );
            }
            None => self.report.error(codes::RUST_NAME, call.here, message),
        }
        self.wrong(call.at)
    }

    /// The function `name` of a type of the program, as in `Job::new(..)`.
    pub(super) fn own_function(
        &mut self,
        owner: Name,
        name: &str,
        args: &[&Syn],
        written: &[Ty<'a>],
        here: At,
        at: At,
    ) -> Option<Expr<'a>> {
        if name == "from"
            && self.program.member(owner, name).is_none()
            && let [arg] = args
        {
            return self.converted(owner, arg, at);
        }
        match self.member(owner, name, here) {
            Some(Member { name: Name::Fn(index), .. }) => Some(self.call_own(index, None, args, written, at)),
            Some(_) => None,
            None if let Some(index) = self.trait_function(owner, name, here) => {
                Some(self.call_own(index, None, args, written, at))
            }
            None if name == "default" && args.is_empty() => {
                let ty = match owner {
                    Name::Struct(index) => Ty::con(Con::Struct(index)),
                    Name::Enum(index) => Ty::con(Con::Enum(index)),
                    _ => return None,
                };
                Some(self.default_or_say(&ty, at))
            }
            None => None,
        }
    }

    /// `Name::from(value)` by an `impl From<..> for Name`.
    fn converted(&mut self, owner: Name, arg: &Syn, at: At) -> Option<Expr<'a>> {
        let own: Vec<u32> =
            self.program.conversions.iter().filter(|(of, _)| *of == owner).map(|(_, index)| *index).collect();
        match own.as_slice() {
            [] => None,
            [only] => Some(self.call_own(*only, None, &[arg], &[], at)),
            _ => {
                let arg = self.expr(arg, None);
                let found = self.known_type(&arg);
                let found = self.infer.resolve(&found);
                let fits = |index: &&u32| self.takes_just(**index, &found);
                let Some(index) = own.iter().find(fits) else {
                    return Some(self.unsupported(at, "choosing between several `From`"));
                };
                let result = self.program.fns.get(*index as usize)?.result.clone();
                Some(self.make(Kind::Call(Callee::plain(*index), vec![arg]), result, at))
            }
        }
    }

    /// Whether a function takes a value of this type and nothing else.
    fn takes_just(&self, index: u32, found: &Ty<'a>) -> bool {
        let params = self.program.fns.get(index as usize).map(|item| item.params.as_slice());
        matches!(params, Some([only]) if self.show(only) == self.show(found))
    }

    /// The function of the program that makes a value of one type from one of another.
    pub(super) fn conversion(&mut self, from: &Ty<'a>, to: &Ty<'a>) -> Option<u32> {
        let owner = Self::own_name(to)?;
        let of_owner = self.program.conversions.iter().filter(|(of, _)| *of == owner);
        let own: Vec<u32> = of_owner.map(|(_, index)| *index).collect();
        match own.as_slice() {
            // literals take the type that the only one asks for
            [only] => {
                let wanted = self.program.fns.get(*only as usize)?.params.first()?.clone();
                self.infer.unify(from, &wanted).then_some(*only)
            }
            several => several.iter().copied().find(|index| self.takes_just(*index, from)),
        }
    }

    /// The constant that a path names, if it is one of an `impl` block.
    pub(super) fn member_const(&self, names: &[String], at: At) -> Option<u32> {
        match self.member_of_path(names, at)? {
            Name::Const(index) => Some(index),
            _ => None,
        }
    }

    /// The function that a path names, if it is one of an `impl` block.
    pub(super) fn member_fn(&self, names: &[String], at: At) -> Option<u32> {
        match self.member_of_path(names, at)? {
            Name::Fn(index) => Some(index),
            _ => None,
        }
    }

    /// What a path to a member of an `impl` block names.
    fn member_of_path(&self, names: &[String], at: At) -> Option<Name> {
        let (name, owner) = names.split_last()?;
        let found = self.resolver().path(self.module, owner, crate::resolve::Space::Type)?;
        let Res::Name(owner @ (Name::Struct(_) | Name::Enum(_))) = found else { return None };
        Some(self.member(owner, name, at)?.name)
    }

    /// `T::default()`, or a message.
    pub(super) fn default_or_say(&mut self, ty: &Ty<'a>, at: At) -> Expr<'a> {
        let shallow = self.infer.shallow(ty);
        if let Some(value) = self.default_of(&shallow, at, 0) {
            return value;
        }
        match shallow {
            Ty::Var(_) => self.report.unsupported_but(
                at,
                "a default of a type that is not known here",
                "name the type: `Size::default()`",
            ),
            Ty::Con(Con::Error, _) => {}
            ty if Self::own_name(&ty).is_some() => {
                let message = format!("`{}` has no default", self.show(&ty));
                let help = "write `#[derive(Default)]` before it, or `impl Default for ..`";
                self.report.with_help(codes::RUST_TYPE, at, message, help);
            }
            Ty::Con(..) => self.report.unsupported(at, "this default"),
        }
        self.make(Kind::Error, ty.clone(), at)
    }

    fn default_of(&mut self, ty: &Ty<'a>, at: At, depth: usize) -> Option<Expr<'a>> {
        if depth > MAX_NESTED_DEFAULTS {
            return None;
        }
        let ty = self.infer.shallow(ty);
        let Ty::Con(con, args) = &ty else { return None };
        let kind = match con {
            Con::Int(_) => Kind::Const(Const::Int(0)),
            Con::F32 | Con::F64 => Kind::Const(Const::Float(0.0)),
            Con::Bool => Kind::Const(Const::Bool(false)),
            Con::String => Kind::Std(Std::NewString, Vec::new()),
            Con::Ref if matches!(self.infer.shallow(&args[0]), Ty::Con(Con::Str, _)) => {
                Kind::Const(Const::Str(String::new()))
            }
            Con::Vec => Kind::Std(Std::NewVec, Vec::new()),
            Con::Map(_) => Kind::Std(Std::NewMap, Vec::new()),
            Con::Option => Kind::None,
            Con::Tuple => {
                Kind::Tuple(args.iter().map(|ty| self.default_of(ty, at, depth + 1)).collect::<Option<_>>()?)
            }
            Con::Struct(_) | Con::Enum(_) => return self.own_default(&ty, at, depth),
            _ => return None,
        };
        Some(self.make(kind, ty, at))
    }

    /// The default of a type of the program: written in an `impl`, or derived.
    fn own_default(&mut self, ty: &Ty<'a>, at: At, depth: usize) -> Option<Expr<'a>> {
        let owner = Self::own_name(ty)?;
        if let Some(Member { name: Name::Fn(index), .. }) = self.program.member(owner, "default") {
            return Some(self.make(Kind::Call(Callee::plain(index), Vec::new()), ty.clone(), at));
        }
        let kind = match owner {
            Name::Struct(index) => {
                let item = self.program.structs.get(index as usize).filter(|item| item.default)?;
                let fields = item.fields.iter().enumerate();
                let values = fields
                    .map(|(field, (_, ty))| Some((field, self.default_of(ty, at, depth + 1)?)))
                    .collect::<Option<Vec<_>>>()?;
                let values = self.marked(owner, values, at);
                let count = values.len();
                Kind::Struct(values, count, None)
            }
            Name::Enum(index) => {
                let item = self.program.enums.get(index as usize)?;
                let chosen =
                    |variant: &syn::Variant| variant.attrs.iter().any(|attr| attr.path().is_ident("default"));
                let variant = item.item.variants.iter().position(chosen)?;
                Kind::Variant(u32::try_from(variant).ok()?, self.marked(owner, Vec::new(), at))
            }
            _ => return None,
        };
        Some(self.make(kind, ty.clone(), at))
    }
}

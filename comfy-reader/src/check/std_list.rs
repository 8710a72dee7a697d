//! Methods of lists and options.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, node::Called};
use crate::{
    hir::{Expr, Kind, Std},
    program::Calls,
    ty::{Con, IntTy, IterKind, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    /// `whole` is the receiver's type with its references.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    pub(super) fn list_method(
        &mut self,
        receiver: Expr<'a>,
        whole: &Ty<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        let (con, item) = match ty {
            Ty::Con(con, args) => (*con, args[0].clone()),
            Ty::Var(_) => return self.wrong(call.at),
        };
        let is_vec = matches!(con, Con::Vec);
        let size = Ty::int(IntTy::Usize);
        let maybe_ref = |ty: &Ty<'a>| Ty::with(Con::Option, [ty.clone().reference()]);
        match (call.name, call.args) {
            ("iter", []) => {
                self.look(Std::Iter, receiver, &[], Ty::with(Con::Iter(IterKind::Slice), [item]), call)
            }
            ("into_iter", []) => {
                if matches!(whole, Ty::Con(Con::RefMut, _)) {
                    return self.unsupported(call.at, "going over a list to change it");
                }
                if matches!(whole, Ty::Con(Con::Ref, _)) || matches!(con, Con::Slice) {
                    let ty = Ty::with(Con::Iter(IterKind::Slice), [item]);
                    return self.look(Std::Iter, receiver, &[], ty, call);
                }
                let kind = if is_vec { IterKind::Vec } else { IterKind::Array };
                let ty = Ty::with(Con::Iter(kind), [item]);
                self.make(Kind::Std(Std::IntoIter, vec![receiver]), ty, call.at)
            }
            ("iter_mut", []) => {
                let instead = "go by position: `for i in 0..list.len() { list[i] = ..; }`";
                self.report.unsupported_but(call.at, "going over a list to change it", instead);
                self.wrong(call.at)
            }
            ("as_slice", []) if !matches!(con, Con::Slice) => {
                let ty = Ty::with(Con::Slice, [item]).reference();
                self.look(Std::Clone, receiver, &[], ty, call)
            }
            ("len", []) => self.look(Std::Len, receiver, &[], size, call),
            ("is_empty", []) => self.look(Std::IsEmpty, receiver, &[], Ty::con(Con::Bool), call),
            ("first", []) => self.look(Std::First, receiver, &[], maybe_ref(&item), call),
            ("last", []) => self.look(Std::Last, receiver, &[], maybe_ref(&item), call),
            ("get", [_]) => self.look(Std::Get, receiver, &[size], maybe_ref(&item), call),
            ("chunks" | "windows", [_]) => {
                let windows = call.name == "windows";
                let kind = if windows { IterKind::Windows } else { IterKind::Chunks };
                let std = if windows { Std::Windows } else { Std::Chunks };
                self.look(std, receiver, &[size], Ty::with(Con::Iter(kind), [item]), call)
            }
            ("contains", [_]) => {
                if !matches!(item, Ty::Con(Con::Int(_) | Con::Bool | Con::Char | Con::String | Con::Ref, _)) {
                    return self.unsupported(call.at, "`contains` of such items");
                }
                self.look(Std::Contains, receiver, &[item.reference()], Ty::con(Con::Bool), call)
            }
            ("join", [_]) | ("concat", []) => {
                let text = match self.infer.shallow(&item) {
                    Ty::Con(Con::String, _) => true,
                    Ty::Con(Con::Ref, args) => matches!(self.infer.shallow(&args[0]), Ty::Con(Con::Str, _)),
                    _ => false,
                };
                if !text {
                    return self.unsupported(call.at, "joining anything but text");
                }
                let std = if call.name == "join" { Std::Join } else { Std::Concat };
                self.look(std, receiver, &[Ty::str()], Ty::con(Con::String), call)
            }
            ("to_vec", []) => {
                self.must_be_clone(&item, call);
                self.look(Std::Clone, receiver, &[], Ty::with(Con::Vec, [item]), call)
            }
            ("clone", []) => {
                let ty = if matches!(con, Con::Slice) { whole.clone() } else { ty.clone() };
                self.other_method(receiver, &ty, call)
            }
            ("sort" | "sort_unstable", []) => {
                if !matches!(
                    self.infer.shallow(&item),
                    Ty::Con(Con::Int(_) | Con::String | Con::Char | Con::Bool, _)
                ) {
                    return self.unsupported(call.at, "the order of such items");
                }
                self.change(Std::Sort, receiver, &[], Ty::unit(), call)
            }
            ("dedup", []) if is_vec => {
                if !matches!(
                    self.infer.shallow(&item),
                    Ty::Con(Con::Int(_) | Con::String | Con::Char | Con::Bool, _)
                ) {
                    return self.unsupported(call.at, "`dedup` of such items");
                }
                self.change(Std::Dedup, receiver, &[], Ty::unit(), call)
            }
            ("swap", [_, _]) => self.change(Std::Swap, receiver, &[size.clone(), size], Ty::unit(), call),
            ("clear", []) if is_vec => self.change(Std::Clear, receiver, &[], Ty::unit(), call),
            ("reverse", []) => self.change(Std::Reverse, receiver, &[], Ty::unit(), call),
            ("push", [_]) if is_vec => self.change(Std::Push, receiver, &[item], Ty::unit(), call),
            ("pop", []) if is_vec => {
                self.change(Std::Pop, receiver, &[], Ty::with(Con::Option, [item]), call)
            }
            ("insert", [..]) if is_vec && call.args.len() == 2 => {
                self.change(Std::Insert, receiver, &[size, item], Ty::unit(), call)
            }
            ("remove", [_]) if is_vec => self.change(Std::Remove, receiver, &[size], item, call),
            ("truncate", [_]) if is_vec => self.change(Std::Truncate, receiver, &[size], Ty::unit(), call),
            ("extend", [more]) if is_vec => {
                self.changes(&receiver);
                let more = self.extension(more, &item);
                self.changing(Std::Extend, receiver, vec![more], Ty::unit(), call)
            }
            _ => {
                let owner = self.show(ty);
                self.unknown_method(&owner, call);
                self.wrong(call.at)
            }
        }
    }

    fn must_be_clone(&mut self, item: &Ty<'a>, call: Called<'_>) {
        if !self.is_clone(item) {
            let message = format!("`{}` cannot be cloned", self.show(item));
            self.report.error(codes::RUST_TYPE, call.here, message);
        }
    }

    fn extension(&mut self, more: &Syn, item: &Ty<'a>) -> Expr<'a> {
        let more = self.expr(more, None);
        let ty = self.known_type(&more);
        match self.item_of(&ty) {
            Some(found) => {
                // copies of what a list of references has
                let copied = match (self.infer.shallow(&found), self.infer.shallow(item)) {
                    (Ty::Con(Con::Ref, args), wanted)
                        if !matches!(wanted, Ty::Con(Con::Ref, _)) && self.is_copy(&args[0]) =>
                    {
                        args[0].clone()
                    }
                    (found, _) => found,
                };
                self.unify_or_say(&copied, item, more.at);
            }
            None => self.not_iterable(&ty, more.at),
        }
        more
    }

    /// A method that only looks at its receiver.
    pub(super) fn look(
        &mut self,
        std: Std,
        receiver: Expr<'a>,
        wanted: &[Ty<'a>],
        result: Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        let receiver = self.borrowed(receiver);
        self.std_call(std, receiver, wanted, result, call)
    }

    /// A function of the standard library with arguments of exactly these types.
    pub(super) fn std_call(
        &mut self,
        std: Std,
        receiver: Expr<'a>,
        wanted: &[Ty<'a>],
        result: Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        let mut given = vec![receiver];
        given.extend(self.all_exact(call.args, wanted));
        self.make(Kind::Std(std, given), result, call.at)
    }

    /// Arguments of exactly these types.
    fn all_exact(&mut self, args: &[&Syn], wanted: &[Ty<'a>]) -> Vec<Expr<'a>> {
        args.iter().zip(wanted).map(|(arg, wanted)| self.exact(arg, wanted)).collect()
    }

    /// A method that changes the place it is called on.
    pub(super) fn change(
        &mut self,
        std: Std,
        receiver: Expr<'a>,
        wanted: &[Ty<'a>],
        result: Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        self.changes(&receiver);
        let args = self.all_exact(call.args, wanted);
        self.changing(std, receiver, args, result, call)
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    pub(super) fn option_method(&mut self, receiver: Expr<'a>, ty: &Ty<'a>, call: Called<'_>) -> Expr<'a> {
        let item = ty.args().first().cloned().unwrap_or_else(Ty::error);
        let option = |ty: Ty<'a>| Ty::with(Con::Option, [ty]);
        match (call.name, call.args) {
            ("is_some", []) => self.look(Std::IsSome, receiver, &[], Ty::con(Con::Bool), call),
            ("is_none", []) => self.look(Std::IsNone, receiver, &[], Ty::con(Con::Bool), call),
            ("unwrap", []) => self.make(Kind::Std(Std::Unwrap, vec![receiver]), item, call.at),
            ("expect", [message]) => {
                let message = self.exact(message, &Ty::str());
                self.make(Kind::Std(Std::Unwrap, vec![receiver, message]), item, call.at)
            }
            ("unwrap_or_default", []) => {
                let other = self.default_or_say(&item, call.at);
                self.make(Kind::Std(Std::UnwrapOr, vec![receiver, other]), item, call.at)
            }
            ("unwrap_or", [other]) => {
                let other = self.exact(other, &item);
                self.make(Kind::Std(Std::UnwrapOr, vec![receiver, other]), item, call.at)
            }
            ("ok_or", [error]) => {
                let error = self.expr(error, None);
                let ty = Ty::with(Con::Result, [item, self.type_of(&error)]);
                self.make(Kind::Std(Std::OkOr, vec![receiver, error]), ty, call.at)
            }
            ("is_some_and", [f]) => {
                let (f, result) = self.callee(f, &[item]);
                self.unify_or_say(&result, &Ty::con(Con::Bool), f.at);
                self.make(Kind::Std(Std::IsSomeAnd, vec![receiver, f]), Ty::con(Con::Bool), call.at)
            }
            ("or", [other]) => {
                let other = self.exact(other, ty);
                self.make(Kind::Std(Std::OrOption, vec![receiver, other]), ty.clone(), call.at)
            }
            ("unwrap_or_else", [make]) => {
                let (make, result) = self.callee(make, &[]);
                self.unify_or_say(&result, &item, make.at);
                self.make(Kind::Std(Std::UnwrapOrElse, vec![receiver, make]), item, call.at)
            }
            ("map", [f]) => {
                let (f, result) = self.callee(f, std::slice::from_ref(&item));
                self.make(Kind::Std(Std::MapOption, vec![receiver, f]), option(result), call.at)
            }
            ("and_then", [f]) => {
                let (f, result) = self.callee(f, std::slice::from_ref(&item));
                let inner = self.fresh();
                self.unify_or_say(&result, &option(inner), f.at);
                self.make(Kind::Std(Std::AndThen, vec![receiver, f]), result, call.at)
            }
            ("filter", [f]) => {
                let (f, result) = self.callee(f, &[item.reference()]);
                self.unify_or_say(&result, &Ty::con(Con::Bool), f.at);
                self.make(Kind::Std(Std::FilterOption, vec![receiver, f]), ty.clone(), call.at)
            }
            ("copied" | "cloned", []) => match self.infer.shallow(&item) {
                Ty::Con(Con::Ref, args)
                    if if call.name == "copied" {
                        self.is_copy(&args[0])
                    } else {
                        self.is_clone(&args[0])
                    } =>
                {
                    self.make(Kind::Std(Std::Clone, vec![receiver]), option(args[0].clone()), call.at)
                }
                _ => self.unsupported(call.at, "`cloned` here"),
            },
            ("as_ref", []) => {
                let ty = option(item.reference());
                self.look(Std::Clone, receiver, &[], ty, call)
            }
            ("into_iter" | "iter", []) => {
                let instead = "write `if let Some(x) = .. { .. }`";
                self.report.unsupported_but(call.at, "an iterator over an option", instead);
                self.wrong(call.at)
            }
            _ => self.other_method(receiver, ty, call),
        }
    }

    /// Something that is called with these arguments: a closure, or a function by its name.
    pub(super) fn callee(&mut self, f: &Syn, params: &[Ty<'a>]) -> (Expr<'a>, Ty<'a>) {
        self.callee_giving(f, params, None)
    }

    /// The same, where the place says what it has to give.
    pub(super) fn callee_giving(
        &mut self,
        f: &Syn,
        params: &[Ty<'a>],
        result: Option<&Ty<'a>>,
    ) -> (Expr<'a>, Ty<'a>) {
        let at = crate::at::At::expr(f);
        if let Syn::Closure(closure) = f {
            let f = self.closure(closure, at, Some(params), result);
            let result = self.type_of(&f).args().last().cloned().unwrap_or_else(Ty::error);
            return (f, result);
        }
        let f = self.expr(f, None);
        let ty = self.known_type(&f);
        match &ty {
            Ty::Con(Con::Fn(index), _) => {
                let result = self.called_with(*index, params, at);
                return (f, result);
            }
            Ty::Con(Con::Error, _) => return (f, Ty::error()),
            _ => {}
        }
        let inner = match &ty {
            Ty::Con(Con::Ref, inner) => self.infer.shallow(&inner[0]),
            _ => ty.clone(),
        };
        let through = matches!(ty, Ty::Con(Con::Ref, _));
        let wanted = if through { Calls::Shared } else { Calls::Mut };
        match self.function_type(&inner) {
            Some((calls, takes, gives))
                if takes.len() == params.len()
                    && (calls >= wanted || matches!(inner, Ty::Con(Con::Closure(_), _))) =>
            {
                if let (true, Ty::Con(Con::Closure(id), _)) = (through, &inner) {
                    self.calls.insert(*id, Calls::Shared);
                }
                for (own, given) in takes.iter().zip(params) {
                    self.unify_or_say(given, own, at);
                }
                (f, gives)
            }
            _ => {
                self.report.unsupported_but(at, "this function as a value", "write a closure: `|x| ..`");
                (f, Ty::error())
            }
        }
    }
}

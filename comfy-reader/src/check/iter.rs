//! Iterators: what they give, and their adaptors.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, node::Called};
use crate::{
    hir::{Const, Expr, Kind, Std},
    infer,
    program::Bound,
    traits::Obligation,
    ty::{Con, IntTy, IterKind, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    /// The items of something that `for` can go over.
    pub(crate) fn item_of(&mut self, ty: &Ty<'a>) -> Option<Ty<'a>> {
        let ty = self.infer.shallow(ty);
        let Ty::Con(con, args) = &ty else { return None };
        Some(match con {
            Con::Error => Ty::error(),
            Con::Vec | Con::Array(_) => args[0].clone(),
            Con::Map(true) => Ty::with(Con::Tuple, args.to_vec()),
            Con::Param(param) => match self.bound_where(*param, |bound| matches!(bound, Bound::Items(_)))? {
                Bound::Items(item) => item.clone(),
                _ => return None,
            },
            Con::Ref => match self.infer.shallow(&args[0]) {
                Ty::Con(Con::Vec | Con::Array(_) | Con::Slice, args) => args[0].clone().reference(),
                Ty::Con(Con::Map(true), args) => {
                    Ty::with(Con::Tuple, [args[0].clone().reference(), args[1].clone().reference()])
                }
                Ty::Con(Con::Error, _) => Ty::error(),
                _ => return None,
            },
            Con::Range | Con::RangeInclusive => {
                let item = self.infer.shallow(&args[0]);
                let int = matches!(item, Ty::Con(Con::Int(_) | Con::Error, _))
                    || self.infer.kind(&item) == Some(infer::Kind::Int);
                return int.then_some(item);
            }
            Con::Iter(kind) => return self.item_of_iter(*kind, args),
            _ => return None,
        })
    }

    fn item_of_iter(&mut self, kind: IterKind, args: &[Ty<'a>]) -> Option<Ty<'a>> {
        let result = |callee: &Ty<'a>| match self.infer.shallow(callee) {
            Ty::Con(Con::Fn(index), _) => {
                self.program.fns.get(index as usize).map(|item| item.result.clone())
            }
            Ty::Con(Con::Error, _) => Some(Ty::error()),
            param @ Ty::Con(Con::Param(_), _) => self.function_type(&param).map(|(_, _, result)| result),
            Ty::Con(Con::Ref, inner) => self.function_type(&inner[0]).map(|(_, _, result)| result),
            callee => callee.args().last().cloned(),
        };
        Some(match kind {
            IterKind::Vec | IterKind::Array => args[0].clone(),
            IterKind::Plain => args[0].clone(),
            IterKind::Slice => args[0].clone().reference(),
            IterKind::Pairs => {
                Ty::with(Con::Tuple, [args[0].clone().reference(), args[1].clone().reference()])
            }
            IterKind::Chars => Ty::con(Con::Char),
            IterKind::Lines | IterKind::Split | IterKind::SplitWhitespace => Ty::str(),
            IterKind::Map => result(&args[1])?,
            IterKind::FilterMap => {
                let option = result(&args[1])?;
                self.infer.shallow(&option).args().first().cloned()?
            }
            IterKind::FlatMap => {
                let list = result(&args[1])?;
                return self.item_of(&list);
            }
            IterKind::Enumerate => {
                let item = self.item_of(&args[0])?;
                Ty::with(Con::Tuple, [Ty::int(IntTy::Usize), item])
            }
            IterKind::Zip => {
                let (a, b) = (self.item_of(&args[0])?, self.item_of(&args[1])?);
                Ty::with(Con::Tuple, [a, b])
            }
            IterKind::Filter
            | IterKind::TakeWhile
            | IterKind::SkipWhile
            | IterKind::Rev
            | IterKind::Take
            | IterKind::Skip
            | IterKind::Chain
            | IterKind::StepBy => return self.item_of(&args[0]),
            IterKind::Cloned | IterKind::Copied => {
                let item = self.item_of(&args[0])?;
                match self.infer.shallow(&item) {
                    Ty::Con(Con::Ref, args) => args[0].clone(),
                    other => other,
                }
            }
            IterKind::Chunks | IterKind::Windows => Ty::with(Con::Slice, [args[0].clone()]).reference(),
        })
    }

    /// Whether an iterator can go backwards, and whether it knows its length.
    fn abilities(&self, ty: &Ty<'a>) -> (bool, bool) {
        let ty = self.infer.shallow(ty);
        let Ty::Con(con, args) = &ty else { return (false, false) };
        let inner = |at: usize| args.get(at).map_or((false, false), |ty| self.abilities(ty));
        match con {
            Con::Vec | Con::Array(_) | Con::Map(_) | Con::Ref | Con::Error => (true, true),
            Con::Range | Con::RangeInclusive => {
                let short = match self.infer.shallow(&args[0]) {
                    Ty::Con(Con::Int(int), _) => match con {
                        Con::Range => int.bits() <= 32 || matches!(int, IntTy::Usize | IntTy::Isize),
                        _ => int.bits() <= 16,
                    },
                    // an open literal becomes an `i32`, or something that is decided later
                    _ => matches!(con, Con::Range),
                };
                (true, short)
            }
            Con::Iter(kind) => match kind {
                IterKind::Vec | IterKind::Array | IterKind::Slice | IterKind::Pairs => (true, true),
                IterKind::Plain => (false, false),
                IterKind::Chunks | IterKind::Windows => (true, true),
                IterKind::Chars | IterKind::Lines | IterKind::Split | IterKind::SplitWhitespace => {
                    (true, false)
                }
                IterKind::TakeWhile | IterKind::SkipWhile => (false, false),
                IterKind::Map | IterKind::Cloned | IterKind::Copied | IterKind::Rev => inner(0),
                IterKind::Filter | IterKind::FilterMap => (inner(0).0, false),
                IterKind::FlatMap => (inner(0).0, false),
                IterKind::Enumerate | IterKind::Take | IterKind::Skip => {
                    let (back, exact) = inner(0);
                    (back && exact, exact)
                }
                IterKind::StepBy => {
                    let (back, exact) = inner(0);
                    let calls = !matches!(args.first(), Some(Ty::Con(Con::Range | Con::RangeInclusive, _)));
                    (back && exact && !calls, exact)
                }
                IterKind::Zip => {
                    let (a, b) = (inner(0), inner(1));
                    let exact = a.1 && b.1;
                    (a.0 && b.0 && exact, exact)
                }
                IterKind::Chain => (inner(0).0 && inner(1).0, false),
            },
            _ => (false, false),
        }
    }

    pub(super) fn iter_method(
        &mut self,
        receiver: Expr<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let is_range = matches!(ty, Ty::Con(Con::Range | Con::RangeInclusive, _));
        if is_range && matches!((call.name, call.args.len()), ("contains", 1)) {
            let item = ty.args()[0].clone();
            return self.look(Std::Contains, receiver, &[item.reference()], Ty::con(Con::Bool), call);
        }
        if call.name == "clone" {
            return self.other_method(receiver, ty, call);
        }
        let Some(item) = self.item_of(ty) else {
            self.not_iterable(ty, receiver.at);
            return self.wrong(call.at);
        };
        if let Some(adapted) = self.adaptor(ty, &item, call) {
            let Some((std, args, kind, types)) = adapted else { return self.wrong(call.at) };
            let mut all = vec![receiver];
            all.extend(args);
            let mut inside = vec![ty.clone()];
            inside.extend(types);
            return self.make(Kind::Std(std, all), Ty::with(Con::Iter(kind), inside), call.at);
        }
        match (call.name, call.args) {
            ("iter" | "into_iter", []) => receiver,
            ("collect", []) => self.collect(receiver, &item, call, turbofish, expect),
            ("sum" | "product", []) => self.sum(receiver, &item, call, turbofish, expect),
            _ => self.consumer(receiver, ty, &item, call),
        }
    }

    /// The parts of an adaptor: function, further arguments, kind, types of the arguments. `Some(None)` is one that
    /// is wrong.
    #[expect(clippy::type_complexity, reason = "taken apart at once by the one caller")]
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn adaptor(
        &mut self,
        ty: &Ty<'a>,
        item: &Ty<'a>,
        call: Called<'_>,
    ) -> Option<Option<(Std, Vec<Expr<'a>>, IterKind, Vec<Ty<'a>>)>> {
        let plain = |std, kind| Some(Some((std, Vec::new(), kind, Vec::new())));
        match (call.name, call.args) {
            ("enumerate", []) => plain(Std::Enumerate, IterKind::Enumerate),
            ("rev", []) => {
                if !self.abilities(ty).0 {
                    let message = format!("`{}` cannot go backwards", self.show(ty));
                    self.report.error(codes::RUST_TYPE, call.here, message);
                    return Some(None);
                }
                plain(Std::Rev, IterKind::Rev)
            }
            ("cloned" | "copied", []) => {
                let copied = call.name == "copied";
                match self.infer.shallow(item) {
                    Ty::Con(Con::Ref, args)
                        if if copied { self.is_copy(&args[0]) } else { self.is_clone(&args[0]) } => {}
                    other => {
                        let message =
                            format!("items of type `{}` cannot be {}", self.show(&other), call.name);
                        self.report.error(codes::RUST_TYPE, call.here, message);
                        return Some(None);
                    }
                }
                plain(Std::Cloned, if copied { IterKind::Copied } else { IterKind::Cloned })
            }
            ("take" | "skip" | "step_by", [count]) => {
                let count = self.exact(count, &Ty::int(IntTy::Usize));
                let (std, kind) = match call.name {
                    "take" => (Std::Take, IterKind::Take),
                    "skip" => (Std::Skip, IterKind::Skip),
                    _ => (Std::StepBy, IterKind::StepBy),
                };
                Some(Some((std, vec![count], kind, Vec::new())))
            }
            ("zip" | "chain", [other]) => {
                let other = self.expr(other, None);
                let other_ty = self.known_type(&other);
                let Some(found) = self.item_of(&other_ty) else {
                    self.not_iterable(&other_ty, other.at);
                    return Some(None);
                };
                let (std, kind) = if call.name == "zip" {
                    (Std::Zip, IterKind::Zip)
                } else {
                    self.unify_or_say(&found, item, other.at);
                    (Std::Chain, IterKind::Chain)
                };
                Some(Some((std, vec![other], kind, vec![other_ty])))
            }
            ("map", [f]) => {
                let (f, _) = self.callee(f, std::slice::from_ref(item));
                let ty = self.type_of(&f);
                Some(Some((Std::Map, vec![f], IterKind::Map, vec![ty])))
            }
            ("filter" | "take_while" | "skip_while", [f]) => {
                let (f, result) = self.callee(f, &[item.clone().reference()]);
                self.unify_or_say(&result, &Ty::con(Con::Bool), f.at);
                let ty = self.type_of(&f);
                let (std, kind) = match call.name {
                    "filter" => (Std::Filter, IterKind::Filter),
                    "take_while" => (Std::TakeWhile, IterKind::TakeWhile),
                    _ => (Std::SkipWhile, IterKind::SkipWhile),
                };
                Some(Some((std, vec![f], kind, vec![ty])))
            }
            ("filter_map", [f]) => {
                let (f, result) = self.callee(f, std::slice::from_ref(item));
                let inner = self.fresh();
                self.unify_or_say(&result, &Ty::with(Con::Option, [inner]), f.at);
                let ty = self.type_of(&f);
                Some(Some((Std::FilterMap, vec![f], IterKind::FilterMap, vec![ty])))
            }
            ("flat_map", [f]) => {
                let (f, result) = self.callee(f, std::slice::from_ref(item));
                if self.item_of(&result).is_none() {
                    self.not_iterable(&result, f.at);
                    return Some(None);
                }
                let ty = self.type_of(&f);
                Some(Some((Std::FlatMap, vec![f], IterKind::FlatMap, vec![ty])))
            }
            _ => None,
        }
    }

    fn collect(
        &mut self,
        receiver: Expr<'a>,
        item: &Ty<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let target = turbofish.first().cloned().or_else(|| expect.cloned()).map(|ty| self.infer.shallow(&ty));
        match target {
            Some(Ty::Con(Con::Vec, args)) => {
                self.unify_or_say(item, &args[0], call.at);
                self.make(Kind::Std(Std::Collect, vec![receiver]), Ty::Con(Con::Vec, args), call.at)
            }
            Some(Ty::Con(Con::Map(sorted), args)) => {
                self.unify_or_say(item, &Ty::with(Con::Tuple, args.to_vec()), call.at);
                self.is_key(&args[0], sorted, call.at);
                let ty = Ty::Con(Con::Map(sorted), args);
                self.make(Kind::Std(Std::CollectMap, vec![receiver]), ty, call.at)
            }
            Some(Ty::Con(Con::String, args)) => {
                let text = match self.infer.shallow(item) {
                    Ty::Con(Con::String | Con::Char, _) => true,
                    Ty::Con(Con::Ref, args) => {
                        matches!(self.infer.shallow(&args[0]), Ty::Con(Con::Str | Con::Char, _))
                    }
                    _ => false,
                };
                if !text {
                    let message =
                        format!("a `String` cannot be collected from items of type `{}`", self.show(item));
                    self.report.error(codes::RUST_TYPE, call.at, message);
                }
                self.make(Kind::Std(Std::CollectString, vec![receiver]), Ty::Con(Con::String, args), call.at)
            }
            Some(Ty::Con(Con::Error, _)) => self.wrong(call.at),
            None | Some(Ty::Var(_)) => {
                let help = "write `.collect::<Vec<_>>()`";
                let message = "type annotations needed: what is to be collected into?";
                self.report.with_help(codes::RUST_TYPE, call.at, message, help);
                self.wrong(call.at)
            }
            Some(other) => {
                let name = self.show(&other);
                self.unsupported(call.at, &format!("collecting into a `{name}`"))
            }
        }
    }

    fn sum(
        &mut self,
        receiver: Expr<'a>,
        item: &Ty<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let number = match self.infer.shallow(item) {
            Ty::Con(Con::Ref, args) => args[0].clone(),
            other => other,
        };
        let target = turbofish.first().cloned().or_else(|| expect.cloned());
        match target.map(|ty| self.infer.shallow(&ty)) {
            Some(target @ Ty::Con(Con::Int(_) | Con::F64 | Con::F32, _)) => {
                self.unify_or_say(&number, &target, call.at);
                let std = if call.name == "sum" { Std::Sum } else { Std::Product };
                self.make(Kind::Std(std, vec![receiver]), target, call.at)
            }
            Some(wrong) if wrong.is_error() => self.wrong(call.at),
            _ => {
                let help = format!("write `.{}::<{}>()`", call.name, self.show(&number));
                let message = "type annotations needed: of which type is the result?";
                self.report.with_help(codes::RUST_TYPE, call.at, message, help);
                self.wrong(call.at)
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn consumer(&mut self, receiver: Expr<'a>, ty: &Ty<'a>, item: &Ty<'a>, call: Called<'_>) -> Expr<'a> {
        let option = |ty: &Ty<'a>| Ty::with(Con::Option, [ty.clone()]);
        let one = std::slice::from_ref(item);
        match (call.name, call.args) {
            // of an iterator without a name nothing else is ever taken
            ("next", []) if !super::ops::is_place(&receiver) => {
                let first = self.make(Kind::Const(Const::Int(0)), Ty::int(IntTy::Usize), call.at);
                self.make(Kind::Std(Std::Nth, vec![receiver, first]), option(item), call.at)
            }
            ("next", []) => {
                self.changes(&receiver);
                self.changing(Std::NextOf, receiver, Vec::new(), option(item), call)
            }
            ("count", []) => self.make(Kind::Std(Std::Count, vec![receiver]), Ty::int(IntTy::Usize), call.at),
            ("len", []) if self.abilities(ty).1 => {
                self.make(Kind::Std(Std::Count, vec![receiver]), Ty::int(IntTy::Usize), call.at)
            }
            ("last", []) => self.make(Kind::Std(Std::LastOf, vec![receiver]), option(item), call.at),
            ("nth", [at]) => {
                let at = self.exact(at, &Ty::int(IntTy::Usize));
                self.make(Kind::Std(Std::Nth, vec![receiver, at]), option(item), call.at)
            }
            ("min" | "max", []) => {
                let plain = match self.infer.shallow(item) {
                    Ty::Con(Con::Ref, args) => self.infer.shallow(&args[0]),
                    other => other,
                };
                let ordered = matches!(plain, Ty::Con(Con::Int(_), _))
                    || self.infer.kind(&plain) == Some(infer::Kind::Int);
                if !ordered {
                    return self.unsupported(call.at, "the order of such items");
                }
                let std = if call.name == "min" { Std::MinOf } else { Std::MaxOf };
                self.make(Kind::Std(std, vec![receiver]), option(item), call.at)
            }
            ("all" | "any", [f]) => {
                let (f, result) = self.callee(f, one);
                self.unify_or_say(&result, &Ty::con(Con::Bool), f.at);
                let std = if call.name == "all" { Std::All } else { Std::Any };
                self.make(Kind::Std(std, vec![receiver, f]), Ty::con(Con::Bool), call.at)
            }
            ("find", [f]) => {
                let (f, result) = self.callee(f, &[item.clone().reference()]);
                self.unify_or_say(&result, &Ty::con(Con::Bool), f.at);
                self.make(Kind::Std(Std::Find, vec![receiver, f]), option(item), call.at)
            }
            ("position", [f]) => {
                let (f, result) = self.callee(f, one);
                self.unify_or_say(&result, &Ty::con(Con::Bool), f.at);
                let ty = option(&Ty::int(IntTy::Usize));
                self.make(Kind::Std(Std::Position, vec![receiver, f]), ty, call.at)
            }
            ("for_each", [f]) => {
                let (f, result) = self.callee(f, one);
                self.unify_or_say(&result, &Ty::unit(), f.at);
                self.make(Kind::Std(Std::ForEach, vec![receiver, f]), Ty::unit(), call.at)
            }
            ("fold", [first, f]) => self.fold(receiver, item, first, f, call),
            ("reduce", [f]) => {
                let (f, result) = self.callee(f, &[item.clone(), item.clone()]);
                self.unify_or_say(&result, item, f.at);
                self.make(Kind::Std(Std::Reduce, vec![receiver, f]), option(item), call.at)
            }
            _ => {
                let owner = self.show(ty);
                self.unknown_method(&owner, call);
                self.wrong(call.at)
            }
        }
    }

    fn fold(
        &mut self,
        receiver: Expr<'a>,
        item: &Ty<'a>,
        first: &Syn,
        f: &Syn,
        call: Called<'_>,
    ) -> Expr<'a> {
        let first = self.expr(first, None);
        let ty = self.type_of(&first);
        let (f, result) = self.callee(f, &[ty.clone(), item.clone()]);
        self.unify_or_say(&result, &ty, f.at);
        self.make(Kind::Std(Std::Fold, vec![receiver, first, f]), ty, call.at)
    }

    /// Asks for a promise about an expression's type.
    pub(super) fn promise(&mut self, expr: &Expr<'a>, bound: Bound<'a>) {
        let ty = self.type_of(expr);
        self.require(Obligation { ty, bound, at: expr.at, setter: None });
    }
}

//! Method calls: by the type of the receiver. Here are those of numbers; texts, lists and iterators have files of
//! their own.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, node::Called};
use crate::{
    at::At,
    hir::{Expr, Kind, Std},
    infer,
    program::Bound,
    ty::{Con, IntTy, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    pub(super) fn method_call(
        &mut self,
        call: &syn::ExprMethodCall,
        at: At,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let receiver = self.expr(&call.receiver, None);
        let turbofish = match &call.turbofish {
            Some(arguments) => self.type_arguments(arguments),
            None => Vec::new(),
        };
        let name = call.method.to_string();
        let args: Vec<&Syn> = call.args.iter().collect();
        let here = At::span(call.method.span());
        let called = Called { name: &name, args: &args, here, at };
        self.method(receiver, called, &turbofish, expect)
    }

    /// A method of any type.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    pub(super) fn method(
        &mut self,
        receiver: Expr<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let whole = self.known_type(&receiver);
        let mut ty = whole.clone();
        let mut through = false;
        while let Ty::Con(Con::Ref | Con::RefMut | Con::Boxed, args) = &ty {
            ty = self.infer.shallow(&args[0]);
            through = true;
        }
        if let Some((function, target)) = self.own_conversion(&whole, call, expect) {
            let callee = crate::hir::Callee::plain(function);
            return self.make(Kind::Call(callee, vec![receiver]), target, call.at);
        }
        let Ty::Con(con, args) = &ty else { return self.method_of_open(receiver, &ty, call) };
        if through && !self.is_copy(&ty) && takes_self(con, call.name) {
            let message = format!("cannot move a `{}` out of a reference", self.show(&ty));
            self.report.with_help(codes::MOVED_VALUE, receiver.at, message, "clone it, or pass it by value");
        }
        match con {
            Con::Node(model, set) => {
                let (model, set, args) = (*model, *set, args.clone());
                self.node_method(receiver, model, set, &args, call)
            }
            Con::Pick(dynamic, option, set) => {
                let (dynamic, option, set) = (*dynamic, *option, *set);
                self.pick_method(receiver, dynamic, option, set, call)
            }
            Con::RawNode => self.raw_node_method(receiver, call),
            Con::Flow => self.flow_method(receiver, call, turbofish),
            Con::Output => {
                let marker = args[0].clone();
                self.output_method(receiver, &marker, call, turbofish)
            }
            Con::NodeRef => self.node_ref_method(receiver, call, turbofish),
            Con::Grow => {
                let item = args[0].clone();
                self.grow_method(receiver, &item, call)
            }
            Con::Int(_) | Con::F64 | Con::F32 => self.number_method(receiver, &ty, call, expect),
            Con::Str | Con::String | Con::Char => self.text_method(receiver, &ty, call, expect),
            Con::Vec | Con::Array(_) | Con::Slice => self.list_method(receiver, &whole, &ty, call),
            Con::Map(sorted) => {
                let sorted = *sorted;
                self.map_method(receiver, sorted, &whole, &ty, call)
            }
            Con::Option => self.option_method(receiver, &ty, call),
            Con::Result => self.result_method(receiver, through, &ty, call),
            Con::Struct(_) | Con::Enum(_) => self.own_method(receiver, &whole, &ty, call, turbofish),
            Con::Range | Con::RangeInclusive | Con::Iter(_) => {
                self.iter_method(receiver, &ty, call, turbofish, expect)
            }
            Con::Error => {
                self.args_for_errors(call.args);
                self.wrong(call.at)
            }
            Con::Formatter if call.name == "write_str" && call.args.len() == 1 => {
                let text = self.exact(call.args[0], &Ty::str());
                self.write(receiver, text, call.at)
            }
            Con::Param(_) | Con::Dyn(_) => match self.method_of_trait(&ty, call) {
                Some(found) => self.trait_method(found, receiver, &whole, &ty, call, turbofish),
                None => self.other_method(receiver, &ty, call),
            },
            _ => self.other_method(receiver, &ty, call),
        }
    }

    /// `value.into()` by an `impl From` of the program: its function, and the type that it gives.
    fn own_conversion(
        &mut self,
        from: &Ty<'a>,
        call: Called<'_>,
        expect: Option<&Ty<'a>>,
    ) -> Option<(u32, Ty<'a>)> {
        let target = expect.filter(|_| call.name == "into" && call.args.is_empty())?;
        let (from, target) = (self.infer.resolve(from), self.infer.resolve(target));
        Some((self.conversion(&from, &target)?, target))
    }

    fn method_of_open(&mut self, receiver: Expr<'a>, ty: &Ty<'a>, call: Called<'_>) -> Expr<'a> {
        match self.infer.kind(ty) {
            Some(infer::Kind::Any) | None => {
                let message = "type annotations needed before a method is called";
                self.report.error(codes::RUST_TYPE, receiver.at, message);
            }
            Some(_) if matches!(call.name, "to_string" | "clone" | "into") => {
                return self.other_method(receiver, ty, call);
            }
            Some(kind) => {
                let shown = self.show(ty);
                let message =
                    format!("can't call method `{}` on ambiguous numeric type `{shown}`", call.name);
                let suffix = if kind == infer::Kind::Int { "5_i64" } else { "5.0_f64" };
                let help = format!("say the type, as in `{suffix}`");
                self.report.with_help(codes::RUST_TYPE, receiver.at, message, help);
            }
        }
        self.args_for_errors(call.args);
        self.wrong(call.at)
    }

    /// Methods of every type.
    pub(super) fn other_method(&mut self, receiver: Expr<'a>, ty: &Ty<'a>, call: Called<'_>) -> Expr<'a> {
        match (call.name, call.args) {
            ("clone", []) => {
                if !self.is_clone(ty) {
                    let message = format!("`{}` cannot be cloned", self.show(ty));
                    self.report.error(codes::RUST_TYPE, call.here, message);
                }
                let receiver = self.borrowed(receiver);
                self.make(Kind::Std(Std::Clone, vec![receiver]), ty.clone(), call.at)
            }
            ("into", []) if matches!(ty, Ty::Con(Con::Struct(_) | Con::Enum(_), _)) => {
                self.unsupported(call.at, "`into()` here")
            }
            ("to_string", []) if let Some(function) = self.display_of(ty) => {
                self.text_of_own(receiver, function)
            }
            ("to_string", []) => {
                let whole = match self.type_of(&receiver) {
                    Ty::Con(Con::RefMut, inner) => inner[0].clone(),
                    whole => whole,
                };
                let obligation = crate::traits::Obligation {
                    ty: whole,
                    bound: Bound::Display,
                    at: receiver.at,
                    setter: None,
                };
                self.require(obligation);
                let receiver = self.borrowed(receiver);
                self.make(Kind::Std(Std::ToString, vec![receiver]), Ty::con(Con::String), call.at)
            }
            // the one promise that `into` keeps
            ("into", []) if matches!(ty, Ty::Con(Con::Param(_), _)) => {
                let receiver = self.bounded(receiver, Bound::String, None);
                self.make(Kind::Std(Std::ToString, vec![receiver]), Ty::con(Con::String), call.at)
            }
            ("into_iter", []) if self.items_of_param(ty).is_some() => {
                let item = self.items_of_param(ty).unwrap_or_else(Ty::error);
                let ty = Ty::with(Con::Iter(crate::ty::IterKind::Plain), [item]);
                self.make(Kind::Std(Std::IntoIter, vec![receiver]), ty, call.at)
            }
            ("into", []) if matches!(ty, Ty::Con(Con::Out(_), _)) => {
                self.make(Kind::NodeOf(Box::new(receiver)), Ty::con(Con::NodeRef), call.at)
            }
            _ => {
                let owner = self.show(ty);
                self.unknown_method(&owner, call);
                self.wrong(call.at)
            }
        }
    }

    /// The items of a type parameter that promises some.
    fn items_of_param(&self, ty: &Ty<'a>) -> Option<Ty<'a>> {
        let Ty::Con(Con::Param(param), _) = ty else { return None };
        match self.bound_where(*param, |bound| matches!(bound, Bound::Items(_)))? {
            Bound::Items(item) => Some(item.clone()),
            _ => None,
        }
    }

    /// A receiver that is only looked at.
    pub(super) fn borrowed(&mut self, receiver: Expr<'a>) -> Expr<'a> {
        let at = receiver.at;
        let receiver = match self.type_of(&receiver) {
            Ty::Con(Con::RefMut, inner) => self.make(Kind::Deref(Box::new(receiver)), inner[0].clone(), at),
            _ => receiver,
        };
        let ty = self.type_of(&receiver);
        self.make(Kind::Ref(Box::new(receiver)), ty.reference(), at)
    }

    /// An argument of exactly this type.
    pub(super) fn exact(&mut self, arg: &Syn, wanted: &Ty<'a>) -> Expr<'a> {
        let arg = self.expr(arg, Some(wanted));
        self.coerce(arg, wanted, None)
    }

    fn number_method(
        &mut self,
        receiver: Expr<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let int = match ty {
            Ty::Con(Con::Int(int), _) => Some(*int),
            _ => None,
        };
        let signed = int.is_none_or(IntTy::signed);
        let float = int.is_none();
        let (std, args): (Std, Vec<Ty<'a>>) = match (call.name, call.args.len()) {
            ("abs", 0) if signed => (Std::Abs, vec![]),
            ("signum", 0) if signed => (Std::Signum, vec![]),
            ("min", 1) => (Std::Min, vec![ty.clone()]),
            ("max", 1) => (Std::Max, vec![ty.clone()]),
            ("clamp", 2) => (Std::Clamp, vec![ty.clone(), ty.clone()]),
            ("rem_euclid", 1) => (Std::RemEuclid, vec![ty.clone()]),
            ("saturating_add", 1) if !float => (Std::SaturatingAdd, vec![ty.clone()]),
            ("saturating_sub", 1) if !float => (Std::SaturatingSub, vec![ty.clone()]),
            ("saturating_mul", 1) if !float => (Std::SaturatingMul, vec![ty.clone()]),
            ("wrapping_add", 1) if !float => (Std::WrappingAdd, vec![ty.clone()]),
            ("wrapping_sub", 1) if !float => (Std::WrappingSub, vec![ty.clone()]),
            ("wrapping_mul", 1) if !float => (Std::WrappingMul, vec![ty.clone()]),
            ("abs_diff", 1) if !float && !signed => (Std::AbsDiff, vec![ty.clone()]),
            ("pow", 1) if !float => (Std::Pow, vec![Ty::int(IntTy::U32)]),
            ("div_ceil", 1) if !float && !signed => (Std::DivCeil, vec![ty.clone()]),
            ("next_multiple_of", 1) if !float && !signed => (Std::NextMultipleOf, vec![ty.clone()]),
            ("powi", 1) if float => (Std::Powi, vec![Ty::int(IntTy::I32)]),
            ("powf", 1) if float => (Std::Powf, vec![ty.clone()]),
            ("sqrt", 0) if float => (Std::Sqrt, vec![]),
            ("floor", 0) if float => (Std::Floor, vec![]),
            ("ceil", 0) if float => (Std::Ceil, vec![]),
            ("round", 0) if float => (Std::Round, vec![]),
            ("trunc", 0) if float => (Std::Trunc, vec![]),
            ("into", 0) => return self.number_into(receiver, ty, call, expect),
            ("is_power_of_two", 0) if !float && !signed => {
                let args = vec![receiver];
                return self.make(Kind::Std(Std::IsPowerOfTwo, args), Ty::con(Con::Bool), call.at);
            }
            _ => return self.other_method(receiver, ty, call),
        };
        self.std_call(std, receiver, &args, ty.clone(), call)
    }

    /// `x.into()` where the place says what it is to be.
    fn number_into(
        &mut self,
        receiver: Expr<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let target = expect.map(|target| self.infer.shallow(target));
        match (ty, target) {
            (Ty::Con(Con::Int(from), _), Some(target @ Ty::Con(Con::Int(_), _))) => {
                let Ty::Con(Con::Int(to), _) = &target else { return self.wrong(call.at) };
                let portable = |int: IntTy| !matches!(int, IntTy::Isize | IntTy::Usize);
                let (a, b) = (from.range(), to.range());
                if from != to && !(portable(*from) && portable(*to) && b.0 <= a.0 && a.1 <= b.1) {
                    let message = format!("`{}` does not become `{}` by `into()`", from.name(), to.name());
                    self.report.error(codes::RUST_TYPE, call.at, message);
                }
                self.make(Kind::Cast(Box::new(receiver)), target, call.at)
            }
            (Ty::Con(Con::Int(from), _), Some(target @ Ty::Con(Con::F64, _))) if from.bits() <= 32 => {
                self.make(Kind::Cast(Box::new(receiver)), target, call.at)
            }
            _ => self.unsupported(call.at, "`into()` here"),
        }
    }
}

/// Whether a method takes its receiver away.
fn takes_self(con: &Con<'_>, name: &str) -> bool {
    match con {
        Con::Node(..) | Con::Pick(..) | Con::RawNode | Con::Grow => name != "clone",
        Con::Vec | Con::Option | Con::Map(_) => matches!(
            name,
            "into_iter"
                | "into_keys"
                | "into_values"
                | "unwrap"
                | "expect"
                | "unwrap_or"
                | "unwrap_or_else"
                | "unwrap_or_default"
                | "map"
                | "and_then"
                | "filter"
                | "or"
        ),
        Con::Iter(_) | Con::Range | Con::RangeInclusive => true,
        Con::String => name == "into",
        _ => false,
    }
}

//! Methods of results.

use comfy_graph::diag::codes;

use super::{Checker, node::Called};
use crate::{
    hir::{Expr, Kind, Std},
    program::Bound,
    ty::{Con, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    pub(super) fn result_method(
        &mut self,
        receiver: Expr<'a>,
        through: bool,
        ty: &Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        let [item, error] = ty.args() else { return self.wrong(call.at) };
        let (item, error) = (item.clone(), error.clone());
        let flag = Ty::con(Con::Bool);
        if matches!(call.name, "is_ok" | "is_err") && call.args.is_empty() {
            let std = if call.name == "is_ok" { Std::IsOk } else { Std::IsErr };
            return self.look(std, receiver, &[], flag, call);
        }
        if through && !self.is_copy(ty) {
            let message = format!("cannot move a `{}` out of a reference", self.show(ty));
            self.report.error(codes::MOVED_VALUE, receiver.at, message);
        }
        let result = |item: Ty<'a>, error: Ty<'a>| Ty::with(Con::Result, [item, error]);
        match (call.name, call.args) {
            ("ok", []) => {
                let ty = Ty::with(Con::Option, [item]);
                self.make(Kind::Std(Std::OkOf, vec![receiver]), ty, call.at)
            }
            ("err", []) => {
                let ty = Ty::with(Con::Option, [error]);
                self.make(Kind::Std(Std::ErrOf, vec![receiver]), ty, call.at)
            }
            ("unwrap", []) | ("expect", [_]) => {
                let shown = crate::traits::Obligation {
                    ty: error,
                    bound: Bound::Debug,
                    at: receiver.at,
                    setter: None,
                };
                self.require(shown);
                self.std_call(Std::Unwrap, receiver, &[Ty::str()], item, call)
            }
            ("unwrap_or", [_]) => {
                self.std_call(Std::UnwrapOr, receiver, std::slice::from_ref(&item), item.clone(), call)
            }
            ("unwrap_or_default", []) => {
                let other = self.default_or_say(&item, call.at);
                self.make(Kind::Std(Std::UnwrapOr, vec![receiver, other]), item, call.at)
            }
            ("unwrap_or_else", [f]) => {
                let (f, found) = self.callee(f, &[error]);
                self.unify_or_say(&found, &item, f.at);
                self.make(Kind::Std(Std::UnwrapOrElse, vec![receiver, f]), item, call.at)
            }
            ("map", [f]) => {
                let (f, found) = self.callee(f, &[item]);
                self.make(Kind::Std(Std::MapOption, vec![receiver, f]), result(found, error), call.at)
            }
            ("map_err", [f]) => {
                let (f, found) = self.callee(f, &[error]);
                self.make(Kind::Std(Std::MapErr, vec![receiver, f]), result(item, found), call.at)
            }
            ("and_then", [f]) => {
                let (f, found) = self.callee(f, &[item]);
                let next = self.fresh();
                self.unify_or_say(&found, &result(next, error), f.at);
                self.make(Kind::Std(Std::AndThen, vec![receiver, f]), found, call.at)
            }
            _ => self.other_method(receiver, ty, call),
        }
    }
}

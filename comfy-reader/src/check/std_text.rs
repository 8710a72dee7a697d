//! Methods of texts and characters.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, node::Called};
use crate::{
    hir::{Expr, Kind, Std},
    ty::{Con, IntTy, IterKind, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    pub(super) fn text_method(
        &mut self,
        receiver: Expr<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let (string, bool_) = (Ty::con(Con::String), Ty::con(Con::Bool));
        let is_string = matches!(ty, Ty::Con(Con::String, _));
        if matches!(ty, Ty::Con(Con::Char, _)) {
            return self.other_method(receiver, ty, call);
        }
        let text = Ty::str();
        let (std, args, result): (Std, Vec<Ty<'a>>, Ty<'a>) = match (call.name, call.args.len()) {
            ("to_string" | "to_owned", 0) => (Std::ToString, vec![], string),
            ("into", 0) => match expect.map(|ty| self.infer.shallow(ty)) {
                Some(Ty::Con(Con::String, _)) => (Std::ToString, vec![], string),
                Some(target @ Ty::Con(Con::BoxError, _)) => (Std::ToString, vec![], target),
                _ => return self.unsupported(call.at, "`into()` here"),
            },
            ("clone", 0) if is_string => (Std::Clone, vec![], string),
            ("clone", 0) => (Std::Clone, vec![], text),
            ("as_str", 0) if is_string => (Std::Clone, vec![], text),
            ("trim", 0) => (Std::Trim, vec![], text),
            ("trim_start", 0) => (Std::TrimStart, vec![], text),
            ("trim_end", 0) => (Std::TrimEnd, vec![], text),
            ("split_whitespace", 0) => {
                (Std::SplitWhitespace, vec![], Ty::con(Con::Iter(IterKind::SplitWhitespace)))
            }
            ("split", 1) => {
                let between = separator(call.args[0]);
                (Std::Split, vec![between], Ty::con(Con::Iter(IterKind::Split)))
            }
            ("len", 0) => (Std::Len, vec![], Ty::int(IntTy::Usize)),
            ("is_empty", 0) => (Std::IsEmpty, vec![], bool_),
            ("to_uppercase", 0) => (Std::Upper, vec![], string),
            ("to_lowercase", 0) => (Std::Lower, vec![], string),
            ("repeat", 1) => (Std::RepeatStr, vec![Ty::int(IntTy::Usize)], string),
            ("replace", 2) => (Std::Replace, vec![text.clone(), text], string),
            ("starts_with", 1) => (Std::StartsWith, vec![separator(call.args[0])], bool_),
            ("ends_with", 1) => (Std::EndsWith, vec![separator(call.args[0])], bool_),
            ("contains", 1) => (Std::Contains, vec![separator(call.args[0])], bool_),
            ("lines", 0) => (Std::Lines, vec![], Ty::con(Con::Iter(IterKind::Lines))),
            ("chars", 0) => (Std::Chars, vec![], Ty::con(Con::Iter(IterKind::Chars))),
            ("push_str", 1) if is_string => (Std::PushStr, vec![text], Ty::unit()),
            ("push", 1) if is_string => (Std::Push, vec![Ty::con(Con::Char)], Ty::unit()),
            _ => {
                let owner = self.show(ty);
                self.unknown_method(&owner, call);
                return self.wrong(call.at);
            }
        };
        if matches!(std, Std::PushStr | Std::Push) {
            return self.change(std, receiver, &args, result, call);
        }
        self.look(std, receiver, &args, result, call)
    }

    /// The receiver has to be a place that can be changed.
    pub(super) fn changes(&mut self, receiver: &Expr<'a>) {
        if !super::ops::is_place(receiver) {
            self.report.unsupported(receiver.at, "changing something that is no variable");
        }
        let mut ty = self.type_of(receiver);
        if let Ty::Con(Con::Ref, args) = &ty {
            ty = self.infer.shallow(&args[0]);
            let message = format!("cannot change a `{}` behind a `&` reference", self.show(&ty));
            self.report.error(codes::NOT_MUTABLE, receiver.at, message);
        }
    }

    /// A method that changes its receiver.
    pub(super) fn changing(
        &mut self,
        std: Std,
        receiver: Expr<'a>,
        args: Vec<Expr<'a>>,
        result: Ty<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        self.make(Kind::Change(std, Box::new(receiver), args), result, call.at)
    }
}

/// The type of what is looked for in a text: a character or a text.
fn separator<'a>(arg: &Syn) -> Ty<'a> {
    match arg {
        Syn::Lit(syn::ExprLit { lit: syn::Lit::Char(_), .. }) => Ty::con(Con::Char),
        _ => Ty::str(),
    }
}

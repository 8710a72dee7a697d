//! Literals.

use comfy_graph::diag::codes;
use syn::Lit;

use super::Checker;
use crate::{
    at::At,
    hir::{Const, Expr, Kind},
    infer,
    ty::{Con, IntTy, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    /// A literal; `negative` if a minus stands before it.
    pub(super) fn literal(&mut self, lit: &Lit, negative: bool, at: At) -> Expr<'a> {
        let Some((value, ty)) = self.constant_of(lit, negative, at) else { return self.wrong(at) };
        if let Const::Str(text) = &value {
            self.texts.insert(at.bytes().start, text.clone());
        }
        self.make(Kind::Const(value), ty, at)
    }

    /// The value and the type of a literal.
    pub(super) fn constant_of(&mut self, lit: &Lit, negative: bool, at: At) -> Option<(Const, Ty<'a>)> {
        Some(match lit {
            Lit::Str(text) => (Const::Str(text.value()), Ty::str()),
            Lit::Bool(flag) => (Const::Bool(flag.value), Ty::con(Con::Bool)),
            Lit::Char(char) => (Const::Char(char.value()), Ty::con(Con::Char)),
            Lit::Int(int) => return self.integer(int, negative, at),
            Lit::Float(float) => {
                let Ok(number) = float.base10_parse::<f64>() else {
                    self.report.error(codes::RUST_TYPE, at, "this is no number");
                    return None;
                };
                let ty = match float.suffix() {
                    "" => self.infer.fresh(infer::Kind::Float),
                    "f32" => Ty::con(Con::F32),
                    "f64" => Ty::con(Con::F64),
                    suffix => return self.bad_suffix(suffix, at),
                };
                (Const::Float(if negative { -number } else { number }), ty)
            }
            _ => {
                self.report.unsupported(at, "this literal");
                return None;
            }
        })
    }

    fn bad_suffix(&self, suffix: &str, at: At) -> Option<(Const, Ty<'a>)> {
        self.report.error(codes::RUST_TYPE, at, format!("invalid suffix `{suffix}` for a number"));
        None
    }

    fn integer(&mut self, int: &syn::LitInt, negative: bool, at: At) -> Option<(Const, Ty<'a>)> {
        if matches!(int.suffix(), "f32" | "f64") {
            let number: f64 = int.base10_digits().parse().unwrap_or_default();
            let ty = Ty::con(if int.suffix() == "f32" { Con::F32 } else { Con::F64 });
            return Some((Const::Float(if negative { -number } else { number }), ty));
        }
        let Ok(number) = int.base10_digits().parse::<i128>() else {
            self.report.error(codes::RUST_OVERFLOW, at, "integer literal is too large");
            return None;
        };
        let number = if negative { -number } else { number };
        let ty = match int.suffix() {
            "" => self.infer.fresh(infer::Kind::Int),
            suffix => match IntTy::find(suffix) {
                Some(int) => Ty::int(int),
                None => return self.bad_suffix(suffix, at),
            },
        };
        self.literals.push((ty.clone(), number, at));
        Some((Const::Int(number), ty))
    }

    /// Every literal is within the range of the type that it turned out to have.
    pub(super) fn check_literals(&mut self) {
        for (ty, number, at) in std::mem::take(&mut self.literals) {
            let Ty::Con(Con::Int(int), _) = self.infer.shallow(&ty) else { continue };
            if !int.holds(number) {
                let (min, max) = int.range();
                let message = format!("literal out of range for `{}`", int.name());
                let help = format!("`{}` holds {min} to {max}", int.name());
                self.report.with_help(codes::RUST_OVERFLOW, at, message, help);
            }
        }
    }
}

//! Operators.

use comfy_graph::diag::codes;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{BinOp, Expr as Syn, UnOp, spanned::Spanned as _};

use super::Checker;
use crate::{
    at::At,
    hir::{Expr, Kind, Op},
    infer,
    program::Bound,
    ty::{Con, Ty},
};

/// The operator, and whether it assigns.
fn operator(op: &BinOp) -> Option<(Op, bool)> {
    Some(match op {
        BinOp::Add(_) => (Op::Add, false),
        BinOp::Sub(_) => (Op::Sub, false),
        BinOp::Mul(_) => (Op::Mul, false),
        BinOp::Div(_) => (Op::Div, false),
        BinOp::Rem(_) => (Op::Rem, false),
        BinOp::BitAnd(_) => (Op::BitAnd, false),
        BinOp::BitOr(_) => (Op::BitOr, false),
        BinOp::BitXor(_) => (Op::BitXor, false),
        BinOp::Shl(_) => (Op::Shl, false),
        BinOp::Shr(_) => (Op::Shr, false),
        BinOp::Eq(_) => (Op::Eq, false),
        BinOp::Ne(_) => (Op::Ne, false),
        BinOp::Lt(_) => (Op::Lt, false),
        BinOp::Le(_) => (Op::Le, false),
        BinOp::Gt(_) => (Op::Gt, false),
        BinOp::Ge(_) => (Op::Ge, false),
        BinOp::AddAssign(_) => (Op::Add, true),
        BinOp::SubAssign(_) => (Op::Sub, true),
        BinOp::MulAssign(_) => (Op::Mul, true),
        BinOp::DivAssign(_) => (Op::Div, true),
        BinOp::RemAssign(_) => (Op::Rem, true),
        BinOp::BitAndAssign(_) => (Op::BitAnd, true),
        BinOp::BitOrAssign(_) => (Op::BitOr, true),
        BinOp::BitXorAssign(_) => (Op::BitXor, true),
        BinOp::ShlAssign(_) => (Op::Shl, true),
        BinOp::ShrAssign(_) => (Op::Shr, true),
        _ => return None,
    })
}

impl<'a> Checker<'_, 'a, '_> {
    pub(super) fn unary(&mut self, unary: &syn::ExprUnary, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        match (&unary.op, &*unary.expr) {
            (UnOp::Neg(_), Syn::Lit(lit)) if matches!(lit.lit, syn::Lit::Int(_) | syn::Lit::Float(_)) => {
                let expr = self.literal(&lit.lit, true, at);
                let ty = self.type_of(&expr);
                self.negated.push((ty, at));
                expr
            }
            (UnOp::Neg(_), inner) => {
                let inner = self.expr(inner, expect);
                let ty = self.numeric(&inner, "-");
                self.negated.push((ty.clone(), at));
                self.make(Kind::Neg(Box::new(inner)), ty, at)
            }
            (UnOp::Not(_), inner) => {
                let inner = self.expr(inner, expect);
                let ty = self.behind(&inner);
                if !matches!(ty, Ty::Con(Con::Bool | Con::Int(_) | Con::Error, _))
                    && self.infer.kind(&ty) != Some(infer::Kind::Int)
                {
                    let message = format!("cannot apply `!` to type `{}`", self.show(&ty));
                    self.report.error(codes::RUST_TYPE, at, message);
                }
                self.make(Kind::Not(Box::new(inner)), ty, at)
            }
            (UnOp::Deref(_), inner) => {
                let inner = self.expr(inner, None);
                match self.known_type(&inner) {
                    Ty::Con(Con::Ref | Con::RefMut, args) => {
                        self.make(Kind::Deref(Box::new(inner)), args[0].clone(), at)
                    }
                    Ty::Con(Con::Error, _) => self.wrong(at),
                    ty => {
                        let message = format!("type `{}` cannot be dereferenced", self.show(&ty));
                        self.report.error(codes::RUST_TYPE, at, message);
                        self.wrong(at)
                    }
                }
            }
            _ => self.unsupported(at, "this operator"),
        }
    }

    /// A minus on an unsigned number is none.
    pub(super) fn signed(&mut self, ty: &Ty<'a>, at: At) {
        if let Ty::Con(Con::Int(int), _) = self.infer.shallow(ty)
            && !int.signed()
        {
            self.report.error(codes::RUST_TYPE, at, format!("cannot apply `-` to type `{}`", int.name()));
        }
    }

    /// The type of an operand, without a reference.
    fn behind(&mut self, expr: &Expr<'a>) -> Ty<'a> {
        match self.known_type(expr) {
            Ty::Con(Con::Ref, args) => self.infer.shallow(&args[0]),
            ty => ty,
        }
    }

    /// The type of an operand that has to be a number.
    fn numeric(&mut self, expr: &Expr<'a>, op: &str) -> Ty<'a> {
        let ty = self.behind(expr);
        let known = matches!(ty, Ty::Con(Con::Int(_) | Con::F32 | Con::F64 | Con::Error | Con::Never, _));
        match self.infer.kind(&ty) {
            Some(infer::Kind::Int | infer::Kind::Float) => ty,
            None if known => ty,
            Some(infer::Kind::Any) => {
                self.report.error(
                    codes::RUST_TYPE,
                    expr.at,
                    "type annotations needed before this is calculated with",
                );
                Ty::error()
            }
            None => {
                let message = format!("cannot calculate with a `{}` (`{op}`)", self.show(&ty));
                let help = "an output is only known when the workflow runs; use a node that calculates";
                if matches!(ty, Ty::Con(Con::Output, _)) {
                    self.report.with_help(codes::RUST_TYPE, expr.at, message, help);
                } else {
                    self.report.error(codes::RUST_TYPE, expr.at, message);
                }
                Ty::error()
            }
        }
    }

    pub(super) fn binary(&mut self, binary: &syn::ExprBinary, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        match &binary.op {
            BinOp::And(_) | BinOp::Or(_) => {
                let side = |checker: &mut Self, expr: &Syn| {
                    let expr = checker.expr(expr, Some(&Ty::con(Con::Bool)));
                    Box::new(checker.coerce(expr, &Ty::con(Con::Bool), None))
                };
                let (left, right) = (side(self, &binary.left), side(self, &binary.right));
                let and = matches!(binary.op, BinOp::And(_));
                let kind = if and { Kind::And(left, right) } else { Kind::Or(left, right) };
                self.make(kind, Ty::con(Con::Bool), at)
            }
            op => match operator(op) {
                Some((op, true)) => self.assign_op(op, binary, at),
                Some((Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, false)) => {
                    self.compare(binary, at)
                }
                Some((op, false)) => self.arithmetic(op, binary, at, expect),
                None => self.unsupported(at, "this operator"),
            },
        }
    }

    fn arithmetic(&mut self, op: Op, binary: &syn::ExprBinary, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        // what is wanted of the whole is no hint for the parts where they may be references
        let hint = expect.filter(|ty| !matches!(self.infer.shallow(ty), Ty::Con(Con::Ref, _)));
        let left = self.expr(&binary.left, hint);
        let right = self.expr(&binary.right, None);
        let left_ty = self.known_type(&left);
        if op == Op::Add && matches!(left_ty, Ty::Con(Con::String, _)) {
            let right = self.coerce(right, &Ty::str(), None);
            return self.make(Kind::Binary(op, Box::new(left), Box::new(right)), left_ty, at);
        }
        let ty = self.operands(op, &left, &right);
        self.make(Kind::Binary(op, Box::new(left), Box::new(right)), ty, at)
    }

    /// The type of the result of an operation on two numbers (or booleans).
    fn operands(&mut self, op: Op, left: &Expr<'a>, right: &Expr<'a>) -> Ty<'a> {
        let bits = matches!(op, Op::BitAnd | Op::BitOr | Op::BitXor);
        let left_ty = self.behind(left);
        if bits && matches!(left_ty, Ty::Con(Con::Bool, _)) {
            let right_ty = self.behind(right);
            self.unify_or_say(&right_ty, &left_ty, right.at);
            return left_ty;
        }
        let left_ty = self.numeric(left, symbol(op));
        let right_ty = self.numeric(right, symbol(op));
        if bits || matches!(op, Op::Shl | Op::Shr) {
            for (ty, at) in [(&left_ty, left.at), (&right_ty, right.at)] {
                let float = matches!(ty, Ty::Con(Con::F32 | Con::F64, _));
                if float || self.infer.kind(ty) == Some(infer::Kind::Float) {
                    let message = format!("no implementation for `{} {} ..`", self.show(ty), symbol(op));
                    self.report.error(codes::RUST_TYPE, at, message);
                }
            }
        }
        if !matches!(op, Op::Shl | Op::Shr) && !self.infer.unify(&right_ty, &left_ty) {
            let message = format!(
                "cannot calculate `{} {} {}`: both sides have to be of one type",
                self.show(&left_ty),
                symbol(op),
                self.show(&right_ty)
            );
            let help = format!("convert one of them, as in `.. as {}`", self.show(&left_ty));
            self.report.with_help(codes::RUST_TYPE, left.at.until(right.at), message, help);
        }
        left_ty
    }

    fn compare(&mut self, binary: &syn::ExprBinary, at: At) -> Expr<'a> {
        let Some((op, _)) = operator(&binary.op) else { return self.wrong(at) };
        let left = self.expr(&binary.left, None);
        let left_ty = self.known_type(&left);
        let right = self.expr(&binary.right, Some(&left_ty));
        let right_ty = self.known_type(&right);
        let ordered = !matches!(op, Op::Eq | Op::Ne);
        if !self.comparable(&left_ty, &right_ty, ordered) {
            let message = format!("cannot compare `{}` with `{}`", self.show(&left_ty), self.show(&right_ty));
            self.report.error(codes::RUST_TYPE, at, message);
        }
        self.make(Kind::Binary(op, Box::new(left), Box::new(right)), Ty::con(Con::Bool), at)
    }

    /// Whether `==` (or `<`) is there for two types.
    fn comparable(&mut self, left: &Ty<'a>, right: &Ty<'a>, ordered: bool) -> bool {
        let (left, right) = (self.infer.shallow(left), self.infer.shallow(right));
        let text = |ty: &Ty<'a>| match ty {
            Ty::Con(Con::Ref, args) => args[0].clone(),
            other => other.clone(),
        };
        match (&left, &right) {
            (Ty::Con(Con::Ref, a), Ty::Con(Con::Ref, b)) => self.comparable(&a[0], &b[0], ordered),
            (Ty::Con(Con::String, _), Ty::Con(Con::Ref, _))
            | (Ty::Con(Con::Ref, _), Ty::Con(Con::String, _)) => {
                !ordered
                    && matches!(text(&left), Ty::Con(Con::Str | Con::String, _))
                    && matches!(self.infer.shallow(&text(&right)), Ty::Con(Con::Str, _))
                    || !ordered && matches!(self.infer.shallow(&text(&left)), Ty::Con(Con::Str, _))
            }
            (Ty::Con(Con::String, _), Ty::Con(Con::Str, _))
            | (Ty::Con(Con::Str, _), Ty::Con(Con::String, _)) => !ordered,
            _ => self.infer.unify(&left, &right) && self.is_comparable(&left, ordered),
        }
    }

    pub(crate) fn is_comparable(&self, ty: &Ty<'a>, ordered: bool) -> bool {
        match self.infer.shallow(ty) {
            Ty::Var(_) => true,
            Ty::Con(con, args) => match con {
                Con::Error
                | Con::Bool
                | Con::Char
                | Con::Int(_)
                | Con::F32
                | Con::F64
                | Con::Str
                | Con::String => true,
                Con::Tuple | Con::Array(_) | Con::Vec | Con::Slice | Con::Option | Con::Result | Con::Ref => {
                    args.iter().all(|arg| self.is_comparable(arg, ordered))
                }
                Con::Map(_) => !ordered && args.iter().all(|arg| self.is_comparable(arg, ordered)),
                Con::Struct(index) => {
                    !ordered && self.program.structs.get(index as usize).is_some_and(|item| item.eq)
                }
                Con::Enum(index) => {
                    !ordered && self.program.enums.get(index as usize).is_some_and(|item| item.eq)
                }
                Con::NodeRef | Con::Unset | Con::Mode | Con::Json | Con::Raw => !ordered,
                Con::Param(index) => self
                    .bound_where(index, |bound| match bound {
                        Bound::PartialOrd | Bound::Ord => true,
                        Bound::PartialEq | Bound::Eq => !ordered,
                        _ => false,
                    })
                    .is_some(),
                _ => false,
            },
        }
    }

    /// `x = value`
    pub(super) fn assign(&mut self, assign: &syn::ExprAssign, at: At) -> Expr<'a> {
        if matches!(&*assign.left, Syn::Infer(_)) {
            let value = self.expr(&assign.right, None);
            return self.make(Kind::Block(vec![crate::hir::Stmt::Expr(value)], None), Ty::unit(), at);
        }
        if let Some(block) = taken_apart(assign) {
            return self.expr(&block, None);
        }
        let place = self.expr(&assign.left, None);
        let ty = self.type_of(&place);
        if !is_place(&place) {
            self.report.unsupported(place.at, "an assignment to this");
        }
        if matches!(ty, Ty::Con(Con::RefMut, _)) {
            self.report.unsupported_but(
                place.at,
                "another reference for this variable",
                "write `*` before it",
            );
        }
        let value = self.expr(&assign.right, Some(&ty));
        let value = self.coerce(value, &ty, None);
        self.make(Kind::Assign(Box::new(place), Box::new(value)), Ty::unit(), at)
    }

    fn assign_op(&mut self, op: Op, binary: &syn::ExprBinary, at: At) -> Expr<'a> {
        let place = self.expr(&binary.left, None);
        let ty = self.known_type(&place);
        let value = self.expr(&binary.right, Some(&ty));
        if !is_place(&place) {
            self.report.unsupported(place.at, "an assignment to this");
        }
        let value = if op == Op::Add && matches!(ty, Ty::Con(Con::String, _)) {
            self.coerce(value, &Ty::str(), None)
        } else {
            if matches!(ty, Ty::Con(Con::Ref, _)) {
                let message = format!("`{}=` cannot be applied to type `{}`", symbol(op), self.show(&ty));
                self.report.error(codes::RUST_TYPE, place.at, message);
            }
            self.operands(op, &place, &value);
            value
        };
        self.make(Kind::AssignOp(op, Box::new(place), Box::new(value)), Ty::unit(), at)
    }

    pub(super) fn cast(&mut self, cast: &syn::ExprCast, at: At) -> Expr<'a> {
        let inner = self.expr(&cast.expr, None);
        let target = self.written(&cast.ty);
        let target = self.infer.shallow(&target);
        let ty = self.known_type(&inner);
        let to_int = matches!(target, Ty::Con(Con::Int(_), _));
        let to_float = matches!(target, Ty::Con(Con::F32 | Con::F64, _));
        let kind = self.infer.kind(&ty);
        // a literal takes the type that it is cast to, if it is of that kind
        if kind == Some(infer::Kind::Int) && to_int || kind == Some(infer::Kind::Float) && to_float {
            self.infer.unify(&ty, &target);
        }
        let possible = match &ty {
            Ty::Con(Con::Int(from), _) => {
                to_int
                    || to_float
                    || from.bits() == 8 && !from.signed() && matches!(target, Ty::Con(Con::Char, _))
            }
            Ty::Con(Con::F32 | Con::F64, _) => to_int || to_float,
            Ty::Con(Con::Bool | Con::Char, _) => to_int || ty_same(&ty, &target),
            Ty::Con(Con::Error, _) => true,
            Ty::Con(Con::Enum(_), _) if to_int => return self.unsupported(at, "the number of a variant"),
            Ty::Var(_) if kind != Some(infer::Kind::Any) => to_int || to_float,
            other => ty_same(other, &target) && self.infer.unify(other, &target),
        };
        if !possible && !target.is_error() {
            let message = format!("`{}` cannot be cast to `{}`", self.show(&ty), self.show(&target));
            self.report.error(codes::RUST_TYPE, at, message);
        }
        self.make(Kind::Cast(Box::new(inner)), target, at)
    }
}

/// `(a, b) = value` as rustc reads it: `{ let (x, y) = value; a = x; b = y; }`. `None` where there is one place only, or what
/// is assigned to is no tuple of places.
fn taken_apart(assign: &syn::ExprAssign) -> Option<Syn> {
    if !matches!(&*assign.left, Syn::Tuple(_)) {
        return None;
    }
    let mut places = Vec::new();
    let pattern = pattern_of(&assign.left, &mut places)?;
    let (names, places): (Vec<syn::Ident>, Vec<&Syn>) = places.into_iter().unzip();
    let right = &assign.right;
    syn::parse2(quote!({ let #pattern = #right; #(#places = #names;)* })).ok()
}

/// The pattern for the left side, with a variable for each place. Recursion goes by the depth of the source.
fn pattern_of<'s>(left: &'s Syn, places: &mut Vec<(syn::Ident, &'s Syn)>) -> Option<TokenStream> {
    match left {
        Syn::Tuple(tuple) => {
            let items =
                tuple.elems.iter().map(|left| pattern_of(left, places)).collect::<Option<Vec<_>>>()?;
            Some(quote!((#(#items,)*)))
        }
        Syn::Paren(inner) => pattern_of(&inner.expr, places),
        Syn::Infer(_) => Some(quote!(_)),
        Syn::Path(_) | Syn::Field(_) | Syn::Index(_) | Syn::Unary(_) => {
            // no name that anybody writes
            let name = syn::Ident::new(&format!("__taken_{}", places.len()), left.span());
            places.push((name.clone(), left));
            Some(quote!(#name))
        }
        _ => None,
    }
}

fn ty_same(a: &Ty<'_>, b: &Ty<'_>) -> bool {
    matches!((a, b), (Ty::Con(a, _), Ty::Con(b, _)) if a.same(b))
}

/// Whether an expression is a place that can be assigned to.
pub(crate) fn is_place(expr: &Expr<'_>) -> bool {
    match &expr.kind {
        Kind::Local(_) | Kind::Error => true,
        Kind::Field(base, _) | Kind::Index(base, _) | Kind::Deref(base) => is_place(base),
        _ => false,
    }
}

fn symbol(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Rem => "%",
        Op::BitAnd => "&",
        Op::BitOr => "|",
        Op::BitXor => "^",
        Op::Shl => "<<",
        Op::Shr => ">>",
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
    }
}

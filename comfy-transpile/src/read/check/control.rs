//! `if`, `match`, loops, closures, and ways out of them.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, Loop};
use crate::read::{
    at::At,
    hir::{Arm, Closure, Cond, Expr, Kind, Pattern},
    ty::{Con, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    /// A condition; variables of `if let` are declared in the present scope.
    fn condition(&mut self, cond: &Syn) -> Cond<'a> {
        match cond {
            Syn::Let(let_) => {
                let value = self.expr(&let_.expr, None);
                let ty = self.known_type(&value);
                let pattern = self.pattern(&let_.pat, &ty);
                Cond::Let(pattern, value)
            }
            Syn::Binary(binary) if matches!(binary.op, syn::BinOp::And(_)) && has_let(cond) => {
                let left = self.condition(&binary.left);
                let right = self.condition(&binary.right);
                Cond::And(vec![left, right])
            }
            Syn::Paren(paren) if !has_let(&paren.expr) => self.condition(&paren.expr),
            _ => {
                let value = self.expr(cond, Some(&Ty::con(Con::Bool)));
                Cond::Bool(self.coerce(value, &Ty::con(Con::Bool), None))
            }
        }
    }

    pub(super) fn if_(&mut self, if_: &syn::ExprIf, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let (cond, then) = self.scope(|checker| {
            let cond = checker.condition(&if_.cond);
            (cond, checker.block(&if_.then_branch, if if_.else_branch.is_some() { expect } else { None }))
        });
        let Some((_, otherwise)) = &if_.else_branch else {
            let then = self.coerce(then, &Ty::unit(), None);
            return self.make(Kind::If(Box::new(cond), Box::new(then), None), Ty::unit(), at);
        };
        let otherwise = self.expr(otherwise, expect);
        let (then, otherwise, ty) = self.join(then, otherwise, expect);
        self.make(Kind::If(Box::new(cond), Box::new(then), Some(Box::new(otherwise))), ty, at)
    }

    /// Two branches of one expression.
    fn join(
        &mut self,
        first: Expr<'a>,
        second: Expr<'a>,
        expect: Option<&Ty<'a>>,
    ) -> (Expr<'a>, Expr<'a>, Ty<'a>) {
        let never = |ty: &Ty<'a>| matches!(ty, Ty::Con(Con::Never, _));
        let (a, b) = (self.type_of(&first), self.type_of(&second));
        if never(&a) {
            return (first, second, b);
        }
        if never(&b) {
            return (first, second, a);
        }
        let wanted = match expect {
            Some(wanted) if self.fits(&a, wanted) => wanted.clone(),
            _ => a,
        };
        let second = self.coerce(second, &wanted, None);
        (first, second, wanted)
    }

    pub(super) fn match_(&mut self, match_: &syn::ExprMatch, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let value = self.expr(&match_.expr, None);
        let ty = self.known_type(&value);
        let mut result: Option<Ty<'a>> = None;
        let mut arms = Vec::new();
        for arm in &match_.arms {
            let arm = self.scope(|checker| {
                let (pat, guard) = match &arm.pat {
                    syn::Pat::Guard(guarded) => (&*guarded.pat, Some(&guarded.guard)),
                    pat => (pat, None),
                };
                let pattern = checker.pattern(pat, &ty);
                let guard = guard.map(|guard| checker.condition(guard));
                let hint = result.clone();
                let body = checker.expr(&arm.body, hint.as_ref().or(expect));
                Arm { pattern, guard, body }
            });
            let found = self.type_of(&arm.body);
            result = match result {
                _ if matches!(found, Ty::Con(Con::Never, _)) => result,
                None => match expect {
                    Some(wanted) if self.fits(&found, wanted) => Some(wanted.clone()),
                    _ => Some(found),
                },
                Some(wanted) => {
                    let body = self.coerce(arm.body, &wanted, None);
                    arms.push(Arm { pattern: arm.pattern, guard: arm.guard, body });
                    result = Some(wanted);
                    continue;
                }
            };
            arms.push(arm);
        }
        let rows: Vec<Vec<&Pattern>> =
            arms.iter().filter(|arm| arm.guard.is_none()).map(|arm| vec![&arm.pattern]).collect();
        if !self.covers(&rows, &[ty]) {
            let message = "this `match` does not cover all values; add `_ => ..`";
            self.report.error(codes::RUST_TYPE, value.at, message);
        }
        let result = result.unwrap_or_else(|| Ty::con(Con::Never));
        self.make(Kind::Match(Box::new(value), arms), result, at)
    }

    /// Whether patterns, column by column, cover all values of these types.
    fn covers(&self, rows: &[Vec<&Pattern>], types: &[Ty<'a>]) -> bool {
        let Some((first, rest)) = types.split_first() else { return !rows.is_empty() };
        let rows: Vec<Vec<&Pattern>> = rows.iter().flat_map(|row| alternatives(row)).collect();
        let first = self.infer.shallow(first);
        let shapes: Vec<(Shape, Vec<Ty<'a>>)> = match &first {
            Ty::Con(Con::Error, _) => return true,
            Ty::Con(Con::Ref, args) => {
                let mut types = vec![args[0].clone()];
                types.extend_from_slice(rest);
                return self.covers(&rows, &types);
            }
            Ty::Con(Con::Bool, _) => vec![(Shape::Bool(false), vec![]), (Shape::Bool(true), vec![])],
            Ty::Con(Con::Option, args) => vec![(Shape::None, vec![]), (Shape::Some, args.to_vec())],
            Ty::Con(Con::Tuple, args) => vec![(Shape::Fields, args.to_vec())],
            Ty::Con(Con::Struct(index), _) => {
                let fields = self.program.structs.get(*index as usize).map(|item| &item.fields);
                vec![(Shape::Fields, fields.into_iter().flatten().map(|(_, ty)| ty.clone()).collect())]
            }
            Ty::Con(Con::Enum(index), _) => {
                let variants = self.program.enums.get(*index as usize).map(|item| &item.variants);
                let variants = variants.into_iter().flatten().enumerate();
                variants
                    .map(|(at, (_, fields))| {
                        (Shape::Variant(at), fields.iter().map(|(_, ty)| ty.clone()).collect())
                    })
                    .collect()
            }
            Ty::Con(Con::Combo(combo), _) if !combo.files => {
                (0..combo.values.len()).map(|at| (Shape::Choice(at), vec![])).collect()
            }
            // too many values to name: only a variable or `_` covers them
            _ => vec![(Shape::Other, vec![])],
        };
        shapes.iter().all(|(shape, fields)| {
            let narrowed: Vec<Vec<&Pattern>> =
                rows.iter().filter_map(|row| narrow(row, *shape, fields.len())).collect();
            let types: Vec<Ty<'a>> = fields.iter().chain(rest).cloned().collect();
            self.covers(&narrowed, &types)
        })
    }

    pub(super) fn for_(&mut self, for_: &syn::ExprForLoop, at: At) -> Expr<'a> {
        if let Some(label) = &for_.label {
            return self.unsupported(At::of(label), "a label");
        }
        let list = self.expr(&for_.expr, None);
        let ty = self.known_type(&list);
        let Some(item) = self.item_of(&ty) else {
            self.not_iterable(&ty, list.at);
            return self.wrong(at);
        };
        let (pattern, body) = self.in_loop(Loop::Of(Ty::unit()), |checker| {
            checker.scope(|checker| {
                let pattern = checker.pattern(&for_.pat, &item);
                if checker.refutable(&pattern, &item) {
                    let message = "this pattern does not cover all items";
                    checker.report.error(codes::RUST_TYPE, At::pat(&for_.pat), message);
                }
                let body = checker.block(&for_.body, Some(&Ty::unit()));
                (pattern, checker.coerce(body, &Ty::unit(), None))
            })
        });
        self.make(Kind::For(pattern, Box::new(list), Box::new(body)), Ty::unit(), at)
    }

    pub(super) fn not_iterable(&mut self, ty: &Ty<'a>, at: At) {
        if !ty.is_error() {
            let message = format!("`{}` is not an iterator", self.show(ty));
            self.report.error(codes::RUST_TYPE, at, message);
        }
    }

    fn in_loop<R>(&mut self, each: Loop<'a>, inside: impl FnOnce(&mut Self) -> R) -> R {
        self.loops.push(each);
        let result = inside(self);
        self.loops.pop();
        result
    }

    pub(super) fn while_(&mut self, while_: &syn::ExprWhile, at: At) -> Expr<'a> {
        if let Some(label) = &while_.label {
            return self.unsupported(At::of(label), "a label");
        }
        let (cond, body) = self.in_loop(Loop::Of(Ty::unit()), |checker| {
            checker.scope(|checker| {
                let cond = checker.condition(&while_.cond);
                let body = checker.block(&while_.body, Some(&Ty::unit()));
                (cond, checker.coerce(body, &Ty::unit(), None))
            })
        });
        self.make(Kind::While(Box::new(cond), Box::new(body)), Ty::unit(), at)
    }

    pub(super) fn loop_(&mut self, loop_: &syn::ExprLoop, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        if let Some(label) = &loop_.label {
            return self.unsupported(At::of(label), "a label");
        }
        let result = expect.cloned().unwrap_or_else(|| self.fresh());
        let body = self.in_loop(Loop::Of(result.clone()), |checker| {
            let body = checker.block(&loop_.body, Some(&Ty::unit()));
            checker.coerce(body, &Ty::unit(), None)
        });
        let ty = if breaks(&loop_.body) { result } else { Ty::con(Con::Never) };
        self.make(Kind::Loop(Box::new(body)), ty, at)
    }

    pub(super) fn break_(&mut self, break_: &syn::ExprBreak, at: At) -> Expr<'a> {
        if break_.label.is_some() {
            return self.unsupported(at, "a label");
        }
        let Some(Loop::Of(wanted)) = self.loops.last() else {
            self.report.error(codes::RUST_TYPE, at, "`break` outside of a loop");
            return self.wrong(at);
        };
        let wanted = wanted.clone();
        let value = self.left_with(break_.expr.as_deref(), &wanted, at);
        self.make(Kind::Break(value), Ty::con(Con::Never), at)
    }

    /// The value that `break` or `return` leaves with; none is `()`.
    fn left_with(&mut self, value: Option<&Syn>, wanted: &Ty<'a>, at: At) -> Option<Box<Expr<'a>>> {
        let Some(value) = value else {
            self.unify_or_say(&Ty::unit(), wanted, at);
            return None;
        };
        let value = self.expr(value, Some(wanted));
        Some(Box::new(self.coerce(value, wanted, None)))
    }

    pub(super) fn continue_(&mut self, continue_: &syn::ExprContinue, at: At) -> Expr<'a> {
        if continue_.label.is_some() {
            return self.unsupported(at, "a label");
        }
        if !matches!(self.loops.last(), Some(Loop::Of(_))) {
            self.report.error(codes::RUST_TYPE, at, "`continue` outside of a loop");
        }
        self.make(Kind::Continue, Ty::con(Con::Never), at)
    }

    pub(super) fn return_(&mut self, return_: &syn::ExprReturn, at: At) -> Expr<'a> {
        let closure = self.loops.iter().rev().find_map(|each| match each {
            Loop::Closure(result) => Some(result.clone()),
            Loop::Of(_) => None,
        });
        let wanted = closure.unwrap_or_else(|| self.result.clone());
        let value = self.left_with(return_.expr.as_deref(), &wanted, at);
        self.make(Kind::Return(value), Ty::con(Con::Never), at)
    }

    /// A closure; `params` are the types that its place gives to its parameters.
    pub(super) fn closure(
        &mut self,
        closure: &syn::ExprClosure,
        at: At,
        params: Option<&[Ty<'a>]>,
    ) -> Expr<'a> {
        if closure.asyncness.is_some() || closure.constness.is_some() {
            return self.unsupported(at, "this kind of closure");
        }
        if closure.capture.is_some() && assigns(&closure.body) {
            return self.unsupported(at, "a `move` closure that changes a variable");
        }
        if let Some(params) = params
            && params.len() != closure.inputs.len()
        {
            let message =
                format!("this closure takes {} arguments, {} are given", closure.inputs.len(), params.len());
            self.report.error(codes::RUST_TYPE, at, message);
            return self.wrong(at);
        }
        let id = u32::try_from(self.closures.len()).unwrap_or(u32::MAX);
        self.closures.push(None);
        let result = match &closure.output {
            syn::ReturnType::Default => self.fresh(),
            syn::ReturnType::Type(_, ty) => self.written(ty),
        };
        let mut types = Vec::new();
        let (patterns, body) = self.in_loop(Loop::Closure(result.clone()), |checker| {
            checker.scope(|checker| {
                let mut patterns = Vec::new();
                for (index, input) in closure.inputs.iter().enumerate() {
                    let ty = params.and_then(|params| params.get(index)).cloned();
                    let ty = ty.unwrap_or_else(|| checker.fresh());
                    patterns.push(checker.pattern(input, &ty));
                    types.push(ty);
                }
                let body = checker.expr(&closure.body, Some(&result));
                (patterns, checker.coerce(body, &result, None))
            })
        });
        if let Some(place) = self.closures.get_mut(id as usize) {
            *place = Some(Closure { params: patterns, body });
        }
        types.push(result);
        self.make(Kind::Closure(id), Ty::with(Con::Closure(id), types), at)
    }
}

/// The outermost constructor of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Bool(bool),
    None,
    Some,
    Fields,
    Variant(usize),
    Choice(usize),
    Other,
}

/// A row for each alternative of its first pattern.
fn alternatives<'p>(row: &[&'p Pattern]) -> Vec<Vec<&'p Pattern>> {
    match row.split_first() {
        Some((Pattern::Or(patterns), rest)) => patterns
            .iter()
            .flat_map(|pattern| {
                let mut row = vec![pattern];
                row.extend_from_slice(rest);
                alternatives(&row)
            })
            .collect(),
        Some((Pattern::Bind(_, Some(inner)), rest)) => {
            let mut row: Vec<&Pattern> = vec![inner];
            row.extend_from_slice(rest);
            alternatives(&row)
        }
        _ => vec![row.to_vec()],
    }
}

/// What is left of a row for values of this shape.
fn narrow<'p>(row: &[&'p Pattern], shape: Shape, fields: usize) -> Option<Vec<&'p Pattern>> {
    static WILD: Pattern = Pattern::Wild;
    let (first, rest) = row.split_first()?;
    let mut inner: Vec<&'p Pattern> = match (first, shape) {
        (Pattern::Wild | Pattern::Bind(_, None), _) => vec![&WILD; fields],
        (Pattern::Const(crate::read::hir::Const::Bool(flag)), Shape::Bool(value)) if *flag == value => vec![],
        (Pattern::None, Shape::None) => vec![],
        (Pattern::Some(inner), Shape::Some) => vec![inner],
        (Pattern::Tuple(patterns, cut), Shape::Fields) => {
            let before = cut.unwrap_or(patterns.len());
            let gap = fields.saturating_sub(patterns.len());
            let mut all: Vec<&Pattern> = patterns.iter().take(before).collect();
            all.extend(std::iter::repeat_n(&WILD, gap));
            all.extend(patterns.iter().skip(before));
            all
        }
        (Pattern::Struct(given), Shape::Fields) => by_position(given, fields, &WILD),
        (Pattern::Variant(index, given), Shape::Variant(at)) if *index as usize == at => {
            by_position(given, fields, &WILD)
        }
        (Pattern::Choice(index), Shape::Choice(at)) if *index == at => vec![],
        _ => return None,
    };
    inner.extend_from_slice(rest);
    Some(inner)
}

fn by_position<'p>(given: &'p [(usize, Pattern)], fields: usize, wild: &'p Pattern) -> Vec<&'p Pattern> {
    let pattern =
        |at: usize| given.iter().find(|(index, _)| *index == at).map_or(wild, |(_, pattern)| pattern);
    (0..fields).map(pattern).collect()
}

fn has_let(expr: &Syn) -> bool {
    match expr {
        Syn::Let(_) => true,
        Syn::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

/// Whether a loop's body has a `break` of its own.
fn breaks(block: &syn::Block) -> bool {
    struct Finder(bool);
    impl<'ast> syn::visit::Visit<'ast> for Finder {
        fn visit_expr_break(&mut self, _: &'ast syn::ExprBreak) {
            self.0 = true;
        }
        fn visit_expr_loop(&mut self, _: &'ast syn::ExprLoop) {}
        fn visit_expr_while(&mut self, _: &'ast syn::ExprWhile) {}
        fn visit_expr_for_loop(&mut self, _: &'ast syn::ExprForLoop) {}
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    }
    let mut finder = Finder(false);
    syn::visit::Visit::visit_block(&mut finder, block);
    finder.0
}

/// Whether anything is assigned to in an expression.
fn assigns(expr: &Syn) -> bool {
    struct Finder(bool);
    impl<'ast> syn::visit::Visit<'ast> for Finder {
        fn visit_expr_assign(&mut self, _: &'ast syn::ExprAssign) {
            self.0 = true;
        }
        fn visit_bin_op(&mut self, op: &'ast syn::BinOp) {
            use syn::BinOp::{
                AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign,
                ShlAssign, ShrAssign, SubAssign,
            };
            self.0 |= matches!(
                op,
                AddAssign(_)
                    | SubAssign(_)
                    | MulAssign(_)
                    | DivAssign(_)
                    | RemAssign(_)
                    | BitAndAssign(_)
                    | BitOrAssign(_)
                    | BitXorAssign(_)
                    | ShlAssign(_)
                    | ShrAssign(_)
            );
        }
    }
    let mut finder = Finder(false);
    syn::visit::Visit::visit_expr(&mut finder, expr);
    finder.0
}

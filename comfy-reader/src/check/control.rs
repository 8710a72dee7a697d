//! `if`, `match`, loops, closures, and ways out of them.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, Label, Loop};
use crate::{
    at::At,
    hir::{Arm, Closure, Cond, Expr, Kind, Pattern},
    ty::{Con, Ty},
};

/// Longer arrays have no patterns of their parts.
pub(super) const LONGEST: usize = 32;

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
            Ty::Con(Con::Result, args) => {
                args.iter().enumerate().map(|(at, ty)| (Shape::Variant(at), vec![ty.clone()])).collect()
            }
            Ty::Con(Con::Tuple, args) => vec![(Shape::Fields, args.to_vec())],
            Ty::Con(Con::Array(length), args) if *length <= LONGEST => {
                vec![(Shape::Fields, vec![args[0].clone(); *length])]
            }
            Ty::Con(Con::Slice, args) => {
                // longer ones are as those that no pattern without `..` reaches
                let longest = rows.iter().filter_map(|row| row.first()).map(|pattern| match pattern {
                    Pattern::Slice(patterns, ..) => patterns.len(),
                    _ => 0,
                });
                let longest = longest.max().unwrap_or(0);
                (0..=longest + 1).map(|at| (Shape::Length(at), vec![args[0].clone(); at])).collect()
            }
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
        let label = self.label(for_.label.as_ref());
        let list = self.expr(&for_.expr, None);
        let ty = self.known_type(&list);
        let Some(item) = self.item_of(&ty) else {
            self.not_iterable(&ty, list.at);
            return self.wrong(at);
        };
        let (pattern, body) = self.in_loop(Loop::Of(Ty::unit(), label.clone()), |checker| {
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
        let body = Box::new(self.labelled_body(body, label.as_ref()));
        let each = self.make(Kind::For(pattern, Box::new(list), body), Ty::unit(), at);
        self.labelled(each, label.as_ref())
    }

    /// A label, with a number of its own.
    fn label(&mut self, label: Option<&syn::Label>) -> Option<Label> {
        let label = label?;
        self.labels += 1;
        Some(Label { name: label.name.ident.to_string(), number: self.labels })
    }

    fn labelled(&mut self, expr: Expr<'a>, label: Option<&Label>) -> Expr<'a> {
        let Some(label) = label else { return expr };
        let (ty, at) = (self.type_of(&expr), expr.at);
        self.make(Kind::Labelled(label.number, Box::new(expr)), ty, at)
    }

    fn labelled_body(&mut self, expr: Expr<'a>, label: Option<&Label>) -> Expr<'a> {
        let Some(label) = label else { return expr };
        let (ty, at) = (self.type_of(&expr), expr.at);
        self.make(Kind::LabelledBody(label.number, Box::new(expr)), ty, at)
    }

    /// `'name: { .. }`
    pub(super) fn labelled_block(
        &mut self,
        block: &syn::ExprBlock,
        at: At,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let Some(label) = self.label(block.label.as_ref()) else { return self.block(&block.block, expect) };
        let result = expect.cloned().unwrap_or_else(|| self.fresh());
        let inner = self.in_loop(Loop::Block(result.clone(), label.clone()), |checker| {
            let inner = checker.block(&block.block, Some(&result));
            checker.coerce(inner, &result, None)
        });
        self.make(Kind::Labelled(label.number, Box::new(inner)), result, at)
    }

    pub(super) fn not_iterable(&mut self, ty: &Ty<'a>, at: At) {
        if self.not_in_order(ty, at) {
            return;
        }
        if matches!(ty, Ty::Con(Con::RefMut, _)) {
            let instead = "go by position: `for i in 0..list.len() { list[i] = ..; }`";
            return self.report.unsupported_but(at, "going over a list to change it", instead);
        }
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
        let label = self.label(while_.label.as_ref());
        let (cond, body) = self.in_loop(Loop::Of(Ty::unit(), label.clone()), |checker| {
            checker.scope(|checker| {
                let cond = checker.condition(&while_.cond);
                let body = checker.block(&while_.body, Some(&Ty::unit()));
                (cond, checker.coerce(body, &Ty::unit(), None))
            })
        });
        let body = Box::new(self.labelled_body(body, label.as_ref()));
        let each = self.make(Kind::While(Box::new(cond), body), Ty::unit(), at);
        self.labelled(each, label.as_ref())
    }

    pub(super) fn loop_(&mut self, loop_: &syn::ExprLoop, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let label = self.label(loop_.label.as_ref());
        let result = expect.cloned().unwrap_or_else(|| self.fresh());
        let body = self.in_loop(Loop::Of(result.clone(), label.clone()), |checker| {
            let body = checker.block(&loop_.body, Some(&Ty::unit()));
            checker.coerce(body, &Ty::unit(), None)
        });
        let own = label.as_ref().map(|label| label.name.as_str());
        let ty = if breaks(&loop_.body, own) { result } else { Ty::con(Con::Never) };
        let body = Box::new(self.labelled_body(body, label.as_ref()));
        let each = self.make(Kind::Loop(body), ty, at);
        self.labelled(each, label.as_ref())
    }

    pub(super) fn break_(&mut self, break_: &syn::ExprBreak, at: At) -> Expr<'a> {
        let Some((wanted, label)) = self.target(break_.label.as_ref(), "break", at) else {
            return self.wrong(at);
        };
        let value = self.left_with(break_.expr.as_deref(), &wanted, at);
        self.make(Kind::Break(label, value), Ty::con(Con::Never), at)
    }

    /// What `break` or `continue` leaves: the type of its value, and the number of the label that is named.
    fn target(&mut self, label: Option<&syn::Lifetime>, word: &str, at: At) -> Option<(Ty<'a>, Option<u32>)> {
        let around = self.loops.iter().rev().take_while(|each| !matches!(each, Loop::Closure(_)));
        let Some(wanted) = label else {
            let found = around.into_iter().next();
            if let Some(Loop::Of(ty, _)) = found {
                return Some((ty.clone(), None));
            }
            let message = match found {
                Some(_) => format!("`{word}` inside of a labelled block needs a label"),
                None => format!("`{word}` outside of a loop"),
            };
            self.report.error(codes::RUST_TYPE, at, message);
            return None;
        };
        let name = wanted.ident.to_string();
        let found = around.into_iter().find_map(|each| match each {
            Loop::Of(ty, Some(label)) if label.name == name => Some((ty.clone(), Some(label.number), true)),
            Loop::Block(ty, label) if label.name == name => Some((ty.clone(), Some(label.number), false)),
            _ => None,
        });
        match found {
            Some((_, _, false)) if word == "continue" => {
                self.report.error(codes::RUST_TYPE, at, format!("`'{name}` is a block, and no loop"));
                None
            }
            Some((ty, number, _)) => Some((ty, number)),
            None => {
                self.report.error(codes::RUST_NAME, at, format!("there is no label `'{name}` here"));
                None
            }
        }
    }

    /// What `return` and `?` leave with: of the closure around, or of the function.
    fn leaves_with(&self) -> Ty<'a> {
        let closure = self.loops.iter().rev().find_map(|each| match each {
            Loop::Closure(result) => Some(result.clone()),
            Loop::Of(..) | Loop::Block(..) => None,
        });
        closure.unwrap_or_else(|| self.result.clone())
    }

    /// `value?`
    pub(super) fn try_(&mut self, try_: &syn::ExprTry, at: At) -> Expr<'a> {
        let inner = self.expr(&try_.expr, None);
        let (ty, result) = (self.known_type(&inner), self.leaves_with());
        let result = self.infer.shallow(&result);
        let value = match &ty {
            Ty::Con(Con::Error, _) => return self.wrong(at),
            Ty::Con(con @ (Con::Option | Con::Result), args) => {
                let fits = match &result {
                    Ty::Con(own, _) => con.same(own) || result.is_error(),
                    Ty::Var(_) if matches!(con, Con::Option) => {
                        let some = self.fresh();
                        self.infer.unify(&result, &Ty::with(Con::Option, [some]))
                    }
                    Ty::Var(_) => {
                        return self.unsupported(at, "`?` in a closure whose result is not written");
                    }
                };
                if !fits {
                    let message = format!(
                        "`?` here needs a function that returns an `{}`; this one returns `{}`",
                        if matches!(con, Con::Option) { "Option" } else { "Result" },
                        self.show(&result)
                    );
                    self.report.error(codes::RUST_TYPE, at, message);
                    return self.wrong(at);
                }
                if let ([value, error], Ty::Con(Con::Result, own)) = (&**args, &result) {
                    let conversion = self.error_into(error, &own[1], at);
                    return self.make(Kind::Try(Box::new(inner), conversion), value.clone(), at);
                }
                args[0].clone()
            }
            _ => {
                let message = format!("`?` is for an `Option` or a `Result`; found `{}`", self.show(&ty));
                self.report.error(codes::RUST_TYPE, at, message);
                return self.wrong(at);
            }
        };
        self.make(Kind::Try(Box::new(inner), None), value, at)
    }

    /// Makes an error another one: the function that does, if it takes one.
    fn error_into(&mut self, error: &Ty<'a>, wanted: &Ty<'a>, at: At) -> Option<u32> {
        let (found, target) = (self.infer.resolve(error), self.infer.resolve(wanted));
        if matches!(target, Ty::Con(Con::BoxError, _)) && is_text(&found) {
            return None;
        }
        if let Some(function) = self.conversion(&found, &target) {
            return Some(function);
        }
        if !self.infer.unify(error, wanted) {
            let instead = "convert it first: `.map_err(|error| ..)?`";
            self.report.unsupported_but(at, "`?` on an error of another type", instead);
        }
        None
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
        match self.target(continue_.label.as_ref(), "continue", at) {
            Some((_, label)) => self.make(Kind::Continue(label), Ty::con(Con::Never), at),
            None => self.wrong(at),
        }
    }

    pub(super) fn return_(&mut self, return_: &syn::ExprReturn, at: At) -> Expr<'a> {
        let wanted = self.leaves_with();
        let value = self.left_with(return_.expr.as_deref(), &wanted, at);
        self.make(Kind::Return(value), Ty::con(Con::Never), at)
    }

    /// A closure; `params` are the types that its place gives to its parameters.
    pub(super) fn closure(
        &mut self,
        closure: &syn::ExprClosure,
        at: At,
        params: Option<&[Ty<'a>]>,
        gives: Option<&Ty<'a>>,
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
            syn::ReturnType::Default => gives.cloned().unwrap_or_else(|| self.fresh()),
            syn::ReturnType::Type(_, ty) => self.written(ty),
        };
        let mut types = Vec::new();
        let (patterns, body) = self.in_loop(Loop::Closure(result.clone()), |checker| {
            checker.scope(|checker| {
                let mut patterns = Vec::new();
                let first = checker.locals.len();
                for (index, input) in closure.inputs.iter().enumerate() {
                    let ty = params.and_then(|params| params.get(index)).cloned();
                    let ty = ty.unwrap_or_else(|| checker.fresh());
                    patterns.push(checker.pattern(input, &ty));
                    types.push(ty);
                }
                checker.distinct(first);
                let body = checker.expr(&closure.body, Some(&result));
                (patterns, checker.coerce(body, &result, None))
            })
        });
        if let Some(place) = self.closures.get_mut(id as usize) {
            *place = Some(Closure { params: patterns, body, calls: None });
        }
        types.push(result);
        self.make(Kind::Closure(id), Ty::with(Con::Closure(id), types), at)
    }
}

/// Whether a type is `String` or `&str`.
pub(super) fn is_text(ty: &Ty<'_>) -> bool {
    match ty {
        Ty::Con(Con::String, _) => true,
        Ty::Con(Con::Ref, inner) => matches!(inner[0], Ty::Con(Con::Str, _)),
        _ => false,
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
    Length(usize),
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
        (Pattern::Const(crate::hir::Const::Bool(flag)), Shape::Bool(value)) if *flag == value => vec![],
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
        (Pattern::Slice(patterns, cut, ..), Shape::Fields | Shape::Length(_)) => {
            let gap = fields.checked_sub(patterns.len())?;
            if gap > 0 && cut.is_none() {
                return None;
            }
            let before = cut.unwrap_or(patterns.len());
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

/// Whether a loop's body has a `break` of its own, the label being that of the loop.
fn breaks(block: &syn::Block, label: Option<&str>) -> bool {
    struct Finder<'l> {
        label: Option<&'l str>,
        found: bool,
        /// The number of loops inside.
        depth: usize,
    }
    impl<'ast> syn::visit::Visit<'ast> for Finder<'_> {
        fn visit_expr_break(&mut self, each: &'ast syn::ExprBreak) {
            self.found |= match &each.label {
                None => self.depth == 0,
                Some(named) => self.label.is_some_and(|label| named.ident == label),
            };
            syn::visit::visit_expr_break(self, each);
        }
        fn visit_expr_loop(&mut self, each: &'ast syn::ExprLoop) {
            self.depth += 1;
            syn::visit::visit_expr_loop(self, each);
            self.depth -= 1;
        }
        fn visit_expr_while(&mut self, each: &'ast syn::ExprWhile) {
            self.depth += 1;
            syn::visit::visit_expr_while(self, each);
            self.depth -= 1;
        }
        fn visit_expr_for_loop(&mut self, each: &'ast syn::ExprForLoop) {
            self.depth += 1;
            syn::visit::visit_expr_for_loop(self, each);
            self.depth -= 1;
        }
        fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}
    }
    let mut finder = Finder { label, found: false, depth: 0 };
    syn::visit::Visit::visit_block(&mut finder, block);
    finder.found
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

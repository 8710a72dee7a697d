//! Blocks and statements.

use comfy_graph::diag::{Diagnostic, codes};
use syn::{Expr as Syn, Stmt as SynStmt};

use super::Checker;
use crate::{
    at::At,
    hir::{Expr, Kind, Stmt},
    program::block_key,
    ty::{Con, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    /// A block in a scope of its own.
    pub(super) fn block(&mut self, block: &syn::Block, expect: Option<&Ty<'a>>) -> Expr<'a> {
        self.scope(|checker| checker.block_here(block, expect))
    }

    /// A block whose scope is already there.
    pub(super) fn block_here(&mut self, block: &syn::Block, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let at = At::span(block.brace_token.span.open()).to(block.brace_token.span.close());
        let mut stmts = Vec::new();
        let mut tail = None;
        let mut diverges = false;
        let last = block.stmts.len().saturating_sub(1);
        for (index, stmt) in block.stmts.iter().enumerate() {
            match stmt {
                SynStmt::Local(local) => stmts.push(self.local_stmt(local)),
                SynStmt::Item(item) => {
                    if !self.program.blocks.contains_key(&block_key(block)) {
                        self.report.unsupported(At::of(item), "an item in an inner block");
                    }
                }
                SynStmt::Expr(expr, None) if index == last => {
                    let expr = self.expr(expr, expect);
                    tail = Some(match expect {
                        // coercions happen where the value is made, not where the block ends
                        Some(wanted) if !matches!(self.infer.shallow(wanted), Ty::Var(_)) => {
                            self.coerce(expr, wanted, None)
                        }
                        _ => expr,
                    });
                }
                SynStmt::Expr(expr, semi) => stmts.push(self.expr_stmt(expr, semi.is_some())),
                SynStmt::Macro(mac) => {
                    let here = At::of(&mac.mac);
                    let as_tail = index == last && mac.semi_token.is_none();
                    let expr = self.macro_call(&mac.mac, here, if as_tail { expect } else { None });
                    if as_tail {
                        tail = Some(expr);
                    } else {
                        self.must_use(&expr);
                        stmts.push(Stmt::Expr(expr));
                    }
                }
            }
            diverges |= stmts.last().is_some_and(|stmt| self.diverges(stmt));
        }
        let ty = match &tail {
            Some(tail) => self.type_of(tail),
            None if diverges => Ty::con(Con::Never),
            None => Ty::unit(),
        };
        // a block of one expression is that expression
        match (tail, stmts.is_empty()) {
            (Some(tail), true) => tail,
            (tail, _) => self.make(Kind::Block(stmts, tail.map(Box::new)), ty, at),
        }
    }

    fn diverges(&self, stmt: &Stmt<'a>) -> bool {
        let never = |expr: &Expr<'a>| matches!(self.type_of(expr), Ty::Con(Con::Never, _));
        match stmt {
            Stmt::Let(_, value, _) => value.as_ref().is_some_and(never),
            Stmt::Expr(expr) => never(expr),
        }
    }

    fn local_stmt(&mut self, local: &syn::Local) -> Stmt<'a> {
        let (pat, written) = match &local.pat {
            syn::Pat::Type(typed) => (&*typed.pat, Some(self.written(&typed.ty))),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            let ty = written.unwrap_or_else(|| self.fresh());
            let pattern = self.pattern(pat, &ty);
            if self.refutable(&pattern, &ty) {
                self.report.error(codes::RUST_TYPE, At::pat(pat), "this pattern does not cover all values");
            }
            return Stmt::Let(pattern, None, None);
        };
        let value = self.expr(&init.expr, written.as_ref());
        let (value, ty) = match written {
            Some(wanted) => (self.coerce(value, &wanted, None), wanted),
            None => {
                let ty = self.type_of(&value);
                // a variable that is never there has no type of its own
                let ty = if matches!(ty, Ty::Con(Con::Never, _)) { Ty::error() } else { ty };
                (value, ty)
            }
        };
        let otherwise = init.diverge.as_ref().map(|(_, otherwise)| {
            let otherwise = self.expr(otherwise, None);
            if !matches!(self.type_of(&otherwise), Ty::Con(Con::Never | Con::Error, _)) {
                let message = "the `else` of a `let` has to leave: `return`, `break`, `continue` or `panic!`";
                self.report.error(codes::RUST_TYPE, otherwise.at, message);
            }
            otherwise
        });
        let pattern = self.pattern(pat, &ty);
        if otherwise.is_none() && self.refutable(&pattern, &ty) {
            self.report.error(
                codes::RUST_TYPE,
                At::pat(pat),
                "this pattern does not cover all values; add an `else`",
            );
        }
        Stmt::Let(pattern, Some(value), otherwise)
    }

    fn expr_stmt(&mut self, expr: &Syn, semi: bool) -> Stmt<'a> {
        let unit = Ty::unit();
        let checked = self.expr(expr, if semi { None } else { Some(&unit) });
        if semi {
            self.must_use(&checked);
            return Stmt::Expr(checked);
        }
        // `if`, `match`, `for` and blocks need no semicolon, and give nothing
        Stmt::Expr(self.coerce(checked, &unit, None))
    }

    /// Warns of results that do nothing unless they are used.
    pub(super) fn must_use(&mut self, expr: &Expr<'a>) {
        let ty = self.type_of(expr);
        let (what, help) = match ty {
            Ty::Con(Con::Node(..), _) => ("node", "a node does nothing before `g.add(..)`"),
            Ty::Con(Con::Pick(..), _) => ("option", "give it to the input of a node"),
            Ty::Con(Con::Iter(_), _) => ("iterator", "iterators do nothing until they are consumed"),
            Ty::Con(Con::Result, _) => ("result", "it may be an error"),
            Ty::Con(Con::Flow, _) if matches!(expr.kind, Kind::Flow(crate::hir::FlowOp::Subgraph, _)) => {
                ("subgraph", "write `let g = &g.subgraph(..);`")
            }
            _ => return,
        };
        let message = format!("unused {what} that must be used: `{}`", self.show(&ty));
        self.report.push(Diagnostic::new(codes::UNUSED_VALUE, message).at(expr.at.place()).help(help));
    }
}

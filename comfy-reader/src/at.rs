//! Places in the source: from the first to the last token of something, turned into bytes only when a place is
//! shown.

use std::ops::Range;

use comfy_graph::{diag::Place, graph::NodeSource};
use proc_macro2::{Span, TokenStream};
use syn::{Expr, Pat, Type, spanned::Spanned};

/// From the first to the last token of something.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    first: Span,
    /// `None` if that is the first: turning a token into bytes costs something.
    last: Option<Span>,
}

impl At {
    /// One token, or what `syn` says the place of something is.
    pub(super) fn span(span: Span) -> Self {
        Self { first: span, last: None }
    }

    /// From the start of this to the end of `last`.
    pub(super) fn to(self, last: Span) -> Self {
        Self { first: self.first, last: Some(last) }
    }

    /// From the start of this to the end of the other.
    pub(super) fn until(self, other: Self) -> Self {
        Self { first: self.first, last: Some(other.end()) }
    }

    pub(super) fn tokens(tokens: &TokenStream) -> Option<Self> {
        let mut tokens = tokens.clone().into_iter();
        let first = tokens.next()?.span();
        Some(Self { first, last: tokens.last().map(|token| token.span()) })
    }

    pub(super) fn pat(pat: &Pat) -> Self {
        match pat {
            Pat::Ident(ident) => Self::span(ident.ident.span()),
            _ => Self::of(pat),
        }
    }

    pub(super) fn of_type(ty: &Type) -> Self {
        Self::of(ty)
    }

    /// The place of any piece of syntax; walks all of it.
    pub(super) fn of(syntax: &impl Spanned) -> Self {
        Self::span(syntax.span())
    }

    /// The place of an expression. Only looks at its ends.
    pub(super) fn expr(expr: &Expr) -> Self {
        let last = match expr {
            Expr::Lit(_) => None,
            Expr::Path(path) if path.path.get_ident().is_some() => None,
            _ => Some(last(expr)),
        };
        Self { first: first(expr), last }
    }

    /// The last token.
    pub(super) fn end(self) -> Span {
        self.last.unwrap_or(self.first)
    }

    /// In bytes of the source.
    pub(super) fn bytes(self) -> Range<usize> {
        let first = self.first.byte_range();
        let end = self.last.map_or(first.end, |last| last.byte_range().end);
        first.start..end.max(first.end)
    }

    pub(super) fn place(self) -> Place {
        let Range { start, end } = self.bytes();
        Place::Bytes { start, end }
    }

    pub(super) fn source(self) -> NodeSource {
        let Range { start, end } = self.bytes();
        NodeSource::Bytes { start, end }
    }
}

fn first(expr: &Expr) -> Span {
    match expr {
        Expr::Lit(lit) => lit.lit.span(),
        Expr::Path(path) if path.qself.is_none() => path
            .path
            .leading_colon
            .map(|colon| colon.spans[0])
            .or_else(|| Some(path.path.segments.first()?.ident.span()))
            .unwrap_or_else(|| path.span()),
        Expr::MethodCall(call) => first(&call.receiver),
        Expr::Call(call) => first(&call.func),
        Expr::Field(field) => first(&field.base),
        Expr::Index(index) => first(&index.expr),
        Expr::Binary(binary) => first(&binary.left),
        Expr::Cast(cast) => first(&cast.expr),
        Expr::Assign(assign) => first(&assign.left),
        Expr::Reference(reference) => reference.and_token.span,
        Expr::Paren(paren) => paren.paren_token.span.open(),
        Expr::Tuple(tuple) => tuple.paren_token.span.open(),
        Expr::Array(array) => array.bracket_token.span.open(),
        Expr::If(if_) => if_.if_token.span,
        other => other.span(),
    }
}

fn last(expr: &Expr) -> Span {
    match expr {
        Expr::Lit(lit) => lit.lit.span(),
        Expr::Path(path) => path.path.segments.last().map_or_else(
            || path.span(),
            |segment| {
                if segment.arguments.is_none() { segment.ident.span() } else { last_of(&segment.arguments) }
            },
        ),
        Expr::MethodCall(call) => call.paren_token.span.close(),
        Expr::Call(call) => call.paren_token.span.close(),
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => name.span(),
            syn::Member::Unnamed(index) => index.span,
        },
        Expr::Index(index) => index.bracket_token.span.close(),
        Expr::Binary(binary) => last(&binary.right),
        Expr::Assign(assign) => last(&assign.right),
        Expr::Reference(reference) => last(&reference.expr),
        Expr::Unary(unary) => last(&unary.expr),
        Expr::Paren(paren) => paren.paren_token.span.close(),
        Expr::Tuple(tuple) => tuple.paren_token.span.close(),
        Expr::Array(array) => array.bracket_token.span.close(),
        other => last_of(other),
    }
}

/// The last token, found by writing all of them.
fn last_of(syntax: &impl Spanned) -> Span {
    // without a compiler `Spanned` gives the join of all tokens, which is as good
    syntax.span()
}

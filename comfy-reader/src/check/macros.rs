//! Macros: `node!`, `json!`, `vec!`, `format!` and the printing ones.

use comfy_graph::diag::codes;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Value;
use syn::{Expr as Syn, Token, parse::Parser as _, punctuated::Punctuated};

use super::{Checker, node::Called};
use crate::{
    at::At,
    format::{self, Format},
    hir::{Cond, Const, Expr, Json, Kind},
    program::Bound,
    ty::{Con, Ty},
    types::segments,
};

impl<'a> Checker<'_, 'a, '_> {
    pub(super) fn macro_call(&mut self, mac: &syn::Macro, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let names = segments(&mac.path);
        match names.last().map_or("", String::as_str) {
            "node" => self.node_macro(mac, at),
            "json" => {
                let json = self.json(mac.tokens.clone(), at);
                self.make(Kind::Json(Box::new(json)), Ty::con(Con::Json), at)
            }
            "vec" => self.vec_macro(mac, at, expect),
            "write" | "writeln" => {
                self.written_to(mac, names.last().is_some_and(|name| name == "writeln"), at)
            }
            "format" => match self.formatted(mac, at, false) {
                Some(format) => self.make(Kind::Format(Box::new(format)), Ty::con(Con::String), at),
                None => self.wrong(at),
            },
            "println" | "print" | "eprintln" | "eprint" => {
                if mac.tokens.is_empty() {
                    return self.make(Kind::Print(Vec::new()), Ty::unit(), at);
                }
                let Some(format) = self.formatted(mac, at, true) else { return self.wrong(at) };
                self.make(Kind::Print(format.args), Ty::unit(), at)
            }
            "assert" | "debug_assert" => self.assertion(mac, at, None),
            "assert_eq" | "debug_assert_eq" => self.assertion(mac, at, Some(true)),
            "assert_ne" | "debug_assert_ne" => self.assertion(mac, at, Some(false)),
            "panic" | "unreachable" | "todo" | "unimplemented" => {
                let message = if mac.tokens.is_empty() { None } else { self.formatted(mac, at, false) };
                let message = message.map(|message| {
                    Box::new(self.make(Kind::Format(Box::new(message)), Ty::con(Con::String), at))
                });
                self.make(Kind::Panic(message), Ty::con(Con::Never), at)
            }
            _ => self.unsupported(At::of(&mac.path), "this macro"),
        }
    }

    /// `assert!` and, for `Some`, whether two values are equal. The message is of no use here.
    fn assertion(&mut self, mac: &syn::Macro, at: At, equal: Option<bool>) -> Expr<'a> {
        let Some(parts) = self.expressions(mac.tokens.clone(), at) else { return self.wrong(at) };
        let condition: Syn = match (equal, parts.as_slice()) {
            (None, [condition, ..]) => condition.clone(),
            (Some(true), [a, b, ..]) => syn::parse_quote!(#a == #b),
            (Some(false), [a, b, ..]) => syn::parse_quote!(#a != #b),
            _ => {
                self.report.error(codes::RUST_SYNTAX, at, "this macro takes more arguments");
                return self.wrong(at);
            }
        };
        let rest = parts.get(if equal.is_some() { 2.. } else { 1.. }).unwrap_or_default();
        if rest.len() > 1 {
            let instead = "leave the message out, or write a text without values";
            self.report.unsupported_but(at, "the message of an assertion", instead);
        }
        let condition = self.exact(&condition, &Ty::con(Con::Bool));
        let not = self.make(Kind::Not(Box::new(condition)), Ty::con(Con::Bool), at);
        let text = Kind::Const(Const::Str("an assertion does not hold".to_owned()));
        let text = Box::new(self.make(text, Ty::str(), at));
        let panic = self.make(Kind::Panic(Some(text)), Ty::con(Con::Never), at);
        self.make(Kind::If(Box::new(Cond::Bool(not)), Box::new(panic), None), Ty::unit(), at)
    }

    /// Expressions with commas between them.
    fn expressions(&mut self, tokens: TokenStream, at: At) -> Option<Vec<Syn>> {
        match Punctuated::<Syn, Token![,]>::parse_terminated.parse2(tokens) {
            Ok(list) => Some(list.into_iter().collect()),
            Err(error) => {
                let _ = at;
                self.report.error(codes::RUST_SYNTAX, At::span(error.span()), error.to_string());
                None
            }
        }
    }

    fn node_macro(&mut self, mac: &syn::Macro, at: At) -> Expr<'a> {
        let Some(parts) = self.expressions(mac.tokens.clone(), at) else { return self.wrong(at) };
        let [flow, Syn::Struct(literal)] = parts.as_slice() else {
            let help = "write `node!(g, KSampler { model: ckpt.model, seed: 42 })`";
            self.report.with_help(codes::RUST_SYNTAX, at, "this is not how `node!` is written", help);
            return self.wrong(at);
        };
        if literal.rest.is_some() || literal.dot2_token.is_some() {
            self.report.error(codes::RUST_SYNTAX, At::of(literal), "`node!` takes no `..`");
        }
        let flow = self.expr(flow, None);
        let mut path = literal.path.clone();
        path.segments.push(syn::PathSegment::from(syn::Ident::new("new", At::of(&literal.path).end())));
        let new: Syn = syn::parse_quote!(#path());
        let mut node = self.expr(&new, None);
        for field in &literal.fields {
            let syn::Member::Named(name) = &field.member else {
                self.report.error(codes::RUST_SYNTAX, At::of(field), "inputs have names");
                continue;
            };
            let (here, name) = (At::span(name.span()), name.to_string());
            let called =
                Called { name: &name, args: &[&field.expr], here, at: here.until(At::expr(&field.expr)) };
            node = self.method(node, called, &[], None);
        }
        node.at = At::of(literal);
        let ty = self.known_type(&flow);
        let is_flow = match &ty {
            Ty::Con(Con::Ref, args) => {
                matches!(self.infer.shallow(&args[0]), Ty::Con(Con::Flow | Con::Error, _))
            }
            other => matches!(other, Ty::Con(Con::Flow | Con::Error, _)),
        };
        if !is_flow {
            let message = format!("mismatched types: expected `&Flow`, found `{}`", self.show(&ty));
            self.report.error(codes::RUST_TYPE, flow.at, message);
        }
        let flow = self.borrowed(flow);
        self.add_node(flow, node, Called { name: "add", args: &[], here: at, at })
    }

    fn vec_macro(&mut self, mac: &syn::Macro, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let repeated = |input: syn::parse::ParseStream<'_>| {
            let item: Syn = input.parse()?;
            input.parse::<Token![;]>()?;
            let count: Syn = input.parse()?;
            Ok((item, count))
        };
        if let Ok((item, count)) = repeated.parse2(mac.tokens.clone()) {
            let hint = match expect.map(|ty| self.infer.shallow(ty)) {
                Some(Ty::Con(Con::Vec, args)) => Some(args[0].clone()),
                _ => None,
            };
            let item = self.expr(&item, hint.as_ref());
            self.promise(&item, Bound::Clone);
            let count = self.exact(&count, &Ty::int(crate::ty::IntTy::Usize));
            let ty = Ty::with(Con::Vec, [self.type_of(&item)]);
            return self.make(Kind::Repeat(Box::new(item), Box::new(count)), ty, at);
        }
        let Some(items) = self.expressions(mac.tokens.clone(), at) else { return self.wrong(at) };
        let items: Vec<&Syn> = items.iter().collect();
        self.list(&items, at, expect, false)
    }

    /// The arguments of `format!`; what is only printed is not looked at.
    fn formatted(&mut self, mac: &syn::Macro, at: At, printed: bool) -> Option<Format<'a>> {
        let parts = self.expressions(mac.tokens.clone(), at)?;
        self.formatted_parts(&parts, at, printed)
    }

    /// `write!(f, ..)`, which is read in the `fmt` of a `Display`.
    fn written_to(&mut self, mac: &syn::Macro, line: bool, at: At) -> Expr<'a> {
        let Some(parts) = self.expressions(mac.tokens.clone(), at) else { return self.wrong(at) };
        let Some((target, parts)) = parts.split_first() else { return self.wrong(at) };
        let target = self.expr(target, None);
        let text = if parts.is_empty() && line {
            Kind::Const(Const::Str(String::new()))
        } else {
            let Some(format) = self.formatted_parts(parts, at, false) else { return self.wrong(at) };
            Kind::Format(Box::new(format))
        };
        let text = self.make(text, Ty::con(Con::String), at);
        let text = self.write(target, text, at);
        if !line {
            return text;
        }
        // the end of the line is written where the rest was
        let end = Kind::Const(Const::Str("\n".to_owned()));
        self.report.unsupported_but(at, "`writeln!`", "write the line's end: `write!(f, \"..\\n\")`");
        self.make(end, crate::types::fmt_result(), at)
    }

    /// Writes a text to a `Formatter`.
    pub(super) fn write(&mut self, target: Expr<'a>, text: Expr<'a>, at: At) -> Expr<'a> {
        let ty = self.known_type(&target);
        let fits = matches!(&ty, Ty::Con(Con::RefMut, inner) if matches!(self.infer.shallow(&inner[0]), Ty::Con(Con::Formatter, _)));
        if !fits {
            let instead = "put texts together with `format!` and `push_str`";
            self.report.unsupported_but(
                at,
                "writing to anything but the `Formatter` of a `Display`",
                instead,
            );
            return self.wrong(at);
        }
        let place = self.make(Kind::Deref(Box::new(target)), Ty::con(Con::Formatter), at);
        let change = Kind::Change(crate::hir::Std::PushStr, Box::new(place), vec![text]);
        let change = self.make(change, Ty::unit(), at);
        self.make(Kind::Variant(0, vec![(0, change)]), crate::types::fmt_result(), at)
    }

    /// The function `fmt` of a type of the program, looked at through references.
    pub(crate) fn display_of(&self, ty: &Ty<'a>) -> Option<u32> {
        let mut ty = self.infer.shallow(ty);
        while let Ty::Con(Con::Ref | Con::RefMut, inner) = &ty {
            ty = self.infer.shallow(&inner[0]);
        }
        self.program.displays.get(&Self::own_name(&ty)?).copied()
    }

    /// The text of a value that has a `fmt` of its own.
    pub(super) fn text_of_own(&mut self, value: Expr<'a>, function: u32) -> Expr<'a> {
        let at = value.at;
        let value = self.borrowed(value);
        self.make(Kind::Shown(function, Box::new(value)), Ty::con(Con::String), at)
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn formatted_parts(&mut self, parts: &[Syn], at: At, printed: bool) -> Option<Format<'a>> {
        let Some((Syn::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }), given)) = parts.split_first()
        else {
            self.report.error(codes::RUST_SYNTAX, at, "the first argument has to be a text in quotes");
            return None;
        };
        let text_at = At::span(text.span());
        let mut parsed = match format::parse(&text.value()) {
            Ok(parsed) => parsed,
            Err(message) => {
                let unread = message.ends_with("is not read without a compiler");
                let code = if unread { codes::UNSUPPORTED_RUST } else { codes::RUST_SYNTAX };
                self.report.error(code, text_at, message);
                return None;
            }
        };
        let mut names: Vec<Option<String>> = Vec::new();
        let mut args = Vec::new();
        for each in given {
            match each {
                Syn::Assign(assign) => {
                    let Syn::Path(name) = &*assign.left else {
                        self.report.error(codes::RUST_SYNTAX, At::expr(each), "expected a name before `=`");
                        return None;
                    };
                    names.push(name.path.get_ident().map(ToString::to_string));
                    args.push(self.expr(&assign.right, None));
                }
                other => {
                    names.push(None);
                    args.push(self.expr(other, None));
                }
            }
        }
        let explicit = args.len();
        for name in parsed.names() {
            if names.iter().any(|known| known.as_deref() == Some(&name)) {
                continue;
            }
            let path: Syn = syn::parse_str(&name).ok()?;
            let mut arg = self.expr(&respan(path, text.span()), None);
            arg.at = text_at;
            names.push(Some(name));
            args.push(arg);
        }
        let used = match parsed.resolve(&names) {
            Ok(used) => used,
            Err(message) => {
                self.report.error(codes::RUST_SYNTAX, text_at, message);
                return None;
            }
        };
        if let Some(unused) = (0..explicit).find(|at| !used.contains(at)) {
            let at = args.get(unused).map_or(at, |arg| arg.at);
            self.report.error(codes::RUST_SYNTAX, at, "argument never used in the format text");
        }
        let mut shown = Vec::new();
        for (index, debug) in parsed.shown() {
            if let Some(arg) = args.get(index) {
                let ty = self.type_of(arg);
                if debug && !printed && has_names(&self.infer.resolve(&ty)) {
                    let instead = "write its parts: `format!(\"{} {}\", job.width, job.height)`";
                    self.report.unsupported_but(arg.at, "`{:?}` of such a value", instead);
                }
                if !debug && let Some(function) = self.display_of(&ty) {
                    if !printed && !parsed.is_plain(index) {
                        let instead = "make it a text first: `let text = value.to_string();`";
                        self.report.unsupported_but(
                            arg.at,
                            "a width for a value with a `fmt` of its own",
                            instead,
                        );
                    }
                    shown.push((index, function));
                    continue;
                }
                let bound = if debug { Bound::Debug } else { Bound::Display };
                let obligation = crate::traits::Obligation { ty, bound, at: arg.at, setter: None };
                self.require(obligation);
            }
        }
        for index in parsed.counts() {
            if let Some(arg) = args.get(index) {
                let ty = self.type_of(arg);
                self.unify_or_say(&ty, &Ty::int(crate::ty::IntTy::Usize), arg.at);
            }
        }
        let function = |at: usize| shown.iter().find(|(own, _)| *own == at).map(|(_, function)| *function);
        let args = args.into_iter().enumerate().map(|(at, arg)| match function(at) {
            Some(function) => self.text_of_own(arg, function),
            None => self.borrowed(arg),
        });
        let args = args.collect();
        Some(Format { pieces: parsed.pieces, args })
    }

    /// The inside of `json!`.
    fn json(&mut self, tokens: TokenStream, at: At) -> Json<'a> {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        match trees.as_slice() {
            [TokenTree::Ident(word)] if *word == "null" => Json::Value(Value::Null),
            [TokenTree::Ident(word)] if *word == "true" => Json::Value(true.into()),
            [TokenTree::Ident(word)] if *word == "false" => Json::Value(false.into()),
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                let items = split(group.stream());
                Json::Array(items.into_iter().map(|item| self.json(item, at)).collect())
            }
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
                let entries = split(group.stream());
                Json::Object(entries.into_iter().map(|entry| self.json_entry(entry, at)).collect())
            }
            _ => {
                let tokens: TokenStream = trees.into_iter().collect();
                let here = At::tokens(&tokens).unwrap_or(at);
                match syn::parse2::<Syn>(tokens) {
                    Ok(expr) => {
                        let expr = self.expr(&expr, None);
                        self.promise(&expr, Bound::Serialize);
                        if let Kind::Const(Const::Str(text)) = expr.kind {
                            return Json::Value(text.into());
                        }
                        let expr = self.borrowed(expr);
                        Json::Expr(expr)
                    }
                    Err(error) => {
                        self.report.error(codes::RUST_SYNTAX, here, format!("no JSON: {error}"));
                        Json::Value(Value::Null)
                    }
                }
            }
        }
    }

    /// `"key": value`
    fn json_entry(&mut self, tokens: TokenStream, at: At) -> (Json<'a>, Json<'a>) {
        let here = At::tokens(&tokens).unwrap_or(at);
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let colon =
            trees.iter().position(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':'));
        let Some(colon) = colon else {
            self.report.error(codes::RUST_SYNTAX, here, "a key and a value with `:` between them are wanted");
            return (Json::Value(Value::Null), Json::Value(Value::Null));
        };
        let (key, value) = trees.split_at(colon);
        let key: TokenStream = key.iter().cloned().collect();
        let value: TokenStream = value.iter().skip(1).cloned().collect();
        let key = match syn::parse2::<Syn>(key) {
            Ok(key) => {
                let key = self.expr(&key, None);
                self.promise(&key, Bound::String);
                match key.kind {
                    Kind::Const(Const::Str(text)) => Json::Value(text.into()),
                    _ => Json::Expr(key),
                }
            }
            Err(error) => {
                self.report.error(codes::RUST_SYNTAX, here, error.to_string());
                Json::Value(Value::Null)
            }
        };
        (key, self.json(value, here))
    }
}

/// Parts between commas; one comma may end them.
fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        if matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == ',') {
            parts.push(std::mem::take(&mut part).into_iter().collect());
        } else {
            part.push(tree);
        }
    }
    if !part.is_empty() {
        parts.push(part.into_iter().collect());
    }
    parts
}

/// A name in a format text stands where the text stands.
fn respan(expr: Syn, span: proc_macro2::Span) -> Syn {
    match expr {
        Syn::Path(mut path) => {
            for segment in &mut path.path.segments {
                segment.ident.set_span(span);
            }
            Syn::Path(path)
        }
        other => other,
    }
}

/// Whether `{:?}` of a type writes names, which values do not have here.
fn has_names(ty: &Ty<'_>) -> bool {
    match ty {
        Ty::Var(_) => false,
        Ty::Con(
            Con::Struct(_)
            | Con::Enum(_)
            | Con::Result
            | Con::Output
            | Con::NodeRef
            | Con::Problems
            | Con::Param(_)
            | Con::Map(_)
            | Con::BoxError
            | Con::FmtError
            | Con::Json,
            _,
        ) => true,
        Ty::Con(_, args) => args.iter().any(has_names),
    }
}

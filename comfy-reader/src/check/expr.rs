//! Expressions: who checks what, and the small ones.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::Checker;
use crate::{
    at::At,
    hir::{Const, Expr, Kind},
    infer,
    program::Name,
    resolve::{Inside, Res, Space},
    ty::{Con, Ty},
    types::segments,
};

impl<'a> Checker<'_, 'a, '_> {
    /// Checks an expression. `expect` is the type that its place would like, and no more than a hint.
    pub(super) fn expr(&mut self, expr: &Syn, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let at = At::expr(expr);
        match expr {
            Syn::Lit(lit) => self.literal(&lit.lit, false, at),
            Syn::Paren(paren) => self.expr(&paren.expr, expect),
            Syn::Group(group) => self.expr(&group.expr, expect),
            Syn::Path(path) => self.path(path, at, expect),
            Syn::MethodCall(call) => self.method_call(call, at, expect),
            Syn::Call(call) => self.call(call, at, expect),
            Syn::Macro(mac) => self.macro_call(&mac.mac, at, expect),
            Syn::Field(field) => self.field(field, at),
            Syn::Index(index) => self.index(index, at),
            Syn::Reference(reference) => self.reference(reference, at, expect),
            Syn::Unary(unary) => self.unary(unary, at, expect),
            Syn::Binary(binary) => self.binary(binary, at, expect),
            Syn::Cast(cast) => self.cast(cast, at),
            Syn::Tuple(tuple) => self.tuple(tuple, at, expect),
            Syn::Array(array) => {
                let items: Vec<&Syn> = array.elems.iter().collect();
                self.list(&items, at, expect, true)
            }
            Syn::Repeat(repeat) => self.repeat(repeat, at, expect),
            Syn::Range(range) => self.range(range, at),
            Syn::Struct(literal) => self.struct_literal(literal, at),
            Syn::Closure(closure) => self.closure(closure, at, None, None),
            Syn::Assign(assign) => self.assign(assign, at),
            Syn::Block(block) => self.labelled_block(block, at, expect),
            Syn::If(if_) => self.if_(if_, at, expect),
            Syn::Match(match_) => self.match_(match_, at, expect),
            Syn::ForLoop(for_) => self.for_(for_, at),
            Syn::While(while_) => self.while_(while_, at),
            Syn::Loop(loop_) => self.loop_(loop_, at, expect),
            Syn::Break(break_) => self.break_(break_, at),
            Syn::Continue(continue_) => self.continue_(continue_, at),
            Syn::Return(return_) => self.return_(return_, at),
            Syn::Try(try_) => self.try_(try_, at),
            Syn::Await(_) | Syn::Async(_) => self.unsupported(at, "`async`"),
            Syn::Unsafe(_) => self.unsupported(at, "`unsafe`"),
            _ => self.unsupported(at, "this expression"),
        }
    }

    /// A name used as a value.
    fn path(&mut self, path: &syn::ExprPath, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        if path.qself.is_some() {
            return self.unsupported(at, "a qualified path");
        }
        if let Some(name) = path.path.get_ident() {
            let name = name.to_string();
            if let Some(local) = self.lookup(&name) {
                let info = self.locals.get_mut(local as usize);
                let ty = info.map_or_else(Ty::error, |info| {
                    info.reads = info.reads.saturating_add(1);
                    info.ty.clone()
                });
                return self.make(Kind::Local(local), ty, at);
            }
        }
        let names = segments(&path.path);
        if let Some(found) = self.resolver().path(self.module, &names, Space::Value) {
            return self.value(found, path, at, expect);
        }
        if let Some(found) = self.associated_const(&path.path, &names, at) {
            return found;
        }
        let (_, owner) = names.split_last().unwrap_or((&String::new(), &[]));
        if let Some(Res::Builtin(_) | Res::Inside(Inside::Std)) =
            self.resolver().path(self.module, owner, Space::Type)
        {
            let instead = "write a closure: `|x| ..(x)`";
            self.report.unsupported_but(at, &format!("`{}` as a value", names.join("::")), instead);
            return self.wrong(at);
        }
        let visible: Vec<String> = self.visible().into_iter().map(str::to_owned).collect();
        let visible: Vec<&str> = visible.iter().map(String::as_str).collect();
        self.resolver().unknown(&names, "value", at, &visible);
        if let [name] = names.as_slice() {
            self.miss(name, at);
        }
        self.wrong(at)
    }

    fn value(&mut self, found: Res<'a>, path: &syn::ExprPath, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        match found {
            Res::Name(Name::Const(index)) => {
                let ty =
                    self.program.consts.get(index as usize).map_or_else(Ty::error, |item| item.ty.clone());
                self.make(Kind::Static(index), ty, at)
            }
            Res::Name(Name::Fn(index)) => self.function_value(index, at),
            Res::Name(Name::Struct(index)) => {
                let unit =
                    self.program.structs.get(index as usize).is_some_and(|item| item.fields.is_empty());
                if !unit {
                    return self.unsupported(at, "a constructor as a value");
                }
                let given = self.marked(Name::Struct(index), Vec::new(), at);
                let count = given.len();
                self.make(Kind::Struct(given, count, None), Ty::con(Con::Struct(index)), at)
            }
            Res::Variant(index, variant) => {
                let fields =
                    self.program.enums.get(index as usize).and_then(|e| e.variants.get(variant as usize));
                if fields.is_none_or(|(_, fields)| !fields.is_empty()) {
                    return self.unsupported(at, "a constructor as a value");
                }
                let given = self.marked(Name::Enum(index), Vec::new(), at);
                self.make(Kind::Variant(variant, given), Ty::con(Con::Enum(index)), at)
            }
            Res::Builtin("None") => {
                let inner = match expect.map(|ty| self.infer.shallow(ty)) {
                    Some(Ty::Con(Con::Option, args)) => args[0].clone(),
                    _ => self.fresh(),
                };
                let inner = self.turbofish(&path.path).into_iter().next().unwrap_or(inner);
                self.make(Kind::None, Ty::with(Con::Option, [inner]), at)
            }
            Res::Builtin("Unset") => self.make(Kind::Unset, Ty::con(Con::Unset), at),
            Res::Builtin("PI") => {
                self.make(Kind::Const(Const::Float(std::f64::consts::PI)), Ty::con(Con::F64), at)
            }
            _ => {
                let instead = "write a closure: `|x| ..(x)`";
                self.report.unsupported_but(at, "this name as a value", instead);
                self.wrong(at)
            }
        }
    }

    /// A function of the program as a value.
    pub(super) fn function_value(&mut self, index: u32, at: At) -> Expr<'a> {
        let item = self.program.fns.get(index as usize);
        let changes = |item: &crate::program::FnItem<'a>| {
            item.params.iter().any(|param| matches!(param, Ty::Con(Con::RefMut, _)))
        };
        if item.is_some_and(|item| !item.generics.is_empty() || changes(item)) {
            let instead = "write a closure: `|x| ..(x)`";
            self.report.unsupported_but(at, "a function with type parameters or `&mut` as a value", instead);
            return self.wrong(at);
        }
        self.make(Kind::Function(index), Ty::con(Con::Fn(index)), at)
    }

    /// Types in the angle brackets of the last segment.
    pub(super) fn turbofish(&mut self, path: &syn::Path) -> Vec<Ty<'a>> {
        path.segments.last().map_or_else(Vec::new, |segment| match &segment.arguments {
            syn::PathArguments::AngleBracketed(arguments) => self.type_arguments(arguments),
            _ => Vec::new(),
        })
    }

    pub(super) fn type_arguments(&mut self, arguments: &syn::AngleBracketedGenericArguments) -> Vec<Ty<'a>> {
        self.read_types(|reader, holes| reader.bracketed(arguments, holes))
    }

    fn field(&mut self, field: &syn::ExprField, at: At) -> Expr<'a> {
        let base = self.expr(&field.base, None);
        if let Kind::Error = base.kind {
            self.miss_output(&field.base, Some(&field.member), None);
        }
        let mut ty = self.known_type(&base);
        while let Ty::Con(Con::Ref | Con::RefMut, args) = &ty {
            ty = self.infer.shallow(&args[0]);
        }
        let name = match &field.member {
            syn::Member::Named(name) => name.to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        };
        let here = match &field.member {
            syn::Member::Named(name) => At::span(name.span()),
            syn::Member::Unnamed(index) => At::span(index.span),
        };
        let Ty::Con(con, args) = &ty else {
            if matches!(self.infer.kind(&ty), Some(infer::Kind::Any)) {
                self.report.error(
                    codes::RUST_TYPE,
                    base.at,
                    "type annotations needed before a field is used",
                );
                return self.wrong(at);
            }
            return self.no_field(&ty, &name, here, at);
        };
        let found = match con {
            Con::Error => return self.wrong(at),
            Con::Out(model) => {
                if let Some((slot, ty)) = self.world.field(model, args, &name) {
                    return self.make(Kind::Slot(Box::new(base), slot), ty, at);
                }
                None
            }
            Con::Tuple => {
                name.parse::<usize>().ok().and_then(|index| Some((index, args.get(index)?.clone())))
            }
            Con::Struct(index) => {
                let found = self.program.structs.get(*index as usize).and_then(|item| {
                    let index = item.fields.iter().position(|(known, _)| *known == name)?;
                    Some((index, item.fields.get(index)?.1.clone()))
                });
                if let Some((field, _)) = found {
                    self.may_see_field(*index, field, here);
                }
                found
            }
            Con::Range | Con::RangeInclusive => return self.unsupported(at, "the field of a range"),
            _ => None,
        };
        match found {
            Some((index, ty)) => self.make(Kind::Field(Box::new(base), index), ty, at),
            None => self.no_field(&ty, &name, here, at),
        }
    }

    fn no_field(&mut self, ty: &Ty<'a>, name: &str, here: At, at: At) -> Expr<'a> {
        let fields: Vec<String> = match ty {
            Ty::Con(Con::Out(model), _) => model.outputs.iter().map(|output| output.ident.clone()).collect(),
            Ty::Con(Con::Struct(index), _) => self
                .program
                .structs
                .get(*index as usize)
                .map(|item| item.fields.iter().map(|(name, _)| name.clone()).collect())
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        let message = format!("no field `{name}` on type `{}`", self.show(ty));
        let mut help = Vec::new();
        if let Some(near) = comfy_graph::suggest::nearest(name, fields.iter().map(String::as_str)) {
            help.push(format!("did you mean `{near}`?"));
        }
        if !fields.is_empty() {
            let all: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
            help.push(format!("available fields are: {}", all.join(", ")));
        } else if matches!(ty, Ty::Con(Con::Output, _)) {
            help.push("the node has one output, which is this value itself".to_owned());
        } else if matches!(ty, Ty::Con(Con::Node(..) | Con::RawNode, _)) {
            help.push("the node is not added yet: write `g.add(..)` around it".to_owned());
        }
        let mut diagnostic = comfy_graph::diag::Diagnostic::new(codes::RUST_NAME, message).at(here.place());
        for line in help {
            diagnostic = diagnostic.help(line);
        }
        self.report.push(diagnostic);
        self.wrong(at)
    }

    fn index(&mut self, index: &syn::ExprIndex, at: At) -> Expr<'a> {
        let base = self.expr(&index.expr, None);
        let mut ty = self.known_type(&base);
        while let Ty::Con(Con::Ref | Con::RefMut, args) = &ty {
            ty = self.infer.shallow(&args[0]);
        }
        if let Ty::Con(Con::Map(_), _) = &ty {
            return self.map_index(base, &ty, &index.index, at);
        }
        let position = self.position(&index.index);
        match &ty {
            Ty::Con(Con::Vec | Con::Array(_) | Con::Slice, args) => {
                let position_ty = self.known_type(&position);
                if let Ty::Con(Con::Range | Con::RangeInclusive, bound) = &position_ty {
                    self.unify_or_say(&bound[0], &Ty::int(crate::ty::IntTy::Usize), position.at);
                    let slice = Ty::with(Con::Slice, [args[0].clone()]);
                    return self.make(Kind::Index(Box::new(base), Box::new(position)), slice, at);
                }
                let position = self.coerce(position, &Ty::int(crate::ty::IntTy::Usize), None);
                self.make(Kind::Index(Box::new(base), Box::new(position)), args[0].clone(), at)
            }
            Ty::Con(Con::Error, _) => self.wrong(at),
            Ty::Con(Con::Str | Con::String, _) => self.unsupported(at, "indexing into text"),
            _ => {
                let message = format!("cannot index into a value of type `{}`", self.show(&ty));
                self.report.error(codes::RUST_TYPE, at, message);
                self.wrong(at)
            }
        }
    }

    /// What stands in brackets; of a range, the start or the end may be left out.
    fn position(&mut self, index: &Syn) -> Expr<'a> {
        let Syn::Range(range) = index else { return self.expr(index, None) };
        let at = At::expr(index);
        let size = Ty::int(crate::ty::IntTy::Usize);
        let end = |checker: &mut Self, expr: Option<&Syn>, left_out: i128| match expr {
            Some(expr) => checker.exact(expr, &size),
            None => checker.make(Kind::Const(Const::Int(left_out)), size.clone(), at),
        };
        let closed = matches!(range.limits, syn::RangeLimits::Closed(_)) && range.end.is_some();
        let start = end(self, range.start.as_deref(), 0);
        // the end of the list, whatever that is
        let stop = end(self, range.end.as_deref(), i128::MAX);
        let kind = Kind::Range(Some(Box::new(start)), Some(Box::new(stop)), closed);
        self.make(kind, Ty::with(Con::Range, [size]), at)
    }

    pub(super) fn unify_or_say(&mut self, found: &Ty<'a>, wanted: &Ty<'a>, at: At) {
        if !self.infer.unify(found, wanted) {
            let message =
                format!("mismatched types: expected `{}`, found `{}`", self.show(wanted), self.show(found));
            self.report.error(codes::RUST_TYPE, at, message);
        }
    }

    fn reference(&mut self, reference: &syn::ExprReference, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        if reference.mutability.is_some() {
            let instead =
                "it is read where a function takes it: `fn f(list: &mut Vec<i64>)`, called as `f(&mut list)`";
            self.report.unsupported_but(at, "`&mut` here", instead);
            return self.wrong(at);
        }
        let inner = match expect.map(|ty| self.infer.shallow(ty)) {
            Some(Ty::Con(Con::Ref, args)) => Some(self.infer.shallow(&args[0])),
            _ => None,
        };
        let inner = inner.filter(|ty| !matches!(ty, Ty::Con(Con::Slice | Con::Str, _)));
        let expr = self.expr(&reference.expr, inner.as_ref());
        let borrowed = self.borrowed(expr);
        Expr { at, ..borrowed }
    }

    fn tuple(&mut self, tuple: &syn::ExprTuple, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let expected = match expect.map(|ty| self.infer.shallow(ty)) {
            Some(Ty::Con(Con::Tuple, args)) if args.len() == tuple.elems.len() => args.to_vec(),
            _ => Vec::new(),
        };
        let mut items = Vec::new();
        let mut types = Vec::new();
        for (index, item) in tuple.elems.iter().enumerate() {
            let item = self.expr(item, expected.get(index));
            let ty = self.type_of(&item);
            // a text may stand where `&str` is wanted
            match expected.get(index) {
                Some(wanted) if self.fits(&ty, wanted) => types.push(wanted.clone()),
                _ => types.push(ty),
            }
            items.push(item);
        }
        self.make(Kind::Tuple(items), Ty::with(Con::Tuple, types), at)
    }

    /// `[a, b]` and `vec![a, b]`.
    pub(super) fn list(&mut self, items: &[&Syn], at: At, expect: Option<&Ty<'a>>, array: bool) -> Expr<'a> {
        let item = match expect.map(|ty| self.infer.shallow(ty)) {
            Some(Ty::Con(Con::Array(_) | Con::Vec | Con::Slice, args)) => args[0].clone(),
            _ => self.fresh(),
        };
        let items: Vec<_> = items
            .iter()
            .map(|each| {
                let each = self.expr(each, Some(&item));
                self.coerce(each, &item, None)
            })
            .collect();
        let con = if array { Con::Array(items.len()) } else { Con::Vec };
        self.make(Kind::List(items), Ty::with(con, [item]), at)
    }

    fn repeat(&mut self, repeat: &syn::ExprRepeat, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let item = match expect.map(|ty| self.infer.shallow(ty)) {
            Some(Ty::Con(Con::Array(_), args)) => Some(args[0].clone()),
            _ => None,
        };
        let each = self.expr(&repeat.expr, item.as_ref());
        let Syn::Lit(syn::ExprLit { lit: syn::Lit::Int(int), .. }) = &*repeat.len else {
            return self.unsupported(At::expr(&repeat.len), "a length that is no literal");
        };
        let Ok(length) = int.base10_parse::<usize>() else { return self.wrong(at) };
        let count = self.expr(&repeat.len, None);
        let count = self.coerce(count, &Ty::int(crate::ty::IntTy::Usize), None);
        let ty = self.type_of(&each);
        if length != 1 {
            self.require_copy(&ty, each.at);
        }
        self.make(Kind::Repeat(Box::new(each), Box::new(count)), Ty::with(Con::Array(length), [ty]), at)
    }

    fn require_copy(&mut self, ty: &Ty<'a>, at: At) {
        let bound = crate::program::Bound::Copy;
        self.require(crate::traits::Obligation { ty: ty.clone(), bound, at, setter: None });
    }

    fn range(&mut self, range: &syn::ExprRange, at: At) -> Expr<'a> {
        let closed = matches!(range.limits, syn::RangeLimits::Closed(_));
        let ty = self.fresh();
        let end = |checker: &mut Self, expr: &Option<Box<Syn>>| {
            expr.as_ref().map(|expr| {
                let expr = checker.expr(expr, Some(&ty));
                Box::new(checker.coerce(expr, &ty, None))
            })
        };
        let (start, stop) = (end(self, &range.start), end(self, &range.end));
        if start.is_none() || stop.is_none() {
            return self.unsupported(at, "a range without a start or an end");
        }
        let con = if closed { Con::RangeInclusive } else { Con::Range };
        self.make(Kind::Range(start, stop, closed), Ty::with(con, [ty]), at)
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn struct_literal(&mut self, literal: &syn::ExprStruct, at: At) -> Expr<'a> {
        let names = segments(&literal.path);
        let found = self.resolver().path(self.module, &names, Space::Type);
        let (fields, ty, variant) = match found {
            Some(Res::Name(Name::Struct(index))) => match self.program.structs.get(index as usize) {
                Some(item) => (&item.fields, Ty::con(Con::Struct(index)), None),
                None => return self.wrong(at),
            },
            Some(Res::Variant(index, variant)) => {
                match self.program.enums.get(index as usize).and_then(|e| e.variants.get(variant as usize)) {
                    Some((_, fields)) => (fields, Ty::con(Con::Enum(index)), Some(variant)),
                    None => return self.wrong(at),
                }
            }
            Some(_) => return self.unsupported(at, "this literal of a struct"),
            None => {
                self.resolver().unknown(&names, "type", At::of(&literal.path), &[]);
                return self.wrong(at);
            }
        };
        let mut given = Vec::new();
        for field in &literal.fields {
            let name = match &field.member {
                syn::Member::Named(name) => name.to_string(),
                syn::Member::Unnamed(index) => index.index.to_string(),
            };
            let Some(index) = fields.iter().position(|(known, _)| *known == name) else {
                self.no_field(&ty, &name, At::of(&field.member), at);
                continue;
            };
            if given.iter().any(|(known, _)| *known == index) {
                self.report.error(
                    codes::RUST_TYPE,
                    At::of(&field.member),
                    format!("field `{name}` is given twice"),
                );
            }
            if let Ty::Con(Con::Struct(item), _) = ty {
                self.may_see_field(item, index, At::of(&field.member));
            }
            let wanted = fields[index].1.clone();
            let value = self.expr(&field.expr, Some(&wanted));
            given.push((index, self.coerce(value, &wanted, None)));
        }
        let rest = literal.rest.as_ref().map(|rest| {
            let rest = self.expr(rest, Some(&ty));
            Box::new(self.coerce(rest, &ty, None))
        });
        if rest.is_none() {
            let missing =
                fields.iter().enumerate().filter(|(at, _)| !given.iter().any(|(known, _)| known == at));
            let missing: Vec<String> = missing.map(|(_, (name, _))| format!("`{name}`")).collect();
            if !missing.is_empty() {
                let message =
                    format!("missing {} in the literal of `{}`", missing.join(", "), self.show(&ty));
                self.report.error(codes::RUST_TYPE, at, message);
            }
        }
        let owner = Self::own_name(&ty).unwrap_or(Name::Module(0));
        match variant {
            Some(variant) => {
                let given = self.marked(owner, given, at);
                self.make(Kind::Variant(variant, given), ty, at)
            }
            // the mark comes with the rest
            None if rest.is_some() => self.make(Kind::Struct(given, fields.len(), rest), ty, at),
            None => {
                let given = self.marked(owner, given, at);
                let count = given.len();
                self.make(Kind::Struct(given, count, None), ty, at)
            }
        }
    }
}

//! Patterns.

use comfy_graph::diag::codes;
use syn::{Lit, Pat};

use super::{Checker, control};
use crate::{
    at::At,
    hir::{Const, Pattern},
    program::Name,
    resolve::{Res, Space},
    ty::{Con, Ty},
    types::segments,
    world::Generated,
};

impl<'a> Checker<'_, 'a, '_> {
    /// Checks a pattern against the type of what it takes apart, and declares its variables.
    pub(super) fn pattern(&mut self, pat: &Pat, ty: &Ty<'a>) -> Pattern {
        let first = self.locals.len();
        let pattern = self.pattern_of(pat, ty);
        self.distinct(first);
        pattern
    }

    /// The variables from this one on are of one pattern, or of one list of parameters.
    pub(super) fn distinct(&self, first: usize) {
        let names = self.locals.get(first..).unwrap_or_default();
        for (index, local) in names.iter().enumerate() {
            if names.iter().take(index).any(|other| other.name == local.name) {
                let message = format!("`{}` is bound more than once in the same pattern", local.name);
                self.report.error(codes::RUST_NAME, local.at, message);
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn pattern_of(&mut self, pat: &Pat, ty: &Ty<'a>) -> Pattern {
        let at = At::pat(pat);
        let shallow = self.infer.shallow(ty);
        // through a reference, parts are references too; they are taken by value at no cost here
        if let Ty::Con(Con::Ref, args) = &shallow
            && !matches!(
                pat,
                Pat::Ident(_) | Pat::Wild(_) | Pat::Reference(_) | Pat::Lit(_) | Pat::Type(_) | Pat::Paren(_)
            )
        {
            let outer = std::mem::replace(&mut self.behind, true);
            let pattern = self.pattern_of(pat, &args[0]);
            self.behind = outer;
            return pattern;
        }
        if matches!(shallow, Ty::Con(Con::RefMut, _))
            && !matches!(pat, Pat::Ident(_) | Pat::Wild(_) | Pat::Type(_))
        {
            self.report.unsupported_but(
                at,
                "a pattern of a `&mut`",
                "write `*` before what is matched, or copy it first",
            );
            return Pattern::Wild;
        }
        match pat {
            Pat::Wild(_) => Pattern::Wild,
            Pat::Paren(paren) => self.pattern(&paren.pat, ty),
            Pat::Type(typed) => {
                let written = self.written(&typed.ty);
                self.unify_or_say(ty, &written, at);
                self.pattern(&typed.pat, ty)
            }
            Pat::Ident(ident) => self.ident_pattern(ident, ty, at),
            Pat::Tuple(tuple) => self.tuple_pattern(&tuple.elems, &shallow, at),
            Pat::Reference(_) if self.behind => {
                let message = "`&` in a pattern whose value is behind a reference already";
                self.report.with_help(
                    codes::RUST_TYPE,
                    at,
                    message,
                    "leave the `&` out, and write `*` where it is used",
                );
                Pattern::Wild
            }
            Pat::Reference(reference) => match &shallow {
                Ty::Con(Con::Ref, args) => {
                    let inner = args[0].clone();
                    let pattern = self.pattern(&reference.pat, &inner);
                    if binds(&pattern) && !self.is_copy(&inner) {
                        let message = format!("cannot move a `{}` out of a reference", self.show(&inner));
                        self.report.error(codes::MOVED_VALUE, at, message);
                    }
                    pattern
                }
                Ty::Var(_) => {
                    let inner = self.fresh();
                    self.unify_or_say(ty, &inner.clone().reference(), at);
                    self.pattern(&reference.pat, &inner)
                }
                Ty::Con(..) => self.bad_pattern(&shallow, at),
            },
            Pat::Lit(lit) => self.literal_pattern(&lit.lit, ty, at),
            Pat::Range(range) => self.range_pattern(range, ty, at),
            Pat::Or(or) => self.or_pattern(or, ty, at),
            Pat::Path(path) => self.path_pattern(&path.path, &shallow, at),
            Pat::TupleStruct(pat) => self.tuple_struct_pattern(pat, &shallow, at),
            Pat::Struct(pat) => self.struct_pattern(pat, &shallow, at),
            Pat::Slice(slice) => self.slice_pattern(&slice.elems, &shallow, at),
            Pat::Rest(_) => Pattern::Wild,
            _ => {
                self.report.unsupported(at, "this pattern");
                Pattern::Wild
            }
        }
    }

    fn bad_pattern(&mut self, ty: &Ty<'a>, at: At) -> Pattern {
        if !ty.is_error() {
            let message = format!("mismatched types: this pattern does not fit a `{}`", self.show(ty));
            self.report.error(codes::RUST_TYPE, at, message);
        }
        Pattern::Wild
    }

    fn ident_pattern(&mut self, ident: &syn::PatIdent, ty: &Ty<'a>, at: At) -> Pattern {
        let name = ident.ident.to_string();
        if ident.by_ref.is_some() {
            self.report.unsupported(at, "`ref`");
            return Pattern::Wild;
        }
        let plain = ident.subpat.is_none() && ident.mutability.is_none();
        if let Some(found) = self.named(std::slice::from_ref(&name))
            && let Some(pattern) = self.named_pattern(&name, plain, found, ty, at)
        {
            return pattern;
        }
        if self.behind && ident.mutability.is_some() {
            let message = "`mut` in a pattern whose value is behind a reference";
            self.report.error(codes::RUST_TYPE, at, message);
        }
        if plain && self.has_variant(ty, &name) {
            let owner = self.show(ty);
            let owner = owner.trim_start_matches('&');
            let message = format!("`{name}` is a new variable here, and no variant of `{owner}`");
            let help = format!("write `{owner}::{name}`, or give the variable another name");
            self.report.with_help(codes::RUST_NAME, at, message, help);
        }
        let inner = ident.subpat.as_ref().map(|(_, pat)| Box::new(self.pattern(pat, ty)));
        // behind a reference, parts are bound as references
        let own = if self.behind { ty.clone().reference() } else { ty.clone() };
        let local = self.declare(&name, own, ident.mutability.is_some(), at);
        Pattern::Bind(local, inner)
    }

    /// Whether an enum has a variant of this name that is nothing but its name (rustc's `bindings_with_variant_name`).
    fn has_variant(&self, ty: &Ty<'a>, name: &str) -> bool {
        match self.infer.shallow(ty) {
            Ty::Con(Con::Ref, args) => args.first().is_some_and(|inner| self.has_variant(inner, name)),
            Ty::Con(Con::Combo(combo), _) => {
                !combo.files && combo.values.iter().any(|value| value.ident == name)
            }
            Ty::Con(Con::Enum(index), _) => {
                let variants = self.program.enums.get(index as usize).map(|item| &item.item.variants);
                let is_it = |v: &syn::Variant| matches!(v.fields, syn::Fields::Unit) && v.ident == name;
                variants.is_some_and(|variants| variants.iter().any(is_it))
            }
            _ => false,
        }
    }

    /// What has a name that stands in a pattern. Markers are values here only, and variables hardly ever look like one.
    fn named(&self, name: &[String]) -> Option<Res<'a>> {
        let find = |space| self.resolver().path(self.module, name, space);
        let is_marker = |found: &Res<'_>| match found {
            Res::Generated(Generated::Marker(_)) => true,
            Res::Builtin(name) => self.world.names.is_runtime_marker(name),
            _ => false,
        };
        let may_be_type = || name.first().is_some_and(|name| name.starts_with(char::is_uppercase));
        find(Space::Value).or_else(|| may_be_type().then(|| find(Space::Type))?.filter(is_marker))
    }

    /// The pattern of a name that something has, if that is no name for a variable; `plain` without `mut` and `@`.
    fn named_pattern(
        &mut self,
        name: &str,
        plain: bool,
        found: Res<'a>,
        ty: &Ty<'a>,
        at: At,
    ) -> Option<Pattern> {
        let unit = match found {
            Res::Builtin("Some" | "Ok" | "Err") => return Some(self.shadows(name, at)),
            Res::Name(Name::Const(_)) | Res::Variant(..) | Res::Builtin("None") if !plain => {
                return Some(self.shadows(name, at));
            }
            Res::Builtin("None") => {
                let inner = self.fresh();
                self.unify_or_say(ty, &Ty::with(Con::Option, [inner]), at);
                return Some(Pattern::None);
            }
            Res::Name(Name::Const(index)) => return Some(self.const_pattern(index, ty, at)),
            Res::Variant(index, variant)
                if self.variant_fields(index, variant).is_some_and(|fields| !fields.is_empty()) =>
            {
                return Some(self.shadows(name, at));
            }
            Res::Variant(index, variant) => {
                self.unify_or_say(ty, &Ty::con(Con::Enum(index)), at);
                return Some(Pattern::Variant(variant, Vec::new()));
            }
            Res::Name(Name::Struct(index)) => match &self.program.structs.get(index as usize)?.item.fields {
                syn::Fields::Unit => Ty::con(Con::Struct(index)),
                syn::Fields::Unnamed(_) => return Some(self.shadows(name, at)),
                syn::Fields::Named(_) => return None,
            },
            Res::Generated(Generated::Marker(marker)) => Ty::con(Con::Marker(marker)),
            Res::Builtin("Unset") => Ty::con(Con::Unset),
            Res::Builtin(marker) if self.world.names.is_runtime_marker(marker) => self.world.marker(marker),
            _ => return None,
        };
        // a struct without fields is a pattern of its only value
        if !plain || !self.infer.unify(ty, &unit) {
            return Some(self.shadows(name, at));
        }
        Some(Pattern::Wild)
    }

    /// A variable cannot have the name of a constructor.
    fn shadows(&self, name: &str, at: At) -> Pattern {
        let message = format!("`{name}` cannot be the name of a variable");
        let help = "something else has it that can stand in a pattern; give the variable another name";
        self.report.with_help(codes::RUST_NAME, at, message, help);
        Pattern::Wild
    }

    fn const_pattern(&mut self, index: u32, ty: &Ty<'a>, at: At) -> Pattern {
        let Some(item) = self.program.consts.get(index as usize) else { return Pattern::Wild };
        self.unify_or_say(ty, &item.ty.clone(), at);
        let value = match item.value {
            syn::Expr::Lit(lit) => self.constant_of(&lit.lit, false, at),
            _ => None,
        };
        match value {
            Some((value, _)) if !item.is_static => Pattern::Const(value),
            _ => {
                self.report.unsupported(at, "this constant as a pattern");
                Pattern::Wild
            }
        }
    }

    fn tuple_pattern(
        &mut self,
        elems: &syn::punctuated::Punctuated<Pat, syn::Token![,]>,
        ty: &Ty<'a>,
        at: At,
    ) -> Pattern {
        let types = match ty {
            Ty::Con(Con::Tuple, args) => args.to_vec(),
            Ty::Con(Con::Error, _) => elems.iter().map(|_| Ty::error()).collect(),
            Ty::Var(_) if !elems.iter().any(|pat| matches!(pat, Pat::Rest(_))) => {
                let args: Vec<_> = elems.iter().map(|_| self.fresh()).collect();
                self.unify_or_say(ty, &Ty::with(Con::Tuple, args.clone()), at);
                args
            }
            _ => return self.bad_pattern(ty, at),
        };
        self.elements(elems, &types, ty, at)
    }

    /// An array has as many parts as a tuple; what else is written in brackets is not read.
    fn slice_pattern(
        &mut self,
        elems: &syn::punctuated::Punctuated<Pat, syn::Token![,]>,
        ty: &Ty<'a>,
        at: At,
    ) -> Pattern {
        let binds_rest = |pat: &Pat| match pat {
            Pat::Ident(ident) => ident.subpat.as_ref().is_some_and(|(_, pat)| matches!(**pat, Pat::Rest(_))),
            _ => false,
        };
        match ty {
            Ty::Con(Con::Array(length), args)
                if *length <= control::LONGEST && !elems.iter().any(binds_rest) =>
            {
                self.elements(elems, &vec![args[0].clone(); *length], ty, at)
            }
            Ty::Con(Con::Array(length), args) if *length <= control::LONGEST => {
                self.list_pattern(elems, &args[0].clone(), Some(*length), at)
            }
            Ty::Con(Con::Slice, args) if elems.len() <= control::LONGEST => {
                self.list_pattern(elems, &args[0].clone(), None, at)
            }
            Ty::Con(Con::Vec, _) => {
                let message = format!("a pattern of a slice does not fit a `{}`", self.show(ty));
                let help = "look at it as a slice: `match list.as_slice() { .. }`";
                self.report.with_help(codes::RUST_TYPE, at, message, help);
                for pat in elems {
                    self.pattern_of(pat, &Ty::error());
                }
                Pattern::Wild
            }
            _ => {
                let instead = "write `first()`, `get(i)` or `list[i]`";
                self.report.unsupported_but(at, "a pattern of a slice", instead);
                for pat in elems {
                    self.pattern_of(pat, &Ty::error());
                }
                Pattern::Wild
            }
        }
    }

    /// `[first, rest @ .., last]`, of an array of this length or of a slice.
    fn list_pattern(
        &mut self,
        elems: &syn::punctuated::Punctuated<Pat, syn::Token![,]>,
        item: &Ty<'a>,
        length: Option<usize>,
        at: At,
    ) -> Pattern {
        let mut patterns = Vec::new();
        let (mut cut, mut rest) = (None, None);
        for pat in elems {
            let named = match pat {
                Pat::Rest(_) => None,
                Pat::Ident(ident)
                    if ident.subpat.as_ref().is_some_and(|(_, pat)| matches!(**pat, Pat::Rest(_))) =>
                {
                    Some(ident)
                }
                pat => {
                    patterns.push(self.pattern(pat, item));
                    continue;
                }
            };
            if cut.replace(patterns.len()).is_some() {
                self.report.error(
                    codes::RUST_SYNTAX,
                    At::pat(pat),
                    "`..` can only be used once in a pattern",
                );
            }
            if let Some(ident) = named {
                let left = length.map(|length| length.saturating_sub(elems.len() - 1));
                rest = self.rest_of_list(ident, item, left, At::pat(pat));
            }
        }
        let fits = length.is_none_or(|length| {
            if cut.is_some() { patterns.len() <= length } else { patterns.len() == length }
        });
        if !fits {
            let message = format!("this pattern has {} elements, the array another number", patterns.len());
            self.report.error(codes::RUST_TYPE, at, message);
        }
        Pattern::Slice(patterns, cut, rest, length.is_some())
    }

    /// The variable of `rest @ ..`.
    fn rest_of_list(
        &mut self,
        ident: &syn::PatIdent,
        item: &Ty<'a>,
        length: Option<usize>,
        at: At,
    ) -> Option<crate::hir::Local> {
        let con = length.map_or(Con::Slice, Con::Array);
        let own = Ty::with(con, [item.clone()]);
        if ident.by_ref.is_some() || ident.mutability.is_some() || !self.behind && length.is_none() {
            let instead = "match a reference: `match list.as_slice() { [first, rest @ ..] => .. }`";
            self.report.unsupported_but(at, "the rest of such a list", instead);
            return None;
        }
        let own = if self.behind { own.reference() } else { own };
        Some(self.declare(&ident.ident.to_string(), own, false, at))
    }

    /// Patterns side by side, where one may be `..`.
    fn elements(
        &mut self,
        elems: &syn::punctuated::Punctuated<Pat, syn::Token![,]>,
        types: &[Ty<'a>],
        whole: &Ty<'a>,
        at: At,
    ) -> Pattern {
        let rest = elems.iter().position(|pat| matches!(pat, Pat::Rest(_)));
        let given = elems.len() - usize::from(rest.is_some());
        let fits = if rest.is_some() { given <= types.len() } else { given == types.len() };
        if !fits && !whole.is_error() {
            return self.bad_pattern(whole, at);
        }
        let skipped = types.len().saturating_sub(given);
        let mut patterns = Vec::new();
        for (index, pat) in elems.iter().enumerate() {
            if Some(index) == rest {
                continue;
            }
            let shift = if rest.is_some_and(|rest| index > rest) { index - 1 + skipped } else { index };
            let ty = types.get(shift).cloned().unwrap_or_else(Ty::error);
            patterns.push(self.pattern(pat, &ty));
        }
        Pattern::Tuple(patterns, rest)
    }

    fn literal_pattern(&mut self, lit: &Lit, ty: &Ty<'a>, at: At) -> Pattern {
        let Some((value, found)) = self.constant_of(lit, false, at) else { return Pattern::Wild };
        let shallow = self.infer.shallow(ty);
        // a literal looks through the references that it is matched with
        let wanted = match (&value, &shallow) {
            (Const::Str(_), Ty::Con(Con::Ref, args)) => match self.infer.shallow(&args[0]) {
                inner @ Ty::Con(Con::Ref, _) => inner,
                _ => shallow.clone(),
            },
            (_, Ty::Con(Con::Ref, args)) => args[0].clone(),
            _ => shallow.clone(),
        };
        self.unify_or_say(&wanted, &found, at);
        Pattern::Const(value)
    }

    fn range_pattern(&mut self, range: &syn::PatRange, ty: &Ty<'a>, at: At) -> Pattern {
        let closed = matches!(range.limits, syn::RangeLimits::Closed(_));
        let end = |checker: &mut Self, expr: &Option<Box<syn::Expr>>| match expr.as_deref() {
            None => Some(None),
            Some(syn::Expr::Lit(lit)) => {
                let (value, found) = checker.constant_of(&lit.lit, false, at)?;
                checker.unify_or_say(ty, &found, at);
                Some(Some(value))
            }
            Some(_) => None,
        };
        match (end(self, &range.start), end(self, &range.end)) {
            (Some(start), Some(stop)) => Pattern::Range(start, stop, closed),
            _ => {
                self.report.unsupported(at, "this range as a pattern");
                Pattern::Wild
            }
        }
    }

    fn or_pattern(&mut self, or: &syn::PatOr, ty: &Ty<'a>, at: At) -> Pattern {
        let before = self.locals.len();
        let patterns: Vec<_> = or.cases.iter().map(|pat| self.pattern(pat, ty)).collect();
        if self.locals.len() > before {
            self.report.unsupported(at, "a variable in alternatives of a pattern");
        }
        Pattern::Or(patterns)
    }

    fn path_pattern(&mut self, path: &syn::Path, ty: &Ty<'a>, at: At) -> Pattern {
        let names = segments(path);
        match self.resolver().path(self.module, &names, Space::Value) {
            Some(Res::Name(Name::Const(index))) => return self.const_pattern(index, ty, at),
            Some(Res::Builtin("None")) => {
                let inner = self.fresh();
                self.unify_or_say(ty, &Ty::with(Con::Option, [inner]), at);
                return Pattern::None;
            }
            Some(Res::Variant(index, variant)) => {
                self.unify_or_say(ty, &Ty::con(Con::Enum(index)), at);
                if self.variant_fields(index, variant).is_some_and(|fields| !fields.is_empty()) {
                    self.report.error(codes::RUST_TYPE, at, "this variant has fields");
                }
                return Pattern::Variant(variant, Vec::new());
            }
            _ => {}
        }
        if let Some(index) = self.member_const(&names, at) {
            return self.const_pattern(index, ty, at);
        }
        match self.combo_variant(path, &names, at) {
            Some((combo, index)) => {
                self.unify_or_say(ty, &Ty::con(Con::Combo(combo)), at);
                if combo.files {
                    self.report.error(codes::RUST_TYPE, at, "a file cannot be matched by its constant");
                }
                Pattern::Choice(index)
            }
            None => Pattern::Wild,
        }
    }

    fn variant_fields(&self, index: u32, variant: u32) -> Option<Vec<(String, Ty<'a>)>> {
        self.program
            .enums
            .get(index as usize)?
            .variants
            .get(variant as usize)
            .map(|(_, fields)| fields.clone())
    }

    fn tuple_struct_pattern(&mut self, pat: &syn::PatTupleStruct, ty: &Ty<'a>, at: At) -> Pattern {
        let names = segments(&pat.path);
        match self.resolver().path(self.module, &names, Space::Value) {
            Some(Res::Builtin("Some")) => {
                let inner = self.fresh();
                self.unify_or_say(ty, &Ty::with(Con::Option, [inner.clone()]), at);
                match pat.elems.first() {
                    Some(only) if pat.elems.len() == 1 => Pattern::Some(Box::new(self.pattern(only, &inner))),
                    _ => self.bad_pattern(ty, at),
                }
            }
            Some(Res::Builtin(name @ ("Ok" | "Err"))) => {
                let args = [self.fresh(), self.fresh()];
                self.unify_or_say(ty, &Ty::with(Con::Result, args.clone()), at);
                let variant = u32::from(name == "Err");
                match pat.elems.first() {
                    Some(only) if pat.elems.len() == 1 => {
                        let inner = self.pattern(only, &args[variant as usize]);
                        Pattern::Variant(variant, vec![(0, inner)])
                    }
                    _ => self.bad_pattern(ty, at),
                }
            }
            Some(Res::Name(Name::Struct(index))) => {
                self.unify_or_say(ty, &Ty::con(Con::Struct(index)), at);
                let fields: Vec<_> = self
                    .program
                    .structs
                    .get(index as usize)
                    .map(|item| item.fields.iter().map(|(_, ty)| ty.clone()).collect())
                    .unwrap_or_default();
                by_position(self.elements(&pat.elems, &fields, ty, at), fields.len())
            }
            Some(Res::Variant(index, variant)) => {
                self.unify_or_say(ty, &Ty::con(Con::Enum(index)), at);
                let fields = self.variant_fields(index, variant).unwrap_or_default();
                let types: Vec<_> = fields.into_iter().map(|(_, ty)| ty).collect();
                match self.elements(&pat.elems, &types, ty, at) {
                    Pattern::Tuple(patterns, None) => {
                        Pattern::Variant(variant, patterns.into_iter().enumerate().collect())
                    }
                    Pattern::Tuple(patterns, Some(_)) if patterns.is_empty() => {
                        Pattern::Variant(variant, Vec::new())
                    }
                    Pattern::Tuple(..) => {
                        self.report.unsupported(at, "`..` in a variant");
                        Pattern::Wild
                    }
                    other => other,
                }
            }
            _ => {
                self.resolver().unknown(&names, "value", at, &["Some"]);
                Pattern::Wild
            }
        }
    }

    fn struct_pattern(&mut self, pat: &syn::PatStruct, ty: &Ty<'a>, at: At) -> Pattern {
        let names = segments(&pat.path);
        let (fields, variant) = match self.resolver().path(self.module, &names, Space::Type) {
            Some(Res::Name(Name::Struct(index))) => {
                self.unify_or_say(ty, &Ty::con(Con::Struct(index)), at);
                (self.program.structs.get(index as usize).map(|item| item.fields.clone()), None)
            }
            Some(Res::Variant(index, variant)) => {
                self.unify_or_say(ty, &Ty::con(Con::Enum(index)), at);
                (self.variant_fields(index, variant), Some(variant))
            }
            Some(_) => (None, None),
            None => {
                self.resolver().unknown(&names, "type", at, &[]);
                return Pattern::Wild;
            }
        };
        let Some(fields) = fields else {
            self.report.unsupported(at, "this pattern");
            return Pattern::Wild;
        };
        let mut patterns = Vec::new();
        for field in &pat.fields {
            let name = match &field.member {
                syn::Member::Named(name) => name.to_string(),
                syn::Member::Unnamed(index) => index.index.to_string(),
            };
            match fields.iter().position(|(known, _)| *known == name) {
                Some(index) => {
                    if patterns.iter().any(|(bound, _)| *bound == index) {
                        let message = format!("the field `{name}` is there twice");
                        self.report.error(codes::RUST_NAME, At::of(&field.member), message);
                    }
                    patterns.push((index, self.pattern(&field.pat, &fields[index].1)));
                }
                None => {
                    let message = format!("no field `{name}` on type `{}`", self.show(ty));
                    self.report.error(codes::RUST_NAME, At::of(&field.member), message);
                }
            }
        }
        if pat.rest.is_none() && patterns.len() < fields.len() {
            self.report.error(codes::RUST_TYPE, at, "this pattern does not name all fields; add `..`");
        }
        match variant {
            Some(variant) => Pattern::Variant(variant, patterns),
            None => Pattern::Struct(patterns),
        }
    }

    /// Whether a pattern can fail to match.
    pub(super) fn refutable(&self, pattern: &Pattern, ty: &Ty<'a>) -> bool {
        is_refutable(pattern) && !self.infer.shallow(ty).is_error()
    }
}

/// The pattern of a tuple struct by the positions of its fields: values can have a mark at their end.
fn by_position(pattern: Pattern, fields: usize) -> Pattern {
    let Pattern::Tuple(patterns, cut) = pattern else { return pattern };
    let skipped = fields.saturating_sub(patterns.len());
    let place = |at: usize| if cut.is_some_and(|cut| at >= cut) { at + skipped } else { at };
    let patterns = patterns.into_iter().enumerate();
    Pattern::Struct(patterns.map(|(at, pattern)| (place(at), pattern)).collect())
}

fn is_refutable(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Wild | Pattern::Bind(_, None) => false,
        Pattern::Bind(_, Some(inner)) => is_refutable(inner),
        Pattern::Tuple(patterns, _) | Pattern::Slice(patterns, _, _, true) => {
            patterns.iter().any(is_refutable)
        }
        Pattern::Struct(fields) => fields.iter().any(|(_, pattern)| is_refutable(pattern)),
        _ => true,
    }
}

/// Whether anything is bound to a name.
fn binds(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Bind(..) | Pattern::Slice(_, _, Some(_), _) => true,
        Pattern::Slice(patterns, ..) => patterns.iter().any(binds),
        Pattern::Tuple(patterns, _) | Pattern::Or(patterns) => patterns.iter().any(binds),
        Pattern::Struct(fields) | Pattern::Variant(_, fields) => {
            fields.iter().any(|(_, pattern)| binds(pattern))
        }
        Pattern::Some(inner) => binds(inner),
        _ => false,
    }
}

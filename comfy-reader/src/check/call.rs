//! Calls of functions, constructors and associated functions.

use comfy_graph::{diag::codes, suggest};
use syn::Expr as Syn;

use super::Checker;
use crate::{
    at::At,
    hir::{Const, Expr, FlowOp, Kind, Std},
    program::{Bound, Calls, Name},
    resolve::{Inside, Res, Space, instead_of, plain_type},
    ty::{Con, IntTy, Set, Ty},
    types::segments,
    world::Generated,
};

/// What every type has from traits of Rust's prelude, and enums of options from theirs.
const TRAIT_FUNCTIONS: &[&str] = &["from", "into", "try_from", "try_into", "clone", "clone_from", "to_owned"];

impl<'a> Checker<'_, 'a, '_> {
    pub(super) fn call(&mut self, call: &syn::ExprCall, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let args: Vec<&Syn> = call.args.iter().collect();
        let Syn::Path(path) = &*call.func else {
            let callee = self.expr(&call.func, None);
            return self.call_value(callee, &args, at);
        };
        if path.qself.is_some() {
            return self.unsupported(at, "a qualified path");
        }
        let names = segments(&path.path);
        if let [name] = names.as_slice()
            && self.lookup(name).is_some()
        {
            let callee = self.expr(&call.func, None);
            return self.call_value(callee, &args, at);
        }
        match self.resolver().path(self.module, &names, Space::Value) {
            Some(found) => self.call_item(found, &path.path, &args, at, expect),
            None if names.len() > 1 => self.associated(&path.path, &names, &args, at, expect),
            None => {
                let visible: Vec<String> = self.visible().into_iter().map(str::to_owned).collect();
                let visible: Vec<&str> = visible.iter().map(String::as_str).collect();
                self.resolver().unknown(&names, "function", At::of(&path.path), &visible);
                self.args_for_errors(&args);
                self.wrong(at)
            }
        }
    }

    /// Checks arguments of something that is wrong, for their own mistakes.
    pub(super) fn args_for_errors(&mut self, args: &[&Syn]) {
        for arg in args {
            match arg {
                // what it is called with is not known
                Syn::Closure(closure) => {
                    let params: Vec<_> = closure.inputs.iter().map(|_| Ty::error()).collect();
                    self.closure(closure, At::expr(arg), Some(&params), None);
                }
                arg => {
                    self.expr(arg, None);
                }
            }
        }
    }

    /// The right number of arguments, or a message.
    pub(super) fn arity(&mut self, what: &str, given: &[&Syn], wanted: usize, at: At) -> bool {
        if given.len() == wanted {
            return true;
        }
        let plural = if wanted == 1 { "" } else { "s" };
        let message = format!("`{what}` takes {wanted} argument{plural}, {} given", given.len());
        self.report.error(codes::RUST_TYPE, at, message);
        self.args_for_errors(given);
        false
    }

    fn call_value(&mut self, callee: Expr<'a>, args: &[&Syn], at: At) -> Expr<'a> {
        let (ty, through) = match self.known_type(&callee) {
            Ty::Con(Con::Ref, inner) => (self.infer.shallow(&inner[0]), true),
            other => (other, false),
        };
        if let Ty::Con(Con::Fn(index), _) = ty {
            return self.call_own(index, None, args, &[], at);
        }
        let Some((calls, params, result)) = self.function_type(&ty) else {
            if ty.is_error() {
                self.args_for_errors(args);
                return self.wrong(at);
            }
            let message = format!("expected a function, found `{}`", self.show(&ty));
            self.report.error(codes::RUST_TYPE, callee.at, message);
            return self.wrong(at);
        };
        if !self.arity("this function", args, params.len(), at) {
            return self.wrong(at);
        }
        if matches!(ty, Ty::Con(Con::Param(_), _)) {
            self.may_call(&callee, calls, through);
        }
        let mut given = Vec::new();
        for (arg, wanted) in args.iter().zip(&params) {
            let arg = self.expr(arg, Some(wanted));
            given.push(self.coerce(arg, wanted, None));
        }
        self.make(Kind::CallClosure(Box::new(callee), given), result, at)
    }

    /// A parameter that is called: what it promises has to allow that here.
    fn may_call(&self, callee: &Expr<'a>, calls: Calls, through: bool) {
        let local = match &callee.kind {
            Kind::Local(local) => self.local(*local),
            _ => None,
        };
        if through && calls != Calls::Shared {
            self.report.error(codes::NOT_MUTABLE, callee.at, "cannot call this behind a `&` reference");
        } else if calls == Calls::Mut
            && let Some(local) = local.filter(|local| !local.mutable)
        {
            let message = format!("cannot call `{}`, as it is not declared as mutable", local.name);
            let help = format!("write `mut {}` where it is declared", local.name);
            self.report.with_help(codes::NOT_MUTABLE, callee.at, message, help);
        }
    }

    fn call_item(
        &mut self,
        found: Res<'a>,
        path: &syn::Path,
        args: &[&Syn],
        at: At,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        match found {
            Res::Name(Name::Fn(index)) => {
                let written = self.turbofish(path);
                self.call_own(index, None, args, &written, at)
            }
            Res::Name(Name::Struct(index)) => {
                let fields = self.program.structs.get(index as usize).map(|item| item.fields.clone());
                let name = self.show(&Ty::con(Con::Struct(index)));
                let Some(given) = self.fields(&name, fields.unwrap_or_default(), args, at) else {
                    return self.wrong(at);
                };
                let given = self.marked(Name::Struct(index), given, at);
                let count = given.len();
                self.make(Kind::Struct(given, count, None), Ty::con(Con::Struct(index)), at)
            }
            Res::Variant(index, variant) => {
                let item = self.program.enums.get(index as usize);
                let Some((name, fields)) = item.and_then(|item| item.variants.get(variant as usize)).cloned()
                else {
                    return self.wrong(at);
                };
                match self.fields(&name, fields, args, at) {
                    Some(given) => {
                        let given = self.marked(Name::Enum(index), given, at);
                        self.make(Kind::Variant(variant, given), Ty::con(Con::Enum(index)), at)
                    }
                    None => self.wrong(at),
                }
            }
            Res::Builtin(name) => self.call_builtin(name, path, args, at, expect),
            _ => self.unsupported(at, "a call of this"),
        }
    }

    fn fields(
        &mut self,
        name: &str,
        fields: Vec<(String, Ty<'a>)>,
        args: &[&Syn],
        at: At,
    ) -> Option<Vec<(usize, Expr<'a>)>> {
        if !self.arity(name, args, fields.len(), at) {
            return None;
        }
        let mut given = Vec::new();
        for (index, (arg, (_, wanted))) in args.iter().zip(fields).enumerate() {
            let arg = self.expr(arg, Some(&wanted));
            given.push((index, self.coerce(arg, &wanted, None)));
        }
        Some(given)
    }

    fn call_builtin(
        &mut self,
        name: &'static str,
        path: &syn::Path,
        args: &[&Syn],
        at: At,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let wanted = match name {
            "unlinked" | "grow" => 0,
            "min" | "max" => 2,
            _ => 1,
        };
        if !self.arity(name, args, wanted, at) {
            return self.wrong(at);
        }
        let turbofish = self.turbofish(path).into_iter().next();
        match (name, args) {
            ("Some", [arg]) => {
                let inner = match expect.map(|ty| self.infer.shallow(ty)) {
                    Some(Ty::Con(Con::Option, args)) => Some(args[0].clone()),
                    _ => None,
                };
                let mut arg = self.expr(arg, inner.as_ref());
                let mut ty = self.type_of(&arg);
                if let Some(inner) = inner {
                    arg = self.coerce(arg, &inner, None);
                    ty = inner;
                }
                self.make(Kind::Some(Box::new(arg)), Ty::with(Con::Option, [ty]), at)
            }
            ("Ok" | "Err", [arg]) => self.ok_or_err(name == "Err", arg, at, expect),
            ("raw", [arg]) => {
                let arg = self.expr(arg, None);
                let arg = self.bounded(arg, Bound::Json, None);
                self.make(Kind::Raw(Box::new(arg)), Ty::con(Con::Raw), at)
            }
            ("unlinked", []) => {
                let marker = turbofish.unwrap_or_else(|| self.fresh());
                self.make(Kind::Unlinked, Ty::with(Con::Output, [marker]), at)
            }
            ("grow", []) => {
                let marker = turbofish.unwrap_or_else(|| self.fresh());
                self.make(Kind::Grow, Ty::with(Con::Grow, [marker]), at)
            }
            ("min" | "max", [a, b]) => {
                let a = self.expr(a, None);
                let ty = self.type_of(&a);
                let b = self.expr(b, Some(&ty));
                let b = self.coerce(b, &ty, None);
                self.require_ord(&ty, at);
                let std = if name == "min" { Std::Min } else { Std::Max };
                self.make(Kind::Std(std, vec![a, b]), ty, at)
            }
            _ => self.unsupported(at, &format!("`{name}`")),
        }
    }

    fn ok_or_err(&mut self, is_err: bool, arg: &Syn, at: At, expect: Option<&Ty<'a>>) -> Expr<'a> {
        let args = match expect.map(|ty| self.infer.shallow(ty)) {
            Some(Ty::Con(Con::Result, args)) => args,
            _ => Box::new([self.fresh(), self.fresh()]),
        };
        let wanted = args[usize::from(is_err)].clone();
        let arg = self.exact(arg, &wanted);
        let kind = Kind::Variant(u32::from(is_err), vec![(0, arg)]);
        self.make(kind, Ty::Con(Con::Result, args), at)
    }

    fn require_ord(&mut self, ty: &Ty<'a>, at: At) {
        let ty = self.infer.shallow(ty);
        if matches!(ty, Ty::Con(Con::F64 | Con::F32, _)) {
            self.report.error(
                codes::RUST_TYPE,
                at,
                "floating-point numbers have no total order; use `a.min(b)`",
            );
        } else if !matches!(ty, Ty::Var(_) | Ty::Con(Con::Int(_) | Con::Error, _)) {
            self.report.unsupported(at, "the order of such values");
        }
    }

    /// The type before the last segment of a path.
    fn owner(&self, names: &[String]) -> Option<Res<'a>> {
        let (_, owner) = names.split_last()?;
        self.resolver().path(self.module, owner, Space::Type)
    }

    /// Follows an alias to the generated type behind it.
    fn dealias(&mut self, found: Res<'a>) -> Res<'a> {
        let Res::Name(Name::Alias(index)) = found else { return found };
        let Some((item, module)) = self.program.aliases.get(index as usize) else { return found };
        match &*item.ty {
            syn::Type::Path(path) => {
                self.resolver().path(*module, &segments(&path.path), Space::Type).unwrap_or(found)
            }
            _ => found,
        }
    }

    /// `Type::function(..)`
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each")]
    fn associated(
        &mut self,
        path: &syn::Path,
        names: &[String],
        args: &[&Syn],
        at: At,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        let function = names.last().map_or("", String::as_str).to_owned();
        let Some(owner) = self.owner(names) else {
            let (_, owner) = names.split_last().unwrap_or((&names[0], names));
            let first = path.segments.first().map_or(at, |segment| At::span(segment.ident.span()));
            if function == "file" {
                self.no_list_of_files(owner.last().map_or("", String::as_str), args, first);
            } else {
                self.resolver().unknown(owner, "type", first, &[]);
            }
            self.args_for_errors(args);
            return self.wrong(at);
        };
        match self.dealias(owner) {
            Res::Generated(Generated::Node(model)) if function == "new" => {
                self.arity("new", args, 0, at);
                let generics: Vec<_> = model.generics.iter().map(|_| self.fresh()).collect();
                let index = self.world.class_index(model);
                self.make(Kind::NewNode(index), Ty::with(Con::Node(model, Set::default()), generics), at)
            }
            Res::Generated(Generated::Combo(combo)) if combo.files && function == "file" => {
                if !self.arity("file", args, 1, at) {
                    return self.wrong(at);
                }
                let arg = self.expr(args[0], None);
                let arg = self.bounded(arg, Bound::String, None);
                self.make(Kind::File(Box::new(arg)), Ty::con(Con::Combo(combo)), at)
            }
            Res::Generated(Generated::Dynamic(dynamic)) => {
                let here = path.segments.last().map_or(at, |segment| At::span(segment.ident.span()));
                match dynamic.function(&function) {
                    Some(option) => {
                        self.arity(&function, args, 0, at);
                        let ty = Ty::con(Con::Pick(dynamic, option, Set::default()));
                        self.make(Kind::NewPick(&option.def.key), ty, at)
                    }
                    None => {
                        let known = dynamic.options.iter().map(|option| option.ident.as_str());
                        self.unknown_associated(&function, &dynamic.ident, known, here);
                        self.args_for_errors(args);
                        self.wrong(at)
                    }
                }
            }
            Res::Builtin("Default") if function == "default" && args.is_empty() => {
                let ty = expect.cloned().unwrap_or_else(|| self.fresh());
                self.default_or_say(&ty, at)
            }
            Res::Builtin(owner) => self.associated_builtin(owner, &function, path, args, at, expect),
            owner => {
                let here = path.segments.last().map_or(at, |segment| At::span(segment.ident.span()));
                let written = self.turbofish(path);
                if let Res::Name(own) = owner
                    && let Some(found) = self.own_function(own, &function, args, &written, here, at)
                {
                    return found;
                }
                let name = names.get(names.len().wrapping_sub(2)).map_or("", String::as_str);
                if matches!(owner, Res::Inside(Inside::Std)) {
                    self.report.unsupported_std(here, &format!("{name}::{function}"), instead_of(name));
                    self.args_for_errors(args);
                    return self.wrong(at);
                }
                let is_list = matches!(owner, Res::Generated(Generated::Combo(combo)) if combo.files);
                if function == "file" && !is_list {
                    self.no_list_of_files(name, args, here);
                    self.args_for_errors(args);
                    return self.wrong(at);
                }
                let known: &[&str] = match owner {
                    Res::Generated(Generated::Node(_)) => &["new"],
                    Res::Generated(Generated::Combo(combo)) if combo.files => &["file"],
                    _ => &[],
                };
                self.unknown_associated(&function, name, known.iter().copied(), here);
                self.args_for_errors(args);
                self.wrong(at)
            }
        }
    }

    /// `X::file("..")` where `X` is something else, or nothing.
    fn no_list_of_files(&self, name: &str, args: &[&Syn], at: At) {
        let text = match args {
            [Syn::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })] => format!("{:?}", text.value()),
            _ => "\"name.safetensors\"".to_owned(),
        };
        let message = format!("`{name}` is no list of files");
        let help = format!("the name of a file goes in as text: `{text}`");
        self.report.with_help(codes::RUST_NAME, at, message, help);
    }

    fn unknown_associated<'k>(&self, name: &str, owner: &str, known: impl Iterator<Item = &'k str>, at: At) {
        let known: Vec<&str> = known.collect();
        let message = format!("no function or option `{name}` of `{owner}`");
        let near = suggest::nearest(name, known.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => return self.report.error(codes::VALUE_NOT_IN_LIST, at, message),
            None => {
                let known: Vec<String> = known.iter().take(12).map(|name| format!("`{name}`")).collect();
                format!("there are {}", known.join(", "))
            }
        };
        self.report.with_help(codes::VALUE_NOT_IN_LIST, at, message, help);
    }

    fn associated_builtin(
        &mut self,
        owner: &'static str,
        function: &str,
        path: &syn::Path,
        args: &[&Syn],
        at: At,
        expect: Option<&Ty<'a>>,
    ) -> Expr<'a> {
        match (owner, function, args) {
            ("Flow", "new" | "default", []) => {
                self.make(Kind::Flow(FlowOp::New, Vec::new()), Ty::con(Con::Flow), at)
            }
            ("RawNode", "new", [class]) => {
                let class = self.expr(class, None);
                let class = self.bounded(class, Bound::String, None);
                self.make(Kind::NewRaw(Box::new(class)), Ty::con(Con::RawNode), at)
            }
            ("NodeRef", "from", [output]) => self.node_ref(output),
            ("Vec", "new", []) | ("Vec", "with_capacity", [_]) => {
                for arg in args {
                    let arg = self.expr(arg, None);
                    self.coerce(arg, &Ty::int(IntTy::Usize), None);
                }
                let given = self.owner_arguments(path).into_iter().next();
                let item = match (given, expect.map(|ty| self.infer.shallow(ty))) {
                    (Some(given), _) => given,
                    (None, Some(Ty::Con(Con::Vec, args))) => args[0].clone(),
                    _ => self.fresh(),
                };
                self.make(Kind::Std(Std::NewVec, Vec::new()), Ty::with(Con::Vec, [item]), at)
            }
            ("HashMap" | "BTreeMap", function, args) => {
                let written = self.owner_arguments(path);
                match self.new_map(owner == "BTreeMap", function, args, &written, at) {
                    Some(map) => map,
                    None => self.no_such_function(function, owner, args, at),
                }
            }
            ("Box", "new", [arg]) => {
                let arg = self.expr(arg, None);
                let ty = Ty::with(Con::Boxed, [self.type_of(&arg)]);
                self.make(Kind::Block(Vec::new(), Some(Box::new(arg))), ty, at)
            }
            ("String", "new", []) => {
                self.make(Kind::Std(Std::NewString, Vec::new()), Ty::con(Con::String), at)
            }
            ("String", "from", [arg]) => {
                let arg = self.expr(arg, None);
                let arg = self.bounded(arg, Bound::String, None);
                self.make(Kind::Std(Std::ToString, vec![arg]), Ty::con(Con::String), at)
            }
            (name, "from", [arg]) if matches!(plain_type(name), Some(Con::Int(_) | Con::F64 | Con::F32)) => {
                self.number_from(name, arg, at)
            }
            (name, "default", []) if plain_type(name).is_some() => {
                let ty = plain_type(name).map_or_else(Ty::error, Ty::con);
                self.default_or_say(&ty, at)
            }
            _ => self.no_such_function(function, owner, args, at),
        }
    }

    /// The types that are written behind the type of a function: `Vec::<i64>::new()`.
    fn owner_arguments(&mut self, path: &syn::Path) -> Vec<Ty<'a>> {
        match path.segments.iter().rev().nth(1).map(|segment| &segment.arguments) {
            Some(syn::PathArguments::AngleBracketed(arguments)) => self.type_arguments(arguments),
            _ => Vec::new(),
        }
    }

    fn no_such_function(&mut self, function: &str, owner: &str, args: &[&Syn], at: At) -> Expr<'a> {
        let message = format!("no function `{function}` of `{owner}` that a flow can use");
        self.report.error(codes::UNSUPPORTED_RUST, at, message);
        self.args_for_errors(args);
        self.wrong(at)
    }

    /// `i64::from(x)`: only where nothing is lost.
    fn number_from(&mut self, target: &str, arg: &Syn, at: At) -> Expr<'a> {
        let Some(con) = plain_type(target) else { return self.wrong(at) };
        let target = Ty::con(con);
        let arg = self.expr(arg, None);
        let ty = self.known_type(&arg);
        let fits = match (&ty, con) {
            (Ty::Con(Con::Int(from), _), Con::Int(to)) => {
                let (from_range, to_range) = (from.range(), to.range());
                let portable = |int: IntTy| !matches!(int, IntTy::Isize | IntTy::Usize) || *from == to;
                *from == to
                    || portable(*from)
                        && portable(to)
                        && to_range.0 <= from_range.0
                        && from_range.1 <= to_range.1
                    || to == IntTy::Usize && matches!(from, IntTy::U8 | IntTy::U16)
            }
            (Ty::Con(Con::Int(from), _), Con::F64) => from.bits() <= 32,
            (Ty::Con(Con::Int(from), _), Con::F32) => from.bits() <= 16,
            (Ty::Con(Con::F32 | Con::F64, _), Con::F64) | (Ty::Con(Con::F32, _), Con::F32) => true,
            (Ty::Con(Con::Bool, _), Con::Int(_)) | (Ty::Con(Con::Error, _), _) => true,
            (Ty::Var(_), _) => return self.unsupported(at, "`from` of a number whose type is not said"),
            _ => false,
        };
        if !fits {
            let message =
                format!("`{}` cannot be made from `{}` without loss", self.show(&target), self.show(&ty));
            self.report.with_help(
                codes::RUST_TYPE,
                at,
                message,
                format!("write `.. as {}`", self.show(&target)),
            );
        }
        self.make(Kind::Cast(Box::new(arg)), target, at)
    }

    /// The option that a path names, if it names one: `SamplerName::Euler`.
    pub(super) fn combo_variant(
        &mut self,
        path: &syn::Path,
        names: &[String],
        at: At,
    ) -> Option<(&'a comfy_codegen::model::ComboModel<'a>, usize)> {
        let variant = names.last()?;
        let Some(owner) = self.owner(names) else {
            let (_, owner) = names.split_last()?;
            let first = path.segments.first().map_or(at, |segment| At::span(segment.ident.span()));
            let (owner, what) = if owner.is_empty() { (names, "value") } else { (owner, "type") };
            self.resolver().unknown(owner, what, first, &[]);
            return None;
        };
        let Res::Generated(Generated::Combo(combo)) = self.dealias(owner) else {
            self.report.error(codes::RUST_NAME, at, format!("there is no value `{}`", names.join("::")));
            return None;
        };
        let found = combo.values.iter().position(|value| value.ident == *variant);
        if found.is_none() {
            let here = path.segments.last().map_or(at, |segment| At::span(segment.ident.span()));
            if TRAIT_FUNCTIONS.contains(&variant.as_str()) {
                self.report.unsupported(here, "a function of a trait as a value");
            } else {
                self.unknown_variant(combo, variant, here);
            }
        }
        found.map(|index| (combo, index))
    }

    fn unknown_variant(&self, combo: &comfy_codegen::model::ComboModel<'_>, variant: &str, at: At) {
        let known = combo.values.iter().map(|value| value.ident.as_str());
        let what = if combo.files { "file" } else { "variant" };
        let message = format!("no {what} `{variant}` in `{}`", combo.ident);
        let help = match suggest::nearest(variant, known) {
            Some(near) => format!("did you mean `{}::{near}`?", combo.ident),
            None if combo.files => "any file goes in by its name as text: `\"..\"`".to_owned(),
            None => {
                let some: Vec<_> =
                    combo.values.iter().take(12).map(|value| format!("`{}`", value.ident)).collect();
                let more = combo.values.len().saturating_sub(12);
                let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("there are {}{rest}", some.join(", "))
            }
        };
        self.report.with_help(codes::VALUE_NOT_IN_LIST, at, message, help);
    }

    /// A constant of a type, or an option of a combo.
    pub(super) fn associated_const(
        &mut self,
        path: &syn::Path,
        names: &[String],
        at: At,
    ) -> Option<Expr<'a>> {
        if let Some(index) = self.member_const(names, at) {
            let ty = self.program.consts.get(index as usize).map_or_else(Ty::error, |item| item.ty.clone());
            return Some(self.make(Kind::Static(index), ty, at));
        }
        if let Some(index) = self.member_fn(names, at) {
            return Some(self.function_value(index, at));
        }
        let owner = self.owner(names)?;
        let name = names.last()?;
        match self.dealias(owner) {
            Res::Generated(Generated::Combo(combo)) => {
                let Some((_, index)) = self.combo_variant(path, names, at) else {
                    return Some(self.make(Kind::Error, Ty::con(Con::Combo(combo)), at));
                };
                let value = combo.values.get(index)?.value;
                Some(self.make(Kind::Choice(index, value), Ty::con(Con::Combo(combo)), at))
            }
            Res::Generated(Generated::Dynamic(dynamic)) => {
                let message = format!("an option of `{}` is a function", dynamic.ident);
                self.report.with_help(
                    codes::VALUE_NOT_IN_LIST,
                    at,
                    message,
                    format!("write `{}()`", names.join("::")),
                );
                Some(self.wrong(at))
            }
            Res::Builtin(owner) => self.number_const(owner, name, at),
            _ => None,
        }
    }

    fn number_const(&mut self, owner: &str, name: &str, at: At) -> Option<Expr<'a>> {
        let con = match (owner, plain_type(owner)?) {
            ("Mode", con) => {
                use comfy_graph::graph::Mode;
                let mode = match name {
                    "Always" => Mode::Always,
                    "Never" => Mode::Never,
                    "Bypass" => Mode::Bypass,
                    "OnEvent" => Mode::OnEvent,
                    "OnTrigger" => Mode::OnTrigger,
                    _ => return None,
                };
                return Some(self.make(Kind::Mode(mode), Ty::con(con), at));
            }
            (_, con) => con,
        };
        let value = match (con, name) {
            (Con::Int(IntTy::U128), "MAX") => return Some(self.unsupported(at, "`u128::MAX`")),
            (Con::Int(int), "MAX") => Const::Int(int.range().1),
            (Con::Int(int), "MIN") => Const::Int(int.range().0),
            (Con::F64, "MAX") => Const::Float(f64::MAX),
            (Con::F64, "MIN") => Const::Float(f64::MIN),
            (Con::F64, "EPSILON") => Const::Float(f64::EPSILON),
            (Con::F64, "INFINITY") => Const::Float(f64::INFINITY),
            (Con::F64, "NAN") => Const::Float(f64::NAN),
            _ => return None,
        };
        Some(self.make(Kind::Const(value), Ty::con(con), at))
    }
}

//! Types and names of every function, as rustc would find them; what comes out can be run.
//!
//! Each body is checked by itself against the signatures of the others. A mistake gives one message and the type
//! `Error`, which fits everywhere.

mod call;
mod control;
mod expr;
mod flow;
mod generic;
mod iter;
mod literal;
mod macros;
mod members;
mod method;
mod missing;
mod node;
mod ops;
mod own_traits;
mod pattern;
mod say;
mod std_list;
mod std_map;
mod std_result;
mod std_text;
mod stmt;

use comfy_graph::diag::codes;
use indexmap::IndexMap;

pub(crate) use ops::is_place;

use super::{
    at::At,
    hir::{self, Body, Closure, Expr, Kind, Local, TypeInfo, TypeIx},
    infer::{self, Infer},
    program::{Bound, Calls, FnItem, Program},
    report::Report,
    resolve::{Resolver, Seen},
    traits::Obligation,
    ty::{Con, Ty},
    types::{Holes, TypeReader},
    world::World,
};

/// Checks one body.
pub(super) struct Checker<'w, 'a, 'c> {
    pub(super) world: &'w World<'a, 'c>,
    pub(super) program: &'w Program<'a>,
    pub(super) report: &'w Report,
    seen: &'w Seen<'a>,
    pub(super) infer: Infer<'a>,
    pub(super) pending: Vec<Obligation<'a>>,
    module: usize,
    locals: Vec<LocalInfo<'a>>,
    /// Name → the variables of that name, the visible one last.
    names: IndexMap<String, Vec<Local>>,
    /// Names in the order they were bound, for leaving blocks.
    bound: Vec<String>,
    types: Vec<(Ty<'a>, At)>,
    closures: Vec<Option<Closure<'a>>>,
    /// How the functions that closures are given to call them.
    pub(super) calls: std::collections::BTreeMap<u32, Calls>,
    result: Ty<'a>,
    /// The pattern that is being looked at is behind a reference.
    behind: bool,
    loops: Vec<Loop<'a>>,
    /// The number of labels so far.
    labels: u32,
    literals: Vec<(Ty<'a>, i128, At)>,
    /// What a minus stands before.
    negated: Vec<(Ty<'a>, At)>,
    /// Markers whose spelling running needs.
    markers: Vec<Ty<'a>>,
    /// Texts written as literals, by where they begin.
    texts: std::collections::BTreeMap<usize, String>,
    /// Variables that are not there.
    missing: IndexMap<String, missing::Missing<'a>>,
}

/// A local variable.
#[derive(Clone, Debug)]
pub(super) struct LocalInfo<'a> {
    pub(super) name: String,
    pub(super) ty: Ty<'a>,
    pub(super) mutable: bool,
    pub(super) at: At,
    /// The number of closures around it.
    pub(super) depth: usize,
    /// Known once the body is checked.
    pub(super) copy: bool,
    pub(super) is_reference: bool,
    /// How many expressions read it.
    reads: u32,
}

/// A loop or a block with a label, or the closure that hides those around it.
enum Loop<'a> {
    /// What `break` gives, and the label.
    Of(Ty<'a>, Option<Label>),
    Block(Ty<'a>, Label),
    Closure(Ty<'a>),
}

/// `'name`, and the number that it has in this body.
#[derive(Clone, Debug)]
struct Label {
    name: String,
    number: u32,
}

/// A checked body, with what the moves of values need to know.
pub(super) struct Checked<'a> {
    pub(super) body: Body<'a>,
    pub(super) locals: Vec<LocalInfo<'a>>,
}

impl<'w, 'a, 'c> Checker<'w, 'a, 'c> {
    pub(super) fn new(
        world: &'w World<'a, 'c>,
        program: &'w Program<'a>,
        report: &'w Report,
        seen: &'w Seen<'a>,
        module: usize,
    ) -> Self {
        Self {
            world,
            program,
            report,
            seen,
            infer: Infer::default(),
            pending: Vec::new(),
            module,
            locals: Vec::new(),
            names: IndexMap::new(),
            bound: Vec::new(),
            types: Vec::new(),
            closures: Vec::new(),
            calls: std::collections::BTreeMap::new(),
            result: Ty::unit(),
            behind: false,
            loops: Vec::new(),
            labels: 0,
            literals: Vec::new(),
            negated: Vec::new(),
            markers: Vec::new(),
            texts: std::collections::BTreeMap::new(),
            missing: IndexMap::new(),
        }
    }

    /// Checks a function.
    pub(super) fn function(mut self, item: &FnItem<'a>) -> Checked<'a> {
        let inner = item.block.and_then(|block| self.program.blocks.get(&super::program::block_key(block)));
        if let Some(inner) = inner {
            self.module = *inner;
        }
        self.result = item.result.clone();
        let mut params = Vec::new();
        for (input, ty) in item.sig.inputs.iter().zip(&item.params) {
            params.push(match input {
                syn::FnArg::Typed(typed) => self.pattern(&typed.pat, ty),
                syn::FnArg::Receiver(receiver) => {
                    let at = At::span(receiver.self_token.span);
                    let local = self.declare("self", ty.clone(), receiver.mutability.is_some(), at);
                    hir::Pattern::Bind(local, None)
                }
            });
        }
        self.distinct(0);
        let root = match item.block {
            Some(block) => {
                let root = self.block(block, Some(&item.result.clone()));
                self.coerce(root, &item.result, None)
            }
            // a trait only asks for it: it is never run
            None => self.make(Kind::Error, item.result.clone(), At::span(item.sig.ident.span())),
        };
        self.finish(params, root)
    }

    /// Checks the value of a constant.
    pub(super) fn constant(mut self, value: &syn::Expr, ty: &Ty<'a>) -> Checked<'a> {
        self.result = ty.clone();
        let root = self.expr(value, Some(ty));
        let root = self.coerce(root, ty, None);
        self.finish(Vec::new(), root)
    }

    fn finish(mut self, params: Vec<hir::Pattern>, root: Expr<'a>) -> Checked<'a> {
        self.select();
        self.infer.fall_back();
        self.select();
        for obligation in std::mem::take(&mut self.pending) {
            self.unknown_type(obligation.at);
        }
        self.suggest_nodes();
        self.check_literals();
        for (ty, at) in std::mem::take(&mut self.negated) {
            self.signed(&ty, at);
        }
        let types = std::mem::take(&mut self.types);
        let mut info = Vec::with_capacity(types.len());
        for (ty, at) in &types {
            let ty = self.infer.resolve(ty);
            if is_open(&ty) && !self.report.has_errors() {
                self.unknown_type(*at);
            }
            if ty.args().iter().any(|arg| arg.has(&Con::RefMut)) {
                self.report.unsupported(*at, "`&mut` inside of a value");
            }
            info.push(self.type_info(&ty));
        }
        let mut locals = std::mem::take(&mut self.locals);
        let is_param = |local: usize| {
            let is_it = |param: &hir::Pattern| matches!(param, hir::Pattern::Bind(own, None) if *own as usize == local);
            params.iter().any(is_it)
        };
        for (index, local) in locals.iter_mut().enumerate() {
            local.ty = self.infer.resolve(&local.ty);
            if matches!(local.ty, Ty::Con(Con::RefMut, _)) && !is_param(index) {
                let instead = "use the parameter itself where it is needed";
                self.report.unsupported_but(local.at, "`&mut` in a variable", instead);
            }
            local.copy = self.is_copy(&local.ty);
            local.is_reference = matches!(local.ty, Ty::Con(Con::Ref, _));
        }
        let markers = self.marker_names();
        let closures = (0_u32..).zip(self.closures).filter_map(|(id, closure)| {
            let calls = self.calls.get(&id).copied();
            Some(Closure { calls, ..closure? })
        });
        let closures = closures.collect();
        let body = Body { params, root, closures, locals: locals.len(), types: info, markers };
        Checked { body, locals }
    }

    fn unknown_type(&self, at: At) {
        // after another mistake this is mostly its consequence
        if !self.report.has_errors() {
            self.report.with_help(
                codes::RUST_TYPE,
                at,
                "type annotations needed: the type of this is not known",
                "say the type, as in `let x: Output<Image> = ..`, `.cast::<Image>()` or `5_i64`",
            );
        }
    }

    fn type_info(&self, ty: &Ty<'a>) -> TypeInfo {
        let int = match ty {
            Ty::Con(Con::Int(int), _) => Some(*int),
            _ => None,
        };
        TypeInfo {
            int,
            copy: self.is_copy(ty),
            reference: matches!(ty, Ty::Con(Con::Ref | Con::RefMut, _)),
            mutable: matches!(ty, Ty::Con(Con::RefMut, _)),
            once: matches!(self.function_type(ty), Some((Calls::Once, ..))),
            borrows: borrows(ty),
            never: matches!(ty, Ty::Con(Con::Never, _)),
            flow: ty.is_flow_reference(),
        }
    }

    pub(super) fn resolver(&self) -> Resolver<'w, 'a, 'c> {
        Resolver { world: self.world, program: self.program, report: self.report, seen: Some(self.seen) }
    }

    /// A type as it is written in a body, where parts may be left open.
    pub(super) fn written(&mut self, ty: &syn::Type) -> Ty<'a> {
        self.read_types(|reader, holes| reader.read(ty, holes))
    }

    /// What is read of types here; parts that are left open are inferred.
    fn read_types<R>(&mut self, read: impl FnOnce(&TypeReader<'_, 'a, 'c>, Holes<'_, 'a>) -> R) -> R {
        let reader = TypeReader { resolver: self.resolver(), module: self.module };
        let infer = &mut self.infer;
        read(&reader, &mut |_| infer.fresh(infer::Kind::Any))
    }

    pub(super) fn fresh(&mut self) -> Ty<'a> {
        self.infer.fresh(infer::Kind::Any)
    }

    /// An expression of this type.
    pub(super) fn make(&mut self, kind: Kind<'a>, ty: Ty<'a>, at: At) -> Expr<'a> {
        let index = TypeIx::try_from(self.types.len()).unwrap_or(TypeIx::MAX);
        self.types.push((ty, at));
        Expr { kind, ty: index, at }
    }

    /// What stands for an expression that is wrong.
    pub(super) fn wrong(&mut self, at: At) -> Expr<'a> {
        self.make(Kind::Error, Ty::error(), at)
    }

    pub(super) fn unsupported(&mut self, at: At, what: &str) -> Expr<'a> {
        self.report.unsupported(at, what);
        self.wrong(at)
    }

    /// The type of an expression, as far as it is known.
    pub(super) fn type_of(&self, expr: &Expr<'a>) -> Ty<'a> {
        self.types.get(expr.ty as usize).map_or_else(Ty::error, |(ty, _)| self.infer.shallow(ty))
    }

    /// [`type_of`](Self::type_of), after doing what can be done to know it.
    pub(super) fn known_type(&mut self, expr: &Expr<'a>) -> Ty<'a> {
        let ty = self.type_of(expr);
        if matches!(ty, Ty::Var(_)) && !self.pending.is_empty() {
            self.select();
            return self.type_of(expr);
        }
        ty
    }

    pub(super) fn declare(&mut self, name: &str, ty: Ty<'a>, mutable: bool, at: At) -> Local {
        let local = Local::try_from(self.locals.len()).unwrap_or(Local::MAX);
        self.types.push((ty.clone(), at));
        let depth = self.loops.iter().filter(|each| matches!(each, Loop::Closure(_))).count();
        self.locals.push(LocalInfo {
            name: name.to_owned(),
            ty,
            mutable,
            at,
            depth,
            copy: false,
            is_reference: false,
            reads: 0,
        });
        self.names.entry(name.to_owned()).or_default().push(local);
        self.bound.push(name.to_owned());
        local
    }

    pub(super) fn lookup(&self, name: &str) -> Option<Local> {
        self.names.get(name)?.last().copied()
    }

    pub(super) fn local(&self, local: Local) -> Option<&LocalInfo<'a>> {
        self.locals.get(local as usize)
    }

    /// Does something in a block of its own.
    pub(super) fn scope<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        let mark = self.bound.len();
        let result = inside(self);
        for name in self.bound.drain(mark..) {
            if let Some(locals) = self.names.get_mut(&name) {
                locals.pop();
            }
        }
        result
    }

    /// Visible names, for suggestions.
    pub(super) fn visible(&self) -> Vec<&str> {
        self.names.iter().filter(|(_, locals)| !locals.is_empty()).map(|(name, _)| name.as_str()).collect()
    }

    /// Makes an expression fit a type, by the coercions that Rust makes by itself.
    pub(super) fn coerce(
        &mut self,
        expr: Expr<'a>,
        wanted: &Ty<'a>,
        setter: Option<(&'a str, &'a str)>,
    ) -> Expr<'a> {
        let found = self.type_of(&expr);
        let wanted = self.infer.shallow(wanted);
        if let Ty::Con(Con::Never, _) = found {
            return expr;
        }
        if self.fits(&found, &wanted) {
            return expr;
        }
        self.mismatch(&expr, &wanted, setter);
        expr
    }

    /// Whether a type coerces to another; decides open types.
    fn fits(&mut self, found: &Ty<'a>, wanted: &Ty<'a>) -> bool {
        if let (Ty::Con(Con::Fn(index), _), Ty::Con(Con::FnPtr, types)) = (found, wanted) {
            return self.points_to(*index, types);
        }
        if let (Ty::Con(Con::Boxed, own), Ty::Con(Con::Boxed, target)) = (found, wanted)
            && let Ty::Con(Con::Dyn(of), _) = self.infer.shallow(&target[0])
        {
            return self.has_trait(&own[0], of);
        }
        let (
            Ty::Con(own @ (Con::Ref | Con::RefMut), inner),
            Ty::Con(other @ (Con::Ref | Con::RefMut), target),
        ) = (found, wanted)
        else {
            return self.infer.unify(found, wanted);
        };
        if let Ty::Con(Con::Dyn(of), _) = self.infer.shallow(&target[0])
            && !matches!(self.infer.shallow(&inner[0]), Ty::Con(Con::Ref, _))
            && matches!((own, other), (_, Con::Ref))
        {
            return self.has_trait(&inner[0], of);
        }
        // a `&mut` can be looked through; nothing becomes one
        if matches!((own, other), (Con::Ref, Con::RefMut)) {
            return false;
        }
        let target = self.infer.shallow(&target[0]);
        let mut inner = self.infer.shallow(&inner[0]);
        loop {
            let next = match (&inner, &target) {
                (Ty::Con(Con::Ref, args), Ty::Con(con, _)) if !con.same(&Con::Ref) => args[0].clone(),
                (Ty::Con(Con::String, _), Ty::Con(Con::Str, _)) => Ty::con(Con::Str),
                (Ty::Con(Con::Vec | Con::Array(_), args), Ty::Con(Con::Slice, _)) => {
                    Ty::with(Con::Slice, [args[0].clone()])
                }
                _ => return self.infer.unify(&inner, &target),
            };
            inner = self.infer.shallow(&next);
        }
    }

    /// An argument for something that promises to take it.
    pub(super) fn bounded(
        &mut self,
        expr: Expr<'a>,
        bound: Bound<'a>,
        setter: Option<(&'a str, &'a str)>,
    ) -> Expr<'a> {
        let ty = self.type_of(&expr);
        self.require(Obligation { ty, bound, at: expr.at, setter });
        expr
    }

    /// Whether a value of this type can be used again after it was handed on.
    pub(super) fn is_copy(&self, ty: &Ty<'a>) -> bool {
        match self.infer.shallow(ty) {
            Ty::Var(_) => true,
            Ty::Con(con, args) => match con {
                Con::Tuple | Con::Array(_) | Con::Option | Con::Result => {
                    args.iter().all(|arg| self.is_copy(arg))
                }
                Con::Or => args.get(1).is_some_and(|value| self.is_copy(value)),
                Con::Param(index) => self.bound_where(index, |bound| matches!(bound, Bound::Copy)).is_some(),
                Con::Struct(index) => self.program.structs.get(index as usize).is_some_and(|item| item.copy),
                Con::Enum(index) => self.program.enums.get(index as usize).is_some_and(|item| item.copy),
                Con::Combo(combo) => !combo.files,
                Con::Error
                | Con::Never
                | Con::Bool
                | Con::Char
                | Con::Int(_)
                | Con::F32
                | Con::F64
                | Con::Ref
                | Con::Fn(_)
                | Con::FnPtr
                | Con::NodeRef
                | Con::Output
                | Con::Mode
                | Con::Unset
                | Con::Out(_) => true,
                _ => false,
            },
        }
    }

    /// Whether values of this type have `clone()`.
    pub(super) fn is_clone(&self, ty: &Ty<'a>) -> bool {
        match self.infer.shallow(ty) {
            Ty::Var(_) => true,
            Ty::Con(con, args) => match con {
                Con::Iter(super::ty::IterKind::Plain) => false,
                Con::Tuple
                | Con::Array(_)
                | Con::Option
                | Con::Result
                | Con::Vec
                | Con::Map(_)
                | Con::Iter(_) => args.iter().all(|arg| self.is_clone(arg)),
                Con::Or => args.get(1).is_some_and(|value| self.is_clone(value)),
                Con::Param(index) => {
                    self.bound_where(index, |bound| matches!(bound, Bound::Clone | Bound::Copy)).is_some()
                }
                Con::Struct(index) => self.program.structs.get(index as usize).is_some_and(|item| item.clone),
                Con::Enum(index) => self.program.enums.get(index as usize).is_some_and(|item| item.clone),
                Con::String | Con::Flow | Con::Raw | Con::RawNode | Con::Json | Con::Combo(_) => true,
                Con::Range | Con::RangeInclusive => true,
                other => self.is_copy(&Ty::Con(other, args)),
            },
        }
    }
}

/// Whether anything of a type is not known.
fn is_open(ty: &Ty<'_>) -> bool {
    match ty {
        Ty::Var(_) => true,
        Ty::Con(_, args) => args.iter().any(is_open),
    }
}

/// Whether a value of this type looks at another one.
fn borrows(ty: &Ty<'_>) -> bool {
    match ty {
        Ty::Var(_) => false,
        Ty::Con(con, args) => {
            use super::ty::IterKind::{Chars, Chunks, Lines, Pairs, Slice, Split, SplitWhitespace, Windows};
            if matches!(con, Con::FnPtr) {
                return false;
            }
            let own = matches!(
                con,
                Con::Ref
                    | Con::RefMut
                    | Con::Closure(_)
                    | Con::Iter(Slice | Pairs | Chars | Lines | Split | SplitWhitespace | Chunks | Windows)
            );
            own || args.iter().any(borrows)
        }
    }
}

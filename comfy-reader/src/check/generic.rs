//! Calls of functions of the program: what type parameters stand for, and how arguments are passed.
//!
//! A function is checked once, with its type parameters as they are; each call then asks for what they promise.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, ops::is_place};
use crate::{
    at::At,
    hir::{Callee, Expr, Kind},
    program::{Bound, Calls, FnItem},
    traits::Obligation,
    ty::{Con, Ty},
};

/// What the type parameters of a function stand for in one call.
pub(super) struct Instance<'a>(Vec<(u32, Ty<'a>)>);

impl<'a> Instance<'a> {
    fn of(&self, param: u32) -> Option<&Ty<'a>> {
        self.0.iter().find(|(own, _)| *own == param).map(|(_, ty)| ty)
    }

    /// The type with the parameters put in. Types are as deep as they are written.
    fn put(&self, ty: &Ty<'a>) -> Ty<'a> {
        match ty {
            Ty::Con(Con::Param(param), _) => self.of(*param).unwrap_or(ty).clone(),
            Ty::Con(con, args) if !self.0.is_empty() && !args.is_empty() => {
                Ty::Con(*con, args.iter().map(|arg| self.put(arg)).collect())
            }
            other => other.clone(),
        }
    }

    fn put_bound(&self, bound: &Bound<'a>) -> Bound<'a> {
        match bound {
            Bound::Fn(calls, params, result) => {
                Bound::Fn(*calls, params.iter().map(|ty| self.put(ty)).collect(), self.put(result))
            }
            Bound::Items(ty) => Bound::Items(self.put(ty)),
            Bound::Choice(ty) => Bound::Choice(self.put(ty)),
            Bound::Boundary(ty) => Bound::Boundary(self.put(ty)),
            Bound::Into(ty) => Bound::Into(self.put(ty)),
            other => other.clone(),
        }
    }
}

impl<'a> Checker<'_, 'a, '_> {
    /// New variables for the type parameters of a function, or what is written for them.
    fn instance(&mut self, item: &FnItem<'a>, written: &[Ty<'a>], at: At) -> Instance<'a> {
        if !written.is_empty() && written.len() != item.generics.len() {
            let message = format!("`{}` takes {} type arguments", item.sig.ident, item.generics.len());
            self.report.error(codes::RUST_TYPE, at, message);
        }
        let of = |(index, param): (usize, &u32)| {
            (*param, written.get(index).cloned().unwrap_or_else(|| self.fresh()))
        };
        Instance(item.generics.iter().enumerate().map(of).collect())
    }

    /// A call of a function of the program, or of a method with its receiver.
    pub(super) fn call_own(
        &mut self,
        index: u32,
        receiver: Option<(Expr<'a>, &Ty<'a>)>,
        args: &[&Syn],
        written: &[Ty<'a>],
        at: At,
    ) -> Expr<'a> {
        let program = self.program;
        let Some(item) = program.fns.get(index as usize) else { return self.wrong(at) };
        let mut instance = self.instance(item, written, at);
        let owner = receiver.as_ref().map(|(_, owner)| *owner);
        instance.0.extend(item.own.zip(owner.cloned()));
        let wanted = item.params.get(usize::from(receiver.is_some())..).unwrap_or_default();
        let result = instance.put(&item.result);
        if !self.arity(&item.sig.ident.to_string(), args, wanted.len(), at) {
            return self.make(Kind::Error, result, at);
        }
        let mut given: Vec<Expr<'a>> = receiver.into_iter().map(|(receiver, _)| receiver).collect();
        given.extend(self.pass(args, wanted, &instance));
        self.keep_promises(&instance, at);
        let changes = given.iter().any(|arg| matches!(arg.kind, Kind::RefMut(..)));
        let generic = item.result.has_param() || changes && !item.generics.is_empty();
        let late = item.own.is_some() && matches!(owner, Some(Ty::Con(Con::Param(_) | Con::Dyn(_), _)));
        let callee = Callee { function: index, generic, late, changes };
        self.make(Kind::Call(callee, given), result, at)
    }

    /// What the type parameters promise is asked of what they stand for.
    fn keep_promises(&mut self, instance: &Instance<'a>, at: At) {
        for (param, ty) in &instance.0 {
            for bound in self.bounds_of(*param, instance) {
                self.require(Obligation { ty: ty.clone(), bound, at, setter: None });
            }
        }
    }

    fn bounds_of(&self, param: u32, instance: &Instance<'a>) -> Vec<Bound<'a>> {
        let param = self.program.params.get(param as usize);
        param.into_iter().flat_map(|param| &param.bounds).map(|bound| instance.put_bound(bound)).collect()
    }

    /// Arguments for parameters. Closures come last: what the others are says what they take.
    fn pass(&mut self, args: &[&Syn], wanted: &[Ty<'a>], instance: &Instance<'a>) -> Vec<Expr<'a>> {
        let mut given: Vec<Option<Expr<'a>>> = args.iter().map(|_| None).collect();
        for late in [false, true] {
            for ((place, arg), wanted) in given.iter_mut().zip(args).zip(wanted) {
                if matches!(arg, Syn::Closure(_)) == late {
                    *place = Some(self.passed(arg, wanted, instance));
                }
            }
        }
        given.into_iter().flatten().collect()
    }

    /// One argument: of its type after coercion, or with what its type parameter promises.
    fn passed(&mut self, arg: &Syn, wanted: &Ty<'a>, instance: &Instance<'a>) -> Expr<'a> {
        if let Ty::Con(Con::RefMut, target) = wanted {
            return self.changed_argument(arg, &instance.put(&target[0]));
        }
        let Ty::Con(Con::Param(param), _) = wanted else {
            return self.exact(arg, &instance.put(wanted));
        };
        let bounds = self.bounds_of(*param, instance);
        let function = bounds.iter().find_map(|bound| match bound {
            Bound::Fn(calls, params, result) => Some((*calls, params, result)),
            _ => None,
        });
        let given = match function {
            Some((calls, params, result)) if matches!(arg, Syn::Closure(_)) => {
                let (given, found) = self.callee_giving(arg, params, Some(result));
                self.unify_or_say(&found, result, given.at);
                if let Kind::Closure(id) = given.kind {
                    self.calls.insert(id, calls);
                }
                given
            }
            _ => self.expr(arg, None),
        };
        let ty = self.known_type(&given);
        if matches!(ty, Ty::Con(Con::RefMut, _)) {
            return self.unsupported(given.at, "`&mut` for a type parameter");
        }
        match instance.of(*param) {
            // its promises are asked for together
            Some(own) => self.unify_or_say(&ty, &own.clone(), given.at),
            None => {
                for bound in bounds {
                    self.require(Obligation { ty: ty.clone(), bound, at: given.at, setter: None });
                }
            }
        }
        given
    }

    /// An argument for `&mut T`: a place that the function changes.
    fn changed_argument(&mut self, arg: &Syn, target: &Ty<'a>) -> Expr<'a> {
        let at = At::expr(arg);
        let wanted = Ty::with(Con::RefMut, [target.clone()]);
        let given = match arg {
            Syn::Paren(paren) => return self.changed_argument(&paren.expr, target),
            Syn::Reference(reference) if reference.mutability.is_some() => {
                let place = self.expr(&reference.expr, None);
                self.borrowed_to_change(place, false, at)
            }
            arg => {
                let given = self.expr(arg, Some(&wanted));
                match self.known_type(&given) {
                    Ty::Con(Con::RefMut, _) if is_place(&given) => self.borrowed_to_change(given, false, at),
                    Ty::Con(Con::RefMut, _) => return self.unsupported(at, "this reference"),
                    _ => given,
                }
            }
        };
        self.coerce(given, &wanted, None)
    }

    /// `&mut place`; `late` for the receiver of a method, which is borrowed when the arguments are known.
    pub(super) fn borrowed_to_change(&mut self, place: Expr<'a>, late: bool, at: At) -> Expr<'a> {
        let place = match self.known_type(&place) {
            Ty::Con(Con::RefMut, inner) => self.make(Kind::Deref(Box::new(place)), inner[0].clone(), at),
            _ => place,
        };
        if is_place(&place) && !is_simple(&place) {
            return self.unsupported(place.at, "`&mut` of such a place");
        }
        let ty = Ty::with(Con::RefMut, [self.type_of(&place)]);
        self.make(Kind::RefMut(Box::new(place), late), ty, at)
    }

    /// Calls of a function by something that gives it values of these types; gives its result.
    pub(super) fn called_with(&mut self, index: u32, given: &[Ty<'a>], at: At) -> Ty<'a> {
        let program = self.program;
        let Some(item) = program.fns.get(index as usize) else { return Ty::error() };
        if item.params.len() != given.len() {
            let message = format!(
                "`{}` takes {} arguments, {} are given",
                item.sig.ident,
                item.params.len(),
                given.len()
            );
            self.report.error(codes::RUST_TYPE, at, message);
            return Ty::error();
        }
        let none = Instance(Vec::new());
        for (wanted, given) in item.params.iter().zip(given) {
            match wanted {
                Ty::Con(Con::Param(param), _) => {
                    for bound in self.bounds_of(*param, &none) {
                        self.require(Obligation { ty: given.clone(), bound, at, setter: None });
                    }
                }
                wanted => self.unify_or_say(given, wanted, at),
            }
        }
        item.result.clone()
    }

    /// Whether a function fits a pointer of these parameters and this result.
    pub(crate) fn points_to(&mut self, index: u32, types: &[Ty<'a>]) -> bool {
        let Some(item) = self.program.fns.get(index as usize) else { return false };
        let own = item.params.iter().chain(std::iter::once(&item.result));
        item.params.len() + 1 == types.len()
            && own.zip(types).all(|(own, wanted)| self.infer.unify(own, wanted))
    }

    /// Parameters and result of something that can be called, and how it may be. `None` for a function of the program
    /// and for what is no function.
    pub(crate) fn function_type(&self, ty: &Ty<'a>) -> Option<(Calls, Vec<Ty<'a>>, Ty<'a>)> {
        match self.infer.shallow(ty) {
            Ty::Con(Con::Closure(_), types) => {
                let (result, params) = types.split_last()?;
                Some((Calls::Mut, params.to_vec(), result.clone()))
            }
            Ty::Con(Con::FnPtr, types) => {
                let (result, params) = types.split_last()?;
                Some((Calls::Shared, params.to_vec(), result.clone()))
            }
            Ty::Con(Con::Param(param), _) => {
                let param = self.program.params.get(param as usize)?;
                param.bounds.iter().find_map(|bound| match bound {
                    Bound::Fn(calls, params, result) => Some((*calls, params.clone(), result.clone())),
                    _ => None,
                })
            }
            _ => None,
        }
    }
}

/// Whether a place can be looked up twice: what its indices are is no work and changes nothing.
fn is_simple(place: &Expr<'_>) -> bool {
    match &place.kind {
        Kind::Local(_) | Kind::Const(_) | Kind::Static(_) | Kind::Error => true,
        Kind::Field(base, _) | Kind::Deref(base) | Kind::Cast(base) => is_simple(base),
        Kind::Index(base, position) => is_simple(base) && is_simple(position),
        Kind::Binary(_, a, b) => is_simple(a) && is_simple(b),
        _ => false,
    }
}

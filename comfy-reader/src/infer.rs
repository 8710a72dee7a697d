//! Type variables: what is known of the types of one function while it is being checked.

use super::ty::{Con, IntTy, Ty};

/// What a variable may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    /// The type of an integer literal.
    Int,
    /// The type of a literal with a point.
    Float,
}

/// The variables of one function.
#[derive(Debug, Default)]
pub(super) struct Infer<'a> {
    vars: Vec<(Kind, Option<Ty<'a>>)>,
}

impl<'a> Infer<'a> {
    pub(super) fn fresh(&mut self, kind: Kind) -> Ty<'a> {
        let var = u32::try_from(self.vars.len()).unwrap_or(u32::MAX);
        self.vars.push((kind, None));
        Ty::Var(var)
    }

    /// The type, as far as its outermost constructor is known.
    pub(super) fn shallow(&self, ty: &Ty<'a>) -> Ty<'a> {
        let mut ty = ty;
        while let Ty::Var(var) = ty {
            match self.vars.get(*var as usize) {
                Some((_, Some(bound))) => ty = bound,
                _ => break,
            }
        }
        ty.clone()
    }

    /// The type with all that is known put in.
    pub(super) fn resolve(&self, ty: &Ty<'a>) -> Ty<'a> {
        match self.shallow(ty) {
            Ty::Con(con, args) => Ty::Con(con, args.iter().map(|arg| self.resolve(arg)).collect()),
            var @ Ty::Var(_) => var,
        }
    }

    /// What kind of variable a type is, if it is one.
    pub(super) fn kind(&self, ty: &Ty<'a>) -> Option<Kind> {
        match self.shallow(ty) {
            Ty::Var(var) => self.vars.get(var as usize).map(|(kind, _)| *kind),
            Ty::Con(..) => None,
        }
    }

    /// Makes two types equal; `false` if they cannot be.
    pub(super) fn unify(&mut self, a: &Ty<'a>, b: &Ty<'a>) -> bool {
        match (self.shallow(a), self.shallow(b)) {
            (Ty::Var(a), Ty::Var(b)) => a == b || self.join(a, b),
            (Ty::Var(var), known) | (known, Ty::Var(var)) => self.bind(var, known),
            (Ty::Con(Con::Error, _), other) | (other, Ty::Con(Con::Error, _)) => {
                self.poison(&other);
                true
            }
            (Ty::Con(con, args), Ty::Con(other, others)) => {
                let same = con.same(&other) && args.len() == others.len();
                same && args.iter().zip(&others).all(|(a, b)| self.unify(a, b))
            }
        }
    }

    /// What is open in a type that meets a mistake is a part of the mistake.
    fn poison(&mut self, ty: &Ty<'a>) {
        match self.shallow(ty) {
            Ty::Var(var) => self.set(var, Ty::error()),
            Ty::Con(_, args) => args.iter().for_each(|arg| self.poison(arg)),
        }
    }

    fn join(&mut self, a: u32, b: u32) -> bool {
        let kind = |var: u32| self.vars.get(var as usize).map_or(Kind::Any, |(kind, _)| *kind);
        let (from, to) = match (kind(a), kind(b)) {
            (Kind::Any, _) => (a, b),
            (_, Kind::Any) => (b, a),
            (a_kind, b_kind) if a_kind == b_kind => (a, b),
            _ => return false,
        };
        self.set(from, Ty::Var(to));
        true
    }

    fn bind(&mut self, var: u32, known: Ty<'a>) -> bool {
        let kind = self.vars.get(var as usize).map_or(Kind::Any, |(kind, _)| *kind);
        let Ty::Con(con, _) = &known else { return false };
        let fits = match kind {
            Kind::Any => !self.occurs(var, &known),
            Kind::Int => matches!(con, Con::Int(_) | Con::Error),
            Kind::Float => matches!(con, Con::F32 | Con::F64 | Con::Error),
        };
        if fits {
            self.set(var, known);
        }
        fits
    }

    fn set(&mut self, var: u32, ty: Ty<'a>) {
        if let Some((_, bound)) = self.vars.get_mut(var as usize) {
            *bound = Some(ty);
        }
    }

    fn occurs(&self, var: u32, ty: &Ty<'a>) -> bool {
        match self.shallow(ty) {
            Ty::Var(other) => other == var,
            Ty::Con(_, args) => args.iter().any(|arg| self.occurs(var, arg)),
        }
    }

    /// Gives literals of which nothing else is known the types that Rust gives them.
    pub(super) fn fall_back(&mut self) {
        for (kind, bound) in &mut self.vars {
            if bound.is_none() {
                *bound = match kind {
                    Kind::Any => None,
                    Kind::Int => Some(Ty::int(IntTy::I32)),
                    Kind::Float => Some(Ty::con(Con::F64)),
                };
            }
        }
    }
}

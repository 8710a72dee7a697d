//! Traits of the program: which methods a type has of them, and calls that find their function when they are run.
//!
//! A value of a type with such traits has a mark at its end that says which type it is; [`Checker::marked`] puts it there.

use comfy_graph::diag::codes;

use super::{Checker, node::Called};
use crate::{
    at::At,
    hir::{Const, Expr, Kind},
    program::{Bound, Name, mark},
    resolve::{Res, Space},
    ty::{Con, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    /// The fields of a new value of a type of the program, with its mark.
    pub(super) fn marked(
        &mut self,
        owner: Name,
        mut fields: Vec<(usize, Expr<'a>)>,
        at: At,
    ) -> Vec<(usize, Expr<'a>)> {
        if self.program.trait_impls.iter().any(|each| each.owner == owner) {
            let own = Kind::Const(Const::Int(mark(owner)));
            let own = self.make(own, Ty::int(crate::ty::IntTy::I64), at);
            fields.push((fields.len(), own));
        }
        fields
    }

    /// Whether a type has a trait of the program.
    pub(crate) fn has_trait(&self, ty: &Ty<'a>, wanted: u32) -> bool {
        match self.infer.shallow(ty) {
            Ty::Con(Con::Dyn(own), _) => own == wanted,
            Ty::Con(Con::Param(param), _) => self
                .bound_where(param, |bound| matches!(bound, Bound::Trait(own) if *own == wanted))
                .is_some(),
            other => Self::own_name(&other).is_some_and(|owner| {
                self.program.trait_impls.iter().any(|each| each.of == wanted && each.owner == owner)
            }),
        }
    }

    /// The traits of a type in which a function of this name is.
    fn traits_with(&self, ty: &Ty<'a>, name: &str) -> Vec<(u32, u32)> {
        let traits = (0_u32..).zip(&self.program.traits);
        traits
            .filter(|(index, _)| self.has_trait(ty, *index))
            .filter_map(|(index, item)| Some((index, *item.functions.get(name)?)))
            .collect()
    }

    /// The function of a trait that a type has: its trait, and the function of the type's own `impl` or the trait's.
    fn function_of_trait(&self, ty: &Ty<'a>, name: &str, at: At) -> Option<(u32, u32)> {
        let found = self.traits_with(ty, name);
        let (of, declared) = *found.first()?;
        if found.len() > 1 {
            let message = format!("several traits have a method `{name}` for `{}`", self.show(ty));
            self.report.error(codes::RUST_NAME, at, message);
        }
        let item = self.program.traits.get(of as usize)?;
        let visible = self.resolver().path(self.module, &[item.ident.to_string()], Space::Type);
        let is_param = matches!(ty, Ty::Con(Con::Param(_) | Con::Dyn(_), _));
        if !is_param && !matches!(visible, Some(Res::Name(Name::Trait(own))) if own == of) {
            let instead = format!("import it: `use path::to::{};`", item.ident);
            self.report.unsupported_but(
                at,
                &format!("the trait `{}` where it has no name", item.ident),
                &instead,
            );
        }
        let own = Self::own_name(ty).and_then(|owner| self.program.dispatch.get(&(declared, mark(owner))));
        Some((declared, own.copied().unwrap_or(declared)))
    }

    /// Whether a type has a method of this name from a trait; says so if the trait has no name here.
    pub(super) fn method_of_trait(&self, ty: &Ty<'a>, call: Called<'_>) -> Option<(u32, u32)> {
        let found = self.function_of_trait(ty, call.name, call.here)?;
        let item = self.program.fns.get(found.1 as usize)?;
        item.sig.receiver().is_some().then_some(found)
    }

    /// A [method of a trait](Self::method_of_trait).
    pub(super) fn trait_method(
        &mut self,
        (declared, function): (u32, u32),
        receiver: Expr<'a>,
        whole: &Ty<'a>,
        ty: &Ty<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
    ) -> Expr<'a> {
        let item = self.program.fns.get(function as usize);
        let Some(own) = item.and_then(|item| item.params.first()) else { return self.wrong(call.at) };
        let late = matches!(ty, Ty::Con(Con::Param(_) | Con::Dyn(_), _));
        if matches!(ty, Ty::Con(Con::Dyn(_), _)) && !matches!(own, Ty::Con(Con::Ref | Con::RefMut, _)) {
            return self.unsupported(call.at, "a method that takes a `dyn` value");
        }
        let receiver = self.receiver(receiver, whole, ty, own);
        let function = if late { declared } else { function };
        self.call_own(function, Some((receiver, ty)), call.args, turbofish, call.at)
    }

    /// A function of a trait that is no method, of a type of the program: `Upscale::label()`.
    pub(super) fn trait_function(&self, owner: Name, name: &str, at: At) -> Option<u32> {
        let ty = match owner {
            Name::Struct(index) => Ty::con(Con::Struct(index)),
            Name::Enum(index) => Ty::con(Con::Enum(index)),
            _ => return None,
        };
        let (_, function) = self.function_of_trait(&ty, name, at)?;
        let item = self.program.fns.get(function as usize)?;
        // one of the trait itself does not know whose it is
        (item.sig.receiver().is_none() && item.own.is_none()).then_some(function)
    }
}

//! What the types of generated builders are: which parameters they have, what their setters take, what adding gives.

use comfy_codegen::model::{Form, InputModel, NodeModel, ResultKind};

use super::{
    program::Bound,
    ty::{Con, Set, Ty},
    world::World,
};

/// What an argument has to be.
#[derive(Clone, Debug)]
pub(super) enum Want<'a> {
    /// Of any type that promises this.
    Bound(Bound<'a>),
    /// An output of this type, whose marker the other accepts: match types.
    Match(Ty<'a>, Ty<'a>),
}

/// The position of an input among the required ones.
pub(super) fn required_index(inputs: &[InputModel<'_>], setter: &str) -> Option<usize> {
    let mut required = inputs.iter().filter(|input| input.required);
    required.position(|input| input.setter == setter)
}

/// The setters of required inputs that are not in the set.
pub(super) fn missing<'m>(inputs: &'m [InputModel<'_>], set: Set) -> impl Iterator<Item = &'m str> {
    let required = inputs.iter().filter(|input| input.required).enumerate();
    required.filter(move |(at, _)| !set.has(*at)).map(|(_, input)| input.setter.as_str())
}

/// The match types among the outputs of a node.
pub(super) fn out_generics<'m>(model: &'m NodeModel<'_>) -> Vec<&'m str> {
    let used = |param: &str| model.outputs.iter().any(|output| output.generic && output.marker == param);
    model.generics.iter().map(|generic| generic.param.as_str()).filter(|param| used(param)).collect()
}

/// The argument of a node's type that stands for a match type.
fn generic<'a>(model: &NodeModel<'_>, args: &[Ty<'a>], param: &str) -> Ty<'a> {
    let at = model.generics.iter().position(|generic| generic.param == param);
    at.and_then(|at| args.get(at)).cloned().unwrap_or_else(Ty::error)
}

impl<'a> World<'a, '_> {
    /// What a setter takes. `args` are those of the node's type.
    pub(super) fn want(
        &self,
        model: Option<&NodeModel<'_>>,
        args: &[Ty<'a>],
        form: &'a Form<'a>,
    ) -> Want<'a> {
        match form {
            Form::Link { marker } => Want::Bound(Bound::Link(self.marker(marker))),
            Form::Match { param, marker } => {
                let own = model.map_or_else(Ty::error, |model| generic(model, args, param));
                Want::Match(own, self.marker(marker))
            }
            Form::Union { marker } | Form::Json { marker } => Want::Bound(Bound::Into(self.marker(marker))),
            Form::Autogrow(autogrow) => {
                let list = Ty::with(Con::List, [self.marker(&autogrow.marker)]);
                Want::Bound(Bound::Into(list))
            }
            Form::Int => Want::Bound(Bound::Int),
            Form::Seed => Want::Bound(Bound::Seed),
            Form::Float => Want::Bound(Bound::Float),
            Form::Str => Want::Bound(Bound::Str),
            Form::Bool => Want::Bound(Bound::Bool),
            Form::Combo(combo) => Want::Bound(Bound::Choice(Ty::con(Con::Combo(combo)))),
            Form::Dynamic(dynamic) => Want::Bound(Bound::Choice(Ty::con(Con::Dynamic(dynamic)))),
        }
    }

    /// The type of an output of a node; `args` are those of the node's type.
    fn output(&self, model: &NodeModel<'_>, args: &[Ty<'a>], slot: usize) -> Ty<'a> {
        let Some(output) = model.outputs.get(slot) else { return Ty::error() };
        let marker =
            if output.generic { generic(model, args, &output.marker) } else { self.marker(&output.marker) };
        Ty::with(Con::Output, [marker])
    }

    /// What adding a node gives.
    pub(super) fn result(&self, model: &'a NodeModel<'a>, args: &[Ty<'a>]) -> Ty<'a> {
        match model.result() {
            ResultKind::NodeRef => Ty::con(Con::NodeRef),
            ResultKind::Output => self.output(model, args, 0),
            ResultKind::Struct => {
                let args: Vec<_> =
                    out_generics(model).into_iter().map(|param| generic(model, args, param)).collect();
                Ty::with(Con::Out(model), args)
            }
        }
    }

    /// Slot and type of a field of such a result; `args` are those of the result's type.
    pub(super) fn field(
        &self,
        model: &'a NodeModel<'a>,
        args: &[Ty<'a>],
        field: &str,
    ) -> Option<(u32, Ty<'a>)> {
        let (slot, output) = model.output(field)?;
        let marker = if output.generic {
            let at = out_generics(model).iter().position(|param| *param == output.marker)?;
            args.get(at)?.clone()
        } else {
            self.marker(&output.marker)
        };
        Some((u32::try_from(slot).ok()?, Ty::with(Con::Output, [marker])))
    }
}

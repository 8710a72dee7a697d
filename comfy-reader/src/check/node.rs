//! Builders: of nodes, of options of dynamic combos, of nodes of unknown classes, of growing lists.

use comfy_codegen::{
    model::{DynamicModel, InputModel, NodeModel, OptionModel},
    names::raw_setter,
};
use comfy_graph::{
    diag::{Diagnostic, codes},
    graph::Mode,
    suggest,
};
use syn::Expr as Syn;

use super::Checker;
use crate::{
    at::At,
    builder::{Want, required_index},
    hir::{BuildOp, Expr, Kind},
    program::Bound,
    ty::{Con, Set, Ty},
};

/// A method call: everything but the receiver.
#[derive(Clone, Copy)]
pub(super) struct Called<'e> {
    pub(super) name: &'e str,
    pub(super) args: &'e [&'e Syn],
    /// The place of the name, and of the whole.
    pub(super) here: At,
    pub(super) at: At,
}

/// What every builder has.
const COMMON: &[&str] = &["title", "bypass", "mute", "mode", "id", "raw_input"];

impl<'a> Checker<'_, 'a, '_> {
    /// A setter of a node.
    pub(super) fn node_method(
        &mut self,
        node: Expr<'a>,
        model: &'a NodeModel<'a>,
        set: Set,
        generics: &[Ty<'a>],
        call: Called<'_>,
    ) -> Expr<'a> {
        let class = &*model.def.class_type;
        let Some((index, input)) = find(&model.inputs, call.name) else {
            if COMMON.contains(&call.name) {
                return self.common_method(node, call);
            }
            self.unknown_input(class, &model.inputs, call);
            return self.keep(&node);
        };
        let position = self.world.class(model).positions.get(index).copied().unwrap_or(u16::MAX);
        let want = self.world.want(Some(model), generics, &input.form);
        let value = self.argument(input, class, want, call);
        let set = required_index(&model.inputs, &input.setter).map_or(set, |required| set.with(required));
        let ty = Ty::with(Con::Node(model, set), generics);
        self.make(Kind::Set(Box::new(node), position, &input.def.name, Box::new(value)), ty, call.at)
    }

    /// A setter of an option of a dynamic combo.
    pub(super) fn pick_method(
        &mut self,
        pick: Expr<'a>,
        dynamic: &'a DynamicModel<'a>,
        option: &'a OptionModel<'a>,
        set: Set,
        call: Called<'_>,
    ) -> Expr<'a> {
        let Some((index, input)) = find(&option.inputs, call.name) else {
            let name = format!("{}::{}", dynamic.ident, option.ident);
            self.unknown_input(&name, &option.inputs, call);
            return self.keep(&pick);
        };
        let positions = self.world.option_positions(dynamic, &option.inputs);
        let position = positions.get(index).copied().unwrap_or(u16::MAX);
        let want = self.world.want(None, &[], &input.form);
        let value = self.argument(input, &dynamic.ident, want, call);
        let set = required_index(&option.inputs, &input.setter).map_or(set, |required| set.with(required));
        let ty = Ty::con(Con::Pick(dynamic, option, set));
        self.make(Kind::Set(Box::new(pick), position, &input.def.name, Box::new(value)), ty, call.at)
    }

    /// After a mistake the builder goes on, or every further line would be one.
    fn keep(&mut self, builder: &Expr<'a>) -> Expr<'a> {
        let (ty, at) = (self.type_of(builder), builder.at);
        self.make(Kind::Error, ty, at)
    }

    /// The value of an input.
    fn argument(
        &mut self,
        input: &'a InputModel<'a>,
        class: &'a str,
        want: Want<'a>,
        call: Called<'_>,
    ) -> Expr<'a> {
        if !self.arity(call.name, call.args, 1, call.at) {
            return self.wrong(call.at);
        }
        let setter = Some((class, &*input.setter));
        let arg = call.args[0];
        let wanted = match &want {
            Want::Match(own, _) => Some(Ty::with(Con::Output, [own.clone()])),
            Want::Bound(_) => None,
        };
        let value = self.expr(arg, wanted.as_ref());
        if let Kind::Error = value.kind {
            self.miss_wanted(arg, self.wanted_marker(&want));
        }
        match want {
            Want::Match(own, accepted) => {
                let wanted = Ty::with(Con::Output, [own.clone()]);
                let value = self.coerce(value, &wanted, setter);
                let obligation = crate::traits::Obligation {
                    ty: accepted,
                    bound: Bound::Accepts(own),
                    at: value.at,
                    setter,
                };
                self.require(obligation);
                value
            }
            Want::Bound(bound) => self.bounded(value, bound, setter),
        }
    }

    fn unknown_input(&mut self, owner: &str, inputs: &[InputModel<'_>], call: Called<'_>) {
        self.args_for_errors(call.args);
        let message = format!("`{owner}` has no input `{}`", call.name);
        let mut diagnostic =
            Diagnostic::new(codes::UNKNOWN_INPUT, message).at(call.here.place()).input(call.name);
        let setters = inputs.iter().map(|input| input.setter.as_str());
        diagnostic = match suggest::nearest(call.name, setters.clone().chain(COMMON.iter().copied())) {
            Some(near) => diagnostic.help(format!("did you mean `.{near}(..)`?")),
            None if inputs.is_empty() => diagnostic.help("it has no inputs"),
            None => {
                let all: Vec<String> = setters.map(|setter| format!("`{setter}`")).collect();
                diagnostic.help(format!("its inputs are {}", all.join(", ")))
            }
        };
        self.report.push(diagnostic);
    }

    /// What is in [`COMMON`].
    fn common_method(&mut self, builder: Expr<'a>, call: Called<'_>) -> Expr<'a> {
        let wanted = match call.name {
            "bypass" | "mute" => 0,
            "raw_input" => 2,
            _ => 1,
        };
        let ty = self.type_of(&builder);
        if !self.arity(call.name, call.args, wanted, call.at) {
            return self.keep(&builder);
        }
        let (op, args) = match (call.name, call.args) {
            ("title", [title]) => (BuildOp::Title, vec![self.text(title)]),
            ("id", [id]) => (BuildOp::Id, vec![self.shown(id)]),
            ("mode", [mode]) => {
                let wanted = Ty::con(Con::Mode);
                let mode = self.expr(mode, Some(&wanted));
                (BuildOp::Mode, vec![self.coerce(mode, &wanted, None)])
            }
            ("raw_input", [name, value]) => (BuildOp::RawInput, self.named_value(name, value)),
            (name, _) => {
                let mode = if name == "bypass" { Mode::Bypass } else { Mode::Never };
                (BuildOp::Mode, vec![self.make(Kind::Mode(mode), Ty::con(Con::Mode), call.at)])
            }
        };
        self.make(Kind::Build(op, Box::new(builder), args), ty, call.at)
    }

    pub(super) fn named_value(&mut self, name: &Syn, value: &Syn) -> Vec<Expr<'a>> {
        let name = self.text(name);
        let value = self.expr(value, None);
        vec![name, self.bounded(value, Bound::RawValue, None)]
    }

    /// A method of a node of a class that is not known.
    pub(super) fn raw_node_method(&mut self, node: Expr<'a>, call: Called<'_>) -> Expr<'a> {
        let ty = Ty::con(Con::RawNode);
        let (op, args) = match (call.name, call.args) {
            ("input", [name, value]) => (BuildOp::RawInput, self.named_value(name, value)),
            ("input_typed", [name, io_type, value]) => {
                let texts = [self.text(name), self.text(io_type)];
                let value = self.expr(value, None);
                let value = self.bounded(value, Bound::RawValue, None);
                (BuildOp::RawInputTyped, texts.into_iter().chain([value]).collect())
            }
            ("output", [label, io_type]) => (BuildOp::RawOutput, vec![self.text(label), self.text(io_type)]),
            ("input" | "input_typed" | "output", args) => {
                let wanted = if call.name == "input_typed" { 3 } else { 2 };
                self.arity(call.name, args, wanted, call.at);
                return self.keep(&node);
            }
            (name, _) if COMMON.contains(&name) => return self.common_method(node, call),
            ("clone", []) => {
                return self.make(Kind::Std(crate::hir::Std::Clone, vec![node]), ty, call.at);
            }
            _ => {
                self.unknown_method("RawNode", call);
                return self.keep(&node);
            }
        };
        self.make(Kind::Build(op, Box::new(node), args), ty, call.at)
    }

    pub(super) fn unknown_method(&mut self, owner: &str, call: Called<'_>) {
        self.args_for_errors(call.args);
        let what = format!("the method `{}` of type `{owner}`", call.name);
        self.report.unsupported(call.here, &what);
    }

    /// `push` and `named` of a growing list.
    pub(super) fn grow_method(&mut self, list: Expr<'a>, item: &Ty<'a>, call: Called<'_>) -> Expr<'a> {
        let ty = Ty::with(Con::Grow, [item.clone()]);
        let (name, value) = match (call.name, call.args) {
            ("push", [value]) => (None, value),
            ("named", [name, value]) => {
                let name = self.expr(name, Some(&Ty::str()));
                (Some(Box::new(self.coerce(name, &Ty::str(), None))), value)
            }
            _ => {
                self.unknown_method("Grow", call);
                return self.keep(&list);
            }
        };
        let value = self.expr(value, None);
        let value = self.bounded(value, Bound::Into(item.clone()), None);
        self.make(Kind::GrowPush(Box::new(list), name, Box::new(value)), ty, call.at)
    }
}

/// The input of a setter, which for a keyword has two spellings: `type_` and `r#type`.
fn find<'m, 'c>(inputs: &'m [InputModel<'c>], setter: &str) -> Option<(usize, &'m InputModel<'c>)> {
    let setter = setter.strip_prefix("r#").unwrap_or(setter);
    let of =
        |is_it: &dyn Fn(&InputModel<'c>) -> bool| inputs.iter().enumerate().find(|(_, input)| is_it(input));
    of(&|input| input.setter == setter).or_else(|| of(&|input| raw_setter(&input.setter) == Some(setter)))
}

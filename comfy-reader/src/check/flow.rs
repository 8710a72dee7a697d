//! Methods of `Flow`, of outputs and of nodes that were added.

use comfy_graph::diag::codes;
use syn::Expr as Syn;

use super::{Checker, node::Called};
use crate::{
    builder::missing,
    hir::{Expr, FlowOp, Kind, Std},
    program::Bound,
    ty::{Con, IntTy, Ty},
};

impl<'a> Checker<'_, 'a, '_> {
    pub(super) fn flow_method(&mut self, flow: Expr<'a>, call: Called<'_>, turbofish: &[Ty<'a>]) -> Expr<'a> {
        let wanted = match call.name {
            "clone" | "instance" | "to_prompt" | "build" => 0,
            "add" | "subgraph" | "bypass" | "mute" | "note" | "id_of" => 1,
            "input" | "output" | "mode" | "title" | "id" => 2,
            "input_typed" | "output_typed" | "raw_input" => 3,
            "merge" => {
                self.args_for_errors(call.args);
                let instead = "call the other function with the same `g`";
                self.report.unsupported_but(call.at, "`merge`", instead);
                return self.wrong(call.at);
            }
            _ => {
                self.unknown_method("Flow", call);
                return self.wrong(call.at);
            }
        };
        if !self.arity(call.name, call.args, wanted, call.at) {
            return self.wrong(call.at);
        }
        let flow = self.borrowed(flow);
        match (call.name, call.args) {
            ("add", [node]) => self.add(flow, node, call),
            ("subgraph", [name]) => {
                let name = self.text(name);
                self.make(Kind::Flow(FlowOp::Subgraph, vec![flow, name]), Ty::con(Con::Flow), call.at)
            }
            ("input", [name, value]) => self.input(flow, name, None, value, call, turbofish),
            ("input_typed", [name, io_type, value]) => {
                self.input(flow, name, Some(io_type), value, call, turbofish)
            }
            ("output", [name, value]) => self.output(flow, name, None, value, call, turbofish),
            ("output_typed", [name, io_type, value]) => {
                self.output(flow, name, Some(io_type), value, call, turbofish)
            }
            ("instance", _) => {
                self.make(Kind::Flow(FlowOp::Instance, vec![flow]), Ty::con(Con::NodeRef), call.at)
            }
            ("clone", _) => self.make(Kind::Flow(FlowOp::Clone, vec![flow]), Ty::con(Con::Flow), call.at),
            ("to_prompt", _) => {
                self.make(Kind::Flow(FlowOp::Prompt, vec![flow]), Ty::con(Con::Json), call.at)
            }
            ("build", _) => {
                let prompt = self.make(Kind::Flow(FlowOp::Prompt, vec![flow]), Ty::con(Con::Json), call.at);
                let ty = Ty::with(Con::Result, [Ty::con(Con::Json), Ty::con(Con::Problems)]);
                self.make(Kind::Variant(0, vec![(0, prompt)]), ty, call.at)
            }
            ("note", [text]) => {
                let text = self.text(text);
                self.make(Kind::Flow(FlowOp::Note, vec![flow, text]), Ty::con(Con::NodeRef), call.at)
            }
            ("id_of", [node]) => {
                let node = self.node_ref(node);
                let ty = Ty::with(Con::Option, [Ty::con(Con::String)]);
                self.make(Kind::Flow(FlowOp::IdOf, vec![flow, node]), ty, call.at)
            }
            (_, [node, rest @ ..]) => self.setting(flow, node, rest, call),
            _ => self.wrong(call.at),
        }
    }

    /// What is said of a node that was added.
    fn setting(&mut self, flow: Expr<'a>, node: &Syn, rest: &[&Syn], call: Called<'_>) -> Expr<'a> {
        let node = self.node_ref(node);
        let mut args = vec![flow, node];
        let op = match (call.name, rest) {
            ("bypass", _) => FlowOp::Bypass,
            ("mute", _) => FlowOp::Mute,
            ("mode", [mode]) => {
                let wanted = Ty::con(Con::Mode);
                let mode = self.expr(mode, Some(&wanted));
                args.push(self.coerce(mode, &wanted, None));
                FlowOp::Mode
            }
            ("id", [id]) => {
                args.push(self.shown(id));
                FlowOp::Id
            }
            ("raw_input", [name, value]) => {
                args.extend(self.named_value(name, value));
                FlowOp::RawInput
            }
            (_, rest) => {
                args.extend(rest.first().map(|title| self.text(title)));
                FlowOp::Title
            }
        };
        self.make(Kind::Flow(op, args), Ty::unit(), call.at)
    }

    pub(super) fn text(&mut self, text: &Syn) -> Expr<'a> {
        let text = self.expr(text, None);
        self.bounded(text, Bound::String, None)
    }

    /// What `Display` makes of an argument.
    pub(super) fn shown(&mut self, value: &Syn) -> Expr<'a> {
        let value = self.expr(value, None);
        let (at, value) = (value.at, self.bounded(value, Bound::Display, None));
        self.make(Kind::Std(Std::ToString, vec![value]), Ty::con(Con::String), at)
    }

    pub(super) fn node_ref(&mut self, node: &Syn) -> Expr<'a> {
        let node = self.expr(node, None);
        let node = self.bounded(node, Bound::NodeRef, None);
        let at = node.at;
        self.make(Kind::NodeOf(Box::new(node)), Ty::con(Con::NodeRef), at)
    }

    pub(super) fn add(&mut self, flow: Expr<'a>, node: &Syn, call: Called<'_>) -> Expr<'a> {
        let node = self.expr(node, None);
        self.add_node(flow, node, call)
    }

    pub(super) fn add_node(&mut self, flow: Expr<'a>, node: Expr<'a>, call: Called<'_>) -> Expr<'a> {
        let result = match self.known_type(&node) {
            Ty::Con(Con::Node(model, set), generics) => {
                if missing(&model.inputs, set).next().is_some() {
                    self.missing_inputs(&model.inputs, set, node.at, "node");
                }
                self.world.result(model, &generics)
            }
            Ty::Con(Con::RawNode, _) => Ty::con(Con::NodeRef),
            Ty::Con(Con::Error, _) => Ty::error(),
            ty => {
                let message = format!("`{}` is not a complete node", self.show(&ty));
                let help = "not a node that can be added to the graph";
                self.report.with_help(codes::RUST_TYPE, node.at, message, help);
                Ty::error()
            }
        };
        self.make(Kind::Flow(FlowOp::Add, vec![flow, node]), result, call.at)
    }

    fn input(
        &mut self,
        flow: Expr<'a>,
        name: &Syn,
        io_type: Option<&&Syn>,
        value: &Syn,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
    ) -> Expr<'a> {
        let (marker, name, io_type) = self.port(name, io_type, call, turbofish);
        let value = self.expr(value, None);
        let value = self.bounded(value, Bound::Boundary(marker.clone()), None);
        let ty = Ty::with(Con::Output, [marker]);
        self.make(Kind::Flow(FlowOp::Input, vec![flow, name, io_type, value]), ty, call.at)
    }

    fn output(
        &mut self,
        flow: Expr<'a>,
        name: &Syn,
        io_type: Option<&&Syn>,
        value: &Syn,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
    ) -> Expr<'a> {
        let (marker, name, io_type) = self.port(name, io_type, call, turbofish);
        let ty = Ty::with(Con::Output, [marker]);
        let value = self.expr(value, Some(&ty));
        let value = self.coerce(value, &ty, None);
        self.make(Kind::Flow(FlowOp::Output, vec![flow, name, io_type, value]), ty, call.at)
    }

    /// What inputs and outputs of subgraphs have in common: the marker, the name, and ComfyUI's name of the type.
    fn port(
        &mut self,
        name: &Syn,
        io_type: Option<&&Syn>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
    ) -> (Ty<'a>, Expr<'a>, Expr<'a>) {
        let marker = turbofish.first().cloned().unwrap_or_else(|| self.fresh());
        let name = self.text(name);
        let io_type = match io_type {
            Some(io_type) => self.text(io_type),
            None => self.type_name(&marker, call),
        };
        (marker, name, io_type)
    }

    /// ComfyUI's name of a marker, once it is known.
    fn type_name(&mut self, marker: &Ty<'a>, call: Called<'_>) -> Expr<'a> {
        let obligation = crate::traits::Obligation {
            ty: marker.clone(),
            bound: Bound::ComfyType,
            at: call.at,
            setter: None,
        };
        self.require(obligation);
        let index = u32::try_from(self.markers.len()).unwrap_or(u32::MAX);
        self.markers.push(marker.clone());
        self.make(Kind::MarkerName(index), Ty::str(), call.at)
    }

    /// Methods of an output.
    pub(super) fn output_method(
        &mut self,
        output: Expr<'a>,
        marker: &Ty<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
    ) -> Expr<'a> {
        match (call.name, call.args) {
            ("cast", []) => {
                let marker = turbofish.first().cloned().unwrap_or_else(|| self.fresh());
                self.make(Kind::Deref(Box::new(output)), Ty::with(Con::Output, [marker]), call.at)
            }
            ("or", [value]) => {
                let value = self.expr(value, None);
                let ty = Ty::with(Con::Or, [marker.clone(), self.type_of(&value)]);
                self.make(Kind::WithOr(Box::new(output), Box::new(value)), ty, call.at)
            }
            ("node", []) => self.make(Kind::NodeOf(Box::new(output)), Ty::con(Con::NodeRef), call.at),
            ("clone", []) => {
                let ty = Ty::with(Con::Output, [marker.clone()]);
                self.make(Kind::Std(Std::Clone, vec![output]), ty, call.at)
            }
            ("into", []) => self.make(Kind::NodeOf(Box::new(output)), Ty::con(Con::NodeRef), call.at),
            _ => {
                let ty = Ty::with(Con::Output, [marker.clone()]);
                let name = self.show(&ty);
                self.args_for_errors(call.args);
                let message = format!("no method `{}` on type `{name}`", call.name);
                self.report.error(codes::RUST_NAME, call.here, message);
                self.wrong(call.at)
            }
        }
    }

    /// Methods of a node that was added.
    pub(super) fn node_ref_method(
        &mut self,
        node: Expr<'a>,
        call: Called<'_>,
        turbofish: &[Ty<'a>],
    ) -> Expr<'a> {
        match (call.name, call.args) {
            ("out", [slot]) => {
                let marker = turbofish.first().cloned().unwrap_or_else(|| self.fresh());
                let wanted = Ty::int(IntTy::U32);
                let slot = self.expr(slot, Some(&wanted));
                let slot = self.coerce(slot, &wanted, None);
                self.make(Kind::Out(Box::new(node), Box::new(slot)), Ty::with(Con::Output, [marker]), call.at)
            }
            ("clone", []) => self.make(Kind::Std(Std::Clone, vec![node]), Ty::con(Con::NodeRef), call.at),
            _ => {
                self.unknown_method("NodeRef", call);
                self.wrong(call.at)
            }
        }
    }

    /// ComfyUI's spelling of the markers that were asked for.
    pub(super) fn marker_names(&self) -> Vec<String> {
        self.markers.iter().map(|marker| self.spelling(marker)).collect()
    }

    fn spelling(&self, marker: &Ty<'a>) -> String {
        match self.infer.shallow(marker) {
            Ty::Con(Con::Marker(symbol), _) => self.world.word(&self.world.spelling(symbol)),
            Ty::Con(Con::AnyOf, members) => {
                let mut words: Vec<String> = members.iter().map(|member| self.spelling(member)).collect();
                words.sort_unstable();
                words.join(",")
            }
            _ => "*".to_owned(),
        }
    }
}

//! What a node was given, and whether that is all it needs.

use indexmap::IndexMap;
use serde_json::Value;

use super::{
    Check, NodeView,
    expand::{self, Expanded},
    types, widgets,
};
use crate::{
    catalog::InputKind,
    diag::{Severity, codes},
    graph::{Graph, Link, Node, NodeIx, WidgetForm},
};

/// What arrives at one input.
#[derive(Clone, Debug)]
pub(super) enum Given<'a> {
    /// The output of another node.
    Link(Link),
    /// A literal.
    Value(&'a Value),
    /// A literal that the frontend makes when the prompt is queued.
    Live,
    /// Something in the form of a link that is none.
    Broken(&'a Value),
}

impl<'a> Given<'a> {
    /// The literal.
    pub(super) fn value(&self) -> Option<&'a Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Link(_) | Self::Live | Self::Broken(_) => None,
        }
    }
}

/// Everything a node is given, by key: as in the prompt, a link goes before a literal.
pub(super) fn given<'a>(graph: &Graph, ix: NodeIx, node: &'a Node) -> IndexMap<&'a str, Given<'a>> {
    let mut given = IndexMap::with_capacity(node.widgets.len() + node.inputs.len());
    for widget in &node.widgets {
        match (&widget.value, widget.form) {
            (_, WidgetForm::Live) if widget.sent => {
                given.insert(&*widget.name, Given::Live);
            }
            (Some(value), form) if widget.sent && form != WidgetForm::Control => {
                given.insert(&*widget.name, Given::Value(value));
            }
            _ => {}
        }
    }
    for input in &node.inputs {
        if let Some(value) = &input.value {
            given.insert(&*input.name, Given::Value(value));
        }
        if let Some(broken) = &input.broken {
            given.insert(&*input.name, Given::Broken(broken));
        }
    }
    for link in graph.links_into(ix) {
        if let Some(input) = node.inputs.get(link.to.slot) {
            given.insert(&*input.name, Given::Link(link));
        }
    }
    given
}

/// Asks everything there is to ask about one node.
pub(super) fn check_node<'a>(check: &mut Check<'a>, view: &NodeView<'a>) {
    let mut given = given(check.graph, view.ix, view.node);
    let inputs = expand::inputs(view.def, &given);
    types::check_templates(check, view, &inputs, &given);
    for input in &inputs {
        match given.swap_remove(input.name.as_str()) {
            Some(Given::Link(link)) => types::check_link(check, view, input, &link),
            Some(Given::Value(value)) => widgets::check_value(check, view, input, value),
            Some(Given::Broken(value)) => check_broken(check, view, input, value),
            Some(Given::Live) => {}
            None => check_absent(check, view, input),
        }
    }
    check_undeclared(check, view, &given);
}

fn check_absent(check: &mut Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>) {
    if !input.required {
        return;
    }
    let name = &*input.name;
    let what = if matches!(input.def.kind, InputKind::Socket(_) | InputKind::MatchType { .. }) {
        format!("needs a link into {name}, of type {}", input.def.io_type)
    } else {
        format!("{name} has neither a link nor a value")
    };
    check.found.push(view.finding(codes::REQUIRED_INPUT_MISSING, name, &what));
}

/// A list that is not `[id, slot]`. A pair that leads nowhere was reported by whoever read it.
fn check_broken(check: &mut Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>, value: &Value) {
    if value.as_array().is_some_and(|list| list.len() != 2) {
        let what =
            format!("{} must be a pair of node id and slot, not {}", input.name, widgets::shown(value));
        check.found.push(view.finding(codes::BAD_LINKED_INPUT, &input.name, &what));
    }
}

/// The server ignores a literal under a key that the node does not declare. A link it follows: the node behind it
/// runs, and then this one fails for an unexpected argument.
fn check_undeclared(check: &mut Check<'_>, view: &NodeView<'_>, rest: &IndexMap<&str, Given<'_>>) {
    for (name, given) in rest {
        if matches!(given, Given::Link(_)) && !view.def.hidden.iter().any(|hidden| **hidden == **name) {
            let what = format!("{name} is linked, but {} has no such input", view.def.class_type);
            let names = view.def.inputs.iter().map(|input| &*input.name);
            let mut finding = view.finding(codes::UNDECLARED_INPUT, name, &what);
            finding.severity = Severity::Warning;
            if let Some(near) = check.suggestions.nearest(name, names) {
                finding = finding.help(format!("did you mean {near:?}?"));
            }
            check.found.push(finding);
        }
    }
}

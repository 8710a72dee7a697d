//! The widgets that the frontend shows on a node, with their values: what its class declares, as the values of its
//! dynamic combos have it, filled in with defaults where the graph says nothing.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use crate::{
    catalog::{
        NodeDef,
        widgets::{self, WidgetRole, WidgetSpec},
    },
    graph::{Node, NodeSource, Widget, WidgetForm},
};

/// One widget and its value.
pub(crate) struct Live<'c> {
    pub(crate) spec: WidgetSpec<'c>,
    /// `None` is JavaScript's undefined.
    pub(crate) value: Option<Value>,
    /// Position in the node's own list; `None` if the node says nothing of it.
    pub(crate) own: Option<usize>,
}

/// The widgets of a node of this class, in the frontend's order.
pub(crate) fn widgets<'c>(def: &'c NodeDef, node: &Node) -> Vec<Live<'c>> {
    let mut waiting: Vec<WidgetSpec<'c>> = widgets::of_node(def);
    waiting.reverse();
    let mut own = Own::of(&node.widgets);
    let mut live = Vec::with_capacity(waiting.len());
    while let Some(spec) = waiting.pop() {
        let own = own.take(&spec);
        let value = match own.and_then(|at| node.widgets.get(at)) {
            Some(widget) => widget.value.clone(),
            None => delivered(node, &spec).or_else(|| default(&spec)),
        };
        match spec.role {
            WidgetRole::DynamicCombo(options) => {
                let prefix = format!("{}.", spec.name);
                // controls of seeds have names of their own and stay, as in the frontend
                waiting.retain(|next| !next.name.starts_with(&prefix));
                let key = value.clone().unwrap_or_default();
                waiting.extend(widgets::of_option(def, &spec.name, options, &key).into_iter().rev());
            }
            WidgetRole::GrowingOption if waiting.is_empty() => {
                waiting.extend(next_option(&spec, value.as_ref()));
            }
            _ => {}
        }
        live.push(Live { spec, value, own });
    }
    live
}

/// A node's own widgets that no declared one was found for yet.
struct Own<'n>(BTreeMap<&'n str, VecDeque<(usize, bool)>>);

impl<'n> Own<'n> {
    fn of(widgets: &'n [Widget]) -> Self {
        let mut own: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
        for (at, widget) in widgets.iter().enumerate() {
            own.entry(&*widget.name).or_default().push_back((at, widget.sent));
        }
        Self(own)
    }

    /// The node's widget for a declared one: of the same name, and sent or not as declared. Prompts have only what is
    /// sent, so that nothing is taken for a button of the same name.
    fn take(&mut self, spec: &WidgetSpec<'_>) -> Option<usize> {
        let waiting = self.0.get_mut(spec.name.as_str())?;
        let first = waiting.iter().position(|(_, sent)| *sent == spec.sent)?;
        waiting.remove(first).map(|(at, _)| at)
    }
}

/// A value that a program gave to an input that its class does not declare; the frontend has widgets of its own there.
fn delivered(node: &Node, spec: &WidgetSpec<'_>) -> Option<Value> {
    let input = node.inputs.iter().find(|input| *input.name == *spec.name && spec.sent)?;
    input.value.clone()
}

/// What stands in a widget that the graph says nothing of. A value that came without its control was meant as it is.
fn default(spec: &WidgetSpec<'_>) -> Option<Value> {
    match spec.role {
        WidgetRole::Control => Some("fixed".into()),
        _ => spec.default.clone(),
    }
}

/// Filling the last option of a `CustomCombo` makes another.
fn next_option<'c>(spec: &WidgetSpec<'c>, value: Option<&Value>) -> Option<WidgetSpec<'c>> {
    let filled = value.is_some_and(|value| value.as_str().is_none_or(|text| !text.is_empty()));
    let number: usize = spec.name.strip_prefix("option")?.parse().ok()?;
    let name = format!("option{}", number.checked_add(1)?);
    filled.then(|| WidgetSpec { name, default: Some("".into()), ..spec.clone() })
}

/// Whether the text of this widget is one in which the frontend expands `{a|b}`, although the graph means it as it
/// stands.
pub(crate) fn is_literal_text(live: &Live<'_>, node: &Node) -> bool {
    let Some(widget) = live.own.and_then(|at| node.widgets.get(at)) else { return false };
    let has_choice = || widget.value.as_ref().and_then(Value::as_str).is_some_and(|text| text.contains('|'));
    // a program means its braces, unless they hold something to choose from
    let of_program = matches!(node.source, Some(NodeSource::Rust(_)) | None) && !has_choice();
    live.spec.role == WidgetRole::DynamicPrompt && (widget.form == WidgetForm::Plain || of_program)
}

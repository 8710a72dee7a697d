//! What the file itself shows of a workflow: inputs of app mode, and promoted widgets of subgraphs at the top.
//!
//! App mode keeps its choice in `extra.linearData.inputs`, a list of `[node, widget]`. The node is an id, as a number or
//! text, or `GRAPH:node:widget` with the id of the workflow before it.

use serde_json::Value;

use super::{
    Binding, ParamSource,
    collect::{Collect, Draft},
    place::{self, Home},
};
use crate::{
    diag::{Diagnostic, Severity, codes, short},
    graph::{Node, NodeKind, Slot},
};

/// Adds the inputs of app mode, then the promoted widgets that no link gives a value.
pub(super) fn collect(collect: &mut Collect<'_>) {
    let graph = collect.graph;
    for entry in linear_data(&graph.document, "inputs") {
        if let Some(draft) = app_input(collect, entry) {
            collect.add(draft);
        } else {
            let message = format!("app mode shows {}, which is not there", short(&entry.to_string()));
            let found = Diagnostic::new(codes::UNKNOWN_INPUT, message);
            collect.found.push(Diagnostic { severity: Severity::Warning, ..found });
        }
    }
    for (ix, node) in graph.nodes().filter(|(_, node)| node.mode.runs()) {
        if !matches!(node.kind, NodeKind::Instance(_)) {
            continue;
        }
        for (slot, input) in node.inputs.iter().enumerate().filter(|(_, input)| input.widget) {
            let binding = Binding { node: node.key.clone(), input: input.name.clone() };
            let is_linked = graph.source(Slot { node: ix, slot }).is_some();
            // a primitive for this input alone is where its value lives; one for several is a parameter of its own
            let binding = if is_linked {
                place::home(graph, &binding).filter(|home| !home.shared)
            } else {
                Some(Home { binding, shared: false })
            };
            if let Some(home) = binding {
                collect.add(described(node, slot, &input.name, ParamSource::Promoted, home.binding));
            }
        }
    }
}

/// A list of the file's app mode: `inputs` or `outputs`.
pub(super) fn linear_data<'d>(
    document: &'d serde_json::Map<String, Value>,
    list: &str,
) -> impl Iterator<Item = &'d Value> + use<'d> {
    let data = document.get("extra").and_then(|extra| extra.get("linearData"));
    data.and_then(|data| data.get(list)).and_then(Value::as_array).into_iter().flatten()
}

/// The id of a node in those lists.
pub(super) fn node_id(id: &Value) -> Option<String> {
    match id {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn app_input(collect: &Collect<'_>, entry: &Value) -> Option<Draft> {
    let (id, name) = (node_id(entry.get(0)?)?, entry.get(1)?.as_str()?);
    // the id of the workflow before, the name of the widget behind
    let inner = id.strip_suffix(name).and_then(|id| id.strip_suffix(':')).and_then(|id| id.split_once(':'));
    let node = |id: &str| Some((id.to_owned(), place::node_at(collect.graph, id)?));
    let (key, node) = node(&id).or_else(|| node(inner?.1)).or_else(|| node(&only_inside(collect, &id)?))?;
    let slot = node.input_slot(name);
    if node.widget(name).is_none() && slot.is_none() {
        return None;
    }
    let binding = collect.place(Binding::new(key, name));
    Some(match slot {
        Some(slot) => described(node, slot, name, ParamSource::App, binding),
        None => Draft::new(name, ParamSource::App, binding),
    })
}

/// The only node inside of subgraphs that has this id: the editor keeps them apart, and app mode names them alone.
fn only_inside(collect: &Collect<'_>, id: &str) -> Option<String> {
    let has_id = |key: &&str| key.rsplit_once(':').is_some_and(|(_, last)| last == id);
    let mut keys = collect.flat.nodes().map(|(_, node)| node.key.as_str()).filter(has_id);
    keys.next().filter(|_| keys.next().is_none()).map(str::to_owned)
}

/// A parameter with the user's word for its socket as the description.
fn described(node: &Node, slot: usize, name: &str, source: ParamSource, binding: Binding) -> Draft {
    let label =
        node.layout.as_ref().and_then(|layout| layout.label(false, slot)).filter(|label| *label != name);
    Draft { description: label.map(Into::into), ..Draft::new(name, source, binding) }
}

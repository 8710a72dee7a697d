//! `widgets_values` of a node, by position and by name.

use serde_json::{Map, Value};

use super::Writer;
use crate::{
    back::{
        live::{self, Live},
        sockets::Socket,
    },
    catalog::{NodeDef, widgets::WidgetRole},
    diag::{Code, Diagnostic, codes},
    graph::{Graph, Node, NodeIx, NodeSource, Slot, Subgraph},
    literal,
};

const ONLY_LINKED: &str = "has a value where the frontend can only link; the workflow keeps it by name, which the frontend does not send";

/// The stored values of a node.
#[derive(Default)]
pub(super) struct Values {
    pub(super) list: Vec<Value>,
    pub(super) named: Map<String, Value>,
}

impl Values {
    fn push(&mut self, name: &str, value: Value) {
        self.named.insert(name.to_owned(), value.clone());
        self.list.push(value);
    }
}

impl Writer<'_> {
    /// The values of a node whose class the catalog has.
    pub(super) fn values_of_class(
        &mut self,
        graph: &Graph,
        ix: NodeIx,
        def: &NodeDef,
        live: &[Live<'_>],
        sockets: &[Socket],
    ) -> Values {
        let node = &graph[ix];
        let mut values = Values::default();
        for widget in live.iter().filter(|live| live.spec.stored) {
            let value = widget.value.clone().unwrap_or_default();
            let value = match &value {
                Value::String(text) if live::is_literal_text(widget, node) => {
                    self.literal(node, widget, text)
                }
                _ if widget.spec.role == WidgetRole::Curve => bare_curve(value),
                _ => value,
            };
            values.push(&widget.spec.name, value);
        }
        self.report_filled_in(graph, ix, live, sockets);
        self.push_left_over(&mut values, node, def, live);
        values
    }

    /// A text that is meant as it stands, in a widget whose text the frontend interprets.
    fn literal(&mut self, node: &Node, widget: &Live<'_>, text: &str) -> Value {
        if let Some(written) = literal::write(text) {
            return written.into();
        }
        let name = &*widget.spec.name;
        let what = "has a text that the frontend changes in any form (`{a|b}`, comments)";
        self.report(node, name, codes::DYNAMIC_PROMPT, what);
        text.into()
    }

    /// The frontend sends all widgets, also those that a prompt left out.
    fn report_filled_in(&mut self, graph: &Graph, ix: NodeIx, live: &[Live<'_>], sockets: &[Socket]) {
        let node = &graph[ix];
        if matches!(node.source, Some(NodeSource::Workflow { .. })) {
            return;
        }
        let linked = |name: &str| {
            let slot = sockets.iter().find(|socket| socket.name == name).and_then(|socket| socket.own);
            slot.is_some_and(|slot| graph.source(Slot { node: ix, slot }).is_some())
        };
        let left_out = |live: &&Live<'_>| live.spec.sent && live.own.is_none() && live.value.is_some();
        for widget in live.iter().filter(left_out) {
            let name = &*widget.spec.name;
            let ours = widget.spec.role != WidgetRole::Live && widget.spec.role != WidgetRole::ChoiceIndex;
            if ours && node.input_slot(name).is_none() && !linked(name) {
                self.report(node, name, codes::INPUT_FILLED_IN, "has no value; a workflow has its default");
            }
        }
    }

    /// Values that have no widget on the node follow the others, with their names. Frontends leave them alone; they are
    /// there for whoever knows a newer version of the class.
    fn push_left_over(&mut self, values: &mut Values, node: &Node, def: &NodeDef, live: &[Live<'_>]) {
        for (at, widget) in node.widgets.iter().enumerate() {
            let Some(value) = &widget.value else { continue };
            if live.iter().any(|live| live.own == Some(at)) {
                continue;
            }
            values.push(&widget.name, value.clone());
            if widget.sent {
                let what = match def.resolve_input(&widget.name) {
                    Some(_) => ONLY_LINKED,
                    None => {
                        "is no input of this class; the workflow keeps its value by name, which the frontend does not send"
                    }
                };
                self.report(node, &widget.name, codes::VALUE_WITHOUT_WIDGET, what);
            }
        }
        for input in &node.inputs {
            let has_widget = input.widget || live.iter().any(|live| live.spec.name == *input.name);
            if let Some(value) = input.value.as_ref().filter(|_| !has_widget) {
                values.push(&input.name, value.clone());
                self.report(node, &input.name, codes::VALUE_WITHOUT_WIDGET, ONLY_LINKED);
            }
        }
        self.report_broken(node);
    }

    /// Remains that stand in the place of links.
    pub(super) fn report_broken(&mut self, node: &Node) {
        for input in node.inputs.iter().filter(|input| input.broken.is_some()) {
            let what = "has something in the place of a link that is none; it is left out";
            self.report(node, &input.name, codes::VALUE_WITHOUT_WIDGET, what);
        }
    }

    /// Plain values that an instance has for inputs without a widget.
    pub(super) fn report_unlinked_values(&mut self, node: &Node) {
        for input in node.inputs.iter().filter(|input| input.value.is_some() && !input.widget) {
            let what = "has a value, but a workflow can only link it";
            self.report(node, &input.name, codes::VALUE_WITHOUT_WIDGET, what);
        }
    }

    pub(super) fn report(&mut self, node: &Node, input: &str, code: Code, what: &str) {
        let message = format!("{}: `{input}` {what}", node.describe());
        let found = Diagnostic::new(code, message).at_opt(node.path());
        self.found.push(found.node(&node.key).input(input));
    }
}

impl<'g> Writer<'g> {
    /// The promoted values of an instance, by position; what it does not set comes from inside.
    pub(super) fn values_of_instance(&mut self, node: &Node, definition: &'g Subgraph) -> Values {
        let mut values = Values::default();
        let promoted = node.inputs.iter().enumerate().filter(|(_, input)| input.widget);
        for ((slot, input), widget) in promoted.zip(&node.widgets) {
            let value = widget.value.clone().or_else(|| self.inner.of(definition, slot).cloned());
            values.push(&input.name, value.unwrap_or_default());
        }
        values
    }
}

/// The values of a node of unknown class, or of the frontend's own: all it has.
pub(super) fn as_they_are(node: &Node) -> Values {
    let mut values = Values::default();
    for widget in &node.widgets {
        values.push(&widget.name, widget.value.clone().unwrap_or_default());
    }
    for input in node.inputs.iter().filter(|input| node.widget(&input.name).is_none()) {
        if let Some(value) = &input.value {
            values.push(&input.name, value.clone());
        }
    }
    values
}

/// A curve in its wrapping (`{"__type__": "CURVE", "__value__": [...]}`) → the list.
fn bare_curve(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.get("__type__").is_some_and(|word| word == "CURVE") => {
            map.shift_remove("__value__").unwrap_or_default()
        }
        other => other,
    }
}

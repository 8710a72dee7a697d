//! The table of a class: its inputs with their socket types and defaults, and its outputs, as the runtime wants to
//! know them.
//!
//! The order is that of the frontend's widgets, and widgets that no input declares stand where the frontend makes
//! them; setters refer to positions. Generated code carries the tables as texts; who reads flows instead of
//! compiling them makes them from here.

use std::{borrow::Cow, collections::BTreeSet};

use comfy_graph::{
    catalog::{
        AutogrowNames, DynamicOption, FrontendWidget, InputDef, InputKind, NodeDef,
        widgets::{self, WidgetRole, WidgetSpec},
    },
    graph::WidgetForm,
};
use serde_json::{Number, Value};

use crate::model::{ComboModel, Form, InputModel, NodeModel, OutputModel};

/// The type word of outputs whose type a template decides.
const MATCH_TYPE: &str = "COMFY_MATCHTYPE_V3";

/// The inputs of a class, or of one option of a dynamic combo.
#[derive(Clone, Debug)]
pub struct Table<'m> {
    /// The inputs, hidden ones included.
    pub rows: Vec<Row<'m>>,
    /// The row of every input of the model.
    pub positions: Vec<u16>,
}

/// One input.
#[derive(Clone, Debug)]
pub struct Row<'m> {
    /// The key in the prompt; the last segment only inside dynamic inputs.
    pub name: Cow<'m, str>,
    /// What may be linked to it.
    pub io_type: &'m str,
    /// The server insists on it.
    pub required: bool,
    /// Its kind.
    pub form: RowForm<'m>,
}

/// The kind of an input.
#[derive(Clone, Debug)]
pub enum RowForm<'m> {
    /// A socket without a widget.
    Socket,
    /// A widget with a socket, and its default; `None` is JavaScript's undefined.
    Widget(WidgetForm, Option<Value>),
    /// An integer widget: its default, and the least and the greatest value.
    Int(Option<Value>, Option<i128>, Option<i128>),
    /// A floating-point widget: its default, and the least and the greatest value.
    Float(Option<Value>, Option<f64>, Option<f64>),
    /// A combo with all its options, which are texts.
    Combo(Option<Value>, &'m ComboModel<'m>),
    /// A widget that no input declares, and its value.
    Hidden(WidgetForm, Option<Value>),
    /// A dynamic combo: keys with the inputs that come with each.
    Dynamic(Vec<(&'m str, Vec<Row<'m>>)>),
    /// An autogrow list of sockets, and how many items the server insists on.
    Grow(&'m AutogrowNames, usize),
}

/// The inputs of a class.
pub fn of_node<'m>(node: &'m NodeModel<'_>) -> Table<'m> {
    table(node.def, &node.inputs, true)
}

/// The inputs of an option of a dynamic combo of this class.
pub fn of_option<'m>(def: &'m NodeDef, inputs: &'m [InputModel<'_>]) -> Table<'m> {
    table(def, inputs, false)
}

/// Label and socket type of every output; `*` where a match type decides.
pub fn outputs<'m>(node: &'m NodeModel<'_>) -> impl Iterator<Item = (&'m str, &'m str)> {
    node.outputs.iter().map(|output| {
        let templated = output.def.match_template.is_some() || output.def.io_type.as_str() == MATCH_TYPE;
        (&*output.def.name, if templated { "*" } else { output.def.io_type.as_str() })
    })
}

/// The outputs whose type is that of an input: pairs of position and slot.
pub fn matches(node: &NodeModel<'_>, positions: &[u16]) -> Vec<(u16, u16)> {
    let mut pairs = Vec::new();
    for (input, position) in node.inputs.iter().zip(positions) {
        let InputKind::MatchType { template_id } = &input.def.kind else { continue };
        let same = |output: &OutputModel<'_>| output.def.match_template.as_ref() == Some(template_id);
        for (slot, _) in node.outputs.iter().enumerate().filter(|(_, output)| same(output)) {
            pairs.push((*position, u16::try_from(slot).unwrap_or(u16::MAX)));
        }
    }
    pairs
}

fn table<'m>(def: &'m NodeDef, inputs: &'m [InputModel<'_>], top: bool) -> Table<'m> {
    let mut rows = Vec::with_capacity(inputs.len());
    let mut positions = Vec::with_capacity(inputs.len());
    let mut hidden = BTreeSet::new();
    for input in inputs {
        // the buttons of a 3D view come before the view, a list's refresh button after the list
        let (before, after) = extras_of(def, input.def);
        let undeclared = |spec: &WidgetSpec<'_>| !inputs.iter().any(|other| *other.def.name == *spec.name);
        let mut new = |specs: Vec<WidgetSpec<'static>>| -> Vec<Row<'m>> {
            let mut kept = specs;
            kept.retain(|spec| undeclared(spec) && hidden.insert(spec.name.clone()));
            kept.into_iter().map(hidden_row).collect()
        };
        rows.extend(new(before));
        positions.push(u16::try_from(rows.len()).unwrap_or(u16::MAX));
        rows.push(declared_row(def, input));
        rows.extend(new(after));
    }
    if top {
        for spec in widgets::of_node(def).into_iter().filter(|spec| spec.sent) {
            let declared = inputs.iter().any(|input| is_of(&input.def.name, &spec.name));
            if !declared && hidden.insert(spec.name.clone()) {
                rows.push(hidden_row(spec));
            }
        }
    }
    Table { rows, positions }
}

/// Whether the widget belongs to the input: its own, or one of its parts.
fn is_of(input: &str, widget: &str) -> bool {
    widget.strip_prefix(input).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The widgets that the frontend makes for one input before and after its own, as far as they are sent.
fn extras_of(def: &NodeDef, input: &InputDef) -> (Vec<WidgetSpec<'static>>, Vec<WidgetSpec<'static>>) {
    let makes_more = match &input.kind {
        InputKind::Frontend(..) => true,
        InputKind::Combo(combo) => combo.remote.is_some(),
        _ => false,
    };
    if !makes_more {
        return (Vec::new(), Vec::new());
    }
    let mut specs = specs_of(def, input);
    let own = specs
        .iter()
        .position(|spec| *spec.name == *input.name || spec.name.strip_prefix('.') == Some(&*input.name));
    let mut after = specs.split_off(own.unwrap_or(0));
    for part in [&mut specs, &mut after] {
        part.retain(|spec| spec.sent && !spec.name.starts_with('.'));
    }
    (specs, after)
}

/// All widgets of one input; its own is called `.NAME`.
fn specs_of(def: &NodeDef, input: &InputDef) -> Vec<WidgetSpec<'static>> {
    let option = [DynamicOption { key: "".into(), inputs: vec![input.clone()] }];
    let specs = widgets::of_option(def, "", &option, &Value::from(""));
    let own = |spec: WidgetSpec<'_>| {
        let role = match spec.role {
            WidgetRole::DynamicPrompt => WidgetRole::DynamicPrompt,
            WidgetRole::Curve => WidgetRole::Curve,
            WidgetRole::Live => WidgetRole::Live,
            _ => WidgetRole::Plain,
        };
        WidgetSpec { name: spec.name, default: spec.default, stored: spec.stored, sent: spec.sent, role }
    };
    specs.into_iter().map(own).collect()
}

fn hidden_row<'m>(spec: WidgetSpec<'_>) -> Row<'m> {
    let form = RowForm::Hidden(widget_form(spec.role), spec.default);
    Row { name: Cow::Owned(spec.name), io_type: "*", required: false, form }
}

fn widget_form(role: WidgetRole<'_>) -> WidgetForm {
    match role {
        WidgetRole::DynamicPrompt => WidgetForm::DynamicPrompt,
        WidgetRole::Curve => WidgetForm::Curve,
        WidgetRole::Live => WidgetForm::Live,
        WidgetRole::Plain
        | WidgetRole::Control
        | WidgetRole::Combo(_)
        | WidgetRole::DynamicCombo(_)
        | WidgetRole::ChoiceIndex
        | WidgetRole::GrowingOption => WidgetForm::Plain,
    }
}

fn declared_row<'m>(def: &'m NodeDef, input: &'m InputModel<'_>) -> Row<'m> {
    let io_type = match &input.form {
        Form::Autogrow(autogrow) => autogrow.item.io_type.as_str(),
        _ => input.def.io_type.as_str(),
    };
    // a dynamic slot may stay empty whatever its section
    let required = input.def.is_required() && !matches!(input.def.kind, InputKind::DynamicSlot(_));
    Row { name: Cow::Borrowed(&*input.def.name), io_type, required, form: form(def, input) }
}

fn form<'m>(def: &'m NodeDef, input: &'m InputModel<'_>) -> RowForm<'m> {
    match &input.form {
        Form::Autogrow(autogrow) => {
            RowForm::Grow(autogrow.names, if autogrow.item.is_required() { autogrow.min } else { 0 })
        }
        Form::Dynamic(dynamic) => {
            let options = dynamic.options.iter();
            let rows = options.map(|option| (&*option.def.key, table(def, &option.inputs, false).rows));
            RowForm::Dynamic(rows.collect())
        }
        _ if !input.def.is_widget() => RowForm::Socket,
        Form::Combo(combo) if combo.is_listed() => RowForm::Combo(input.default.clone(), combo),
        _ => match &input.def.kind {
            InputKind::Int(int) => {
                let bound = |bound: &Option<Number>| bound.as_ref().and_then(exact);
                RowForm::Int(input.default.clone(), bound(&int.min), bound(&int.max))
            }
            InputKind::Float(float) => {
                let bound = |bound: &Option<Number>| bound.as_ref().and_then(Number::as_f64);
                RowForm::Float(input.default.clone(), bound(&float.min), bound(&float.max))
            }
            _ => widget(def, input),
        },
    }
}

/// A bound of an integer. Bounds that are no integers do not occur; they count as none.
fn exact(bound: &Number) -> Option<i128> {
    match (bound.as_i64(), bound.as_u64(), bound.as_f64()) {
        (Some(n), ..) => Some(n.into()),
        (_, Some(n), _) => Some(n.into()),
        #[allow(clippy::cast_possible_truncation, reason = "it has no fraction, and `as` saturates")]
        (.., Some(n)) if n.fract() == 0.0 => Some(n as i128),
        _ => None,
    }
}

/// The form of an input with a widget.
fn widget<'m>(def: &NodeDef, input: &InputModel<'_>) -> RowForm<'m> {
    let role = match &input.def.kind {
        InputKind::String(text) if text.dynamic_prompts => WidgetRole::DynamicPrompt,
        InputKind::Frontend(widget, _) => match own_role(def, input.def, *widget) {
            Some(role) => role,
            // the widget has another name, or is not sent: what is left is a socket
            None => return RowForm::Socket,
        },
        _ => WidgetRole::Plain,
    };
    RowForm::Widget(widget_form(role), input.default.clone())
}

/// The role of the widget that is called like its input. A 3D view's is called after what it gives.
fn own_role(def: &NodeDef, input: &InputDef, widget: FrontendWidget) -> Option<WidgetRole<'static>> {
    let view =
        matches!(widget, FrontendWidget::Load3d | FrontendWidget::Load3dAdvanced | FrontendWidget::Preview3d);
    let own = |spec: &WidgetSpec<'_>| match spec.name.strip_prefix('.') {
        Some(name) => name == &*input.name,
        None => view && *spec.name == *input.name,
    };
    specs_of(def, input).into_iter().find(|spec| spec.sent && own(spec)).map(|spec| spec.role)
}

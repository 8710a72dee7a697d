//! The table of a class: its inputs with their socket types and defaults, and its outputs.
//!
//! The order is that of the frontend's widgets, and widgets that no input declares stand where the frontend makes
//! them; setters refer to positions.

use std::collections::BTreeSet;

use comfy_graph::catalog::{
    AutogrowNames, DynamicOption, FrontendWidget, InputDef, InputKind, NodeDef,
    widgets::{self, WidgetRole, WidgetSpec},
};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use crate::model::{Form, InputModel, NodeModel, OutputModel};

/// The type word of outputs whose type a template decides.
const MATCH_TYPE: &str = "COMFY_MATCHTYPE_V3";

/// One line of a table.
enum Line<'m, 'c> {
    /// A declared input, by its place among the model's inputs.
    Declared(&'m InputModel<'c>),
    /// A widget of the frontend's own: name, form and value.
    Hidden(String, TokenStream, TokenStream),
}

/// The table of a class and the position of every input of the model in it.
pub(super) fn class(node: &NodeModel<'_>) -> (TokenStream, Vec<u16>) {
    let (inputs, positions) = table(node.def, &node.inputs, true);
    let class_type = &*node.def.class_type;
    let outputs = node.outputs.iter().map(|output| {
        let templated = output.def.match_template.is_some() || output.def.io_type.as_str() == MATCH_TYPE;
        let (name, io_type) = (&*output.def.name, if templated { "*" } else { output.def.io_type.as_str() });
        quote!((#name, #io_type))
    });
    let matches = matches(node, &positions);
    let table = quote! {
        p::Class {
            class_type: #class_type, inputs: &[#(#inputs),*], outputs: &[#(#outputs),*], matches: &[#(#matches),*],
        }
    };
    (table, positions)
}

/// The outputs whose type is that of an input: pairs of position and slot.
fn matches(node: &NodeModel<'_>, positions: &[u16]) -> Vec<TokenStream> {
    let mut pairs = Vec::new();
    for (input, position) in node.inputs.iter().zip(positions) {
        let InputKind::MatchType { template_id } = &input.def.kind else { continue };
        let same = |output: &OutputModel<'_>| output.def.match_template.as_ref() == Some(template_id);
        for (slot, _) in node.outputs.iter().enumerate().filter(|(_, output)| same(output)) {
            let position = Literal::u16_unsuffixed(*position);
            let slot = Literal::usize_unsuffixed(slot);
            pairs.push(quote!((#position, #slot)));
        }
    }
    pairs
}

/// The positions of an option's inputs in its table.
pub(super) fn option_positions(def: &NodeDef, inputs: &[InputModel<'_>]) -> Vec<u16> {
    table(def, inputs, false).1
}

fn table(def: &NodeDef, inputs: &[InputModel<'_>], top: bool) -> (Vec<TokenStream>, Vec<u16>) {
    let mut lines = Vec::with_capacity(inputs.len());
    let mut positions = Vec::with_capacity(inputs.len());
    let mut hidden = BTreeSet::new();
    for input in inputs {
        // the buttons of a 3D view come before the view, a list's refresh button after the list
        let (before, after) = extras_of(def, input.def);
        let undeclared = |spec: &WidgetSpec<'_>| !inputs.iter().any(|other| *other.def.name == *spec.name);
        let mut new = |specs: Vec<WidgetSpec<'static>>| -> Vec<Line<'_, '_>> {
            let mut kept = specs;
            kept.retain(|spec| undeclared(spec) && hidden.insert(spec.name.clone()));
            kept.iter().map(hidden_line).collect()
        };
        lines.extend(new(before));
        positions.push(u16::try_from(lines.len()).unwrap_or(u16::MAX));
        lines.push(Line::Declared(input));
        lines.extend(new(after));
    }
    if top {
        for spec in widgets::of_node(def).iter().filter(|spec| spec.sent) {
            let declared = inputs.iter().any(|input| is_of(&input.def.name, &spec.name));
            if !declared && hidden.insert(spec.name.clone()) {
                lines.push(hidden_line(spec));
            }
        }
    }
    (lines.iter().map(|line| in_tokens(def, line)).collect(), positions)
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

fn hidden_line<'m, 'c>(spec: &WidgetSpec<'_>) -> Line<'m, 'c> {
    Line::Hidden(spec.name.clone(), widget_form(spec.role), value(spec.default.as_ref()))
}

fn widget_form(role: WidgetRole<'_>) -> TokenStream {
    match role {
        WidgetRole::DynamicPrompt => quote!(p::WidgetForm::DynamicPrompt),
        WidgetRole::Curve => quote!(p::WidgetForm::Curve),
        WidgetRole::Live => quote!(p::WidgetForm::Live),
        WidgetRole::Plain
        | WidgetRole::Control
        | WidgetRole::Combo(_)
        | WidgetRole::DynamicCombo(_)
        | WidgetRole::ChoiceIndex
        | WidgetRole::GrowingOption => quote!(p::WidgetForm::Plain),
    }
}

fn in_tokens(def: &NodeDef, line: &Line<'_, '_>) -> TokenStream {
    let (name, io_type, form) = match line {
        Line::Declared(input) => {
            let io_type = match &input.form {
                Form::Autogrow(autogrow) => autogrow.item.io_type.as_str(),
                _ => input.def.io_type.as_str(),
            };
            (&*input.def.name, io_type, form(def, input))
        }
        Line::Hidden(name, form, value) => (name.as_str(), "*", quote!(p::Form::Hidden(#form, #value))),
    };
    quote!(p::In { name: #name, io_type: #io_type, form: #form })
}

fn form(def: &NodeDef, input: &InputModel<'_>) -> TokenStream {
    match &input.form {
        Form::Autogrow(autogrow) => {
            let names = match autogrow.names {
                AutogrowNames::Prefix { prefix, max } => {
                    let (prefix, max) = (&**prefix, u32::try_from(*max).unwrap_or(u32::MAX));
                    quote!(p::Names::Prefix(#prefix, #max))
                }
                AutogrowNames::List(names) => {
                    let names = names.iter().map(|name| &**name);
                    quote!(p::Names::List(&[#(#names),*]))
                }
            };
            quote!(p::Form::Grow(#names))
        }
        Form::Dynamic(dynamic) => {
            let options = dynamic.options.iter().map(|option| {
                let key = &*option.def.key;
                let (inputs, _) = table(def, &option.inputs, false);
                quote!(p::Opt { key: #key, inputs: &[#(#inputs),*] })
            });
            quote!(p::Form::Dynamic(&[#(#options),*]))
        }
        _ if !input.def.is_widget() => quote!(p::Form::Socket),
        _ => widget(def, input),
    }
}

/// The form of an input with a widget.
fn widget(def: &NodeDef, input: &InputModel<'_>) -> TokenStream {
    let role = match &input.def.kind {
        InputKind::String(text) if text.dynamic_prompts => WidgetRole::DynamicPrompt,
        InputKind::Frontend(widget, _) => match own_role(def, input.def, *widget) {
            Some(role) => role,
            // the widget has another name, or is not sent: what is left is a socket
            None => return quote!(p::Form::Socket),
        },
        _ => WidgetRole::Plain,
    };
    let value = value(input.default.as_ref());
    let form = widget_form(role);
    if role == WidgetRole::Plain {
        quote!(p::Form::Widget(#value))
    } else {
        quote!(p::Form::Special(#form, #value))
    }
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

/// A default.
fn value(value: Option<&Value>) -> TokenStream {
    match value {
        None => quote!(p::Def::Undefined),
        Some(Value::Bool(flag)) => quote!(p::Def::B(#flag)),
        Some(Value::String(text)) => quote!(p::Def::S(#text)),
        Some(Value::Number(number)) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(n), ..) => {
                let n = Literal::i64_unsuffixed(n);
                quote!(p::Def::I(#n))
            }
            (_, Some(n), _) => {
                let n = Literal::u64_unsuffixed(n);
                quote!(p::Def::U(#n))
            }
            (.., Some(n)) if n.is_finite() => {
                let n = Literal::f64_unsuffixed(n);
                quote!(p::Def::F(#n))
            }
            _ => quote!(p::Def::Undefined),
        },
        Some(other) => {
            let text = other.to_string();
            quote!(p::Def::J(#text))
        }
    }
}

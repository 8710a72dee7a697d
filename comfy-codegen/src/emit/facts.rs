//! The table of a class as a constant. What is in it is decided in [`crate::table`].

use comfy_graph::{catalog::AutogrowNames, graph::WidgetForm};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use serde_json::Value;

use super::Emitter;
use crate::{
    model::NodeModel,
    table::{self, Row, RowForm},
};

/// The table of a class and the position of every input of the model in it.
pub(super) fn class(emitter: &Emitter<'_, '_>, node: &NodeModel<'_>) -> (TokenStream, Vec<u16>) {
    let inputs = table::of_node(node);
    let matches = table::matches(node, &inputs.positions).into_iter().map(|(position, slot)| {
        let (position, slot) = (Literal::u16_unsuffixed(position), Literal::u16_unsuffixed(slot));
        quote!((#position, #slot))
    });
    let class_type = &*node.def.class_type;
    let outputs = table::outputs(node).map(|(name, io_type)| quote!((#name, #io_type)));
    let rows = inputs.rows.iter().map(|line| row(emitter, line));
    let output_node = node.def.output_node;
    let tokens = quote! {
        p::Class {
            class_type: #class_type, inputs: &[#(#rows),*], outputs: &[#(#outputs),*], matches: &[#(#matches),*],
            output_node: #output_node,
        }
    };
    (tokens, inputs.positions)
}

fn row(emitter: &Emitter<'_, '_>, row: &Row<'_>) -> TokenStream {
    let (name, io_type, required, form) = (&*row.name, row.io_type, row.required, form(emitter, &row.form));
    quote!(p::In { name: #name, io_type: #io_type, required: #required, form: #form })
}

fn form(emitter: &Emitter<'_, '_>, form: &RowForm<'_>) -> TokenStream {
    match form {
        RowForm::Socket => quote!(p::Form::Socket),
        RowForm::Widget(WidgetForm::Plain, default) => {
            let value = value(default.as_ref());
            quote!(p::Form::Widget(#value))
        }
        RowForm::Widget(form, default) => {
            let (form, value) = (widget_form(*form), value(default.as_ref()));
            quote!(p::Form::Special(#form, #value))
        }
        RowForm::Int(default, min, max) => {
            let value = value(default.as_ref());
            let min = min.map_or(quote!(i128::MIN), |n| Literal::i128_unsuffixed(n).into_token_stream());
            let max = max.map_or(quote!(i128::MAX), |n| Literal::i128_unsuffixed(n).into_token_stream());
            quote!(p::Form::Int(#value, #min, #max))
        }
        RowForm::Float(default, min, max) => {
            let value = value(default.as_ref());
            let min = bound(*min, quote!(f64::NEG_INFINITY));
            let max = bound(*max, quote!(f64::INFINITY));
            quote!(p::Form::Float(#value, #min, #max))
        }
        RowForm::Combo(default, combo) => {
            let (value, name) = (value(default.as_ref()), emitter.choice_tokens(&combo.ident));
            quote!(p::Form::Combo(#value, <#name as p::ComboValue>::OPTIONS))
        }
        RowForm::Hidden(form, default) => {
            let (form, value) = (widget_form(*form), value(default.as_ref()));
            quote!(p::Form::Hidden(#form, #value))
        }
        RowForm::Dynamic(options) => {
            let options = options.iter().map(|(key, rows)| {
                let rows = rows.iter().map(|line| row(emitter, line));
                quote!(p::Opt { key: #key, inputs: &[#(#rows),*] })
            });
            quote!(p::Form::Dynamic(&[#(#options),*]))
        }
        RowForm::Grow(names, min) => {
            let (names, min) = (item_names(names), Literal::usize_unsuffixed(*min));
            quote!(p::Form::Grow(#names, #min))
        }
    }
}

fn bound(bound: Option<f64>, none: TokenStream) -> TokenStream {
    match bound {
        Some(n) if n.is_finite() => Literal::f64_unsuffixed(n).into_token_stream(),
        _ => none,
    }
}

fn item_names(names: &AutogrowNames) -> TokenStream {
    match names {
        AutogrowNames::Prefix { prefix, max } => {
            let (prefix, max) = (&**prefix, u32::try_from(*max).unwrap_or(u32::MAX));
            quote!(p::Names::Prefix(#prefix, #max))
        }
        AutogrowNames::List(names) => {
            let names = names.iter().map(|name| &**name);
            quote!(p::Names::List(&[#(#names),*]))
        }
    }
}

fn widget_form(form: WidgetForm) -> TokenStream {
    match form {
        WidgetForm::Plain => quote!(p::WidgetForm::Plain),
        WidgetForm::DynamicPrompt => quote!(p::WidgetForm::DynamicPrompt),
        WidgetForm::Curve => quote!(p::WidgetForm::Curve),
        WidgetForm::Live => quote!(p::WidgetForm::Live),
        WidgetForm::Control => quote!(p::WidgetForm::Control),
    }
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

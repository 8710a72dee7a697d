//! The table of a class as a constant. What is in it is decided in [`crate::table`].

use comfy_graph::{catalog::AutogrowNames, graph::WidgetForm};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;

use crate::{
    model::NodeModel,
    table::{self, Row, RowForm},
};

/// The table of a class and the position of every input of the model in it.
pub(super) fn class(node: &NodeModel<'_>) -> (TokenStream, Vec<u16>) {
    let inputs = table::of_node(node);
    let matches = table::matches(node, &inputs.positions).into_iter().map(|(position, slot)| {
        let (position, slot) = (Literal::u16_unsuffixed(position), Literal::u16_unsuffixed(slot));
        quote!((#position, #slot))
    });
    let class_type = &*node.def.class_type;
    let outputs = table::outputs(node).map(|(name, io_type)| quote!((#name, #io_type)));
    let rows = inputs.rows.iter().map(row);
    let tokens = quote! {
        p::Class {
            class_type: #class_type, inputs: &[#(#rows),*], outputs: &[#(#outputs),*], matches: &[#(#matches),*],
        }
    };
    (tokens, inputs.positions)
}

fn row(row: &Row<'_>) -> TokenStream {
    let (name, io_type, form) = (&*row.name, row.io_type, form(&row.form));
    quote!(p::In { name: #name, io_type: #io_type, form: #form })
}

fn form(form: &RowForm<'_>) -> TokenStream {
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
        RowForm::Hidden(form, default) => {
            let (form, value) = (widget_form(*form), value(default.as_ref()));
            quote!(p::Form::Hidden(#form, #value))
        }
        RowForm::Dynamic(options) => {
            let options = options.iter().map(|(key, rows)| {
                let rows = rows.iter().map(row);
                quote!(p::Opt { key: #key, inputs: &[#(#rows),*] })
            });
            quote!(p::Form::Dynamic(&[#(#options),*]))
        }
        RowForm::Grow(AutogrowNames::Prefix { prefix, max }) => {
            let (prefix, max) = (&**prefix, u32::try_from(*max).unwrap_or(u32::MAX));
            quote!(p::Form::Grow(p::Names::Prefix(#prefix, #max)))
        }
        RowForm::Grow(AutogrowNames::List(names)) => {
            let names = names.iter().map(|name| &**name);
            quote!(p::Form::Grow(p::Names::List(&[#(#names),*])))
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

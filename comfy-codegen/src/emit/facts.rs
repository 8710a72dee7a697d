//! The table of a class as text, which the runtime reads when the class is first used; `tables.rs` there says what
//! stands in it. What is in a table is decided in [`crate::table`].

use std::str::FromStr;

use comfy_graph::{catalog::AutogrowNames, graph::WidgetForm};
use proc_macro2::Literal;
use serde_json::{Value, json};

use crate::{
    model::NodeModel,
    table::{self, Row, RowForm},
};

/// The table of a class and the position of every input of the model in it.
pub(super) fn class(node: &NodeModel<'_>) -> (Literal, Vec<u16>) {
    let inputs = table::of_node(node);
    let matches = table::matches(node, &inputs.positions);
    let outputs: Vec<_> = table::outputs(node).collect();
    let mut cells =
        vec![json!(node.def.class_type), json!(node.def.output_node), json!(outputs), json!(matches)];
    cells.extend(inputs.rows.iter().map(row));
    (raw(&Value::from(cells).to_string()), inputs.positions)
}

/// The text as a raw literal, with as many `#` as it takes; not raw if it has characters that nobody sees.
fn raw(text: &str) -> Literal {
    if text.chars().any(|char| !char.is_ascii() && char.escape_debug().len() > 1) {
        return Literal::string(text);
    }
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let literal = format!("r{hashes}\"{text}\"{hashes}");
    // Rust allows 255 of them
    Literal::from_str(&literal).unwrap_or_else(|_| Literal::string(text))
}

/// Recursion goes by the depth of dynamic combos.
fn row(row: &Row<'_>) -> Value {
    let mut cells = vec![json!(row.name), json!(row.io_type), json!(row.required)];
    let default = match &row.form {
        RowForm::Socket => &None,
        RowForm::Widget(WidgetForm::Plain, default) => {
            cells.push(json!("widget"));
            default
        }
        RowForm::Widget(form, default) => {
            cells.extend([json!("special"), json!(widget_form(*form))]);
            default
        }
        RowForm::Int(default, min, max) => {
            cells.extend([json!("int"), integer(*min), integer(*max)]);
            default
        }
        RowForm::Float(default, min, max) => {
            cells.extend([json!("float"), json!(min), json!(max)]);
            default
        }
        RowForm::Combo(default, combo) => {
            let options: Vec<&Value> = combo.values.iter().map(|value| value.value).collect();
            cells.extend([json!("combo"), json!(options)]);
            default
        }
        RowForm::Hidden(form, default) => {
            cells.extend([json!("hidden"), json!(widget_form(*form))]);
            default
        }
        RowForm::Dynamic(options) => {
            cells.extend([json!("dynamic"), options.iter().map(option).collect()]);
            &None
        }
        RowForm::Grow(AutogrowNames::Prefix { prefix, max }, min) => {
            let max = u32::try_from(*max).unwrap_or(u32::MAX);
            cells.extend([json!("prefix"), json!(prefix), json!(max), json!(min)]);
            &None
        }
        RowForm::Grow(AutogrowNames::List(names), min) => {
            cells.extend([json!("list"), json!(names), json!(min)]);
            &None
        }
    };
    cells.extend(default.clone());
    cells.into()
}

fn option((key, rows): &(&str, Vec<Row<'_>>)) -> Value {
    std::iter::once(json!(key)).chain(rows.iter().map(row)).collect()
}

/// A bound; one that no integer of JSON reaches is none.
fn integer(bound: Option<i128>) -> Value {
    bound.map_or(Value::Null, |bound| {
        i64::try_from(bound)
            .map(Value::from)
            .or_else(|_| u64::try_from(bound).map(Value::from))
            .unwrap_or_default()
    })
}

fn widget_form(form: WidgetForm) -> &'static str {
    match form {
        WidgetForm::Plain => "plain",
        WidgetForm::DynamicPrompt => "dynamic prompt",
        WidgetForm::Curve => "curve",
        WidgetForm::Live => "live",
        WidgetForm::Control => "control",
    }
}

//! A class on one page: every input with its range, options and help, in the words of Rust and of ComfyUI.

use std::fmt::Write as _;

use comfy_graph::catalog::InputKind;
use serde_json::Value;

use crate::{
    model::{Form, InputModel, NodeModel},
    names::Names,
    sheet,
};

/// The page of a class; `None` if the catalog does not have it.
pub fn card(names: &Names<'_>, class: &str) -> Option<String> {
    let node = names.node(class)?;
    let def = node.def;
    // writing to a String cannot fail
    let mut text = format!("{}\n", sheet::line(node));
    let _ = writeln!(
        text,
        "{} · {} · {}{}",
        def.default_title(),
        or(&def.category, "no category"),
        or(&def.python_module, "?"),
        flags(node)
    );
    if !def.description.trim().is_empty() {
        let _ = writeln!(text, "{}", def.description.trim());
    }
    if !node.inputs.is_empty() {
        text.push_str("\ninputs\n");
        node.inputs.iter().for_each(|input| write_input(&mut text, input, 1));
    }
    if !def.outputs.is_empty() {
        text.push_str("\noutputs\n");
    }
    for (slot, (output, model)) in def.outputs.iter().zip(&node.outputs).enumerate() {
        let list = if output.is_list { ", a list" } else { "" };
        let help = output.tooltip.as_deref().map_or_else(String::new, |help| format!("  {}", one_line(help)));
        let _ = writeln!(text, "  {slot} {}: {}{list}{help}", model.ident, output.io_type);
    }
    Some(text)
}

fn or<'t>(text: &'t str, other: &'t str) -> &'t str {
    if text.is_empty() { other } else { text }
}

fn flags(node: &NodeModel<'_>) -> String {
    let def = node.def;
    let flags = [
        (def.output_node, "output"),
        (def.deprecated, "deprecated"),
        (def.experimental, "experimental"),
        (def.api_node, "paid"),
    ];
    flags.iter().filter(|(is, _)| *is).fold(String::new(), |text, (_, word)| text + " · " + word)
}

/// Recursion goes by the depth of a definition.
fn write_input(text: &mut String, input: &InputModel<'_>, depth: usize) {
    let indent = "  ".repeat(depth);
    let key = if *input.setter == *input.def.name { String::new() } else { format!(" [{}]", input.def.name) };
    let required = if input.required { ", required" } else { "" };
    let default = input.default.as_ref().map_or_else(String::new, |value| format!(" = {}", shown(value)));
    let _ = write!(
        text,
        "{indent}{}{key}: {}{required}{default}{}",
        input.setter,
        input.def.io_type,
        numbers(input)
    );
    if let Some(help) = &input.def.tooltip {
        let _ = write!(text, "  {}", one_line(help));
    }
    text.push('\n');
    match &input.form {
        Form::Combo(combo) => {
            for value in &combo.values {
                let variant =
                    if combo.files { String::new() } else { format!("{}::{}  ", combo.ident, value.ident) };
                let _ = writeln!(text, "{indent}  {variant}{}", shown(value.value));
            }
        }
        Form::Dynamic(dynamic) => {
            for option in &dynamic.options {
                let _ =
                    writeln!(text, "{indent}  {}::{}()  {:?}", dynamic.ident, option.ident, option.def.key);
                option.inputs.iter().for_each(|input| write_input(text, input, depth + 2));
            }
        }
        _ => {}
    }
}

/// The range and step of a number.
fn numbers(input: &InputModel<'_>) -> String {
    let (min, max, step) = match &input.def.kind {
        InputKind::Int(int) => (&int.min, &int.max, &int.step),
        InputKind::Float(float) => (&float.min, &float.max, &float.step),
        _ => return String::new(),
    };
    let end =
        |number: &Option<serde_json::Number>| number.as_ref().map(ToString::to_string).unwrap_or_default();
    let step = step.as_ref().map_or_else(String::new, |step| format!(" step {step}"));
    format!(" ({}..{}{step})", end(min), end(max))
}

fn shown(value: &Value) -> String {
    const LONGEST: usize = 200;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

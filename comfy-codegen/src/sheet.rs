//! The signature sheet: one line per node, for people and agents to search.

use std::fmt::Write as _;

use comfy_graph::catalog::{AutogrowNames, InputKind};
use serde_json::{Number, Value};

use crate::{
    model::{AutogrowModel, ComboModel, Form, InputModel, NodeModel, OutputModel},
    names::Names,
};

const LEGEND: &str = "\
# One line per node: Node(setters) -> outputs. Grep for a class, an input or a type.
#   name*:Type    has to be set                    name:Type      a link that may be left out
#   name=20 1..99 default, least..greatest value   name=0u64      a seed (u64); 1 is i64, 1.0 f64, \"\" text
#   name=A|B|+9   variants of NodeName (<Node><Name>); `T::A` those of a list that nodes share; (files): \"name\"
#   name=a(x,y)|b dynamic combo: NodeName::a().x(..).y(..)       name:[T; 1..9] list of links
#   -> T          Output<T>; -> {a:T, b:U} a struct with these fields; ends without -> if there are no outputs
";

/// The longest text of a default, in characters.
const LONGEST: usize = 20;
/// The most options of a combo that are listed.
const OPTIONS: usize = 3;

/// The sheet of these classes, sorted by their names in Rust.
pub(crate) fn sheet(names: &Names<'_>, classes: &[&str]) -> String {
    let mut lines: Vec<String> = classes.iter().filter_map(|class| names.node(class)).map(line).collect();
    lines.sort_unstable();
    lines.iter().fold(LEGEND.to_owned(), |text, line| text + line + "\n")
}

pub(crate) fn line(node: &NodeModel<'_>) -> String {
    let mut line = node.ident.clone();
    if node.ident != *node.def.class_type {
        let _ = write!(line, "[{}]", one_line(&node.def.class_type));
    }
    let inputs: Vec<String> = node.inputs.iter().map(|input| setter(node, input)).collect();
    let _ = write!(line, "({})", inputs.join(", "));
    let outputs: Vec<String> = node.outputs.iter().map(|output| field(node, output)).collect();
    match (outputs.as_slice(), node.outputs.as_slice()) {
        ([], _) => {}
        (_, [output]) => {
            let _ = write!(line, " -> {}", marker(node, &output.marker));
        }
        _ => {
            let _ = write!(line, " -> {{{}}}", outputs.join(", "));
        }
    }
    let marks = [
        (node.def.deprecated, "deprecated"),
        (node.def.experimental, "experimental"),
        (node.def.api_node, "paid"),
        (node.def.output_node, "output"),
    ];
    let marks: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
    if !marks.is_empty() {
        let _ = write!(line, " #{}", marks.join(" #"));
    }
    line
}

fn field(node: &NodeModel<'_>, output: &OutputModel<'_>) -> String {
    format!("{}:{}", output.ident, marker(node, &output.marker))
}

/// A type's text, with type parameters as the types that they stand for where an input says so.
fn marker(node: &NodeModel<'_>, text: &str) -> String {
    let allowed = node.inputs.iter().find_map(|input| match &input.form {
        Form::Match { param, marker } if param == text => Some(format!("{text}={marker}")),
        _ => None,
    });
    short_type(allowed.as_deref().unwrap_or(text))
}

/// `Image|Mask` for `AnyOf<(Image, Mask)>`.
fn short_type(text: &str) -> String {
    text.replace("AnyOf<(", "").replace(")>", "").replace(", ", "|")
}

fn setter(node: &NodeModel<'_>, input: &InputModel<'_>) -> String {
    let name = format!("{}{}", input.setter, if input.required { "*" } else { "" });
    let default = input.default.as_ref().filter(|_| !input.required);
    let range = range(input).map_or_else(String::new, |range| format!(" {range}"));
    match &input.form {
        Form::Link { marker } | Form::Union { marker } | Form::Json { marker } => {
            let value = default.map_or_else(String::new, |value| format!("={}", literal(value)));
            format!("{name}:{}{value}{range}", short_type(marker))
        }
        Form::Match { param, marker } => format!("{name}:{param}={}", short_type(marker)),
        Form::Int => valued(&name, default, "i64", "") + &range,
        Form::Seed => valued(&name, default, "u64", "u64"),
        Form::Float => valued(&name, default, "f64", "") + &range,
        Form::Str => valued(&name, default, "str", ""),
        Form::Bool => valued(&name, default, "bool", ""),
        Form::Combo(combo) => choices(node, input, &name, combo),
        Form::Dynamic(dynamic) => {
            let options = dynamic.options.iter().map(|option| {
                let setters: Vec<String> = option.inputs.iter().map(nested).collect();
                if setters.is_empty() {
                    option.ident.clone()
                } else {
                    format!("{}({})", option.ident, setters.join(","))
                }
            });
            format!("{name}={}", options.collect::<Vec<_>>().join("|"))
        }
        Form::Autogrow(autogrow) => format!("{name}:{}", list(autogrow)),
    }
}

/// A setter of an option: only its name.
fn nested(input: &InputModel<'_>) -> String {
    format!("{}{}", input.setter, if input.required { "*" } else { "" })
}

fn valued(name: &str, default: Option<&Value>, word: &str, suffix: &str) -> String {
    match default {
        Some(value) => format!("{name}={}{suffix}", literal(value)),
        None => format!("{name}:{word}"),
    }
}

/// Variants, the default first; of a shared list its name and the default only.
fn choices(node: &NodeModel<'_>, input: &InputModel<'_>, name: &str, combo: &ComboModel<'_>) -> String {
    if combo.files {
        return format!("{name}:(files)");
    }
    let default = input.default.as_ref().and_then(|value| combo.ident_of(value));
    if combo.alias.is_some() {
        let count = combo.values.len().saturating_sub(1);
        return format!("{name}={}::{}|+{count}", combo.ident, default.unwrap_or_default());
    }
    let others =
        combo.values.iter().map(|value| value.ident.as_str()).filter(|ident| Some(*ident) != default);
    let mut all: Vec<&str> = default.into_iter().chain(others).collect();
    let rest = all.len().saturating_sub(OPTIONS);
    all.truncate(OPTIONS);
    let more = if rest > 0 { format!("|+{rest}") } else { String::new() };
    // only where the name is not the one that everybody would guess
    let guess = format!("{}{}", node.ident, crate::names::upper(&input.def.name));
    let path = if combo.ident == guess { String::new() } else { format!("{}::", combo.ident) };
    format!("{name}={path}{}{more}", all.join("|"))
}

fn list(autogrow: &AutogrowModel<'_>) -> String {
    let most = autogrow.names.max();
    let names = match autogrow.names {
        AutogrowNames::Prefix { .. } => String::new(),
        AutogrowNames::List(names) if names.len() <= OPTIONS => format!(" {}", names.join(",")),
        AutogrowNames::List(_) => " named".to_owned(),
    };
    format!("[{}; {}..{most}{names}]", short_type(&autogrow.marker), autogrow.min)
}

/// A value as Rust writes it, cut where it is long.
fn literal(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            format!("\"{}…\"", one_line(&start))
        }
        Value::String(text) => format!("\"{}\"", one_line(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => "json".to_owned(),
    }
}

fn one_line(text: &str) -> String {
    text.escape_debug().to_string()
}

/// `1..10000`. Ends that are as good as none are left out.
fn range(input: &InputModel<'_>) -> Option<String> {
    const FAR: f64 = 1e8;
    let (min, max) = match &input.def.kind {
        InputKind::Int(int) => (&int.min, &int.max),
        InputKind::Float(float) => (&float.min, &float.max),
        _ => return None,
    };
    let end = |number: &Option<Number>| {
        number.as_ref().filter(|n| n.as_f64().is_some_and(|n| n.abs() < FAR)).map(|n| {
            let text = n.to_string();
            text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
        })
    };
    let (min, max) = (end(min), end(max));
    (min.is_some() || max.is_some())
        .then(|| format!("{}..{}", min.unwrap_or_default(), max.unwrap_or_default()))
}

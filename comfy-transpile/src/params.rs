//! An interface as a list: a line for each parameter, result and role, for people or for programs.

use std::fmt::Write as _;

use comfy_graph::interface::{Interface, Param, ParamKind, ParamSource, Range, Role, RoleFound};
use serde_json::{Map, Value, json};

/// How many options a line for people has.
const MOST_OPTIONS: usize = 5;

/// How long a value or a text is on a line for people, in characters.
const LONGEST: usize = 60;

/// The interface for people: `name: type = default at place (source): description`, then the roles. What has to be set
/// has a `!` behind its name.
pub fn list(interface: &Interface) -> String {
    let mut text = String::new();
    if let Some(description) = &interface.description {
        line(&mut text, &format!("# {}", short(description)));
    }
    for param in &interface.params {
        line(&mut text, &of_param(param));
    }
    for role in Role::ALL {
        match interface.role(*role) {
            // the line of its parameter says so already
            RoleFound::One(_) if has_param(interface, *role) => {}
            RoleFound::One(binding) => line(&mut text, &format!("role {role} is {binding}")),
            RoleFound::Ambiguous(candidates) => {
                let places = candidates.iter().map(|found| format!("{} ({})", found.binding, found.node));
                let places = places.collect::<Vec<_>>().join(" or ");
                line(&mut text, &format!("role {role} may be {places}"));
            }
            RoleFound::None => {}
        }
    }
    text
}

/// Whether a parameter is listed as this role.
fn has_param(interface: &Interface, role: Role) -> bool {
    interface.params.iter().any(|param| matches!(param.source, ParamSource::Role(own) if own == role))
}

/// The interface for programs: a JSON object a line, whose `kind` is `workflow`, `param`, `output` or `role`.
pub fn list_json(interface: &Interface) -> String {
    let workflow = interface.description.iter().map(|it| json!({"kind": "workflow", "description": it}));
    let params = interface.params.iter().map(json_of_param);
    let outputs = interface.outputs.iter().map(|output| {
        let io_type = output.io_type.as_ref().map(ToString::to_string);
        json!({"kind": "output", "name": output.name, "node": output.node.as_str(), "type": io_type})
    });
    let roles = Role::ALL.iter().filter_map(|role| match interface.role(*role) {
        RoleFound::One(at) => Some(json!({"kind": "role", "name": role.name(), "at": at.to_string()})),
        RoleFound::Ambiguous(candidates) => {
            let candidates = candidates.iter();
            let candidates: Vec<Value> = candidates
                .map(|found| json!({"at": found.binding.to_string(), "node": found.node}))
                .collect();
            Some(json!({"kind": "role", "name": role.name(), "candidates": candidates}))
        }
        RoleFound::None => None,
    });
    let mut text = String::new();
    for object in workflow.chain(params).chain(outputs).chain(roles) {
        // nothing that can be written to a text fails
        let _ = writeln!(text, "{object}");
    }
    text
}

fn of_param(param: &Param) -> String {
    let mark = if param.required { "!" } else { "" };
    let mut text = format!("{}{mark}: {}", param.name, param.kind);
    let options = options(&param.kind);
    if let Some((shown, rest)) = options.split_at_checked(MOST_OPTIONS.min(options.len()))
        && !shown.is_empty()
    {
        let more = if rest.is_empty() { String::new() } else { format!(", and {} more", rest.len()) };
        let _ = write!(text, " ({}{more})", shown.join(", "));
    }
    if let Some(default) = &param.default {
        let _ = write!(text, " = {}", short(&default.to_string()));
    }
    let places: Vec<String> = param.bindings.iter().map(ToString::to_string).collect();
    let _ = write!(text, " at {} ({})", places.join(", "), param.source);
    if let Some(said) = param.description.as_ref().or(param.tooltip.as_ref()) {
        let _ = write!(text, ": {}", short(said));
    }
    text
}

fn json_of_param(param: &Param) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("kind", "param".into());
    put("name", (*param.name).into());
    put("type", io_type(&param.kind).into());
    match &param.kind {
        ParamKind::Int(Range { min, max, step }) | ParamKind::Float(Range { min, max, step }) => {
            for (key, number) in [("min", min), ("max", max), ("step", step)] {
                if let Some(number) = number {
                    put(key, number.clone().into());
                }
            }
        }
        ParamKind::Choice { options, multiple } => {
            put("options", options.iter().cloned().collect());
            put("multiple", (*multiple).into());
        }
        ParamKind::File { options, upload } => {
            put("options", options.iter().cloned().collect());
            put("upload", upload.is_some().into());
        }
        _ => {}
    }
    put("default", param.default.clone().unwrap_or_default());
    put("required", param.required.into());
    let said = param.description.as_ref().or(param.tooltip.as_ref());
    put("description", said.map_or(Value::Null, |said| (**said).into()));
    put("source", param.source.to_string().into());
    put("at", param.bindings.iter().map(|place| Value::from(place.to_string())).collect());
    Value::Object(object)
}

/// The type in a word.
fn io_type(kind: &ParamKind) -> String {
    match kind {
        ParamKind::Int(_) => "INT".to_owned(),
        ParamKind::Float(_) => "FLOAT".to_owned(),
        ParamKind::Text { .. } => "STRING".to_owned(),
        ParamKind::Boolean => "BOOLEAN".to_owned(),
        ParamKind::Choice { .. } => "COMBO".to_owned(),
        ParamKind::File { .. } => "FILE".to_owned(),
        ParamKind::Link(io_type) => io_type.to_string(),
        _ => "JSON".to_owned(),
    }
}

fn options(kind: &ParamKind) -> Vec<String> {
    match kind {
        ParamKind::Choice { options, .. } | ParamKind::File { options, .. } => {
            let texts = options.iter().map(|option| match option.as_str() {
                Some(text) => short(text),
                None => short(&option.to_string()),
            });
            texts.collect()
        }
        _ => Vec::new(),
    }
}

/// A text on one line, or its start.
fn short(text: &str) -> String {
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Adds a line, without what a file could do to a terminal.
fn line(text: &mut String, words: &str) {
    text.extend(words.chars().map(|c| if c.is_control() { ' ' } else { c }));
    text.push('\n');
}

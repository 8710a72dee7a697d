//! The sidecar file of a workflow, `NAME.meta.json`, as comfyui-mcp-server reads it.
//!
//! | member | what |
//! |---|---|
//! | `description`, else `name` | what the workflow is for |
//! | `override_mappings` | `{name: [[node, input], …]}`: parameters |
//! | `defaults` | `{name: value}` |
//! | `constraints` | `{name: {min, max, step, enum}}` |
//!
//! What of it has another form is left out, with a finding.

use serde_json::{Map, Number, Value};

use super::{
    Binding, Param, ParamKind, ParamSource, Range,
    collect::{Collect, Draft},
    listing::Listing,
};
use crate::{
    catalog::Choices,
    diag::{Diagnostic, Severity, codes, short},
};

/// Adds the parameters of the mappings. Gives the description of the workflow.
pub(super) fn collect(collect: &mut Collect<'_>, listing: &Listing, content: &Value) -> Option<Box<str>> {
    if !content.is_object() {
        collect.found.push(odd("the sidecar file is no object".to_owned()));
    }
    for (name, places) in members(content, "override_mappings") {
        let Some(places) = places.as_array() else {
            collect.found.push(odd(format!("the sidecar's mapping of `{}` is no list", short(name))));
            continue;
        };
        for place in places {
            if let Some(binding) = binding(place).filter(|binding| is_there(listing, binding)) {
                let binding = collect.place(binding);
                collect.add(Draft::new(name.as_str(), ParamSource::Sidecar, binding));
                continue;
            }
            let (name, place) = (short(name), place.to_string());
            let message = format!("the sidecar binds `{name}` to {}, which is not there", short(&place));
            let found = Diagnostic::new(codes::UNKNOWN_INPUT, message);
            collect.found.push(Diagnostic { severity: Severity::Warning, ..found });
        }
    }
    let text = |key: &str| content.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    text("description").or_else(|| text("name")).map(Into::into)
}

/// Applies defaults and constraints to the parameters, whatever their source.
pub(super) fn constrain(collect: &mut Collect<'_>, content: &Value) {
    for (name, value) in members(content, "defaults") {
        match collect.param_mut(name) {
            Some(param) => {
                param.default = Some(value.clone());
                param.required = false;
            }
            None => collect.found.push(nobody(name, "a default")),
        }
    }
    for (name, limits) in members(content, "constraints") {
        match collect.param_mut(name) {
            Some(param) => {
                if !limit(param, limits) {
                    collect
                        .found
                        .push(odd(format!("the sidecar's constraints of `{}` do not fit it", short(name))));
                }
            }
            None => collect.found.push(nobody(name, "constraints")),
        }
    }
}

/// Narrows what a parameter takes. Whether the constraints make sense for it.
fn limit(param: &mut Param, limits: &Value) -> bool {
    let number = |key: &str| limits.get(key).and_then(Value::as_number).cloned();
    let range = Range { min: number("min"), max: number("max"), step: number("step") };
    let options = limits.get("enum").and_then(Value::as_array);
    if let Some(options) = options {
        let options: Choices = options.iter().cloned().collect();
        param.kind = ParamKind::Choice { options, multiple: false };
        return range == Range::default();
    }
    match &mut param.kind {
        ParamKind::Int(own) | ParamKind::Float(own) => {
            own.narrow(&range);
            // the sidecar's step is the one that is meant
            own.step = range.step.map_or_else(|| own.step.take(), Some::<Number>);
            limits.is_object()
        }
        _ => limits.as_object().is_some_and(Map::is_empty),
    }
}

fn members<'v>(content: &'v Value, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    content.get(key).and_then(Value::as_object).into_iter().flatten()
}

/// `[node, input]`, the id as text or as a number.
fn binding(place: &Value) -> Option<Binding> {
    let node = match place.get(0)? {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    Some(Binding::new(node, place.get(1)?.as_str()?))
}

fn is_there(listing: &Listing, binding: &Binding) -> bool {
    let node = listing.0.iter().find(|node| node.key == binding.node);
    node.is_some_and(|node| node.binding(&binding.input).is_some())
}

fn odd(message: String) -> Diagnostic {
    let found = Diagnostic::new(codes::INVALID_INPUT_TYPE, message);
    Diagnostic { severity: Severity::Warning, ..found }
}

fn nobody(name: &str, what: &str) -> Diagnostic {
    let message = format!("the sidecar has {what} for `{}`, which is no parameter", short(name));
    let found = Diagnostic::new(codes::UNKNOWN_INPUT, message);
    Diagnostic { severity: Severity::Warning, ..found }
}

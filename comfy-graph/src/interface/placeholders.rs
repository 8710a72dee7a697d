//! Texts `PARAM_…` in the place of values, in the convention of comfyui-mcp-server: `PARAM_PROMPT`,
//! `PARAM_INT_STEPS`. The same name in several places is one parameter.

use serde_json::Value;

use super::{
    Binding, ParamKind, ParamSource, Range,
    collect::{Collect, Draft},
    place,
};
use crate::graph::{Graph, Slot};

const PREFIX: &str = "PARAM_";

/// Names that need not be given, as that server lists them; all others are required.
const OPTIONAL: &[&str] = &[
    "seed",
    "width",
    "height",
    "model",
    "steps",
    "cfg",
    "sampler_name",
    "scheduler",
    "denoise",
    "negative_prompt",
    "seconds",
    "lyrics_strength",
    "duration",
    "fps",
];

/// A placeholder that was read.
struct Placeholder {
    name: String,
    /// What its prefix says of it.
    kind: ParamKind,
}

/// Whether a graph has placeholders anywhere, so that an interface is worth making to fill them in.
pub fn has_placeholders(graph: &Graph) -> bool {
    let inside = graph.subgraphs().flat_map(|(_, subgraph)| subgraph.graph.nodes());
    graph.nodes().chain(inside).any(|(_, node)| {
        let widgets = node.widgets.iter().filter_map(|widget| widget.value.as_ref());
        let delivered = node.inputs.iter().filter_map(|input| input.value.as_ref());
        widgets.chain(delivered).any(is_placeholder)
    })
}

/// Whether a value is a placeholder.
pub(super) fn is_placeholder(value: &Value) -> bool {
    read(value).is_some()
}

/// Adds the parameters of all placeholders in nodes that run.
pub(super) fn collect(collect: &mut Collect<'_>) {
    let flat = collect.flat;
    for (ix, node) in flat.nodes() {
        for widget in node.widgets.iter().filter(|widget| widget.sent) {
            let slot = node.input_slot(&widget.name);
            let delivered = slot.and_then(|slot| node.inputs.get(slot)?.value.as_ref());
            let is_linked = slot.is_some_and(|slot| flat.source(Slot { node: ix, slot }).is_some());
            let value = delivered.or(widget.value.as_ref()).filter(|_| !is_linked);
            if let Some(placeholder) = value.and_then(read) {
                add(collect, placeholder, Binding { node: node.key.clone(), input: widget.name.clone() });
            }
        }
    }
}

fn add(collect: &mut Collect<'_>, placeholder: Placeholder, at: Binding) {
    let binding = place::home(collect.graph, &at).map_or(at, |home| home.binding);
    let Placeholder { name, kind } = placeholder;
    let is_known = !collect.known.declared(collect.catalog, &binding).is_empty();
    let required = !OPTIONAL.contains(&name.as_str());
    collect.add(Draft { required, ..Draft::new(name.clone(), ParamSource::Placeholder, binding) });
    // the catalog says more than the prefix
    if !is_known && let Some(param) = collect.param_mut(&name) {
        param.kind = kind;
    }
}

fn read(value: &Value) -> Option<Placeholder> {
    let token = value.as_str()?.strip_prefix(PREFIX)?;
    let range = Range::default;
    let typed = token.split_once('_').and_then(|(word, rest)| {
        let kind = match word.to_ascii_uppercase().as_str() {
            "STR" | "STRING" | "TEXT" => ParamKind::Text { multiline: false },
            "INT" => ParamKind::Int(range()),
            "FLOAT" => ParamKind::Float(range()),
            "BOOL" => ParamKind::Boolean,
            _ => return None,
        };
        Some((kind, rest))
    });
    let (kind, name) = typed.unwrap_or((ParamKind::Text { multiline: false }, token));
    Some(Placeholder { name: plain(name), kind })
}

/// A name in small letters, with an underscore for everything that is no letter or digit.
pub(super) fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.trim().chars() {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else {
            plain.push('_');
        }
    }
    match plain.trim_matches('_') {
        "" => "param".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}

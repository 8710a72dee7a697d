//! Classes that the catalog does not have.

use std::collections::BTreeSet;

use super::{Check, NodeView};
use crate::{
    catalog::{Catalog, IoType, NodeDef},
    diag::{Applicability, Diagnostic, EditKind, Suggestion, codes},
    graph::{Graph, NodeSource, Slot},
    suggest::{self, Name, Near},
};

/// Candidates that are named.
const SHOWN: usize = 3;

/// `validate_prompt` stops at the first of these; every node counts, whether an output needs it or not.
pub(super) fn missing(check: &mut Check<'_>, view: &NodeView<'_>) {
    let (node, class) = (view.node, &*view.node.class_type);
    let message = if class.is_empty() {
        format!("node #{} has no class", node.key)
    } else {
        format!("{}: the catalog has no class {class:?}", node.describe())
    };
    let mut finding = Diagnostic::new(codes::MISSING_NODE_TYPE, message).node(&node.key).at_opt(node.path());
    if let Some(catalog) = check.catalog {
        let near = candidates(check, view, catalog);
        let is_sure = suggest::is_sure(&near);
        for (position, near) in near.iter().enumerate() {
            let applicability = if is_sure && position == 0 {
                Applicability::MachineApplicable
            } else {
                Applicability::MaybeIncorrect
            };
            finding = finding.suggest(change_class(view, near.text, applicability));
        }
    }
    check.found.push(finding);
}

fn change_class(view: &NodeView<'_>, class: &str, applicability: Applicability) -> Suggestion {
    let member = match view.node.source {
        Some(NodeSource::Workflow { .. }) => "type",
        _ => "class_type",
    };
    let kind = if view.node.class_type.is_empty() && member == "class_type" {
        EditKind::Insert(class.into())
    } else {
        EditKind::Replace(class.into())
    };
    let path = view.node.path().map(|path| path.key(member));
    Suggestion::new(format!("did you mean {class:?}?"), applicability).edit(path, kind)
}

/// Classes with a name like this one's, with inputs like those of the node, and with the outputs that others take of
/// it; best first.
fn candidates<'c>(check: &mut Check<'c>, view: &NodeView<'_>, catalog: &'c Catalog) -> Vec<Near<'c>> {
    if !check.suggestions.spend(catalog.len()) {
        return Vec::new();
    }
    let name = Name::new(&view.node.class_type);
    let (keys, taken) = (keys(view), taken(check.graph, view));
    let mut ranked: Vec<Near<'_>> = check
        .tables
        .classes(catalog)
        .filter_map(|(class, def)| {
            let words = name.similarity_if_enough(class);
            let inputs = shared_inputs(def, &keys);
            if words < suggest::ENOUGH && (inputs < 0.75 || keys.len() < 2) {
                return None;
            }
            let slots = fitting_outputs(&taken, def);
            // a class of another name has to have the very inputs of this node
            let score = if words >= suggest::ENOUGH {
                words - 0.1 * (1.0 - inputs) - 0.1 * (1.0 - slots)
            } else {
                0.6 * inputs + 0.1 * slots
            };
            (words >= suggest::ENOUGH || slots > 0.0).then_some(Near { text: &def.class_type, score })
        })
        .collect();
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
    ranked.truncate(SHOWN);
    ranked
}

/// The inputs of a node, of dynamic ones the part before the first dot.
fn keys<'n>(view: &NodeView<'n>) -> BTreeSet<&'n str> {
    let widgets = view.node.widgets.iter().filter(|widget| widget.sent).map(|widget| &*widget.name);
    let sockets = view.node.inputs.iter().map(|input| &*input.name);
    widgets.chain(sockets).map(|name| name.split('.').next().unwrap_or(name)).collect()
}

/// How much of the inputs is declared and given, from 0 to 1.
#[allow(clippy::cast_precision_loss, reason = "numbers of inputs")]
fn shared_inputs(def: &NodeDef, keys: &BTreeSet<&str>) -> f64 {
    let shared = def.inputs.iter().filter(|input| keys.contains(&*input.name)).count();
    let all = def.inputs.len() + keys.len().saturating_sub(shared);
    if all == 0 { 0.5 } else { shared as f64 / all as f64 }
}

/// The outputs that are taken of a node, with the types that their takers accept.
fn taken<'g>(graph: &'g Graph, view: &NodeView<'_>) -> Vec<(usize, Option<&'g IoType>)> {
    const FEW: usize = 16;
    let links = graph.links_from(view.ix).into_iter().take(FEW);
    let wanted =
        |to: Slot| graph.get(to.node).and_then(|node| node.inputs.get(to.slot)).map(|input| &input.io_type);
    links.map(|link| (link.from.slot, wanted(link.to))).collect()
}

/// 1 when the class has every output that is taken, with a type that its taker accepts; else 0.
fn fitting_outputs(taken: &[(usize, Option<&IoType>)], def: &NodeDef) -> f64 {
    let fits = taken.iter().all(|(slot, wanted)| {
        let given = def.outputs.get(*slot).map(|output| &output.io_type);
        given.is_some_and(|given| wanted.is_none_or(|wanted| wanted.accepts(given)))
    });
    f64::from(u8::from(fits))
}

//! Whether linked slots fit (`comfy_execution/validation.py: validate_node_input`), and whether inputs that share
//! a template agree, which the server does not ask.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    Check, NodeView,
    expand::{self, Expanded},
    links::{self, Given},
};
use crate::{
    catalog::{InputKind, IoType},
    diag::{Severity, codes},
    graph::{Link, Slot},
};

/// Finds the types of outputs that follow a template, sources first.
pub(super) fn resolve_templates(check: &mut Check<'_>) {
    for ix in check.graph.execution_order() {
        let node = &check.graph[ix];
        let Some(def) = check.catalog.get(&node.class_type) else { continue };
        if def.outputs.iter().all(|output| output.match_template.is_none()) {
            continue;
        }
        let given = links::given(check.graph, ix, node);
        let inputs = expand::inputs(def, &given);
        let types = template_types(check, &inputs, &given);
        for (slot, output) in def.outputs.iter().enumerate() {
            let found = output.match_template.as_deref().and_then(|template| types.get(template));
            // inputs that disagree decide nothing
            if let Some([only]) = found.map(Vec::as_slice) {
                check.resolved.insert(Slot { node: ix, slot }, only.2.clone());
            }
        }
    }
}

/// The different types that arrive at the inputs of each template, with the input that brings each first.
fn template_types<'i>(
    check: &Check<'_>,
    inputs: &'i [Expanded<'_>],
    given: &IndexMap<&str, Given<'_>>,
) -> BTreeMap<&'i str, Vec<(&'i str, Link, IoType)>> {
    let mut types: BTreeMap<&str, Vec<(&str, Link, IoType)>> = BTreeMap::new();
    for input in inputs {
        let InputKind::MatchType { template_id } = &input.def.kind else { continue };
        let Some(Given::Link(link)) = given.get(input.name.as_str()) else { continue };
        let Some(from) = check.output_type(link.from).filter(|from| !is_open(from)) else { continue };
        let known = types.entry(&**template_id).or_default();
        if known.iter().all(|(.., other)| !other.accepts(&from)) {
            known.push((&*input.name, link.clone(), from));
        }
    }
    types
}

/// Whether the type says nothing.
fn is_open(io_type: &IoType) -> bool {
    io_type.is_any() || io_type.as_str().is_empty() || io_type.as_str() == "COMFY_MATCHTYPE_V3"
}

/// Inputs of one template that are given different types.
pub(super) fn check_templates(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    inputs: &[Expanded<'_>],
    given: &IndexMap<&str, Given<'_>>,
) {
    if !inputs.iter().any(|input| matches!(input.def.kind, InputKind::MatchType { .. })) {
        return;
    }
    for types in template_types(check, inputs, given).into_values() {
        let Some(((first, _, wanted), others)) = types.split_first() else { continue };
        for (name, _, from) in others {
            let what =
                format!("{name} is given {from}, but {first}, which must have the same type, {wanted}");
            let mut finding = view.finding(codes::RETURN_TYPE_MISMATCH, name, &what);
            // a switch that passes on one of them only runs nevertheless
            finding.severity = Severity::Warning;
            check.found.push(finding);
        }
    }
}

/// One link.
pub(super) fn check_link(check: &mut Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>, link: &Link) {
    let source = &check.graph[link.from.node];
    let name = &*input.name;
    let Some(from) = check.output_type(link.from) else {
        if let Some(def) = check.catalog.get(&source.class_type) {
            let (slot, count) = (link.from.slot, def.outputs.len());
            let what =
                format!("{name} is linked to output {slot} of {}, which has {count}", source.describe());
            let mut finding = view.finding(codes::SLOT_OUT_OF_RANGE, name, &what);
            finding.severity = if view.runs { Severity::Error } else { Severity::Warning };
            check.found.push(finding);
        }
        return;
    };
    let wanted = &input.def.io_type;
    if from.as_str().is_empty() {
        return;
    }
    if !wanted.accepts(&from) {
        let what = format!("{name} takes {wanted}, but {} gives {from}", source.describe());
        let mut finding = view.finding(codes::RETURN_TYPE_MISMATCH, name, &what);
        if let Some(path) = source.path() {
            finding = finding.related(path, "the link comes from here");
        }
        check.found.push(finding);
    } else if from.as_str() == "COMBO" && matches!(&input.def.kind, InputKind::Combo(combo) if combo.old_form)
    {
        // `validate_node_input` compares a list with a word. A source that declares the same list would do, but
        // the catalog does not keep those apart.
        let what = format!("{name} is an old list of options, into which the server refuses links of COMBO");
        let mut finding = view.finding(codes::RETURN_TYPE_MISMATCH, name, &what);
        finding.severity = Severity::Warning;
        check.found.push(finding);
    }
}

impl Check<'_> {
    /// What comes out of a slot. `None` when there is no such slot, or nothing is known of it.
    fn output_type(&self, slot: Slot) -> Option<IoType> {
        if let Some(resolved) = self.resolved.get(&slot) {
            return Some(resolved.clone());
        }
        let node = &self.graph[slot.node];
        match self.catalog.get(&node.class_type) {
            Some(def) => def.outputs.get(slot.slot).map(|output| output.io_type.clone()),
            None => node.outputs.get(slot.slot).map(|output| output.io_type.clone()),
        }
    }
}

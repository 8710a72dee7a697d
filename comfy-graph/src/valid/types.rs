//! Whether linked slots fit (`comfy_execution/validation.py: validate_node_input`), and whether inputs that share
//! a template agree, which the server does not ask.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    Check, NodeView,
    expand::{self, Expanded},
    links::{self, Given},
    wiring::{self, Wish},
};
use crate::{
    catalog::{InputKind, IoType},
    diag::{Applicability, Diagnostic, Severity, codes},
    graph::{Link, Slot},
};

/// Finds the types of outputs that follow a template, sources first.
pub(super) fn resolve_templates(check: &mut Check<'_>) {
    for ix in check.graph.execution_order() {
        let node = &check.graph[ix];
        let Some(def) = check.def(&node.class_type) else { continue };
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
        check_slot(check, view, input, link);
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
        let finding = suggest_sources(check, view, finding, input, link);
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

/// A link from an output that its node does not have.
fn check_slot(check: &mut Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>, link: &Link) {
    let source = &check.graph[link.from.node];
    let Some(def) = check.def(&source.class_type) else { return };
    let (slot, count) = (link.from.slot, def.outputs.len());
    let what =
        format!("{} is linked to output {slot} of {}, which has {count}", input.name, source.describe());
    let mut finding = view.finding(codes::SLOT_OUT_OF_RANGE, &input.name, &what);
    finding.severity = Severity::Error;
    if let Some(path) = source.path() {
        finding = finding.related(path, "the link comes from here");
    }
    let finding = suggest_sources(check, view, finding, input, link);
    check.found.push(finding);
}

/// What a link into the input has to give. Of inputs that share a template one that is linked decides, then whoever
/// takes the output.
pub(super) fn wanted(check: &Check<'_>, view: &NodeView<'_>, input: &Expanded<'_>) -> IoType {
    const FEW: usize = 16;
    let io_type = &input.def.io_type;
    let (InputKind::MatchType { template_id }, Some(def)) =
        (&input.def.kind, check.def(&view.node.class_type))
    else {
        return io_type.clone();
    };
    let is_same = |name: &str| {
        let kind = def.resolve_input(name).map(|other| &other.kind);
        matches!(kind, Some(InputKind::MatchType { template_id: other }) if other == template_id)
    };
    let links = check.graph.links_into(view.ix).into_iter().take(FEW);
    let mut others = links.filter(|link| {
        view.node
            .inputs
            .get(link.to.slot)
            .is_some_and(|slot| *slot.name != *input.name && is_same(&slot.name))
    });
    let given = others.find_map(|link| check.output_type(link.from).filter(|given| !is_open(given)));
    let taken = || {
        let links = check.graph.links_from(view.ix).into_iter().take(FEW);
        let mut of_template = links.filter(|link| {
            let output = def.outputs.get(link.from.slot);
            output.is_some_and(|output| output.match_template.as_ref() == Some(template_id))
        });
        of_template.find_map(|link| {
            let taker = check.graph.get(link.to.node)?;
            Some(taker.inputs.get(link.to.slot)?.io_type.clone()).filter(|taken| !is_open(taken))
        })
    };
    given.or_else(taken).filter(|found| io_type.accepts(found)).unwrap_or_else(|| io_type.clone())
}

/// Names the outputs that would fit, those of the same node first; one that fits there alone is surely meant.
fn suggest_sources(
    check: &mut Check<'_>,
    view: &NodeView<'_>,
    mut finding: Diagnostic,
    input: &Expanded<'_>,
    link: &Link,
) -> Diagnostic {
    let io_type = wanted(check, view, input);
    let wish = Wish { input: &input.name, io_type: &io_type, instead_of: Some(link.from) };
    let outlets = wiring::outlets(check, view, &wish);
    let same = outlets.iter().filter(|outlet| outlet.slot.node == link.from.node).count();
    let is_clear = outlets.first().is_some_and(|outlet| outlet.loose) || same > 0;
    for outlet in &outlets {
        let mut suggestion = wiring::link_to(check, view, &input.name, outlet, true);
        if same == 1 && outlet.slot.node == link.from.node {
            suggestion.applicability = Applicability::MachineApplicable;
        }
        finding = finding.suggest(suggestion);
    }
    if is_clear { finding } else { links::suggest_class(check, finding, &[(None, io_type)]) }
}

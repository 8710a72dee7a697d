//! What is legal and hardly meant: deprecated and paid nodes, pictures that are upscaled twice, models of different
//! families ([`families`]). Only of nodes that run, only warnings and notes, and only what is known for sure.

mod families;

use std::collections::BTreeSet;

use super::{Check, NodeView, Reach};
use crate::{
    catalog::NodeDef,
    diag::{Severity, codes},
    graph::Graph,
};

/// Gives advice about the nodes that run.
pub(super) fn check(check: &mut Check<'_>, reach: &Reach) {
    for (ix, node) in check.graph.nodes().filter(|(ix, _)| reach.contains(ix)) {
        let Some(def) = check.def(&node.class_type) else { continue };
        let view = NodeView { ix, node, runs: true };
        if def.deprecated {
            deprecated(check, &view, def);
        }
        if def.api_node {
            paid(check, &view, def);
        }
        if is_upscaler(def) {
            upscaled_twice(check, &view);
        }
    }
    families::check(check, reach);
}

/// The classes of `/node_replacements`, and a few that their pack names in the class's description.
const SUCCESSORS: &[(&str, &str)] = &[
    ("ConditioningAverage ", "ConditioningAverage"),
    ("ImageBatch", "BatchImagesNode"),
    ("ImageScaleBy", "ResizeImageMaskNode"),
    ("Load3DAnimation", "Load3D"),
    ("Preview3DAnimation", "Preview3D"),
    ("ResizeImagesByLongerEdge", "ResizeImageMaskNode"),
    ("SDV_img2vid_Conditioning", "SVD_img2vid_Conditioning"),
    ("T2IAdapterLoader", "ControlNetLoader"),
];

fn deprecated(check: &mut Check<'_>, view: &NodeView<'_>, def: &NodeDef) {
    let mut found = view.about(codes::DEPRECATED_NODE, "its author advises against this class");
    if let Some((_, successor)) = SUCCESSORS.iter().find(|(old, _)| *old == &*def.class_type) {
        found = found.help(format!("{successor} does the same"));
    }
    check.found.push(found);
}

fn paid(check: &mut Check<'_>, view: &NodeView<'_>, def: &NodeDef) {
    let price = def.price().map_or_else(String::new, |price| format!(", {price}"));
    let what = format!("running it costs credits of a paid service{price}");
    check.found.push(view.about(codes::PAID_NODE, &what));
    let used: BTreeSet<usize> =
        check.graph.links_from(view.ix).into_iter().map(|link| link.from.slot).collect();
    let unused: Vec<String> = def
        .outputs
        .iter()
        .enumerate()
        .filter(|(slot, _)| !used.contains(slot))
        .map(|(slot, output)| format!("{slot} ({})", output.io_type))
        .collect();
    if unused.is_empty() || (used.is_empty() && def.output_node) {
        return;
    }
    let what = format!("nothing takes its output {}, which is paid for", unused.join(", "));
    let mut found = view.about(codes::UNUSED_PAID_OUTPUT, &what);
    if !used.is_empty() {
        found.severity = Severity::Note;
    }
    check.found.push(found);
}

/// Whether the class makes pictures larger with a model, by its name.
fn is_upscaler(def: &NodeDef) -> bool {
    def.class_type.contains("Upscale") && def.inputs.iter().any(|input| &*input.name == "upscale_model")
}

fn upscaled_twice(check: &mut Check<'_>, view: &NodeView<'_>) {
    let Some(before) = source(check.graph, view, "image") else { return };
    let node = &check.graph[before];
    if check.def(&node.class_type).is_some_and(is_upscaler) {
        let what = format!("{} upscaled the image already", node.describe());
        let mut found = view.about(codes::UPSCALED_TWICE, &what);
        if let Some(path) = node.path() {
            found = found.related(path, "here");
        }
        check.found.push(found);
    }
}

/// The node that an input is linked to.
fn source(graph: &Graph, view: &NodeView<'_>, input: &str) -> Option<crate::graph::NodeIx> {
    let slot = view.node.input_slot(input)?;
    graph.source(crate::graph::Slot { node: view.ix, slot }).map(|link| link.from.node)
}

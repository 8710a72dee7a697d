//! The types of outputs whose class leaves them open.

use crate::{
    catalog::IoType,
    graph::{Graph, Slot},
};

/// The type of an output. That of a match type is what the inputs take that it is linked to: the frontend works out
/// the same when it loads, and refuses links between types it does not know.
pub(super) fn of_output(graph: &Graph, from: Slot) -> IoType {
    let declared =
        graph.get(from.node).and_then(|node| node.outputs.get(from.slot)).map(|output| &output.io_type);
    let open = |io_type: &IoType| matches!(io_type.as_str(), "" | "*" | "COMFY_MATCHTYPE_V3");
    match declared {
        Some(declared) if !open(declared) => return declared.clone(),
        _ => {}
    }
    let links = graph.links_from(from.node).into_iter().filter(|link| link.from == from);
    let taken =
        links.filter_map(|link| Some(graph.get(link.to.node)?.inputs.get(link.to.slot)?.io_type.clone()));
    taken
        .into_iter()
        .find(|io_type| !open(io_type) && !io_type.as_str().contains(','))
        .unwrap_or_else(IoType::any)
}

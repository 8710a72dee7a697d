//! What the benches share.

use comfy_graph::{back, catalog::Catalog, front, passes};
use comfy_tests::synthetic::Shape;

/// The number of nodes of a typical template: six pictures of seven nodes, the median of the official ones being
/// about forty with their notes.
const MEDIAN: usize = 42;

/// A workflow of the size of the median template.
pub fn picture() -> String {
    Shape::Pictures.workflow(MEDIAN)
}

/// UI workflow → prompt; the number of nodes in it.
pub fn lower(text: &str, catalog: &Catalog) -> usize {
    let Ok(read) = front::read(text, catalog) else { return 0 };
    let lowered = passes::lower_for_execution(&read.value.graph);
    back::api::emit(&lowered.value, Some(catalog)).as_object().map_or(0, serde_json::Map::len)
}

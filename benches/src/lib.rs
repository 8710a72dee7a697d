//! What the benches share.

use comfy_codegen::names::Names;
use comfy_graph::{back, catalog::Catalog, front, passes};
use comfy_tests::synthetic::Shape;
use comfy_transpile::{
    read::{ReadOptions, read_with},
    rust::{EmitOptions, emit},
};

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

/// A workflow of about this many nodes as Rust.
pub fn flow(size: usize, catalog: &Catalog) -> String {
    let read = front::read(&Shape::Pictures.workflow(size), catalog);
    read.map_or_else(
        |_| String::new(),
        |read| emit(&read.value.graph, catalog, &EmitOptions::default()).value,
    )
}

/// Rust → prompt, without a compiler; the number of nodes in it.
pub fn lower_rust(source: &str, names: &Names<'_>) -> usize {
    let Ok(read) = read_with(source, names, &ReadOptions::default()) else { return 0 };
    let lowered = passes::lower_for_execution(&read.value.graph);
    back::api::emit(&lowered.value, None).as_object().map_or(0, serde_json::Map::len)
}

//! A `main` beside the flow, in Rust that is not read.

use comfy_dsl::prelude::*;
use nodes::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let g = Flow::new();
    flow(&g);
    let prompt = g.build()?.to_string();
    std::fs::write("prompt.json", prompt)?;
    Ok(())
}

pub fn flow(g: &Flow) {
    g.add(PreviewImage::new().images(g.add(EmptyImage::new())));
}

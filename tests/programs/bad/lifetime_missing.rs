//! A reference in a struct without a lifetime.

use comfy_dsl::prelude::*;
use nodes::*;

struct Output1 {
    prefix: &str,
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    let output = Output1 { prefix: "a" };
    g.add(SaveImage::new().images(image).filename_prefix(output.prefix));
}

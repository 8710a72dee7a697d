//! Two flows.

use comfy_dsl::prelude::*;
use nodes::*;

fn library() -> Flow {
    let g = Flow::new();
    let image = g.add(EmptyImage::new().width(32));
    g.add(SaveImage::new().images(image));
    g
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new().width(64));
    g.add(PreviewImage::new().images(image));
    g.merge(&library());
}

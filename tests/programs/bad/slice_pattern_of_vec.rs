//! A `Vec` is no slice.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = vec![64, 128];
    let width = match sizes {
        [first, ..] => first,
        _ => 1,
    };
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}

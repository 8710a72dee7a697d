//! A `match` of a slice covers every length.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = vec![64, 128];
    let width = match sizes.as_slice() {
        [] => 1,
        [only] => *only,
        [a, b] => a + b,
        [a, .., 8] => *a,
    };
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}

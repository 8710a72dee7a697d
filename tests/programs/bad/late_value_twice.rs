//! A variable that gets two values, and is not mutable.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width;
    width = 64;
    width = 128;
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

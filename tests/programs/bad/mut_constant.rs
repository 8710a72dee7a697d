//! A variable that is called like a constant, and could change.

use comfy_dsl::prelude::*;
use nodes::*;

const SIDE: i64 = 64;

pub fn flow(g: &Flow) {
    let mut SIDE = 128;
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(64))));
}

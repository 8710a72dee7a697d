//! A variable changes that is not mutable.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width = 64;
    width += 1;
    g.add(EmptyImage::new().width(width));
}

//! Branches of different types.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width = if true { 64 } else { "64" };
    g.add(EmptyImage::new().width(width));
}

//! An integer of another type.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width: i32 = 64;
    g.add(EmptyImage::new().width(width));
}

//! `&mut` is written where a function takes it.

use comfy_dsl::prelude::*;
use nodes::*;

fn bump(count: &mut i64) {
    *count += 1;
}

pub fn flow(g: &Flow) {
    let mut width = 64;
    bump(width);
    bump(&width);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}

//! Only what is declared with `mut` is given to be changed.

use comfy_dsl::prelude::*;
use nodes::*;

fn bump(count: &mut i64) {
    *count += 1;
}

pub fn flow(g: &Flow) {
    let width = 64;
    bump(&mut width);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}

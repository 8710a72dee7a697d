//! A `&mut` is no number: it takes a `*`.

use comfy_dsl::prelude::*;
use nodes::*;

fn bump(count: &mut i64) -> i64 {
    count += 1;
    count + 1
}

pub fn flow(g: &Flow) {
    let mut width = 64;
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(bump(&mut width)))));
}

//! An `FnMut` has to be mutable to be called.

use comfy_dsl::prelude::*;
use nodes::*;

fn both(f: impl FnMut(i64) -> i64) -> i64 {
    f(1) + f(2)
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(both(|x| x * 64)))));
}

//! What a function is given has the types that it promises.

use comfy_dsl::prelude::*;
use nodes::*;

fn both(f: impl Fn(i64) -> i64) -> i64 {
    f("1")
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(both(|x| x * 64)))));
}

//! An `FnOnce` is called once.

use comfy_dsl::prelude::*;
use nodes::*;

fn both(f: impl FnOnce() -> i64) -> i64 {
    f() + f()
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new().width(both(|| 64)));
    g.add(SaveImage::new().images(image));
}

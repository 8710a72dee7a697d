//! One type parameter is one type.

use comfy_dsl::prelude::*;
use nodes::*;

fn last<T>(a: T, b: T) -> T {
    let _ = a;
    b
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(last(image, "x")));
}

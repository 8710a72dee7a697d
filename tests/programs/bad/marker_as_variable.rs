//! Variables that are called like markers of types.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let [_, Int] = [64, 128];
    let width = |Image: i64| 64;
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width(1)))));
}

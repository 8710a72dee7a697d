//! A variable that has no value on one way.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width;
    if g.id_of(g.note("x")).is_some() {
        width = 64;
    }
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

//! Arrays that no branch takes.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width = match [true, false] {
        [true, _] => 64,
        [false, true] => 128,
    };
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

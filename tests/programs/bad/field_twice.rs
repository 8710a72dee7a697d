//! A pattern that has a field twice.

use comfy_dsl::prelude::*;
use nodes::*;

struct Size {
    width: i64,
    height: i64,
}

pub fn flow(g: &Flow) {
    let Size { width: w, width: h, .. } = Size { width: 64, height: 128 };
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(w).height(h))));
}

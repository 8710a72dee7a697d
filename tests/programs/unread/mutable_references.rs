//! References that change what they point to, where they are no parameters.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let mut list = [1, 2, 3];
    for width in list.iter_mut() {
        *width += 1;
    }
    for width in list {
        g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
    }
}

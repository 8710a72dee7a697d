//! An index out of bounds.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = vec![64, 128];
    let at = sizes.len();
    g.add(EmptyImage::new().width(sizes[at]));
}

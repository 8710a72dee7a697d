//! A node that is not added.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    g.add(PreviewImage::new().images(EmptyImage::new()));
}

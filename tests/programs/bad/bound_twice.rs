//! A name that is bound twice in one pattern.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let (width, width) = (64, 128);
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

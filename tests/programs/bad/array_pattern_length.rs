//! A pattern with more parts than the array has.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let [width, height, _] = [64, 128];
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width).height(height))));
}

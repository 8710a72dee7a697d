//! A value is used after it was handed on.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let name = String::from("a");
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image).filename_prefix(name));
    g.add(SaveImage::new().images(image).filename_prefix(name));
}

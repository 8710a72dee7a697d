//! A struct that refers to something that is no flow.

use comfy_dsl::prelude::*;
use nodes::*;

struct Label<'t> {
    text: &'t str,
}

pub fn flow(g: &Flow) {
    let text = String::from("a");
    let label = Label { text: &text };
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image).filename_prefix(label.text));
}

//! A lifetime that nothing declares.

use comfy_dsl::prelude::*;
use nodes::*;

fn long(name: &'a str) -> String {
    format!("{name}/{name}")
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image).filename_prefix(long("a")));
}

//! A value that is moved on the way out of a loop.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let name = String::from("x");
    let image = g.add(EmptyImage::new());
    loop {
        if g.id_of(image).is_some() {
            g.add(SaveImage::new().images(image).filename_prefix(name));
            break;
        }
    }
    g.add(SaveImage::new().images(image).filename_prefix(name));
}

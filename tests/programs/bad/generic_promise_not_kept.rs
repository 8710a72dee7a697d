//! What a type parameter promises is asked of the argument.

use comfy_dsl::prelude::*;
use nodes::*;

fn shown<T: std::fmt::Display>(value: T) -> String {
    format!("{value}")
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image).filename_prefix(shown(image)));
}

//! A type parameter has only the methods that it promises.

use comfy_dsl::prelude::*;
use nodes::*;

fn shown<T>(value: T) -> String {
    value.to_string()
}

pub fn flow(g: &Flow) {
    let image = g.add(EmptyImage::new());
    g.add(SaveImage::new().images(image).filename_prefix(shown(4)));
}

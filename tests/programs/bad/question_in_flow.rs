//! `?` in a function that returns nothing.

use comfy_dsl::prelude::*;
use nodes::*;

fn size(name: &str) -> Option<i64> {
    if name.is_empty() { None } else { Some(64) }
}

pub fn flow(g: &Flow) {
    let width = size("a")?;
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

//! Floating-point numbers are no keys.

use std::collections::HashMap;

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let mut sizes = HashMap::new();
    sizes.insert(0.5, 64);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(sizes.len() as i64))));
}

//! A map that is changed is declared with `mut`.

use std::collections::HashMap;

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = HashMap::new();
    sizes.insert("a", 64);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(sizes["a"]))));
}

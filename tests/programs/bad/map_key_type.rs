//! A map is asked by the type of its keys.

use std::collections::HashMap;

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = HashMap::from([(1, 64), (2, 128)]);
    let width = sizes["1"];
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}

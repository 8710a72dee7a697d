//! A map is asked by a reference.

use std::collections::BTreeMap;

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = BTreeMap::from([(1, 64), (2, 128)]);
    let width = sizes.get(1).copied().unwrap_or(8);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(width))));
}

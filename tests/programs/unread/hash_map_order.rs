//! The order of a hash map is another one in every run.

use std::collections::HashMap;

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = HashMap::from([("wide", 1344), ("tall", 768)]);
    for (name, width) in &sizes {
        let image = g.add(EmptyImage::new().width(*width));
        g.add(SaveImage::new().images(image).filename_prefix(*name));
    }
}

//! A key that is not there ends the program.

use std::collections::HashMap;

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = HashMap::from([("a", 64)]);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(sizes["b"]))));
}

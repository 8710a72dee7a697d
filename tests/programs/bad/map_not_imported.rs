//! A map has to be imported.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let sizes = HashMap::from([("a", 64)]);
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(sizes["a"]))));
}

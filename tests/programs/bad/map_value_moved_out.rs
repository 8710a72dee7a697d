//! Nothing is moved out of a map by its key.

use std::collections::HashMap;

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let names = HashMap::from([("a", String::from("x"))]);
    let name = names["a"];
    g.add(SaveImage::new().images(g.add(EmptyImage::new())).filename_prefix(name));
}

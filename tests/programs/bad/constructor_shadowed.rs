//! A variable with the name of a constructor.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let Some = g.add(EmptyImage::new());
    g.note("x");
}

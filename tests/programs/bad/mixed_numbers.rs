//! Numbers of different types in one sum.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let a = 1_i64;
    let b = 2.0;
    g.add(EmptyImage::new().width(a + b));
}

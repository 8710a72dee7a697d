//! A match that does not cover all values.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width = match Some(3) {
        Some(n) => n,
    };
    g.add(EmptyImage::new().width(width));
}

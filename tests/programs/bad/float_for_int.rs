//! A float for an integer.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    g.add(EmptyImage::new().width(64.0));
}

//! A name that stands for nothing.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    g.add(EmptyImage::new().width(wide));
}

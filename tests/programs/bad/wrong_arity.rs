//! Too many arguments.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    g.add(EmptyImage::new().width(1, 2));
}

//! An input that there is not.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    g.add(EmptyImage::new().widht(64));
}

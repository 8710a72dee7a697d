//! A number that overflows.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let mut width: u8 = 250;
    for _ in 0..10 {
        width += 1;
    }
    g.add(EmptyImage::new().width(i64::from(width)));
}

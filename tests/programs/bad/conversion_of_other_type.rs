//! `from` takes what its `impl` says.

use comfy_dsl::prelude::*;
use nodes::*;

struct Size(i64);

impl From<i64> for Size {
    fn from(size: u64) -> Self {
        Size(size as i64)
    }
}

pub fn flow(g: &Flow) {
    g.add(SaveImage::new().images(g.add(EmptyImage::new().width(Size::from(4).0))));
}

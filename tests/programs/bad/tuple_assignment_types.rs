//! A tuple of other types is assigned.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let (mut a, mut b) = (1_i64, "x");
    (b, a) = (a, b);
    g.add(PreviewAny::new().source(g.add(EmptyImage::new().width(a).height(64).color(1))));
    let _ = b;
}

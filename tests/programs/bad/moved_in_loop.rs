//! A builder is handed on in every round.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let node = EmptyImage::new();
    for _ in 0..2 {
        g.add(node);
    }
}

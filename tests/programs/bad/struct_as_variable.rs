//! A parameter that is called like a struct without fields.

use comfy_dsl::prelude::*;
use nodes::*;

struct Small;

fn plain(g: &Flow, Small: i64) -> Output<Image> {
    g.add(EmptyImage::new().width(64))
}

pub fn flow(g: &Flow) {
    g.add(PreviewImage::new().images(plain(g, 64)));
}

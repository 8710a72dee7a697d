//! A value where a type is expected.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let width = [32, 64].iter().sum::<3>();
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

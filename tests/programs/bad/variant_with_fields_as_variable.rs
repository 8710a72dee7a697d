//! A pattern that is a variant's name, without its fields.

use comfy_dsl::prelude::*;
use nodes::*;

enum Size {
    Square(i64),
    Default,
}
use Size::*;

pub fn flow(g: &Flow) {
    let width = match Square(64) {
        Square => 64,
        Default => 32,
    };
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

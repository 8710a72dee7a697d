//! Variables that are called like variants of what they get.

use comfy_dsl::prelude::*;
use nodes::*;

enum Size {
    Small,
    Large,
}

pub fn flow(g: &Flow) {
    let Lanczos = ImageScaleUpscaleMethod::Lanczos;
    let width = match Size::Large {
        Small => 64,
    };
    g.add(PreviewImage::new().images(g.add(EmptyImage::new().width(width))));
}

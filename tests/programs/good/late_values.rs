//! Variables that get their value later.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let hires = true;
    let (width, height);
    if hires {
        width = 1024;
        height = 768;
    } else {
        width = 512;
        height = 384;
    }
    let image;
    if width > 800 {
        image = g.add(EmptyImage::new().width(width).height(height));
    } else {
        image = g.add(LoadImage::new().image(ImageFile::file("x.png"))).image;
    }
    let name: String;
    match height {
        768 => name = "big".to_string(),
        _ => name = format!("h{height}"),
    }
    g.add(SaveImage::new().images(image).filename_prefix(name));
}

#![deny(unused_must_use)]
use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new().image(ImageFile::file("cat.png")));
    SaveImage::new().images(loaded.image);
}

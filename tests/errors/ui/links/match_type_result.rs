use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new().image(ImageFile::file("cat.png")));
    let mask = g.add(ResizeImageMaskNode::new().input(loaded.mask));
    g.add(SaveImage::new().images(mask));
}

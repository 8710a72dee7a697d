use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new().image(ImageFile::file("cat.png")));
    g.add(
        ResizeImageMaskNode::new()
            .input(loaded.image)
            .resize_type(ResizeImageMaskNodeResizeType::scale_dimension()),
    );
}

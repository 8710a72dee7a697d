//! Subgraph functions with values, links and options as parameters.

use comfy_dsl::prelude::*;
use nodes::*;

fn enlarge(
    g: &Flow,
    image: Output<Image>,
    factor: impl FloatInput,
    method: impl Choice<ImageScaleByUpscaleMethod>,
    mask: Option<Output<Mask>>,
) -> Output<Image> {
    let g = &g.subgraph("Enlarge");
    let image = g.input("image", image);
    let factor = g.input("factor", factor);
    let method = g.input("method", method);
    let mask = g.input("mask", mask);
    let scaled = g.add(ImageScaleBy::new().image(image).scale_by(factor).upscale_method(method));
    g.add(InvertMask::new().mask(mask));
    g.output("IMAGE", scaled)
}

pub fn flow(g: &Flow) {
    let loaded = g.add(LoadImage::new().image(ImageFile::file("cat.png")));
    let twice = enlarge(g, loaded.image, 2, ImageScaleByUpscaleMethod::Lanczos, Some(loaded.mask));
    let more = enlarge(g, twice, 1.5, ImageScaleByUpscaleMethod::Area, None);
    for image in [twice, more] {
        g.add(PreviewImage::new().images(image));
    }
    g.bypass(more);
}

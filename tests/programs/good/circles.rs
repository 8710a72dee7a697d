//! Inputs that are set after the node is there: what closes a circle, and values.

use comfy_dsl::prelude::*;
use nodes::*;

fn decoded(g: &Flow, image: Output<Image>) -> Output<Image> {
    let g = &g.subgraph("Inverted twice");
    let image = g.input("image", image);
    let first = g.add(ImageInvert::new().image(image));
    g.output("IMAGE", g.add(ImageInvert::new().image(first)))
}

pub fn flow(g: &Flow) {
    let loaded = g.add(LoadImage::new().image(ImageFile::file("x.png")));
    let late = g.add(ImageBlend::new().image1(loaded.image).image2(unlinked()).blend_factor(0.25));
    let after = decoded(g, late);
    g.raw_input(late, "image2", after);
    g.raw_input(loaded.image.node(), "further", 5);
    let upscaled = g.add(ImageScaleBy::new().image(after).scale_by(2.0));
    g.raw_input(upscaled, "method", "bicubic");
    g.raw_input(after, "further", loaded.mask);
    g.raw_input(upscaled, "second", loaded.image.node().out::<Image>(7));
    g.add(PreviewImage::new().images(upscaled));
}

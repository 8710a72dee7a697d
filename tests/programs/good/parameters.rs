//! Options as parameters, guards, dynamic options.

use comfy_dsl::prelude::*;
use nodes::*;

fn maybe(g: &Flow, image: Option<Output<Image>>, lora: Option<&str>) -> Output<Image> {
    let image = image.unwrap_or_else(|| g.add(EmptyImage::new()));
    let Some(name) = lora else {
        return image;
    };
    let inverted = g.add(ImageInvert::new().image(image).title(name));
    match (name.len(), name) {
        (0, _) => image,
        (1..=4, short) if short.starts_with('a') => inverted,
        (_, other) => {
            g.add(SaveImage::new().images(inverted).filename_prefix(other));
            inverted
        }
    }
}

pub fn flow(g: &Flow) {
    let a = maybe(g, None, None);
    let b = maybe(g, Some(a), Some("abc"));
    let c = maybe(g, Some(b), Some("longer"));
    let resized = g.add(ResizeImageMaskNode::new().input(c).resize_type(
        ResizeImageMaskNodeResizeType::scale_dimensions().width(512).height(512),
    ));
    g.add(PreviewImage::new().images(resized));
    let batch = g.add(BatchImagesNode::new().images([a, b, c]));
    g.add(PreviewImage::new().images(batch).bypass());
    let save = node!(g, SaveImage { images: batch, filename_prefix: "x", title: "Last" });
    g.mute(save);
}

//! Dynamic combos, growing lists, match types, raw values and unknown nodes.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let a = g.add(LoadImage::new().image(ImageFile::file("a.png")));
    let b = g.add(LoadImage::new().image(ImageFile::file("b.png")));
    let batch = g.add(BatchImagesNode::new().images([a.image, b.image]));
    let resized = g.add(
        ResizeImageMaskNode::new()
            .input(batch)
            .resize_type(ResizeImageMaskNodeResizeType::scale_dimensions().width(512).height(768)),
    );
    let moon = g.add(RawNode::new("MoonLoader").input("crater", 7).input("deep", true).input("image", resized).title("M"));
    let picture = moon.out::<Image>(0);
    g.add(SaveImage::new().images(picture).raw_input("extra", raw(json!({"a": [1, 2.5, null], "b": "x"}))));
    g.add(PreviewImage::new().images(unlinked()).bypass());
    let mask = g.add(ResizeImageMaskNode::new().input(a.mask).resize_type(ResizeImageMaskNodeResizeType::scale_by_multiplier()));
    g.mute(g.add(MaskToImage::new().mask(mask)));
    let sized = node!(g, EmptyImage { width: 64, height: raw(64), color: Unset, title: "small" });
    g.add(SaveImage::new().images(sized).filename_prefix("p".to_owned() + "q"));
}

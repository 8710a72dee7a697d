//! Modules with types of their own.

use comfy_dsl::prelude::*;
use nodes::*;

mod prompts {
    pub const STYLE: &str = "cinematic";
    pub fn with_style(text: &str) -> String {
        format!("{text}, {STYLE}")
    }
}

mod stages {
    use super::*;
    pub struct Base {
        pub image: Output<Image>,
        pub(crate) mask: Output<Mask>,
    }
    impl Base {
        pub fn load(g: &Flow, file: &str) -> Self {
            let loaded = g.add(LoadImage::new().image(ImageFile::file(file)));
            Self { image: loaded.image, mask: loaded.mask }
        }
    }
    pub fn upscale(g: &Flow, image: Output<Image>, by: impl FloatInput) -> Output<Image> {
        let g = &g.subgraph("Upscale");
        let image = g.input("image", image);
        let by = g.input("by", by);
        g.output("IMAGE", g.add(ImageScaleBy::new().image(image).scale_by(by)))
    }
}
use stages::{Base, upscale};

pub fn flow(g: &Flow) {
    let base = Base::load(g, "photo.png");
    let big = upscale(g, base.image, 2.0);
    let shown = g.add(MaskToImage::new().mask(base.mask));
    for (i, image) in [big, shown].into_iter().enumerate() {
        g.add(SaveImage::new().images(image).filename_prefix(prompts::with_style(&i.to_string())));
    }
}

//! A choice of a list that is not the input's, although they are called the same.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let method = ImageScaleUpscaleMethod::Lanczos;
    let latent = g.add(EmptyLatentImage::new());
    g.add(LatentUpscale::new().samples(latent).upscale_method(method));
}

//! Branches that give options with different inputs.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let colored = true;
    let output = if colored { DA3RenderOutput::depth() } else { DA3RenderOutput::sky_mask() };
    g.add(PreviewImage::new().images(g.add(DA3Render::new().da3_geometry(unlinked()).output(output))));
}

//! A link that is no member of a union.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a")));
    let _ = g.add(ResizeImageMaskNode::new().input(ckpt.vae).resize_type(ResizeImageMaskNodeResizeType::scale_by_multiplier()));
}

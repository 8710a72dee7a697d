//! An output of another type.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a")));
    g.add(CLIPTextEncode::new().clip(ckpt.model).text("x"));
}

//! A node with several outputs for one of them.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a")));
    g.add(CLIPTextEncode::new().clip(ckpt).text("x"));
}

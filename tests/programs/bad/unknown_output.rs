//! An output that there is not.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a")));
    let _ = ckpt.latent;
}

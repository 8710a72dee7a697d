use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    g.add(ResizeImageMaskNode::new().input(ckpt.model));
}

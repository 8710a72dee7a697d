use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let text = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("a cat"));
    let latent = g.add(EmptyLatentImage::new());
    g.add(SCAIL2ColoredMask::new().driving_track_data(unlinked()).ref_track_data(ckpt.vae));
}

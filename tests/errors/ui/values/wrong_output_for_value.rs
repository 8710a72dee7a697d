use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let text = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("a cat"));
    let latent = g.add(EmptyLatentImage::new());
    g.add(
        KSampler::new()
            .model(ckpt.model)
            .positive(text)
            .negative(text)
            .latent_image(latent)
            .steps(ckpt.model),
    );
}

//! Helper functions with struct and tuple results, and shadowing.

use comfy_dsl::prelude::*;
use nodes::*;

struct Models {
    model: Output<Model>,
    clip: Output<Clip>,
    vae: Output<Vae>,
}

fn load(g: &Flow, name: &str) -> Models {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file(name)));
    Models { model: ckpt.model, clip: ckpt.clip, vae: ckpt.vae }
}

fn prompts(g: &Flow, clip: Output<Clip>, subject: &str) -> (Output<Conditioning>, Output<Conditioning>) {
    let style = "highly detailed";
    let text = format!("{subject}, {style}");
    (g.add(CLIPTextEncode::new().clip(clip).text(text)), g.add(CLIPTextEncode::new().clip(clip).text("blurry")))
}

pub fn flow(g: &Flow) {
    let Models { model, clip, vae } = load(g, "sdxl.safetensors");
    let (positive, negative) = prompts(g, clip, "a red fox");
    let latent = g.add(EmptyLatentImage::new().width(1024).height(1024));
    let latent = g.add(KSampler::new().model(model).positive(positive).negative(negative).latent_image(latent));
    let image = g.add(VAEDecode::new().samples(latent).vae(vae));
    g.add(SaveImage::new().images(image).title("Final"));
}

//! The example of docs/card.md.

use comfy_dsl::prelude::*;
use nodes::*;

fn sample(
    g: &Flow,
    model: Output<Model>,
    positive: Output<Conditioning>,
    negative: Output<Conditioning>,
    latent: Output<Latent>,
    denoise: f64,
) -> Output<Latent> {
    g.add(
        KSampler::new()
            .model(model)
            .positive(positive)
            .negative(negative)
            .latent_image(latent)
            .seed(42)
            .steps(25)
            .sampler_name(SamplerName::Dpmpp2mSde)
            .scheduler("karras")
            .denoise(denoise),
    )
}

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name("sd_xl_base_1.0.safetensors"));
    let (mut model, mut clip) = (ckpt.model, ckpt.clip);
    for (name, strength) in [("detail.safetensors", 0.8), ("style.safetensors", 0.5)] {
        let lora = g.add(LoraLoader::new().model(model).clip(clip).lora_name(name).strength_model(strength));
        (model, clip) = (lora.model, lora.clip);
    }
    let negative = g.add(CLIPTextEncode::new().clip(clip).text("blurry"));
    for (at, prompt) in ["a castle", "a lighthouse"].iter().enumerate() {
        let positive = g.add(CLIPTextEncode::new().clip(clip).text(*prompt).title(format!("Prompt {at}")));
        let latent = g.add(EmptyLatentImage::new().width(1024).height(768));
        let first = sample(g, model, positive, negative, latent, 1.0);
        let larger = g.add(LatentUpscaleBy::new().samples(first).upscale_method("nearest-exact").scale_by(1.5));
        let second = sample(g, model, positive, negative, larger, 0.5);
        let image = g.add(VAEDecode::new().samples(second).vae(ckpt.vae));
        g.add(SaveImage::new().images(image).filename_prefix(format!("hires_{at}")));
    }
}

//! A picture of a lighthouse.

use comfy_dsl::prelude::*;

use crate::nodes::*;

pub(crate) fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name("sd_xl_base_1.0.safetensors"));
    let positive = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("a lighthouse at dusk"));
    let negative = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("blurry"));
    let latent = g.add(EmptyLatentImage::new());
    let samples = g.add(
        KSampler::new()
            .model(ckpt.model)
            .positive(positive)
            .negative(negative)
            .latent_image(latent)
            .seed(156_680_208_700_286)
            .sampler_name(SamplerName::Dpmpp2m),
    );
    let image = g.add(VAEDecode::new().samples(samples).vae(ckpt.vae));
    g.add(SaveImage::new().images(image).filename_prefix("lighthouse"));
}

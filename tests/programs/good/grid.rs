//! A grid of settings: nested loops, arrays, format texts.

use comfy_dsl::prelude::*;
use nodes::*;

const STEPS: [i64; 2] = [12, 24];

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("sd15.safetensors")));
    let positive = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("a lighthouse at dusk"));
    let negative = g.add(CLIPTextEncode::new().clip(ckpt.clip).text(""));
    for (row, steps) in STEPS.iter().enumerate() {
        for (column, cfg) in [4.0, 7.5].into_iter().enumerate() {
            let latent = g.add(EmptyLatentImage::new().width(64 * 8).height(512));
            let samples = g.add(
                KSampler::new()
                    .model(ckpt.model)
                    .positive(positive)
                    .negative(negative)
                    .latent_image(latent)
                    .seed(row as u64 * 100 + column as u64)
                    .steps(*steps)
                    .cfg(cfg),
            );
            let image = g.add(VAEDecode::new().samples(samples).vae(ckpt.vae));
            g.add(SaveImage::new().images(image).filename_prefix(format!("grid_{row:02}_{column}_{cfg:.1}")));
        }
    }
}

//! Enums of one's own, match, if let, constants.

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Clone, Copy, PartialEq)]
enum Quality {
    Draft,
    Fine { steps: i64 },
}

fn steps(quality: Quality) -> i64 {
    match quality {
        Quality::Draft => 8,
        Quality::Fine { steps } if steps > 50 => 50,
        Quality::Fine { steps } => steps,
    }
}

const FAST: bool = false;

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let lora: Option<&str> = Some("detail.safetensors");
    let mut model = ckpt.model;
    let mut clip = ckpt.clip;
    if let Some(name) = lora {
        let with = g.add(LoraLoader::new().model(model).clip(clip).lora_name(Lora::file(name)).strength_model(0.8));
        model = with.model;
        clip = with.clip;
    }
    let positive = g.add(CLIPTextEncode::new().clip(clip).text("x"));
    let mut seed = 7;
    for quality in [Quality::Draft, Quality::Fine { steps: 30 }, Quality::Fine { steps: 80 }] {
        let sampler = if FAST || quality == Quality::Draft { SamplerName::Lcm } else { SamplerName::Dpmpp2m };
        let latent = g.add(EmptyLatentImage::new());
        let samples = g.add(
            KSampler::new()
                .model(model)
                .positive(positive)
                .negative(positive)
                .latent_image(latent)
                .seed(seed)
                .steps(steps(quality))
                .sampler_name(sampler)
                .scheduler(match sampler {
                    SamplerName::Lcm => Scheduler::SgmUniform,
                    _ => Scheduler::Karras,
                }),
        );
        seed += 1;
        g.add(PreviewImage::new().images(g.add(VAEDecode::new().samples(samples).vae(ckpt.vae))));
    }
}

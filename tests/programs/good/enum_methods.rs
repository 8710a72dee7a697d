//! An enum with methods and constants.

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Quality {
    Draft,
    Good,
    Custom { steps: i64, cfg: i64 },
}

impl Quality {
    const ALL: [Quality; 3] = [Quality::Draft, Quality::Good, Quality::Custom { steps: 33, cfg: 5 }];

    fn steps(self) -> i64 {
        match self {
            Quality::Draft => 8,
            Self::Good => 25,
            Self::Custom { steps, .. } => steps,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Good => "good",
            Self::Custom { cfg, .. } if *cfg > 9 => "hot",
            Self::Custom { .. } => "custom",
        }
    }

    fn sampler(&self) -> SamplerName {
        if *self == Self::Draft { SamplerName::Lcm } else { SamplerName::Dpmpp2m }
    }
}

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let text = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("x"));
    let latent = g.add(EmptyLatentImage::new());
    for quality in Quality::ALL {
        let samples = g.add(
            KSampler::new()
                .model(ckpt.model)
                .positive(text)
                .negative(text)
                .latent_image(latent)
                .steps(quality.steps())
                .sampler_name(quality.sampler()),
        );
        let image = g.add(VAEDecode::new().samples(samples).vae(ckpt.vae));
        g.add(SaveImage::new().images(image).filename_prefix(quality.name()));
    }
}

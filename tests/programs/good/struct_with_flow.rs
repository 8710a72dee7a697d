//! A struct that holds the flow, with methods that add to it.

use comfy_dsl::prelude::*;
use nodes::*;

#[derive(Clone, Copy)]
struct Pipeline<'g> {
    g: &'g Flow,
    model: Output<Model>,
    clip: Output<Clip>,
    vae: Output<Vae>,
}

impl<'g> Pipeline<'g> {
    fn load(g: &'g Flow, file: &str) -> Self {
        let c = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file(file)));
        Pipeline { g, model: c.model, clip: c.clip, vae: c.vae }
    }

    fn lora(self, name: &str, strength: f64) -> Self {
        let l = self.g.add(
            LoraLoader::new()
                .model(self.model)
                .clip(self.clip)
                .lora_name(Lora::file(name))
                .strength_model(strength)
                .strength_clip(strength),
        );
        Self { model: l.model, clip: l.clip, ..self }
    }

    fn encode(&self, text: impl StrInput) -> Output<Conditioning> {
        self.g.add(CLIPTextEncode::new().clip(self.clip).text(text))
    }

    fn sample(&self, positive: Output<Conditioning>, negative: Output<Conditioning>, seed: u64) -> Output<Image> {
        let latent = self.g.add(EmptyLatentImage::new());
        let samples = self.g.add(
            KSampler::new().model(self.model).positive(positive).negative(negative).latent_image(latent).seed(seed),
        );
        self.g.add(VAEDecode::new().samples(samples).vae(self.vae))
    }
}

pub fn flow(g: &Flow) {
    let p = Pipeline::load(g, "sdxl.safetensors").lora("detail.safetensors", 0.6);
    let negative = p.encode("bad");
    for seed in 1..=3 {
        let positive = p.encode(format!("cat number {seed}"));
        let image = p.sample(positive, negative, seed);
        g.add(SaveImage::new().images(image));
    }
}

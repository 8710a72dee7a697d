//! A struct with methods that builds a job: defaults, constants of its own, setters that hand it on.

use comfy_dsl::prelude::*;
use nodes::*;

/// A text-to-image job.
#[derive(Clone, Debug)]
struct Txt2Img {
    prompt: String,
    negative: String,
    width: i64,
    height: i64,
    steps: i64,
    cfg: f64,
    seed: u64,
}

impl Default for Txt2Img {
    fn default() -> Self {
        Self { prompt: String::new(), negative: "blurry".into(), width: 1024, height: 1024, steps: 20, cfg: 7.0, seed: 0 }
    }
}

impl Txt2Img {
    const MAX_STEPS: i64 = 50;

    fn new(prompt: &str) -> Self {
        Self { prompt: prompt.to_string(), ..Self::default() }
    }

    fn steps(mut self, steps: i64) -> Self {
        self.steps = steps.min(Self::MAX_STEPS);
        self
    }

    fn size(self, width: i64, height: i64) -> Self {
        Self { width, height, ..self }
    }

    fn ratio(&self) -> f64 {
        self.width as f64 / self.height as f64
    }

    fn run(&self, g: &Flow, model: Output<Model>, clip: Output<Clip>, vae: Output<Vae>) -> Output<Image> {
        let positive = g.add(CLIPTextEncode::new().clip(clip).text(&self.prompt));
        let negative = g.add(CLIPTextEncode::new().clip(clip).text(self.negative.as_str()));
        let latent = g.add(EmptyLatentImage::new().width(self.width).height(self.height));
        let samples = g.add(
            KSampler::new()
                .model(model)
                .positive(positive)
                .negative(negative)
                .latent_image(latent)
                .steps(self.steps)
                .cfg(self.cfg)
                .seed(self.seed),
        );
        g.add(VAEDecode::new().samples(samples).vae(vae))
    }
}

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let job = Txt2Img::new("a cat").steps(80).size(832, 1216);
    let image = job.run(g, ckpt.model, ckpt.clip, ckpt.vae);
    g.add(SaveImage::new().images(image).filename_prefix(format!("cat_{:.2}", job.ratio())));
}

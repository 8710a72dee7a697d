//! Iterator adaptors, closures and collecting.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let words = ["red", "green", "blue"];
    let encode = |text: &str| g.add(CLIPTextEncode::new().clip(ckpt.clip).text(text));
    let conds: Vec<Output<Conditioning>> = words.iter().map(|word| encode(word)).collect();
    let joined = conds.iter().skip(1).fold(conds[0], |joined, next| {
        g.add(ConditioningCombine::new().conditioning_1(joined).conditioning_2(*next))
    });
    let sizes: Vec<i64> = (1..=4).filter(|n| n % 2 == 0).map(|n| n * 256).rev().collect();
    let total: i64 = sizes.iter().sum();
    let names = words.iter().zip(sizes.iter()).map(|(word, size)| format!("{word}{size}")).collect::<Vec<_>>().join("-");
    let latent = g.add(EmptyLatentImage::new().width(sizes[0]).height(total));
    let negative = g.add(ConditioningZeroOut::new().conditioning(joined));
    let samples = g.add(
        KSampler::new().model(ckpt.model).positive(joined).negative(negative).latent_image(latent).seed(sizes.len() as u64),
    );
    let image = g.add(VAEDecode::new().samples(samples).vae(ckpt.vae));
    g.add(SaveImage::new().images(image).filename_prefix(&names));
}

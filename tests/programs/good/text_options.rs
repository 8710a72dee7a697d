//! Options and files as text, from anywhere; a keyword as a setter; short names of enums.

use comfy_dsl::prelude::*;
use nodes::*;

struct Style {
    lora: &'static str,
    sampler: String,
}

fn checkpoint(version: u32) -> String {
    format!("sd{version}.safetensors")
}

fn scaled(g: &Flow, image: Output<Image>, method: impl Choice<ImageScaleUpscaleMethod>) -> Output<Image> {
    g.add(ImageScale::new().image(image).upscale_method(method).width(64).height(64).crop("center"))
}

pub fn flow(g: &Flow) {
    let styles = [
        Style { lora: "a.safetensors", sampler: "euler".to_owned() },
        Style { lora: "b.safetensors", sampler: String::from("dpmpp_2m_sde") },
    ];
    let c = g.add(CheckpointLoaderSimple::new().ckpt_name(checkpoint(15)));
    let unet = g.add(UNETLoader::new().unet_name("flux1-dev.safetensors").weight_dtype("default"));
    let clip = g.add(CLIPLoader::new().clip_name("t5.safetensors").r#type("wan"));
    let other = g.add(CLIPLoader::new().clip_name("t5.safetensors").type_(CLIPLoaderType::Wan));
    let text = g.add(CLIPTextEncode::new().clip(clip).text("a cat"));
    let negative = g.add(CLIPTextEncode::new().clip(other).text(""));
    let latent = g.add(EmptyLatentImage::new());
    for Style { lora, sampler } in &styles {
        let model = g.add(LoraLoaderModelOnly::new().model(c.model).lora_name(*lora));
        let sampled = g.add(
            KSampler::new()
                .model(model)
                .positive(text)
                .negative(negative)
                .latent_image(latent)
                .sampler_name(sampler)
                .scheduler(if sampler.len() > 5 { "karras" } else { "simple" }),
        );
        let image = g.add(VAEDecode::new().samples(sampled).vae(c.vae));
        let small = scaled(g, image, "area");
        let large = scaled(g, small, ImageScaleUpscaleMethod::Lanczos);
        g.add(SaveImage::new().images(large));
    }
    let sampled = g.add(
        KSampler::new().model(unet).positive(text).negative(negative).latent_image(latent).sampler_name(SamplerName::Euler),
    );
    g.add(SaveLatent::new().samples(sampled));
    let picture = g.add(LoadImage::new().image("cat.png"));
    // an option of a dynamic combo, with the defaults of its inputs
    let resized = g.add(ResizeImageMaskNode::new().input(picture.image).resize_type("scale by multiplier"));
    g.add(PreviewImage::new().images(resized));
}

//! Structs with derived defaults, in each other.

use comfy_dsl::prelude::*;
use nodes::*;

type Encoded = (Output<Conditioning>, Output<Conditioning>);

#[derive(Clone, Copy, Default)]
struct Size {
    width: i64,
    height: i64,
}

#[derive(Default)]
struct Options {
    size: Size,
    upscale: Option<f64>,
    names: Vec<String>,
    tiled: bool,
}

fn encode(g: &Flow, clip: Output<Clip>, texts: (&str, &str)) -> Encoded {
    let one = |text| g.add(CLIPTextEncode::new().clip(clip).text(text));
    (one(texts.0), one(texts.1))
}

pub fn flow(g: &Flow) {
    let options = Options { size: Size { width: 640, ..Default::default() }, upscale: Some(2.0), ..Options::default() };
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let (positive, negative) = encode(g, ckpt.clip, ("yes", "no"));
    let Size { width, height } = options.size;
    let latent = g.add(EmptyLatentImage::new().width(width).height(height.max(64)));
    let samples =
        g.add(KSampler::new().model(ckpt.model).positive(positive).negative(negative).latent_image(latent));
    let mut image = g.add(VAEDecode::new().samples(samples).vae(ckpt.vae));
    if let Some(by) = options.upscale && !options.tiled {
        image = g.add(ImageScaleBy::new().image(image).scale_by(by));
    }
    if options.names.is_empty() {
        g.add(PreviewImage::new().images(image));
    }
}

//! Values that are taken apart where they are assigned.

use comfy_dsl::prelude::*;
use nodes::*;

struct Pair {
    width: i64,
    height: i64,
}

fn swapped(size: (i64, i64)) -> (i64, i64) {
    (size.1, size.0)
}

pub fn flow(g: &Flow) {
    let (mut a, mut b) = (64, 128);
    (a, b) = (b, a);
    let mut pair = Pair { width: 0, height: 0 };
    (pair.width, (pair.height, _)) = (a, (b, 0.5));
    let mut list = [1_i64, 2, 3];
    (list[0], _, list[2]) = (list[2], 0, list[0]);
    let late;
    let batch;
    (late, batch) = swapped((pair.width, list[0]));
    (a, b) = swapped((a, b));
    let image = g.add(EmptyImage::new().width(a + late).height(b + pair.height).batch_size(batch));
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name("a.safetensors"));
    let (mut model, mut clip) = (ckpt.model, ckpt.clip);
    for name in ["b.safetensors", "c.safetensors"] {
        let lora = g.add(LoraLoader::new().model(model).clip(clip).lora_name(name));
        (model, clip) = (lora.model, lora.clip);
    }
    let text = g.add(CLIPTextEncode::new().clip(clip).text("a cat"));
    let latent = g.add(EmptyLatentImage::new());
    let sampled = g.add(KSampler::new().model(model).positive(text).negative(text).latent_image(latent));
    let picture = g.add(VAEDecode::new().samples(sampled).vae(ckpt.vae));
    g.add(PreviewImage::new().images(picture));
    g.add(PreviewImage::new().images(image));
}

//! Choices of equal content at inputs of one name are one type; so are the builders of options with equal inputs, and
//! results with equal outputs.

use comfy_dsl::prelude::*;
use nodes::*;

/// Three nodes have this list; it goes by the name of any of them.
fn small(g: &Flow, image: Output<Image>, method: ImageScaleUpscaleMethod) -> Output<Image> {
    let size = match method {
        ImageScaleByUpscaleMethod::NearestExact => 64,
        _ => 128,
    };
    g.add(ImageScale::new().image(image).upscale_method(method).width(size).height(size))
}

pub fn flow(g: &Flow) {
    let plain = false;
    let method = ImageScaleByUpscaleMethod::Lanczos;
    let image = g.add(EmptyImage::new());
    let half = g.add(ImageScaleBy::new().image(image).upscale_method(method).scale_by(0.5));
    g.add(PreviewImage::new().images(small(g, half, method)));

    let c = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    let lora = Lora::file("b.safetensors");
    let c = if plain {
        g.add(LoraLoader::new().model(c.model).clip(c.clip).lora_name(lora))
    } else {
        g.add(LoraLoaderBypass::new().model(c.model).clip(c.clip).lora_name(lora))
    };
    g.add(ModelSave::new().model(c.model).filename_prefix("with_lora"));

    let stats = if plain { ColorTransferSourceStats::per_frame() } else { ColorTransferSourceStats::uniform() };
    g.add(PreviewImage::new().images(g.add(ColorTransfer::new().image_target(half).image_ref(image).source_stats(stats))));

    let output = if plain { DA3RenderOutput::depth() } else { DA3RenderOutput::depth_colored() };
    g.add(PreviewImage::new().images(g.add(DA3Render::new().da3_geometry(unlinked()).output(output.apply_sky_clip(true)))));
}

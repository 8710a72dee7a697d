use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")));
    g.add(LoraLoader::new().model(ckpt.model).clip(ckpt.clip).lora_name(Lora::file("a.safetensors")).strength_model(true));
}

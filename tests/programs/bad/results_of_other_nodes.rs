//! Branches that give results with different outputs.

use comfy_dsl::prelude::*;
use nodes::*;

pub fn flow(g: &Flow) {
    let plain = true;
    let loaded = if plain {
        g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::file("a.safetensors")))
    } else {
        g.add(ImageOnlyCheckpointLoader::new().ckpt_name(Checkpoint::file("a.safetensors")))
    };
    g.add(ModelSave::new().model(loaded.model));
}

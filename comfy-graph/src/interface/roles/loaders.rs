//! Files: of the model, its LoRAs, the VAE and the text encoder of samplers, and of what is read into the workflow.
//!
//! A loader is where a way upstream ends: a node that takes nothing of the type. Its file is its only choice among files
//! of the server. A VAE or text encoder that comes out of a checkpoint has no file of its own.

use std::collections::BTreeSet;

use super::{
    Role,
    samplers::Sampler,
    values::{self, Leaves},
    walk::{Walk, is},
};
use crate::{
    catalog::{ComboDef, InputKind},
    graph::{NodeIx, Slot},
};

const MODEL: &str = "MODEL";

/// The files of the samplers, and of pictures, masks, videos and sounds that an output depends on.
pub(super) fn files(walk: &Walk<'_>, samplers: &[Sampler], encoders: &[NodeIx]) -> Vec<(Role, Leaves)> {
    let mut loras = Leaves::default();
    let guides =
        |ix: &NodeIx| samplers.iter().any(|sampler| sampler.node == *ix) || walk.gives(*ix, "GUIDER");
    let guides = samplers.iter().flat_map(|sampler| &sampler.parts).copied().filter(guides);
    let models = sources(walk, guides, MODEL);
    let model = load(walk, models, MODEL, &mut loras);
    let clip = load(walk, sources(walk, encoders.iter().copied(), "CLIP"), "CLIP", &mut loras);
    let takers: Vec<NodeIx> = walk.nodes().map(|(ix, _)| ix).collect();
    let mut none = Leaves::default();
    let vae = load(walk, sources(walk, takers.iter().copied(), "VAE"), "VAE", &mut none);
    // from the loader to the sampler, as they are applied
    loras.found.reverse();
    let mut files = vec![(Role::Model, model), (Role::Vae, vae), (Role::Clip, clip), (Role::Loras, loras)];
    files.extend(media(walk));
    files
}

/// What nodes are linked to with inputs of a type.
fn sources(walk: &Walk<'_>, nodes: impl Iterator<Item = NodeIx>, word: &str) -> Vec<Slot> {
    nodes.flat_map(|ix| walk.linked(ix, word)).flat_map(|(_, sources)| sources).collect()
}

/// Follows links of a type to the loaders. LoRAs on the way are noted.
fn load(walk: &Walk<'_>, from: Vec<Slot>, word: &str, loras: &mut Leaves) -> Leaves {
    let mut leaves = Leaves::default();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<Slot> = from.into_iter().rev().collect();
    while let Some(slot) = waiting.pop() {
        if !seen.insert(slot) {
            continue;
        }
        if walk.takes(slot.node, word) {
            let is_lora = |name: &&String| name.to_ascii_lowercase().contains("lora");
            for name in file_inputs(walk, slot.node).iter().filter(is_lora) {
                loras.extend(values::of_input(walk, slot.node, name));
            }
            let further: Vec<Slot> =
                walk.linked(slot.node, word).into_iter().flat_map(|(_, from)| from).collect();
            waiting.extend(further.into_iter().rev());
        } else if word == MODEL || !walk.gives(slot.node, MODEL) {
            for name in file_inputs(walk, slot.node) {
                leaves.extend(values::of_input(walk, slot.node, &name));
            }
        }
    }
    leaves
}

/// The inputs of a node that choose among files of the server; of a class that nobody knows, those that have the name of a
/// file.
fn file_inputs(walk: &Walk<'_>, ix: NodeIx) -> Vec<String> {
    let files = |combo: &ComboDef| combo.is_file_list();
    if walk.def(ix).is_some() {
        return combos(walk, ix, files);
    }
    let Some(node) = walk.flat.get(ix) else { return Vec::new() };
    let named = node.widgets.iter().filter(|widget| {
        let text = widget.value.as_ref().and_then(serde_json::Value::as_str);
        widget.sent && text.is_some_and(crate::suggest::is_file_name)
    });
    named.map(|widget| widget.name.to_string()).collect()
}

fn combos(walk: &Walk<'_>, ix: NodeIx, fits: impl Fn(&ComboDef) -> bool) -> Vec<String> {
    let inputs = walk.inputs(ix).into_iter().filter(|input| match input.def.map(|def| &def.kind) {
        Some(InputKind::Combo(combo)) => fits(combo),
        _ => false,
    });
    inputs.map(|input| input.name.to_owned()).collect()
}

/// Pictures, masks, videos and sounds that are read: files that can be uploaded, or that the server made.
fn media(walk: &Walk<'_>) -> Vec<(Role, Leaves)> {
    const TYPES: [(&str, Role); 4] =
        [("IMAGE", Role::Image), ("MASK", Role::Mask), ("VIDEO", Role::Video), ("AUDIO", Role::Audio)];
    let mut media: Vec<(Role, Leaves)> = TYPES.map(|(_, role)| (role, Leaves::default())).to_vec();
    for (ix, _) in walk.nodes() {
        let files = combos(walk, ix, |combo| combo.upload.is_some() || combo.remote.is_some());
        let [file] = files.as_slice() else { continue };
        let outputs = walk.outputs(ix);
        let used: BTreeSet<usize> = walk.flat.links_from(ix).iter().map(|link| link.from.slot).collect();
        let gives = |word: &str| {
            outputs.iter().enumerate().any(|(slot, (_, io_type))| used.contains(&slot) && is(io_type, word))
        };
        // a picture whose mask is used as well is a picture
        let role = TYPES.iter().find(|(word, _)| gives(word)).map(|(_, role)| *role);
        if let Some((_, leaves)) = media.iter_mut().find(|(known, _)| Some(*known) == role) {
            leaves.extend(values::of_input(walk, ix, file));
        }
    }
    media
}

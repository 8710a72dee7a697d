//! Models that do not belong together, by the names of their files: the VAE, the text encoder or the empty latent of
//! another family than the model that samples.
//!
//! A family is told from words in well-known file names; a name that has none of them says nothing. What is compared is
//! the *latent space*, since several models share one (every Flux.1 descendant takes `ae.safetensors`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::{Check, NodeView};
use crate::{
    diag::codes,
    graph::{Graph, Node, NodeIx, Slot},
};

/// A latent space, with words in the names of the models and VAEs that have it. The first family that fits counts.
struct Family {
    name: &'static str,
    models: &'static [&'static str],
    vaes: &'static [&'static str],
    /// Values of `type` in loaders of text encoders that go with its models.
    encoders: &'static [&'static str],
}

const FAMILIES: &[Family] = &[
    Family {
        name: "Wan 2.2 (5B)",
        models: &["wan2.2_ti2v_5b", "wan2.2_fun_control_5b", "wan2.2_fun_inpaint_5b"],
        vaes: &["wan2.2_vae"],
        encoders: &["wan"],
    },
    Family {
        name: "Wan 2.1",
        models: &["wan2.1_", "wan2_1-", "wan2.2_i2v", "wan2.2_t2v", "wan2.2_s2v", "wan2.2_animate"],
        vaes: &["wan_2.1_vae", "wan2_1_vae"],
        encoders: &["wan"],
    },
    Family {
        name: "Flux.2",
        models: &["flux2_dev", "flux2-dev", "flux-2-klein"],
        vaes: &["flux2-vae", "flux2_vae"],
        encoders: &["flux2"],
    },
    Family {
        name: "Flux.1",
        models: &[
            "flux1-dev",
            "flux1-schnell",
            "flux1-krea",
            "flux1-fill",
            "flux1-canny",
            "flux1-depth",
            "flux1_dev",
        ],
        vaes: &["ae.safetensors", "ae.sft", "flux_vae", "flux1_vae"],
        encoders: &["flux"],
    },
    Family {
        name: "Qwen-Image",
        models: &["qwen_image_fp8", "qwen_image_bf16", "qwen_image_edit", "qwen_image_2512"],
        vaes: &["qwen_image_vae"],
        encoders: &["qwen_image"],
    },
    Family {
        name: "HunyuanVideo",
        models: &["hunyuan_video_t2v", "hunyuan_video_i2v", "hunyuan_video_image_to_video"],
        vaes: &["hunyuan_video_vae"],
        encoders: &["hunyuan_video"],
    },
    Family {
        name: "Mochi",
        models: &["mochi_preview", "mochi-1"],
        vaes: &["mochi_vae"],
        encoders: &["mochi"],
    },
    Family {
        name: "Stable Diffusion 3",
        models: &["sd3_medium", "sd3.5_", "sd3_5"],
        vaes: &["sd3_vae", "sd3.5_vae"],
        encoders: &["sd3"],
    },
    Family {
        name: "Stable Diffusion XL",
        models: &["sd_xl_", "sdxl", "illustrious", "ponydiffusion", "animagine-xl", "juggernautxl"],
        vaes: &["sdxl_vae", "sdxl-vae", "sdxl.vae"],
        encoders: &["sdxl", "stable_diffusion"],
    },
    Family {
        name: "Stable Diffusion 1.5",
        models: &["v1-5-pruned", "v1-5_pruned", "sd1.5", "sd15", "sd-v1-", "dreamshaper_8"],
        vaes: &["vae-ft-mse", "vae-ft-ema"],
        encoders: &["stable_diffusion"],
    },
];

/// Classes of empty latents, with the families they are of. Channels alone are no matter: the server repairs an empty
/// latent's (`comfy/sample.py: fix_empty_latent_channels`), but neither its scale nor its dimensions.
const LATENTS: &[(&str, &[&str])] = &[
    ("EmptyFlux2LatentImage", &["Flux.2"]),
    (
        "EmptySD3LatentImage",
        &["Stable Diffusion 3", "Flux.1", "Qwen-Image", "Wan 2.1", "HunyuanVideo", "Flux.2"],
    ),
    ("EmptyHunyuanLatentVideo", &["HunyuanVideo", "Wan 2.1", "Wan 2.2 (5B)", "Qwen-Image"]),
    ("EmptyMochiLatentVideo", &["Mochi"]),
    ("EmptyLTXVLatentVideo", &[]),
    ("EmptyLatentAudio", &[]),
    ("EmptyAceStepLatentAudio", &[]),
    ("StableCascade_EmptyLatentImage", &[]),
];

/// Nodes that one search looks at.
const FEW: usize = 64;

/// A node that samples, or that turns latents into pictures.
pub(super) fn check(check: &mut Check<'_>, view: &NodeView<'_>) {
    let inputs = |name: &str| view.node.input_slot(name).is_some();
    if inputs("vae") && inputs("samples") {
        check_vae(check, view);
    }
    if inputs("model") && inputs("latent_image") {
        check_latent(check, view);
        check_encoder(check, view);
    }
}

/// The VAE that decodes against the model that sampled.
fn check_vae(check: &mut Check<'_>, view: &NodeView<'_>) {
    let graph = check.graph;
    let Some(loader) = loader(graph, view.ix, "vae", &["vae"]) else { return };
    let Some((vae, file)) = family(&graph[loader], |family| family.vaes) else { return };
    let Some(sampler) = find(graph, view.ix, &["samples", "latent_image", "latent", "guider"], |node| {
        node.input_slot("model").is_some()
    }) else {
        return;
    };
    let Some((model, _)) = model_of(graph, sampler) else { return };
    if model.name != vae.name {
        let what = format!(
            "vae is {file}, of {}, but the latent was sampled by a model of {}",
            vae.name, model.name
        );
        let found = view.finding(codes::MODEL_FAMILY_MISMATCH, "vae", &what);
        check.found.push(found.help(format!(
            "use the VAE of {}, such as {}",
            model.name,
            model.vaes.join(" or ")
        )));
    }
}

/// The empty latent against the model that samples it.
fn check_latent(check: &mut Check<'_>, view: &NodeView<'_>) {
    let graph = check.graph;
    let Some(latent) = origin(graph, view.ix, "latent_image") else { return };
    let class = &*graph[latent].class_type;
    let Some((_, families)) = LATENTS.iter().find(|(known, _)| *known == class) else { return };
    let Some((model, file)) = model_of(graph, view.ix) else { return };
    if !families.contains(&model.name) {
        let what = format!("latent_image is from {class}, which makes no latents for {}: {file}", model.name);
        check.found.push(view.finding(codes::LATENT_FAMILY_MISMATCH, "latent_image", &what));
    }
}

/// The type of text encoder against the model that samples.
fn check_encoder(check: &mut Check<'_>, view: &NodeView<'_>) {
    let graph = check.graph;
    let Some((model, _)) = model_of(graph, view.ix) else { return };
    let Some(encode) =
        find(graph, view.ix, &["positive", "conditioning", "conditioning_1", "conditioning_to"], |node| {
            node.input_slot("clip").is_some()
        })
    else {
        return;
    };
    let Some(loader) = loader(graph, encode, "clip", &["clip"]) else { return };
    let node = &graph[loader];
    let word = node.widget("type").and_then(|widget| widget.value.as_ref()).and_then(Value::as_str);
    let Some(word) = word.filter(|_| node.class_type.contains("CLIPLoader")) else { return };
    let is_known = FAMILIES.iter().any(|family| family.encoders.contains(&word));
    if is_known && !model.encoders.contains(&word) {
        let what = format!(
            "positive is encoded by a text encoder of type {word}, but the model is of {}",
            model.name
        );
        let found = view.finding(codes::MODEL_FAMILY_MISMATCH, "positive", &what);
        check.found.push(found.help(format!(
            "set type of {} to {:?}",
            node.describe(),
            model.encoders.first().unwrap_or(&model.name)
        )));
    }
}

/// The family and the file of the model that a node takes.
fn model_of(graph: &Graph, node: NodeIx) -> Option<(&'static Family, &str)> {
    let loader = loader(graph, node, "model", &["model"])?;
    family(&graph[loader], |family| family.models)
}

/// Goes against the links from input `first` of a node, on through the inputs `way`, to a node that has none of them.
fn loader(graph: &Graph, node: NodeIx, first: &str, way: &[&str]) -> Option<NodeIx> {
    let mut at = origin(graph, node, first)?;
    for _ in 0..FEW {
        match way.iter().find_map(|input| origin(graph, at, input)) {
            Some(next) => at = next,
            None => return Some(at),
        }
    }
    None
}

/// The nearest node before this one, through these inputs, of which `is_it` holds.
fn find(graph: &Graph, node: NodeIx, way: &[&str], is_it: impl Fn(&Node) -> bool) -> Option<NodeIx> {
    let mut seen = BTreeSet::from([node]);
    let mut at = node;
    for _ in 0..FEW {
        at = way.iter().find_map(|input| origin(graph, at, input)).filter(|next| seen.insert(*next))?;
        if is_it(&graph[at]) {
            return Some(at);
        }
    }
    None
}

/// The node that an input is linked to.
fn origin(graph: &Graph, node: NodeIx, input: &str) -> Option<NodeIx> {
    let slot = graph[node].input_slot(input)?;
    graph.source(Slot { node, slot }).map(|link| link.from.node)
}

/// The family that a file in a widget of a loader belongs to.
fn family(
    node: &Node,
    words: impl Fn(&Family) -> &'static [&'static str],
) -> Option<(&'static Family, &str)> {
    let file = node.widgets.iter().find_map(|widget| {
        let is_file = widget.name.ends_with("_name");
        widget.value.as_ref().and_then(Value::as_str).filter(|_| is_file)
    })?;
    let lower = file.to_lowercase();
    let base = lower.rsplit(['/', '\\']).next().unwrap_or(&lower);
    // a whole word is written with its ending
    let fits = |word: &&str| {
        if word.contains(".s") && word.len() < 16 { base == *word } else { base.contains(*word) }
    };
    FAMILIES.iter().find(|family| words(family).iter().any(fits)).map(|family| (family, file))
}

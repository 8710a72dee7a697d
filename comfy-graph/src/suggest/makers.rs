//! Which class of nodes is missing from a graph: one that gives what an input waits for, or one that saves what
//! nothing takes.
//!
//! Asked on the error path only; that reads every definition of the catalog.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{InputDef, InputKind, IoType, NodeDef, OutputDef};

/// The type of outputs that have that of an input.
const MATCH_TYPE: &str = "COMFY_MATCHTYPE_V3";

/// Characters of names in one message.
const SHOWN: usize = 480;

/// What the rest of the graph says about a node that is not there.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Types of outputs of nodes that nothing takes anything from.
    pub loose: BTreeSet<IoType>,
    /// All types that some output has.
    pub given: BTreeSet<IoType>,
    /// Classes that are there.
    pub classes: BTreeSet<Box<str>>,
    /// What the missing node is called, if that is known: the variable that it was given to.
    pub called: Option<Box<str>>,
}

impl Surroundings {
    /// Whether a model is loaded.
    fn samples(&self) -> bool {
        self.given.iter().any(|io_type| io_type.as_str() == "MODEL")
    }
}

/// The classes of a catalog by the types that they give.
#[derive(Clone, Debug, Default)]
pub struct Makers<'c> {
    by_type: BTreeMap<Box<str>, Vec<&'c NodeDef>>,
    savers: Vec<&'c NodeDef>,
}

impl<'c> Makers<'c> {
    /// Sorts the definitions.
    pub fn new(defs: impl Iterator<Item = &'c NodeDef>) -> Self {
        let mut makers = Self::default();
        for def in defs {
            let types: BTreeSet<&str> =
                def.outputs.iter().flat_map(|output| output.io_type.members()).collect();
            for io_type in types {
                makers.by_type.entry(io_type.into()).or_default().push(def);
            }
            if def.output_node && !def.api_node {
                makers.savers.push(def);
            }
        }
        makers
    }

    /// Whether some class gives this type, so that it is one that travels through links.
    pub(crate) fn is_made(&self, io_type: &IoType) -> bool {
        io_type.members().any(|member| self.by_type.contains_key(member))
    }
}

/// An output that is asked for: the slot, unless any will do, and the type.
pub type Wanted = (Option<usize>, IoType);

/// The classes that could be the node whose outputs are `wanted`, best first; none if nothing is wanted.
///
/// ```
/// use comfy_graph::{
///     catalog::{Catalog, IoType},
///     suggest::makers::{Makers, Surroundings, givers},
/// };
///
/// # #[cfg(feature = "bundled")] {
/// let catalog = Catalog::bundled();
/// let makers = Makers::new(catalog.iter());
/// let around = Surroundings { given: [IoType::new("LATENT"), IoType::new("VAE")].into(), ..Surroundings::default() };
/// let best = givers(&makers, &around, &[(None, IoType::new("IMAGE"))]);
/// assert!(best[..3].iter().any(|def| &*def.class_type == "VAEDecode"));
/// # }
/// ```
pub fn givers<'c>(makers: &Makers<'c>, around: &Surroundings, wanted: &[Wanted]) -> Vec<&'c NodeDef> {
    let Some((_, first)) = wanted.iter().find(|(_, io_type)| !io_type.is_any()).or(wanted.first()) else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    // a name, or what else the caller knows, can tell where the type does not
    let groups: Vec<&Vec<&'c NodeDef>> = if first.is_any() && around.called.is_some() {
        makers.by_type.values().collect()
    } else {
        // what passes any type on gives this one too
        first.members().chain([MATCH_TYPE]).filter_map(|word| makers.by_type.get(word)).collect()
    };
    let defs = groups.into_iter().flatten().copied();
    let fits = |def: &NodeDef| {
        wanted.iter().all(|(slot, io_type)| match slot {
            Some(slot) => def.outputs.get(*slot).is_some_and(|output| gives(def, output, io_type)),
            None => def.outputs.iter().any(|output| gives(def, output, io_type)),
        })
    };
    let mut ranked: Vec<(f64, &NodeDef)> = defs
        .filter(|def| fits(def) && seen.insert(&*def.class_type))
        .map(|def| {
            let saves = if def.output_node { 2.0 } else { 0.0 };
            (likelihood(def, around) - unused(def, wanted) - saves, def)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().map(|(_, def)| def).collect()
}

/// Whether an output can have the type, be it that an input of its template takes it.
fn gives(def: &NodeDef, output: &OutputDef, wanted: &IoType) -> bool {
    let Some(template) = &output.match_template else { return wanted.accepts(&output.io_type) };
    def.inputs.iter().any(|input| {
        matches!(&input.kind, InputKind::MatchType { template_id } if template_id == template)
            && input.io_type.accepts(wanted)
    })
}

/// The output classes that could take what nothing takes now, best first.
pub(crate) fn savers<'c>(makers: &Makers<'c>, around: &Surroundings) -> Vec<&'c NodeDef> {
    let takes =
        |def: &NodeDef| links(def).any(|input| around.loose.iter().any(|loose| accepts(input, loose)));
    let mut ranked: Vec<(f64, &NodeDef)> = makers
        .savers
        .iter()
        .filter(|def| takes(def))
        .map(|def| {
            let any = links(def).any(|input| input.io_type.is_any());
            let saves = def.class_type.starts_with("Save") || def.class_type.starts_with("Preview");
            (likelihood(def, around) + f64::from(u8::from(saves)) - 2.0 * f64::from(u8::from(any)), *def)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().map(|(_, def)| def).collect()
}

/// The first of these names, as many as a message has room for.
pub fn that_fit<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let mut room = SHOWN;
    let fits = |name: &&str| {
        let length = name.len() + 2;
        let fits = length <= room;
        room = room.saturating_sub(length);
        fits
    };
    names.into_iter().take_while(fits).collect()
}

/// Required inputs that only a link can feed.
fn links(def: &NodeDef) -> impl Iterator<Item = &InputDef> {
    def.inputs.iter().filter(|input| input.is_required() && !input.is_widget())
}

fn accepts(input: &InputDef, given: &IoType) -> bool {
    match &input.kind {
        InputKind::Autogrow(autogrow) => autogrow.item.io_type.accepts(given),
        _ => input.io_type.accepts(given),
    }
}

/// Classes that most workflows are made of, in no order.
const COMMON: &[&str] = &[
    "BasicGuider",
    "BasicScheduler",
    "CFGGuider",
    "CLIPLoader",
    "CLIPTextEncode",
    "CLIPVisionEncode",
    "CLIPVisionLoader",
    "CheckpointLoaderSimple",
    "ComfySwitchNode",
    "ConditioningZeroOut",
    "ControlNetApplyAdvanced",
    "ControlNetLoader",
    "CreateVideo",
    "DualCLIPLoader",
    "EmptyLatentImage",
    "EmptySD3LatentImage",
    "FluxGuidance",
    "GetImageSize",
    "GetVideoComponents",
    "ImageScale",
    "ImageScaleBy",
    "ImageScaleToTotalPixels",
    "KSampler",
    "KSamplerSelect",
    "LatentUpscaleBy",
    "LoadAudio",
    "LoadImage",
    "LoadVideo",
    "LoraLoader",
    "LoraLoaderModelOnly",
    "ModelSamplingAuraFlow",
    "ModelSamplingSD3",
    "PreviewImage",
    "PrimitiveInt",
    "PrimitiveStringMultiline",
    "RandomNoise",
    "SamplerCustomAdvanced",
    "SaveAudioMP3",
    "SaveImage",
    "SaveVideo",
    "UNETLoader",
    "UpscaleModelLoader",
    "VAEDecode",
    "VAEEncode",
    "VAELoader",
];

/// How well a class goes with the rest, and how often it is used anywhere.
///
/// The sources of a node that is gone are taken by nobody any more, so it is one that takes those, and little else.
fn likelihood(def: &NodeDef, around: &Surroundings) -> f64 {
    let mut score = 0.0;
    let takes = |loose: &IoType| {
        let typed = def.inputs.iter().filter(|input| !input.io_type.is_any());
        typed.into_iter().any(|input| !loose.is_any() && accepts(input, loose))
    };
    for loose in &around.loose {
        score += if takes(loose) { 2.0 } else { -0.5 };
    }
    for input in links(def).filter(|input| !input.io_type.is_any()) {
        if around.loose.iter().any(|loose| accepts(input, loose)) {
            continue;
        }
        score -= if around.given.iter().any(|given| accepts(input, given)) { 0.5 } else { 3.0 };
    }
    for (applies, weight) in [
        (around.classes.contains(&def.class_type), 1.0),
        (COMMON.contains(&&*def.class_type), 2.0),
        (&*def.python_module == "nodes", 0.5),
        // who samples nothing here has others do it
        (def.api_node, if around.samples() { -3.0 } else { -0.5 }),
        (def.outputs.iter().any(|output| output.match_template.is_some()), -1.5),
        (def.deprecated, -3.0),
        (def.experimental, -1.0),
    ] {
        if applies {
            score += weight;
        }
    }
    score + around.called.as_deref().map_or(0.0, |name| likeness(def, name))
}

/// Whether nodes of a class may be called so: `open_ai_chat` goes with `OpenAIChatNode`, `image` with no class, since
/// it is a type.
pub fn may_be_called(def: &NodeDef, name: &str) -> bool {
    likeness(def, name) > 0.0
}

/// How well a class goes with what a node of it is called.
fn likeness(def: &NodeDef, name: &str) -> f64 {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
    };
    let (class, name) = (letters(&def.class_type), letters(name));
    let is_type = |output: &OutputDef| output.io_type.members().any(|word| letters(word).contains(&name));
    if name.len() < 3 {
        0.0
    } else if class.strip_suffix("node").unwrap_or(&class) == name {
        8.0
    } else if class.contains(&name) && !def.outputs.iter().any(is_type) {
        4.0
    } else {
        0.0
    }
}

/// Outputs that nobody asked for.
#[allow(clippy::cast_precision_loss, reason = "a few outputs")]
fn unused(def: &NodeDef, wanted: &[Wanted]) -> f64 {
    0.4 * def.outputs.len().saturating_sub(wanted.len()) as f64
}

/// `VAELoader or CheckpointLoaderSimple`, as many as a message has room for.
pub(crate) fn one_of(defs: &[&NodeDef]) -> String {
    let names = that_fit(defs.iter().map(|def| &*def.class_type));
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

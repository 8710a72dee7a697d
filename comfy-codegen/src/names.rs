//! The one place that decides what things are called in Rust.
//!
//! A name never depends on the order of anything in the catalog, only on the names it competes with; of those that
//! want one name, the most faithful keeps it and the others get a hash of their originals. In the flat namespace of
//! types nodes win over the well-known lists, those over other combos, and all of them over socket types. Everything about one node is decided from the names
//! of all classes, its own definition, and (rarely) the definitions of classes whose name begins one of its combos'
//! names; so a flow of sixty nodes reads some sixty definitions.
//!
//! ```
//! use comfy_graph::catalog::Catalog;
//! use comfy_codegen::names::Names;
//!
//! let catalog = Catalog::bundled();
//! let names = Names::new(&catalog);
//! let node = names.node("unCLIPCheckpointLoader").expect("a node of ComfyUI");
//! assert_eq!(node.ident, "UnClipCheckpointLoader");
//! assert_eq!(node.outputs[0].ident, "model");
//! ```

mod build;
mod choices;
mod lock;
mod markers;
mod short;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{OnceLock, PoisonError, RwLock},
};

use comfy_graph::catalog::{Catalog, InputDef, InputKind, IoType, NodeDef};

use crate::model::{ComboModel, DynamicModel, Form, InputModel, NodeModel};
use choices::ChoiceNames;
pub use lock::{LockError, NameLock};
use lock::{scope, settle_locked};
use words::is_upper_ident;
pub use words::raw_setter;
pub(crate) use words::{Case, hashed, is_keyword, snake, upper};

/// Names that a node's struct or a socket type cannot have in a flow: those of the runtime's prelude and those that
/// people expect to be Rust's own.
const RESERVED_TYPES: &[&str] = &[
    // comfy_dsl::prelude and what generated code brings
    "Accepts",
    "Any",
    "AnyOf",
    "Bool",
    "BoolInput",
    "Boundary",
    "Choice",
    "Combo",
    "ComfyType",
    "Diagnostic",
    "Float",
    "FloatInput",
    "Flow",
    "Graph",
    "Grow",
    "Int",
    "IntInput",
    "IntoInput",
    "IsSet",
    "LinkInput",
    "List",
    "Node",
    "NodeExt",
    "NodeRef",
    "Or",
    "Output",
    "Raw",
    "RawNode",
    "Seed",
    "SeedInput",
    "Set",
    "Str",
    "StrInput",
    "Unset",
    "Value",
    // std::prelude
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// Methods that every node has, and the constructor.
const RESERVED_METHODS: &[&str] = &["new", "title", "bypass", "mute", "raw_input", "id"];

/// Lists that many nodes share, and that have one name where the options are those of the reference:
/// input, name, class and input of the reference.
pub(crate) const WELL_KNOWN: &[(&str, &str, &str, &str)] = &[
    ("sampler_name", "SamplerName", "KSampler", "sampler_name"),
    ("scheduler", "Scheduler", "KSampler", "scheduler"),
    ("ckpt_name", "Checkpoint", "CheckpointLoaderSimple", "ckpt_name"),
    ("lora_name", "Lora", "LoraLoader", "lora_name"),
    ("vae_name", "VaeName", "VAELoader", "vae_name"),
    ("unet_name", "UnetName", "UNETLoader", "unet_name"),
    ("clip_name", "ClipName", "CLIPLoader", "clip_name"),
    ("clip_name1", "ClipName", "CLIPLoader", "clip_name"),
    ("clip_name2", "ClipName", "CLIPLoader", "clip_name"),
    ("clip_name3", "ClipName", "CLIPLoader", "clip_name"),
    ("clip_name4", "ClipName", "CLIPLoader", "clip_name"),
    ("control_net_name", "ControlNetName", "ControlNetLoader", "control_net_name"),
    ("image", "ImageFile", "LoadImage", "image"),
    ("audio", "AudioFile", "LoadAudio", "audio"),
];

/// What every class, input, option and socket type of a catalog is called in Rust.
///
/// Making one costs the class names; each node is worked out when it is first asked for, and kept.
pub struct Names<'c> {
    catalog: &'c Catalog,
    nodes: BTreeMap<&'c str, Entry<'c>>,
    classes: BTreeMap<String, &'c str>,
    lock: NameLock,
    /// The locked names of the flat namespace.
    locked: BTreeSet<String>,
    /// The markers of the words that were asked for: finding out what a marker gives way to looks at many names.
    markers: RwLock<BTreeMap<String, String>>,
    /// The words of the markers of all definitions; made by [`word_of`](Self::word_of).
    words: OnceLock<BTreeMap<String, &'c str>>,
    /// The short names of enums; made when one is asked for.
    short: OnceLock<short::Short<'c>>,
}

/// A class: its name, and the rest once somebody asked.
struct Entry<'c> {
    ident: String,
    model: OnceLock<Option<NodeModel<'c>>>,
}

/// What a type name of the flat namespace stands for.
#[derive(Clone, Copy, Debug)]
pub enum ChoiceType<'n, 'c> {
    /// The type of a combo.
    Combo(&'n ComboModel<'c>),
    /// The type of a dynamic combo.
    Dynamic(&'n DynamicModel<'c>),
}

/// The type words of a class's inputs and outputs.
fn type_words(def: &NodeDef) -> BTreeSet<&str> {
    fn of_input<'c>(input: &'c InputDef, words: &mut BTreeSet<&'c str>) {
        words.extend(markers::members(&input.io_type));
        match &input.kind {
            InputKind::DynamicCombo(options) => {
                options.iter().flat_map(|option| &option.inputs).for_each(|input| of_input(input, words));
            }
            InputKind::Autogrow(autogrow) => of_input(&autogrow.item, words),
            _ => {}
        }
    }
    let mut words = BTreeSet::new();
    def.inputs.iter().for_each(|input| of_input(input, &mut words));
    words.extend(def.outputs.iter().flat_map(|output| markers::members(&output.io_type)));
    words
}

impl<'c> Names<'c> {
    /// The names of this catalog.
    pub fn new(catalog: &'c Catalog) -> Self {
        Self::with_lock(catalog, NameLock::default())
    }

    /// The names of this catalog where some were given before: those stay, new ones avoid them.
    pub fn with_lock(catalog: &'c Catalog, lock: NameLock) -> Self {
        let locked: BTreeSet<String> = lock.flat().map(str::to_owned).collect();
        let reserved = |name: &str| RESERVED_TYPES.contains(&name) || locked.contains(name);
        let wish = |class: &str| {
            let name = if is_upper_ident(class) { class.to_owned() } else { upper(class) };
            if RESERVED_TYPES.contains(&&*name) { format!("{name}Node") } else { name }
        };
        let idents = settle_locked(&lock, "node", catalog.class_types(), Case::Upper, wish, reserved);
        let classes = idents.iter().map(|(class, ident)| (ident.clone(), *class)).collect();
        let entry = |(class, ident)| (class, Entry { ident, model: OnceLock::new() });
        let nodes = idents.into_iter().map(entry).collect();
        Self {
            catalog,
            classes,
            nodes,
            lock,
            locked,
            markers: RwLock::default(),
            words: OnceLock::new(),
            short: OnceLock::new(),
        }
    }

    /// The catalog that the names are of.
    pub fn catalog(&self) -> &'c Catalog {
        self.catalog
    }

    /// The class of this name in Rust; worked out on first use.
    pub fn node(&self, class_type: &str) -> Option<&NodeModel<'c>> {
        let entry = self.nodes.get(class_type)?;
        entry.model.get_or_init(|| Some(self.build(self.catalog.get(class_type)?, &entry.ident))).as_ref()
    }

    /// The struct's name of a class, without working out the rest.
    pub fn node_ident(&self, class_type: &str) -> Option<&str> {
        self.nodes.get(class_type).map(|entry| entry.ident.as_str())
    }

    /// All names that this catalog's things have, and those that were given before.
    pub fn to_lock(&self) -> NameLock {
        let mut lock = self.lock.clone();
        for (class, entry) in &self.nodes {
            lock.keep("node", class, &entry.ident);
            let Some(node) = self.node(class) else { continue };
            for (place, ident) in ChoiceNames::new(self, node.def, &node.ident).all() {
                lock.keep(&scope("choice", [*class]), place, ident);
            }
            lock_inputs(&[*class], &node.inputs, &mut lock);
            for word in type_words(node.def) {
                if let Some(marker) = self.own_marker(word) {
                    lock.keep("type", word, &marker);
                }
            }
        }
        lock
    }

    /// The class whose struct has this name.
    pub fn class_of(&self, ident: &str) -> Option<&'c str> {
        self.classes.get(ident).copied()
    }

    /// The Rust text of a socket type: `Image`, `AnyOf<(Image, Mask)>`, `Any`, `Int` …
    pub fn marker(&self, io_type: &IoType) -> String {
        markers::type_marker(io_type, |word| self.word_marker(word))
    }

    /// The marker of a single type word. It gives way to every other name that a flow can write.
    pub fn word_marker(&self, word: &str) -> String {
        if let Some(given) = self.lock.get("type", word) {
            return given.to_owned();
        }
        if let Some(known) = self.markers.read().unwrap_or_else(PoisonError::into_inner).get(word) {
            return known.clone();
        }
        let reserved = |name: &str| {
            RESERVED_TYPES.contains(&name)
                || WELL_KNOWN.iter().any(|(_, known, ..)| *known == name)
                || self.locked.contains(name)
                || self.is_wished_choice(name)
        };
        let marker = markers::word_marker(word, |name| self.is_node(name), reserved);
        let mut known = self.markers.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(word.to_owned(), marker.clone());
        marker
    }

    /// The marker of a word, if the generated code defines it.
    fn own_marker(&self, word: &str) -> Option<String> {
        Some(self.word_marker(word)).filter(|marker| !self.is_runtime_marker(marker))
    }

    /// The type word of a marker that the generated code defines: `IMAGE` of `Image`. All definitions are read when this
    /// is first asked.
    pub fn word_of(&self, marker: &str) -> Option<&'c str> {
        let find = || {
            let words: BTreeSet<&str> = self.catalog.iter().flat_map(type_words).collect();
            words.into_iter().filter_map(|word| Some((self.own_marker(word)?, word))).collect()
        };
        self.words.get_or_init(find).get(marker).copied()
    }

    /// Whether the runtime crate defines the marker, and not the generated code.
    pub fn is_runtime_marker(&self, marker: &str) -> bool {
        markers::is_runtime_marker(marker)
    }

    /// The combo or dynamic combo whose type has this name, or this alias.
    pub fn choice_type(&self, ident: &str) -> Option<ChoiceType<'_, 'c>> {
        let known = WELL_KNOWN.iter().find(|(_, name, ..)| self.well_known_ident(name) == ident);
        if let Some((.., class, _)) = known {
            return find_choice(&self.node(class)?.inputs, ident);
        }
        self.nodes_before(ident).find_map(|class| find_choice(&self.node(class)?.inputs, ident)).or_else(
            || {
                let (class, input) = self.of_short_choice(ident)?;
                let input = self.node(class)?.inputs.iter().find(|model| *model.def.name == *input)?;
                match &input.form {
                    Form::Combo(combo) => Some(ChoiceType::Combo(combo)),
                    _ => None,
                }
            },
        )
    }

    fn is_node(&self, name: &str) -> bool {
        self.classes.contains_key(name)
    }

    /// The classes whose struct's name begins this name and is shorter.
    fn nodes_before<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'c str> + 'a {
        name.char_indices().skip(1).filter_map(|(at, _)| self.class_of(name.get(..at)?))
    }

    /// The name of a well-known list; a node of that name has precedence.
    fn well_known_ident(&self, name: &str) -> String {
        if self.is_node(name) { format!("{name}Choice") } else { name.to_owned() }
    }

    /// The definition of the reference input of a well-known list.
    fn reference(&self, class: &str, input: &str) -> Option<(&'c NodeDef, &'c InputDef)> {
        let def = self.catalog.get(class)?;
        Some((def, def.input(input).filter(|input| matches!(input.kind, InputKind::Combo(_)))?))
    }
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Names").field("classes", &self.nodes.len()).finish_non_exhaustive()
    }
}

/// Notes the names of inputs and of what they bring; `path` is the class, then names of dynamic combos and keys of options.
fn lock_inputs(path: &[&str], inputs: &[InputModel<'_>], lock: &mut NameLock) {
    let place = scope("input", path.iter().copied());
    for input in inputs {
        lock.keep(&place, &input.def.name, &input.setter);
        match &input.form {
            Form::Combo(combo) => {
                let place = scope("value", [combo.ident.as_str()]);
                for value in &combo.values {
                    lock.keep(&place, &build::value_key(value.value), &value.ident);
                }
            }
            Form::Dynamic(dynamic) => {
                let own = scope("option", path.iter().copied().chain([&*input.def.name]));
                for option in &dynamic.options {
                    lock.keep(&own, &option.def.key, &option.ident);
                    let path = [path, &[&*input.def.name, &*option.def.key]].concat();
                    lock_inputs(&path, &option.inputs, lock);
                }
            }
            _ => {}
        }
    }
}

/// The choice of this name among the inputs, at any depth.
fn find_choice<'n, 'c>(inputs: &'n [InputModel<'c>], ident: &str) -> Option<ChoiceType<'n, 'c>> {
    inputs.iter().find_map(|input| match &input.form {
        Form::Combo(combo) => {
            let named = combo.ident == ident || combo.alias.as_deref() == Some(ident);
            named.then_some(ChoiceType::Combo(combo))
        }
        Form::Dynamic(dynamic) if dynamic.ident == ident => Some(ChoiceType::Dynamic(dynamic)),
        Form::Dynamic(dynamic) => {
            dynamic.options.iter().find_map(|option| find_choice(&option.inputs, ident))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests;

//! Files of other families in valid prompts: a VAE, text encoder, LoRA or ControlNet that belongs to another model.
//!
//! What belongs together is told by the prompts themselves, not by the table that is tested: files that some prompt of the
//! corpus puts together, and those that are put together with these, are no mistake.

use std::collections::{BTreeMap, BTreeSet};

use comfy_graph::diag::codes;
use comfy_transpile::{Compiler, Input};
use serde_json::{Map, Value};

use super::{Chance, Fault, Score, judge};

/// What a file is in the prompt that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A VAE.
    Vae,
    /// A text encoder.
    Encoder,
    /// A LoRA.
    Lora,
    /// A `ControlNet`.
    ControlNet,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Vae, Self::Encoder, Self::Lora, Self::ControlNet];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vae => "family: VAE",
            Self::Encoder => "family: text encoder",
            Self::Lora => "family: LoRA",
            Self::ControlNet => "family: ControlNet",
        }
    }

    fn of(input: &str) -> Option<Self> {
        match input {
            "vae_name" => Some(Self::Vae),
            "lora_name" => Some(Self::Lora),
            "control_net_name" => Some(Self::ControlNet),
            _ if input.starts_with("clip_name") => Some(Self::Encoder),
            _ => None,
        }
    }
}

/// A file in a prompt: node, input, name.
type At<'p> = (&'p str, &'p str, &'p str);

fn files(prompt: &Map<String, Value>) -> impl Iterator<Item = At<'_>> {
    prompt.iter().flat_map(|(id, node)| {
        // what encodes pictures is called a CLIP, too
        let encodes_pictures = node["class_type"].as_str().is_some_and(|class| class.contains("Vision"));
        let inputs = node["inputs"].as_object().into_iter().flatten().filter(move |_| !encodes_pictures);
        inputs.filter_map(move |(input, value)| {
            let text = value.as_str()?;
            let endings = [".safetensors", ".sft", ".ckpt", ".pt", ".pth", ".gguf", ".bin"];
            endings.iter().any(|ending| text.ends_with(ending)).then_some((&**id, &**input, text))
        })
    })
}

/// The models of a prompt.
fn models(prompt: &Map<String, Value>) -> BTreeSet<&str> {
    let is_model = |at: &At<'_>| matches!(at.1, "unet_name" | "ckpt_name");
    files(prompt).filter(is_model).map(|(.., file)| file).collect()
}

/// Files that are put together, each with the number of its group.
#[derive(Debug, Default)]
struct Groups(BTreeMap<String, usize>);

impl Groups {
    fn join(&mut self, one: &str, other: &str) {
        let next = self.0.len();
        let a = *self.0.entry(one.to_owned()).or_insert(next);
        let next = self.0.len();
        let b = *self.0.entry(other.to_owned()).or_insert(next);
        self.0.values_mut().filter(|group| **group == b).for_each(|group| *group = a);
    }

    fn are_apart(&self, one: &str, other: &str) -> bool {
        let group = |file: &str| self.0.get(file);
        group(one).zip(group(other)).is_some_and(|(a, b)| a != b)
    }
}

/// The files of a corpus.
#[derive(Debug, Default)]
pub struct Families {
    groups: BTreeMap<Role, Groups>,
    /// The files of a role, with a model that each goes with.
    files: BTreeMap<Role, BTreeMap<String, String>>,
}

impl Families {
    /// Learns from prompts with one model: what else is in them belongs to it.
    pub fn of<'p>(prompts: impl IntoIterator<Item = &'p Map<String, Value>>) -> Self {
        let mut all = Self::default();
        for prompt in prompts {
            let [model] = models(prompt).into_iter().collect::<Vec<_>>()[..] else { continue };
            for (_, input, file) in files(prompt) {
                let Some(role) = Role::of(input) else { continue };
                all.groups.entry(role).or_default().join(model, file);
                all.files.entry(role).or_default().entry(file.to_owned()).or_insert_with(|| model.to_owned());
            }
        }
        all
    }

    /// Puts a file of another family in the place of one of a prompt's; `None` if there is none in this role.
    pub fn plant(&self, role: Role, prompt: &Map<String, Value>, seed: u64) -> Option<Fault> {
        let mut chance = Chance::new(seed);
        let [model] = models(prompt).into_iter().collect::<Vec<_>>()[..] else { return None };
        let places: Vec<At<'_>> = files(prompt).filter(|at| Role::of(at.1) == Some(role)).collect();
        let (node, input, before) = *chance.pick(&places)?;
        let others: Vec<&String> = self
            .files
            .get(&role)?
            .iter()
            .filter(|(file, theirs)| self.are_apart(role, (model, before), (theirs, file)))
            .map(|(file, _)| file)
            .collect();
        let file = (*chance.pick(&others)?).clone();
        let what = format!("#{node}.{input}: {before} -> {file} (with {model})");
        let answers = vec![vec![before.to_owned()]];
        let mut broken = prompt.clone();
        *broken.get_mut(node)?["inputs"].get_mut(input)? = file.into();
        Some(Fault { text: Value::Object(broken).to_string(), what, answers })
    }

    fn are_apart(&self, role: Role, own: (&str, &str), theirs: (&str, &str)) -> bool {
        let apart = |role: Role, one: &str, other: &str| {
            self.groups.get(&role).is_some_and(|groups| groups.are_apart(one, other))
        };
        match role {
            Role::Vae | Role::Encoder => apart(role, own.1, theirs.1),
            // what is added to models is of their family where those have another latent space
            Role::Lora | Role::ControlNet => apart(Role::Vae, own.0, theirs.0),
        }
    }
}

/// Whether families are warned of; named if what was there before is.
pub fn judge_family(fault: &Fault, compiler: &Compiler) -> Score {
    let score = judge(fault, compiler);
    let blocked = mentions_families(&score.found);
    Score { blocked, ..score }
}

/// Whether a prompt is warned of as it is.
pub fn is_warned(prompt: &Map<String, Value>, compiler: &Compiler) -> bool {
    let text = Value::Object(prompt.clone()).to_string();
    mentions_families(&compiler.check_input(&Input::from_text("prompt.json", text)).unwrap_or_default())
}

fn mentions_families(found: &[comfy_graph::diag::Diagnostic]) -> bool {
    let families = [codes::MODEL_FAMILY_MISMATCH, codes::LATENT_FAMILY_MISMATCH];
    found.iter().any(|found| families.contains(&found.code))
}

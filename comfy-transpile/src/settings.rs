//! What is set from outside before a workflow runs: `NAME=VALUE`, seeds, and what is said of its parameters. What names
//! mean and whether values are good is [`comfy_graph::interface`]'s; `set.rs` brings both together.

use std::{fmt, path::Path, str::FromStr};

use comfy_graph::{
    catalog::{Catalog, Control, InputKind},
    diag::Diagnostic,
    graph::{Graph, NodeIx, Slot},
    interface::InterfaceOptions,
};
use serde_json::Value;

use crate::sidecar;

/// What is set from outside.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Values, in this order: the last of an input counts.
    pub values: Vec<Setting>,
    /// The seed of every node that has one of its own. It goes before [`values`](Self::values).
    pub seed: Option<u64>,
    /// What is said of the parameters beside the workflow.
    pub interface: InterfaceOptions,
    /// What is wrong with the sidecar file.
    pub(crate) found: Vec<Diagnostic>,
}

/// `NAME=VALUE`. The name is that of a parameter of the workflow, or a role such as `positive`, `seed` or `steps`, or an
/// input, as `NODE.INPUT`. A node is named by its id in the prompt (`3`, `57:8` inside of the subgraph that #57 is), by
/// its title, or by its class where only one node is of it.
///
/// ```
/// use comfy_transpile::Setting;
///
/// let setting: Setting = "KSampler.steps=30".parse()?;
/// assert_eq!(setting, Setting::new("KSampler.steps", "30"));
/// assert_eq!(setting.to_string(), "KSampler.steps=30");
/// assert!("steps: 30".parse::<Setting>().is_err());
/// # Ok::<(), comfy_transpile::SettingError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub(crate) name: Box<str>,
    pub(crate) value: Box<str>,
}

/// Why a value cannot be set.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingError {
    /// It is not of the form.
    #[error("`{0}` is no setting; write NAME=VALUE, as in steps=20 or KSampler.steps=20")]
    Form(String),
    /// Nothing is called so, or several things are, or what is called so does not take the value.
    #[error("{}", in_words(.0))]
    Refused(Box<Diagnostic>),
    /// An entry of [`InterfaceOptions::entries`] names no input.
    #[error("{}, of which a parameter should be made", in_words(.0))]
    Entry(Box<Diagnostic>),
}

impl SettingError {
    /// The same as a finding, for what is shown with others.
    pub fn to_diagnostic(&self) -> Option<Diagnostic> {
        match self {
            Self::Form(_) => None,
            Self::Refused(found) | Self::Entry(found) => Some((**found).clone()),
        }
    }
}

fn in_words(found: &Diagnostic) -> String {
    let parts = std::iter::once(&found.message).chain(&found.help);
    parts.map(String::as_str).collect::<Vec<_>>().join("; ")
}

impl Setting {
    /// A setting of what has this name.
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => Ok(Self::new(name.trim(), value)),
            _ => Err(SettingError::Form(word.to_owned())),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

impl Settings {
    /// Whether nothing is set, and nothing is said of parameters that could be wrong.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.seed.is_none()
            && self.interface == InterfaceOptions::default()
            && self.found.is_empty()
    }

    /// Reads the sidecar file of a workflow, `NAME.meta.json` beside `NAME.json`, where there is one. A broken one is
    /// among the findings of the document that the settings are set in.
    #[must_use]
    pub fn beside(mut self, workflow: &Path) -> Self {
        let read = sidecar::read(workflow);
        self.interface.sidecar = read.value;
        self.found.extend(read.diagnostics);
        self
    }
}

/// The inputs that are seeds: integers of that name that no link gives a value, and integers that the frontend changes
/// after each run and that a link takes to an input of that name.
pub(crate) fn seeds(graph: &Graph, catalog: &Catalog) -> Vec<(NodeIx, Box<str>)> {
    let mut found = Vec::new();
    for (ix, node) in graph.nodes() {
        let def = catalog.get(&node.class_type);
        for widget in node.widgets.iter().filter(|widget| widget.sent) {
            let declared = def.and_then(|def| def.resolve_input(&widget.name)).map(|input| &input.kind);
            let is_seed = match declared {
                Some(InputKind::Int(int)) => {
                    let changes = matches!(int.control, Some(Control::Declared(true) | Control::Named(_)));
                    is_called_seed(&widget.name) || (changes && gives_seed(graph, ix))
                }
                Some(_) => false,
                // of a class that nobody knows the value tells
                None => is_called_seed(&widget.name) && widget.value.as_ref().is_some_and(Value::is_u64),
            };
            let linked = node.input_slot(&widget.name).and_then(|slot| graph.source(Slot { node: ix, slot }));
            if is_seed && linked.is_none() {
                found.push((ix, widget.name.clone()));
            }
        }
    }
    found
}

/// Whether what comes out of a node is somebody's seed.
fn gives_seed(graph: &Graph, node: NodeIx) -> bool {
    graph.links_from(node).iter().any(|link| {
        let input = graph.get(link.to.node).and_then(|node| node.inputs.get(link.to.slot));
        input.is_some_and(|input| is_called_seed(&input.name))
    })
}

fn is_called_seed(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("seed" | "noise_seed"))
}

#[cfg(test)]
mod tests {
    use comfy_graph::passes::LowerOptions;
    use serde_json::json;

    use super::*;
    use crate::{Compiler, Input};

    fn prompt(words: &[&str]) -> Result<Value, SettingError> {
        let workflow = json!({
            "3": {"class_type": "KSampler", "_meta": {"title": "v1.5 sampler"}, "inputs": {"seed": 1, "steps": 20, "cfg": 8.0,
                "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0],
                "negative": ["7", 0], "latent_image": ["5", 0]}},
            "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}},
            "5": {"class_type": "EmptyLatentImage", "inputs": {"width": ["9", 0], "height": 512, "batch_size": 1}},
            "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a", "clip": ["4", 1]}},
            "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "b", "clip": ["4", 1]}},
            "9": {"class_type": "PrimitiveInt", "inputs": {"value": 64}},
            "11": {"class_type": "PrimitiveInt", "inputs": {"value": 5}},
            "12": {"class_type": "RandomNoise", "inputs": {"noise_seed": ["11", 0]}},
            "10": {"class_type": "Unheard", "inputs": {"on": true, "seed": 4, "name": "x"}},
        });
        let compiler = Compiler::bundled();
        let document = compiler.open(&Input::from_text("a.json", workflow.to_string())).expect("a prompt");
        let mut settings = Settings::default();
        for word in words {
            match word.strip_prefix("seed=") {
                Some(seed) => settings.seed = seed.parse().ok(),
                None => settings.values.push(word.parse()?),
            }
        }
        let lowered = compiler.lower_with(&document, LowerOptions::default(), &settings)?;
        Ok(lowered.prompt())
    }

    #[test]
    fn nodes_are_named_by_id_title_or_class() {
        let set = prompt(&[
            "3.steps=30",
            "#6.text=a = b",
            "v1.5 sampler.cfg=7",
            "ksampler.denoise=0.5",
            "CheckpointLoaderSimple.ckpt_name=./x.safetensors",
            "5.width=128",
            "10.on=off",
            "10.name=1",
        ]);
        let set = set.expect("all of it");
        assert_eq!(set["3"]["inputs"]["steps"], 30);
        assert_eq!(set["3"]["inputs"]["cfg"], 7);
        assert_eq!(set["3"]["inputs"]["denoise"], 0.5);
        assert_eq!(set["6"]["inputs"]["text"], "a = b");
        assert_eq!(set["4"]["inputs"]["ckpt_name"], "./x.safetensors");
        assert_eq!(set["5"]["inputs"]["width"], 128, "in the place of a link");
        assert_eq!((&set["10"]["inputs"]["on"], &set["10"]["inputs"]["name"]), (&json!(false), &json!("1")));
    }

    #[test]
    fn a_seed_is_that_of_every_node_that_has_one() {
        let set = prompt(&["seed=7"]).expect("all of it");
        assert_eq!((&set["3"]["inputs"]["seed"], &set["10"]["inputs"]["seed"]), (&json!(7), &json!(7)));
        assert_eq!(set["9"]["inputs"]["value"], 64, "a width");
        assert_eq!(set["11"]["inputs"]["value"], 7, "it goes to #12");
        assert_eq!(set["12"]["inputs"]["noise_seed"], json!(["11", 0]));
        let set = prompt(&["seed=7", "3.seed=18446744073709551615"]).expect("all of it");
        assert_eq!(set["3"]["inputs"]["seed"], json!(u64::MAX));
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        let said = |word: &str| prompt(&[word]).expect_err(word).to_string();
        assert_eq!(
            said("3.steps"),
            "`3.steps` is no setting; write NAME=VALUE, as in steps=20 or KSampler.steps=20"
        );
        assert_eq!(said("stepps=3"), "the workflow has no parameter `stepps`; did you mean `steps`?");
        assert_eq!(
            said("3.stepps=1"),
            "KSampler #3 (\"v1.5 sampler\") has no input `stepps`; did you mean `steps`?"
        );
        assert_eq!(
            said("KSampeler.steps=1"),
            "`KSampeler.steps`: no node has the id, title or class `KSampeler`; did you mean `KSampler`?"
        );
        assert_eq!(
            said("CLIPTextEncode.text=x"),
            "`CLIPTextEncode.text` may be 6.text, 7.text; name the node by its id"
        );
        assert_eq!(said("3.steps=many"), "3.steps: `many` is no integer");
        assert_eq!(said("3.model=x"), "3.model takes a link of MODEL, and no value");
    }
}

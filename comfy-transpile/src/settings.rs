//! Values that are set from outside before a workflow runs: `NODE.input=VALUE`, and seeds. They are set in the lowered
//! graph, so that a node is named as the prompt names it. Reading the words of a command line is here too, because what
//! they mean depends on the catalog; whether the values are good is the validator's.

use std::{collections::BTreeSet, fmt, str::FromStr};

use comfy_graph::{
    catalog::{Catalog, ComboDef, Control, InputDef, InputKind},
    graph::{Graph, Node, NodeIx, Slot, Widget},
    suggest::nearest,
};
use serde_json::{Number, Value};

/// How many names a message lists.
const MOST_NAMES: usize = 8;

/// What is set from outside.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// Values of single inputs, in this order: the last of an input counts.
    pub values: Vec<Setting>,
    /// The seed of every node that has one of its own. It goes before [`values`](Self::values).
    pub seed: Option<u64>,
}

/// Inputs, by node and name.
pub(crate) type Changed = BTreeSet<(Box<str>, Box<str>)>;

/// `NODE.input=VALUE`. A node is named by its id in the prompt (`3`, `57:8` inside of the subgraph that #57 is), by its
/// title, or by its class where only one node is of it.
///
/// ```
/// use comfy_transpile::Setting;
///
/// let setting: Setting = "KSampler.steps=30".parse()?;
/// assert_eq!(setting.to_string(), "KSampler.steps=30");
/// assert!("steps: 30".parse::<Setting>().is_err());
/// # Ok::<(), comfy_transpile::SettingError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// `NODE.input`; which of its dots is the one between the two shows only with the graph.
    target: Box<str>,
    value: Box<str>,
}

/// Why a value cannot be set.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingError {
    /// It is not of the form.
    #[error("`{0}` is no setting; write NODE.input=VALUE, as in 3.steps=20 or KSampler.steps=20")]
    Form(String),
    /// There is no such node.
    #[error("{setting}: no node has the id, title or class `{node}`{}", or_rather(similar.as_deref()))]
    NoNode {
        /// The setting.
        setting: String,
        /// What was said of the node.
        node: String,
        /// A name that is much like it.
        similar: Option<String>,
    },
    /// Several nodes have this title or class.
    #[error("{setting}: `{node}` is {}; name one by its id", list(nodes))]
    SeveralNodes {
        /// The setting.
        setting: String,
        /// What was said of the node.
        node: String,
        /// The nodes that are called so, as `#id`.
        nodes: Vec<String>,
    },
    /// The node has no such input.
    #[error("{setting}: {node} has no input `{input}`{}", instead(similar.as_deref(), inputs))]
    NoInput {
        /// The setting.
        setting: String,
        /// The node.
        node: String,
        /// What was said of the input.
        input: String,
        /// A name that is much like it.
        similar: Option<String>,
        /// The inputs whose values can be set.
        inputs: Vec<String>,
    },
    /// The input takes links only.
    #[error("{setting}: `{input}` of {node} is a link ({io_type}); only values can be set")]
    Link {
        /// The setting.
        setting: String,
        /// The node.
        node: String,
        /// The input.
        input: String,
        /// What it takes.
        io_type: String,
    },
    /// The value is none of the input's type.
    #[error("{setting}: `{value}` is no {wanted}")]
    Value {
        /// The setting.
        setting: String,
        /// The value.
        value: String,
        /// What is wanted, in words.
        wanted: &'static str,
    },
}

impl Setting {
    /// A setting of an input of a node.
    pub fn new(node: &str, input: &str, value: &str) -> Self {
        Self { target: format!("{node}.{input}").into(), value: value.into() }
    }
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let (target, value) = word.split_once('=').ok_or_else(|| SettingError::Form(word.to_owned()))?;
        let target = target.trim();
        match target.split_once('.') {
            Some((node, _)) if !node.is_empty() && !target.ends_with('.') => {
                Ok(Self { target: target.into(), value: value.into() })
            }
            _ => Err(SettingError::Form(word.to_owned())),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.target, self.value)
    }
}

impl Settings {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.seed.is_none()
    }

    /// Sets everything. Gives the inputs that were set, as node and input.
    pub(crate) fn apply(&self, graph: &mut Graph, catalog: &Catalog) -> Result<Changed, SettingError> {
        let mut changed = BTreeSet::new();
        if let Some(seed) = self.seed {
            for (node, input) in seeds(graph, catalog) {
                set(graph, node, &input, seed.into());
                changed.insert((graph[node].key.as_str().into(), input));
            }
        }
        for setting in &self.values {
            let (node, input) = find(setting, graph, catalog)?;
            let value = typed(setting, &graph[node], &input, catalog)?;
            set(graph, node, &input, value);
            changed.insert((graph[node].key.as_str().into(), input));
        }
        Ok(changed)
    }
}

impl Settings {
    /// Sets what can be set in a graph as its author made it, where the nodes inside of subgraphs are nobody's own.
    pub(crate) fn apply_where_possible(&self, graph: &mut Graph, catalog: &Catalog) {
        let one = |values: Vec<Setting>, seed| Self { values, seed };
        let each = self.values.iter().map(|setting| one(vec![setting.clone()], None));
        for settings in std::iter::once(one(Vec::new(), self.seed)).chain(each) {
            // what is not there is in the prompt only
            let _ = settings.apply(graph, catalog);
        }
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

/// The node and the input that a setting is about. Titles and inputs may have dots in them: the place where both sides
/// are found is the right one.
fn find(setting: &Setting, graph: &Graph, catalog: &Catalog) -> Result<(NodeIx, Box<str>), SettingError> {
    let mut failure = None;
    for (dot, _) in setting.target.match_indices('.') {
        let (name, input) = (&setting.target[..dot], &setting.target[dot + 1..]);
        let nodes = called(name, graph);
        let with_input: Vec<NodeIx> =
            nodes.iter().copied().filter(|ix| has_input(&graph[*ix], input, catalog)).collect();
        match (with_input.as_slice(), nodes.as_slice()) {
            ([only], _) => return Ok((*only, input.into())),
            ([], []) => {}
            ([], [first, ..]) => {
                failure.get_or_insert_with(|| no_input(setting, &graph[*first], input, catalog));
            }
            (several, _) => {
                let nodes = several.iter().map(|ix| format!("#{}", graph[*ix].key)).collect();
                return Err(SettingError::SeveralNodes {
                    setting: setting.to_string(),
                    node: name.to_owned(),
                    nodes,
                });
            }
        }
    }
    Err(failure.unwrap_or_else(|| no_node(setting, graph)))
}

/// The nodes of this name: an id before a title before a class.
fn called(name: &str, graph: &Graph) -> Vec<NodeIx> {
    let name = name.trim();
    if let Some(ix) = graph.find(name.strip_prefix('#').unwrap_or(name)) {
        return vec![ix];
    }
    let by = |fits: &dyn Fn(&Node) -> bool| -> Vec<NodeIx> {
        graph.nodes().filter(|(_, node)| fits(node)).map(|(ix, _)| ix).collect()
    };
    let titled = |node: &Node, same: fn(&str, &str) -> bool| {
        node.title.as_deref().is_some_and(|title| same(title.trim(), name))
    };
    let ways: [&dyn Fn(&Node) -> bool; 4] = [
        &|node| titled(node, |title, name| title == name),
        &|node| *node.class_type == *name,
        &|node| titled(node, str::eq_ignore_ascii_case),
        &|node| node.class_type.eq_ignore_ascii_case(name),
    ];
    ways.into_iter().map(by).find(|found| !found.is_empty()).unwrap_or_default()
}

fn declared<'c>(node: &Node, input: &str, catalog: &'c Catalog) -> Option<&'c InputDef> {
    catalog.get(&node.class_type)?.resolve_input(input)
}

fn has_input(node: &Node, input: &str, catalog: &Catalog) -> bool {
    node.widget(input).is_some()
        || node.input_slot(input).is_some()
        || declared(node, input, catalog).is_some()
}

fn no_node(setting: &Setting, graph: &Graph) -> SettingError {
    let node = setting.target.rsplit_once('.').map_or("", |(node, _)| node);
    let titles = graph.nodes().filter_map(|(_, node)| node.title.as_deref());
    let classes = graph.nodes().map(|(_, node)| &*node.class_type);
    let similar = nearest(node, titles.chain(classes)).map(str::to_owned);
    SettingError::NoNode { setting: setting.to_string(), node: node.to_owned(), similar }
}

fn no_input(setting: &Setting, node: &Node, input: &str, catalog: &Catalog) -> SettingError {
    let mut inputs: Vec<&str> = node.widgets.iter().filter(|widget| widget.sent).map(|w| &*w.name).collect();
    let def = catalog.get(&node.class_type);
    for def in def.iter().flat_map(|def| &def.inputs).filter(|input| input.is_widget()) {
        if !inputs.contains(&&*def.name) {
            inputs.push(&def.name);
        }
    }
    SettingError::NoInput {
        setting: setting.to_string(),
        node: node.describe(),
        input: input.to_owned(),
        similar: nearest(input, inputs.iter().copied()).map(str::to_owned),
        inputs: inputs.into_iter().map(str::to_owned).collect(),
    }
}

/// The text as a value of the input's type.
fn typed(setting: &Setting, node: &Node, input: &str, catalog: &Catalog) -> Result<Value, SettingError> {
    let text = &*setting.value;
    let wrong =
        |wanted| SettingError::Value { setting: setting.target.to_string(), value: text.to_owned(), wanted };
    let Some(declared) = declared(node, input, catalog) else {
        return Ok(like(text, node.widget(input).and_then(|widget| widget.value.as_ref())));
    };
    Ok(match &declared.kind {
        InputKind::Int(_) => integer(text).ok_or_else(|| wrong("integer"))?,
        InputKind::Float(_) => float(text).ok_or_else(|| wrong("number"))?,
        InputKind::Boolean(_) => boolean(text).ok_or_else(|| wrong("truth value (true or false)"))?,
        InputKind::String(_) | InputKind::DynamicCombo(_) => text.into(),
        InputKind::Combo(combo) => option(text, combo),
        _ if node.widget(input).is_some() || declared.is_widget() => {
            serde_json::from_str(text).unwrap_or_else(|_| text.into())
        }
        _ => {
            return Err(SettingError::Link {
                setting: setting.to_string(),
                node: node.describe(),
                input: input.to_owned(),
                io_type: declared.io_type.to_string(),
            });
        }
    })
}

/// Of an input that nobody knows: as the value that was there.
fn like(text: &str, old: Option<&Value>) -> Value {
    let json = || serde_json::from_str(text).ok();
    match old {
        Some(Value::String(_)) => None,
        Some(Value::Number(_)) => integer(text).or_else(|| float(text)),
        Some(Value::Bool(_)) => boolean(text),
        _ => json(),
    }
    .unwrap_or_else(|| text.into())
}

fn integer(text: &str) -> Option<Value> {
    let text = text.trim().replace('_', "");
    text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from)).ok()
}

fn float(text: &str) -> Option<Value> {
    integer(text).or_else(|| Number::from_f64(text.trim().parse().ok()?).map(Value::Number))
}

fn boolean(text: &str) -> Option<Value> {
    let words = [("true", true), ("yes", true), ("on", true), ("1", true)];
    let words = words.into_iter().chain([("false", false), ("no", false), ("off", false), ("0", false)]);
    words.into_iter().find(|(word, _)| text.trim().eq_ignore_ascii_case(word)).map(|(_, value)| value.into())
}

/// An option as the list has it, which may be a number. What is none of them stays text, for the validator to find.
fn option(text: &str, combo: &ComboDef) -> Value {
    if combo.multiselect {
        return match serde_json::from_str(text) {
            Ok(Value::Array(list)) => Value::Array(list),
            _ => Value::Array(text.split(',').map(|part| part.trim().into()).collect()),
        };
    }
    let number: Option<Value> = serde_json::from_str(text).ok();
    let is_it = |option: &&Value| option.as_str() == Some(text) || Some(*option) == number.as_ref();
    combo.options.iter().find(is_it).cloned().unwrap_or_else(|| text.into())
}

/// Sets it, in the place of a link where there is one.
fn set(graph: &mut Graph, node: NodeIx, input: &str, value: Value) {
    if let Some(slot) = graph[node].input_slot(input) {
        graph.unlink(Slot { node, slot });
        if let Some(slot) = graph[node].inputs.get_mut(slot) {
            slot.value = None;
            slot.broken = None;
        }
    }
    let Some(node) = graph.get_mut(node) else { return };
    match node.widget_mut(input) {
        Some(widget) => {
            widget.value = Some(value);
            widget.sent = true;
        }
        None => node.widgets.push(Widget::new(input, value)),
    }
}

fn or_rather(similar: Option<&str>) -> String {
    similar.map_or_else(String::new, |similar| format!("; did you mean `{similar}`?"))
}

fn instead(similar: Option<&str>, inputs: &[String]) -> String {
    match (similar, inputs) {
        (Some(similar), _) => format!("; did you mean `{similar}`?"),
        (None, []) => String::new(),
        (None, inputs) => format!("; it has {}", list(inputs)),
    }
}

fn list(names: &[String]) -> String {
    let (shown, rest) = names.split_at(names.len().min(MOST_NAMES));
    match rest.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
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
            "`3.steps` is no setting; write NODE.input=VALUE, as in 3.steps=20 or KSampler.steps=20"
        );
        assert_eq!(
            said("3.stepps=1"),
            "3.stepps=1: KSampler #3 (\"v1.5 sampler\") has no input `stepps`; did you mean `steps`?"
        );
        assert_eq!(
            said("KSampeler.steps=1"),
            "KSampeler.steps=1: no node has the id, title or class `KSampeler`; did you mean `KSampler`?"
        );
        assert_eq!(
            said("CLIPTextEncode.text=x"),
            "CLIPTextEncode.text=x: `CLIPTextEncode` is #6, #7; name one by its id"
        );
        assert_eq!(said("3.steps=many"), "3.steps: `many` is no integer");
        assert_eq!(
            said("3.model=x"),
            "3.model=x: `model` of KSampler #3 (\"v1.5 sampler\") is a link (MODEL); only values can be set"
        );
    }
}

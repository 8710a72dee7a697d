//! Roles of real workflows: whether a value that is set by role arrives at the input that a simple walk of the recorded
//! prompt leads to.
//!
//! The walk here shares no code with the library, and knows sockets by their names in ComfyUI's own nodes. It looks at
//! what the real frontend made of a file; the library looks at the file.

use std::collections::BTreeMap;

use comfy_graph::{
    back,
    catalog::Catalog,
    front,
    graph::Graph,
    interface::{Interface, InterfaceOptions, Role, RoleFound},
    passes,
};
use comfy_tests::prompts::differences;
use serde_json::{Value, json};

use crate::corpus::corpus;

const ROLES: [Role; 7] =
    [Role::Positive, Role::Negative, Role::Seed, Role::Steps, Role::Cfg, Role::Width, Role::Height];

/// An input of a prompt, as node and name.
type Place = (String, String);

/// What the walk of a prompt leads to.
#[derive(Clone, Debug, PartialEq)]
enum Expected {
    One(Place),
    /// Several inputs make the value together; the ones whose texts could be the same, or none.
    Several(Vec<Place>),
    /// Nothing, or something that is computed.
    Nothing,
}

/// A prompt with the catalog of its classes.
struct Prompt<'a> {
    nodes: &'a Value,
    catalog: &'a Catalog,
}

impl<'a> Prompt<'a> {
    fn input(&self, node: &str, name: &str) -> Option<&'a Value> {
        self.nodes[node]["inputs"].get(name)
    }

    fn class(&self, node: &str) -> &'a str {
        self.nodes[node]["class_type"].as_str().unwrap_or_default()
    }

    fn link(&self, node: &str, name: &str) -> Option<(String, usize)> {
        let pair = self.input(node, name)?.as_array()?;
        let from = pair.first()?.as_str().filter(|from| self.nodes.get(*from).is_some())?;
        self.through((from.to_owned(), usize::try_from(pair.get(1)?.as_u64()?).ok()?))
    }

    /// Behind switches, whose choice stands in the prompt.
    fn through(&self, from: (String, usize)) -> Option<(String, usize)> {
        if self.class(&from.0) != "ComfySwitchNode" {
            return Some(from);
        }
        let mut choice = self.input(&from.0, "switch")?;
        while let Some(next) = choice.get(0).and_then(Value::as_str) {
            choice = self.input(next, "value")?;
        }
        self.link(&from.0, if choice.as_bool()? { "on_true" } else { "on_false" })
    }

    /// The nodes that sample: they give latents and choose a method.
    fn samplers(&self) -> Vec<&'a str> {
        let gives = |class: &str| {
            self.catalog
                .get(class)
                .is_some_and(|def| def.outputs.iter().any(|output| output.io_type.as_str() == "LATENT"))
        };
        let samples = |node: &Value| {
            let has = |name: &str| node["inputs"].get(name).is_some();
            has("latent_image") && (has("sampler_name") || has("sampler"))
        };
        let nodes = self.nodes.as_object().into_iter().flatten();
        nodes
            .filter(|(_, node)| gives(node["class_type"].as_str().unwrap_or_default()) && samples(node))
            .map(|(id, _)| id.as_str())
            .collect()
    }

    fn expected(&self, sampler: &str, role: Role) -> Expected {
        let guider = self.link(sampler, "guider").map_or_else(|| sampler.to_owned(), |(node, _)| node);
        let found = match role {
            Role::Positive => {
                let from =
                    ["positive", "conditioning", "cond1"].iter().find_map(|name| self.link(&guider, name));
                return from.map_or(Expected::Nothing, |from| self.text_of(from, "positive"));
            }
            Role::Negative => {
                let positive = self.expected(sampler, Role::Positive);
                let negative = self.link(&guider, "negative");
                let negative = negative.map_or(Expected::Nothing, |from| self.text_of(from, "negative"));
                return if negative == positive { Expected::Nothing } else { negative };
            }
            Role::Seed => self
                .number(sampler, "seed")
                .or_else(|| self.number(sampler, "noise_seed"))
                .or_else(|| self.number(&self.link(sampler, "noise")?.0, "noise_seed")),
            Role::Steps => self.number(sampler, "steps").or_else(|| {
                let mut node = self.link(sampler, "sigmas")?.0;
                while let Some((before, _)) = self.link(&node, "sigmas") {
                    node = before;
                }
                self.number(&node, "steps")
            }),
            Role::Cfg => self.number(sampler, "cfg").or_else(|| self.number(&guider, "cfg")),
            Role::Width => self.size(sampler, "width"),
            Role::Height => self.size(sampler, "height"),
            _ => None,
        };
        found.map_or(Expected::Nothing, Expected::One)
    }

    /// The text behind an output of conditioning; `side` is what an unknown class gives.
    fn text_of(&self, from: (String, usize), side: &str) -> Expected {
        const FURTHER: [&str; 7] = [
            "conditioning",
            "cond",
            "cond_NEW",
            "conditioning_to",
            "conditioning_from",
            "conditioning_1",
            "conditioning_2",
        ];
        let (mut node, mut slot) = from;
        for _ in 0..100 {
            let class = self.class(&node);
            if class == "ConditioningZeroOut" {
                return Expected::Nothing;
            }
            let output = self.catalog.get(class).and_then(|def| def.outputs.get(slot));
            let side = output.map_or(side, |output| &*output.name);
            let by_side = self.link(&node, side).or_else(|| self.link(&node, "positive"));
            let further: Vec<_> = FURTHER.iter().filter_map(|name| self.link(&node, name)).collect();
            match (by_side, further.as_slice()) {
                (Some(next), _) => (node, slot) = next,
                (None, [next]) => (node, slot) = next.clone(),
                (None, []) => return self.encoded(&node, side),
                (None, several) => {
                    let all: Vec<_> = several.iter().map(|from| self.text_of(from.clone(), side)).collect();
                    let same = all.iter().all(|found| *found == all[0]);
                    return if same { all[0].clone() } else { Expected::Several(Vec::new()) };
                }
            }
        }
        Expected::Nothing
    }

    fn encoded(&self, node: &str, side: &str) -> Expected {
        const NAMES: [&str; 12] = [
            "text",
            "prompt",
            "user_prompt",
            "caption",
            "text_g",
            "text_l",
            "clip_l",
            "clip_g",
            "t5xxl",
            "tags",
            "lyrics",
            "llama",
        ];
        let name = format!("{side}_prompt");
        if side == "negative" && self.input(node, &name).is_some() {
            return self.text(node, &name);
        }
        let names: Vec<&str> = NAMES.into_iter().filter(|name| self.input(node, name).is_some()).collect();
        let filled: Vec<&str> =
            names.iter().copied().filter(|name| self.input(node, name) != Some(&json!(""))).collect();
        match if filled.is_empty() { &names } else { &filled }.as_slice() {
            [] => Expected::Nothing,
            [only] => self.text(node, only),
            several => {
                Expected::Several(several.iter().map(|name| (node.to_owned(), (*name).to_owned())).collect())
            }
        }
    }

    /// Where a text stands: in the input, in a node that holds it, or in several that are joined.
    fn text(&self, node: &str, name: &str) -> Expected {
        match self.input(node, name) {
            Some(Value::String(_)) => return Expected::One((node.to_owned(), name.to_owned())),
            Some(Value::Array(_)) => {}
            _ => return Expected::Nothing,
        }
        let Some((from, _)) = self.link(node, name) else { return Expected::Nothing };
        match self.class(&from) {
            "PrimitiveStringMultiline" | "PrimitiveString" => self.text(&from, "value"),
            "PreviewAny" => self.text(&from, "source"),
            "StringTrim" | "CaseConverter" => self.text(&from, "string"),
            "StringConcatenate" | "StringReplace" | "RegexReplace" => Expected::Several(Vec::new()),
            _ => Expected::Nothing,
        }
    }

    fn number(&self, node: &str, name: &str) -> Option<Place> {
        let (mut node, mut name) = (node.to_owned(), name.to_owned());
        loop {
            match self.input(&node, &name)? {
                Value::Number(_) => return Some((node, name)),
                Value::Array(_) => {
                    let (from, _) = self.link(&node, &name)?;
                    let inputs = self.nodes[&from]["inputs"].as_object()?;
                    name.clone_from(inputs.keys().next().filter(|_| inputs.len() == 1)?);
                    node = from;
                }
                _ => return None,
            }
        }
    }

    fn size(&self, sampler: &str, side: &str) -> Option<Place> {
        const LATENTS: [&str; 5] = ["samples", "latent", "latents", "video_latent", "latent_image"];
        let mut node = self.link(sampler, "latent_image")?.0;
        for _ in 0..100 {
            if self.input(&node, side).is_some() {
                return self.number(&node, side);
            }
            node = LATENTS.iter().find_map(|name| self.link(&node, name))?.0;
        }
        None
    }
}

/// The rule that others go by: names of classes, in the order of the file.
fn by_substring(prompt: &Prompt<'_>, role: Role) -> Option<Place> {
    let nodes: Vec<&String> = prompt.nodes.as_object()?.keys().collect();
    let class = |id: &str| prompt.class(id).to_lowercase();
    let of_class = |word: &str, name: &str| {
        let node = nodes.iter().find(|id| class(id).contains(word) && prompt.input(id, name).is_some())?;
        Some(((**node).clone(), name.to_owned()))
    };
    let text = |position: usize| {
        let node = nodes.iter().filter(|id| prompt.class(id) == "CLIPTextEncode").nth(position)?;
        Some(((**node).clone(), "text".to_owned()))
    };
    match role {
        Role::Positive => text(0),
        Role::Negative => text(1),
        Role::Seed => of_class("sampler", "seed").or_else(|| of_class("sampler", "noise_seed")),
        Role::Steps => of_class("sampler", "steps"),
        Role::Cfg => of_class("sampler", "cfg"),
        Role::Width => of_class("latent", "width"),
        Role::Height => of_class("latent", "height"),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Workflows that have one such input.
    wanted: usize,
    found: usize,
    wrong: usize,
    substring_found: usize,
    substring_wrong: usize,
}

/// The prompt of a graph in which a role is set.
fn prompt_with(graph: &Graph, catalog: &Catalog, interface: &Interface, role: Role, value: &Value) -> Value {
    let mut graph = graph.clone();
    let set = interface.set(&mut graph, catalog, role.name(), value);
    set.unwrap_or_else(|said| panic!("{role}: {said}"));
    graph.verify().unwrap_or_else(|problem| panic!("{role}: {problem}"));
    back::api::emit(&passes::lower_for_execution(&graph).value, Some(catalog))
}

/// A value that no workflow has there.
fn marker(role: Role) -> Value {
    match role {
        Role::Positive | Role::Negative => json!("a text that was set by role"),
        Role::Seed => json!(8_765_432_109_876_u64),
        Role::Steps => json!(17),
        Role::Cfg => json!(3.25),
        _ => json!(832),
    }
}

#[test]
fn roles_lead_where_the_links_of_the_prompt_lead() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut tallies = BTreeMap::<Role, Tally>::new();
    let (mut wrong, mut missed, mut workflows) = (Vec::new(), Vec::new(), 0);
    for case in corpus.cases() {
        let text = case.text().expect("the case's file");
        let graph = front::read(&text, &catalog).expect("a workflow").value.graph;
        let own = back::api::emit(&passes::lower_for_execution(&graph).value, Some(&catalog));
        let gold = case.gold().expect("the case's gold");
        // where the recorded prompt has lost links, which the corpus test explains, ours is the one to judge by
        let gold = if differences(&own, &gold).is_empty() { gold } else { own };
        let prompt = Prompt { nodes: &gold, catalog: &catalog };
        let samplers = prompt.samplers();
        let [sampler] = samplers.as_slice() else { continue };
        workflows += 1;
        let interface = Interface::of(&graph, &catalog, &InterfaceOptions::default()).value;
        for role in ROLES {
            let expected = prompt.expected(sampler, role);
            let found = interface.role(role);
            let tally = tallies.entry(role).or_default();
            tally.wanted += usize::from(matches!(expected, Expected::One(_)));
            if let Some(place) = by_substring(&prompt, role) {
                let is_right = Expected::One(place) == expected;
                tally.substring_found += usize::from(is_right);
                tally.substring_wrong += usize::from(!is_right);
            }
            let RoleFound::One(_) = &found else {
                if let Expected::One(place) = &expected {
                    missed.push(format!("{}: {role} is {place:?}, and not {found:?}", case.name));
                }
                continue;
            };
            let value = marker(role);
            let changed = prompt_with(&graph, &catalog, &interface, role, &value);
            let is_at = |(node, input): &Place| changed[node]["inputs"][input] == value;
            let arrived = match &expected {
                Expected::One(place) => is_at(place),
                // one value, as a primitive gives it, for all of them
                Expected::Several(places) => !places.is_empty() && places.iter().all(is_at),
                Expected::Nothing => false,
            };
            tally.found += usize::from(arrived && matches!(expected, Expected::One(_)));
            tally.wrong += usize::from(!arrived);
            if !arrived {
                wrong.push(format!("{}: {role} is {expected:?}, and not {found:?}", case.name));
            }
        }
    }
    report(workflows, &tallies);
    for line in &missed {
        println!("missed: {line}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(workflows > 200, "only {workflows} workflows with one sampler");
    for (role, tally) in &tallies {
        assert!(tally.found * 100 >= tally.wanted * 95, "{role}: {tally:?}");
        assert!(tally.wanted > 30, "{role}: {tally:?}");
    }
}

#[allow(clippy::cast_precision_loss, reason = "numbers of files")]
fn report(workflows: usize, tallies: &BTreeMap<Role, Tally>) {
    println!("{workflows} workflows with one sampler");
    println!("role      there  found          wrong | by substring: found  wrong");
    for (role, tally) in tallies {
        let percent = 100.0 * tally.found as f64 / tally.wanted.max(1) as f64;
        let Tally { wanted, found, wrong, substring_found, substring_wrong } = tally;
        println!(
            "{role:9} {wanted:5}  {found:5} ({percent:5.1} %) {wrong:5} | {substring_found:19}  {substring_wrong:5}"
        );
    }
}

/// Every workflow has an interface, whose parameters stand at places that are there and can be set to what they are.
#[test]
fn every_workflow_has_an_interface() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut sources = BTreeMap::<String, usize>::new();
    let mut said = BTreeMap::<&str, usize>::new();
    let (mut odd, mut params) = (Vec::new(), 0);
    for case in corpus.cases() {
        let read = front::read(&case.text().expect("the case's file"), &catalog).expect("a workflow");
        let graph = read.value.graph;
        let before = back::api::emit(&passes::lower_for_execution(&graph).value, Some(&catalog));
        let interface = Interface::of(&graph, &catalog, &InterfaceOptions::default());
        for found in &interface.diagnostics {
            *said.entry(found.code.name()).or_default() += 1;
            println!("{}: {found}", case.name);
        }
        let interface = interface.value;
        let mut again = graph.clone();
        for param in &interface.params {
            params += 1;
            *sources.entry(param.source.to_string()).or_default() += 1;
            let Some(default) = &param.default else { continue };
            // what the file has may be out of range, or a file of another machine
            if param.kind.read(&param.name, default.into()).as_ref() == Ok(default) {
                let set = interface.set(&mut again, &catalog, &param.name, default);
                set.unwrap_or_else(|said| panic!("{}: {said}", case.name));
            }
        }
        again.verify().unwrap_or_else(|problem| panic!("{}: {problem}", case.name));
        let after = back::api::emit(&passes::lower_for_execution(&again).value, Some(&catalog));
        let differences = differences(&after, &before);
        odd.extend(differences.iter().map(|difference| format!("{}: {difference:?}", case.name)));
    }
    println!("{params} parameters: {sources:#?}; {said:#?}");
    assert!(params > 1000, "only {params} parameters");
    assert!(odd.is_empty(), "{odd:#?}");
}

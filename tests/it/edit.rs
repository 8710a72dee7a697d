//! Edits of every real workflow: batches that somebody could write, and nonsense. Each is made as a whole or not at all,
//! keeps the graph sound, and can be taken back to the byte.

use std::collections::BTreeSet;

use comfy_graph::{
    back,
    catalog::{Catalog, InputKind},
    diag::Diagnostic,
    edit, front,
    graph::{Graph, Node, NodeKind},
    passes,
    valid::Validator,
};
use comfy_tests::{faults::Chance, prompts::digests, synthetic::Shape};
use serde_json::{Value, json};

use crate::corpus::corpus;

fn read(text: &str, catalog: &Catalog) -> Graph {
    front::read(text, catalog).expect("a workflow or prompt").value.graph
}

fn prompt(graph: &Graph, catalog: &Catalog) -> Value {
    back::api::emit(&passes::lower_for_execution(graph).value, Some(catalog))
}

/// All that is written of a graph.
fn bytes(graph: &Graph, catalog: &Catalog) -> [String; 3] {
    let workflow = back::ui::emit(graph, catalog, back::ui::Options::default()).value;
    [prompt(graph, catalog).to_string(), workflow.to_string(), graph.to_string()]
}

fn seed(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// Makes up batches for one graph.
struct Writer<'g> {
    chance: Chance,
    graph: &'g Graph,
    catalog: &'g Catalog,
    /// Nodes by the names that ops have for them.
    nodes: Vec<(String, &'g Node)>,
    classes: Vec<&'g str>,
    aliases: Vec<(String, &'g str)>,
}

impl<'g> Writer<'g> {
    fn new(graph: &'g Graph, catalog: &'g Catalog, seed: u64) -> Self {
        let mut nodes: Vec<(String, &Node)> =
            graph.nodes().map(|(_, node)| (node.key.to_string(), node)).collect();
        for (_, instance) in graph.nodes() {
            let NodeKind::Instance(id) = &instance.kind else { continue };
            let Some(inside) = graph.subgraph(id.as_str()) else { continue };
            nodes.extend(
                inside.graph.nodes().map(|(_, node)| (format!("{}:{}", instance.key, node.key), node)),
            );
        }
        let classes = catalog.class_types().collect();
        Self { chance: Chance::new(seed), graph, catalog, nodes, classes, aliases: Vec::new() }
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.chance.below(count) == 0
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        self.chance.pick(list).cloned()
    }

    /// The name and class of some node.
    fn node(&mut self) -> (String, String) {
        if self.one_in(40) {
            let odd = ["99999", "$nobody", "-10", "", "x:y", "${p}", "KSampler"];
            return (self.pick(&odd).unwrap_or_default().to_owned(), String::new());
        }
        let aliases = self.aliases.clone();
        if self.one_in(3)
            && let Some((alias, class)) = self.pick(&aliases)
        {
            return (format!("${alias}"), class.to_owned());
        }
        let nodes = std::mem::take(&mut self.nodes);
        let picked = self.pick(&nodes).map(|(name, node)| (name, node.class_type.to_string()));
        self.nodes = nodes;
        picked.unwrap_or_default()
    }

    /// A class that the graph has, else any.
    fn class(&mut self) -> &'g str {
        let (_, class) = self.node();
        let known = self.catalog.get(&class).map(|def| &*def.class_type);
        let classes = std::mem::take(&mut self.classes);
        let any = self.pick(&classes).unwrap_or_default();
        self.classes = classes;
        match known {
            Some(known) if !self.one_in(3) => known,
            _ => any,
        }
    }

    /// An input of a class, and its type.
    fn input(&mut self, class: &str) -> Option<(String, String)> {
        let def = self.catalog.get(class)?;
        let names: Vec<(String, String)> =
            def.inputs.iter().map(|input| (input.name.to_string(), input.io_type.to_string())).collect();
        self.pick(&names)
    }

    /// A node that gives this type, and its output.
    fn source(&mut self, wanted: &str) -> Option<String> {
        let gives: Vec<String> = self
            .nodes
            .iter()
            .flat_map(|(name, node)| {
                let outputs = node.outputs.iter().enumerate();
                let fits = outputs.filter(|(_, output)| output.io_type.as_str() == wanted);
                fits.map(move |(slot, _)| format!("{name}.{slot}"))
            })
            .collect();
        self.pick(&gives)
    }

    fn value(&mut self, class: &str, input: &str) -> Value {
        let declared = self.catalog.get(class).and_then(|def| def.resolve_input(input));
        let odd = [json!(null), json!(-1), json!("text"), json!([1, 2]), json!({"a": 1}), json!(1e300)];
        if self.one_in(8) {
            return self.pick(&odd).unwrap_or_default();
        }
        match declared.map(|input| &input.kind) {
            Some(InputKind::Combo(combo)) => self.pick(&combo.options).unwrap_or_default(),
            Some(InputKind::DynamicCombo(options)) => {
                let keys: Vec<Value> = options.iter().map(|option| (&*option.key).into()).collect();
                self.pick(&keys).unwrap_or_default()
            }
            Some(InputKind::String(_)) => "some {text|words} // here".into(),
            Some(InputKind::Boolean(_)) => true.into(),
            _ => self.chance.below(20).into(),
        }
    }

    fn values(&mut self, class: &str) -> Value {
        let mut values = serde_json::Map::new();
        for _ in 0..self.chance.below(3) {
            if let Some((input, _)) = self.input(class) {
                let value = self.value(class, &input);
                values.insert(input, value);
            }
        }
        Value::Object(values)
    }

    fn alias(&mut self, class: &'g str) -> String {
        let alias = format!("a{}", self.aliases.len());
        self.aliases.push((alias.clone(), class));
        alias
    }

    fn op(&mut self) -> Value {
        let (node, class) = self.node();
        match self.chance.below(14) {
            0 | 1 => {
                let class = self.class();
                let values = self.values(class);
                json!({"op": "add", "class": class, "as": self.alias(class), "values": values})
            }
            2 => json!({"op": "delete", "node": node, "rewire": self.chance.below(3) > 0}),
            3 | 4 => {
                let (input, wanted) = self.input(&class).unwrap_or_default();
                let from = self.source(&wanted).unwrap_or_else(|| self.node().0 + ".0");
                json!({"op": "connect", "from": from, "to": [node, input]})
            }
            5 => json!({"op": "disconnect", "to": [node, self.input(&class).unwrap_or_default().0]}),
            6 | 7 => {
                let (input, _) = self.input(&class).unwrap_or_default();
                json!({"op": "set", "node": node, "input": input, "value": self.value(&class, &input)})
            }
            8 => json!({"op": self.pick(&["bypass", "mute", "unmute"]), "node": node}),
            9 => json!({"op": "rename", "node": node, "title": self.pick(&["", "Mine", "日本"])}),
            10 => json!({"op": "replace", "node": node, "class": self.class(), "values": {}}),
            11 => {
                let class = self.class();
                json!({"op": "insert", "class": class, "as": self.alias(class), "from": format!("{node}.0")})
            }
            12 => {
                let nodes: Vec<String> = (0..=self.chance.below(4)).map(|_| self.node().0).collect();
                json!({"op": "wrap", "nodes": nodes, "name": "Wrapped"})
            }
            _ => {
                let instances: Vec<String> = self
                    .nodes
                    .iter()
                    .filter(|(_, node)| matches!(node.kind, NodeKind::Instance(_)))
                    .map(|(name, _)| name.clone())
                    .collect();
                json!({"op": "unpack", "node": self.pick(&instances).unwrap_or(node)})
            }
        }
    }

    fn batch(&mut self) -> Value {
        self.aliases.clear();
        let length = 1 + self.chance.below(5);
        debug_assert!(self.graph.verify().is_ok());
        (0..length).map(|_| self.op()).collect()
    }
}

#[derive(Default)]
struct Count {
    made: usize,
    refused: usize,
    ops: BTreeSet<String>,
}

/// Makes random batches and takes each back.
fn make_and_take_back(name: &str, graph: &Graph, catalog: &Catalog, batches: usize, count: &mut Count) {
    let mut writer = Writer::new(graph, catalog, seed(name));
    let before = bytes(graph, catalog);
    for _ in 0..batches {
        let batch = writer.batch();
        let said = || format!("{name}: {batch}");
        let Ok(ops) = edit::read(&batch) else {
            count.refused += 1;
            continue;
        };
        let mut changed = graph.clone();
        match edit::apply(&mut changed, catalog, &ops) {
            Err(found) => {
                assert!(found.iter().any(Diagnostic::is_error), "{}", said());
                assert!(found.iter().all(|found| found.place.is_some()), "{}: {found:#?}", said());
                assert_eq!(changed.to_string(), graph.to_string(), "{}", said());
                count.refused += 1;
            }
            Ok(applied) => {
                changed.verify().unwrap_or_else(|problem| panic!("{}: {problem}", said()));
                assert!(!applied.diagnostics.iter().any(Diagnostic::is_error), "{}", said());
                let after = bytes(&changed, catalog);
                let undo = edit::read(&edit::write(&applied.undo)).expect("the inverse as JSON");
                let undone = edit::apply(&mut changed, catalog, &undo)
                    .unwrap_or_else(|found| panic!("{}: {found:#?}", said()));
                assert!(bytes(&changed, catalog) == before, "{}", said());
                edit::apply(&mut changed, catalog, &undone.undo).expect("the batch again");
                assert!(bytes(&changed, catalog) == after, "{}", said());
                count.made += 1;
                let words = batch.as_array().into_iter().flatten().filter_map(|op| op["op"].as_str());
                count.ops.extend(words.map(str::to_owned));
            }
        }
    }
}

/// Enough of them are made for the rest to mean something.
fn assert_enough(count: &Count) {
    println!("{} batches made and taken back, {} refused", count.made, count.refused);
    assert!(count.made * 5 > count.refused, "{} of {}", count.made, count.made + count.refused);
    assert_eq!(count.ops.len(), 13, "every op was made somewhere: {:?}", count.ops);
}

#[test]
fn batches_are_taken_back() {
    let catalog = Catalog::bundled();
    let mut count = Count::default();
    for shape in Shape::ALL {
        let graph = read(&shape.workflow(6), &catalog);
        make_and_take_back(&format!("{shape:?}"), &graph, &catalog, 40, &mut count);
        let flat = prompt(&graph, &catalog);
        if flat.as_object().is_some_and(|nodes| !nodes.is_empty()) {
            let graph = read(&flat.to_string(), &catalog);
            make_and_take_back(&format!("{shape:?} as a prompt"), &graph, &catalog, 40, &mut count);
        }
    }
    assert_enough(&count);
}

/// How many values there are in one, itself included.
fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(places).sum(),
        Value::Object(map) => map.values().map(places).sum(),
        _ => 0,
    }
}

fn place<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|value| place(value, left)),
        Value::Object(map) => map.values_mut().find_map(|value| place(value, left)),
        _ => None,
    }
}

/// Puts nonsense, or another part of the batch, into some places.
fn damage(batch: &mut Value, chance: &mut Chance) {
    let odd = [
        json!(null),
        json!(-1),
        json!(3),
        json!("1"),
        json!("$a0"),
        json!("-10"),
        json!([]),
        json!({}),
        json!("x.y"),
        json!(true),
        json!(99_999),
        json!("instance"),
        json!(["1", 0]),
    ];
    for _ in 0..=chance.below(2) {
        let count = places(batch);
        let other = place(batch, &mut chance.below(count)).cloned();
        let with = if chance.below(3) == 0 { other } else { chance.pick(&odd).cloned() };
        if let (Some(target), Some(with)) = (place(batch, &mut (1 + chance.below(count))), with) {
            *target = with;
        }
    }
}

/// Batches and states that nobody would write end in findings, or in a sound graph.
#[test]
fn damaged_batches_are_refused_or_sound() {
    let catalog = Catalog::bundled();
    let (mut refused, mut sound, mut restored) = (0, 0, 0);
    for shape in Shape::ALL {
        let graph = read(&shape.workflow(3), &catalog);
        let mut writer = Writer::new(&graph, &catalog, seed(&format!("{shape:?} damaged")));
        let mut chance = Chance::new(seed(&format!("{shape:?}")));
        for _ in 0..150 {
            let mut batch = writer.batch();
            let mut start = graph.clone();
            let made = edit::read(&batch).ok().and_then(|ops| edit::apply(&mut start, &catalog, &ops).ok());
            let is_state = made.is_some() && chance.below(2) == 0;
            match made {
                // the inverse of a batch that was made, damaged
                Some(made) if is_state => batch = edit::write(&made.undo),
                _ => start = graph.clone(),
            }
            damage(&mut batch, &mut chance);
            let before = start.to_string();
            let Ok(ops) = edit::read(&batch) else {
                refused += 1;
                continue;
            };
            if edit::apply(&mut start, &catalog, &ops).is_err() {
                assert_eq!(start.to_string(), before, "{batch}");
                refused += 1;
                continue;
            }
            start.verify().unwrap_or_else(|problem| panic!("{problem}: {batch}"));
            let _ = bytes(&start, &catalog);
            sound += 1;
            restored += usize::from(is_state);
        }
    }
    println!("{refused} damaged batches refused, {sound} made, of them {restored} states");
    assert!(refused > 100 && sound > 50 && restored > 20, "{refused} {sound} {restored}");
}

#[test]
fn batches_on_real_workflows_are_taken_back() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut count = Count::default();
    for case in corpus.cases() {
        let graph = read(&case.text().expect("the case's file"), &catalog);
        make_and_take_back(&case.name, &graph, &catalog, 6, &mut count);
    }
    assert_enough(&count);
}

/// A large workflow takes many edits in no time.
#[test]
fn many_edits_of_a_large_workflow_are_made() {
    let catalog = Catalog::bundled();
    let graph = read(&Shape::ALL[0].workflow(5_000), &catalog);
    let batch: Value = (0..2_000)
        .flat_map(|n| {
            let class = if n % 2 == 0 { "ImageInvert" } else { "ImageBlur" };
            [
                json!({"op": "add", "class": class, "as": format!("n{n}")}),
                json!({"op": "add", "class": "ImageInvert", "values": {"image": format!("$n{n}.IMAGE")}}),
                json!({"op": "rename", "node": format!("$n{n}"), "title": "x"}),
                json!({"op": "delete", "node": format!("$n{n}")}),
            ]
        })
        .collect();
    let ops = edit::read(&batch).expect("edits");
    let start = std::time::Instant::now();
    let mut changed = graph.clone();
    let applied = edit::apply(&mut changed, &catalog, &ops).expect("edits of this graph");
    let made = start.elapsed();
    edit::apply(&mut changed, &catalog, &applied.undo).expect("the inverse");
    println!(
        "{} edits of {} nodes in {made:?}, taken back after {:?}",
        ops.len(),
        graph.len(),
        start.elapsed()
    );
    assert_eq!(changed.to_string(), graph.to_string());
    assert!(made.as_secs() < 60, "{made:?}");
}

/// The server's errors, by node and input.
fn errors(graph: &Graph, catalog: &Catalog) -> BTreeSet<String> {
    let found = Validator::new(catalog).check(&passes::lower_for_execution(graph).value);
    let errors = found.iter().filter(|found| found.is_error());
    errors.map(|found| format!("{} {:?} {:?}", found.code, found.node, found.input)).collect()
}

#[test]
fn loras_go_into_real_workflows_and_out_again() {
    let Some((corpus, catalog)) = corpus() else { return };
    let file = catalog.get("LoraLoader").and_then(|def| match &def.input("lora_name")?.kind {
        InputKind::Combo(combo) => combo.options.first().cloned(),
        _ => None,
    });
    let file = file.expect("the corpus's server has a LoRA");
    let (mut done, mut workflows) = (0, 0);
    for case in corpus.cases() {
        let graph = read(&case.text().expect("the case's file"), &catalog);
        let is_loader = |node: &Node| {
            matches!(&*node.class_type, "CheckpointLoaderSimple" | "UNETLoader") && node.mode.runs()
        };
        let loaders: Vec<String> =
            graph.nodes().filter(|(_, node)| is_loader(node)).map(|(_, node)| node.key.to_string()).collect();
        let (before, known) = (prompt(&graph, &catalog), errors(&graph, &catalog));
        workflows += usize::from(!loaders.is_empty());
        for loader in loaders {
            for count in 0..5 {
                let mut changed = graph.clone();
                let batch = json!([{"op": "insert_loras", "loader": loader, "loras": vec![file.clone(); count], "as": "l"}]);
                let ops = edit::read(&batch).expect("an edit");
                let applied = edit::apply(&mut changed, &catalog, &ops)
                    .unwrap_or_else(|found| panic!("{}: {found:#?}", case.name));
                let new: Vec<_> = errors(&changed, &catalog).difference(&known).cloned().collect();
                assert!(new.is_empty(), "{}: {new:#?}", case.name);
                let delete: Vec<Value> = (1..=count)
                    .map(|n| {
                        let alias = format!("l_{n}");
                        let node =
                            applied.aliases.iter().find(|(name, _)| **name == *alias).map(|(_, node)| node);
                        json!({"op": "delete", "node": node})
                    })
                    .collect();
                let ops = edit::read(&Value::Array(delete)).expect("edits");
                edit::apply(&mut changed, &catalog, &ops).expect("they go again");
                assert_eq!(prompt(&changed, &catalog), before, "{} without {count} LoRAs", case.name);
                done += 1;
            }
        }
    }
    println!("{done} chains of LoRAs in {workflows} workflows");
    assert!(done > 500, "{done}");
}

/// A node and some of those around it.
fn part(graph: &Graph, chance: &mut Chance) -> Vec<String> {
    let nodes = graph.indices();
    let Some(start) = chance.pick(&nodes).copied() else { return Vec::new() };
    let mut part = vec![start];
    for _ in 0..chance.below(6) {
        let at = part[chance.below(part.len())];
        let into = graph.links_into(at).into_iter().map(|link| link.from.node);
        let around: Vec<_> = into.chain(graph.links_from(at).into_iter().map(|link| link.to.node)).collect();
        if let Some(next) = chance.pick(&around).copied()
            && !part.contains(&next)
        {
            part.push(next);
        }
    }
    part.iter().map(|ix| graph[*ix].key.to_string()).collect()
}

#[test]
fn parts_of_real_workflows_become_subgraphs_and_back() {
    let Some((corpus, catalog)) = corpus() else { return };
    let (mut done, mut circles) = (0, 0);
    let mut different = Vec::new();
    for case in corpus.cases() {
        let graph = read(&case.text().expect("the case's file"), &catalog);
        let before = prompt(&graph, &catalog);
        let mut chance = Chance::new(seed(&case.name));
        for _ in 0..3 {
            let nodes = part(&graph, &mut chance);
            let mut changed = graph.clone();
            let wrap = json!([{"op": "wrap", "nodes": nodes, "name": "Part", "as": "part"}]);
            let ops = edit::read(&wrap).expect("an edit");
            let applied = match edit::apply(&mut changed, &catalog, &ops) {
                Ok(applied) => applied,
                Err(found) => {
                    let honest = |found: &Diagnostic| {
                        matches!(found.code.name(), "dependency_cycle" | "impossible_edit")
                    };
                    assert!(found.iter().all(honest), "{}: {found:#?}", case.name);
                    circles += 1;
                    continue;
                }
            };
            let wrapped = prompt(&changed, &catalog);
            if digests(&wrapped) != digests(&before) {
                different.push(format!("{}: wrapped {nodes:?}", case.name));
                continue;
            }
            // the file says the same
            let file = back::ui::emit(&changed, &catalog, back::ui::Options::default()).value.to_string();
            if case.is_workflow && digests(&prompt(&read(&file, &catalog), &catalog)) != digests(&before) {
                different.push(format!("{}: the file with {nodes:?} wrapped", case.name));
            }
            let instance = &applied.aliases[0].1;
            let ops = edit::read(&json!([{"op": "unpack", "node": instance}])).expect("an edit");
            edit::apply(&mut changed, &catalog, &ops)
                .unwrap_or_else(|found| panic!("{}: {found:#?}", case.name));
            if digests(&prompt(&changed, &catalog)) != digests(&before) {
                different.push(format!("{}: unpacked {nodes:?}", case.name));
            }
            done += 1;
        }
    }
    println!("{done} parts wrapped and unpacked, {circles} refused");
    let first = &different[..different.len().min(20)];
    assert!(different.is_empty(), "{} of {done} differ: {first:#?}", different.len());
    assert!(done > 3 * circles, "{done} of {}", done + circles);
}

/// A new node stands on no other, and what was there stays where it was.
#[test]
fn edits_keep_the_arrangement() {
    let Some((corpus, catalog)) = corpus() else { return };
    let mut done = 0;
    for case in corpus.cases().iter().filter(|case| case.is_workflow) {
        let graph = read(&case.text().expect("the case's file"), &catalog);
        let source = graph.nodes().find_map(|(_, node)| {
            let slot = node.outputs.iter().position(|output| output.io_type.as_str() == "IMAGE")?;
            (node.kind == NodeKind::Class).then(|| format!("{}.{slot}", node.key))
        });
        let Some(source) = source else { continue };
        let batch = json!([{"op": "insert", "class": "ImageInvert", "from": source, "as": "new"}]);
        let mut changed = graph.clone();
        let ops = edit::read(&batch).expect("an edit");
        let applied = edit::apply(&mut changed, &catalog, &ops).expect("an edit of this graph");
        let file = |graph: &Graph| back::ui::emit(graph, &catalog, back::ui::Options::default()).value;
        let (before, after) = (file(&graph), file(&changed));
        assert_eq!(before["groups"], after["groups"], "{}", case.name);
        let looks = |file: &Value, node: &Value| {
            let list = file["nodes"].as_array().cloned().unwrap_or_default();
            let found = list.into_iter().find(|other| other["id"] == node["id"]);
            found.map(|node| {
                (node["pos"].clone(), node["size"].clone(), node["color"].clone(), node["title"].clone())
            })
        };
        for node in before["nodes"].as_array().into_iter().flatten() {
            assert_eq!(looks(&before, node), looks(&after, node), "{}: {}", case.name, node["id"]);
        }
        let id: Value = serde_json::from_str(&applied.aliases[0].1).expect("a number");
        let frame = |node: &Value| {
            let at = |key: &str, axis: usize| node[key][axis].as_f64().unwrap_or_default();
            let title = 30.0;
            [at("pos", 0), at("pos", 1) - title, at("pos", 0) + at("size", 0), at("pos", 1) + at("size", 1)]
        };
        let nodes = || after["nodes"].as_array().into_iter().flatten();
        let new = nodes().find(|node| node["id"] == id).map(frame).expect("the new node");
        for other in nodes().filter(|node| node["id"] != id).map(frame) {
            let apart = new[2] <= other[0] || other[2] <= new[0] || new[3] <= other[1] || other[3] <= new[1];
            assert!(apart, "{}: {new:?} on {other:?}", case.name);
        }
        done += 1;
    }
    println!("{done} nodes put into arranged workflows");
    assert!(done > 200, "{done}");
}

/// The examples of the document are what it says they are.
#[test]
fn the_document_has_edits_and_diagrams() {
    let document = include_str!("../../docs/edits.md");
    let block = |language: &str| {
        let (_, rest) = document.split_once(&format!("```{language}\n")).expect("a block");
        rest.split_once("```").expect("its end").0
    };
    let ops = edit::read_text(block("json")).expect("edits");
    assert_eq!(ops.len(), 5);
    let catalog = Catalog::bundled();
    for language in ["text", "mermaid"] {
        let made = front::diagram::read(block(language), &catalog).expect("a diagram");
        assert!(made.diagnostics.is_empty(), "{:?}", made.diagnostics);
        assert_eq!(made.value.link_count(), 2, "{language}");
    }
    let words = document.lines().filter_map(|line| line.strip_prefix("| `")).flat_map(|row| {
        let cell = row.split('|').next().unwrap_or_default();
        cell.split(['`', ',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    });
    let words: Vec<String> = words.collect();
    assert_eq!(words.len(), 15, "{words:?}");
    // a state may have nothing in it
    for word in words.iter().filter(|word| *word != "restore") {
        let found = edit::read(&json!([{"op": word}])).expect_err("members are missing");
        let unknown = found.iter().any(|found| found.message.contains("there is no edit"));
        assert!(!unknown, "{word}: {found:?}");
    }
}

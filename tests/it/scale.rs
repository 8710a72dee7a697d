//! Large and hostile input: everything ends, in order, and in time that grows with the input.
//!
//! Times are measured in benches; here a quadratic step would take minutes, and a recursive one would crash.

use std::sync::OnceLock;

use comfy_graph::{
    back,
    catalog::Catalog,
    diag::Diagnostic,
    front::{self, FrontError, ReadOptions},
    interface::{Interface, InterfaceOptions},
    passes,
    valid::Validator,
};
use comfy_tests::synthetic::{ObjectInfo, Shape, object_info};
use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};

/// Reads, lowers, emits and checks, and makes the interface; gives the prompt and everything found.
fn run(text: &str, catalog: &Catalog) -> Result<(Value, Vec<Diagnostic>), FrontError> {
    let read = front::read(text, catalog)?;
    read.value.graph.verify().unwrap_or_else(|problem| panic!("{problem}"));
    let mut found = read.diagnostics;
    let lowered = passes::lower_for_execution(&read.value.graph);
    found.extend(lowered.diagnostics);
    let prompt = back::api::emit(&lowered.value, Some(catalog));
    found.extend(Validator::new(catalog).check(&lowered.value));
    let interface = Interface::of(&read.value.graph, catalog, &InterfaceOptions::default()).value;
    for param in &interface.params {
        assert!(interface.find(&param.name).is_ok(), "{}", param.name);
    }
    Ok((prompt, found))
}

fn prompt(text: &str) -> (Value, Vec<Diagnostic>) {
    run(text, &Catalog::bundled()).expect("a workflow")
}

fn codes(found: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<_> = found.iter().map(|found| found.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn every_shape_ends() {
    for shape in Shape::ALL {
        // with a quadratic step this size takes a minute; as things are, a second
        let (prompt, _) = prompt(&shape.workflow(10_000));
        assert!(prompt.is_object(), "{shape:?}");
    }
}

#[test]
fn long_chains_reach_from_one_end_to_the_other() {
    for shape in [Shape::Reroutes, Shape::Bypassed] {
        let (prompt, found) = prompt(&shape.workflow(100_000));
        assert_eq!(prompt["100002"]["inputs"]["images"], json!(["1", 0]), "{shape:?}");
        assert_eq!(prompt.as_object().map(Map::len), Some(2));
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn wide_nodes_keep_every_link() {
    let (prompt, _) = prompt(&Shape::FanIn.workflow(100_000));
    let inputs = prompt["100002"]["inputs"].as_object().expect("inputs");
    assert_eq!(inputs.len(), 100_000);
    assert!(inputs.values().all(|link| *link == json!(["1", 0])));
}

#[test]
fn legacy_promotions_of_one_name_are_numbered() {
    let (prompt, _) = prompt(&Shape::Proxies.workflow(5_000));
    let set = prompt.as_object().into_iter().flatten().filter(|(_, node)| node["inputs"]["width"] != 512);
    assert_eq!(set.count(), 4_999, "all but the one whose value is 512");
}

/// `depth` definitions, each with two instances of the next: 2^depth nodes.
fn bomb(depth: usize, text: &str) -> String {
    let definition = |n: usize| {
        let inside = |id: usize| {
            if n + 1 < depth {
                json!({"id": id, "type": format!("d{}", n + 1), "inputs": [], "outputs": []})
            } else {
                json!({"id": id, "type": "SaveText", "widgets_values": [text], "inputs": [], "outputs": []})
            }
        };
        json!({"id": format!("d{n}"), "name": "bomb", "inputs": [], "outputs": [], "links": [],
               "nodes": [inside(1), inside(2)]})
    };
    let definitions: Vec<Value> = (0..depth).map(definition).collect();
    json!({"nodes": [{"id": 1, "type": "d0", "inputs": [], "outputs": []}], "links": [],
           "definitions": {"subgraphs": definitions}, "version": 0.4})
    .to_string()
}

#[test]
fn nesting_bombs_are_defused() {
    let (prompt, found) = prompt(&bomb(60, "boom"));
    assert!(codes(&found).contains(&"subgraph_too_large"));
    assert!(prompt.as_object().is_some_and(|nodes| nodes.len() <= passes::subgraphs::MAX_NODES));
    // few nodes, much text
    let (_, found) = self::prompt(&bomb(14, &"boom ".repeat(20_000)));
    assert!(codes(&found).contains(&"subgraph_too_large"));
}

#[test]
fn a_large_value_is_not_copied_for_ever() {
    let large = "x".repeat(1 << 20);
    let mut file: Value = serde_json::from_str(&Shape::PrimitiveFanOut.workflow(2_000)).expect("JSON");
    file["nodes"][0]["widgets_values"][0] = json!(large);
    let (_, found) = prompt(&file.to_string());
    assert!(codes(&found).contains(&"values_too_large"));
}

#[test]
fn definitions_that_contain_each_other_are_left_out() {
    let definition = |id: &str, inner: &str| {
        json!({"id": id, "name": id, "inputs": [], "outputs": [], "links": [],
               "nodes": [{"id": 1, "type": inner, "inputs": [], "outputs": []}]})
    };
    let file = json!({
        "nodes": [{"id": 1, "type": "a", "inputs": [], "outputs": []}], "links": [], "version": 0.4,
        "definitions": {"subgraphs": [definition("a", "b"), definition("b", "a")]},
    });
    let (_, found) = prompt(&file.to_string());
    assert!(codes(&found).contains(&"subgraph_recursion"), "{found:?}");
}

#[test]
fn deep_json_and_long_texts_end_in_an_error_or_a_short_message() {
    let catalog = Catalog::bundled();
    for deep in ["[".repeat(100_000), "{\"nodes\":".repeat(100_000)] {
        assert!(matches!(run(&deep, &catalog), Err(FrontError::NotJson(_))));
    }
    let name = "n".repeat(1 << 20);
    let node =
        json!({"id": 1, "type": name, "title": name, "inputs": [{"name": name, "type": name, "link": 5}]});
    let file = json!({"nodes": [node], "links": [], "version": 0.4});
    let (_, found) = prompt(&file.to_string());
    assert!(!found.is_empty());
    assert!(found.iter().all(|found| found.message.len() < 1_200_000));
    let id = json!({"nodes": [{"id": name, "type": "Note"}], "links": []});
    assert!(codes(&prompt(&id.to_string()).1).contains(&"malformed_node"));
}

#[test]
fn a_document_over_the_limit_is_not_read() {
    let catalog = Catalog::bundled();
    let read = |text: &str, most| front::read_with(text, &catalog, ReadOptions::default().max_bytes(most));
    let text = format!("{{\"nodes\": [{}0], \"links\": []}}", "0,".repeat(1 << 20));
    assert!(matches!(read(&text, 1 << 20), Err(FrontError::TooLarge { limit: 1_048_576, .. })));
    // below it every zero is said to be no node
    assert!(read(&text, text.len()).is_ok_and(|read| read.diagnostics.len() == (1 << 20) + 1));
    // a gigabyte of anything ends at once, whatever the text
    let huge = " ".repeat(front::MAX_BYTES + 1);
    assert!(matches!(front::read(&huge, &catalog), Err(FrontError::TooLarge { .. })));
}

#[test]
fn catalogs_are_read_from_streams_and_share_lists() {
    let info = ObjectInfo { classes: 60, files: 500, lists: 2, every: 4, tooltip: 100 };
    let text = Catalog::from_object_info(&object_info(info)).expect("a catalog");
    let stream = Catalog::from_reader(info.reader()).expect("a catalog");
    assert_eq!(stream.len(), 60);
    assert_eq!(stream.iter().collect::<Vec<_>>(), text.iter().collect::<Vec<_>>());
    let list = |class: &str| {
        let input = stream.get(class).and_then(|def| def.input("file")).expect("an input");
        let comfy_graph::catalog::InputKind::Combo(combo) = &input.kind else { panic!("no combo") };
        combo.options.as_ptr()
    };
    assert_eq!(list("Synthetic0"), list("Synthetic8"));
    assert_ne!(list("Synthetic0"), list("Synthetic4"));
}

/// Small workflows with something of everything.
fn seeds() -> Vec<Value> {
    let shapes = Shape::ALL.iter().map(|shape| shape.workflow(3));
    let mut seeds: Vec<Value> = shapes.map(|text| serde_json::from_str(&text).expect("JSON")).collect();
    let prompts: Vec<Value> = seeds.iter().map(|seed| prompt(&seed.to_string()).0).collect();
    seeds.extend(
        prompts.into_iter().filter(|prompt| prompt.as_object().is_some_and(|nodes| !nodes.is_empty())),
    );
    seeds
}

/// Replaces the value at a random place, or puts another part of the file there.
fn mutate(value: &mut Value, at: Index, with: &Value, other: Index) {
    let count = places(value);
    let moved = place(value, other.index(count)).cloned().unwrap_or_default();
    if let Some(target) = place_mut(value, &mut at.index(count)) {
        *target = if with.is_null() && other.index(2) == 0 { moved } else { with.clone() };
    }
}

fn places(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(places).sum(),
        Value::Object(map) => map.values().map(places).sum(),
        _ => 0,
    }
}

fn place(value: &Value, at: usize) -> Option<&Value> {
    let mut left = at;
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        if left == 0 {
            return Some(value);
        }
        left -= 1;
        match value {
            Value::Array(list) => waiting.extend(list.iter().rev()),
            Value::Object(map) => waiting.extend(map.values().rev()),
            _ => {}
        }
    }
    None
}

fn place_mut<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().find_map(|value| place_mut(value, left)),
        Value::Object(map) => map.values_mut().find_map(|value| place_mut(value, left)),
        _ => None,
    }
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-30_i64..30).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z:.0-9-]{0,6}".prop_map(Value::from),
        prop_oneof![
            Just("Reroute"),
            Just("PrimitiveNode"),
            Just("KSampler"),
            Just("proxied"),
            Just("definition-1"),
            Just("workflow>pair"),
            Just("-10"),
            Just("-20"),
            Just("*"),
            Just("CustomCombo")
        ]
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{1,8}", inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn broken_workflows_end_in_diagnostics(
        seed: Index,
        changes in prop::collection::vec((any::<Index>(), anything(), any::<Index>()), 1..6),
    ) {
        static COMMON: OnceLock<(Vec<Value>, Catalog)> = OnceLock::new();
        let (seeds, catalog) = COMMON.get_or_init(|| (seeds(), Catalog::bundled()));
        let mut file = seeds[seed.index(seeds.len())].clone();
        for (at, with, other) in changes {
            mutate(&mut file, at, &with, other);
        }
        // an error is an answer too
        let _ = run(&file.to_string(), catalog);
    }
}

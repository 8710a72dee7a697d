//! Tests of edits: each op, what it refuses, and that everything can be taken back.

use serde_json::{Value, json};

use super::{Applied, Op, apply, read, write};
use crate::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, codes},
    front,
    graph::Graph,
    passes,
};

const PROMPT: &str = r#"{
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "a cat"}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "bad"}},
    "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
    "5": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0],
        "latent_image": ["4", 0], "seed": 1, "steps": 20, "cfg": 7.5, "sampler_name": "euler",
        "scheduler": "normal", "denoise": 1.0}},
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "x"}}
}"#;

/// The same, as a prompt and as a workflow that was made of it.
fn graphs(catalog: &Catalog) -> [Graph; 2] {
    let prompt = front::read(PROMPT, catalog).expect("a prompt").value.graph;
    let workflow = back::ui::emit(&prompt, catalog, back::ui::Options::default()).value.to_string();
    [prompt, front::read(&workflow, catalog).expect("a workflow").value.graph]
}

fn prompt(graph: &Graph, catalog: &Catalog) -> Value {
    back::api::emit(&passes::lower_for_execution(graph).value, Some(catalog))
}

/// All that is written of a graph.
fn bytes(graph: &Graph, catalog: &Catalog) -> [String; 3] {
    let workflow = back::ui::emit(graph, catalog, back::ui::Options::default()).value;
    [prompt(graph, catalog).to_string(), workflow.to_string(), graph.to_string()]
}

/// Makes a batch, checks that its inverse takes everything back, also as JSON, and that the inverse of that is the batch.
fn edited(graph: &Graph, catalog: &Catalog, batch: &Value) -> (Graph, Applied) {
    let ops = read(batch).expect("edits");
    assert_eq!(read(&write(&ops)).as_deref(), Ok(&*ops), "edits are read as they are written");
    let before = bytes(graph, catalog);
    let mut after = graph.clone();
    let applied = apply(&mut after, catalog, &ops).unwrap_or_else(|found| panic!("{found:#?}"));
    let done = bytes(&after, catalog);
    let mut back = after.clone();
    let undone = apply(&mut back, catalog, &applied.undo).expect("the inverse");
    assert_eq!(bytes(&back, catalog), before, "{batch}");
    let undo = read(&write(&applied.undo)).expect("the inverse as JSON");
    assert_eq!(undo, applied.undo);
    apply(&mut back, catalog, &undone.undo).expect("the inverse of the inverse");
    assert_eq!(bytes(&back, catalog), done, "{batch}");
    (after, applied)
}

fn refused(graph: &Graph, catalog: &Catalog, batch: &Value) -> Vec<Diagnostic> {
    let before = bytes(graph, catalog);
    let mut after = graph.clone();
    let found = read(batch).and_then(|ops| apply(&mut after, catalog, &ops)).expect_err("a refusal");
    assert_eq!(bytes(&after, catalog), before, "a batch is made as a whole or not at all");
    found
}

fn places(found: &[Diagnostic]) -> Vec<String> {
    found.iter().map(|found| format!("{} {}", found.code, place(found))).collect()
}

fn place(found: &Diagnostic) -> String {
    match &found.place {
        Some(crate::diag::Place::Json(path)) => path.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_ops_change_what_they_say() {
    let catalog = Catalog::bundled();
    for graph in graphs(&catalog) {
        let batch = json!([
            {"op": "set", "node": 5, "input": "steps", "value": 30},
            {"op": "add", "class": "LatentUpscaleBy", "as": "up", "values": {"samples": "5.LATENT", "scale_by": 2}},
            {"op": "connect", "from": "$up.LATENT", "to": "6.samples"},
            {"op": "rename", "node": "2", "title": "Positive"},
            {"op": "mute", "node": "7"},
            {"op": "unmute", "node": "7"},
            {"op": "disconnect", "to": ["5", "negative"]},
            {"op": "connect", "from": ["3", 0], "to": "5.negative"},
        ]);
        let (after, applied) = edited(&graph, &catalog, &batch);
        let prompt = prompt(&after, &catalog);
        assert_eq!(prompt["5"]["inputs"]["steps"], 30);
        assert_eq!(prompt["6"]["inputs"]["samples"], json!(["8", 0]));
        assert_eq!(prompt["8"]["inputs"]["samples"], json!(["5", 0]));
        assert_eq!(prompt["8"]["inputs"]["upscale_method"], "nearest-exact");
        assert_eq!(prompt["2"]["_meta"]["title"], "Positive");
        assert_eq!(prompt["5"]["inputs"]["negative"], json!(["3", 0]));
        assert_eq!(applied.aliases, [("up".into(), "8".into())]);
        assert!(applied.diagnostics.is_empty(), "{:?}", applied.diagnostics);
    }
}

#[test]
fn loras_stand_before_all_that_takes_the_model_and_the_text_encoder() {
    let catalog = Catalog::bundled();
    for graph in graphs(&catalog) {
        for count in 0..5 {
            let loras: Vec<Value> =
                (0..count).map(|n| json!({"name": format!("{n}.safetensors"), "strength": 0.5})).collect();
            let batch = json!([{"op": "insert_loras", "loader": "1", "loras": loras, "as": "lora"}]);
            let (after, _) = edited(&graph, &catalog, &batch);
            let prompt = prompt(&after, &catalog);
            let last = if count == 0 { "1".to_owned() } else { (7 + count).to_string() };
            assert_eq!(prompt["5"]["inputs"]["model"], json!([last, 0]));
            for text in ["2", "3"] {
                assert_eq!(prompt[text]["inputs"]["clip"], json!([last, 1]));
            }
            assert_eq!(prompt["6"]["inputs"]["vae"], json!(["1", 2]));
            for lora in 8..8 + count {
                let before = if lora == 8 { 1 } else { lora - 1 }.to_string();
                let inputs = &prompt[lora.to_string()]["inputs"];
                assert_eq!(inputs["model"], json!([before, 0]));
                assert_eq!(inputs["clip"], json!([before, 1]));
                assert_eq!(inputs["strength_clip"], 0.5);
            }
            let checked = crate::valid::Validator::new(&catalog).known_files(false);
            let found = checked.check(&passes::lower_for_execution(&after).value);
            assert!(!found.iter().any(Diagnostic::is_error), "{found:?}");
        }
    }
}

#[test]
fn what_is_wrong_is_refused_as_a_whole_and_said_in_place() {
    let catalog = Catalog::bundled();
    for graph in graphs(&catalog) {
        let batch = json!([
            {"op": "set", "node": 5, "input": "steps", "value": 30},
            {"op": "add", "class": "KSamplr", "as": "k"},
            {"op": "connect", "from": "$k.LATENT", "to": "6.samples"},
            {"op": "set", "node": 5, "input": "sampler_name", "value": "eulr"},
            {"op": "set", "node": 5, "input": "cfg", "value": 1000},
            {"op": "set", "node": 5, "input": "stepz", "value": 3},
            {"op": "connect", "from": "1.VAE", "to": "5.model"},
            {"op": "connect", "from": "1.IMAGE", "to": "7.images"},
            {"op": "delete", "node": "99"},
            {"op": "connect", "from": "7.0", "to": "$nobody.x"},
            {"op": "add", "class": "EmptyImage", "values": {"width": 1, "heigth": 2}},
        ]);
        let found = refused(&graph, &catalog, &batch);
        assert_eq!(
            places(&found),
            [
                "missing_node_type [1].class",
                "value_not_in_list [3].value",
                "value_bigger_than_max [4].value",
                "unknown_input [5].input",
                "return_type_mismatch [6].to",
                "slot_out_of_range [7].from",
                "unknown_node [8].node",
                "unknown_node [9].to",
                "unknown_input [10].values.heigth",
            ]
        );
        let fixes: Vec<&str> =
            found.iter().filter_map(|found| found.suggestions.first()).map(|fix| &*fix.message).collect();
        assert_eq!(fixes[..2], ["did you mean \"KSampler\"?", "did you mean \"euler\"?"]);
    }
}

#[test]
fn what_is_no_edit_is_said() {
    let cases = [
        (json!({}), "$"),
        (json!([3]), "[0]"),
        (json!([{"node": "1"}]), "[0]"),
        (json!([{"op": "remoev", "node": "1"}]), "[0].op"),
        (json!([{"op": "clear"}]), "[0].op"),
        (json!([{"op": "delete", "node": "1", "rewrie": true}]), "[0].rewrie"),
        (json!([{"op": "delete"}]), "[0]"),
        (json!([{"op": "delete", "node": true}]), "[0].node"),
        (json!([{"op": "set", "node": 1, "input": "a"}]), "[0]"),
        (json!([{"op": "connect", "from": "1.a", "to": 3}]), "[0].to"),
        (json!([{"op": "insert_loras", "loader": 1, "loras": [{"nam": "x"}]}]), "[0].loras"),
        (json!([{"op": "wrap", "nodes": [{}]}]), "[0].nodes"),
        (json!([{"op": "restore", "root": {"gone": 3}}]), "[0].op"),
    ];
    for (batch, expected) in cases {
        let found = read(&batch).expect_err("no edit");
        assert!(found.iter().all(|found| found.code == codes::MALFORMED_EDIT), "{found:?}");
        assert_eq!(place(&found[0]), expected, "{batch}");
    }
}

#[test]
fn deleting_leads_links_around() {
    let catalog = Catalog::bundled();
    for graph in graphs(&catalog) {
        let put = json!([{"op": "insert_loras", "loader": "1", "loras": ["a.safetensors", "b.safetensors"]}]);
        let (with, _) = edited(&graph, &catalog, &put);
        let (without, _) =
            edited(&with, &catalog, &json!([{"op": "delete", "node": 8}, {"op": "delete", "node": 9}]));
        assert_eq!(prompt(&without, &catalog), prompt(&graph, &catalog));
        // comfy-cli's word cuts
        let (cut, _) = edited(&with, &catalog, &json!([{"op": "delete_node", "node": 9}]));
        assert_eq!(prompt(&cut, &catalog)["5"]["inputs"].get("model"), None);
        let (_, applied) = edited(&graph, &catalog, &json!([{"op": "delete", "node": 4}]));
        assert_eq!(places(&applied.diagnostics), ["edit_side_effect [0].node"]);
    }
}

#[test]
fn the_vocabulary_of_comfy_cli_is_read() {
    let catalog = Catalog::bundled();
    let envelope = |mut op: Value| {
        for (key, value) in [
            ("op_id", json!("0a1b")),
            ("actor", json!("agent:t:1")),
            ("base_version", json!(3)),
            ("stamp", json!([3, "agent:t:1"])),
        ] {
            op[key] = value;
        }
        op
    };
    for graph in graphs(&catalog) {
        let batch = json!([
            envelope(
                json!({"op": "add_node", "class_type": "VAEDecodeTiled", "at": [10, 20], "as": "tiled"})
            ),
            envelope(json!({"op": "connect", "from": "5.LATENT", "to": "$tiled.samples"})),
            envelope(json!({"op": "connect", "from": "1.VAE", "to": "tiled.vae"})),
            envelope(json!({"op": "connect", "from": "$tiled.0", "to": "7.images"})),
            envelope(json!({"op": "set_widget", "node": "$tiled", "widget": "tile_size", "value": 256})),
            envelope(json!({"op": "delete_node", "node": 6})),
        ]);
        let (after, _) = edited(&graph, &catalog, &batch);
        let prompt = prompt(&after, &catalog);
        assert_eq!(prompt["8"]["inputs"]["tile_size"], 256);
        assert_eq!(prompt["7"]["inputs"]["images"], json!(["8", 0]));
        assert_eq!(prompt.get("6"), None);
        let workflow = back::ui::emit(&after, &catalog, back::ui::Options::default()).value;
        let node = workflow["nodes"].as_array().and_then(|nodes| nodes.iter().find(|node| node["id"] == 8));
        let placed = graph.nodes().any(|(_, node)| node.layout.is_some());
        assert!(node.is_some_and(|node| !placed || node["pos"] == json!([10, 20])), "{node:?}");
    }
}

#[test]
fn a_subgraph_is_made_and_unpacked() {
    let catalog = Catalog::bundled();
    for graph in graphs(&catalog) {
        let wrap = json!([
            {"op": "wrap", "nodes": [2, 3, 5, "6"], "name": "Sample", "as": "s"},
            {"op": "rename", "node": "$s", "title": "Mine"},
            {"op": "set", "node": "$s/5", "input": "steps", "value": 12},
        ]);
        let (wrapped, applied) = edited(&graph, &catalog, &wrap);
        assert_eq!(applied.aliases, [("s".into(), "8".into())]);
        assert_eq!(wrapped.len(), 4);
        let written = prompt(&wrapped, &catalog);
        assert_eq!(written["8:5"]["inputs"]["model"], json!(["1", 0]));
        assert_eq!(written["8:5"]["inputs"]["steps"], 12);
        assert_eq!(written["7"]["inputs"]["images"], json!(["8:6", 0]));
        let (flat, _) = edited(&wrapped, &catalog, &json!([{"op": "unpack", "node": "8"}]));
        assert_eq!(flat.subgraphs().len(), 0);
        let mut expected = prompt(&graph, &catalog);
        expected["5"]["inputs"]["steps"] = json!(12);
        assert_eq!(prompt(&flat, &catalog), expected);
    }
}

#[test]
fn circles_are_refused() {
    let catalog = Catalog::bundled();
    for graph in graphs(&catalog) {
        let found = refused(
            &graph,
            &catalog,
            &json!([
                {"op": "add", "class": "VAEEncode", "as": "e", "values": {"pixels": "6.IMAGE", "vae": "1.VAE"}},
                {"op": "connect", "from": "$e.LATENT", "to": "5.latent_image"},
            ]),
        );
        assert_eq!(places(&found), ["dependency_cycle [1]"]);
        let found = refused(&graph, &catalog, &json!([{"op": "wrap", "nodes": ["5", "7"]}]));
        assert_eq!(places(&found), ["dependency_cycle [0]"]);
    }
}

#[test]
fn another_class_keeps_what_fits() {
    let catalog = Catalog::bundled();
    for graph in graphs(&catalog) {
        let batch =
            json!([{"op": "replace", "node": 5, "class": "KSamplerAdvanced", "values": {"end_at_step": 9}}]);
        let (after, _) = edited(&graph, &catalog, &batch);
        let inputs = &prompt(&after, &catalog)["5"]["inputs"];
        assert_eq!(inputs["model"], json!(["1", 0]));
        assert_eq!(inputs["positive"], json!(["2", 0]));
        assert_eq!(
            (&inputs["steps"], &inputs["cfg"], &inputs["end_at_step"]),
            (&json!(20), &json!(7.5), &json!(9))
        );
        assert_eq!(prompt(&after, &catalog)["6"]["inputs"]["samples"], json!(["5", 0]));
        // by type, where names are others
        let (after, applied) =
            edited(&graph, &catalog, &json!([{"op": "replace", "node": 7, "class": "PreviewImage"}]));
        assert_eq!(prompt(&after, &catalog)["7"]["inputs"], json!({"images": ["6", 0]}));
        assert!(applied.diagnostics.is_empty(), "{:?}", applied.diagnostics);
        let (_, applied) =
            edited(&graph, &catalog, &json!([{"op": "replace", "node": 6, "class": "LatentUpscaleBy"}]));
        assert_eq!(places(&applied.diagnostics), ["edit_side_effect [0].class"]);
    }
}

#[test]
fn choosing_an_option_brings_its_inputs() {
    let catalog = Catalog::from_object_info(
        r#"{"Dyn": {"input": {"required": {"mode": ["COMFY_DYNAMICCOMBO_V3", {"options": [
                {"key": "a", "inputs": {"required": {"size": ["INT", {"default": 3}], "image": ["IMAGE"]}}},
                {"key": "b", "inputs": {"required": {"name": ["STRING", {"default": "n"}]}}}]}]}}, "output": ["IMAGE"]},
            "Src": {"input": {"required": {}}, "output": ["IMAGE"]}}"#,
    )
    .expect("a catalog");
    let graph = Graph::new();
    let batch = json!([
        {"op": "add", "class": "Src", "as": "s"},
        {"op": "add", "class": "Dyn", "as": "d", "values": {"mode.size": 5, "mode": "a", "mode.image": "$s.IMAGE"}},
    ]);
    let (first, _) = edited(&graph, &catalog, &batch);
    let inputs = |graph| prompt(graph, &catalog)["2"]["inputs"].clone();
    assert_eq!(inputs(&first), json!({"mode": "a", "mode.size": 5, "mode.image": ["1", 0]}));
    let (second, applied) =
        edited(&first, &catalog, &json!([{"op": "set", "node": "2", "input": "mode", "value": "b"}]));
    assert_eq!(inputs(&second), json!({"mode": "b", "mode.name": "n"}));
    assert_eq!(places(&applied.diagnostics), ["edit_side_effect [0].input"]);
    let found =
        refused(&second, &catalog, &json!([{"op": "set", "node": "2", "input": "mode.size", "value": 1}]));
    assert_eq!(places(&found), ["unknown_input [0].input"]);
    let found =
        refused(&second, &catalog, &json!([{"op": "set", "node": "2", "input": "mode", "value": "c"}]));
    assert_eq!(places(&found), ["value_not_in_list [0].value"]);
}

#[test]
fn states_that_do_not_go_with_the_graph_are_refused() {
    let catalog = Catalog::bundled();
    let [graph, _] = graphs(&catalog);
    let cases = [
        json!([{"op": "restore", "root": {"gone": ["77"]}}]),
        json!([{"op": "restore", "root": {"links": [["1", [[0, "5", 99, null]]]]}}]),
        json!([{"op": "restore", "definitions": [{"id": "no"}]}]),
        json!([{"op": "restore", "root": {"nodes": [{"id": "x", "kind": "inputs", "class": "", "mode": 0}]}}]),
    ];
    for batch in cases {
        let found = refused(&graph, &catalog, &batch);
        assert_eq!(places(&found), ["impossible_edit [0]"], "{batch}");
    }
}

#[test]
fn a_batch_is_limited() {
    let catalog = Catalog::bundled();
    let ops = vec![Op::Unpack { node: "1".into() }; super::MAX_OPS + 1];
    let found = apply(&mut Graph::new(), &catalog, &ops).expect_err("too many");
    assert_eq!(found[0].code, codes::IMPOSSIBLE_EDIT);
}

#[test]
fn what_is_inside_of_a_subgraph_changes_in_all_its_uses() {
    let catalog = Catalog::bundled();
    let [_, graph] = graphs(&catalog);
    let (wrapped, _) = edited(&graph, &catalog, &json!([{"op": "wrap", "nodes": [2], "name": "Text"}]));
    let id = wrapped.subgraphs().next().expect("a subgraph").0.to_string();
    let again = json!([
        {"op": "add", "class": id, "as": "t", "values": {"clip": "1.CLIP"}},
        {"op": "connect", "from": "$t.0", "to": "5.negative"},
        {"op": "set", "node": "8/2", "input": "text", "value": "a dog"},
        {"op": "delete", "node": 3},
    ]);
    let (twice, applied) = edited(&wrapped, &catalog, &again);
    assert_eq!(places(&applied.diagnostics), ["edit_side_effect [2]"]);
    let written = prompt(&twice, &catalog);
    for text in ["8:2", "9:2"] {
        assert_eq!(written[text]["inputs"], json!({"text": "a dog", "clip": ["1", 1]}));
    }
    // one of them becomes nodes, the other stays what it is
    let (one, _) = edited(&twice, &catalog, &json!([{"op": "unpack", "node": 9}]));
    assert_eq!(one.subgraphs().len(), 1);
    assert_eq!(prompt(&one, &catalog)["5"]["inputs"]["negative"], json!(["10", 0]));
    let found = refused(&one, &catalog, &json!([{"op": "add", "class": id, "in": "8"}]));
    assert_eq!(places(&found), ["subgraph_recursion [0].class"]);
}

#[test]
fn lists_are_values_where_they_are_no_links() {
    let catalog = Catalog::from_object_info(
        r#"{"Many": {"input": {"required": {"of": [["a", "b", "c"], {"multiselect": true}], "n": ["INT", {}]}}, "output": ["INT"]}}"#,
    )
    .expect("a catalog");
    let batch = json!([
        {"op": "add", "class": "Many", "as": "m", "values": {"of": ["a", "b"]}},
        {"op": "add", "class": "Many", "values": {"of": {"__value__": ["c"]}, "n": ["$m", 0]}},
        {"op": "add", "class": "Many", "values": {"n": "$m.INT"}},
    ]);
    let (graph, _) = edited(&Graph::new(), &catalog, &batch);
    let written = prompt(&graph, &catalog);
    assert_eq!(written["1"]["inputs"]["of"], json!({"__value__": ["a", "b"]}));
    assert_eq!(written["2"]["inputs"], json!({"of": {"__value__": ["c"]}, "n": ["1", 0]}));
    assert_eq!(written["3"]["inputs"]["n"], json!(["1", 0]));
}

#[test]
fn a_bomb_of_subgraphs_is_not_unpacked() {
    let catalog = Catalog::bundled();
    let depth = 30;
    let definitions: Vec<Value> = (0..depth)
        .map(|n| {
            let class = if n + 1 < depth { format!("d{}", n + 1) } else { "EmptyImage".to_owned() };
            let inside = |at: usize| json!({"id": n * 2 + at + 10, "type": class, "inputs": [], "outputs": []});
            json!({"id": format!("d{n}"), "name": "bomb", "inputs": [], "outputs": [], "links": [], "nodes": [inside(0), inside(1)]})
        })
        .collect();
    let file = json!({"nodes": [{"id": 1, "type": "d0", "inputs": [], "outputs": []}], "links": [], "version": 0.4,
        "definitions": {"subgraphs": definitions}});
    let graph = front::read(&file.to_string(), &catalog).expect("a workflow").value.graph;
    // from the innermost out, each holds two of the one inside
    let way = |n: usize| (0..n).fold("1".to_owned(), |way, n| format!("{way}/{}", n * 2 + 10));
    let ops: Vec<Op> = (1..depth)
        .rev()
        .flat_map(|n| {
            [0, 1]
                .map(|at| Op::Unpack { node: (*format!("{}/{}", way(n - 1), (n - 1) * 2 + 10 + at)).into() })
        })
        .collect();
    let found = apply(&mut graph.clone(), &catalog, &ops).expect_err("too much");
    assert!(found.iter().any(|found| found.code == codes::SUBGRAPH_TOO_LARGE), "{found:#?}");
}

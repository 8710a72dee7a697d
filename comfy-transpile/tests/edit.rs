//! `--edit` and `--undo` as their users meet them: what is written, what is refused, and where it is said.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test")]
#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes them")]

mod common;

use std::{collections::BTreeMap, fs, path::Path};

use common::{PROMPT, program};
use serde_json::{Value, json};
use snapbox::{cmd::OutputAssert, str};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

fn run(folder: &TempDir, arguments: &str) -> OutputAssert {
    program().current_dir(folder.path()).args(arguments.split(' ')).assert()
}

fn text(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("a file that was written")
}

fn written(done: &OutputAssert) -> Value {
    serde_json::from_slice(&done.get_output().stdout).expect("JSON")
}

fn workflow() -> String {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/txt2img.json");
    fs::read_to_string(example).expect("the example")
}

/// The places and sizes of all nodes of a workflow, by id.
fn places(workflow: &Value) -> BTreeMap<u64, [Value; 2]> {
    let nodes = workflow["nodes"].as_array().expect("nodes").iter();
    let place = |node: &Value| [node["pos"].clone(), node["size"].clone()];
    nodes.map(|node| (node["id"].as_u64().expect("an id"), place(node))).collect()
}

const OPS: &str = r#"[
  {"op": "set", "node": 3, "input": "steps", "value": 30},
  {"op": "insert_loras", "loader": 4, "loras": ["detail.safetensors"], "as": "lora"},
  {"op": "rename", "node": "$lora", "title": "Detail"}
]"#;

#[test]
fn a_workflow_stays_one_where_its_author_put_it_and_comes_back() {
    let folder = folder(&[("wf.json", &workflow()), ("ops.json", OPS), ("none.json", "[]")]);
    run(&folder, "--edit ops.json wf.json -o new.json --undo undo.json")
        .success()
        .stdout_eq(str![""])
        .stderr_eq(str![""]);
    let [old, new] =
        ["wf.json", "new.json"].map(|name| serde_json::from_str(&text(&folder, name)).expect("JSON"));
    let (old_places, mut new_places) = (places(&old), places(&new));
    new_places.retain(|id, _| old_places.contains_key(id));
    assert_eq!(old_places, new_places);
    let nodes = new["nodes"].as_array().expect("nodes");
    let titles: Vec<&str> = nodes.iter().filter_map(|node| node["title"].as_str()).collect();
    assert!(titles.contains(&"Detail"), "{titles:?}");
    let sampler = nodes.iter().find(|node| node["id"] == 3).expect("the sampler");
    assert!(sampler["widgets_values"].as_array().expect("values").contains(&json!(30)), "{sampler}");

    run(&folder, "--edit undo.json new.json -o back.json").success();
    run(&folder, "--edit none.json wf.json -o same.json").success();
    assert_eq!(text(&folder, "back.json"), text(&folder, "same.json"));
}

#[test]
fn a_prompt_stays_a_prompt_and_edits_come_from_standard_input() {
    let folder = folder(&[("prompt.json", PROMPT)]);
    let ops = r#"[{"op": "insert", "class": "ImageInvert", "to": "2.images"}]"#;
    let edit = |arguments: &str| {
        let program = program().current_dir(folder.path()).args(arguments.split(' '));
        program.stdin(ops).assert()
    };
    let prompt = written(&edit("--edit - prompt.json").success().stderr_eq(str![""]));
    assert_eq!(prompt["2"]["inputs"]["images"], json!(["3", 0]));
    assert_eq!(prompt["3"]["class_type"], "ImageInvert");
    assert!(written(&edit("--edit - prompt.json --to ui").success())["nodes"].is_array());
    let rust = edit("--edit - prompt.json --to rust").success();
    assert!(String::from_utf8_lossy(&rust.get_output().stdout).contains("ImageInvert::new()"));
    edit("--edit - -").code(2);
}

#[test]
fn flows_diagrams_and_media_are_edited() {
    let ops = r#"[{"op": "set", "node": 1, "input": "width", "value": 128}]"#;
    let chart = "flowchart LR\n    A[EmptyImage #1] -->|images| B[PreviewImage #2]\n";
    let folder = folder(&[("prompt.json", PROMPT), ("chart.mmd", chart), ("ops.json", ops)]);
    run(&folder, "prompt.json -o flow.rs").success();
    let rust = run(&folder, "--edit ops.json flow.rs").success();
    let rust = String::from_utf8_lossy(&rust.get_output().stdout).into_owned();
    assert!(rust.contains("pub fn flow") && rust.contains(".width(128)"), "{rust}");
    // a chart has no place for the width
    let ui = written(&run(&folder, "--edit ops.json chart.mmd").success());
    assert_eq!(ui["nodes"][0]["widgets_values"][0], 128, "{ui}");
    let svg = format!("<svg><metadata><![CDATA[{{\"prompt\": {PROMPT}}}]]></metadata></svg>");
    fs::write(folder.path().join("picture.svg"), svg).expect("a file");
    let prompt = written(&run(&folder, "--edit ops.json picture.svg").success());
    assert_eq!(prompt["1"]["inputs"]["width"], 128);
}

#[test]
fn a_batch_that_is_refused_writes_nothing() {
    let ops = "[\n  {\"op\": \"set\", \"node\": 1, \"input\": \"width\", \"value\": 128},\n  \
               {\"op\": \"connect\", \"from\": \"1.IMAGE\", \"to\": \"9.images\"}\n]";
    let folder = folder(&[("prompt.json", PROMPT), ("ops.json", ops)]);
    run(&folder, "--edit ops.json prompt.json -o out.json --undo undo.json")
        .code(1)
        .stdout_eq(str![""])
        .stderr_eq(str![[r#"
error[unknown_node]: edit 1: there is no node "9"
 --> ops.json:3:46
  |
3 |   {"op": "connect", "from": "1.IMAGE", "to": "9.images"}
  |                                              ^^^^^^^^^^
  |
  = help: there are EmptyImage #1, PreviewImage #2


"#]]);
    for name in ["out.json", "undo.json"] {
        assert!(!folder.path().join(name).exists(), "{name}");
    }
    let said = run(&folder, "--edit ops.json prompt.json --message-format json").code(1).stdout_eq(str![""]);
    let said: Value = serde_json::from_slice(&said.get_output().stderr).expect("one object");
    assert_eq!(
        [&said["code"], &said["file"], &said["path"], &said["line"]],
        [&json!("unknown_node"), &json!("ops.json"), &json!([1, "to"]), &json!(3)]
    );
}

#[test]
fn places_are_those_of_the_batch_whatever_is_in_it() {
    let ops = r#"[{"op": "restore", "root": {"nodes": [], "links": []}},
        {"op": "mute", "nod": 1}]"#;
    let folder = folder(&[("prompt.json", PROMPT), ("ops.json", ops), ("half.json", "[\n  {\"op\": oops}]")]);
    run(&folder, "--edit ops.json prompt.json --message-format concise").code(1).stderr_eq(str![[r#"
ops.json:2:9: error[malformed_edit]: edit 1: mute needs "node"
ops.json:2:31: error[malformed_edit]: edit 1: mute: there is no member "nod"

"#]]);
    run(&folder, "--edit half.json prompt.json --message-format concise").code(1).stderr_eq(str![[r#"
half.json:2:10: error[malformed_edit]: the batch is not JSON: expected value at line 2 column 10

"#]]);
}

#[test]
fn what_is_denied_is_not_done() {
    let ops = r#"[{"op": "delete", "node": 1}]"#;
    let folder = folder(&[("prompt.json", PROMPT), ("ops.json", ops)]);
    let denied = "--edit ops.json prompt.json -o out.json --message-format concise --deny edit_side_effect";
    run(&folder, denied).code(1).stderr_eq(str![[r#"
ops.json:1:27: error[edit_side_effect]: edit 0: EmptyImage #1: it has nothing to pass on to images of PreviewImage #2; these links are cut

"#]]);
    assert!(!folder.path().join("out.json").exists());
    run(&folder, "--edit ops.json prompt.json -o out.json --message-format concise")
        .code(1)
        .stderr_eq(str![[r#"
ops.json:1:27: warning[edit_side_effect]: edit 0: EmptyImage #1: it has nothing to pass on to images of PreviewImage #2; these links are cut
prompt.json: error[required_input_missing]: PreviewImage #2: needs a link into images, of type IMAGE

"#]]);
    assert!(folder.path().join("out.json").exists());
}

#[test]
fn what_was_wrong_before_the_edits_is_not_said_of_them() {
    let bad = PROMPT.replacen("64", "0", 1);
    let ops = r#"[{"op": "set", "node": 1, "input": "width", "value": 64}]"#;
    let folder = folder(&[("prompt.json", &bad), ("ops.json", ops)]);
    run(&folder, "prompt.json --to api").code(1);
    run(&folder, "--edit ops.json prompt.json").success().stderr_eq(str![""]);
}

//! Values that are set from outside, by name, role or input, and the list of what can be set.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test")]

mod common;

use std::{fs, path::Path};

use common::{PROMPT, program};
use snapbox::cmd::OutputAssert;

const TXT2IMG: &str = r#"{
  "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "cfg": 8.0, "sampler_name": "euler",
    "scheduler": "normal", "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0],
    "latent_image": ["5", 0]}},
  "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}},
  "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
  "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["4", 1]}},
  "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
  "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
  "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}}
}
"#;

/// A folder with this workflow as `a.json`.
fn folder(workflow: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "a.json", workflow);
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a file");
}

fn run(folder: &Path, words: &[&str]) -> OutputAssert {
    program().current_dir(folder).args(words).assert()
}

fn out(done: &OutputAssert) -> String {
    String::from_utf8_lossy(&done.get_output().stdout).into_owned()
}

fn err(done: &OutputAssert) -> String {
    String::from_utf8_lossy(&done.get_output().stderr).into_owned()
}

/// An input of the prompt that comes out.
fn input(prompt: &str, node: &str, input: &str) -> serde_json::Value {
    let prompt: serde_json::Value = serde_json::from_str(prompt).expect("a prompt");
    prompt[node]["inputs"][input].clone()
}

#[test]
fn roles_names_and_inputs_are_set_in_every_form() {
    let folder = folder(TXT2IMG);
    let set = [
        "--set",
        "steps=30",
        "--set",
        "prompt=a dog",
        "--set",
        "KSampler.cfg=6.5",
        "--param",
        "5.width=side",
        "--set",
        "side=640",
    ];
    let to = |form: &str, file: &str| {
        let done = run(folder.path(), &[&[file, "--to", form], set.as_slice()].concat()).success();
        out(&done)
    };
    let prompt = to("api", "a.json");
    assert_eq!(input(&prompt, "3", "steps"), 30);
    assert_eq!(input(&prompt, "6", "text"), "a dog");
    assert_eq!(input(&prompt, "3", "cfg"), 6.5);
    assert_eq!(input(&prompt, "5", "width"), 640);
    assert_eq!(input(&prompt, "5", "height"), 512, "nobody set it");
    let rust = to("rust", "a.json");
    assert!(
        rust.contains(".steps(30)") && rust.contains("\"a dog\"") && rust.contains(".width(640)"),
        "{rust}"
    );
    // a workflow that is written says the same when it is read again
    write(folder.path(), "ui.json", &to("ui", "a.json"));
    let again = out(&run(folder.path(), &["ui.json", "--to", "api"]).success());
    assert_eq!(input(&again, "3", "steps"), 30);
    assert_eq!(input(&again, "5", "width"), 640);
    assert!(to("svg", "a.json").contains("a dog"));
    // and a flow in Rust is as good as any
    let flow = out(&run(folder.path(), &["a.json", "--keep-ids"]).success());
    write(folder.path(), "flow.rs", &flow);
    assert_eq!(to("api", "flow.rs"), prompt);
}

#[test]
fn standard_input_takes_values_too() {
    let args = ["--to", "api", "--set", "EmptyImage.width=128"];
    let done = program().args(args).stdin(PROMPT).assert().success();
    assert_eq!(input(&out(&done), "1", "width"), 128);
}

#[test]
fn what_cannot_be_set_is_refused_at_once() {
    let folder = folder(TXT2IMG);
    let said = |words: &[&str]| {
        let all = [&["a.json", "--to", "api", "--message-format", "concise"], words].concat();
        err(&run(folder.path(), &all).code(2).stdout_eq(""))
    };
    let range = said(&["--set", "steps=0"]);
    assert!(range.contains("error[value_smaller_than_min]") && range.contains("minimum 1"), "{range}");
    let unknown = said(&["--set", "stepps=3"]);
    assert!(unknown.contains("no parameter `stepps`"), "{unknown}");
    let option = said(&["--set", "sampler=eulr"]);
    assert!(option.contains("error[value_not_in_list]"), "{option}");
    let entry = said(&["--param", "KSampler.stepps=x"]);
    assert!(entry.contains("has no input `stepps`"), "{entry}");
    let full = err(&run(folder.path(), &["a.json", "--to", "api", "--set", "stepps=3"]).code(2));
    assert!(full.contains("did you mean `steps`?"), "{full}");
    // a text is read twice by two encoders, so that nobody knows which is meant
    let two = TXT2IMG.replace(r#""positive": ["6", 0]"#, r#""positive": ["10", 0]"#).replace(
        r#""8": {"#,
        r#""10": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["6", 0], "conditioning_2": ["11", 0]}},
  "11": {"class_type": "CLIPTextEncode", "inputs": {"text": "a hat", "clip": ["4", 1]}},
  "8": {"#,
    );
    write(folder.path(), "a.json", &two);
    let ambiguous = said(&["--set", "positive=a dog"]);
    assert!(ambiguous.contains("6.text") && ambiguous.contains("11.text"), "{ambiguous}");
    run(folder.path(), &["a.json", "--set", "11.text=a dog"]).success();
}

#[test]
fn a_sidecar_file_names_limits_and_fills_in() {
    let folder = folder(TXT2IMG);
    write(
        folder.path(),
        "a.meta.json",
        r#"{"description": "Lighthouses", "override_mappings":
        {"size": [["5", "width"], ["5", "height"]]}, "constraints": {"size": {"max": 1024}}}"#,
    );
    let prompt = out(&run(folder.path(), &["a.json", "--to", "api", "--set", "size=768"]).success());
    assert_eq!((input(&prompt, "5", "width"), input(&prompt, "5", "height")), (768.into(), 768.into()));
    let done = run(folder.path(), &["a.json", "--to", "api", "--set", "size=2048"]).code(2);
    assert!(err(&done).contains("more than the maximum 1024"), "{}", err(&done));
    // a broken one is said, and the workflow is what it is
    write(folder.path(), "a.meta.json", "{");
    let done = run(folder.path(), &["a.json", "--to", "api", "--set", "steps=9"]).success();
    assert!(
        err(&done).contains("warning") && err(&done).contains("a.meta.json cannot be used"),
        "{}",
        err(&done)
    );
    assert_eq!(input(&out(&done), "3", "steps"), 9);
}

#[test]
fn placeholders_have_their_defaults_in_a_prompt() {
    let template = TXT2IMG
        .replace("\"a cat\"", "\"PARAM_PROMPT\"")
        .replace("\"steps\": 20", "\"steps\": \"PARAM_INT_STEPS\"");
    let folder = folder(&template);
    let prompt = out(&run(folder.path(), &["a.json", "--to", "api", "--set", "prompt=a dog"]).success());
    assert_eq!(input(&prompt, "6", "text"), "a dog");
    assert_eq!(input(&prompt, "3", "steps"), 20, "as the catalog says");
    let done = run(folder.path(), &["a.json", "--to", "api"]).code(1);
    assert!(err(&done).contains("the workflow needs `prompt`"), "{}", err(&done));
    write(folder.path(), "a.meta.json", r#"{"defaults": {"prompt": "a lighthouse", "steps": 12}}"#);
    let prompt = out(&run(folder.path(), &["a.json", "--to", "api"]).success());
    assert_eq!(
        (input(&prompt, "6", "text"), input(&prompt, "3", "steps")),
        ("a lighthouse".into(), 12.into())
    );
}

#[test]
fn parameters_are_listed() {
    let folder = folder(TXT2IMG);
    let list = out(&run(folder.path(), &["a.json", "--params"]).success().stderr_eq(""));
    assert!(list.contains("steps: INT 1 to 10000 = 20 at 3.steps (role)"), "{list}");
    assert!(
        list.contains("scheduler: one of 9 options (") && list.contains(", and 4 more) = \"normal\""),
        "{list}"
    );
    assert!(list.contains("positive: STRING"), "{list}");
    let json = out(&run(folder.path(), &["a.json", "--params", "--message-format", "json"]).success());
    let lines: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let steps = lines.iter().find(|line| line["kind"] == "param" && line["name"] == "steps").expect("steps");
    assert_eq!(
        (&steps["type"], &steps["max"], &steps["at"][0]),
        (&"INT".into(), &10000.into(), &"3.steps".into())
    );
    assert!(lines.iter().any(|line| line["kind"] == "role" && line["at"] == "7.text"), "{json}");
    assert!(lines.iter().any(|line| line["kind"] == "output" && line["node"] == "9"), "{json}");
}

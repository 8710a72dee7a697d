//! Mermaid flowcharts and link lists as input of the program, and flowcharts as its output.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test")]
#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes them")]

mod common;

use common::{PROMPT, program};
use serde_json::Value;
use snapbox::str;

const LIST: &str = r#"[["EmptyImage", "IMAGE", "ImageInvert", "image"], ["ImageInvert", "IMAGE", "PreviewImage", "images"]]"#;

/// The standard output of the program, which has nothing to say.
fn made(arguments: &[&str], stdin: &str) -> String {
    let done = program().args(arguments).stdin(stdin).assert().success().stderr_eq(str![""]);
    String::from_utf8(done.get_output().stdout.clone()).expect("UTF-8")
}

#[test]
fn a_prompt_becomes_a_flowchart_and_comes_back() {
    program().args(["--to", "mermaid"]).stdin(PROMPT).assert().success().stdout_eq(str![[r#"
flowchart LR
    n1["EmptyImage #1"]
    n2["PreviewImage #2"]
    n1 -->|"IMAGE → images"| n2

"#]]);
    let chart = made(&["--to", "mermaid"], PROMPT);
    let prompt: Value = serde_json::from_str(&made(&["--to", "api"], &chart)).expect("JSON");
    assert_eq!(prompt["2"]["inputs"]["images"], serde_json::json!(["1", 0]));
    assert_eq!(made(&["--to", "mermaid"], &chart), chart);
}

#[test]
fn every_route_takes_a_diagram() {
    let chart = made(&["--to", "mermaid"], LIST);
    let fenced = format!("A workflow:\n\n```mermaid\n{chart}```\n\nThat is it.\n");
    let list = made(&["--to", "api"], LIST);
    for text in [&chart, &fenced] {
        assert_eq!(made(&["--to", "api"], text), list);
        assert!(made(&["--to", "ui"], text).contains("\"nodes\": ["));
        assert!(made(&[], text).contains("ImageInvert::new()"));
        assert!(made(&["--to", "svg"], text).starts_with("<svg"));
        assert!(made(&["--to", "dot"], text).contains("ImageInvert #2"));
    }
    program().args(["--check"]).stdin(LIST).assert().success().stdout_eq(str![""]);
}

#[test]
fn findings_have_their_place_in_the_diagram() {
    let chart =
        "```mermaid\nflowchart LR\n    A[CLIPTextEncode] --> B[KSampler]\n    C[EmptyImge] -->\n```\n";
    let args = ["--check", "--message-format", "concise"];
    program().args(args).stdin(chart).assert().code(1).stdout_eq(str![[r#"
<stdin>: error[prompt_no_outputs]: no node is an output, so there is nothing to run
<stdin>:3:5: warning[required_input_missing]: CLIPTextEncode #1: needs a link into clip, of type CLIP
<stdin>:3:23: warning[diagram_guess]: the diagram does not say where the link from CLIPTextEncode #1 goes; positive of KSampler #2 was taken
<stdin>:3:27: warning[required_input_missing]: KSampler #2: needs a link into model, of type MODEL
<stdin>:3:27: warning[required_input_missing]: KSampler #2: needs a link into negative, of type CONDITIONING
<stdin>:3:27: warning[required_input_missing]: KSampler #2: needs a link into latent_image, of type LATENT
<stdin>:4:5: warning[malformed_diagram]: "C[EmptyImge] -->" is neither a node nor a link
<stdin>:4:5: warning[missing_node_type]: the catalog has no class "EmptyImge"; it was read as EmptyImage

"#]]);
}

#[test]
fn the_name_of_a_file_or_from_says_that_it_is_a_diagram() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.mmd"), "A --> B").expect("a file");
    let args = ["a.mmd", "--to", "api", "--message-format", "concise"];
    program().current_dir(folder.path()).args(args).assert().code(2).stderr_eq(str![[r#"
a.mmd: error[not_a_workflow]: no diagram: it is no list and does not begin with `graph` or `flowchart`

"#]]);
    program().args(["--from", "diagram"]).stdin(PROMPT).assert().code(2).stdout_eq(str![""]);
}

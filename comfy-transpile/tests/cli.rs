//! The program as its users meet it: what it writes where, and its status.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a test")]
#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes them")]

mod common;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    process::{Command as Process, Stdio},
    thread,
};

use common::{PROMPT, program};
use snapbox::{Data, assert_data_eq, cmd::cargo_bin, str};

/// Fails on the server: no such sampler, and a width of nothing.
const BAD_PROMPT: &str = r#"{
  "1": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 64, "batch_size": 1, "color": 0}},
  "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
  "3": {"class_type": "PreviewImages", "inputs": {}}
}
"#;

/// One class that the bundled catalog does not have.
const CATALOG: &str =
    r#"{"Mine": {"input": {"required": {"n": ["INT", {"default": 1}]}}, "output": [], "output_node": true}}"#;
const MINE: &str = r#"{"1": {"class_type": "Mine", "inputs": {"n": 5}}}"#;

#[test]
fn a_prompt_from_standard_input_becomes_rust() {
    let output = program().stdin(PROMPT).assert().success().stderr_eq(str![""]).get_output().stdout.clone();
    let rust = String::from_utf8(output).expect("UTF-8");
    assert!(rust.contains("pub fn flow(g: &Flow)"), "{rust}");
    assert!(rust.contains("EmptyImage::new()"), "{rust}");
}

#[test]
fn other_forms() {
    program().args(["--to", "dot", "-"]).stdin(PROMPT).assert().success().stdout_eq(str![[r#"
digraph workflow {
  rankdir=LR;
  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  "1" [label="EmptyImage #1"];
  "2" [label="PreviewImage #2"];
  "1" -> "2" [label="IMAGE"];
}

"#]]);
    let api = program().args(["--to", "api"]).stdin(PROMPT).assert().success();
    let api = String::from_utf8(api.get_output().stdout.clone()).expect("UTF-8");
    assert!(api.contains("\"images\": ["), "{api}");
    // what was written can be read
    let ui = program().args(["--to", "ui", "--keep-layout", "false"]).stdin(PROMPT).assert().success();
    let ui = String::from_utf8(ui.get_output().stdout.clone()).expect("UTF-8");
    assert!(ui.contains("\"version\": 0.4"), "{ui}");
    program().args(["--to", "api"]).stdin(ui).assert().success().stdout_eq(Data::text(api.clone()));
    program().args(["--to", "api"]).stdin(api.clone()).assert().success().stdout_eq(Data::text(api));
}

#[test]
fn errors_in_the_workflow_are_status_1_and_the_output_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("bad.json"), BAD_PROMPT).expect("a file");
    let done = program()
        .current_dir(folder.path())
        .args(["bad.json", "--to", "api", "-o", "out.json", "--message-format", "concise"])
        .assert()
        .code(1)
        .stdout_eq(str![""])
        .stderr_eq(str![[r#"
bad.json:2:57: error[value_smaller_than_min]: EmptyImage #1: width is 0, but at least 1 is needed
bad.json:4:9: error[missing_node_type]: PreviewImages #3: the catalog has no such node type

"#]]);
    drop(done);
    let written = std::fs::read_to_string(folder.path().join("out.json")).expect("the output");
    assert!(written.contains("PreviewImages"), "{written}");
}

#[test]
fn message_formats() {
    let shown = |form: &str| {
        let args = ["--to", "api", "-o", "/dev/null", "--message-format", form];
        let done = program().args(args).stdin(BAD_PROMPT).assert().code(1);
        String::from_utf8(done.get_output().stderr.clone()).expect("UTF-8")
    };
    assert_data_eq!(
        shown("full"),
        str![[r#"
error[value_smaller_than_min]: EmptyImage #1: width is 0, but at least 1 is needed
 --> <stdin>:2:57
  |
2 |   "1": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 64, "batch_size": 1, "color": 0}},
  |                                                         ^
  |
  = help: change it to 1

error[missing_node_type]: PreviewImages #3: the catalog has no such node type
 --> <stdin>:4:9
  |
4 |   "3": {"class_type": "PreviewImages", "inputs": {}}
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: name the server that has it with --catalog URL
  = help: did you mean "PreviewImage"?
  = help: did you mean "PreviewAny"?


"#]]
    );
    assert_data_eq!(
        shown("github"),
        str![[r#"
::error title=value_smaller_than_min,file=<stdin>,line=2,col=57::EmptyImage #1: width is 0, but at least 1 is needed
::error title=missing_node_type,file=<stdin>,line=4,col=9::PreviewImages #3: the catalog has no such node type

"#]]
    );
    for line in shown("json").lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
        assert_eq!(object["severity"], "error", "{line}");
        assert!(object["line"].is_u64(), "{line}");
    }
}

#[test]
fn what_is_no_workflow_is_status_2() {
    program().stdin("{\"a\": \n  oops}").assert().code(2).stdout_eq(str![""]).stderr_eq(str![[r#"
error[not_a_workflow]: not JSON: expected value at line 2 column 3
 --> <stdin>:2:3
  |
2 |   oops}
  |   ^


"#]]);
    let json = program().args(["--message-format", "json"]).stdin("[]").assert().code(2);
    let line: serde_json::Value = serde_json::from_slice(&json.get_output().stderr).expect("JSON");
    assert_eq!(line["code"], "not_a_workflow");
    program().stdin("").assert().code(2);
    program().stdin(&b"\x89PNG\r\n\xff"[..]).assert().code(2).stderr_eq(str![[r#"
error: standard input is neither text in UTF-8 nor a media file that could carry a workflow

"#]]);
}

#[test]
fn files_that_are_not_there_are_status_2() {
    program().arg("nowhere.json").assert().code(2).stdout_eq(str![""]).stderr_eq(str![[r#"
error: failed to open file `nowhere.json`: No such file or directory (os error 2)

"#]]);
    let output = ["-o", "nowhere/out.rs"];
    program().args(output).stdin(PROMPT).assert().code(2).stdout_eq(str![""]);
    program().args(["--catalog", "nowhere.json"]).stdin(PROMPT).assert().code(2);
}

#[test]
fn wrong_use_is_status_2() {
    program().args(["--to", "cobol"]).assert().code(2).stdout_eq(str![""]).stderr_eq(str![[r#"
error: invalid value 'cobol' for '--to <FORM>'
  [possible values: rust, api, ui, dot, mermaid, svg]

For more information, try '--help'.

"#]]);
    program().args(["a", "b"]).assert().code(2);
    program().arg("--bogus").assert().code(2);
    program().arg("--version").assert().success();
}

#[test]
fn a_catalog_from_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |text: &str| {
        let path = folder.path().join("catalog.json");
        std::fs::write(&path, text).expect("a file");
        path
    };
    program().args(["--to", "api"]).stdin(MINE).assert().code(1);
    program().args(["--to", "api", "--catalog"]).arg(file(CATALOG)).stdin(MINE).assert().success();
    for text in ["[]", "<html>", "{}", ""] {
        program().arg("--catalog").arg(file(text)).stdin(MINE).assert().code(2).stdout_eq(str![""]);
    }
}

/// Answers one request on the loopback with this status and body, and gives back the line that was asked.
fn serve(status: &'static str, body: &'static str) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut lines = BufReader::new(stream.try_clone().expect("a second handle")).lines();
        let request = lines.next().and_then(Result::ok).unwrap_or_default();
        while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).expect("an open connection");
        request
    });
    (address, server)
}

#[test]
fn a_catalog_from_a_server() {
    for path in ["", "/", "/object_info"] {
        let (address, server) = serve("200 OK", CATALOG);
        let catalog = format!("{address}{path}");
        program().args(["--to", "api", "--catalog", &catalog]).stdin(MINE).assert().success();
        assert_eq!(server.join().expect("a request"), "GET /api/object_info HTTP/1.1");
    }
    for (status, body) in [("500 Oops", CATALOG), ("200 OK", "<html>"), ("200 OK", "{}")] {
        let (address, server) = serve(status, body);
        program().args(["--catalog", &address]).stdin(MINE).assert().code(2).stdout_eq(str![""]);
        server.join().expect("a request");
    }
}

#[test]
fn a_server_that_is_not_there() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let address = format!("http://{free}");
    let done = program().args(["--catalog", &address]).stdin(MINE).assert().code(2);
    let shown = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(
        shown.starts_with(&format!(
            "error: no catalog from {address}: no server answers at {address}; does ComfyUI run there?"
        )),
        "{shown}"
    );
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    let mut many = String::from("{");
    for n in 0..20_000 {
        many.extend([&format!("\"{n}\""), r#": {"class_type": "PreviewAny", "inputs": {"source": 1}},"#]);
    }
    many.push_str(r#""x": {"class_type": "PreviewAny", "inputs": {"source": 1}}}"#);
    let mut child = Process::new(cargo_bin!("comfy-transpile"))
        .args(["--to", "api"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program");
    child.stdin.take().expect("its input").write_all(many.as_bytes()).expect("it reads");
    let mut first = [0; 16];
    child.stdout.take().expect("its output").read_exact(&mut first).expect("some output");
    let done = child.wait_with_output().expect("an end");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
}

/// The same flow as a prompt, a workflow and Rust; and with one other value.
#[test]
fn files_of_any_two_formats_are_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("a.json"), PROMPT).expect("a file");
    let made = |arguments: &[&str]| program().current_dir(folder.path()).args(arguments).assert().code(0);
    made(&["a.json", "--to", "ui", "-o", "a.ui.json"]);
    made(&["a.ui.json", "--to", "rust", "-o", "a.rs"]);
    let rust = std::fs::read_to_string(path("a.rs")).expect("a flow");
    let edited = rust.replace(".width(64)", ".width(96)");
    assert_ne!(rust, edited, "{rust}");
    std::fs::write(path("b.rs"), &edited).expect("a file");
    made(&["b.rs", "--to", "ui", "-o", "b.ui.json"]);
    made(&["b.rs", "--to", "api", "-o", "b.json"]);
    // no function to begin with
    std::fs::write(path("no.rs"), "const A: i64 = 1;").expect("a file");
    let diff =
        |old: &str, new: &str| program().current_dir(folder.path()).args(["--diff", old, new]).assert();
    let (same, other) = (["a.json", "a.ui.json", "a.rs"], ["b.json", "b.ui.json", "b.rs"]);
    for old in same {
        for new in same {
            diff(old, new).code(0).stdout_eq(str![""]).stderr_eq(str![""]);
        }
        for new in other {
            let output = diff(old, new).code(1).get_output().stdout.clone();
            let text = String::from_utf8(output).expect("UTF-8");
            assert!(text.ends_with("    width: 64 -> 96\n"), "{old} {new}: {text}");
        }
        diff(old, "no.rs").code(2).stdout_eq(str![""]);
    }
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/media/image.png");
    made(&[picture, "-o", "c.rs"]);
    diff(picture, "c.rs").code(0).stdout_eq(str![""]);
    diff("c.rs", "a.ui.json").code(1);
}

/// A flow that was made of a workflow and edited: what stayed stands where it stood.
#[test]
fn a_flow_gets_the_looks_of_the_workflow_it_was_made_of() {
    let workflow = r##"{"version": 0.4, "last_node_id": 9, "last_link_id": 1,
      "nodes": [
        {"id": 9, "type": "EmptyImage", "pos": [10, 20], "size": [300, 150], "color": "#223", "bgcolor": "#335",
         "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}], "widgets_values": [64, 64, 1, 0]},
        {"id": 4, "type": "PreviewImage", "pos": [400, 20], "size": [250, 260],
         "inputs": [{"name": "images", "type": "IMAGE", "link": 1}]},
        {"id": 6, "type": "Note", "pos": [10, -90], "size": [200, 60], "widgets_values": ["Mind the gap"]}],
      "links": [[1, 9, 0, 4, 0, "IMAGE"]],
      "groups": [{"title": "All", "bounding": [0, -40, 700, 340]}], "extra": {"ds": {"scale": 0.5}}}"##;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("old.json"), workflow).expect("a file");
    let program = || program().current_dir(folder.path());
    program().args(["old.json", "-o", "flow.rs"]).assert().code(0);
    let rust = std::fs::read_to_string(path("flow.rs")).expect("a flow");
    let edited = rust.replace(".height(64)", ".height(96)").replace(
        "    g.add(PreviewImage",
        "    let smaller = g.add(ImageInvert::new().image(image));\n    g.add(PreviewImage::new().images(smaller));\n    g.add(PreviewImage",
    );
    assert_ne!(rust, edited);
    std::fs::write(path("flow.rs"), edited).expect("a file");
    let to_ui = ["flow.rs", "--to", "ui", "--keep-layout", "old.json"];
    let written = program().args(to_ui).assert().code(0).get_output().stdout.clone();
    let written: serde_json::Value = serde_json::from_slice(&written).expect("JSON");
    let node = |id: i64| {
        written["nodes"].as_array().expect("nodes").iter().find(|node| node["id"] == id).expect("the id")
    };
    for (id, pos, size) in [(9, [10, 20], [300, 150]), (4, [400, 20], [250, 260]), (6, [10, -90], [200, 60])]
    {
        assert_eq!(node(id)["pos"], serde_json::json!(pos), "{written:#}");
        assert_eq!(node(id)["size"], serde_json::json!(size));
    }
    assert_eq!(node(9)["color"], "#223");
    assert_eq!(node(9)["widgets_values"], serde_json::json!([64, 96, 1, 0]));
    assert_eq!(node(6)["widgets_values"], serde_json::json!(["Mind the gap"]));
    assert_eq!(node(10)["type"], "ImageInvert");
    let [x, y] = [0, 1].map(|at| node(10)["pos"][at].as_f64().expect("a place"));
    assert!(x > 310.0 && y > 280.0, "right of the image, below the preview: {x} {y}");
    assert_eq!(written["groups"][0]["title"], "All");
    assert_eq!(written["extra"]["ds"]["scale"], 0.5);
    let unreadable = ["flow.rs", "--to", "ui", "--keep-layout", "flow.toml"];
    program().args(unreadable).assert().code(2).stdout_eq(str![""]);
}

#[test]
fn what_is_different_between_two_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
    std::fs::write(&old, PROMPT).expect("a file");
    // other ids, another order, one other value
    let other = r#"{
      "8": {"class_type": "PreviewImage", "inputs": {"images": ["7", 0]}},
      "7": {"class_type": "EmptyImage", "inputs": {"width": 96, "height": 64, "batch_size": 1, "color": 0}}
    }"#;
    std::fs::write(&new, other).expect("a file");
    let program = || program().current_dir(folder.path()).args(["--diff", "old.json", "new.json"]);
    program().assert().code(1).stderr_eq(str![""]).stdout_eq(str![[r#"
--- old.json
+++ new.json
~ EmptyImage #1 (now #7)
    width: 64 -> 96

"#]]);
    program().args(["--message-format", "json"]).assert().code(1).stdout_eq(str![[r#"
{"change":"value","level":"queued","node":{"old":{"id":"1","class_type":"EmptyImage"},"new":{"id":"7","class_type":"EmptyImage"}},"old":{"value":64},"new":{"value":96},"input":"width"}

"#]]);
    std::fs::write(&new, other.replace("96", "64.0")).expect("a file");
    program().assert().code(0).stdout_eq(str![""]).stderr_eq(str![""]);
    std::fs::write(&new, "[1, 2]").expect("a file");
    program().assert().code(2).stdout_eq(str![""]);
}

/// Names that a lock file keeps are those of the Rust that is written and of the Rust that is read.
#[test]
fn names_of_a_lock_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("nodes.json"), CATALOG).expect("a file");
    std::fs::write(folder.path().join("names.lock"), "[node]\nMine = Yours\n[input Mine]\nn = number\n")
        .expect("a file");
    let program = || program().current_dir(folder.path()).args(["--catalog", "nodes.json"]);
    let locked = || program().args(["--lock", "names.lock"]);
    let written = locked().stdin(MINE).assert().success().stderr_eq(str![""]).get_output().stdout.clone();
    let rust = String::from_utf8(written).expect("UTF-8");
    assert!(rust.contains("Yours::new().number(5)"), "{rust}");
    locked().args(["--to", "api"]).stdin(rust.as_str()).assert().success().stdout_eq(str![[r#"
{
  "1": {
    "inputs": {
      "n": 5
    },
    "class_type": "Mine",
    "_meta": {
      "title": "Mine"
    }
  }
}

"#]]);
    locked().arg("--check").stdin(rust.as_str()).assert().success();
    program().args(["--to", "api"]).stdin(rust.as_str()).assert().code(1).stdout_eq(str![""]);
    std::fs::write(folder.path().join("names.lock"), "[node]\nMine = 1\n").expect("a file");
    locked().stdin(MINE).assert().code(2).stdout_eq(str![""]).stderr_eq(str![[r#"
error: names.lock is no lock file of comfy-codegen: line 2: the name is no Rust identifier

"#]]);
    program().args(["--lock", "no.lock"]).stdin(MINE).assert().code(2).stdout_eq(str![""]);
}

#[test]
fn ids_are_kept_on_demand() {
    let prompt = MINE.replace("\"1\"", "\"7:2\"");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("nodes.json"), CATALOG).expect("a file");
    let program = || program().current_dir(folder.path()).args(["--catalog", "nodes.json"]);
    let kept =
        program().arg("--keep-ids").stdin(prompt.as_str()).assert().success().get_output().stdout.clone();
    let rust = String::from_utf8(kept).expect("UTF-8");
    assert!(rust.contains("Mine::new().n(5).id(\"7:2\")"), "{rust}");
    let numbered = program().stdin(prompt.as_str()).assert().success().get_output().stdout.clone();
    assert!(!String::from_utf8(numbered).expect("UTF-8").contains("id("));
}

//! The program against simulated servers: what it prints, what it saves, and how it ends.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use comfy_test_server::{
    cloud::{Cloud, CloudOptions},
    stub::{Stub, StubOptions},
};
use serde_json::Value;
use snapbox::cmd::{Command, OutputAssert, cargo_bin};

const KEY: &str = "comfyui-key-that-nobody-may-see";

/// A folder to run in, with a server.
struct Place {
    stub: Stub,
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self::with(StubOptions::default())
    }

    fn with(options: StubOptions) -> Self {
        let stub = Stub::start(options).expect("a server");
        Self { stub, folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    fn run(&self, words: &[&str]) -> OutputAssert {
        command(self.folder.path(), &self.stub.url()).args(words).assert()
    }

    fn spawn(&self, words: &[&str]) -> Child {
        let mut child = std::process::Command::new(cargo_bin!("comfy-run"));
        child.args(words).current_dir(self.folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        child.env("COMFYUI_URL", self.stub.url()).env("COMFY_CACHE_DIR", self.path("cache"));
        child.spawn().expect("a program")
    }
}

fn command(folder: &Path, server: &str) -> Command {
    Command::new(cargo_bin!("comfy-run"))
        .current_dir(folder)
        .env("COMFYUI_URL", server)
        .env("COMFY_CACHE_DIR", folder.join("cache"))
        .env_remove("COMFY_API_KEY")
}

fn out(done: &OutputAssert) -> String {
    String::from_utf8_lossy(&done.get_output().stdout).into_owned()
}

fn err(done: &OutputAssert) -> String {
    String::from_utf8_lossy(&done.get_output().stderr).into_owned()
}

fn events(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// Waits until something holds, for half a minute at most. Whether it does.
fn soon(holds: impl Fn() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(30);
    while !holds() && Instant::now() < until {
        thread::sleep(Duration::from_millis(20));
    }
    holds()
}

fn picture(color: u32) -> String {
    format!(
        r#"{{
  "1": {{"class_type": "EmptyImage", "inputs": {{"width": 16, "height": 16, "batch_size": 1, "color": {color}}}}},
  "3": {{"class_type": "SaveImage", "inputs": {{"images": ["1", 0], "filename_prefix": "p{color}"}}}}
}}"#
    )
}

fn slow(milliseconds: u32) -> String {
    format!(r#"{{"1": {{"class_type": "TestSleep", "inputs": {{"milliseconds": {milliseconds}}}}}}}"#)
}

const FLOW: &str = "use comfy_dsl::prelude::*;\nuse nodes::*;\n\npub fn flow(g: &Flow) {\n    \
    let image = g.add(EmptyImage::new().width(16).height(16).color(7));\n    \
    g.add(SaveImage::new().images(image).filename_prefix(\"flow\"));\n}\n";

#[test]
fn a_prompt_and_a_flow_in_rust_run_and_their_pictures_are_saved() {
    let place = Place::new();
    place.write("a.json", &picture(5));
    place.write("flow.rs", FLOW);
    let done = place.run(&["a.json", "flow.rs", "--out", "pictures"]).success();
    let mut saved: Vec<String> = out(&done).lines().map(str::to_owned).collect();
    saved.sort();
    assert_eq!(saved, ["pictures/flow_00001_.png", "pictures/p5_00001_.png"]);
    assert!(saved.iter().all(|path| fs::read(place.path(path)).expect("a file").starts_with(b"\x89PNG")));
    let said = err(&done);
    // how many are done by the time that a line is written is up to the machine
    assert!(said.contains("flow.rs: ") && said.contains(" of 2: ") && said.contains("(flow.rs:"), "{said}");
    // the record has what it takes to run it again; the server remembers the last prompt, which of two is up to chance
    place.run(&["a.json", "--out", "alone"]).success();
    let again = place.run(&["--again", "alone/run.json", "--out", "again"]).success();
    assert!(err(&again).contains("2 nodes cached"), "{}", err(&again));
    assert!(out(&again).starts_with("again/"), "{}", out(&again));
}

#[test]
fn events_are_lines_of_json() {
    let place = Place::new();
    place.write("a.json", &picture(6));
    let done = place.run(&["a.json", "--json"]).success();
    let events = events(&out(&done));
    assert!(events.iter().all(|event| event["v"] == 1 && event["job"].is_string()), "{events:?}");
    let names: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!(
        names,
        ["queued", "started", "node", "node", "output", "finished", "saved", "recorded"],
        "{events:?}"
    );
    assert_eq!(err(&done), "");
}

#[test]
fn what_is_wrong_is_shown_at_its_place_and_not_queued() {
    let place = Place::new();
    place.write("a.json", &picture(5).replace("\"width\": 16", "\"width\": 99999"));
    let done = place.run(&["a.json"]).code(1).stdout_eq("");
    assert!(err(&done).contains("--> a.json:2:"), "{}", err(&done));
    place.write("flow.rs", &FLOW.replace("width(16)", "width(99_999)"));
    let done = place.run(&["flow.rs"]).code(1).stdout_eq("");
    assert!(err(&done).contains("flow.rs:5"), "{}", err(&done));
    assert!(place.stub.queued_ids().is_empty());
    // the server says the same of what was not checked here
    let done = place.run(&["a.json", "--unchecked"]).code(1).stdout_eq("");
    assert!(err(&done).contains("the server refuses it"), "{}", err(&done));
}

#[test]
fn values_are_set_and_files_uploaded() {
    let place = Place::new();
    place.write("cat.png", "not much of a picture");
    let load = r#"{"1": {"class_type": "LoadImage", "inputs": {"image": "theirs.png"}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}}}"#;
    place.write("a.json", load);
    place.run(&["a.json"]).code(1);
    let done = place
        .run(&["a.json", "--set", "LoadImage.image=./cat.png", "--set", "3.filename_prefix=cat"])
        .success();
    assert_eq!(out(&done), "output/cat_00001_.png\n");
    assert!(err(&done).contains("uploaded ./cat.png as cat-"), "{}", err(&done));
    let record = fs::read_to_string(place.path("output/run.json")).expect("a record");
    assert!(record.contains("\"value\": \"./cat.png\""), "{record}");
    let done = place.run(&["a.json", "--set", "3.prefix=x", "--set", "1.image=./cat.png"]).code(1);
    assert!(err(&done).contains("SaveImage #3 has no input `prefix`"), "{}", err(&done));
    // a workflow names files of its own folder only
    fs::create_dir(place.path("sub")).expect("a folder");
    place.write("sub/a.json", &load.replace("theirs.png", "../cat.png"));
    let done = place.run(&["sub/a.json"]).code(2);
    assert!(err(&done).contains("is outside of sub"), "{}", err(&done));
    place.run(&["sub/a.json", "--within", "."]).success();
    place.run(&["sub/a.json", "--set", "1.image=./cat.png"]).success();
    let done = place.run(&["a.json", "--set", "1.image=./none.png"]).code(2);
    assert!(err(&done).contains("none.png"), "{}", err(&done));
}

#[test]
fn seeds_make_several_runs_different() {
    let with_seed = r#"{"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
        "5": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 2, "cfg": 8.0, "sampler_name": "euler",
            "scheduler": "normal", "denoise": 1.0, "model": ["1", 0], "positive": ["2", 0], "negative": ["2", 0],
            "latent_image": ["4", 0]}},
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "s"}}}"#;
    let mut options = StubOptions::default();
    options.models.insert("checkpoints".into(), vec!["a.safetensors".into()]);
    let place = Place::with(options);
    place.write("a.json", with_seed);
    let done = place.run(&["a.json", "--repeat", "3", "--seed", "7", "--names", "{seed}-{n}"]).success();
    let mut saved: Vec<String> = out(&done).lines().map(str::to_owned).collect();
    saved.sort();
    assert_eq!(saved, ["output/7-1.png", "output/8-1.png", "output/9-1.png"]);
    // every record is still there
    let records = fs::read_dir(place.path("output")).expect("a folder");
    let is_record = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("run");
    assert_eq!(records.filter_map(Result::ok).filter(is_record).count(), 3);
}

#[test]
fn values_are_set_by_name_in_the_prompt_and_in_the_workflow() {
    let place = Place::new();
    place.write("a.json", &picture(5));
    place.write("a.meta.json", r#"{"override_mappings": {"side": [["1", "width"], ["1", "height"]]}}"#);
    let words = ["a.json", "--set", "side=32", "--param", "3.filename_prefix=name", "--set", "name=cat"];
    let done = place.run(&words).success();
    assert_eq!(out(&done), "output/cat_00001_.png\n");
    let record: Value =
        serde_json::from_str(&fs::read_to_string(place.path("output/run.json")).expect("a record"))
            .expect("JSON");
    let inputs = &record["prompt"]["1"]["inputs"];
    assert_eq!((&inputs["width"], &inputs["height"]), (&Value::from(32), &Value::from(32)));
    let nodes = record["workflow"]["nodes"].as_array().expect("a workflow");
    let image = nodes.iter().find(|node| node["type"] == "EmptyImage").expect("the picture");
    assert_eq!(image["widgets_values"][0], 32, "{image}");
    // nothing is queued that does not fit
    let queued = place.stub.queued_ids().len();
    let done = place.run(&["a.json", "--set", "side=0"]).code(1);
    assert!(err(&done).contains("less than the minimum 1"), "{}", err(&done));
    let done = place.run(&["a.json", "--set", "sid=1"]).code(1);
    assert!(err(&done).contains("did you mean `side`?"), "{}", err(&done));
    assert_eq!(place.stub.queued_ids().len(), queued);
}

#[test]
fn a_sidecar_file_may_name_no_file_outside_of_its_folder() {
    let place = Place::new();
    fs::create_dir(place.path("sub")).expect("a folder");
    place.write("cat.png", "not much of a picture");
    let load = r#"{"1": {"class_type": "LoadImage", "inputs": {"image": "PARAM_IMAGE"}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}}}"#;
    place.write("sub/a.json", load);
    place.write("sub/a.meta.json", r#"{"defaults": {"image": "../cat.png"}}"#);
    // neither with nor without something else that is set
    for words in [&["sub/a.json"] as &[_], &["sub/a.json", "--set", "3.filename_prefix=y"]] {
        let done = place.run(words).code(2);
        assert!(err(&done).contains("is outside of sub"), "{}", err(&done));
    }
    place.run(&["sub/a.json", "--set", "image=./cat.png"]).success();
}

#[test]
fn a_job_that_is_not_waited_for_is_taken_up_again() {
    let place = Place::new();
    place.write("a.json", &picture(4));
    let done = place.run(&["a.json", "--no-wait"]).success();
    let id = out(&done).trim().to_owned();
    let done = place.run(&["job", &id]).success();
    assert_eq!(out(&done), "output/p4_00001_.png\n");
    place.run(&["job", &id, "--no-wait"]).success().stdout_eq("completed\n");
    // a time-out leaves the id
    place.write("slow.json", &slow(1500));
    let done = place.run(&["slow.json", "--timeout", "200ms"]).code(2);
    let said = err(&done);
    let id = said.split("comfy-run job ").nth(1).and_then(|rest| rest.split('`').next()).expect("an id");
    place.run(&["job", id]).success();
    place.run(&["job", "0d7f3b86-5a0e-4a2b-9a55-6f2c1b7a4e10"]).code(130);
}

#[test]
fn cancelling_stops_one_job() {
    let place = Place::new();
    place.write("slow.json", &slow(20_000));
    let done = place.run(&["slow.json", "slow.json", "--no-wait"]).success();
    let ids: Vec<String> = out(&done).lines().map(str::to_owned).collect();
    let waiting = place.spawn(&["job", &ids[0]]);
    place.run(&["cancel", &ids[0]]).success().stdout_eq(format!("{}: cancelled\n", ids[0]));
    let waited = waiting.wait_with_output().expect("its end");
    assert_eq!(waited.status.code(), Some(130), "{}", String::from_utf8_lossy(&waited.stderr));
    let left = place.run(&["queue", "--json"]).success();
    assert!(out(&left).contains(&ids[1]) && !out(&left).contains(&ids[0]), "{}", out(&left));
    place.run(&["cancel", &ids[1]]).success();
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_the_job_and_its_id() {
    let place = Place::new();
    place.write("slow.json", &slow(1500));
    let child = place.spawn(&["slow.json"]);
    assert!(soon(|| !place.stub.queued_ids().is_empty()));
    thread::sleep(Duration::from_millis(200));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    let done = child.wait_with_output().expect("its end");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(130), "{said}");
    let id = place.stub.queued_ids().into_keys().next().expect("a job");
    assert!(said.contains(&format!("`comfy-run job {id}` takes it up again")), "{said}");
    place.run(&["job", &id]).success();
}

#[test]
fn a_failure_names_the_node_and_what_python_said() {
    let place = Place::new();
    place.write(
        "a.json",
        r#"{"1": {"class_type": "TestFail", "_meta": {"title": "Mine"},
                "inputs": {"exception_type": "ValueError", "message": "shapes do not fit"}},
            "2": {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}}}"#,
    );
    let done = place.run(&["a.json"]).code(3);
    let said = err(&done);
    assert!(said.contains("shapes do not fit") && said.contains("a.json:1:"), "{said}");
}

#[test]
fn paid_nodes_need_a_word_and_no_key_is_shown() {
    let place = Place::new();
    let paid = picture(5).replace(
        "\n}",
        r#",
  "7": {"class_type": "RecraftVectorizeImageNode", "inputs": {"image": ["1", 0]}},
  "8": {"class_type": "PreviewAny", "inputs": {"source": ["7", 0]}}
}"#,
    );
    place.write("a.json", &paid);
    place.write("key", &format!("{KEY}\n"));
    let done = place.run(&["a.json", "--key-file", "key"]).code(1);
    assert!(err(&done).contains("RecraftVectorizeImageNode #7 ($0.01)"), "{}", err(&done));
    assert!(place.stub.queued_ids().is_empty());
    place.run(&["a.json", "--key-file", "key", "--allow-paid=0.001"]).code(1);
    let done = place.run(&["a.json", "--key-file", "key", "--allow-paid=0.05", "--json"]).success();
    assert_eq!(place.stub.partner_keys(), [KEY]);
    // a job without paid nodes carries none
    place.write("free.json", &picture(9));
    place.run(&["free.json", "--key-file", "key"]).success();
    assert_eq!(place.stub.partner_keys(), [KEY]);
    let mut all = out(&done) + &err(&done);
    for entry in fs::read_dir(place.path("output")).expect("a folder") {
        all += &String::from_utf8_lossy(&fs::read(entry.expect("an entry").path()).expect("a file"));
    }
    assert!(!all.contains(KEY));
    let with_variable = command(place.folder.path(), "http://192.0.2.1:8188").env("COMFY_API_KEY", KEY);
    let shown =
        with_variable.args(["server", "--cloud", "--server", "http://192.0.2.1:8188"]).assert().code(2);
    assert!(!err(&shown).contains(KEY) && err(&shown).contains("without encryption"), "{}", err(&shown));
}

#[test]
fn comfy_cloud_is_spoken_to_with_the_key() {
    let cloud = Cloud::start(CloudOptions::default()).expect("a server");
    let place = Place::new();
    place.write("a.json", &picture(5));
    let run = |words: &[&str]| command(place.folder.path(), &cloud.url()).args(words).assert();
    let done = run(&["a.json", "--cloud", "--server", &cloud.url()]).code(2);
    assert!(err(&done).contains("COMFY_API_KEY"), "{}", err(&done));
    place.write("key", "comfyui-key-of-a-test");
    let done = run(&["a.json", "--cloud", "--server", &cloud.url(), "--key-file", "key"]).success();
    assert_eq!(out(&done).lines().count(), 1, "{}", out(&done));
    assert!(cloud.leaks().is_empty());
}

#[test]
fn the_server_is_asked_and_told() {
    let mut options = StubOptions::default();
    options.models.insert("checkpoints".into(), vec!["a.safetensors".into(), "b.safetensors".into()]);
    let place = Place::with(options);
    assert!(out(&place.run(&["server"]).success()).contains("ComfyUI 0."));
    place.run(&["queue"]).success().stdout_eq("nothing runs, and nothing waits\n");
    assert!(out(&place.run(&["models"]).success()).contains("checkpoints"));
    place.run(&["models", "checkpoints"]).success().stdout_eq("a.safetensors\nb.safetensors\n");
    place.write("cat.png", "x");
    assert!(out(&place.run(&["upload", "cat.png"]).success()).starts_with("cat-"));
    place.run(&["free"]).success();
    // a server frees between jobs, some time after it was asked
    for _ in 0..500 {
        if !place.stub.freed().is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(place.stub.freed().len(), 1);
    place.write("a.json", &picture(2));
    place.run(&["a.json", "--quiet", "--no-save"]).success().stdout_eq("").stderr_eq("");
    assert!(out(&place.run(&["jobs"]).success()).contains("completed"));
    place.run(&["jobs", "--status", "failed"]).success().stdout_eq("no jobs\n");
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let done = place.run(&["a.json", "--server", &format!("http://{free}")]).code(2);
    assert_eq!(err(&done).lines().count(), 1, "{}", err(&done));
    assert!(err(&done).contains("does ComfyUI run there?"), "{}", err(&done));
}

#[test]
fn a_file_that_is_watched_is_run_again_when_its_prompt_changes() {
    let place = Place::new();
    place.write("flow.rs", FLOW);
    let mut child = place.spawn(&["--watch", "flow.rs", "--json"]);
    let latest = place.path("output/latest.png");
    assert!(soon(|| latest.exists()), "the first result");
    let first = fs::read(&latest).expect("the newest result");
    // saved, but the same
    place.write("flow.rs", &format!("{FLOW}\n// a comment\n"));
    thread::sleep(Duration::from_millis(500));
    assert_eq!(place.stub.queued_ids().len(), 1);
    // wrong for a moment
    place.write("flow.rs", &FLOW.replace("width(16)", "width(\"a\")"));
    thread::sleep(Duration::from_millis(300));
    place.write("flow.rs", &FLOW.replace("width(16)", "width(32)"));
    assert!(soon(|| fs::read(&latest).is_ok_and(|now| now != first)), "the second result");
    thread::sleep(Duration::from_millis(200));
    child.kill().expect("a program that runs");
    let done = child.wait_with_output().expect("its end");
    let events = events(&String::from_utf8_lossy(&done.stdout));
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!((of("queued"), of("finished"), of("findings")), (2, 2, 1), "{events:?}");
}

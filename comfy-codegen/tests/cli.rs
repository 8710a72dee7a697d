//! The program as its users meet it: what `diff` says, and the status of everything.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, reason = "a failing helper fails the test")]

use std::{
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

const OLD: &str = r#"{
  "Same": {"input": {"required": {"n": ["INT", {"default": 1}]}}, "output": ["IMAGE"]},
  "Changed": {"input": {"required": {"image": ["IMAGE"]}}, "output": []}
}"#;

/// `Changed` takes a mask now.
const NEW: &str = r#"{
  "Same": {"input": {"required": {"n": ["INT", {"default": 1}]}}, "output": ["IMAGE"]},
  "Changed": {"input": {"required": {"image": ["MASK"]}}, "output": []}
}"#;

/// Two catalogs, and a flow for each of their classes.
fn files() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs_err::write(folder.path().join(name), text).expect("written");
    write("old.json", OLD);
    write("new.json", NEW);
    write("same.flow.json", r#"{"1": {"class_type": "Same", "inputs": {"n": 1}}}"#);
    write("changed.flow.json", r#"{"1": {"class_type": "Changed", "inputs": {}}}"#);
    write("broken.lock", "[node]\nSame = 1\n");
    folder
}

fn run(folder: &Path, arguments: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_comfy-codegen"));
    program.current_dir(folder).args(arguments.split_whitespace()).output().expect("the program runs")
}

/// The status, and whether something was printed and complained of.
fn outcome(folder: &Path, arguments: &str) -> (Option<i32>, bool, bool) {
    let done = run(folder, arguments);
    (done.status.code(), !done.stdout.is_empty(), !done.stderr.is_empty())
}

#[test]
fn diff_tells_by_its_status_whether_there_are_changes() {
    let files = files();
    let diff = |arguments: &str| outcome(files.path(), &format!("diff {arguments}"));
    assert_eq!(diff("old.json old.json"), (Some(0), false, false));
    assert_eq!(diff("old.json new.json"), (Some(1), true, false));
    assert_eq!(diff("old.json new.json --flow same.flow.json"), (Some(0), false, false));
    assert_eq!(diff("old.json new.json --flow *.flow.json"), (Some(1), true, false));
    for wrong in [
        "old.json",
        "old.json no.json",
        "old.json new.json --flow no*",
        "old.json new.json --lock broken.lock",
    ] {
        assert_eq!(diff(wrong), (Some(2), false, true), "{wrong}");
    }
}

#[test]
fn diff_for_programs_is_an_object_a_line() {
    let files = files();
    let done = run(files.path(), "diff old.json new.json --message-format json");
    assert_eq!(done.status.code(), Some(1));
    let said = String::from_utf8(done.stdout).expect("UTF-8");
    for line in said.lines() {
        let change: serde_json::Value = serde_json::from_str(line).expect("an object");
        assert_eq!((&change["class_type"], &change["impact"]), (&"Changed".into(), &"rust".into()), "{line}");
    }
    assert!(said.contains("Mask"), "{said}");
}

#[test]
fn generating_says_by_its_status_whether_it_could() {
    let files = files();
    assert_eq!(outcome(files.path(), "--catalog old.json --sheet"), (Some(0), true, false));
    assert_eq!(outcome(files.path(), "--catalog old.json -o nodes"), (Some(0), false, false));
    assert!(files.path().join("nodes/Cargo.toml").exists());
    for wrong in
        ["--catalog old.json", "--catalog no.json -o nodes", "--catalog old.json --only Sme -o nodes"]
    {
        assert_eq!(outcome(files.path(), wrong), (Some(2), false, true), "{wrong}");
    }
}

//! `--check --jsonl`: a verdict for every line, in order, whatever the line is.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use std::fmt::Write as _;

use comfy_transpile::{Compiler, GateOptions};
use serde_json::{Value, json};
use snapbox::cmd::{Command, cargo_bin};

const GOOD: &str = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}"#;

fn flow(width: i64) -> String {
    let source = format!(
        "use comfy_dsl::prelude::*;\nuse nodes::*;\n\npub fn flow(g: &Flow) {{\n    \
         g.add(PreviewImage::new().images(g.add(EmptyImage::new().width({width}))));\n}}\n"
    );
    Value::from(source).to_string()
}

fn judged(text: &str, findings: bool) -> Vec<Value> {
    let mut out = Vec::new();
    let options = GateOptions { findings, ..GateOptions::default() };
    Compiler::bundled().judge_lines(text.as_bytes(), &mut out, &options).expect("written");
    let out = String::from_utf8(out).expect("text");
    out.lines().map(|line| serde_json::from_str(line).expect("a verdict")).collect()
}

#[test]
fn every_line_has_a_verdict_in_order() {
    let bad = GOOD.replace("64, \"height\"", "0, \"height\"");
    let lines = [GOOD, &bad, "{", "", "not even JSON", &flow(64), &flow(0), "[[[", GOOD];
    let verdicts = judged(&lines.join("\n"), false);
    let short: Vec<(u64, bool, &str)> = verdicts
        .iter()
        .map(|verdict| {
            let code = verdict["codes"][0].as_str().unwrap_or_default();
            (verdict["line"].as_u64().unwrap_or_default(), verdict["ok"] == true, code)
        })
        .collect();
    assert_eq!(
        short,
        [
            (1, true, ""),
            (2, false, "value_smaller_than_min"),
            (3, false, "not_a_workflow"),
            (5, false, "not_a_workflow"),
            (6, true, ""),
            (7, false, "value_smaller_than_min"),
            (8, false, "not_a_workflow"),
            (9, true, ""),
        ]
    );
}

#[test]
fn findings_stand_in_the_verdict_where_they_are_asked_for() {
    let bad = GOOD.replace("\"EmptyImage\"", "\"EmptyImages\"");
    let verdicts = judged(&bad, true);
    let finding = &verdicts[0]["findings"][0];
    assert_eq!((&finding["code"], &finding["node"]), (&json!("missing_node_type"), &json!("1")));
    assert!(judged(&bad, false)[0].get("findings").is_none());
}

/// More lines than a portion has, on all cores.
#[test]
fn many_lines_keep_their_order() {
    let mut text = String::new();
    for line in 0..10_000 {
        let _ = writeln!(text, "{}", if line % 3 == 0 { "{}" } else { GOOD });
    }
    let verdicts = judged(&text, false);
    assert_eq!(verdicts.len(), 10_000);
    for (at, verdict) in verdicts.iter().enumerate() {
        assert_eq!(verdict["line"], at + 1);
        assert_eq!(verdict["ok"] == true, at % 3 != 0, "{verdict}");
    }
}

#[test]
fn the_program_reads_standard_input_and_says_by_its_status_whether_all_are_good() {
    let run = |text: &str| {
        Command::new(cargo_bin!("comfy-transpile"))
            .args(["--check", "--jsonl", "-"])
            .stdin(text.to_owned())
            .assert()
    };
    run(&format!("{GOOD}\n{GOOD}\n")).code(0).stdout_eq(
        "{\"line\":1,\"ok\":true,\"errors\":0,\"warnings\":0,\"codes\":[]}\n{\"line\":2,\"ok\":true,\"errors\":0,\"warnings\":0,\"codes\":[]}\n",
    );
    run(&format!("{GOOD}\n{{}}\n")).code(1);
}

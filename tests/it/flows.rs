//! Every real workflow as Rust: all flows are compiled with the generated nodes, run, and print prompts that equal
//! the direct lowering but for the ids. They print workflows for the frontend too, which lower to the same.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use comfy_codegen::Config;
use comfy_graph::{back, catalog::Catalog, front, passes};
use comfy_tests::{
    corpus::{Case, Corpus},
    prompts::digests,
};
use comfy_transpile::rust::{EmitOptions, emit};
use serde_json::Value;

use crate::corpus::corpus;

/// A flow to compile and the digests of the prompt that it has to print.
struct Flow {
    case: String,
    source: String,
    digests: Vec<u64>,
}

#[test]
fn flows_compile_and_print_the_same_prompt() {
    let Some((corpus, catalog)) = corpus() else { return };
    let flows: Vec<Flow> = corpus.cases().iter().map(|case| flow(case, &catalog)).collect();
    assert!(!flows.is_empty(), "the corpus is empty");
    let folder = write_program(&corpus, &flows);
    let output = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target().join("flows-build"))
        .output()
        .expect("cargo");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the flows do not compile or run:\n{said}");
    let printed = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<Line> = printed.lines().map(|line| Line::read(line, &catalog)).collect();
    assert_eq!(lines.len(), flows.len(), "every flow prints one line");
    let differ = |wrong: fn(&Flow, &Line) -> bool| -> Vec<&str> {
        let pairs = flows.iter().zip(&lines).filter(|(flow, line)| wrong(flow, line));
        pairs.map(|(flow, _)| flow.case.as_str()).collect()
    };
    let prompts = differ(|flow, line| line.prompt != flow.digests);
    println!("{} of {} flows print the same prompt", flows.len() - prompts.len(), flows.len());
    assert!(prompts.is_empty(), "{prompts:#?}");
    let workflows = differ(|flow, line| line.workflow != flow.digests);
    println!("{} of {} flows print an equal workflow", flows.len() - workflows.len(), flows.len());
    let unsaid = differ(|flow, line| line.workflow != flow.digests && line.left_out == 0);
    assert!(unsaid.is_empty(), "{unsaid:#?}");
}

/// What a flow printed.
struct Line {
    /// Digests of the prompt.
    prompt: Vec<u64>,
    /// Digests of the prompt of the workflow.
    workflow: Vec<u64>,
    /// How many values the workflow has no place for, as was said.
    left_out: u64,
}

impl Line {
    fn read(line: &str, catalog: &Catalog) -> Self {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let workflow = front::read(&line["workflow"].to_string(), catalog).expect("a workflow").value.graph;
        let lowered = passes::lower_for_execution(&workflow).value;
        Self {
            prompt: digests(&line["prompt"]),
            workflow: digests(&back::api::emit(&lowered, None)),
            left_out: line["left_out"].as_u64().unwrap_or_default(),
        }
    }
}

fn flow(case: &Case, catalog: &Catalog) -> Flow {
    let graph = front::read(&case.text().expect("the case's file"), catalog).expect("a workflow").value.graph;
    let direct = back::api::emit(&passes::lower_for_execution(&graph).value, None);
    let options = EmitOptions::default().nodes("comfy_nodes");
    Flow { case: case.name.clone(), source: emit(&graph, catalog, &options).value, digests: digests(&direct) }
}

/// One program with all flows, and the package of the nodes beside it.
fn write_program(corpus: &Corpus, flows: &[Flow]) -> PathBuf {
    let folder = target().join("flows");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let _ = fs::remove_dir_all(folder.join("src"));
    fs::create_dir_all(folder.join("src")).expect("a folder below target");
    let object_info = corpus.object_info().expect("object_info.json");
    fs::write(folder.join("object_info.json"), &object_info).expect("a catalog");
    let catalog = Catalog::from_object_info(&object_info).expect("a catalog");
    let graph = root.join("comfy-graph").canonicalize().expect("comfy-graph");
    let runtime = root.join("comfy-dsl").canonicalize().expect("comfy-dsl");
    let nodes = Config::new().catalog(catalog).package("comfy-nodes").runtime(&runtime);
    nodes.generate().expect("generated nodes").write(folder.join("nodes")).expect("written nodes");
    let manifest = format!(
        "[workspace]\nmembers = [\".\", \"nodes\"]\n\n[package]\nname = \"flows\"\nversion = \"0.0.0\"\nedition = \
         \"2024\"\n\n[dependencies]\ncomfy-dsl = {{ path = {:?}, default-features = false }}\ncomfy-graph = \
         {{ path = {:?}, default-features = false }}\ncomfy-nodes = {{ path = \"nodes\" }}\nserde_json = \
         \"1\"\n\n[profile.dev]\ndebug = false\nincremental = false\n",
        runtime.display().to_string(),
        graph.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    // the versions that the workspace was built with are the ones that are there without a network
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    let mut main = String::from("//! Prints the prompt of every flow.\n#![deny(warnings)]\n\n");
    let mut calls = String::new();
    for (number, flow) in flows.iter().enumerate() {
        fs::write(folder.join(format!("src/f{number}.rs")), &flow.source).expect("a flow");
        let _ = writeln!(main, "mod f{number};");
        let _ = writeln!(calls, "    print(f{number}::flow, &catalog);");
    }
    let _ = write!(main, "{PRINT}\nfn main() {{\n    let catalog = catalog();\n{calls}}}\n");
    fs::write(folder.join("src/main.rs"), main).expect("the program");
    folder
}

/// What the program does with each flow.
const PRINT: &str = r#"
use comfy_graph::{back::ui, catalog::Catalog, diag::codes};

fn catalog() -> Catalog {
    let text = include_str!("../object_info.json");
    Catalog::from_object_info(text).expect("a catalog")
}

fn print(flow: fn(&comfy_dsl::Flow), catalog: &Catalog) {
    let g = comfy_dsl::Flow::new();
    flow(&g);
    let written = ui::emit(&g.to_graph().value, catalog, ui::Options::default());
    let left_out = written.diagnostics.iter().filter(|found| found.code == codes::VALUE_WITHOUT_WIDGET).count();
    let line = serde_json::json!({
        "prompt": g.to_prompt(), "workflow": written.value, "left_out": left_out,
    });
    println!("{line}");
}
"#;

/// The workspace's folder for build output.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}

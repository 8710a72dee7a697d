//! Every real workflow as Rust: all flows are compiled with the generated nodes, run, and print prompts that equal
//! the direct lowering but for the ids.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use comfy_codegen::Config;
use comfy_graph::{back, front, passes};
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
    let prompts: Vec<&str> = printed.lines().collect();
    assert_eq!(prompts.len(), flows.len(), "every flow prints one line");
    let different: Vec<&str> = flows
        .iter()
        .zip(prompts)
        .filter(|(flow, prompt)| {
            let prompt: Value = serde_json::from_str(prompt).expect("a prompt");
            digests(&prompt) != flow.digests
        })
        .map(|(flow, _)| flow.case.as_str())
        .collect();
    println!("{} of {} flows print the same prompt", flows.len() - different.len(), flows.len());
    assert!(different.is_empty(), "{different:#?}");
}

fn flow(case: &Case, catalog: &comfy_graph::catalog::Catalog) -> Flow {
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
    let catalog = corpus.object_info().expect("object_info.json");
    let catalog = comfy_graph::catalog::Catalog::from_object_info(&catalog).expect("a catalog");
    let runtime = root.join("comfy-dsl").canonicalize().expect("comfy-dsl");
    let nodes = Config::new().catalog(catalog).package("comfy-nodes").runtime(&runtime);
    nodes.generate().expect("generated nodes").write(folder.join("nodes")).expect("written nodes");
    let manifest = format!(
        "[workspace]\nmembers = [\".\", \"nodes\"]\n\n[package]\nname = \"flows\"\nversion = \"0.0.0\"\nedition = \
         \"2024\"\n\n[dependencies]\ncomfy-dsl = {{ path = {:?}, default-features = false }}\ncomfy-nodes = \
         {{ path = \"nodes\" }}\n\n[profile.dev]\ndebug = false\nincremental = false\n",
        runtime.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    // the versions that the workspace was built with are the ones that are there without a network
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    let mut main = String::from("//! Prints the prompt of every flow.\n#![deny(warnings)]\n\n");
    let mut calls = String::new();
    for (number, flow) in flows.iter().enumerate() {
        fs::write(folder.join(format!("src/f{number}.rs")), &flow.source).expect("a flow");
        let _ = writeln!(main, "mod f{number};");
        let _ = writeln!(calls, "    print(f{number}::flow);");
    }
    let _ = write!(
        main,
        "\nfn print(flow: fn(&comfy_dsl::Flow)) {{\n    let g = comfy_dsl::Flow::new();\n    flow(&g);\n    \
         println!(\"{{}}\", g.to_prompt());\n}}\n\nfn main() {{\n{calls}}}\n"
    );
    fs::write(folder.join("src/main.rs"), main).expect("the program");
    folder
}

/// The workspace's folder for build output.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}

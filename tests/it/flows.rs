//! Every real workflow as Rust: all flows are compiled with the generated nodes, run, and print prompts that equal
//! the direct lowering but for the ids. What `Flow::build` says of them is what the validator says of the workflow.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use comfy_codegen::Config;
use comfy_graph::{
    back,
    diag::{Diagnostic, codes},
    front, passes,
    valid::Validator,
};
use comfy_tests::{
    corpus::{Case, Corpus},
    prompts::{differences, digests},
};
use comfy_transpile::rust::{EmitOptions, emit};
use serde_json::Value;

use crate::corpus::corpus;

/// A flow to compile and the digests of the prompt that it has to print.
struct Flow {
    case: String,
    source: String,
    digests: Vec<u64>,
    /// The whole prompt, of flows that keep their ids.
    prompt: Option<Value>,
    /// What the validator finds, but for the names of files.
    errors: Vec<&'static str>,
}

#[test]
fn flows_compile_and_print_the_same_prompt() {
    let Some((corpus, catalog)) = corpus() else { return };
    // every other flow keeps its ids
    let cases = corpus.cases();
    let flows: Vec<Flow> =
        cases.iter().enumerate().map(|(at, case)| flow(case, &catalog, at % 2 == 1)).collect();
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
    let (mut different, mut refused) = (Vec::new(), Vec::new());
    for (flow, printed) in flows.iter().zip(prompts) {
        let printed: Value = serde_json::from_str(printed).expect("JSON");
        let changed = |prompt: &Value| {
            differences(prompt, &printed["prompt"]).first().map(|found| format!("{found:?}"))
        };
        if let Some(difference) = flow.prompt.as_ref().and_then(changed) {
            different.push(format!("{}: {difference}", flow.case));
        } else if digests(&printed["prompt"]) != flow.digests {
            different.push(flow.case.clone());
        }
        let errors: Vec<_> = printed["errors"].as_array().expect("a list").iter().collect();
        if errors != flow.errors {
            refused.push((flow.case.as_str(), &flow.errors, printed["errors"].to_string()));
        }
    }
    println!("{} of {} flows print the same prompt", flows.len() - different.len(), flows.len());
    assert!(different.is_empty(), "{different:#?}");
    assert!(refused.is_empty(), "{refused:#?}");
}

fn flow(case: &Case, catalog: &comfy_graph::catalog::Catalog, keep_ids: bool) -> Flow {
    let graph = front::read(&case.text().expect("the case's file"), catalog).expect("a workflow").value.graph;
    let lowered = passes::lower_for_execution(&graph).value;
    let options = EmitOptions::default().nodes("comfy_nodes").keep_ids(keep_ids);
    // a raw node may be of any class, as far as a flow knows
    let counts = |found: &Diagnostic| found.is_error() && found.code != codes::MISSING_NODE_TYPE;
    let found = Validator::new(catalog).known_files(false).check(&lowered);
    let mut errors: Vec<_> = found.iter().filter(|f| counts(f)).map(|found| found.code.name()).collect();
    errors.sort_unstable();
    let prompt = back::api::emit(&lowered, None);
    Flow {
        case: case.name.clone(),
        source: emit(&graph, catalog, &options).value,
        digests: digests(&prompt),
        prompt: keep_ids.then_some(prompt),
        errors,
    }
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
    let mut main = String::from(
        "//! Prints the prompt of every flow.\n#![deny(warnings)]\n\nuse comfy_dsl::prelude::json;\n\n",
    );
    let mut calls = String::new();
    for (number, flow) in flows.iter().enumerate() {
        fs::write(folder.join(format!("src/f{number}.rs")), &flow.source).expect("a flow");
        let _ = writeln!(main, "mod f{number};");
        let _ = writeln!(calls, "    print(f{number}::flow);");
    }
    let _ = write!(
        main,
        "\nfn print(flow: fn(&comfy_dsl::Flow)) {{\n    let g = comfy_dsl::Flow::new();\n    flow(&g);\n    \
         let mut errors: Vec<_> = g.build().err().into_iter().flatten().filter(|e| e.is_error()).map(|e| \
         e.code.name()).collect();\n    errors.sort_unstable();\n    println!(\"{{}}\", json!({{\"prompt\": \
         g.to_prompt(), \"errors\": errors}}));\n}}\n\nfn main() {{\n{calls}}}\n"
    );
    fs::write(folder.join("src/main.rs"), main).expect("the program");
    folder
}

/// The workspace's folder for build output.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}

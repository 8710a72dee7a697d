//! The static reader against rustc: the same programs are accepted, and those give the same prompts.
//!
//! Programs are compiled together, each as a module. What rustc refuses is taken out, round by round, because some of
//! its checks wait until others pass; what is left is run.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use comfy_codegen::{Config, names::Names};
use comfy_graph::{back, catalog::Catalog, diag::codes, front, passes};
use comfy_tests::programs::{mistaken, program};
use comfy_transpile::{
    read::{ReadError, ReadOptions, read_with},
    rust::{self, EmitOptions},
};
use serde_json::Value;

/// The classes that the programs use.
const CLASSES: &[&str] = &[
    "BatchImagesNode",
    "ByteDanceSeedreamNodeV3",
    "CLIPLoader",
    "CLIPTextEncode",
    "CheckpointLoaderSimple",
    "ColorTransfer",
    "ConditioningCombine",
    "ConditioningZeroOut",
    "CustomCombo",
    "DA3Render",
    "EmptyImage",
    "EmptyLatentImage",
    "ImageBlend",
    "ImageBlur",
    "ImageInvert",
    "ImageOnlyCheckpointLoader",
    "ImageScale",
    "ImageScaleBy",
    "ImageScaleToTotalPixels",
    "ImageToMask",
    "InvertMask",
    "KSampler",
    "KSamplerSelect",
    "LatentUpscale",
    "LatentUpscaleBy",
    "LoadImage",
    "LoraLoader",
    "LoraLoaderBypass",
    "LoraLoaderModelOnly",
    "MaskToImage",
    "ModelSave",
    "PreviewAny",
    "PreviewImage",
    "PrimitiveFloat",
    "RandomNoise",
    "ResizeImageMaskNode",
    "SaveImage",
    "SaveLatent",
    "UNETLoader",
    "VAEDecode",
];

/// A program, and what the reader makes of it.
struct Program {
    name: String,
    source: String,
    /// `None` if it is refused.
    read: Option<Value>,
    /// Refused as something that is not read, which says nothing of its being right.
    unsupported: bool,
    why: String,
}

impl Program {
    fn new(name: String, source: String, names: &Names<'_>) -> Self {
        let read = read_with(&source, names, &ReadOptions::default());
        let unread = [codes::UNSUPPORTED_RUST, codes::READER_LIMIT];
        let (unsupported, why) = match &read {
            Ok(_) => (false, String::new()),
            Err(ReadError(found)) => {
                let errors: Vec<_> = found.iter().filter(|found| found.is_error()).collect();
                assert!(
                    errors.iter().all(|error| error.code != codes::INTERNAL_ERROR),
                    "{name}: {errors:?}\n{source}"
                );
                let only = errors.iter().all(|error| unread.contains(&error.code));
                (only, errors.first().map_or_else(String::new, ToString::to_string))
            }
        };
        let prompt = |graph: &comfy_graph::graph::Graph| {
            back::api::emit(&passes::lower_for_execution(graph).value, None)
        };
        let read = read.ok().map(|read| prompt(&read.value.graph));
        Self { name, source, read, unsupported, why }
    }
}

/// Programs of a folder of `tests/programs`.
fn written(folder: &str, names: &Names<'_>) -> Vec<Program> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs").join(folder);
    let files = fs::read_dir(path).expect("the folder of programs").map(|file| file.expect("a file").path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let read = |file: PathBuf| {
        let source = fs::read_to_string(&file).expect("a program");
        Program::new(file.display().to_string(), source, names)
    };
    files.into_iter().map(read).collect()
}

/// What is written for the files of `tests/cases`, every other with its ids.
fn emitted(catalog: &Catalog, names: &Names<'_>) -> Vec<Program> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let files = fs::read_dir(path).expect("the folder of cases").map(|file| file.expect("a file").path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    let emit = |(at, file): (usize, &PathBuf)| {
        let text = fs::read_to_string(file).expect("a case");
        let graph = front::read(&text, catalog).expect("a workflow or prompt").value.graph;
        let source = rust::emit(&graph, catalog, &EmitOptions::default().keep_ids(at % 2 == 0)).value;
        Program::new(file.display().to_string(), source, names)
    };
    files.iter().enumerate().map(emit).collect()
}

#[test]
fn written_programs_are_read_as_rustc_compiles_them() {
    let catalog = Catalog::bundled();
    let names = Names::new(&catalog);
    let (mut good, bad) = (written("good", &names), written("bad", &names));
    good.extend(emitted(&catalog, &names));
    for program in &good {
        assert!(program.read.is_some(), "{}: {}", program.name, program.why);
    }
    for program in &bad {
        assert!(program.read.is_none() && !program.unsupported, "{}: {}", program.name, program.why);
    }
    let faults = compare("written", good.into_iter().chain(bad).collect());
    assert!(faults.is_empty(), "{faults}");
}

/// What is not read is refused as such, and not as wrong.
#[test]
fn what_is_not_read_is_said_to_be_just_that() {
    let catalog = Catalog::bundled();
    for program in written("unread", &Names::new(&catalog)) {
        assert!(program.read.is_none() && program.unsupported, "{}: {}", program.name, program.why);
    }
}

#[test]
fn made_up_programs_are_read_as_rustc_compiles_them() {
    let faults = made_up("made-up", 0..60);
    assert!(faults.is_empty(), "{faults}");
}

/// The whole measure; takes minutes. `COMFY_SEEDS=2000..2500` takes others.
#[test]
#[ignore = "two thousand programs are compiled"]
fn two_thousand_programs_are_read_as_rustc_compiles_them() {
    let given = std::env::var("COMFY_SEEDS").ok();
    let given = given.as_deref().and_then(|seeds| seeds.split_once(".."));
    let (start, end) = given.unwrap_or(("0", "2000"));
    let (start, end): (u64, u64) = (start.parse().expect("a seed"), end.parse().expect("a seed"));
    let parts = (start..end).step_by(250);
    let faults: String = parts.map(|part| made_up("many", part..end.min(part + 250))).collect();
    assert!(faults.is_empty(), "{faults}");
}

/// Half of the programs have a word changed.
fn made_up(folder: &str, seeds: std::ops::Range<u64>) -> String {
    let catalog = Catalog::bundled();
    let names = Names::new(&catalog);
    let make = |seed: u64| {
        let right = program(seed);
        let source = if seed.is_multiple_of(2) { right } else { mistaken(&right, seed) };
        Program::new(format!("seed {seed}"), source, &names)
    };
    compare(folder, seeds.map(make).collect())
}

/// Compiles and runs what the reader has an opinion on; gives the disagreements.
fn compare(folder: &str, programs: Vec<Program>) -> String {
    let all = programs.len();
    let programs: Vec<Program> = programs.into_iter().filter(|program| !program.unsupported).collect();
    let folder = package(folder, &programs);
    let mut left: BTreeSet<usize> = (0..programs.len()).collect();
    loop {
        main_file(&folder, &programs, &left);
        let refused = refused(&folder);
        if refused.is_empty() {
            break;
        }
        left.retain(|at| !refused.contains(at));
    }
    let output = cargo(&folder, &["run", "--offline", "--quiet"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the programs do not run:\n{said}");
    let printed = String::from_utf8(output.stdout).expect("text");
    let mut lines = printed.lines();
    let mut faults = String::new();
    let mut accepted = 0;
    for (at, program) in programs.iter().enumerate() {
        let run: Option<Value> = if left.contains(&at) {
            serde_json::from_str(lines.next().expect("a line for every program")).expect("a prompt or null")
        } else {
            None
        };
        let run = run.filter(|prompt| !prompt.is_null());
        accepted += usize::from(run.is_some());
        let what = match (&program.read, &run) {
            (Some(read), Some(run)) if read == run => continue,
            (None, None) => continue,
            (Some(_), Some(_)) => "another prompt".to_owned(),
            (Some(_), None) if left.contains(&at) => "read, but running it panics".to_owned(),
            (Some(_), None) => "read, but rustc refuses it".to_owned(),
            (None, Some(_)) => format!("refused ({}), but it compiles and runs", program.why),
        };
        let _ = writeln!(faults, "== {}: {what}\n{}", program.name, program.source);
    }
    println!("{all} programs, {} judged, {accepted} of them right", programs.len());
    faults
}

/// A package with a module for every program, and the package of the nodes beside it. Named like its folder: tests run
/// beside each other and share what is built.
fn package(name: &str, programs: &[Program]) -> PathBuf {
    let folder = target().join("differential").join(name);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let _ = fs::remove_dir_all(folder.join("src"));
    fs::create_dir_all(folder.join("src")).expect("a folder below target");
    let runtime = root.join("comfy-dsl").canonicalize().expect("comfy-dsl");
    let nodes = Config::new().bundled().only(CLASSES.iter().copied()).package("nodes").runtime(&runtime);
    nodes.generate().expect("generated nodes").write(folder.join("nodes")).expect("written nodes");
    let manifest = format!(
        "[workspace]\nmembers = [\".\", \"nodes\"]\n\n[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \
         \"2024\"\n\n[dependencies]\ncomfy-dsl = {{ path = {:?}, default-features = false }}\nnodes = {{ path = \
         \"nodes\" }}\n\n[profile.dev]\ndebug = false\nincremental = false\n",
        runtime.display().to_string()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    for (at, program) in programs.iter().enumerate() {
        // a program of nothing but `main` is called through a flow of the test's, and prints nothing itself
        let source =
            program.source.replace("fn main() {\n    let g = Flow::new();", "pub fn flow(g: &Flow) {");
        let source = source.replace("    println!(\"{}\", g.to_prompt());\n", "");
        fs::write(folder.join(format!("src/p{at}.rs")), source).expect("a program");
    }
    folder
}

/// The program that prints the prompt of each, or null where that panics.
fn main_file(folder: &Path, programs: &[Program], left: &BTreeSet<usize>) {
    let mut main = String::from("//! Prints the prompt of every program.\n#![allow(warnings)]\n\n");
    let mut calls = String::new();
    for at in (0..programs.len()).filter(|at| left.contains(at)) {
        let _ = writeln!(main, "mod p{at};");
        let _ = writeln!(calls, "    print(p{at}::flow);");
    }
    let _ = write!(
        main,
        "\nfn print(flow: fn(&comfy_dsl::Flow)) {{\n    let run = || {{\n        let g = comfy_dsl::Flow::new();\n        \
         flow(&g);\n        g.to_prompt()\n    }};\n    match std::panic::catch_unwind(run) {{\n        Ok(prompt) => \
         println!(\"{{prompt}}\"),\n        Err(_) => println!(\"null\"),\n    }}\n}}\n\nfn main() {{\n    \
         std::panic::set_hook(Box::new(|_| {{}}));\n{calls}}}\n"
    );
    fs::write(folder.join("src/main.rs"), main).expect("the program");
}

/// The programs in which rustc finds errors.
fn refused(folder: &Path) -> BTreeSet<usize> {
    let output = cargo(folder, &["check", "--offline", "--quiet", "--message-format", "json"]);
    let mut refused = BTreeSet::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        if message["message"]["level"] != "error" {
            continue;
        }
        let spans = message["message"]["spans"].as_array().into_iter().flatten();
        // others only say what is elsewhere
        for mut span in spans.filter(|span| span["is_primary"] == true) {
            // what a macro of the runtime expands to is of who calls it
            while span["expansion"].is_object() {
                span = &span["expansion"]["span"];
            }
            let file = span["file_name"].as_str().unwrap_or_default();
            let own = file.strip_prefix("src/p").and_then(|file| file.strip_suffix(".rs"));
            // where a `flow` is called that is none
            let call = span["text"][0]["text"].as_str().and_then(|line| line.trim().strip_prefix("print(p"));
            let call = call.and_then(|call| call.strip_suffix("::flow);"));
            refused.extend(own.or(call).and_then(|number| number.parse::<usize>().ok()));
        }
    }
    assert!(
        output.status.success() || !refused.is_empty(),
        "the programs do not compile:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    refused
}

fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target().join("differential-build"))
        .output()
        .expect("cargo")
}

/// The workspace's folder for build output.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().map_or_else(|| PathBuf::from("target"), Path::to_path_buf)
}

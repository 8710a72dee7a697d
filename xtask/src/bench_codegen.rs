//! `cargo xtask bench-codegen`: what the generated package costs rustc.
//!
//! CPU time and memory are those of whole `cargo check` processes, read from GNU time; of several runs the best counts.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use comfy_codegen::Config;
use comfy_graph::catalog::Catalog;
use lexopt::prelude::*;

/// What one check cost.
#[derive(Clone, Copy)]
struct Cost {
    /// User and system seconds.
    cpu: f64,
    /// Peak resident memory in MB.
    memory: f64,
}

pub(crate) fn run(mut parser: lexopt::Parser) -> Result<()> {
    let (mut catalog, mut runs) = (None, 3_usize);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("runs") => runs = parser.value()?.parse()?,
            Value(file) if catalog.is_none() => catalog = Some(PathBuf::from(file)),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let catalog = match catalog {
        Some(file) => Catalog::from_object_info(&fs_err::read_to_string(file)?)?,
        None => Catalog::bundled(),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench-codegen");
    let twenty: Vec<String> =
        catalog.class_types().step_by(catalog.len().div_ceil(20).max(1)).map(str::to_owned).collect();
    let start = Instant::now();
    let whole = write(&folder, "nodes", Config::new().catalog(catalog_of(&catalog)))?;
    let generated = start.elapsed().as_secs_f64();
    let part = write(&folder, "twenty", Config::new().catalog(catalog_of(&catalog)).only(twenty))?;
    write_flow(&folder, 0)?;
    print(&format!("generating and writing {whole} classes: {generated:.2} s wall (this build of xtask)"));
    for (package, classes) in [("nodes", whole), ("twenty", part)] {
        let costs = (0..runs.max(1)).map(|_| check(&folder, package)).collect::<Result<Vec<_>>>()?;
        let least = |of: fn(&Cost) -> f64| costs.iter().map(of).fold(f64::INFINITY, f64::min);
        let (cpu, memory) = (least(|cost| cost.cpu), least(|cost| cost.memory));
        print(&format!("cold check of {classes} classes: {cpu:.2} s CPU, {memory:.0} MB"));
    }
    let edits = (0..runs.max(1)).map(|run| edit(&folder, run)).collect::<Result<Vec<_>>>()?;
    let cpu = edits.iter().map(|cost| cost.cpu).fold(f64::INFINITY, f64::min);
    print(&format!("check of a flow after an edit: {cpu:.2} s CPU, cargo itself included"));
    Ok(())
}

/// A flow on the whole package, written anew with another text, and checked.
fn edit(folder: &Path, run: usize) -> Result<Cost> {
    write_flow(folder, 2 * run)?;
    cargo(folder, "1", &["cargo", "check", "--package", "flow"])?;
    write_flow(folder, 2 * run + 1)?;
    timed(folder, "1", "flow")
}

/// A package with a flow that has this text in it.
fn write_flow(folder: &Path, text: usize) -> Result<()> {
    let runtime = folder.join("../../comfy-dsl").canonicalize()?;
    let manifest = format!(
        "[package]\nname = \"flow\"\nedition = \"2024\"\n[dependencies]\nnodes = {{ path = \"../nodes\" }}\ncomfy-dsl = {{ \
         path = {:?}, default-features = false }}\n",
        runtime.display().to_string()
    );
    let flow = format!(
        "use comfy_dsl::prelude::*;\nuse nodes::*;\npub fn flow(g: &Flow) {{\n    let ckpt = \
         g.add(CheckpointLoaderSimple::new().ckpt_name(\"a.safetensors\"));\n    let text = \
         g.add(CLIPTextEncode::new().clip(ckpt.clip).text(\"{text}\"));\n    let latent = \
         g.add(EmptyLatentImage::new());\n    let samples = g.add(KSampler::new().model(ckpt.model).positive(text)\
         .negative(text).latent_image(latent));\n    \
         g.add(SaveImage::new().images(g.add(VAEDecode::new().samples(samples).vae(ckpt.vae))));\n}}\n"
    );
    fs_err::create_dir_all(folder.join("flow/src"))?;
    fs_err::write(folder.join("flow/Cargo.toml"), manifest)?;
    fs_err::write(folder.join("flow/src/lib.rs"), flow)?;
    Ok(())
}

/// A catalog can be used up once; definitions are cheap to copy.
fn catalog_of(catalog: &Catalog) -> Catalog {
    catalog.iter().cloned().collect()
}

/// Writes a package; its number of classes.
fn write(folder: &Path, package: &str, config: Config) -> Result<usize> {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../comfy-dsl").canonicalize()?;
    let generated = config.package(package).runtime(runtime).generate()?;
    generated.write(folder.join(package))?;
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"nodes\", \"twenty\", \"flow\"]\n";
    fs_err::write(folder.join("Cargo.toml"), workspace)?;
    fs_err::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(generated.classes)
}

/// Checks one package from cold, its dependencies being there.
fn check(folder: &Path, package: &str) -> Result<Cost> {
    cargo(folder, "0", &["cargo", "check", "--package", package])?;
    cargo(folder, "0", &["cargo", "clean", "--package", package])?;
    timed(folder, "0", package)
}

fn timed(folder: &Path, incremental: &str, package: &str) -> Result<Cost> {
    let time = ["/usr/bin/time", "-f", "%U %S %M", "cargo", "check", "--package", package];
    let said = cargo(folder, incremental, &time)?;
    let words = said.lines().last().unwrap_or_default().split(' ');
    let numbers: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        [user, system, kilobytes] => Ok(Cost { cpu: user + system, memory: kilobytes / 1024.0 }),
        _ => bail!("GNU time said {said:?}"),
    }
}

/// Runs a command there; what it wrote to standard error.
fn cargo(folder: &Path, incremental: &str, command: &[&str]) -> Result<String> {
    let (program, arguments) = command.split_first().context("a program")?;
    let output = Command::new(program)
        .args(arguments)
        .args(["--offline", "--quiet"])
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", incremental)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .with_context(|| format!("cannot run {program}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{said}");
    Ok(said)
}

#[allow(clippy::print_stdout, reason = "this is a program")]
fn print(line: &str) {
    println!("{line}");
}

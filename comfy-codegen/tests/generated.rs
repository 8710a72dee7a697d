//! The generated code itself: its text, and that rustc takes it without a warning whatever the catalog says.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use comfy_codegen::{Config, Error};
use comfy_graph::catalog::Catalog;

const MINI: &str = include_str!("catalogs/mini.json");
const HOSTILE: &str = include_str!("catalogs/hostile.json");

/// A flow on the mini catalog that uses every kind of input, and prints its prompt.
const FLOW: &str = r##"
mod hostile {
    include!("hostile.rs");
}
use comfy_dsl::prelude::*;
use nodes::*;

fn main() {
    let g = Flow::new();
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::V15PrunedEmaonlyFp16));
    let view = g.add(Load3D::new().model_file(Load3DModelFile::file("cube.glb")));
    let batch = g.add(BatchImagesNode::new().images([view.image, view.image]));
    let resized = g.add(
        ResizeImageMaskNode::new()
            .input(batch)
            .resize_type(ResizeImageMaskNodeResizeType::match_size().match_(view.image))
            .scale_method(ResizeImageMaskNodeScaleMethod::Lanczos),
    );
    g.add(SaveImage::new().images(resized));
    let latent = g.add(LTXVEmptyLatentAudio::new().frame_rate(30));
    let conditioning = unlinked();
    let sampler = KSampler::new().model(ckpt.model).positive(conditioning).negative(conditioning).latent_image(latent);
    g.add(sampler.seed(u64::MAX).sampler_name(KSamplerSamplerName::Dpmpp2m));
    let _class = hostile::Class::new();
    println!("{}", g.to_prompt());
}
"##;

fn config(catalog: &str) -> Config {
    Config::new().catalog(Catalog::from_object_info(catalog).expect("a catalog"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn write(path: &str, text: &str) {
    let path = folder().join(path);
    fs_err::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs_err::write(path, text).expect("written");
}

fn cargo(arguments: &[&str]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(folder())
        .args(arguments)
        .arg("--offline")
        .env("CARGO_TARGET_DIR", folder().join("target"));
    cargo.env_remove("RUSTFLAGS").output().expect("cargo runs")
}

/// A workspace: the mini catalog as a package, the hostile one as a package and as an included module.
fn prepare() {
    let runtime = root().join("comfy-dsl");
    config(MINI)
        .runtime(&runtime)
        .generate()
        .expect("generated")
        .write(folder().join("mini"))
        .expect("written");
    let hostile = config(HOSTILE).runtime(&runtime).package("hostile").generate().expect("generated");
    hostile.write(folder().join("hostile")).expect("written");
    write("app/src/hostile.rs", &hostile.module);
    write("app/src/main.rs", FLOW);
    write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"mini\", \"hostile\", \"app\"]\n");
    let app = format!(
        "[package]\nname = \"app\"\nedition = \"2024\"\n[dependencies]\nnodes = {{ path = \"../mini\" }}\n\
         comfy-dsl = {{ path = {:?}, default-features = false }}\n",
        runtime.display().to_string(),
    );
    write("app/Cargo.toml", &app);
    fs_err::copy(root().join("Cargo.lock"), folder().join("Cargo.lock"))
        .expect("the versions that are there");
}

#[test]
fn generated_code_compiles_without_warnings_and_runs() {
    prepare();
    let check = cargo(&["check", "--workspace"]);
    let text = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(check.status.success(), "{text}");
    let ours = text
        .split("\n\n")
        .filter(|part| part.contains("warning") && !part.contains("comfy-"))
        .collect::<Vec<_>>();
    assert!(ours.is_empty(), "{}", ours.join("\n\n"));
    let run = cargo(&["run", "--quiet", "--package", "app"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let prompt: serde_json::Value = serde_json::from_slice(&run.stdout).expect("a prompt");
    insta::assert_snapshot!("prompt", serde_json::to_string_pretty(&prompt).expect("JSON"));
}

#[test]
fn the_text_for_the_mini_catalog() {
    let text = config(MINI).generate().expect("generated").module;
    insta::assert_snapshot!("mini", text);
}

#[test]
fn the_package_and_the_module_hold_the_same_items() {
    let generated = config(HOSTILE).generate().expect("generated");
    let items = |text: &str| text.matches("pub struct ").count() + text.matches("pub enum ").count();
    let files: usize = generated.files.values().map(|text| items(text)).sum();
    assert_eq!(files, items(&generated.module));
    assert!(syn::parse_file(&generated.module).is_ok());
}

#[test]
fn a_selection_keeps_the_names_of_the_whole() {
    let whole = config(MINI).generate().expect("generated").module;
    let part = config(MINI).only(["KSampler"]).category("image").generate().expect("generated").module;
    assert!(part.contains("pub struct KSampler<") && part.contains("pub struct SaveImage<"));
    assert!(part.contains("pub struct ResizeImageMaskNode<"), "categories reach down");
    assert!(!part.contains("pub struct Load3D<") && whole.contains("pub struct Load3D<"));
    assert!(part.contains("pub enum SamplerName"));
}

#[test]
fn what_cannot_be_done_is_said() {
    assert!(matches!(Config::new().generate(), Err(Error::NoCatalog)));
    let unknown = config(MINI).only(["KSamplr"]).generate().expect_err("no such node");
    assert_eq!(unknown.to_string(), "the catalog has no node `KSamplr`");
    assert!(matches!(Config::new().catalog_file("no/such.json").generate(), Err(Error::Read { .. })));
}

#[test]
fn a_build_script_gets_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = config(MINI).out_dir(folder.path()).build().expect("written");
    assert_eq!(path, folder.path().join("nodes.rs"));
    let text = fs_err::read_to_string(path).expect("the file");
    assert!(text.starts_with("// @generated by comfy-codegen"));
    assert!(!text.contains("\n//!") && !text.contains("#!["), "nothing that an included file cannot have");
}

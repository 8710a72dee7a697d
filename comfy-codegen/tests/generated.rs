//! The generated code itself: its text, and that rustc takes it without a warning whatever the catalog says.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failing helper fails the test; a skipped part is said"
)]

mod support;

use std::path::{Path, PathBuf};

use comfy_codegen::{Config, Error};
use comfy_graph::catalog::Catalog;

const MINI: &str = include_str!("catalogs/mini.json");
const HOSTILE: &str = include_str!("catalogs/hostile.json");

/// A flow on the mini catalog that uses every kind of input, and prints its prompt.
const FLOW: &str = r#"
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
    let crowd = hostile::Crowd::new().i0(unlinked()).i1(unlinked()).i2(unlinked()).i3(unlinked()).i4(unlinked());
    let crowd = crowd.i5(unlinked()).i6(unlinked()).i7(unlinked()).i8(unlinked()).i9(unlinked()).i10(unlinked());
    g.add(crowd.i11(unlinked()).i12(unlinked()));
    println!("{}", g.to_prompt());
}
"#;

fn config(catalog: &str) -> Config {
    Config::new().catalog(Catalog::from_object_info(catalog).expect("a catalog"))
}

/// The hostile catalog with a list of 5,000 files, some of which differ in their endings only, and a node that
/// requires more inputs than a tuple has states.
fn hostile() -> String {
    let files: Vec<String> = (0..5_000).map(|n| format!("models/{}.v{}", n / 2, n % 2)).collect();
    let list = serde_json::json!({"input": {"required": {"lora_name": [files, {}]}}});
    let inputs: serde_json::Map<_, _> =
        (0..13).map(|n| (format!("i{n}"), serde_json::json!(["IMAGE"]))).collect();
    let crowd = serde_json::json!({"input": {"required": inputs}});
    HOSTILE.replacen('{', &format!("{{\"Thousands\": {list}, \"Crowd\": {crowd},"), 1)
}

/// The packages to compile with their catalogs: the mini one, the hostile one, and that of a real pack, which is not in
/// the repository (`COMFY_GOLD` names its folder).
fn packages() -> Vec<(&'static str, String)> {
    let mut packages = vec![("nodes", MINI.to_owned()), ("hostile", hostile())];
    let beside = support::root().join("../shared/gold");
    let gold = std::env::var_os("COMFY_GOLD").map_or(beside, PathBuf::from);
    match fs_err::read_to_string(gold.join("object_info.claude_code_nodes.json")) {
        Ok(catalog) => packages.push(("pack", catalog)),
        Err(_) => println!("SKIPPED: no corpus on this machine, so no real pack is compiled"),
    }
    packages
}

/// A workspace of the packages, with the hostile one as an included module too. They have the lints of this repository.
fn prepare(folder: &Path) {
    let runtime = support::root().join("comfy-dsl");
    let packages = packages();
    for (package, catalog) in &packages {
        let generated = config(catalog).runtime(&runtime).package(*package).generate().expect("generated");
        generated.write(folder.join(package)).expect("written");
        let manifest = folder.join(package).join("Cargo.toml");
        let text = fs_err::read_to_string(&manifest).expect("a manifest");
        fs_err::write(manifest, text + "\n[lints]\nworkspace = true\n").expect("written");
        if *package == "hostile" {
            support::write(folder, "app/src/hostile.rs", &generated.module);
        }
    }
    support::program(folder, "app", &[("nodes", "nodes")], FLOW);
    let members: Vec<&str> = packages.iter().map(|(package, _)| *package).chain(["app"]).collect();
    support::workspace(folder, &members);
    let ours = fs_err::read_to_string(support::root().join("Cargo.toml")).expect("the workspace");
    let (_, lints) = ours.split_once("[workspace.lints.rust]").expect("lints");
    let (lints, _) = lints.split_once("[profile").expect("profiles");
    let workspace = fs_err::read_to_string(folder.join("Cargo.toml")).expect("a workspace");
    fs_err::write(folder.join("Cargo.toml"), format!("{workspace}[workspace.lints.rust]{lints}"))
        .expect("written");
}

#[test]
fn generated_code_compiles_without_warnings_and_runs() {
    let folder = support::folder("generated");
    prepare(&folder);
    // clippy is a check with more lints
    let check = support::cargo(&folder, &["clippy", "--workspace"]);
    let text = String::from_utf8_lossy(&check.stderr).into_owned();
    assert!(check.status.success(), "{text}");
    let ours = text.split("\n\n").filter(|part| part.contains("warning")).collect::<Vec<_>>();
    assert!(ours.is_empty(), "{}", ours.join("\n\n"));
    let run = support::cargo(&folder, &["run", "--quiet", "--package", "app"]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let prompt: serde_json::Value = serde_json::from_slice(&run.stdout).expect("a prompt");
    insta::assert_snapshot!("prompt", serde_json::to_string_pretty(&prompt).expect("JSON"));
}

#[test]
fn odd_definitions_are_kept_and_said() {
    let catalog = Catalog::from_object_info(HOSTILE).expect("a catalog");
    assert!(
        !catalog.contains("not an object") && catalog.get("wrong").is_some_and(|def| def.inputs.len() == 6)
    );
    let generated = Config::new().catalog(catalog).generate().expect("generated");
    let said: Vec<&str> = generated.diagnostics.iter().map(|found| found.message.as_str()).collect();
    for part in [
        "\"not an object\" of the catalog is left out",
        "\"wrong.b\"",
        "`output` is not a list",
        "`optional`",
    ] {
        assert!(said.iter().any(|message| message.contains(part)), "{part}: {said:#?}");
    }
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
    let unknown = config(MINI).only(["KSamplr"]).generate().expect_err("no such node");
    assert_eq!(unknown.to_string(), "the catalog has no node `KSamplr`; did you mean `KSampler`?");
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

#[test]
fn the_sheet_has_one_line_per_node() {
    let generated = config(MINI).generate().expect("generated");
    assert_eq!(generated.sheet.lines().filter(|line| !line.starts_with('#')).count(), generated.classes);
    insta::assert_snapshot!("sheet", generated.sheet);
    let hostile = config(HOSTILE).generate().expect("generated");
    assert_eq!(hostile.sheet.lines().filter(|line| !line.starts_with('#')).count(), hostile.classes);
}

#[test]
fn a_selection_can_be_what_flows_use() {
    let folder = tempfile::tempdir().expect("a folder");
    support::write(
        folder.path(),
        "a.json",
        r#"{"1": {"class_type": "SaveImage", "inputs": {}}, "2": {"class_type": "?"}}"#,
    );
    support::write(folder.path(), "b.json", r#"{"nodes": [{"id": 1, "type": "KSampler"}], "links": []}"#);
    support::write(folder.path(), "c.rs", "fn f(g: &Flow) { g.add(node!(g, Load3D { width: 5 })); }");
    let pattern = |name: &str| folder.path().join(name).display().to_string();
    let structs = |config: Config| -> Vec<String> {
        let module = config.generate().expect("generated").module;
        let names = module.split("pub struct ").skip(1).filter(|item| item.contains("p::Record"));
        names.map(|item| item.split(['<', '(']).next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(structs(config(MINI).flows([pattern("*.json")])), ["SaveImage", "KSampler"]);
    assert_eq!(structs(config(MINI).flows([pattern("c.rs")])), ["Load3D"]);
    assert_eq!(structs(config(MINI).flows([pattern("c.rs")]).only(["SaveImage"])), ["SaveImage", "Load3D"]);
    let nothing = config(MINI).flows([pattern("*.png")]).generate().expect_err("no such file");
    assert!(nothing.to_string().contains("no file has such a name"), "{nothing}");
}

#[test]
fn a_selection_can_be_a_pack() {
    let catalog = r#"{"A": {"python_module": "custom_nodes.Pack-One"}, "B": {"python_module": "custom_nodes.Pack-One.sub"},
        "C": {"python_module": "custom_nodes.Pack-One-More"}, "D": {"python_module": "nodes"}}"#;
    let classes = |pack: &str| config(catalog).pack(pack).generate().expect("generated").classes;
    assert_eq!((classes("Pack-One"), classes("custom_nodes.Pack-One"), classes("nodes")), (2, 2, 1));
    assert_eq!(classes("custom_nodes"), 3);
}

#[test]
fn a_second_run_removes_what_it_no_longer_writes() {
    let folder = tempfile::tempdir().expect("a folder");
    config(MINI).generate().expect("generated").write(folder.path()).expect("written");
    support::write(folder.path(), "src/classes/mine.rs", "// by hand\n");
    let sampler = config(MINI).only(["KSampler"]).generate().expect("generated");
    sampler.write(folder.path()).expect("written");
    let left = |name: &str| folder.path().join("src/classes").join(name).exists();
    assert!(left("model.rs") && left("mine.rs") && !left("image.rs") && !left("n3d.rs"));
    support::write(folder.path(), "Cargo.toml", "[package]\n");
    let refused = sampler.write(folder.path()).expect_err("somebody's manifest");
    assert!(matches!(refused, Error::NotOurs { .. }), "{refused}");
}

#[test]
fn a_lock_keeps_names_over_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let lock = folder.path().join("comfy-names.lock");
    let list =
        |files: &str| format!(r#"{{"L": {{"input": {{"required": {{"lora_name": [[{files}], {{}}]}}}}}}}}"#);
    config(&list(r#""a.safetensors""#)).lock(&lock).generate().expect("generated");
    let both = list(r#""a.safetensors", "a.ckpt""#);
    let locked = config(&both).lock(&lock).generate().expect("generated").module;
    assert!(locked.contains("pub const A: Self"), "{locked}");
    assert!(!config(&both).generate().expect("generated").module.contains("pub const A: Self"));
    fs_err::write(&lock, "[node]\nKSampler = 1\n").expect("written");
    let broken = format!("{:?}", config(MINI).lock(&lock).generate().expect_err("no lock file"));
    assert!(broken.contains("comfy-names.lock") && broken.contains("because: line 2"), "{broken}");
}

#[test]
fn a_catalog_that_is_none_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    support::write(folder.path(), "page.json", "<!DOCTYPE html>\n<html>");
    let error = Config::new().catalog_file(folder.path().join("page.json")).generate().expect_err("no JSON");
    assert!(error.to_string().contains("this begins with `<!DOCTYPE html>`"), "{error}");
}

/// The nodes with which `tests/errors` makes mistakes. `COMFY_UPDATE=1` writes them.
#[test]
fn the_nodes_of_the_error_tests_are_what_is_generated() {
    let classes = [
        "BatchImagesNode",
        "CheckpointLoaderSimple",
        "CLIPTextEncode",
        "EmptyLatentImage",
        "ImageScaleBy",
        "KSampler",
        "LoadImage",
        "LoraLoader",
        "ResizeImageMaskNode",
        "SaveImage",
        "SCAIL2ColoredMask",
        "VAEDecode",
    ];
    let text = Config::new().bundled().only(classes).generate().expect("generated").module;
    let path = support::root().join("tests/errors/nodes.in");
    if std::env::var_os("COMFY_UPDATE").is_some() {
        fs_err::write(&path, &text).expect("written");
    }
    let committed = fs_err::read_to_string(&path).expect("the nodes");
    assert!(
        committed == text,
        "tests/errors/nodes.in is not what is generated now; COMFY_UPDATE=1 writes it"
    );
}

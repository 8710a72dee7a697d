//! The example that runs a flow: a whole program of 15 lines, against a simulated server.

use std::{fs, path::Path, process::Command, time::Duration};

use comfy_test_server::stub::{Stub, StubOptions};

#[test]
fn fifteen_lines_run_a_flow_and_save_its_picture() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(example.join("src/main.rs")).expect("the program");
    assert!(source.lines().count() <= 15, "{source}");
    let guide = fs::read_to_string(example.join("../../docs/run.md")).expect("the guide");
    assert!(guide.contains(&source), "docs/run.md shows another program");
    // the nodes are those of the committed snapshot, which the stub does not have all of
    let snapshot = fs::read_to_string(example.join("object_info.json")).expect("the snapshot");
    let mut extra_nodes: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&snapshot).expect("JSON");
    extra_nodes.retain(|class, _| class == "ImageScaleBy");
    // slow enough that there is something to watch: of states that follow each other at once only the last is shown
    let node_time = Duration::from_millis(100);
    let options = StubOptions { extra_nodes, node_time, ..StubOptions::default() };
    let server = Stub::start(options).expect("a server");
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let ran = Command::new(env!("CARGO_BIN_EXE_comfy-example-run"))
        .current_dir(folder)
        .env("COMFYUI_URL", server.url())
        .env("COMFY_CACHE_DIR", folder.join("cache"))
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success() && said.contains(" of 3 nodes, "), "{said}");
    let picture = fs::read(folder.join("pictures/red_00001_.png")).expect("a picture");
    assert!(picture.starts_with(b"\x89PNG"));
}

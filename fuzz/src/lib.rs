//! What the fuzz targets do, as functions, so that `cargo test` can run them over the committed seeds.
//!
//! ```text
//! cargo test                                                 the seeds, also cut off and damaged
//! ./run 60                                                   the fuzzer, each target for a minute
//! cargo +nightly fuzz run lower --features fuzz seeds/lower  the same with cargo-fuzz, for minimising and the like
//! ```
//!
//! A target fails by panicking. Text that is refused is fine.

use std::sync::OnceLock;

use comfy_codegen::names::Names;
use comfy_graph::{
    back,
    catalog::{Catalog, widgets},
    diag::codes,
    edit,
    front::{self, Format, Parsed, diagram},
    json, passes,
    valid::Validator,
};
use comfy_reader::{ReadError, ReadOptions, read_with};

fn bundled() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(Catalog::bundled)
}

fn read(data: &[u8]) -> Option<Parsed> {
    let text = std::str::from_utf8(data).ok()?;
    let parsed = front::read(text, bundled()).ok()?.value;
    assert_eq!(parsed.graph.verify(), Ok(()));
    Some(parsed)
}

/// Reads an answer of `/object_info`; from the stream comes what comes from the text.
pub fn catalog(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(whole) = Catalog::from_object_info(text) else { return };
    for def in whole.iter() {
        let _ = widgets::of_node(def);
    }
    if let Ok(stream) = Catalog::from_reader(data) {
        assert!(whole.iter().eq(stream.iter()), "text and stream differ");
    }
}

/// Reads a UI workflow and writes the graph as text.
pub fn front_ui(data: &[u8]) {
    if let Some(parsed) = read(data).filter(|parsed| parsed.format == Format::Workflow) {
        let _ = parsed.graph.to_string();
    }
}

/// Reads a prompt and checks it.
pub fn front_api(data: &[u8]) {
    if let Some(parsed) = read(data).filter(|parsed| parsed.format == Format::Prompt) {
        let _ = Validator::new(bundled()).check(&parsed.graph);
    }
}

/// Lowers whatever is read; the result has no definitions and is checked.
pub fn lower(data: &[u8]) {
    let Some(parsed) = read(data) else { return };
    let lowered = passes::lower_for_execution(&parsed.graph).value;
    assert_eq!(lowered.verify(), Ok(()));
    assert_eq!(lowered.subgraphs().len(), 0);
    let _ = back::api::emit(&lowered, Some(bundled()));
    let _ = Validator::new(bundled()).check(&lowered);
}

/// A prompt that we wrote is read and written as it is.
pub fn roundtrip_api(data: &[u8]) {
    let Some(parsed) = read(data) else { return };
    let lowered = passes::lower_for_execution(&parsed.graph).value;
    let first = back::api::emit(&lowered, None);
    let Ok(again) = front::read(&first.to_string(), bundled()) else {
        // nothing was left, or only nodes without a class
        return;
    };
    let again = passes::lower_for_execution(&again.value.graph).value;
    let second = back::api::emit(&again, None);
    assert!(json::same_value(&first, &second), "{first}\n{second}");
}

/// Makes a batch of edits on a small prompt. Of one that is refused nothing is done; another's inverse takes everything back.
pub fn edit(data: &[u8]) {
    const PROMPT: &str = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
        "3": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}}}"#;
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(ops) = edit::read_text(text) else { return };
    assert_eq!(edit::read(&edit::write(&ops)).as_ref(), Ok(&ops));
    let Some(Parsed { mut graph, .. }) = read(PROMPT.as_bytes()) else { return };
    let before = graph.to_string();
    if let Ok(applied) = edit::apply(&mut graph, bundled(), &ops) {
        assert_eq!(graph.verify(), Ok(()));
        let undone = edit::apply(&mut graph, bundled(), &applied.undo);
        assert!(undone.is_ok(), "{:?}", undone.err());
    }
    assert_eq!(graph.to_string(), before);
}

/// Reads a diagram; its flowchart is read, too.
pub fn diagram(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(read) = diagram::read(text, bundled()) else { return };
    assert_eq!(read.value.verify(), Ok(()));
    let chart = back::mermaid::emit(&read.value);
    assert!(diagram::is_diagram(&chart), "{chart}");
    let again = diagram::read(&chart, bundled()).map(|read| read.value.verify());
    assert!(matches!(again, Ok(Ok(()))), "{chart}");
}

/// Reads Rust without a compiler. A panic inside is an answer there (`internal_error`), and a failure here; the graph of
/// what is accepted is sound.
pub fn read_rust(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    static NAMES: OnceLock<Names<'static>> = OnceLock::new();
    let names = NAMES.get_or_init(|| Names::new(bundled()));
    let mut options = ReadOptions::default();
    // a flow of a person's takes some thousands
    options.max_steps = 200_000;
    options.max_memory = 1 << 24;
    match read_with(text, names, &options) {
        Ok(read) => {
            assert_eq!(read.value.graph.verify(), Ok(()));
            let _ = back::api::emit(&passes::lower_for_execution(&read.value.graph).value, None);
        }
        Err(ReadError(found)) => {
            assert!(found.iter().all(|found| found.code != codes::INTERNAL_ERROR), "{found:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// Bytes that change the meaning of a file.
    const JSON: &[u8] = b"0\"{}[],-n";
    const RUST: &[u8] = b"0\"{}(),.&=";

    fn over_seeds(target: &str, run: fn(&[u8]), bytes: &[u8]) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
        let seeds: Vec<_> = fs::read_dir(folder).expect("the seeds").flatten().collect();
        assert!(!seeds.is_empty());
        for seed in seeds {
            let text = fs::read(seed.path()).expect("a seed");
            run(&text);
            // cut off and damaged in simple ways
            for at in (0..text.len()).step_by(text.len() / 64 + 1) {
                run(&text[..at]);
                for byte in bytes {
                    let mut damaged = text.clone();
                    damaged[at] = *byte;
                    run(&damaged);
                }
            }
        }
    }

    #[test]
    fn catalog() {
        over_seeds("catalog", super::catalog, JSON);
    }

    #[test]
    fn front_ui() {
        over_seeds("front_ui", super::front_ui, JSON);
    }

    #[test]
    fn front_api() {
        over_seeds("front_api", super::front_api, JSON);
    }

    #[test]
    fn lower() {
        over_seeds("lower", super::lower, JSON);
    }

    #[test]
    fn roundtrip_api() {
        over_seeds("roundtrip_api", super::roundtrip_api, JSON);
    }

    #[test]
    fn edit() {
        over_seeds("edit", super::edit, JSON);
    }

    #[test]
    fn diagram() {
        over_seeds("diagram", super::diagram, b"0\"[]|->&;`\n");
    }

    #[test]
    fn read_rust() {
        over_seeds("read_rust", super::read_rust, RUST);
    }
}

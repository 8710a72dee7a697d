//! Diagrams as models write them, and what is made of them.

use serde_json::{Value, json};

use super::read;
use crate::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, Severity, codes},
    graph::Graph,
    passes,
};

fn made(text: &str) -> (Value, Vec<Diagnostic>, Graph) {
    let catalog = Catalog::bundled();
    let read = read(text, &catalog).expect("a diagram");
    read.value.verify().expect("a sound graph");
    let prompt = back::api::emit(&passes::lower_for_execution(&read.value).value, Some(&catalog));
    (prompt, read.diagnostics, read.value)
}

fn codes_of(found: &[Diagnostic]) -> Vec<&'static str> {
    found.iter().map(|found| found.code.name()).collect()
}

const LIST: &str = r#"[["CheckpointLoaderSimple", "MODEL", "KSampler", "model"],
    ["CheckpointLoaderSimple", "CLIP", "CLIPTextEncode_1", "clip"], ["CheckpointLoaderSimple", "CLIP", "CLIPTextEncode_2", "clip"],
    ["CLIPTextEncode_1", "CONDITIONING", "KSampler", "positive"], ["CLIPTextEncode_2", "CONDITIONING", "KSampler", "negative"],
    ["EmptyLatentImage", "LATENT", "KSampler", "latent_image"], ["KSampler", "LATENT", "VAEDecode", "samples"],
    ["CheckpointLoaderSimple", "VAE", "VAEDecode", "vae"], ["VAEDecode", "IMAGE", "SaveImage", "images"]]"#;

#[test]
fn a_link_list_becomes_a_prompt_with_defaults() {
    let (prompt, found, _) = made(LIST);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(prompt["2"]["class_type"], "KSampler");
    assert_eq!(prompt["2"]["inputs"]["positive"], json!(["3", 0]));
    assert_eq!(prompt["2"]["inputs"]["negative"], json!(["4", 0]));
    assert_eq!(
        (&prompt["2"]["inputs"]["steps"], &prompt["2"]["inputs"]["sampler_name"]),
        (&json!(20), &json!("euler"))
    );
    assert_eq!(prompt["6"]["inputs"], json!({"samples": ["2", 0], "vae": ["1", 2]}));
    // as Python writes it, in a block of Markdown, with other numbers
    let python =
        LIST.replace('"', "'").replace("CLIPTextEncode_1", "CLIPTextEncode #1").replace("_2", " (2)");
    assert_eq!(made(&format!("Here it is:\n```python\n{python}\n```\n")).0, prompt);
}

#[test]
fn wrong_names_become_the_nearest_and_wrong_types_are_refused() {
    let wrong = LIST
        .replace("VAEDecode", "VaeDecoder")
        .replace("\"samples\"", "\"latent\"")
        .replace("[\"EmptyLatentImage\", \"LATENT\"", "[\"EmptyLatentImage\", \"IMAGE\"")
        .replace("\"CLIP\", \"CLIPTextEncode_2\", \"clip\"", "\"VAE\", \"CLIPTextEncode_2\", \"clip\"");
    let (prompt, found, _) = made(&wrong);
    assert_eq!(prompt["6"]["class_type"], "VAEDecode");
    assert_eq!(prompt["6"]["inputs"]["samples"], json!(["2", 0]));
    assert_eq!(prompt["2"]["inputs"]["latent_image"], json!(["5", 0]));
    assert_eq!(prompt["4"]["inputs"].get("clip"), None);
    assert_eq!(
        codes_of(&found),
        ["missing_node_type", "return_type_mismatch", "diagram_guess", "diagram_guess"]
    );
    assert_eq!(found[0].severity, Severity::Warning);
    assert!(found[1].message.contains("clip takes CLIP"), "{}", found[1].message);
}

#[test]
fn a_flowchart_is_read() {
    let chart = "```mermaid\ngraph LR;\n  C[Load Checkpoint] -->|MODEL| K[KSampler]; C -->|VAE| D(VAEDecode)\n\
        C -->|CLIP| P[Positive<br/>CLIPTextEncode #6] & N[CLIPTextEncode #7]\n P -->|positive| K\n N -->|negative| K\n\
        L([EmptyLatentImage]) --> K -->|LATENT| D --> S[[SaveImage]]\n classDef x fill:#f9f\n```";
    let (prompt, found, _) = made(chart);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(prompt["6"]["_meta"]["title"], "Positive");
    assert_eq!(prompt["2"]["inputs"]["positive"], json!(["6", 0]));
    assert_eq!(prompt["2"]["inputs"]["negative"], json!(["7", 0]));
    assert_eq!(prompt["3"]["inputs"], json!({"samples": ["2", 0], "vae": ["1", 2]}));
    let open = made("flowchart LR\nA[CLIPTextEncode] --> B[KSampler]\nA --> B");
    assert_eq!(codes_of(&open.1), ["diagram_guess"]);
    assert_eq!(open.0["2"]["inputs"]["positive"], json!(["1", 0]));
    assert_eq!(open.0["2"]["inputs"]["negative"], json!(["1", 0]));
}

#[test]
fn what_nothing_is_like_stays_unknown() {
    let (prompt, found, _) = made(r#"[["Frobnicator", "GIZMO", "Zzyzx", "thing"]]"#);
    assert_eq!(codes_of(&found), ["missing_node_type", "missing_node_type"]);
    assert_eq!(prompt["2"]["inputs"]["thing"], json!(["1", 0]));
    assert_eq!(prompt["1"]["class_type"], "Frobnicator");
}

#[test]
fn what_is_no_link_is_said_and_what_is_no_diagram_refused() {
    let (_, found, graph) = made(
        r#"[["EmptyLatentImage", "LATENT", "VAEDecode"], ["EmptyLatentImage", "LATENT", "VAEDecode", "samples"]]"#,
    );
    assert_eq!(codes_of(&found), ["malformed_diagram"]);
    assert_eq!(graph.link_count(), 1);
    let catalog = Catalog::bundled();
    for text in ["", "hello", "[]", "{}", "graph", &"[".repeat(100_000), "[[[\"", "graph LR\n A[[[["] {
        if let Ok(read) = read(text, &catalog) {
            assert_eq!(read.value.link_count(), 0, "{text}");
        }
    }
    let (_, found, _) = made("graph LR\nA[KSampler] -->");
    assert_eq!(found[0].code, codes::MALFORMED_DIAGRAM);
}

#[test]
fn the_chart_of_a_graph_is_read_back() {
    let (prompt, _, graph) = made(LIST);
    let chart = back::mermaid::emit(&graph);
    assert_eq!(
        chart.lines().take(3).collect::<Vec<_>>(),
        ["flowchart LR", "    n1[\"CheckpointLoaderSimple #1\"]", "    n2[\"KSampler #2\"]"]
    );
    assert!(chart.contains("    n2 -->|\"LATENT → samples\"| n6\n"), "{chart}");
    let (again, found, _) = made(&chart);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(again, prompt);
}

#[test]
fn an_input_chooses_the_option_that_brings_it() {
    let text = r#"[["LoadImage", "IMAGE", "ResizeImageMaskNode", "input"],
        ["PrimitiveInt", "INT", "ResizeImageMaskNode", "resize_type.longer_size"]]"#;
    let (prompt, found, _) = made(text);
    assert!(found.is_empty(), "{found:?}");
    let inputs = &prompt["2"]["inputs"];
    assert_eq!(inputs["resize_type"], "scale longer dimension");
    assert_eq!(inputs["resize_type.longer_size"], json!(["3", 0]));
}

#[test]
fn a_diagram_is_limited() {
    let catalog = Catalog::bundled();
    let many: Vec<String> = (0..60_000).map(|n| format!("A{n}")).collect();
    let chart = format!("graph LR\n{}\nX --> Y", many.join(" & "));
    let list = format!("[{}]", "[\"A\", \"B\", \"C\", \"d\"],".repeat(60_000));
    for text in [chart, list] {
        let made = read(&text, &catalog).expect("a diagram");
        assert!(made.value.len() <= super::MAX_NODES && made.value.link_count() <= super::MAX_LINKS);
        assert!(made.diagnostics.iter().any(|found| found.code == codes::MALFORMED_DIAGRAM));
    }
    let long = " ".repeat(super::MAX_BYTES + 1);
    assert!(matches!(read(&long, &catalog), Err(super::DiagramError::TooLarge(_))));
}

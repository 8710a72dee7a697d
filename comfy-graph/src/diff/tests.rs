//! What the two forms of a diff look like.

use insta::assert_snapshot;

use super::{Diff, parsed};
use crate::{catalog::Catalog, front};

const OLD: &str = r#"{"version": 0.4, "nodes": [
    {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["v1-5.safetensors"],
     "outputs": [{"name": "MODEL", "type": "MODEL", "links": [1]}, {"name": "CLIP", "type": "CLIP", "links": [2, 3]},
                 {"name": "VAE", "type": "VAE", "links": []}]},
    {"id": 6, "type": "CLIPTextEncode", "title": "Positive", "inputs": [{"name": "clip", "type": "CLIP", "link": 2}],
     "outputs": [{"name": "CONDITIONING", "type": "CONDITIONING", "links": [4]}], "widgets_values": ["a cat"]},
    {"id": 7, "type": "CLIPTextEncode", "title": "Negative", "inputs": [{"name": "clip", "type": "CLIP", "link": 3}],
     "outputs": [{"name": "CONDITIONING", "type": "CONDITIONING", "links": [5]}], "widgets_values": ["blurry"]},
    {"id": 3, "type": "KSampler", "widgets_values": [42, "fixed", 20, 8, "euler", "normal", 1],
     "inputs": [{"name": "model", "type": "MODEL", "link": 1}, {"name": "positive", "type": "CONDITIONING", "link": 4},
                {"name": "negative", "type": "CONDITIONING", "link": 5}]},
    {"id": 9, "type": "Note", "widgets_values": ["remember"]}],
    "links": [[1, 4, 0, 3, 0, "MODEL"], [2, 4, 1, 6, 0, "CLIP"], [3, 4, 1, 7, 0, "CLIP"],
              [4, 6, 0, 3, 1, "CONDITIONING"], [5, 7, 0, 3, 2, "CONDITIONING"]]}"#;

/// Everything renumbered and in another order; a loader between, another text, more steps, a bypassed encoder, the note
/// gone.
const NEW: &str = r#"{"version": 0.4, "nodes": [
    {"id": 12, "type": "LoraLoaderModelOnly", "inputs": [{"name": "model", "type": "MODEL", "link": 9}],
     "outputs": [{"name": "MODEL", "type": "MODEL", "links": [1]}], "widgets_values": ["detail.safetensors", 0.8]},
    {"id": 3, "type": "CLIPTextEncode", "title": "Negative", "mode": 4,
     "inputs": [{"name": "clip", "type": "CLIP", "link": 3}],
     "outputs": [{"name": "CONDITIONING", "type": "CONDITIONING", "links": [5]}], "widgets_values": ["blurry"]},
    {"id": 6, "type": "CLIPTextEncode", "title": "Prompt", "inputs": [{"name": "clip", "type": "CLIP", "link": 2}],
     "outputs": [{"name": "CONDITIONING", "type": "CONDITIONING", "links": [4]}],
     "widgets_values": ["a dog\nin the snow"]},
    {"id": 8, "type": "KSampler", "widgets_values": [42, "fixed", 30, 8.0, "euler", "normal", 1],
     "inputs": [{"name": "model", "type": "MODEL", "link": 1}, {"name": "positive", "type": "CONDITIONING", "link": 4},
                {"name": "negative", "type": "CONDITIONING", "link": 5}]},
    {"id": 10, "type": "CheckpointLoaderSimple", "widgets_values": ["v1-5.safetensors"],
     "outputs": [{"name": "MODEL", "type": "MODEL", "links": [9]}, {"name": "CLIP", "type": "CLIP", "links": [2, 3]},
                 {"name": "VAE", "type": "VAE", "links": []}]}],
    "links": [[1, 12, 0, 8, 0, "MODEL"], [9, 10, 0, 12, 0, "MODEL"], [2, 10, 1, 6, 0, "CLIP"],
              [3, 10, 1, 3, 0, "CLIP"], [4, 6, 0, 8, 1, "CONDITIONING"], [5, 3, 0, 8, 2, "CONDITIONING"]]}"#;

fn diff(old: &str, new: &str) -> Diff {
    let catalog = Catalog::bundled();
    let read = |text| front::read(text, &catalog).expect("a workflow").value;
    parsed(&read(old), &read(new))
}

#[test]
fn for_people() {
    assert_snapshot!(diff(OLD, NEW));
}

#[test]
fn for_programs() {
    assert_snapshot!(diff(OLD, NEW).to_json_lines());
}

#[test]
fn there_and_back() {
    let (there, back) = (diff(OLD, NEW), diff(NEW, OLD));
    assert_eq!(there.changes.len(), back.changes.len());
    assert!(diff(OLD, OLD).is_empty());
    assert_eq!(diff(OLD, OLD).to_json_lines(), "");
}

#[test]
fn long_texts_are_cut_to_where_they_differ() {
    let prompt = |word: &str| {
        let text = format!("{} {word} {}", "before ".repeat(30), "after ".repeat(30));
        serde_json::json!({"6": {"class_type": "CLIPTextEncode", "inputs": {"text": text}}}).to_string()
    };
    assert_snapshot!(diff(&prompt("cat"), &prompt("dog")));
}

const SUBGRAPH: &str = r#"{"version": 0.4, "last_link_id": 9,
    "nodes": [{"id": 3, "type": "u-1", "inputs": [{"name": "image", "type": "IMAGE", "link": null}],
        "outputs": [{"name": "out", "type": "IMAGE", "links": []}]}],
    "links": [],
    "definitions": {"subgraphs": [{"id": "u-1", "name": "Blur", "inputNode": {"id": -10}, "outputNode": {"id": -20},
        "inputs": [{"id": "i", "name": "image", "type": "IMAGE", "linkIds": [1]}],
        "outputs": [{"id": "o", "name": "out", "type": "IMAGE", "linkIds": [2]}],
        "nodes": [{"id": 7, "type": "ImageBlur", "inputs": [{"name": "image", "type": "IMAGE", "link": 1}],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}], "widgets_values": [1, 1]}],
        "links": [
            {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 7, "target_slot": 0, "type": "IMAGE"},
            {"id": 2, "origin_id": 7, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "IMAGE"}
        ]}]}}"#;

#[test]
fn subgraphs_are_compared_inside() {
    let new = SUBGRAPH
        .replace("u-1", "u-2")
        .replace("\"id\": 7,", "\"id\": 70,")
        .replace("_id\": 7,", "_id\": 70,");
    assert!(diff(SUBGRAPH, &new).is_empty(), "ids are no difference");
    let new = new.replace("[1, 1]", "[1, 2]").replace("\"Blur\"", "\"Soft\"");
    let new = new.replace(
        r#""name": "out", "type": "IMAGE", "linkIds""#,
        r#""name": "result", "type": "IMAGE", "linkIds""#,
    );
    assert_snapshot!(diff(SUBGRAPH, &new));
}

#[test]
fn a_prompt_is_compared_with_what_a_workflow_would_queue() {
    let prompt = r#"{"3:7": {"class_type": "ImageBlur", "inputs": {"blur_radius": 1, "sigma": 1.5}}}"#;
    assert_snapshot!(diff(SUBGRAPH, prompt));
}

#[test]
fn another_class_in_the_same_place() {
    let old = r#"{"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
                  "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}}}"#;
    let new = r#"{"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
                  "5": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}"#;
    assert_snapshot!(diff(old, new));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let prompt = |title: &str| {
        serde_json::json!({"6": {"class_type": "a\u{1b}[31mb", "_meta": {"title": title}, "inputs": {}}})
            .to_string()
    };
    let text = diff(&prompt("\u{1b}]0;x\u{7}"), &prompt("y\u{9b}")).to_string();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

//! Fixes of values inside of workflow files: a workflow without a fault, one value of it broken, and the fixes that are
//! safe have to give back the very text it was.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use comfy_graph::{catalog::Catalog, diag::Diagnostic};
use comfy_transpile::{Compiler, Input, Levels};

const CLASSES: &str = r#"{
  "Load": {"name": "Load", "output": ["MODEL"], "output_name": ["MODEL"], "output_node": false,
    "input": {"required": {"file": [["paint_v1.safetensors", "photo_xl.safetensors"]]}}},
  "Make": {"name": "Make", "output": ["IMAGE"], "output_name": ["IMAGE"], "output_node": false,
    "input": {"required": {
      "model": ["MODEL"],
      "mode": ["COMBO", {"options": ["nearest", "bilinear", "bicubic"]}],
      "seed": ["INT", {"default": 0, "min": 0, "max": 99999}],
      "tiled": ["BOOLEAN", {"default": false}],
      "strength": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 2.0}]}}},
  "Show": {"name": "Show", "output": [], "output_name": [], "output_node": true,
    "input": {"required": {"images": ["IMAGE"]}}}
}"#;

/// Values in a list and by name, at the top.
const FLAT: &str = r#"{
  "version": 0.4,
  "nodes": [
    {"id": 1, "type": "Load", "outputs": [{"name": "MODEL", "type": "MODEL", "links": [1]}],
     "widgets_values": {"file": "photo_xl.safetensors"}},
    {"id": 2, "type": "Make", "inputs": [{"name": "model", "type": "MODEL", "link": 1}],
     "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}],
     "widgets_values": [
       "bilinear",   7, "fixed",
       true, 1.50
     ]},
    {"id": 3, "type": "Show", "inputs": [{"name": "images", "type": "IMAGE", "link": 2}]}
  ],
  "links": [[1, 1, 0, 2, 0, "MODEL"], [2, 2, 0, 3, 0, "IMAGE"]]
}
"#;

/// An instance that promotes `mode`, whose value it keeps, and leaves `tiled` to the inside.
const NESTED: &str = r#"{"version": 0.4, "nodes": [
  {"id": 1, "type": "Load", "outputs": [{"name": "MODEL", "type": "MODEL", "links": [1]}], "widgets_values": ["paint_v1.safetensors"]},
  {"id": 2, "type": "sub", "inputs": [{"name": "model", "type": "MODEL", "link": 1}, {"name": "mode", "type": "COMBO", "widget": {"name": "mode"}, "link": null}],
   "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}], "widgets_values": ["bicubic"]},
  {"id": 3, "type": "Show", "inputs": [{"name": "images", "type": "IMAGE", "link": 2}]}],
 "links": [[1, 1, 0, 2, 0, "MODEL"], [2, 2, 0, 3, 0, "IMAGE"]],
 "definitions": {"subgraphs": [{"id": "sub", "name": "Sub",
   "inputs": [{"id": "a", "name": "model", "type": "MODEL", "linkIds": [1]}, {"id": "b", "name": "mode", "type": "COMBO", "linkIds": [2]}],
   "outputs": [{"id": "c", "name": "IMAGE", "type": "IMAGE", "linkIds": [3]}],
   "nodes": [{"id": 10, "type": "Make",
     "inputs": [{"name": "model", "type": "MODEL", "link": 1}, {"name": "mode", "type": "COMBO", "widget": {"name": "mode"}, "link": 2}],
     "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [3]}], "widgets_values": ["nearest", 5, "fixed", true, 1]}],
   "links": [
     {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 10, "target_slot": 0, "type": "MODEL"},
     {"id": 2, "origin_id": -10, "origin_slot": 1, "target_id": 10, "target_slot": 1, "type": "COMBO"},
     {"id": 3, "origin_id": 10, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "IMAGE"}]}]}}
"#;

fn compiler() -> Compiler {
    Compiler::new(Catalog::from_object_info(CLASSES).expect("a catalog")).known_files(true)
}

fn found(text: &str) -> Vec<Diagnostic> {
    compiler().check_input(&Input::from_text("workflow.json", text)).expect("a workflow")
}

/// The text with all that may be mended without asking.
fn mended(text: &str) -> String {
    compiler().mend(&Input::from_text("workflow.json", text), &Levels::default()).expect("a workflow").text
}

/// A change that each is mended back.
fn are_mended(workflow: &str, changes: &[(&str, &str)]) {
    assert_eq!(found(workflow), [], "the workflow itself");
    for (right, wrong) in changes {
        assert_eq!(workflow.matches(right).count(), 1, "{right}");
        let broken = workflow.replace(right, wrong);
        assert_ne!(found(&broken), [], "{wrong} is no fault");
        assert_eq!(mended(&broken), workflow, "{wrong}");
    }
}

#[test]
fn values_at_the_top() {
    are_mended(
        FLAT,
        &[
            ("\"bilinear\"", "\"bilinaer\""),
            ("\"bilinear\",   7", "\"Bilinear\",   7"),
            ("   7,", "   \"7\","),
            ("       true,", "       \"true\","),
            ("photo_xl.safetensors", "photo_xl.safetensor"),
            ("photo_xl.safetensors", "models/photo_xl.safetensors"),
        ],
    );
}

#[test]
fn values_of_subgraphs() {
    are_mended(
        NESTED,
        &[
            // on the instance
            ("[\"bicubic\"]", "[\"bicubics\"]"),
            // in the definition
            ("\"nearest\", 5, \"fixed\", true, 1]", "\"nearest\", \"5\", \"fixed\", true, 1]"),
            ("5, \"fixed\", true, 1]", "5, \"fixed\", \"yes\", 1]"),
            ("paint_v1.safetensors", "PAINT_v1.safetensors"),
        ],
    );
}

/// The promoted value is in the definition where the instance has none.
#[test]
fn values_that_an_instance_leaves_to_the_inside() {
    let inside = NESTED.replace(", \"widgets_values\": [\"bicubic\"]", "");
    are_mended(&inside, &[("[\"nearest\", 5", "[\"neerest\", 5")]);
}

/// Older files name promoted widgets in a list, whose values have its positions.
#[test]
fn values_by_a_list_of_promotions() {
    let listed = NESTED.replace(
        "\"widgets_values\": [\"bicubic\"]",
        "\"properties\": {\"proxyWidgets\": [[\"10\", \"strength\"], [\"-1\", \"mode\"]]}, \"widgets_values\": [0.5, \"bicubic\"]",
    );
    assert_ne!(listed, NESTED);
    are_mended(&listed, &[("\"bicubic\"", "\"bicubix\"")]);
}

/// A value that a primitive sets is not in the list of its node.
#[test]
fn values_from_elsewhere_are_left_alone() {
    let fed = FLAT
        .replace(
            "{\"id\": 3,",
            "{\"id\": 4, \"type\": \"PrimitiveNode\", \"outputs\": [{\"name\": \"COMBO\", \"type\": \"COMBO\", \"links\": [4]}], \"widgets_values\": [\"bilinaer\", \"fixed\"]},\n    {\"id\": 3,",
        )
        .replace(
            "{\"name\": \"model\", \"type\": \"MODEL\", \"link\": 1}]",
            "{\"name\": \"model\", \"type\": \"MODEL\", \"link\": 1}, {\"name\": \"mode\", \"type\": \"COMBO\", \"widget\": {\"name\": \"mode\"}, \"link\": 4}]",
        )
        .replace("\"links\": [[1,", "\"links\": [[4, 4, 0, 2, 1, \"COMBO\"], [1,");
    let said = found(&fed);
    assert!(said.iter().any(|found| found.advice().any(|text| text.contains("\"bilinear\""))), "{said:#?}");
    assert_eq!(mended(&fed), fed);
}

/// Every value is edited alone: the rest of a real file keeps its bytes, whatever its white space.
#[test]
fn two_values_of_one_node() {
    let broken = FLAT.replace("\"bilinear\"", "\"bilinaer\"").replace("       true,", "       \"true\",");
    assert_eq!(mended(&broken), FLAT);
}

//! What is said about two catalogs.

#![allow(clippy::expect_used, reason = "a failing helper fails the test")]

use comfy_codegen::{
    Config,
    changes::{Change, Comparison, Impact, changes},
    names::Names,
};
use comfy_graph::catalog::Catalog;
use serde_json::{Value, json};

fn catalog(json: &Value) -> Catalog {
    Catalog::from_object_info(&json.to_string()).expect("a catalog")
}

fn between(old: &Value, new: &Value) -> Vec<Change> {
    let (old, new) = (catalog(old), catalog(new));
    changes(&Names::new(&old), &Names::new(&new), None)
}

fn node(required: &Value, outputs: &Value) -> Value {
    json!({"input": {"required": required}, "output": outputs})
}

#[test]
fn every_kind_of_change_is_said_with_what_it_breaks() {
    let option = |key: &str, inputs: Value| json!({"key": key, "inputs": {"required": inputs}});
    let old = json!({
        "Gone": node(&json!({"x": ["INT", {"default": 1}]}), &json!([])),
        "Before": node(&json!({"odd": ["FLOAT", {"default": 7.5}], "image": ["IMAGE"]}), &json!(["MASK"])),
        "Node": node(
            &json!({
                "gone": ["IMAGE"], "was": ["MASK"], "typed": ["INT", {"default": 1}], "free": ["STRING", {"default": ""}],
                "n": ["INT", {"default": 1, "min": 0, "max": 10}], "wide": ["INT", {"default": 1, "max": 10}],
                "mode": [["a", "b"], {}],
                "dyn": ["COMFY_DYNAMICCOMBO_V3", {"options": [option("p", json!({"w": ["INT", {"default": 1}]})), option("q", json!({}))]}]
            }),
            &json!(["IMAGE", "MASK", "LATENT"])
        ),
    });
    let new = json!({
        "After": node(&json!({"odd": ["FLOAT", {"default": 7.5}], "image": ["IMAGE"]}), &json!(["MASK"])),
        "Node": node(
            &json!({
                "is": ["MASK"], "typed": ["STRING", {"default": "1"}], "free": ["STRING", {}],
                "n": ["INT", {"default": 2, "min": 0, "max": 5}], "wide": ["INT", {"default": 1, "max": 20}],
                "mode": [["a", "c"], {}], "extra": ["INT", {"default": 0}], "must": ["IMAGE"],
                "dyn": ["COMFY_DYNAMICCOMBO_V3", {"options": [option("p", json!({"w": ["INT", {"default": 3}]})), option("r", json!({}))]}]
            }),
            &json!(["IMAGE", "LATENT"])
        ),
    });
    let said: Vec<String> = between(&old, &new).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("changes", said.join("\n"));
    assert!(between(&old, &old).is_empty());
    for change in between(&old, &new) {
        assert_eq!(change.to_json()["impact"], change.impact.name());
    }
}

#[test]
fn texts_and_order_are_no_changes() {
    let old = json!({
        "A": {"input": {"required": {"x": ["INT", {"default": 1, "tooltip": "old"}]}}, "description": "old", "category": "a"},
        "B": {}
    });
    let new = json!({
        "B": {}, "A": {"input": {"required": {"x": ["INT", {"default": 1, "tooltip": "new"}]}}, "category": "b"}
    });
    assert!(between(&old, &new).is_empty(), "{:?}", between(&old, &new));
}

#[test]
fn only_what_flows_use_counts_if_they_are_given() {
    let old = json!({"A": node(&json!({"x": ["IMAGE"]}), &json!([])), "B": node(&json!({"x": ["IMAGE"]}), &json!([]))});
    let new = json!({"A": node(&json!({"x": ["MASK"]}), &json!([])), "B": node(&json!({"x": ["MASK"]}), &json!([]))});
    let folder = tempfile::tempdir().expect("a folder");
    fs_err::write(folder.path().join("flow.json"), r#"{"1": {"class_type": "B", "inputs": {}}}"#)
        .expect("written");
    let comparison = Comparison {
        old: Config::new().catalog(catalog(&old)),
        new: Config::new().catalog(catalog(&new)),
        flows: vec![folder.path().join("*.json").display().to_string()],
        lock: None,
    };
    let found = comparison.changes().expect("compared");
    assert_eq!(found.iter().map(|change| &*change.class_type).collect::<Vec<_>>(), ["B"]);
    assert_eq!(found[0].impact, Impact::Rust);
}

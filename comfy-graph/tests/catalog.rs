//! The bundled catalog, and reading whatever a server may answer.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "tests say what went wrong by panicking"
)]

use comfy_graph::catalog::{Catalog, InputDef, InputKind, NodeDef, Section, bundle};
use serde_json::{Value, json};

/// The answer of a real server, where the machine has one (`COMFY_GOLD` overrides the place).
fn real_object_info() -> Option<String> {
    let folder = std::env::var_os("COMFY_GOLD").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/gold").into(),
        std::path::PathBuf::from,
    );
    let text = std::fs::read_to_string(folder.join("object_info.json")).ok();
    if text.is_none() {
        println!("skipped: no object_info.json in {}", folder.display());
    }
    text
}

fn one(info: &Value) -> NodeDef {
    let text = json!({"Odd": info}).to_string();
    let catalog = Catalog::from_object_info(&text).expect("an object");
    catalog.get("Odd").expect("the class").clone()
}

#[test]
fn the_bundled_catalog_has_every_class() {
    let catalog = Catalog::bundled();
    assert_eq!(catalog.len(), 887);
    assert_eq!(catalog.iter().count(), 887, "each of them parses");
    assert_eq!(catalog.class_types().next(), Some("KSampler"));
    assert!(catalog.get("NoSuchClass").is_none());
}

#[test]
fn the_bundled_catalog_knows_ksampler() {
    let catalog = Catalog::bundled();
    let def = catalog.get("KSampler").expect("KSampler");
    let names: Vec<&str> = def.inputs.iter().map(|input| &*input.name).collect();
    assert_eq!(
        names,
        [
            "model",
            "seed",
            "steps",
            "cfg",
            "sampler_name",
            "scheduler",
            "positive",
            "negative",
            "latent_image",
            "denoise"
        ]
    );
    let seed = def.input("seed").expect("seed");
    let InputKind::Int(seed) = &seed.kind else { panic!("seed is {:?}", seed.kind) };
    assert_eq!(seed.max.as_ref().and_then(serde_json::Number::as_u64), Some(u64::MAX));
    let sampler = def.input("sampler_name").expect("sampler_name");
    let InputKind::Combo(sampler) = &sampler.kind else { panic!("sampler_name is {:?}", sampler.kind) };
    assert_eq!(sampler.options.first(), Some(&json!("euler")));
    assert_eq!(def.outputs[0].io_type.as_str(), "LATENT");
    assert!(!def.output_node);
    assert!(catalog.get("SaveImage").expect("SaveImage").output_node);
}

#[test]
fn the_bundled_catalog_has_no_prose() {
    fn check(inputs: &[InputDef], class: &str) {
        for input in inputs {
            assert_eq!(input.tooltip, None, "{class}.{}", input.name);
            assert!(!input.extra.contains_key("placeholder"), "{class}.{}", input.name);
            match &input.kind {
                InputKind::DynamicCombo(options) => options.iter().for_each(|o| check(&o.inputs, class)),
                InputKind::Autogrow(autogrow) => check(std::slice::from_ref(&autogrow.item), class),
                InputKind::DynamicSlot(inputs) => check(inputs, class),
                _ => {}
            }
        }
    }
    for def in Catalog::bundled().iter() {
        assert!(def.description.is_empty(), "{}", def.class_type);
        assert!(def.outputs.iter().all(|output| output.tooltip.is_none()), "{}", def.class_type);
        check(&def.inputs, &def.class_type);
    }
}

#[test]
fn the_bundled_catalog_names_no_files() {
    let catalog = Catalog::bundled();
    let options =
        |class: &str, input: &str| match &catalog.get(class).expect(class).input(input).expect(input).kind {
            InputKind::Combo(combo) => {
                assert!(combo.is_file_list(), "{class}.{input}");
                combo.options.clone()
            }
            other => panic!("{other:?}"),
        };
    assert!(options("CheckpointLoaderSimple", "ckpt_name").is_empty());
    assert!(options("LoadImage", "image").is_empty());
    // what is not a file is a choice that every server has
    assert_eq!(options("VAELoader", "vae_name")[..], [json!("pixel_space")]);
}

/// Takes away what [`bundle::pack`] leaves out.
fn strip(def: &mut NodeDef) {
    fn strip_inputs(inputs: &mut [InputDef]) {
        for input in inputs {
            input.tooltip = None;
            input.extra.clear();
            match &mut input.kind {
                InputKind::DynamicCombo(options) => {
                    for option in options.iter_mut() {
                        strip_inputs(&mut option.inputs);
                    }
                }
                InputKind::Autogrow(autogrow) => strip_inputs(std::slice::from_mut(&mut autogrow.item)),
                InputKind::DynamicSlot(inputs) => strip_inputs(inputs),
                // the files of one machine; that it is a list of files stays
                InputKind::Combo(combo) if combo.is_file_list() => {
                    combo.file_list = true;
                    combo.default = None;
                    combo.options = Vec::new().into();
                }
                _ => {}
            }
        }
    }
    def.description = "".into();
    def.extra.clear();
    def.outputs.iter_mut().for_each(|output| output.tooltip = None);
    strip_inputs(&mut def.inputs);
}

#[test]
fn packing_loses_prose_and_files_only() {
    let Some(text) = real_object_info() else { return };
    let real = Catalog::from_object_info(&text).expect("a catalog");
    let packed = bundle::pack(&serde_json::from_str(&text).expect("JSON")).expect("an object");
    let packed = Catalog::from_bundle(&packed).expect("a bundle");
    assert!(real.class_types().eq(packed.class_types()));
    for (mut real, mut packed) in real.iter().cloned().zip(packed.iter().cloned()) {
        assert_eq!(real.price(), packed.price(), "{}", real.class_type);
        strip(&mut real);
        strip(&mut packed);
        assert_eq!(real, packed);
    }
}

#[test]
fn damaged_bundles_are_errors() {
    let packed = bundle::pack(&json!({"A": {"input": {}}})).expect("an object");
    assert_eq!(Catalog::from_bundle(&packed).expect("a bundle").len(), 1);
    for end in 0..packed.len() {
        assert!(Catalog::from_bundle(&packed[..end]).is_err(), "cut at {end}");
    }
    // a size that nobody could hold
    assert!(Catalog::from_bundle(&[0xff; 64]).is_err());
    let other_version = lz4_flex::compress_prepend_size(b"comfy-catalog 999\nA\t{}\n");
    assert!(Catalog::from_bundle(&other_version).is_err());
    assert!(bundle::pack(&json!([])).is_err());
}

#[test]
fn keys_may_be_missing() {
    let def = one(&json!({}));
    assert_eq!(&*def.class_type, "Odd");
    assert_eq!(def.default_title(), "Odd");
    assert!(def.inputs.is_empty() && def.outputs.is_empty() && !def.output_node);
    let def = one(&json!({"input": {"required": {"a": []}}, "output": ["IMAGE"]}));
    assert_eq!(def.inputs[0].io_type.as_str(), "*");
    assert_eq!(&*def.outputs[0].name, "IMAGE", "the name of an output is its type without output_name");
}

#[test]
fn wrong_kinds_are_read_as_nothing() {
    let wrong =
        [json!(null), json!(5), json!("x"), json!([1, {"a": null}]), json!({"a": {"b": []}}), json!(true)];
    let keys = [
        "input",
        "input_order",
        "output",
        "output_name",
        "output_is_list",
        "output_tooltips",
        "output_matchtypes",
        "display_name",
        "description",
        "category",
        "python_module",
        "output_node",
        "deprecated",
    ];
    for value in &wrong {
        for key in keys {
            let def = one(&json!({"input": {"required": {"n": ["INT", {}]}}, key: value}));
            assert_eq!(&*def.class_type, "Odd");
        }
        for word in
            ["INT", "STRING", "COMBO", "COMFY_DYNAMICCOMBO_V3", "COMFY_AUTOGROW_V3", "COMFY_MATCHTYPE_V3"]
        {
            let options = json!({"default": value, "min": value, "max": value, "options": value, "template": value,
                "control_after_generate": value, "remote": value, "forceInput": value, "tooltip": value});
            let def =
                one(&json!({"input": {"required": {"n": [word, options], "m": [value, value], "o": value}}}));
            assert_eq!(&*def.inputs[0].name, "n", "{word} with {value}");
        }
    }
}

#[test]
fn infos_that_are_no_objects_are_left_out() {
    let catalog = Catalog::from_object_info(r#"{"A": null, "B": [], "C": {}}"#).expect("an object");
    assert_eq!(catalog.class_types().collect::<Vec<_>>(), ["C"]);
    assert!(Catalog::from_object_info("{}").expect("an object").is_empty());
    assert!(Catalog::from_object_info("[]").is_err());
    assert!(Catalog::from_object_info("<html>").is_err());
    assert!(Catalog::from_object_info("").is_err());
}

#[test]
fn python_numbers_are_read_as_null() {
    let text = r#"{"A": {"description": "NaN", "input": {"required":
        {"x": ["FLOAT", {"default": NaN, "min": -Infinity, "max": Infinity, "step": 0.5}]}}}}"#;
    let catalog = Catalog::from_object_info(text).expect("an object");
    let def = catalog.get("A").expect("A");
    assert_eq!(&*def.description, "NaN");
    let InputKind::Float(float) = &def.inputs[0].kind else { panic!("{:?}", def.inputs[0]) };
    assert_eq!((&float.default, &float.min, &float.max), (&None, &None, &None));
    assert_eq!(float.step.as_ref().and_then(serde_json::Number::as_f64), Some(0.5));
}

#[test]
fn hidden_inputs_are_read_in_both_spellings() {
    for spelling in [json!("UNIQUE_ID"), json!(["UNIQUE_ID"])] {
        let def = one(&json!({"input": {"hidden": {"unique_id": spelling}, "required": {"a": ["IMAGE"]}}}));
        assert_eq!(def.hidden, ["unique_id".into()]);
        assert_eq!(def.inputs.len(), 1);
    }
}

#[test]
fn inputs_follow_the_declared_order() {
    let def = one(&json!({
        "input": {"required": {"b": ["INT"], "a": ["INT"], "both": ["INT"]},
                  "optional": {"both": ["FLOAT"], "z": ["INT"], "y": ["INT"]}},
        "input_order": {"required": ["a", "both", "gone"], "optional": ["y", "both"]},
    }));
    let names: Vec<_> = def.inputs.iter().map(|input| (&*input.name, input.section)).collect();
    let (required, optional) = (Section::Required, Section::Optional);
    assert_eq!(
        names,
        [("a", required), ("y", optional), ("both", optional), ("b", required), ("z", optional)]
    );
    assert_eq!(def.input("both").expect("both").io_type.as_str(), "FLOAT");
}

#[test]
fn unknown_keys_are_kept() {
    let def = one(&json!({"future": {"a": 1}, "empty": [],
        "input": {"required": {"x": ["INT", {"default": 1, "unit": "px"}]}}}));
    assert_eq!(def.extra.get("future"), Some(&json!({"a": 1})));
    assert_eq!(def.inputs[0].extra.get("unit"), Some(&json!("px")));
    assert!(!def.inputs[0].extra.contains_key("default"), "what has a meaning is not kept twice");
}

#[test]
fn definitions_without_end_are_cut_off() {
    let mut inputs = json!({});
    // as deep as serde_json reads; deeper text is an error of the whole document
    for _ in 0..18 {
        inputs = json!({"required": {"x": ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "k", "inputs": inputs}]}]}});
    }
    let def = one(&json!({"input": inputs}));
    assert!(matches!(def.inputs[0].kind, InputKind::DynamicCombo(_)));
}

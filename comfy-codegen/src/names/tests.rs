//! Names of a small catalog and of hostile ones: what they are, and that they do not depend on order.

use std::collections::BTreeSet;

use comfy_graph::catalog::Catalog;
use serde_json::json;

use super::*;
use crate::model::{Form, ResultKind};

fn catalog(json: &serde_json::Value) -> Catalog {
    Catalog::from_object_info(&json.to_string()).expect("a catalog")
}

/// A node with these required inputs.
fn node(required: &serde_json::Value) -> serde_json::Value {
    json!({"input": {"required": required}, "output": [], "output_name": []})
}

#[test]
fn core_nodes_are_called_as_expected() {
    let catalog = Catalog::bundled();
    let names = Names::new(&catalog);
    let sampler = names.node("KSampler").expect("KSampler");
    let required: Vec<&str> =
        sampler.inputs.iter().filter(|i| i.required).map(|i| i.setter.as_str()).collect();
    assert_eq!(required, ["model", "positive", "negative", "latent_image"]);
    assert!(matches!(sampler.input("seed").map(|i| &i.form), Some(Form::Seed)));
    let Some(Form::Combo(combo)) = sampler.input("sampler_name").map(|i| &i.form) else { panic!("no combo") };
    assert_eq!((combo.ident.as_str(), combo.alias.as_deref()), ("SamplerName", Some("KSamplerSamplerName")));
    assert_eq!(combo.ident_of(&json!("dpmpp_2m")), Some("Dpmpp2m"));
    assert_eq!(sampler.result(), ResultKind::Output);
    let loader = names.node("CheckpointLoaderSimple").expect("a loader");
    let outputs: Vec<&str> = loader.outputs.iter().map(|o| o.ident.as_str()).collect();
    assert_eq!(outputs, ["model", "clip", "vae"]);
    let resize = names.node("ResizeImageMaskNode").expect("a match type");
    assert_eq!(resize.generics.len(), 1);
    assert!(resize.outputs[0].generic);
    assert!(
        matches!(resize.input("input").map(|i| &i.form), Some(Form::Match { marker, .. }) if marker == "AnyOf<(Image, Mask)>")
    );
}

#[test]
fn every_choice_of_core_is_found_by_its_name() {
    fn check(names: &Names<'_>, inputs: &[InputModel<'_>]) {
        for input in inputs {
            match &input.form {
                Form::Combo(combo) => {
                    for ident in std::iter::once(&combo.ident).chain(&combo.alias) {
                        let Some(ChoiceType::Combo(found)) = names.choice_type(ident) else {
                            panic!("{ident}")
                        };
                        let values = |combo: &ComboModel<'_>| {
                            combo.values.iter().map(|v| v.value.clone()).collect::<Vec<_>>()
                        };
                        assert_eq!(values(found), values(combo), "{ident}");
                    }
                }
                Form::Dynamic(dynamic) => {
                    assert!(
                        matches!(names.choice_type(&dynamic.ident), Some(ChoiceType::Dynamic(_))),
                        "{}",
                        dynamic.ident
                    );
                    dynamic.options.iter().for_each(|option| check(names, &option.inputs));
                }
                _ => {}
            }
        }
    }
    let catalog = Catalog::bundled();
    let names = Names::new(&catalog);
    for class in catalog.class_types() {
        check(&names, &names.node(class).expect("a node").inputs);
    }
}

#[test]
fn hostile_class_names() {
    let mut all = serde_json::Map::new();
    for class in [
        "Load Image",
        "LoadImage",
        "load_image",
        "Load-Image",
        "🎨",
        "🐍",
        "",
        "1st",
        "Flow",
        "FlowNode",
        "String",
        "Self",
        "采样器",
        "self",
    ] {
        all.insert(class.into(), node(&json!({})));
    }
    let catalog = catalog(&json!(all));
    let names = Names::new(&catalog);
    let idents: Vec<&str> = catalog.class_types().filter_map(|class| names.node_ident(class)).collect();
    let distinct: BTreeSet<&&str> = idents.iter().collect();
    assert_eq!(distinct.len(), idents.len());
    for ident in &idents {
        assert!(syn::parse_str::<syn::Ident>(ident).is_ok(), "{ident}");
    }
    assert_eq!(names.node_ident("LoadImage"), Some("LoadImage"));
    assert_eq!(names.node_ident("FlowNode"), Some("FlowNode"));
    assert_ne!(names.node_ident("Flow"), Some("Flow"));
    assert_eq!(names.node_ident("采样器"), Some("采样器"));
}

#[test]
fn setters_avoid_keywords_methods_and_each_other() {
    let catalog = catalog(&json!({"A": node(&json!({
        "type": ["IMAGE"], "new": ["IMAGE"], "title": ["IMAGE"], "Image": ["IMAGE"], "image": ["IMAGE"], "🎨": ["IMAGE"], "type_": ["IMAGE"],
    }))}));
    let names = Names::new(&catalog);
    let node = names.node("A").expect("A");
    let setter = |name: &str| node.input(name).map(|i| i.setter.as_str());
    assert_eq!(setter("new"), Some("new_"));
    assert_eq!(setter("title"), Some("title_"));
    assert_eq!(setter("image"), Some("image"));
    let all: BTreeSet<&str> = node.inputs.iter().map(|i| i.setter.as_str()).collect();
    assert_eq!(all.len(), node.inputs.len());
}

#[test]
fn combos_give_way_to_nodes_and_to_longer_nodes() {
    let combo = |name: &str| node(&json!({name: [["a", "b"], {}]}));
    let catalog = catalog(&json!({
        "KSampler": combo("advanced"), "KSamplerAdvanced": node(&json!({})),
        "Load": combo("image_x"), "LoadImage": combo("x"),
    }));
    let names = Names::new(&catalog);
    let ident = |class: &str| match &names.node(class).expect("a node").inputs[0].form {
        Form::Combo(combo) => combo.ident.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(ident("KSampler"), "KSamplerAdvancedChoice");
    assert_eq!(ident("LoadImage"), "LoadImageX");
    assert_ne!(ident("Load"), "LoadImageX");
}

#[test]
fn lists_with_doubles_integers_and_nothing() {
    let catalog = catalog(&json!({"A": node(&json!({
        "doubles": [["x", "x", "-x", "", "X"], {}], "numbers": [[2, 4, "4"], {}], "empty": [[], {}],
        "files": [["a.png", "a.jpg", "sub/b.png"], {}],
    }))}));
    let names = Names::new(&catalog);
    let node = names.node("A").expect("A");
    let values = |name: &str| match &node.input(name).expect("an input").form {
        Form::Combo(combo) => combo.values.iter().map(|v| v.ident.clone()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(values("doubles").len(), 4);
    assert_eq!(values("doubles")[1..3], ["MinusX", "Empty"]);
    assert_eq!(values("numbers")[0], "N2");
    assert_eq!(values("numbers").len(), 3);
    assert!(values("empty").is_empty());
    assert_eq!(values("files"), ["APng", "AJpg", "SubB"]);
    assert!(node.input("empty").expect("an input").required);
    assert!(!node.input("numbers").expect("an input").required);
}

#[test]
fn equal_outputs_are_numbered_by_slot() {
    let catalog = catalog(&json!({"A": {
        "input": {}, "output": ["IMAGE", "IMAGE", "INT", "INT"], "output_name": ["image", "image", "type", "image_2"],
    }}));
    let names = Names::new(&catalog);
    let outputs: Vec<&str> = names.node("A").expect("A").outputs.iter().map(|o| o.ident.as_str()).collect();
    assert_eq!(outputs, ["image", "image_3", "type_", "image_2"]);
}

#[test]
fn a_shuffled_catalog_gives_the_same_names() {
    let bundled = Catalog::bundled();
    let reversed: Catalog = {
        let mut defs: Vec<_> = bundled.iter().cloned().collect();
        defs.reverse();
        defs.into_iter().collect()
    };
    let (there, back) = (Names::new(&bundled), Names::new(&reversed));
    for class in bundled.class_types() {
        let text = |names: &Names<'_>| format!("{:?}", names.node(class).expect("a node"));
        assert_eq!(text(&there), text(&back), "{class}");
    }
}

/// Every name of the catalog, as a lock file has them.
fn all(catalog: &Catalog, lock: NameLock) -> NameLock {
    Names::with_lock(catalog, lock).to_lock()
}

/// A catalog where many things compete, in the order that `seed` gives.
fn contested(seed: u64) -> serde_json::Map<String, serde_json::Value> {
    let choice =
        |name: &str| node(&json!({name: [["a", "A", "a.", "b"], {}], "X y": ["IMAGE"], "x_y": ["IMAGE"]}));
    let mut nodes: Vec<(&str, serde_json::Value)> = vec![
        ("Load Image", node(&json!({"file": [["a.png", "a.jpg"], {}]}))),
        ("LoadImage", choice("x")),
        ("load_image", choice("mode")),
        ("Load", choice("image_x")),
        ("Loader", node(&json!({"x": ["LOAD_IMAGE"], "y": ["LOAD_IMAGE_X"], "z": ["load"]}))),
        ("🎨", node(&json!({}))),
        ("🐍", node(&json!({}))),
    ];
    let mut state = seed;
    for at in (1..nodes.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        nodes.swap(at, usize::try_from(state >> 33).expect("31 bits") % (at + 1));
    }
    nodes.into_iter().map(|(class, info)| (class.to_owned(), info)).collect()
}

#[test]
fn names_do_not_depend_on_order() {
    let first = all(&catalog(&contested(0).into()), NameLock::default());
    for seed in 1..50 {
        assert_eq!(all(&catalog(&contested(seed).into()), NameLock::default()), first);
    }
    let bundled = Catalog::bundled();
    let backwards: Catalog = bundled.iter().cloned().collect::<Vec<_>>().into_iter().rev().collect();
    assert_eq!(all(&backwards, NameLock::default()), all(&bundled, NameLock::default()));
}

#[test]
fn locked_names_stay_when_packs_come_and_go() {
    let whole = contested(7);
    let last = all(&catalog(&whole.clone().into()), NameLock::default());
    for dropped in whole.keys() {
        let mut part = whole.clone();
        part.shift_remove(dropped);
        // the pack comes
        let before = all(&catalog(&part.clone().into()), NameLock::default());
        let after = all(&catalog(&whole.clone().into()), before.clone());
        for line in before.to_string().lines() {
            assert!(after.to_string().lines().any(|other| other == line), "{dropped}: {line}");
        }
        // the pack goes, and comes back
        let without = all(&catalog(&part.into()), last.clone());
        assert_eq!(without, last);
        assert_eq!(all(&catalog(&whole.clone().into()), without), last);
    }
}

#[test]
fn a_new_file_takes_no_name_away() {
    let list = |files: &[&str]| catalog(&json!({"L": node(&json!({"lora_name": [files, {}]}))}));
    let before = all(&list(&["a.safetensors"]), NameLock::default());
    let both = list(&["a.safetensors", "a.ckpt"]);
    assert!(all(&both, before).to_string().contains("a.safetensors = A\n"));
    assert!(!all(&both, NameLock::default()).to_string().contains("a.safetensors = A\n"));
}

#[test]
fn a_marker_gives_way_to_a_combo() {
    let catalog = catalog(&json!({"Shared": node(&json!({"type": [["a"], {}], "pick": ["SHARED_TYPE"]}))}));
    let names = Names::new(&catalog);
    assert_eq!(names.word_marker("SHARED_TYPE"), "SharedTypeType");
    assert!(matches!(names.choice_type("SharedType"), Some(ChoiceType::Combo(_))));
}

#[test]
fn markers_lead_back_to_their_words() {
    let inner = json!({"options": [{"key": "a", "inputs": {"required": {"depth": ["DEPTH_MAP", {}]}}}]});
    let input =
        json!({"model": ["MODEL,CLIP", {}], "size": ["INT", {}], "how": ["COMFY_DYNAMICCOMBO_V3", inner]});
    let catalog = catalog(&json!({"One": node(&input)}));
    let names = Names::new(&catalog);
    for word in ["MODEL", "CLIP", "DEPTH_MAP"] {
        assert_eq!(names.word_of(&names.word_marker(word)), Some(word));
    }
    assert_eq!((names.word_of("Int"), names.word_of("Latent"), names.word_of("")), (None, None, None));
}

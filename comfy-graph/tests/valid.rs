//! One test per question of the validator. Prompts go in as JSON; what comes out is compared as
//! `severity code node.input`.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "tests say what went wrong by panicking"
)]

use comfy_graph::{
    catalog::Catalog,
    diag::{Diagnostic, EditKind, codes},
    front,
    graph::{Graph, Node, NodeKey},
    valid::{Valid, Validator},
};
use serde_json::{Value, json};

/// Classes of the bundled catalog, and some that it has nothing like.
fn catalog() -> Catalog {
    let mut catalog = Catalog::bundled();
    let info = json!({
        "Old": {"input": {"required": {"mode": [["a", 2, true], {}]}}, "output": ["COMBO"], "output_node": true},
        "Many": {"input": {"required": {"tags": ["COMBO", {"options": ["x", "y"], "multiselect": true}]}},
                 "output": [], "output_node": true},
        "Grow": {"input": {"required": {"images": ["COMFY_AUTOGROW_V3",
                 {"template": {"input": {"required": {"image": ["IMAGE", {}]}}, "prefix": "image", "min": 2, "max": 4}}]}},
                 "output": [], "output_node": true},
        "Dyn": {"input": {"required": {"size": ["COMFY_DYNAMICCOMBO_V3", {"options": [
                    {"key": "by", "inputs": {"required": {"factor": ["FLOAT", {"min": 0.5, "max": 2.0}]}}},
                    {"key": "like", "inputs": {"required": {"match": ["IMAGE", {}]}}}]}]}},
                 "output": [], "output_node": true},
        "Same": {"input": {"required": {"a": ["COMFY_MATCHTYPE_V3", {"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}]},
                           "optional": {"b": ["COMFY_MATCHTYPE_V3", {"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}]}},
                 "output": ["COMFY_MATCHTYPE_V3"], "output_matchtypes": ["t"]},
        "CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": [["flux1-dev-fp8.safetensors"]]}},
                 "output": ["MODEL", "CLIP", "VAE"]},
        "LoadImage": {"input": {"required": {"image": [["example.png"], {"image_upload": true}]}},
                 "output": ["IMAGE", "MASK"]},
        "Union": {"input": {"required": {"rate": ["FLOAT,INT", {"widgetType": "FLOAT", "min": 1.0, "max": 9.0}]}},
                 "output": [], "output_node": true},
    });
    for def in Catalog::from_object_info(&info.to_string()).expect("a catalog").iter() {
        catalog.insert(def.clone());
    }
    catalog
}

fn graph(prompt: &Value) -> Graph {
    front::read(&prompt.to_string(), &catalog()).expect("a prompt").value.graph
}

fn found(prompt: &Value) -> Vec<Diagnostic> {
    Validator::new(&catalog()).check(&graph(prompt))
}

fn brief(found: &[Diagnostic]) -> Vec<String> {
    found
        .iter()
        .map(|d| {
            let place =
                [d.node.as_deref(), d.input.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(".");
            format!("{} {} {place}", d.severity, d.code).trim_end().to_owned()
        })
        .collect()
}

/// What is found, but for nodes that are there only to be linked to.
fn check(prompt: &Value) -> Vec<String> {
    let mut found = found(prompt);
    found.retain(|found| found.code != codes::UNUSED_NODE);
    brief(&found)
}

/// What the first finding advises.
fn advice(found: &[Diagnostic]) -> Vec<&str> {
    found.first().map(|found| found.advice().collect()).unwrap_or_default()
}

const NONE: [&str; 0] = [];

/// A prompt that is right, with one more node.
fn with(node: Value) -> Value {
    json!({"1": image(64), "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}, "3": node})
}

fn image(width: impl Into<Value>) -> Value {
    json!({"class_type": "EmptyImage",
        "inputs": {"width": width.into(), "height": 64, "batch_size": 1, "color": 0}})
}

fn node(class: &str, inputs: Value) -> Value {
    json!({"class_type": class, "inputs": inputs})
}

#[test]
fn a_right_prompt_is_valid() {
    let catalog = catalog();
    let graph = graph(&with(node("PreviewImage", json!({"images": ["1", 0]}))));
    let valid = Validator::new(&catalog).validate(graph).expect("nothing to find");
    assert!(valid.diagnostics.is_empty());
    assert_eq!(valid.value.len(), 3, "the graph shows through");
    let mut graph = valid.value.into_inner();
    graph.insert(Node::class(NodeKey::new("9"), "Nonsense")).expect("a free key");
    let back = Validator::new(&catalog).validate(graph).expect_err("no such class");
    assert_eq!(brief(&back.diagnostics), ["error missing_node_type 9"]);
    assert_eq!(Valid::assume_valid(back.value).len(), 4, "the graph comes back");
}

#[test]
fn missing_node_type() {
    let found = found(&with(node("PreviewImages", json!({}))));
    assert_eq!(brief(&found), ["error missing_node_type 3"]);
    assert_eq!(advice(&found)[0], "did you mean \"PreviewImage\"?");
    let fix = found[0].fix().expect("a fix");
    assert_eq!(fix.edits[0].path.to_string(), "3.class_type");
    assert_eq!(fix.edits[0].kind, EditKind::Replace("PreviewImage".into()));
    assert_eq!(check(&with(json!({"inputs": {}}))), ["error missing_node_type 3"]);
}

#[test]
fn prompt_no_outputs() {
    assert_eq!(check(&json!({"1": image(64)})), ["error prompt_no_outputs"]);
    assert_eq!(brief(&Validator::new(&catalog()).check(&Graph::new())), ["error prompt_no_outputs"]);
    // a class that nobody knows may be one
    assert_eq!(check(&json!({"1": node("Unknown", json!({}))})), ["error missing_node_type 1"]);
}

#[test]
fn required_input_missing() {
    assert_eq!(check(&with(node("PreviewImage", json!({})))), ["error required_input_missing 3.images"]);
    // null is there, and no picture
    assert_eq!(
        check(&with(node("PreviewImage", json!({"images": null})))),
        ["error literal_on_socket 3.images"]
    );
    // an optional input may be away
    let find = |id| check(&with(node("Same", id)));
    assert_eq!(find(json!({"a": ["1", 0]})), NONE);
}

#[test]
fn growing_lists_insist_on_their_minimum() {
    let grow = |inputs| check(&with(node("Grow", inputs)));
    assert_eq!(grow(json!({"images.image0": ["1", 0], "images.image1": ["1", 0]})), NONE);
    assert_eq!(grow(json!({"images.image0": ["1", 0]})), ["error required_input_missing 3.images.image1"]);
    let gap = json!({"images.image0": ["1", 0], "images.image1": ["1", 0], "images.image3": ["1", 0]});
    assert_eq!(grow(gap), NONE);
    let beyond = json!({"images.image0": ["1", 0], "images.image1": ["1", 0], "images.image4": ["1", 0]});
    assert_eq!(grow(beyond), ["error undeclared_input 3.images.image4"]);
}

#[test]
fn dynamic_combos_bring_the_inputs_of_their_option() {
    let size = |inputs| check(&with(node("Dyn", inputs)));
    assert_eq!(size(json!({"size": "by", "size.factor": 1.0})), NONE);
    assert_eq!(
        size(json!({"size": "by", "size.factor": 3.0})),
        ["error value_bigger_than_max 3.size.factor"]
    );
    assert_eq!(
        size(json!({"size": "like", "size.factor": 3.0})),
        ["error required_input_missing 3.size.match"]
    );
    assert_eq!(size(json!({"size": "huge"})), ["error value_not_in_list 3.size"]);
    assert_eq!(size(json!({})), ["error required_input_missing 3.size"]);
}

#[test]
fn bad_linked_input() {
    let found = check(&with(node("PreviewImage", json!({"images": ["1", 0, 0]}))));
    assert_eq!(found, ["error bad_linked_input 3.images"]);
}

#[test]
fn return_type_mismatch() {
    let prompt = with(node("VAEDecode", json!({"samples": ["1", 0], "vae": ["1", 0]})));
    // nothing depends on the decoder, but it is wrong nevertheless
    assert_eq!(check(&prompt), ["error return_type_mismatch 3.samples", "error return_type_mismatch 3.vae"]);
    let mut prompt = prompt;
    prompt["4"] = node("PreviewImage", json!({"images": ["3", 0]}));
    assert_eq!(check(&prompt), ["error return_type_mismatch 3.samples", "error return_type_mismatch 3.vae"]);
    assert_eq!(found(&prompt)[0].related.len(), 1, "the other end is shown");
}

#[test]
fn what_people_leave_lying_about_is_a_warning() {
    let open = found(&with(node("VAEDecode", json!({}))));
    let codes = [
        "warning unused_node 3",
        "warning required_input_missing 3.samples",
        "warning required_input_missing 3.vae",
    ];
    assert_eq!(brief(&open), codes);
}

#[test]
fn slot_out_of_range() {
    assert_eq!(
        check(&with(node("PreviewImage", json!({"images": ["1", 1]})))),
        ["error slot_out_of_range 3.images"]
    );
}

#[test]
fn combo_links_into_old_lists() {
    let found =
        check(&json!({"1": node("Old", json!({"mode": "a"})), "2": node("Old", json!({"mode": ["1", 0]}))}));
    assert_eq!(found, ["warning return_type_mismatch 2.mode"]);
}

#[test]
fn match_types_take_what_their_template_allows() {
    let latent = node("EmptyLatentImage", json!({"width": 64, "height": 64, "batch_size": 1}));
    let mask = node("SolidMask", json!({"value": 1.0, "width": 64, "height": 64}));
    let same = |inputs| {
        json!({"1": image(64), "2": mask, "3": latent, "4": node("Same", inputs),
            "5": node("PreviewImage", json!({"images": ["4", 0]}))})
    };
    assert_eq!(check(&same(json!({"a": ["1", 0], "b": ["1", 0]}))), NONE);
    // the output has the type of the input
    assert_eq!(check(&same(json!({"a": ["2", 0]}))), ["error return_type_mismatch 5.images"]);
    assert_eq!(
        check(&same(json!({"a": ["3", 0]}))),
        ["error return_type_mismatch 4.a", "error return_type_mismatch 5.images"]
    );
    assert_eq!(check(&same(json!({"a": ["1", 0], "b": ["2", 0]}))), ["warning return_type_mismatch 4.b"]);
    assert_eq!(check(&same(json!({"a": 0.5}))), ["error literal_on_socket 4.a"]);
}

#[test]
fn integers_are_converted_as_python_does() {
    let width =
        |value| check(&json!({"1": image(value), "2": node("PreviewImage", json!({"images": ["1", 0]}))}));
    for good in [json!(64), json!(64.9), json!(true)] {
        assert_eq!(width(good.clone()), NONE, "{good}");
    }
    for text in [json!("64"), json!(" 5 "), json!("+7"), json!("1_000")] {
        assert_eq!(width(text.clone()), ["warning number_as_text 1.width"], "{text}");
    }
    let bad = [
        json!("abc"),
        json!(null),
        json!({}),
        json!("6.5"),
        json!(""),
        json!("_1"),
        json!("1__0"),
        json!("+"),
    ];
    for bad in bad {
        assert_eq!(width(bad.clone()), ["error invalid_input_type 1.width"], "{bad}");
    }
    for small in [json!(0), json!(-1), json!(0.9), json!(false)] {
        assert_eq!(width(small.clone()), ["error value_smaller_than_min 1.width"], "{small}");
    }
    for big in [json!(999_999), json!(1e300), json!(u64::MAX)] {
        assert_eq!(width(big.clone()), ["error value_bigger_than_max 1.width"], "{big}");
    }
    for (long, code) in [("9", "bigger_than_max"), ("-9", "smaller_than_min")] {
        let found = width(json!(format!("{long}9999999999999999999999999999999999999999")));
        assert_eq!(
            found,
            [format!("error value_{code} 1.width"), "warning number_as_text 1.width".to_owned()]
        );
    }
}

#[test]
fn floats_are_converted_as_python_does() {
    let value = |value| check(&json!({"1": node("Dyn", json!({"size": "by", "size.factor": value}))}));
    for good in [json!(1), json!(true), json!(1.5)] {
        assert_eq!(value(good.clone()), NONE, "{good}");
    }
    for text in [json!("1e0"), json!(" 1.5 "), json!("1_0e-1"), json!(".5")] {
        assert_eq!(value(text.clone()), ["warning number_as_text 1.size.factor"], "{text}");
    }
    for bad in [json!("abc"), json!(null), json!("1,5"), json!("0x1p3"), json!({"a": 1})] {
        assert_eq!(value(bad.clone()), ["error invalid_input_type 1.size.factor"], "{bad}");
    }
    assert_eq!(
        value(json!("inf")),
        ["error value_bigger_than_max 1.size.factor", "error number_as_text 1.size.factor"]
    );
    assert_eq!(value(json!("nan")), ["error number_as_text 1.size.factor"]);
    assert_eq!(value(json!(0.25)), ["error value_smaller_than_min 1.size.factor"]);
}

#[test]
fn large_integers_are_compared_exactly() {
    let prompt = |seed: Value| {
        json!({"1": node("RandomNoise", json!({"noise_seed": seed})),
            "2": node("PreviewAny", json!({"source": ["1", 0]}))})
    };
    assert_eq!(check(&prompt(json!(u64::MAX))), NONE);
    assert_eq!(
        check(&prompt(json!("18446744073709551616"))),
        ["error value_bigger_than_max 1.noise_seed", "warning number_as_text 1.noise_seed"]
    );
}

#[test]
fn text_and_truth_take_everything_and_unions_are_not_converted() {
    for value in [json!(5), json!(null), json!({"a": 1}), json!(true)] {
        let found = check(&with(node("PreviewAny", json!({"source": value}))));
        assert_eq!(found, NONE, "{value}");
    }
    let rate = |value| check(&json!({"1": node("Union", json!({"rate": value}))}));
    assert_eq!(rate(json!(5)), NONE);
    assert_eq!(rate(json!(0.5)), ["error value_smaller_than_min 1.rate"]);
    assert_eq!(rate(json!("5")), ["error invalid_input_type 1.rate"]);
}

#[test]
fn combos_compare_as_python_does() {
    let mode = |value| check(&json!({"1": node("Old", json!({"mode": value}))}));
    for good in [json!("a"), json!(2), json!(2.0), json!(true), json!(1)] {
        assert_eq!(mode(good.clone()), NONE, "{good}");
    }
    for bad in [json!("A"), json!("2"), json!(null), json!(3), json!({})] {
        assert_eq!(mode(bad.clone()), ["error value_not_in_list 1.mode"], "{bad}");
    }
    let tags = |value| check(&json!({"1": node("Many", json!({"tags": {"__value__": value}}))}));
    assert_eq!(tags(json!(["x", "y"])), NONE);
    assert_eq!(tags(json!(["x", "z"])), ["error value_not_in_list 1.tags"]);
}

#[test]
fn nothing_is_said_of_files_on_a_machine_nobody_asked() {
    let catalog = catalog();
    let prompt = |name: &str| {
        graph(&json!({"1": node("CheckpointLoaderSimple", json!({"ckpt_name": name})),
            "2": node("PreviewAny", json!({"source": ["1", 0]}))}))
    };
    let known = Validator::new(&catalog);
    let mine = prompt("mine.safetensors");
    assert_eq!(brief(&known.check(&mine)), ["error value_not_in_list 1.ckpt_name"]);
    assert_eq!(brief(&known.clone().known_files(false).check(&mine)), NONE);
    let moved = known.check(&prompt("xl\\flux1-dev-fp8.safetensors"));
    assert_eq!(advice(&moved), ["did you mean \"flux1-dev-fp8.safetensors\"?"]);
    // a sampler is no file
    let sampler = graph(&json!({"1": node("KSamplerSelect", json!({"sampler_name": "eulr"})),
        "2": node("PreviewAny", json!({"source": ["1", 0]}))}));
    assert_eq!(brief(&known.known_files(false).check(&sampler)), ["error value_not_in_list 1.sampler_name"]);
}

#[test]
fn uploads_may_be_in_folders_that_no_list_shows() {
    let load = |name: &str| {
        check(&json!({"1": node("LoadImage", json!({"image": name})),
            "2": node("PreviewImage", json!({"images": ["1", 0]}))}))
    };
    assert_eq!(load("example.png"), NONE);
    assert_eq!(load("nowhere.png"), ["error custom_validation_failed 1.image"]);
    assert_eq!(load("sub/nowhere.png"), ["warning custom_validation_failed 1.image"]);
    assert_eq!(load("nowhere.png [output]"), ["warning custom_validation_failed 1.image"]);
    let inputs = json!({"model_file": "toy.glb", "image": "", "width": 64, "height": 64});
    let scene = json!({"1": node("Load3D", inputs), "2": node("PreviewAny", json!({"source": ["1", 0]}))});
    assert_eq!(check(&scene), ["warning custom_validation_failed 1.model_file"]);
}

#[test]
fn choices_made_in_the_browser_are_taken() {
    let combo = node("CustomCombo", json!({"choice": "anything", "index": 0, "option1": "anything"}));
    let prompt = json!({"1": combo, "2": node("PreviewAny", json!({"source": ["1", 0]}))});
    assert_eq!(check(&prompt), NONE);
}

#[test]
fn dependency_cycle() {
    let invert = |from: &str| node("ImageInvert", json!({"image": [from, 0]}));
    let prompt = json!({"1": invert("2"), "2": invert("3"), "3": invert("1"), "4": invert("3"), "6": invert("6"),
        "5": node("PreviewImage", json!({"images": ["4", 0]}))});
    let found = found(&prompt);
    let mut nodes = brief(&found);
    nodes.sort();
    assert_eq!(
        nodes,
        [
            "error dependency_cycle 1.image",
            "error dependency_cycle 2.image",
            "error dependency_cycle 3.image",
            "error dependency_cycle 6.image"
        ],
        "4 only waits for a circle"
    );
    assert!(found[0].message.ends_with("depends on itself: #3 → #2 → #1 → #3"), "{}", found[0].message);
}

#[test]
fn undeclared_inputs() {
    let show = |inputs| found(&with(node("PreviewImage", inputs)));
    // the node would be called with an argument that it does not take
    let linked = show(json!({"images": ["1", 0], "mask": ["1", 0]}));
    assert_eq!(brief(&linked), ["error undeclared_input 3.mask"]);
    // a literal that nothing was meant by is only lost
    assert_eq!(brief(&show(json!({"images": ["1", 0], "note": 5}))), ["warning undeclared_input 3.note"]);
    // a misspelt input is missed under its own name, too; both say how it is called
    let misspelt = show(json!({"image": ["1", 0]}));
    assert_eq!(brief(&misspelt), ["error required_input_missing 3.images", "error undeclared_input 3.image"]);
    for finding in &misspelt {
        assert_eq!(advice(std::slice::from_ref(finding)), ["rename image to images"]);
        assert_eq!(finding.fix().expect("a fix").edits[0].kind, EditKind::RenameKey("images".into()));
    }
    // optional ones are missed by nobody but us
    let optional = found(&with(node("Same", json!({"a": ["1", 0], "B": ["1", 0]}))));
    assert_eq!(advice(&optional[1..]), ["rename B to b"]);
    // the frontend sends these, and older ones did
    let load = node("LoadImage", json!({"image": "example.png", "upload": "image"}));
    assert_eq!(check(&json!({"1": load, "2": node("PreviewImage", json!({"images": ["1", 0]}))})), NONE);
}

#[test]
fn flattened_inputs_are_given_their_full_name() {
    let size = found(&with(node("Dyn", json!({"size": "by", "factor": 1.0}))));
    assert_eq!(
        brief(&size),
        ["error required_input_missing 3.size.factor", "error undeclared_input 3.factor"]
    );
    assert_eq!(advice(&size), ["rename factor to size.factor"]);
    let grow = found(&with(node("Grow", json!({"image0": ["1", 0], "images.image1": ["1", 0]}))));
    assert_eq!(advice(&grow), ["rename image0 to images.image0"]);
    let list = found(&with(node("Grow", json!({"images": [["1", 0], ["1", 0]]}))));
    assert_eq!(list.last().expect("a finding").suggestions[0].edits.len(), 3);
}

#[test]
fn links_in_another_form() {
    let show = |value: Value| found(&with(node("PreviewImage", json!({"images": value}))));
    for wrong in [
        json!("1"),
        json!("[\"1\", 0]"),
        json!("['1', 0]"),
        json!("1:0"),
        json!(1),
        json!({"node": "1", "slot": 0}),
    ] {
        let found = show(wrong.clone());
        assert_eq!(brief(&found), ["error link_as_text 3.images"], "{wrong}");
        assert_eq!(found[0].fix().expect("a fix").edits[0].kind, EditKind::Replace(json!(["1", 0])));
    }
    for wrong in [json!([1, 0]), json!(["1", "0"]), json!(["1"])] {
        let found = show(wrong.clone());
        assert_eq!(brief(&found), ["error bad_linked_input 3.images"], "{wrong}");
        assert_eq!(found[0].fix().expect("a fix").edits[0].kind, EditKind::Replace(json!(["1", 0])));
    }
    assert_eq!(brief(&show(json!("picture.png"))), ["error literal_on_socket 3.images"]);
    // text is text, unless it is a link to somewhere
    let text = |value: &str| {
        let words = node("PrimitiveString", json!({"value": "a cat"}));
        let join = node("StringConcatenate", json!({"string_a": value, "string_b": "b", "delimiter": ""}));
        check(&json!({"7": words, "2": join, "3": node("PreviewAny", json!({"source": ["2", 0]}))}))
    };
    assert_eq!((text("7"), text("[1, 2]")), (vec![], vec![]));
    assert_eq!(text("[\"7\", 0]"), ["error link_as_text 2.string_a"]);
}

#[test]
fn truth_in_words_is_no_truth() {
    let found = |value: Value| {
        found(&json!({"1": node("PrimitiveBoolean", json!({"value": value})),
            "2": node("PreviewAny", json!({"source": ["1", 0]}))}))
    };
    assert_eq!(brief(&found(json!("false"))), ["error boolean_as_text 1.value"]);
    assert_eq!(advice(&found(json!("false"))), ["change it to false"]);
    assert_eq!(brief(&found(json!(true))), NONE);
}

/// The server names one of two circles that share a node, and which one is chance.
#[test]
fn circles_that_share_a_node() {
    let blend = |one: &str, two: &str| {
        node(
            "ImageBlend",
            json!({"image1": [one, 0], "image2": [two, 0], "blend_factor": 0.5, "blend_mode": "normal"}),
        )
    };
    let invert = |from: &str| node("ImageInvert", json!({"image": [from, 0]}));
    let prompt = json!({"1": blend("2", "3"), "2": invert("1"), "3": invert("1"),
        "4": node("PreviewImage", json!({"images": ["3", 0]}))});
    let found = found(&prompt);
    let nodes: Vec<_> = found.iter().map(|found| found.node.as_deref().unwrap_or_default()).collect();
    assert_eq!(nodes, ["1", "2", "3"]);
    assert!(found[0].message.ends_with("depends on itself: #2 → #1 → #2"), "{}", found[0].message);
    assert!(
        found[2].message.ends_with("depends on itself, together with #2 → #1 → #2"),
        "{}",
        found[2].message
    );
}

#[test]
fn links_that_lead_nowhere_are_found_without_a_catalog() {
    let prompt = json!({"1": node("Any", json!({"a": ["9", 0], "b": [1, 0], "c": ["2", 0]})),
        "2": node("Any", json!({"a": ["1", 0]}))});
    let found = Validator::without_catalog().check(&graph(&prompt));
    assert_eq!(
        brief(&found),
        [
            "error dependency_cycle 1.c",
            "error dependency_cycle 2.a",
            "error dangling_link 1.a",
            "error bad_linked_input 1.b"
        ]
    );
}

#[test]
fn candidates_are_ranked() {
    let loader = node("CheckpointLoaderSimple", json!({"ckpt_name": "flux1-dev-fp8.safetensors"}));
    let text = |text: &str| node("CLIPTextEncode", json!({"clip": ["4", 1], "text": text}));
    let sampler = json!({"model": ["4", 0], "positive": ["6", 0], "latent_image": ["5", 0], "seed": 1, "steps": 20,
        "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0});
    let mut prompt = json!({"4": loader, "6": text("a cat"), "7": text("a dog"),
        "5": node("EmptyLatentImage", json!({"width": 64, "height": 64, "batch_size": 1})),
        "3": node("KSampler", sampler), "8": node("VAEDecode", json!({"samples": ["3", 0], "vae": ["4", 2]})),
        "9": node("PreviewImage", json!({"images": ["8", 0]}))});
    let missing = |prompt: &Value| {
        let mut found = found(prompt);
        found.retain(Diagnostic::is_error);
        found.iter().flat_map(Diagnostic::advice).map(str::to_owned).collect::<Vec<_>>()
    };
    // what nothing else uses comes first
    assert_eq!(
        missing(&prompt)[0],
        "link negative to output 0 (CONDITIONING) of CLIPTextEncode #7: [\"7\",0]"
    );
    prompt["3"]["inputs"]["negative"] = json!(["7", 0]);
    assert_eq!(missing(&prompt), NONE);
    // another output of the same node is surely meant
    prompt["8"]["inputs"]["vae"] = json!(["4", 1]);
    assert_eq!(missing(&prompt)[0], "link vae to output 2 (VAE) of CheckpointLoaderSimple #4: [\"4\",2]");
    // a class to add, where nothing fits
    prompt["4"] =
        node("UNETLoader", json!({"unet_name": "flux1-dev-fp8.safetensors", "weight_dtype": "default"}));
    assert!(missing(&prompt).iter().any(|advice| advice.contains("CLIPLoader")), "{:?}", missing(&prompt));
    // something to show it with
    let unseen = found(&json!({"1": image(64)}));
    assert!(advice(&unseen)[0].contains("SaveImage"), "{:?}", advice(&unseen));
}

#[test]
fn everything_is_found_at_once_and_points_into_the_prompt() {
    let prompt = json!({"1": node("EmptyImage", json!({"width": 0, "height": "x", "batch_size": 1})),
        "2": node("PreviewImage", json!({"images": ["1", 0]}))});
    let found = found(&prompt);
    assert_eq!(
        brief(&found),
        [
            "error value_smaller_than_min 1.width",
            "error invalid_input_type 1.height",
            "error required_input_missing 1.color"
        ]
    );
    let Some(comfy_graph::diag::Place::Json(path)) = &found[0].place else { panic!("{:?}", found[0]) };
    assert_eq!(path.to_string(), "1.inputs.width");
}

#[test]
fn long_chains_and_long_circles_take_no_stack() {
    const LENGTH: usize = 50_000;
    let chain = |first: usize| {
        let mut nodes = serde_json::Map::new();
        nodes.insert("0".into(), node("ImageInvert", json!({"image": [first.to_string(), 0]})));
        for n in 1..LENGTH {
            nodes.insert(n.to_string(), node("ImageInvert", json!({"image": [(n - 1).to_string(), 0]})));
        }
        let last = json!([(LENGTH - 1).to_string(), 0]);
        nodes.insert("out".into(), node("PreviewImage", json!({"images": last})));
        Value::Object(nodes)
    };
    let circle = found(&chain(LENGTH - 1));
    assert_eq!(circle.len(), LENGTH);
    assert!(circle.iter().all(|finding| finding.message.len() < 200));
    let mut open = chain(LENGTH - 1);
    open["0"] = image(64);
    assert_eq!(check(&open), NONE);
}

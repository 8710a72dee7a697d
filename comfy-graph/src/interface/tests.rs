//! What pages of the literate suite do not show: values as JSON, hostile graphs, and what is left as it was.

use serde_json::{Value, json};

use super::*;
use crate::{
    back,
    diag::codes,
    front,
    graph::{Node, NodeKind, Slot},
};

fn graph(text: &Value) -> Graph {
    front::read(&text.to_string(), &Catalog::bundled()).expect("a workflow or prompt").value.graph
}

fn interface(graph: &Graph) -> Interface {
    Interface::of(graph, &Catalog::bundled(), &InterfaceOptions::default()).value
}

fn prompt(graph: &Graph) -> Value {
    back::api::emit(&passes::lower_for_execution(graph).value, Some(&Catalog::bundled()))
}

fn txt2img() -> Value {
    json!({
        "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "cfg": 8.0, "sampler_name": "euler",
            "scheduler": "normal", "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0],
            "latent_image": ["5", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 512, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "b", "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}},
    })
}

#[test]
fn json_values_keep_their_type() {
    let catalog = Catalog::bundled();
    let mut graph = graph(&txt2img());
    let interface = interface(&graph);
    let mut set = |name: &str, value: Value| interface.set(&mut graph, &catalog, name, &value);
    for (name, value) in [
        ("seed", json!(u64::MAX)),
        ("steps", json!(25.0)),
        ("cfg", json!("6.5")),
        ("sampler", json!("heun")),
        ("positive", json!("30")),
        ("5.batch_size", json!("4")),
    ] {
        set(name, value).expect(name);
    }
    let said = |result: Result<(), Box<crate::diag::Diagnostic>>| result.expect_err("a wrong value").code;
    assert_eq!(said(set("steps", json!(25.5))), codes::INVALID_INPUT_TYPE);
    assert_eq!(said(set("positive", json!(30))), codes::INVALID_INPUT_TYPE);
    assert_eq!(said(set("seed", json!(1e300))), codes::INVALID_INPUT_TYPE);
    assert_eq!(said(set("seed", json!(null))), codes::INVALID_INPUT_TYPE);
    assert_eq!(said(set("cfg", json!("inf"))), codes::INVALID_INPUT_TYPE);
    assert_eq!(said(set("cfg", json!(101))), codes::VALUE_BIGGER_THAN_MAX);
    assert_eq!(said(set("sampler", json!(3))), codes::VALUE_NOT_IN_LIST);
    let prompt = prompt(&graph);
    assert_eq!(prompt["3"]["inputs"]["seed"], json!(u64::MAX));
    assert_eq!(prompt["3"]["inputs"]["steps"], json!(25));
    assert_eq!(prompt["3"]["inputs"]["cfg"], json!(6.5));
    assert_eq!(prompt["3"]["inputs"]["sampler_name"], json!("heun"));
    assert_eq!(prompt["6"]["inputs"]["text"], json!("30"));
    assert_eq!(prompt["5"]["inputs"]["batch_size"], json!(4));
}

#[test]
fn names_are_parameters_then_roles_then_inputs() {
    let graph = graph(&txt2img());
    let options = InterfaceOptions::default().entry("5.width=steps").entry("5.height=side");
    let interface = Interface::of(&graph, &Catalog::bundled(), &options).value;
    let at = |name: &str| interface.find(name).expect(name).bindings().to_vec();
    assert_eq!(at("steps"), [Binding::new("5", "width")], "a parameter goes before the role");
    assert_eq!(at("3.steps"), [Binding::new("3", "steps")]);
    assert_eq!(at("prompt"), [Binding::new("6", "text")]);
    assert_eq!(at("noise_seed"), [Binding::new("3", "seed")]);
    assert!(matches!(interface.find("height"), Ok(Found::Param(param)) if *param.name == *"side"));
    assert!(matches!(interface.find("3.steps"), Ok(Found::Input(_))));
    assert_eq!(interface.find("").expect_err("no name").code, codes::UNKNOWN_INPUT);
}

#[test]
fn a_link_gives_way_to_a_value() {
    let mut text = txt2img();
    text["5"]["inputs"]["width"] = json!(["10", 0]);
    text["10"] = json!({"class_type": "GetImageSize", "inputs": {"image": ["11", 0]}});
    text["11"] = json!({"class_type": "LoadImage", "inputs": {"image": "a.png"}});
    let mut graph = graph(&text);
    let interface = interface(&graph);
    assert_eq!(interface.role(Role::Width), RoleFound::None);
    interface.set(&mut graph, &Catalog::bundled(), "5.width", "640").expect("a width");
    assert_eq!(prompt(&graph)["5"]["inputs"]["width"], json!(640));
    graph.verify().expect("a sound graph");
}

#[test]
fn circles_end() {
    let mut text = txt2img();
    text["6"]["inputs"]["text"] = json!(["10", 0]);
    for (id, other) in [("10", "11"), ("11", "10")] {
        text[id] = json!({"class_type": "StringConcatenate",
            "inputs": {"string_a": [other, 0], "string_b": "x", "delimiter": ""}});
    }
    text["3"]["inputs"]["negative"] = json!(["12", 0]);
    text["12"] = json!({"class_type": "ConditioningCombine",
        "inputs": {"conditioning_1": ["12", 0], "conditioning_2": ["7", 0]}});
    text["3"]["inputs"]["latent_image"] = json!(["13", 0]);
    text["13"] = json!({"class_type": "LatentFlip", "inputs": {"samples": ["13", 0], "flip_method": "x"}});
    text["3"]["inputs"]["model"] = json!(["14", 0]);
    text["14"] = json!({"class_type": "ComfySwitchNode",
        "inputs": {"switch": ["14", 0], "on_true": ["14", 0], "on_false": ["14", 0]}});
    let interface = interface(&graph(&text));
    let RoleFound::Ambiguous(candidates) = interface.role(Role::Positive) else { panic!("two texts") };
    let places: Vec<String> = candidates.iter().map(|found| found.binding.to_string()).collect();
    assert_eq!(places, ["10.string_b", "11.string_b"]);
    assert_eq!(interface.role(Role::Negative), RoleFound::One(Binding::new("7", "text")));
    assert_eq!(interface.role(Role::Width), RoleFound::None);
    assert_eq!(interface.role(Role::Model), RoleFound::None);
}

#[test]
fn reroutes_in_a_circle_end() {
    let mut graph = graph(&txt2img());
    let node = |key: &str| {
        let role = crate::catalog::virtuals::VirtualRole::Reroute;
        let mut node = Node::of_kind(NodeKey::new(key), NodeKind::Virtual(role), "Reroute");
        node.inputs.push(crate::graph::InputSlot::new("", IoType::any()));
        node.outputs.push(crate::graph::OutputSlot { name: "".into(), io_type: IoType::any() });
        node
    };
    let one = graph.insert(node("20")).expect("a free key");
    let two = graph.insert(node("21")).expect("a free key");
    let text = graph.find("6").expect("the text");
    graph[text].inputs.push(crate::graph::InputSlot::of_widget("text", "STRING".into()));
    let slot = graph[text].inputs.len() - 1;
    let at = |node, slot| Slot { node, slot };
    graph.link(at(one, 0), at(two, 0));
    graph.link(at(two, 0), at(one, 0));
    graph.link(at(one, 0), at(text, slot));
    let interface = interface(&graph);
    assert!(interface.find("6.text").is_ok());
    assert_eq!(interface.role(Role::Negative), RoleFound::One(Binding::new("7", "text")));
}

/// A chain longer than any stack would be deep.
#[test]
fn long_chains_end() {
    const LONG: usize = 20_000;
    let mut text = txt2img();
    for number in 0..LONG {
        let before = if number == 0 { "6".to_owned() } else { format!("c{}", number - 1) };
        text[format!("c{number}")] = json!({"class_type": "ConditioningSetArea", "inputs": {"width": 64, "height": 64,
            "x": 0, "y": 0, "strength": 1.0, "conditioning": [before, 0]}});
    }
    text["3"]["inputs"]["positive"] = json!([format!("c{}", LONG - 1), 0]);
    assert_eq!(interface(&graph(&text)).role(Role::Positive), RoleFound::One(Binding::new("6", "text")));
}

#[test]
fn odd_options_are_findings() {
    let graph = graph(&txt2img());
    let catalog = Catalog::bundled();
    for sidecar in [json!(3), json!({"override_mappings": 3, "defaults": [], "constraints": {"steps": 3}})] {
        let made = Interface::of(&graph, &catalog, &InterfaceOptions::default().sidecar(sidecar.clone()));
        assert_eq!(made.diagnostics.len(), 1, "{sidecar}: {:?}", made.diagnostics);
        assert!(made.value.param("steps").is_some());
    }
    let mapped = json!({"override_mappings": {"a": 1, "b": [["3"], 4, [null, "x"]], "c": [[3, "steps"]]}});
    let made = Interface::of(&graph, &catalog, &InterfaceOptions::default().sidecar(mapped));
    assert_eq!(made.diagnostics.len(), 4);
    assert_eq!(
        made.value.param("c").map(|param| param.bindings.clone()),
        Some(vec![Binding::new("3", "steps")])
    );
    let made =
        Interface::of(&Graph::new(), &Catalog::default(), &InterfaceOptions::default().entry("=").entry(""));
    assert_eq!((made.value.params.len(), made.diagnostics.len()), (0, 2));
}

#[test]
fn without_a_catalog_values_tell() {
    let graph = front::read(&txt2img().to_string(), &Catalog::default()).expect("a prompt").value.graph;
    let options = InterfaceOptions::default().entry("3.steps").entry("6.text=prompt").entry("3.model");
    let interface = Interface::of(&graph, &Catalog::default(), &options).value;
    let kind = |name: &str| interface.param(name).map(|param| param.kind.clone());
    assert_eq!(kind("steps"), Some(ParamKind::Int(Range::default())));
    assert_eq!(kind("prompt"), Some(ParamKind::Text { multiline: false }));
    assert_eq!(kind("model"), Some(ParamKind::Link(IoType::any())));
    assert_eq!(interface.role(Role::Positive), RoleFound::None);
}

/// A text encoder in a subgraph that is used twice, its text not promoted.
fn twice() -> Value {
    let node = |id: u32, class: &str, inputs: Value, outputs: Value, values: Value| json!({"id": id, "type": class, "inputs": inputs, "outputs": outputs, "widgets_values": values});
    let input = |name: &str, io_type: &str, link: u32| json!({"name": name, "type": io_type, "link": link});
    let output = |io_type: &str, links: &[u32]| json!({"name": io_type, "type": io_type, "links": links});
    let encoder = |id: u32, clip: u32, to: u32| {
        let inputs = json!([input("clip", "CLIP", clip)]);
        node(id, "def-1", inputs, json!([output("CONDITIONING", &[to])]), json!([]))
    };
    let inside = node(
        20,
        "CLIPTextEncode",
        json!([input("clip", "CLIP", 1)]),
        json!([output("CONDITIONING", &[2])]),
        json!(["inside"]),
    );
    json!({
        "version": 0.4,
        "nodes": [
            node(4, "CLIPLoader", json!([]), json!([output("CLIP", &[1, 2])]), json!(["c.safetensors", "flux"])),
            encoder(30, 1, 3),
            encoder(31, 2, 4),
            node(9, "ConditioningCombine", json!([input("conditioning_1", "CONDITIONING", 3), input("conditioning_2", "CONDITIONING", 4)]),
                json!([]), json!([])),
        ],
        "links": [[1, 4, 0, 30, 0, "CLIP"], [2, 4, 0, 31, 0, "CLIP"], [3, 30, 0, 9, 0, "CONDITIONING"], [4, 31, 0, 9, 1, "CONDITIONING"]],
        "definitions": {"subgraphs": [{
            "id": "def-1", "name": "Encoder",
            "inputs": [{"id": "a", "name": "clip", "type": "CLIP", "linkIds": [1]}],
            "outputs": [{"id": "b", "name": "CONDITIONING", "type": "CONDITIONING", "linkIds": [2]}],
            "nodes": [inside],
            "links": [
                {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 20, "target_slot": 0, "type": "CLIP"},
                {"id": 2, "origin_id": 20, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "CONDITIONING"},
            ],
        }]},
    })
}

#[test]
fn one_instance_gets_a_definition_of_its_own() {
    let catalog = Catalog::bundled();
    let mut graph = graph(&twice());
    let interface = interface(&graph);
    for text in ["first", "second"] {
        interface.set(&mut graph, &catalog, "31:20.text", text).expect("a text");
    }
    graph.verify().expect("a sound graph");
    assert_eq!(graph.subgraphs().len(), 2, "a copy is made once");
    let written = back::ui::emit(&graph, &catalog, back::ui::Options::default()).value;
    let again = front::read(&written.to_string(), &catalog).expect("a workflow").value.graph;
    // a file whose definitions have ids in common is read with others, as the frontend does
    for graph in [&graph, &again] {
        let prompt = prompt(graph);
        let text = |input: &str| {
            prompt[prompt["9"]["inputs"][input][0].as_str().expect("a link")]["inputs"]["text"].clone()
        };
        assert_eq!((text("conditioning_1"), text("conditioning_2")), (json!("inside"), json!("second")));
    }
    assert_eq!(prompt(&graph)["31:20"]["inputs"]["text"], "second");
}

#[test]
fn a_choice_takes_its_sockets_with_it() {
    let text = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
        "2": {"class_type": "GetImageSize", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "ResizeImageMaskNode", "inputs": {"input": ["1", 0], "scale_method": "area",
            "resize_type": "scale dimensions", "resize_type.width": ["2", 0], "resize_type.height": 64,
            "resize_type.crop": "center"}},
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["3", 0]}},
    });
    let catalog = Catalog::bundled();
    let mut graph = graph(&text);
    let interface = interface(&graph);
    interface.set(&mut graph, &catalog, "3.resize_type", "scale by multiplier").expect("a choice");
    let inputs = &prompt(&graph)["3"]["inputs"];
    assert_eq!(inputs["resize_type.multiplier"], json!(1.0));
    assert!(
        inputs.get("resize_type.width").is_none() && inputs.get("resize_type.height").is_none(),
        "{inputs}"
    );
    assert!(inputs.get("input").is_some_and(Value::is_array));
}

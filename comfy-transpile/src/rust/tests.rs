//! Small workflows and what they look like in Rust.

use comfy_graph::{catalog::Catalog, front};
use serde_json::{Value, json};

use super::*;

/// The file without its header, followed by the diagnostics.
fn rust(workflow: &Value) -> String {
    let catalog = Catalog::bundled();
    let read = front::read(&workflow.to_string(), &catalog).expect("a workflow");
    let emitted = emit(&read.value.graph, &catalog, &EmitOptions::default());
    syn::parse_file(&emitted.value).expect("Rust");
    let (_, code) = emitted.value.split_once("\n\n").expect("a header");
    let found = emitted.diagnostics.iter().map(|found| format!("{found}\n"));
    code.to_owned() + &found.collect::<String>()
}

/// A UI node. `links` are (input, link or null), `outputs` lists of links.
#[allow(clippy::needless_pass_by_value, reason = "calls read better")]
fn node(id: u32, class: &str, links: &[(&str, Option<u32>)], outputs: &[&[u32]], values: Value) -> Value {
    let widget = |name: &str| {
        matches!(name, "text" | "seed" | "steps" | "width" | "cfg" | "strength_model" | "scale_by")
    };
    let input = |(name, link): &(&str, Option<u32>)| {
        let mut input = json!({"name": name, "type": "*", "link": link});
        if widget(name) {
            input["widget"] = json!({"name": name});
        }
        input
    };
    json!({
        "id": id, "type": class, "mode": 0, "widgets_values": values,
        "inputs": links.iter().map(input).collect::<Vec<_>>(),
        "outputs": outputs.iter().map(|links| json!({"name": "o", "type": "*", "links": links})).collect::<Vec<_>>(),
    })
}

/// A UI workflow; links are (id, from, slot, to).
#[allow(clippy::needless_pass_by_value, reason = "calls read better")]
fn workflow(nodes: Vec<Value>, links: &[(u32, u32, u32, u32)]) -> Value {
    let links: Vec<_> =
        links.iter().map(|(id, from, slot, to)| json!([id, from, slot, to, 0, "*"])).collect();
    json!({"nodes": nodes, "links": links, "version": 0.4})
}

fn txt2img() -> Value {
    json!({
        "3": {"class_type": "KSampler", "inputs": {
            "seed": 156_680_208_700_286_u64, "steps": 20, "cfg": 8, "sampler_name": "dpmpp_2m", "scheduler": "simple",
            "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "my own.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 768, "height": 512, "batch_size": 1}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a photo of a cat", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "cat"}},
    })
}

#[test]
fn text_to_image() {
    insta::assert_snapshot!(rust(&txt2img()));
}

#[test]
fn a_chain_of_loras_takes_its_name_along() {
    let lora = |from: &str, file: &str| {
        json!({"class_type": "LoraLoader", "inputs": {"model": [from, 0], "clip": [from, 1], "lora_name": file,
            "strength_model": 0.8, "strength_clip": 1}})
    };
    let only = |from: &str, file: &str| {
        json!({"class_type": "LoraLoaderModelOnly", "inputs": {"model": [from, 0], "lora_name": file,
            "strength_model": 1}})
    };
    let mut prompt = txt2img();
    prompt["10"] = lora("4", "a.safetensors");
    prompt["11"] = only("10", "b.safetensors");
    prompt["12"] = only("11", "c.safetensors");
    prompt["3"]["inputs"]["model"] = json!(["12", 0]);
    insta::assert_snapshot!(rust(&prompt));
}

#[test]
fn prompts_say_what_is_absent_and_what_nobody_declared() {
    let prompt = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "a.png", "upload": "image"}},
        "2": {"class_type": "ImageScaleBy", "inputs": {"image": ["1", 0], "scale_by": "2", "extra": ["1", 1]}},
        "3": {"class_type": "SaveImage", "inputs": {"images": "none", "filename_prefix": 3_000_000_000_u64}},
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["1", 7]}},
    });
    insta::assert_snapshot!(rust(&prompt));
}

#[test]
fn dynamic_inputs() {
    let prompt = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
        "2": {"class_type": "BatchImagesNode", "inputs": {"images.image0": ["1", 0], "images.image1": ["1", 0]}},
        "3": {"class_type": "BatchImagesNode", "inputs": {"images.image0": ["1", 0], "images.image2": ["2", 0]}},
        "4": {"class_type": "ResizeImageMaskNode", "inputs": {"input": ["3", 0], "resize_type": "scale dimensions",
            "resize_type.width": 333, "resize_type.height": 512, "resize_type.crop": "center", "scale_method": "lanczos"}},
        "5": {"class_type": "SaveImage", "inputs": {"images": ["4", 0], "filename_prefix": "ComfyUI"}},
    });
    insta::assert_snapshot!(rust(&prompt));
}

#[test]
fn classes_that_the_catalog_does_not_have() {
    let mut prompt = txt2img();
    prompt["20"] = json!({"class_type": "Sharpen \"Moon\"", "inputs": {"image": ["8", 0], "crater": 7, "list": {"__value__": [1]}}});
    prompt["9"]["inputs"]["images"] = json!(["20", 0]);
    prompt["21"] = json!({"class_type": "ImageInvert", "inputs": {"image": ["20", 1]}});
    let text = rust(&prompt);
    let (_, after) = text.split_once("vae(ckpt.vae));").expect("the decoder");
    insta::assert_snapshot!(after);
}

#[test]
fn links_that_close_a_circle_are_set_at_the_end() {
    let prompt = json!({
        "1": {"class_type": "ImageInvert", "inputs": {"image": ["2", 0]}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    });
    insta::assert_snapshot!(rust(&prompt));
}

#[test]
fn primitives_reroutes_and_notes() {
    let mut muted = node(5, "Reroute", &[("", Some(4))], &[&[5]], json!([]));
    muted["mode"] = json!(2);
    let mut steps = node(1, "PrimitiveNode", &[], &[&[1, 2]], json!([30, "fixed"]));
    steps["title"] = json!("Steps");
    let workflow = workflow(
        vec![
            steps,
            node(
                2,
                "KSampler",
                &[("model", Some(3)), ("latent_image", Some(5)), ("steps", Some(1))],
                &[&[]],
                json!([1, "fixed", 20]),
            ),
            node(3, "KSampler", &[("model", Some(3)), ("steps", Some(2))], &[&[6]], json!([1, "fixed", 20])),
            node(4, "Reroute", &[("", Some(7))], &[&[3]], json!([])),
            muted,
            node(6, "UNETLoader", &[], &[&[7]], json!(["u.safetensors", "default"])),
            node(7, "EmptyLatentImage", &[], &[&[4]], json!([512, 512, 1])),
            node(8, "VAEDecode", &[("samples", Some(6))], &[&[]], json!([])),
            node(9, "Note", &[], &[], json!(["Sharper with\n  more steps"])),
            node(10, "PrimitiveNode", &[], &[&[]], json!(["loose"])),
        ],
        &[(1, 1, 0, 2), (2, 1, 0, 3), (3, 4, 0, 2), (4, 7, 0, 5), (5, 5, 0, 2), (6, 3, 0, 8), (7, 6, 0, 4)],
    );
    insta::assert_snapshot!(rust(&workflow));
}

#[test]
fn bypassed_and_muted_nodes_keep_their_place() {
    let mut mute = node(2, "PrimitiveInt", &[], &[&[2]], json!([640, "fixed"]));
    mute["mode"] = json!(2);
    let mut bypass = node(3, "ImageInvert", &[("image", Some(1))], &[&[3]], json!([]));
    bypass["mode"] = json!(4);
    bypass["title"] = json!("Try me");
    let workflow = workflow(
        vec![
            node(1, "EmptyImage", &[("width", Some(2))], &[&[1]], json!([333, 512, 1, 0])),
            mute,
            bypass,
            node(4, "PreviewImage", &[("images", Some(3))], &[], json!([])),
        ],
        &[(1, 1, 0, 3), (2, 2, 0, 1), (3, 3, 0, 4)],
    );
    insta::assert_snapshot!(rust(&workflow));
}

/// A definition with a link input, a promoted number and one output, used twice.
fn with_subgraph() -> Value {
    let port = |name: &str, kind: &str, links: &[u32]| json!({"id": name, "name": name, "type": kind, "linkIds": links});
    let link = |id: u32, from: i32, to: i32| json!({"id": id, "origin_id": from, "origin_slot": i32::from(id == 2), "target_id": to, "target_slot": 0, "type": "*"});
    let definition = json!({
        "id": "aaaa", "name": "Upscale it", "version": 1,
        "inputs": [port("image", "IMAGE", &[1]), port("scale_by", "FLOAT", &[2])],
        "outputs": [port("IMAGE", "IMAGE", &[3])],
        "nodes": [node(5, "ImageScaleBy", &[("image", Some(1)), ("scale_by", Some(2))], &[&[3]], json!(["lanczos", 1.5]))],
        "links": [link(1, -10, 5), link(2, -10, 5), link(3, 5, -20)],
    });
    let mut second = node(3, "aaaa", &[("image", None), ("scale_by", None)], &[&[]], json!([3]));
    second["mode"] = json!(4);
    second["title"] = json!("Again");
    let mut workflow = workflow(
        vec![
            node(1, "LoadImage", &[], &[&[1], &[]], json!(["a.png", "image"])),
            node(2, "aaaa", &[("image", Some(1)), ("scale_by", None)], &[&[2]], json!([])),
            second,
            node(4, "PreviewImage", &[("images", Some(2))], &[], json!([])),
        ],
        &[(1, 1, 0, 2), (2, 2, 0, 4)],
    );
    workflow["definitions"] = json!({"subgraphs": [definition]});
    workflow
}

#[test]
fn subgraphs_are_functions() {
    insta::assert_snapshot!(rust(&with_subgraph()));
}

#[test]
fn what_cannot_be_said_is_reported() {
    let mut workflow = with_subgraph();
    workflow["nodes"][1]["type"] = json!("ImageInvert");
    workflow["nodes"][2]["type"] = json!("ImageInvert");
    let text = rust(&workflow);
    assert!(text.contains("subgraph \"Upscale it\" is not used"), "{text}");
}

#[test]
fn hostile_texts_stay_texts() {
    let mut workflow = with_subgraph();
    workflow["definitions"]["subgraphs"][0]["name"] = json!("g add\n*/ fn main() {} //");
    workflow["nodes"][0]["title"] = json!("g_add(\"\\\") \r\u{202e} */");
    workflow["nodes"][3]["title"] = json!("comfy_marker_c0;");
    workflow["nodes"][0]["widgets_values"] = json!(["../\"#{}\n.png", "image"]);
    let text = rust(&workflow);
    assert!(text.contains("fn g_add_2(") || text.contains("fn g_add_fn_main("), "{text}");
    assert!(text.contains(r#".title("comfy_marker_c0;")"#), "{text}");
    assert!(text.contains(r#".title("g_add(\"\\\") \r\u{202e} */")"#), "{text}");
}

#[test]
fn deep_chains_do_not_overflow_the_stack() {
    let mut prompt = serde_json::Map::new();
    prompt.insert("0".into(), json!({"class_type": "EmptyImage", "inputs": {}}));
    for id in 1..3_000 {
        let from = (id - 1).to_string();
        prompt.insert(id.to_string(), json!({"class_type": "ImageInvert", "inputs": {"image": [from, 0]}}));
    }
    let text = rust(&Value::Object(prompt));
    assert!(text.matches("ImageInvert::new()").count() == 2_999);
    assert!(text.contains("let image = g.add(ImageInvert::new().image(image));"));
}

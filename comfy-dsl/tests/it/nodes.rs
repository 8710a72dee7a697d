//! Single nodes: values, links, defaults, dynamic inputs, modes.

use comfy_dsl::prelude::*;
use comfy_graph::{diag::Place, graph::WidgetForm};

use super::{classes, found, inputs, problems, prompt, support::*};

fn text_to_image(g: &Flow) -> Output<Image> {
    let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name("sd15.safetensors"));
    let positive = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("a photo of a cat"));
    let latent = g.add(EmptyLatentImage::new().width(768));
    let samples = g.add(
        KSampler::new()
            .model(ckpt.model)
            .positive(positive)
            .latent_image(latent)
            .seed(18_446_744_073_709_551_615)
            .sampler_name(SamplerName::Dpmpp2m),
    );
    g.add(VAEDecode::new().samples(samples).vae(ckpt.vae))
}

#[test]
fn a_chain_becomes_a_prompt_with_all_defaults() {
    let g = Flow::new();
    let image = text_to_image(&g);
    g.add(SaveImage::new().images(image));
    let prompt = prompt(&g);
    assert_eq!(
        classes(&prompt),
        [
            "1 CheckpointLoaderSimple",
            "2 CLIPTextEncode",
            "3 EmptyLatentImage",
            "4 KSampler",
            "5 VAEDecode",
            "6 SaveImage"
        ]
    );
    assert_eq!(inputs(&prompt, "1"), json!({"ckpt_name": "sd15.safetensors"}));
    assert_eq!(inputs(&prompt, "2"), json!({"text": "a photo of a cat", "clip": ["1", 1]}));
    assert_eq!(inputs(&prompt, "3"), json!({"width": 768, "height": 512}));
    let sampler = json!({
        "seed": 18_446_744_073_709_551_615_u64, "cfg": 8.0, "sampler_name": "dpmpp_2m", "preview": true,
        "model": ["1", 0], "positive": ["2", 0], "latent_image": ["3", 0],
    });
    assert_eq!(inputs(&prompt, "4"), sampler);
    assert_eq!(inputs(&prompt, "6"), json!({"filename_prefix": "ComfyUI", "images": ["5", 0]}));
}

#[test]
fn sockets_and_widgets_are_in_the_order_of_the_frontend() {
    let g = Flow::new();
    text_to_image(&g);
    let graph = g.to_graph().value;
    let sampler = &graph[graph.find("4").expect("the sampler")];
    let sockets: Vec<_> = sampler.inputs.iter().map(|input| (&*input.name, input.widget)).collect();
    let expected = [
        ("model", false),
        ("positive", false),
        ("latent_image", false),
        ("seed", true),
        ("cfg", true),
        ("sampler_name", true),
        ("preview", true),
    ];
    assert_eq!(sockets, expected);
    let widgets: Vec<_> = sampler.widgets.iter().map(|widget| &*widget.name).collect();
    assert_eq!(widgets, ["seed", "cfg", "sampler_name", "preview"]);
    let text = &graph[graph.find("2").expect("the text")];
    assert_eq!(text.widgets[0].form, WidgetForm::DynamicPrompt);
    assert_eq!(sampler.outputs[0].io_type.as_str(), "LATENT");
}

#[test]
fn adding_nests_and_the_innermost_comes_first() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    g.add(SaveImage::new().images(g.add(ImageScaleBy::new().image(loaded.image).scale_by(2))));
    let prompt = prompt(&g);
    assert_eq!(classes(&prompt), ["1 LoadImage", "2 ImageScaleBy", "3 SaveImage"]);
    assert_eq!(inputs(&prompt, "2")["scale_by"], json!(2));
}

#[test]
fn hidden_widgets_are_sent_but_have_no_socket() {
    let g = Flow::new();
    g.add(LoadImage::new().image("cat.png"));
    assert_eq!(inputs(&prompt(&g), "1"), json!({"image": "cat.png", "button": "upload", "channel": "red"}));
    let graph = g.to_graph().value;
    let node = &graph[graph.find("1").expect("the loader")];
    let sockets: Vec<_> = node.inputs.iter().map(|input| &*input.name).collect();
    assert_eq!(sockets, ["image", "channel"]);
}

#[test]
fn raw_values_and_unset() {
    let g = Flow::new();
    let latent = g.add(EmptyLatentImage::new().width(raw("wide")).height(Unset));
    assert_eq!(inputs(&g.to_prompt(), "1"), json!({"width": "wide"}));
    g.add(
        KSampler::new()
            .model(unlinked())
            .positive(unlinked())
            .latent_image(latent)
            .cfg(Unset)
            .raw_input("preview", raw(json!([1, 2])))
            .raw_input("seed", 7)
            .seed(1)
            .raw_input("model", "a literal at a socket")
            .raw_input("undeclared", latent)
            .raw_input("another", 0.5),
    );
    let expected = json!({
        "seed": 7, "sampler_name": "euler", "preview": {"__value__": [1, 2]}, "another": 0.5,
        "model": "a literal at a socket", "latent_image": ["1", 0], "undeclared": ["1", 0],
    });
    assert_eq!(inputs(&g.to_prompt(), "2"), expected);
}

#[test]
fn a_link_can_have_a_value_under_it() {
    let g = Flow::new();
    let numbers = g.add(MathExpression::new());
    let sampler = || KSampler::new().model(unlinked()).positive(unlinked()).latent_image(unlinked());
    g.add(sampler().cfg(numbers.float.or(3)).seed(numbers.int.or(5)).sampler_name(unlinked()));
    g.add(sampler().cfg(numbers.float).seed(numbers.int).preview(false).sampler_name(SamplerName::Euler));
    let linked = prompt(&g);
    assert_eq!(inputs(&linked, "2")["cfg"], json!(["1", 0]));
    assert_eq!(inputs(&linked, "2")["seed"], json!(["1", 1]));
    assert_eq!(inputs(&linked, "2")["sampler_name"], json!("euler"));
    g.mute(numbers.float);
    let muted = prompt(&g);
    assert_eq!(inputs(&muted, "2")["cfg"], json!(3));
    assert_eq!(inputs(&muted, "2")["seed"], json!(5));
    assert_eq!(inputs(&muted, "3")["cfg"], json!(8.0), "without `or`, the default");
    assert_eq!(inputs(&muted, "3")["preview"], json!(false));
}

#[test]
fn growing_inputs_take_arrays_lists_and_names() {
    let g = Flow::new();
    let a = g.add(LoadImage::new()).image;
    g.add(BatchImagesNode::new().images([a, a]));
    g.add(BatchImagesNode::new().images(vec![a]));
    g.add(BatchImagesNode::new().images(grow().push(a).named("last", a).push(a)));
    let numbers = g.add(MathExpression::new().values(grow().push(raw(2)).named("c", raw(3))));
    g.add(MathExpression::new().values(grow().push(numbers.float).push(unlinked::<Int>()).push(numbers.int)));
    let prompt = g.to_prompt();
    assert_eq!(inputs(&prompt, "2"), json!({"images.image0": ["1", 0], "images.image1": ["1", 0]}));
    assert_eq!(inputs(&prompt, "3"), json!({"images.image0": ["1", 0]}));
    let named = json!({"images.image0": ["1", 0], "images.last": ["1", 0], "images.image1": ["1", 0]});
    assert_eq!(inputs(&prompt, "4"), named);
    assert_eq!(inputs(&prompt, "5"), json!({"expression": "a + b", "values.a": 2, "values.c": 3}));
    let mixed = json!({"expression": "a + b", "values.a": ["5", 0], "values.c": ["5", 1]});
    assert_eq!(inputs(&prompt, "6"), mixed);
}

#[test]
fn dynamic_combos_bring_their_inputs_at_any_depth() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let base = || ResizeImageMaskNode::new().input(loaded.image);
    g.add(base());
    g.add(base().resize_type(ResizeType::scale_dimensions().width(64)));
    let mode = MatchMode::multiple().by(16);
    let resized = g.add(
        base()
            .resize_type(ResizeType::matching().reference(loaded.image).mode(mode))
            .raw_input("resize_type.new", 1),
    );
    g.add(base().resize_type(ResizeType::matching()));
    g.add(
        base()
            .resize_type(raw("match"))
            .raw_input("resize_type.mode", "multiple")
            .raw_input("resize_type.mode.by", 3),
    );
    g.add(SaveImage::new().images(resized));
    let prompt = prompt(&g);
    let default = json!({
        "resize_type": "scale dimensions", "resize_type.width": 512, "resize_type.crop": "center",
        "scale_method": "area", "input": ["1", 0],
    });
    assert_eq!(inputs(&prompt, "2"), default);
    assert_eq!(inputs(&prompt, "3")["resize_type.width"], json!(64));
    let matching = json!({
        "resize_type": "match", "resize_type.mode": "multiple", "resize_type.mode.by": 16, "scale_method": "area",
        "resize_type.new": 1, "input": ["1", 0], "resize_type.reference": ["1", 0],
    });
    assert_eq!(inputs(&prompt, "4"), matching);
    assert_eq!(inputs(&prompt, "5")["resize_type.mode"], json!("exact"));
    assert_eq!(inputs(&prompt, "6")["resize_type.mode.by"], json!(3));
}

#[test]
fn match_types_pass_the_type_on() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let image: Output<Image> = g.add(ResizeImageMaskNode::new().input(loaded.image).bypass());
    let mask: Output<Mask> = g.add(ResizeImageMaskNode::new().input(loaded.mask));
    g.add(ImageScaleBy::new().image(image).mask(mask));
    let graph = g.to_graph().value;
    let io_type = |id: &str| graph[graph.find(id).expect("a node")].outputs[0].io_type.to_string();
    assert_eq!((io_type("2"), io_type("3")), ("IMAGE".to_owned(), "MASK".to_owned()));
    let scaled = inputs(&prompt(&g), "4");
    assert_eq!((&scaled["image"], &scaled["mask"]), (&json!(["1", 0]), &json!(["3", 0])));
}

#[test]
fn inputs_of_any_type_and_json_widgets() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    g.add(ShowAny::new().value(loaded.mask).color(json!("#ff0000")));
    g.add(ShowAny::new().value(json!({"a": 1})));
    let prompt = prompt(&g);
    assert_eq!(inputs(&prompt, "2"), json!({"color": "#ff0000", "value": ["1", 1]}));
    assert_eq!(inputs(&prompt, "3"), json!({"color": "#000000", "value": {"a": 1}}));
}

#[test]
fn bypass_mute_and_title_before_and_after_adding() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new().title("The cat"));
    let small = g.add(ImageScaleBy::new().image(loaded.image).bypass());
    let large = g.add(ImageScaleBy::new().image(small));
    let save = g.add(SaveImage::new().images(large));
    let other = g.add(SaveImage::new().images(small).mute());
    g.bypass(large);
    g.title(save, "Final");
    g.title(loaded, "A cat");
    let prompt = prompt(&g);
    assert_eq!(classes(&prompt), ["1 LoadImage", "4 SaveImage"]);
    assert_eq!(inputs(&prompt, "4")["images"], json!(["1", 0]));
    assert_eq!(prompt["1"]["_meta"]["title"], json!("A cat"));
    assert_eq!(prompt["4"]["_meta"]["title"], json!("Final"));
    g.mode(other, comfy_graph::graph::Mode::Always);
    assert_eq!(inputs(&g.to_prompt(), "5")["images"], json!(["1", 0]));
}

#[test]
fn raw_nodes_take_everything_and_can_be_bypassed() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let moon = RawNode::new("Moon").input("crater", 7).input("image", loaded.image).input("deep", true);
    let moon = g.add(moon.input("name", "Tycho").input("list", json!([1])).output("IMAGE", "IMAGE"));
    g.add(SaveImage::new().images(moon.out(0)));
    let expected =
        json!({"crater": 7, "deep": true, "name": "Tycho", "list": {"__value__": [1]}, "image": ["1", 0]});
    assert_eq!(inputs(&prompt(&g), "2"), expected);
    g.bypass(moon);
    assert_eq!(inputs(&prompt(&g), "3")["images"], json!(["1", 0]));
}

#[test]
fn the_macro_is_the_same_as_the_chain() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let image = node!(g, ImageScaleBy { image: loaded.image, scale_by: 1.5 });
    node!(g, crate::support::SaveImage { images: image, filename_prefix: "x", title: "T" });
    let images = [image];
    node!(&g, BatchImagesNode { images });
    let prompt = prompt(&g);
    assert_eq!(inputs(&prompt, "2")["scale_by"], json!(1.5));
    assert_eq!(inputs(&prompt, "3"), json!({"filename_prefix": "x", "images": ["2", 0]}));
    assert_eq!(inputs(&prompt, "4"), json!({"images.image0": ["2", 0]}));
}

#[test]
fn problems_are_all_reported() {
    let g = Flow::new();
    let other = Flow::new().add(LoadImage::new());
    let a = g.add(LoadImage::new()).image;
    g.add(EmptyLatentImage::new().width(1).width(2));
    g.add(BatchImagesNode::new().images([a, a, a, a]));
    g.add(SaveImage::new().images(other.image));
    g.add(ImageScaleBy::new().image(a).scale_by(f64::NAN));
    g.add(BatchImagesNode::new().images(grow().named("image0", a).push(a)));
    g.bypass(other);
    g.output("IMAGE", a);
    assert_eq!(g.input("image", a).node(), a.node());
    g.mute(g.instance());
    let expected = [
        "dangling_link",
        "dangling_link",
        "outside_subgraph",
        "outside_subgraph",
        "dangling_link",
        "duplicate_setting",
        "too_many_items",
        "invalid_input_type",
        "duplicate_setting",
        "value_smaller_than_min",
        "undeclared_input",
    ];
    assert_eq!(found(&g), expected);
    let problems = problems(&g);
    let twice = problems.iter().find(|problem| problem.input.as_deref() == Some("width")).expect("the width");
    assert_eq!(
        twice.to_string(),
        "error[duplicate_setting]: EmptyLatentImage #2: `width` is set more than once"
    );
    assert!(matches!(&twice.place, Some(Place::Rust(at)) if at.file().ends_with("nodes.rs")), "{twice:?}");
    assert_eq!(twice.related.len(), 1);
    assert_eq!(inputs(&g.to_prompt(), "2")["width"], json!(2), "the last setting holds");
}

#[test]
fn an_option_of_a_dynamic_combo_reports_double_settings_too() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    g.add(
        ResizeImageMaskNode::new()
            .input(loaded.image)
            .resize_type(ResizeType::scale_dimensions().width(1).width(2)),
    );
    assert_eq!(found(&g), ["duplicate_setting"]);
}

#[test]
fn flows_cross_threads() {
    let g = Flow::new();
    std::thread::scope(|scope| {
        scope.spawn(|| g.add(LoadImage::new()));
    });
    assert_eq!(classes(&prompt(&g)), ["1 LoadImage"]);
}

#[test]
fn a_dynamic_combo_can_be_linked_with_an_option_under_it() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let choice = g.add(RawNode::new("Choose"));
    let base = || ResizeImageMaskNode::new().input(loaded.image);
    g.add(base().resize_type(choice.out::<Combo>(0).or(ResizeType::scale_dimensions().width(9))));
    g.add(base().resize_type(choice.out::<Combo>(0)));
    let linked = prompt(&g);
    assert_eq!(inputs(&linked, "3")["resize_type"], json!(["2", 0]));
    assert_eq!(inputs(&linked, "3")["resize_type.width"], json!(9));
    assert_eq!(inputs(&linked, "4")["resize_type.width"], json!(512));
    g.mute(choice);
    assert_eq!(inputs(&prompt(&g), "3")["resize_type"], json!("scale dimensions"));
}

//! Subgraphs: functions that make an instance and its definition.

use comfy_dsl::prelude::*;
use comfy_graph::graph::{Graph, Subgraph};

use super::{classes, found, inputs, problems, prompt, support::*};

fn upscale(
    g: &Flow,
    image: Output<Image>,
    mask: Option<Output<Mask>>,
    scale: impl FloatInput,
    method: impl Choice<UpscaleMethod>,
) -> Output<Image> {
    let g = &g.subgraph("Upscale");
    let image = g.input("image", image);
    let mask = g.input("mask", mask);
    let scale = g.input("scale", scale);
    let method = g.input("method", method);
    let up = g.add(ImageScaleBy::new().image(image).mask(mask).scale_by(scale).upscale_method(method));
    g.output("IMAGE", up)
}

fn definition(graph: &Graph, position: usize) -> &Subgraph {
    graph.subgraphs().nth(position).expect("a definition").1
}

#[test]
fn values_are_promoted_and_links_handed_in() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let numbers = g.add(MathExpression::new());
    let once = upscale(&g, loaded.image, None, 2.0, UpscaleMethod::Lanczos);
    let twice = upscale(&g, once, Some(loaded.mask), numbers.float, unlinked());
    g.add(SaveImage::new().images(twice));
    let prompt = prompt(&g);
    let expected = ["1 LoadImage", "2 MathExpression", "7 SaveImage", "3:4 ImageScaleBy", "5:6 ImageScaleBy"];
    assert_eq!(classes(&prompt), expected);
    assert_eq!(
        inputs(&prompt, "3:4"),
        json!({"upscale_method": "lanczos", "scale_by": 2.0, "image": ["1", 0]})
    );
    let second = json!({
        "upscale_method": "nearest-exact", "scale_by": ["2", 0], "image": ["3:4", 0], "mask": ["1", 1],
    });
    assert_eq!(inputs(&prompt, "5:6"), second);
    assert_eq!(inputs(&prompt, "7")["images"], json!(["5:6", 0]));
}

#[test]
fn an_instance_has_widgets_for_inputs_that_lead_to_widgets() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    upscale(&g, loaded.image, None, 2.0, UpscaleMethod::Lanczos);
    let graph = g.to_graph().value;
    let instance = &graph[graph.find("2").expect("the instance")];
    let sockets: Vec<_> =
        instance.inputs.iter().map(|input| (&*input.name, input.io_type.as_str(), input.widget)).collect();
    let expected = [
        ("image", "IMAGE", false),
        ("mask", "MASK", false),
        ("scale", "FLOAT", true),
        ("method", "COMBO", true),
    ];
    assert_eq!(sockets, expected);
    let values: Vec<_> = instance.widgets.iter().map(|widget| widget.value.clone()).collect();
    assert_eq!(values, [Some(json!(2.0)), Some(json!("lanczos"))]);
    let inside = definition(&graph, 0);
    assert_eq!(&*inside.name, "Upscale");
    assert_eq!(inside.outputs()[0].io_type.as_str(), "IMAGE");
    assert_eq!(inside.uses_of_input(2).count(), 1);
}

#[test]
fn a_value_for_a_plain_socket_arrives_too() {
    let g = Flow::new();
    let inner = g.subgraph("Show");
    let value: Output<Str> = inner.input("value", 5_i64.to_string());
    inner.add(ShowAny::new().value(value));
    assert_eq!(inputs(&prompt(&g), "1:2")["value"], json!("5"));
}

fn outer(g: &Flow, image: Output<Image>, scale: impl FloatInput) -> (Output<Image>, Output<Image>) {
    let g = &g.subgraph("Outer");
    let image = g.input("image", image);
    let scale = g.input("scale", scale);
    let up = upscale(g, image, None, scale, UpscaleMethod::NearestExact);
    let batch = g.add(BatchImagesNode::new().images([image, up]));
    (g.output("up", up), g.output("batch", batch))
}

#[test]
fn subgraphs_nest() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let (up, batch) = outer(&g, loaded.image, 3);
    g.add(SaveImage::new().images(up));
    g.add(SaveImage::new().images(batch));
    let prompt = prompt(&g);
    assert_eq!(inputs(&prompt, "2:3:4")["scale_by"], json!(3));
    assert_eq!(inputs(&prompt, "2:3:4")["image"], json!(["1", 0]));
    assert_eq!(inputs(&prompt, "2:5"), json!({"images.image0": ["1", 0], "images.image1": ["2:3:4", 0]}));
    assert_eq!(inputs(&prompt, "6")["images"], json!(["2:3:4", 0]));
    assert_eq!(inputs(&prompt, "7")["images"], json!(["2:5", 0]));
    let graph = g.to_graph().value;
    let names: Vec<_> = graph.subgraphs().map(|(_, subgraph)| subgraph.name.to_string()).collect();
    assert_eq!(names, ["Upscale", "Outer"], "inner definitions come first");
    assert!(
        graph[graph.find("2").expect("the outer instance")].inputs[1].widget,
        "promoted through two levels"
    );
}

#[test]
fn outputs_of_the_surroundings_are_captured_once_at_every_level() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let outer = g.subgraph("Outer");
    let image = outer.input("image", g.add(ImageScaleBy::new().image(loaded.image)));
    let inner = outer.subgraph("Inner");
    inner.add(ImageScaleBy::new().image(loaded.image).mask(loaded.mask));
    inner.add(BatchImagesNode::new().images([loaded.image, image]));
    let prompt = prompt(&g);
    assert_eq!(inputs(&prompt, "2:4:5")["image"], json!(["1", 0]));
    assert_eq!(inputs(&prompt, "2:4:5")["mask"], json!(["1", 1]));
    let batch = json!({"images.image0": ["1", 0], "images.image1": ["3", 0]});
    assert_eq!(inputs(&prompt, "2:4:6"), batch);
    let graph = g.to_graph().value;
    let names = |subgraph: &Subgraph| {
        subgraph.inputs().iter().map(|input| input.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(definition(&graph, 0)), ["image_1", "mask", "image"], "named like what they come from");
    assert_eq!(names(definition(&graph, 1)), ["image", "image_1", "mask"]);
}

#[test]
fn an_input_may_be_an_output() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let inner = g.subgraph("Pass");
    let image = inner.input("image", loaded.image);
    let image = inner.output("x", image);
    let captured = inner.output("mask", loaded.mask);
    g.add(ImageScaleBy::new().image(image).mask(captured));
    let scaled = inputs(&prompt(&g), "3");
    assert_eq!((&scaled["image"], &scaled["mask"]), (&json!(["1", 0]), &json!(["1", 1])));
}

#[test]
fn instances_can_be_bypassed_muted_and_titled() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let up = upscale(&g, loaded.image, None, 2, UpscaleMethod::Lanczos);
    g.add(SaveImage::new().images(up));
    g.bypass(up);
    let silent = g.subgraph("Silent");
    silent.add(LoadImage::new());
    g.mute(silent.instance());
    g.title(silent.instance(), "Quiet");
    let prompt = prompt(&g);
    assert_eq!(classes(&prompt), ["1 LoadImage", "4 SaveImage"]);
    assert_eq!(inputs(&prompt, "4")["images"], json!(["1", 0]));
    let graph = g.to_graph().value;
    let silent = &graph[graph.find("5").expect("the instance")];
    assert_eq!(silent.title.as_deref(), Some("Quiet"));
}

#[test]
fn ports_can_have_types_of_their_own() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let inner = g.subgraph("Resize");
    let either = inner.input_typed("either", "IMAGE,MASK", loaded.mask);
    let resized = inner.add(ResizeImageMaskNode::new().input(either));
    inner.output_typed("resized", "*", resized);
    let graph = g.to_graph().value;
    let inside = definition(&graph, 0);
    assert_eq!(inside.inputs()[0].io_type.as_str(), "IMAGE,MASK");
    assert_eq!(inside.outputs()[0].io_type.as_str(), "*");
    let resize = &inside.graph[inside.graph.find("3").expect("the node")];
    assert_eq!(resize.outputs[0].io_type.as_str(), "IMAGE,MASK");
}

#[test]
fn inner_outputs_do_not_leak_and_options_do_not_pass() {
    let g = Flow::new();
    let inner = g.subgraph("Inner");
    let loaded = inner.add(LoadImage::new());
    let option = inner.input("resize", ResizeType::scale_dimensions().width(5));
    inner.add(ResizeImageMaskNode::new().input(loaded.image).resize_type(option));
    inner.input::<Float>("scale", Unset);
    inner.input::<Int>("steps", 20_i64);
    inner.input("factor", 0.5);
    let sibling = g.subgraph("Sibling");
    sibling.add(SaveImage::new().images(loaded.image));
    g.add(SaveImage::new().images(loaded.image));
    assert_eq!(found(&g), ["dangling_link", "dangling_link", "invalid_input_type", "invalid_input_type"]);
    let problems = problems(&g);
    assert_eq!(
        problems[1].message,
        "SaveImage #6 uses output 0 of LoadImage #2, which is inside of a subgraph"
    );
}

#[test]
fn a_subgraph_that_uses_its_own_output_is_reported_not_followed() {
    let g = Flow::new();
    let inner = g.subgraph("Snake");
    let image = inner.input("image", g.add(LoadImage::new()).image);
    let out = inner.output("IMAGE", image);
    inner.add(SaveImage::new().images(out));
    let graph = g.to_graph().value;
    graph.verify().expect("a graph that keeps its invariants");
    assert!(g.to_prompt().get("1:3").is_some());
}

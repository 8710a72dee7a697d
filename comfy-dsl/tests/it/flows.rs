//! Flows as a whole: ids, notes, merging, and what may cross threads.

use comfy_dsl::{__private::Record, ComfyType, Mode, Problems, prelude::*};
use comfy_graph::graph::NodeKind;

use super::{classes, found, inputs, prompt, support::*};

#[test]
fn what_a_user_holds_crosses_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Flow>();
    crosses::<Output<Image>>();
    crosses::<NodeRef>();
    crosses::<Problems>();
    crosses::<RawNode>();
    crosses::<Raw>();
    crosses::<Record>();
    crosses::<KSampler>();
    crosses::<comfy_dsl::Grow<Image>>();
    assert_eq!(Image::NAME, "IMAGE");
}

#[test]
fn ids_can_be_given_and_the_rest_goes_around_them() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let scaled = g.add(ImageScaleBy::new().image(loaded.image).id(1));
    let by_word = g.add(SaveImage::new().images(scaled).id("final"));
    let by_number = g.add(SaveImage::new().images(scaled).id(40));
    assert_eq!(classes(&prompt(&g)), ["1 ImageScaleBy", "40 SaveImage", "41 LoadImage", "final SaveImage"]);
    assert_eq!(inputs(&prompt(&g), "final")["images"], json!(["1", 0]));
    let ids = [g.id_of(loaded), g.id_of(scaled), g.id_of(by_word), g.id_of(by_number)];
    assert_eq!(ids.map(|id| id.expect("a node of g")), ["41", "1", "final", "40"]);
    assert_eq!(Flow::new().id_of(loaded), None);
}

#[test]
fn ids_inside_of_subgraphs_are_paths() {
    let g = Flow::new();
    let inner = |at: u32| {
        let s = g.subgraph("Inner");
        let node = s.add(LoadImage::new().id(7));
        g.id(s.instance(), at);
        node
    };
    let (first, second) = (inner(57), inner(58));
    assert_eq!(classes(&prompt(&g)), ["57:7 LoadImage", "58:7 LoadImage"]);
    assert_eq!((g.id_of(first).as_deref(), g.id_of(second).as_deref()), (Some("57:7"), Some("58:7")));
}

#[test]
fn an_id_given_twice_is_reported() {
    let g = Flow::new();
    g.add(LoadImage::new().id(7));
    g.add(LoadImage::new().id(7));
    g.add(LoadImage::new().id(""));
    g.subgraph("Inner").add(LoadImage::new().id(-10));
    assert_eq!(found(&g), ["duplicate_node_id"; 3]);
    assert_eq!(g.to_graph().value.len(), 4, "nothing is lost");
}

#[test]
fn notes_are_in_the_graph_only() {
    let g = Flow::new();
    let text = g.note("Mind the gap");
    g.title(text, "A warning");
    let inner = g.subgraph("Inner");
    inner.note("inside");
    inner.add(LoadImage::new());
    let graph = g.to_graph().value;
    let (_, node) = graph.nodes().next().expect("the note");
    assert!(matches!(node.kind, NodeKind::Virtual(_)));
    assert_eq!(node.title.as_deref(), Some("A warning"));
    assert_eq!(node.widgets[0].value, Some(json!("Mind the gap")));
    assert_eq!(classes(&prompt(&g)), ["2:4 LoadImage"]);
}

#[test]
fn a_merged_flow_keeps_its_handles_and_its_subgraphs() {
    let library = Flow::new();
    let cat = library.add(LoadImage::new());
    let inner = library.subgraph("Inner");
    let image = inner.input("image", cat.image);
    let up = inner.output("IMAGE", inner.add(ImageScaleBy::new().image(image)));

    let g = Flow::new();
    g.add(SaveImage::new().images(unlinked()).mute());
    g.merge(&library);
    g.add(SaveImage::new().images(up));
    g.add(SaveImage::new().images(cat.image));
    g.title(up, "Twice");
    let merged = prompt(&g);
    assert_eq!(classes(&merged), ["2 LoadImage", "5 SaveImage", "6 SaveImage", "3:4 ImageScaleBy"]);
    assert_eq!(inputs(&merged, "5")["images"], json!(["3:4", 0]));
    assert_eq!(inputs(&merged, "6")["images"], json!(["2", 0]));
    assert_eq!(g.id_of(up).as_deref(), Some("3"));
    assert_eq!(library.to_graph().value.len(), 2, "the library is as it was");
}

#[test]
fn flows_merge_into_subgraphs_into_themselves_and_through_others() {
    let (a, b, g) = (Flow::new(), Flow::new(), Flow::new());
    let image = a.add(LoadImage::new()).image;
    b.add(LoadImage::new());
    b.merge(&a);
    let inner = g.subgraph("Inner");
    inner.merge(&b);
    inner.add(SaveImage::new().images(image));
    let merged = prompt(&g);
    assert_eq!(classes(&merged), ["1:2 LoadImage", "1:3 LoadImage", "1:4 SaveImage"]);
    assert_eq!(inputs(&merged, "1:4")["images"], json!(["1:3", 0]));
    g.merge(&g.clone());
    assert_eq!(prompt(&g).as_object().map(serde_json::Map::len), Some(6));
}

#[test]
fn every_mode_can_be_said() {
    let g = Flow::new();
    let a = g.add(LoadImage::new().mode(Mode::OnTrigger));
    g.add(SaveImage::new().images(a.image).mode(Mode::OnEvent));
    let modes: Vec<_> = g.to_graph().value.nodes().map(|(_, node)| node.mode.number()).collect();
    assert_eq!(modes, [3, 1]);
    assert_eq!(classes(&prompt(&g)), ["1 LoadImage", "2 SaveImage"]);
}

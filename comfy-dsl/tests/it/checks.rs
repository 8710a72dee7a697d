//! What `build` finds out without a server, and with a catalog; where each problem points.

use comfy_dsl::{Catalog, Diagnostic, Validator, prelude::*};
use comfy_graph::diag::Place;

use super::{found, problems, support::*};

/// The line of a problem's place.
fn line(problem: &Diagnostic) -> u32 {
    match &problem.place {
        Some(Place::Rust(at)) => at.line(),
        other => panic!("{problem} is at {other:?}"),
    }
}

fn save(g: &Flow, samples: Output<Latent>) {
    g.add(SaveImage::new().images(g.add(VAEDecode::new().samples(samples))));
}

fn sampler(latent: Output<Latent>) -> KSampler<Set, Set, Set> {
    KSampler::new().model(unlinked()).positive(unlinked()).latent_image(latent)
}

use comfy_dsl::__private::Set;

#[test]
fn everything_is_found_at_once_each_at_its_setter() {
    let g = Flow::new();
    let first = line!() + 1;
    let latent = g.add(EmptyLatentImage::new().width(8).height(70_000));
    let samples = g.add(
        sampler(latent)
            .cfg(-1)
            .sampler_name(raw("eular"))
            .seed(raw("not a number"))
            .preview(true)
            .preview(false),
    );
    save(&g, samples);
    let problems = problems(&g);
    let said: Vec<_> = problems.iter().map(|p| (line(p) - first, p.message.as_str())).collect();
    let expected = [
        (7, "KSampler #2: `preview` is set more than once"),
        (0, "EmptyLatentImage #1: width is 8, but at least 16 is needed"),
        (0, "EmptyLatentImage #1: height is 70000, but at most 16384 is allowed"),
        (3, "KSampler #2: cfg is -1, but at least 0.0 is needed"),
        (4, "KSampler #2: sampler_name has no option \"eular\""),
    ];
    assert_eq!(said, expected);
    assert!(problems[4].advice().any(|advice| advice.contains("euler")));
    let shown = g.build().expect_err("problems").to_string();
    assert!(shown.contains("checks.rs:") && shown.contains("\n  help: "), "{shown}");
}

#[test]
fn a_part_of_a_dynamic_input_points_at_its_own_setter() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let first = line!() + 1;
    let matching =
        ResizeType::matching().mode(MatchMode::multiple().by(raw("x")).by(8)).reference(loaded.image);
    let resized = g.add(ResizeImageMaskNode::new().input(loaded.image).resize_type(matching));
    g.add(SaveImage::new().images(resized));
    let problems = problems(&g);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((line(&problems[0]) - first, problems[0].input.as_deref()), (1, Some("resize_type.mode.by")));
}

#[test]
fn what_the_server_insists_on_may_not_be_unlinked() {
    let g = Flow::new();
    g.add(SaveImage::new().images(unlinked()));
    g.add(SaveImage::new().images(g.add(BatchImagesNode::new().images(Vec::<Output<Image>>::new()))));
    let problems = problems(&g);
    let said: Vec<_> = problems.iter().map(|p| (p.code.name(), p.input.as_deref())).collect();
    let missing = "required_input_missing";
    assert_eq!(said, [(missing, Some("images")), (missing, Some("images.image0"))]);
}

#[test]
fn casts_are_held_to_what_the_nodes_say() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    g.add(SaveImage::new().images(loaded.mask.cast()));
    assert_eq!(found(&g), ["return_type_mismatch"]);
}

#[test]
fn templates_pass_types_on() {
    let g = Flow::new();
    let loaded = g.add(LoadImage::new());
    let resized = g.add(ResizeImageMaskNode::new().input(loaded.mask));
    g.add(SaveImage::new().images(resized.cast()));
    assert_eq!(found(&g), ["return_type_mismatch"], "a mask comes out");
}

#[test]
fn what_is_muted_is_not_refused() {
    let g = Flow::new();
    g.add(EmptyLatentImage::new().width(1).mute());
    let loaded = g.add(LoadImage::new());
    g.add(SaveImage::new().images(loaded.image));
    g.add(RawNode::new("Unknown").input("a", 1));
    assert!(g.build().is_ok(), "{:?}", g.build());
}

#[test]
fn nothing_to_run_is_an_error() {
    assert_eq!(Flow::new().build().expect_err("empty")[0].code.name(), "prompt_no_outputs");
}

#[test]
fn a_catalog_knows_files_and_classes() {
    let info = json!({
        "LoadImage": {
            "input": {
                "required": {"image": [["cat.png", "dog.png"]]},
                "optional": {"button": ["STRING"], "channel": ["STRING"]},
            },
            "output": ["IMAGE", "MASK"],
        },
        "SaveImage": {
            "input": {"required": {"images": ["IMAGE"], "filename_prefix": ["STRING"]}},
            "output": [],
            "output_node": true,
        },
    });
    let catalog = Catalog::from_object_info(&info.to_string()).expect("a catalog");
    let g = Flow::new();
    let loaded = g.add(LoadImage::new().image(ImageFile::file("cta.png")));
    g.add(SaveImage::new().images(loaded.image));
    assert!(g.build().is_ok(), "{:?}", g.build());
    g.add(RawNode::new("SaveImge").input("images", loaded.image));
    let problems = g.build_against(&Validator::new(&catalog)).expect_err("an unknown file");
    let said: Vec<_> =
        problems.iter().map(|p| (p.code.name(), p.advice().collect::<Vec<_>>().join(" "))).collect();
    let found: Vec<_> = said.iter().map(|(code, _)| *code).collect();
    assert_eq!(found, ["value_not_in_list", "missing_node_type"]);
    assert!(said[0].1.contains("cat.png") && said[1].1.contains("SaveImage"), "{said:?}");
    assert!(g.build_against(&Validator::new(&catalog).known_files(false)).is_err());
}

#[test]
fn problems_inside_of_subgraphs_have_their_place() {
    let g = Flow::new();
    let inner = g.subgraph("Inner");
    let latent = inner.add(EmptyLatentImage::new().width(1));
    let at = line!() - 1;
    save(&g, inner.output("LATENT", latent));
    let problems = problems(&g);
    assert_eq!((problems[0].node.as_deref(), line(&problems[0])), (Some("1:2"), at));
}

#[cfg(feature = "render")]
#[test]
fn rendering_shows_the_source() {
    let g = Flow::new();
    save(&g, g.add(EmptyLatentImage::new().width(1)));
    let shown = g.build().expect_err("too small").render(false);
    assert!(shown.contains("save(&g, g.add(EmptyLatentImage::new().width(1)));"), "{shown}");
    assert!(shown.contains("^^^^^"), "{shown}");
}

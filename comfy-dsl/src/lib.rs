//! A typed Rust language for ComfyUI workflows: the runtime that generated nodes build on.
//!
//! `comfy-codegen` turns what a server offers into one struct per class of nodes. Here is what those have in common:
//! the [`Flow`] that nodes are added to, the [`Output`]s that join them, and the traits of values that inputs take.
//! A flow becomes a prompt ([`Flow::build`]) or the graph of `comfy_graph` ([`Flow::to_graph`]), from which every
//! other format is written.
//!
//! # From nodes to a prompt
//! ```
//! use comfy_dsl::prelude::*;
//! use nodes::*; // what comfy-codegen wrote
//! # mod nodes { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/errors/nodes.in")); }
//!
//! fn picture(g: &Flow, text: &str) -> Output<Image> {
//!     let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name("sd15.safetensors"));
//!     let positive = g.add(CLIPTextEncode::new().clip(ckpt.clip).text(text));
//!     let negative = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("blurry"));
//!     let latent = g.add(EmptyLatentImage::new().width(768));
//!     let samples = g.add(
//!         KSampler::new()
//!             .model(ckpt.model)
//!             .positive(positive)
//!             .negative(negative)
//!             .latent_image(latent)
//!             .seed(42)
//!             .sampler_name(SamplerName::Dpmpp2m),
//!     );
//!     g.add(VAEDecode::new().samples(samples).vae(ckpt.vae))
//! }
//!
//! # fn main() -> Result<(), comfy_dsl::Problems> {
//! let g = Flow::new();
//! let image = picture(&g, "a photo of a cat");
//! g.add(SaveImage::new().images(image).title("Final"));
//!
//! let prompt = g.build()?; // what the server's `/prompt` takes
//! assert_eq!(prompt["5"]["class_type"], "KSampler");
//! assert_eq!(prompt["5"]["inputs"]["positive"], json!(["2", 0]));
//! assert_eq!(prompt["5"]["inputs"]["steps"], 20);
//! # Ok(())
//! # }
//! ```
//! Every input is a method of its own name, and adding a node gives its output, or a struct with a field for each
//! of several. Links, texts and files have to be set; whatever else is left out has the value that the frontend
//! would send, as `steps` has here. An input with a widget takes a value or a link of its type, and [`raw`] values
//! for everything that the types do not foresee.
//!
//! # What does not compile
//! A required input that is not set, a link between different types, a misspelt node, input or option. rustc says
//! what is wrong in ComfyUI's terms, and what to do:
//! ```text
//! error[E0277]: required input `negative` of this node is not set
//!   |     g.add(
//!   |           ^^^ add `.negative(...)` to this node
//! ```
//!
//! # What `build` finds
//! Types do not know ranges, nor what a [`raw`] value or a [cast](Output::cast) stands for. [`Flow::build`] checks
//! the rest of what a server would, and reports everything at once, each with the line that said it:
//! ```
//! # use comfy_dsl::prelude::*;
//! # use nodes::*;
//! # mod nodes { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/errors/nodes.in")); }
//! # fn main() {
//! let g = Flow::new();
//! let cat = g.add(LoadImage::new().image("cat.png"));
//! let large = g.add(ImageScaleBy::new().image(cat.image).scale_by(20).upscale_method(raw("bicubik")));
//! g.add(SaveImage::new().images(large));
//!
//! let problems = g.build().expect_err("two mistakes");
//! let said = problems.to_string();
//! assert!(said.contains("value_bigger_than_max") && said.contains("value_not_in_list"), "{said}");
//! # }
//! ```
//! [`Flow::build_against`] asks a server's catalog too: whether it has the classes and the files.
//!
//! # Subgraphs are functions
//! ```
//! # use comfy_dsl::prelude::*;
//! # use nodes::*;
//! # mod nodes { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/errors/nodes.in")); }
//! fn enlarge(g: &Flow, image: Output<Image>, factor: impl FloatInput) -> Output<Image> {
//!     let g = &g.subgraph("Enlarge"); // the inside of a new subgraph
//!     let image = g.input("image", image);
//!     let factor = g.input("factor", factor);
//!     g.output("IMAGE", g.add(ImageScaleBy::new().image(image).scale_by(factor)))
//! }
//!
//! # fn main() -> Result<(), comfy_dsl::Problems> {
//! let g = Flow::new();
//! let cat = g.add(LoadImage::new().image("cat.png"));
//! g.add(SaveImage::new().images(enlarge(&g, cat.image, 1.5)));
//!
//! let prompt = g.build()?; // the frontend's ids: instance, then node
//! assert_eq!(prompt["2:3"]["inputs"]["scale_by"], 1.5);
//! assert_eq!(prompt["4"]["inputs"]["images"], json!(["2:3", 0]));
//! # Ok(())
//! # }
//! ```
//! Functions that begin no subgraph only share code: their nodes belong to the flow itself, as in `picture` above.
//!
//! # Without generated nodes
//! Classes that were not generated are [`RawNode`]s, among others or alone:
//! ```
//! use comfy_dsl::prelude::*;
//!
//! struct Image;
//!
//! let g = Flow::new();
//! let cat = g.add(RawNode::new("LoadImage").input("image", "cat.png")).out::<Image>(0);
//! let small = g.add(RawNode::new("ImageScaleBy").input("image", cat).input("scale_by", 0.5)).out::<Image>(0);
//! g.add(RawNode::new("SaveImage").input("images", small).title("Final"));
//!
//! let prompt = g.build().expect("nothing is wrong with this flow");
//! assert_eq!(prompt["2"]["inputs"], json!({"scale_by": 0.5, "image": ["1", 0]}));
//! assert_eq!(prompt["3"]["_meta"]["title"], "Final");
//! ```
//! Nothing here panics, reads files or talks to a server.

mod check;
mod facts;
mod fields;
mod flow;
mod ids;
mod io;
mod lower;
mod merge;
mod node;
mod output;
mod problems;
mod raw;
mod record;
#[cfg(feature = "render")]
mod render;
mod state;
mod tables;
mod value;

#[doc(hidden)]
pub mod __private;
pub mod prelude;
pub mod recorder;

pub use comfy_graph::{
    catalog::Catalog,
    diag::{Diagnostic, WithDiagnostics},
    graph::{Graph, Mode},
    valid::Validator,
};
pub use flow::Flow;
pub use io::{Accepts, Any, Bool, Combo, ComfyType, Float, Int, List, Str};
pub use node::{Builder, IsSet, NodeExt, NodeSpec, Set};
pub use output::{NodeRef, Or, Output, unlinked};
pub use problems::Problems;
pub use raw::RawNode;
pub use value::{
    BoolInput, Boundary, Choice, ComboValue, FloatInput, Given, Grow, IntInput, IntoInput, IsType, LinkInput,
    Raw, RawValue, SeedInput, StrInput, Unset, grow, raw,
};

/// Adds a node, with its inputs written like the fields of a struct.
///
/// `node!(g, KSampler { model: ckpt.model, seed: 42, latent_image })` is
/// `g.add(KSampler::new().model(ckpt.model).seed(42).latent_image(latent_image))`; mistakes give the same errors.
///
/// ```
/// # use comfy_dsl::prelude::*;
/// # struct Noise(RawNode);
/// # impl Noise {
/// #     fn new() -> RawNode { RawNode::new("Noise") }
/// # }
/// # let g = Flow::new();
/// let noise = node!(g, Noise { title: "Noise" });
/// ```
#[macro_export]
macro_rules! node {
    ($g:expr, $($class:ident)::+ { $($input:ident $(: $value:expr)?),* $(,)? }) => {
        $g.add($($class)::+::new()$(.$input($crate::node!(@value $input $($value)?)))*)
    };
    (@value $input:ident) => { $input };
    (@value $input:ident $value:expr) => { $value };
}

/// The page on what only a flow can get wrong, whose example is a test.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../comfy-transpile/docs/diagnostics/outside_subgraph.md")]
    struct OutsideSubgraph;
}

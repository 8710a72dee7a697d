//! A typed Rust language for ComfyUI workflows: the runtime that generated nodes build on.
//!
//! `comfy-codegen` turns what a server offers into one struct per class of nodes. Here is what those have in common:
//! the [`Flow`] that nodes are added to, the [`Output`]s that join them, and the traits of values that inputs take.
//! A flow becomes a prompt ([`Flow::build`]) or the graph of `comfy_graph` ([`Flow::to_graph`]), from which every
//! other format is written.
//!
//! With generated nodes a flow reads
//! ```ignore
//! use comfy_dsl::prelude::*;
//! use nodes::*;
//!
//! pub fn flow(g: &Flow) {
//!     let ckpt = g.add(CheckpointLoaderSimple::new().ckpt_name(Checkpoint::V15PrunedEmaonlyFp16));
//!     let positive = g.add(CLIPTextEncode::new().clip(ckpt.clip).text("a photo of a cat"));
//!     let latent = g.add(EmptyLatentImage::new().width(768));
//!     let samples = g.add(KSampler::new().model(ckpt.model).positive(positive).latent_image(latent).seed(42));
//!     let image = g.add(VAEDecode::new().samples(samples).vae(ckpt.vae));
//!     g.add(SaveImage::new().images(image).title("Final"));
//! }
//! ```
//! A required input that is not set, a link between different types and a misspelt option are compile errors that
//! name the input. Whatever is not set has the default that the frontend gives it.
//!
//! Without generated nodes the same works untyped:
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
pub use node::{AllSet, Builder, IsSet, NodeExt, NodeSpec, Set};
pub use output::{NodeRef, Or, Output, unlinked};
pub use problems::Problems;
pub use raw::RawNode;
pub use value::{
    BoolInput, Boundary, Choice, ComboValue, FloatInput, Grow, IntInput, IntoInput, IsType, LinkInput, Raw,
    RawValue, SeedInput, StrInput, Unset, grow, raw,
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

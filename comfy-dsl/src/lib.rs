//! Typed Rust language for ComfyUI workflows: the runtime that generated node crates build on.
mod facts;
mod fields;
mod flow;
mod io;
mod lower;
mod node;
mod output;
mod raw;
mod record;
mod state;
mod value;

#[doc(hidden)]
pub mod __private;
pub mod prelude;

pub use flow::Flow;
pub use io::{Accepts, Any, Bool, Combo, ComfyType, Float, Int, List, Str};
pub use node::{Builder, NodeExt, NodeSpec};
pub use output::{NodeRef, Or, Output, unlinked};
pub use raw::RawNode;
pub use value::{
    BoolInput, Boundary, Choice, ComboValue, FloatInput, Grow, IntInput, IntoInput, Raw, RawValue, SeedInput,
    StrInput, Unset, grow, raw,
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

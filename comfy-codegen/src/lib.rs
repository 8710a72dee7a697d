//! Typed Rust for the nodes of a ComfyUI server.
//!
//! ```
//! let generated = comfy_codegen::Config::new().bundled().only(["KSampler"]).generate()?;
//! assert!(generated.module.contains("pub struct KSampler<"));
//! # Ok::<(), comfy_codegen::Error>(())
//! ```
//! A catalog goes through [`names`], which decides what everything is called, and [`model`], which describes a node
//! in Rust, to tokens and text. [`Config`] is the entry for build scripts; the binary `comfy-codegen` (feature
//! `cli`) writes a package. Nothing here depends on the runtime crate `comfy-dsl`: generated code names it, this
//! crate does not. `docs/constructs.md` of the repository shows, construct by construct, what becomes of
//! `/object_info`; a test compiles and runs it.

pub mod changes;
mod config;
mod emit;
mod error;
mod generated;
pub mod model;
pub mod names;
pub mod search;
mod select;
mod sheet;
mod source;
pub mod table;
mod write;

pub use config::Config;
pub use error::Error;
pub use generated::Generated;

/// What a server answers to `GET /object_info`, for a snapshot to be committed. Needs the feature `fetch`.
///
/// # Errors
/// When the server does not answer, or answers something else.
pub fn fetch(server: &str) -> Result<String, Error> {
    source::answer(server)
}

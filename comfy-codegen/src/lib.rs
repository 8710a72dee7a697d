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
//! crate does not.

mod config;
mod emit;
mod error;
pub mod model;
pub mod names;
mod source;
pub mod table;
mod write;

pub use config::{Config, Generated};
pub use error::Error;

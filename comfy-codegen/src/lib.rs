//! Typed Rust for the nodes of a ComfyUI server.
//!
//! [`names`] decides what everything is called, [`model`] describes a node in Rust; the generator writes them down.
//! Nothing here depends on the runtime crate `comfy-dsl`: generated code names it, this crate does not.

pub mod model;
pub mod names;

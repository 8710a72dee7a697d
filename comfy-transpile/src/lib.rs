//! ComfyUI workflows to typed Rust.
//!
//! This crate joins the formats of `comfy-graph` with the names of `comfy-codegen`. It has no graph logic of its
//! own: reading and lowering workflows is `comfy-graph`'s.

pub mod rust;

//! ComfyUI workflow graphs: what nodes a server has, what a workflow says, and what a server is asked to run.
//!
//! ```
//! use comfy_graph::{back, catalog::Catalog, front, passes};
//!
//! let catalog = Catalog::from_object_info(
//!     r#"{"EmptyImage": {"input": {"required": {"width": ["INT", {"default": 512, "min": 1, "max": 16384}]}},
//!                        "output": ["IMAGE"]},
//!         "PreviewImage": {"input": {"required": {"images": ["IMAGE"]}}, "output": [], "output_node": true}}"#,
//! )?;
//! let workflow = r#"{
//!     "nodes": [
//!         {"id": 1, "type": "EmptyImage", "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [7]}],
//!          "widgets_values": [768]},
//!         {"id": 2, "type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 7}]}
//!     ],
//!     "links": [[7, 1, 0, 2, 0, "IMAGE"]],
//!     "version": 0.4
//! }"#;
//!
//! let read = front::read(workflow, &catalog)?;
//! let lowered = passes::lower_for_execution(&read.value.graph);
//! let prompt = back::api::emit(&lowered.value, Some(&catalog));
//! assert_eq!(prompt["1"]["inputs"]["width"], 768);
//! assert_eq!(prompt["2"]["inputs"]["images"], serde_json::json!(["1", 0]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The way of a workflow:
//!
//! ```text
//! workflow.json ─ front::ui ─► Graph ─ passes ─► Graph (flat) ─ back::api ─► prompt.json
//! prompt.json ── front::api ─►   └─ everything made for people: Rust, pictures
//! /object_info ─ catalog ─► Catalog, which the fronts rebuild nodes from
//! ```
//!
//! This crate does no I/O and prints nothing. Whatever it is given ends in a value and diagnostics, or in an error
//! when there is nothing to make a value of.

pub mod back;
mod budget;
pub mod catalog;
pub mod diag;
pub mod diff;
pub mod edit;
pub mod front;
pub mod graph;
pub mod interface;
pub mod json;
mod literal;
pub mod passes;
pub mod suggest;
pub mod valid;
mod wrapped;

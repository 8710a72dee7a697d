//! ComfyUI workflows to typed Rust, and back.
//!
//! This crate joins the formats of `comfy-graph` with the names of `comfy-codegen`. It has no graph logic of its
//! own: reading and lowering workflows is `comfy-graph`'s.
//!
//! ```
//! use comfy_graph::catalog::Catalog;
//! use comfy_transpile::{Options, transpile};
//!
//! let prompt = r#"{
//!     "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
//!     "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
//! }"#;
//! let done = transpile(prompt, &Catalog::bundled(), &Options::default())?;
//! assert!(done.diagnostics.is_empty());
//! assert!(done.value.contains("EmptyImage::new()"));
//! # Ok::<(), comfy_transpile::Error>(())
//! ```

mod explain;
#[cfg(feature = "media")]
pub mod media;
pub mod rust;
mod transpile;

pub use comfy_codegen::names::NameLock;
#[doc(inline)]
pub use comfy_reader as read;
pub use explain::explain;
pub use transpile::{Document, Error, Form, Options, Source, Target, check, open, transpile};

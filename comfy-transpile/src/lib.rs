//! ComfyUI workflows to typed Rust, and back: the one way in for every program that works with them.
//!
//! A [`Compiler`] is made once, for one catalog. Its verbs open a text of any form ([`Input`]), say what is wrong with it,
//! mend that, and write it in any form:
//!
//! ```
//! use comfy_transpile::{Compiler, Input, Target};
//!
//! let compiler = Compiler::bundled();
//! let prompt = r#"{
//!     "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
//!     "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
//! }"#;
//! let document = compiler.open(&Input::from_text("prompt.json", prompt))?;
//! let flow = compiler.write(&document, &Target::default());
//! assert!(flow.diagnostics.is_empty());
//! assert!(flow.value.contains("EmptyImage::new()"));
//! # Ok::<(), comfy_transpile::Error>(())
//! ```
//!
//! This crate joins the formats of `comfy-graph`, the names of `comfy-codegen` and the reader of `comfy-reader`. It has no
//! graph logic of its own, and prints nothing. Where it opens files and connections is [`Input`],
//! [`Origin`] and [`Settings::beside`] only.

#[cfg(feature = "clock")]
mod clock;
mod compiler;
mod document;
mod edit;
mod error;
mod explain;
mod gate;
mod input;
mod levels;
mod lower;
pub mod media;
mod mend;
mod origin;
mod params;
mod repeated;
pub mod rust;
mod set;
mod settings;
mod sidecar;
mod write;

#[cfg(feature = "clock")]
pub use clock::now;
pub use comfy_codegen::names::NameLock;
#[doc(inline)]
pub use comfy_reader as read;
pub use compiler::Compiler;
pub use document::{Document, Form};
pub use edit::Edited;
pub use error::Error;
pub use explain::{UnknownCode, explain, find_code};
pub use gate::{GateOptions, Judged, MAX_LINE};
pub use input::{Input, InputError, Source};
pub use levels::{Levels, Which};
pub use lower::Lowered;
pub use mend::{Fixed, Mended};
pub use origin::{Origin, OriginError, read_lock};
pub use params::{list, list_json};
pub use settings::{Setting, SettingError, Settings};
pub use write::{Looks, Target};

//! A simulated ComfyUI: [`Stub`] is started, talked to over HTTP and a WebSocket, stopped and looked into.
//!
//! It answers as ComfyUI 0.33 does and sends the same messages in the same order, but runs no models: nodes take a
//! moment, pictures have one colour, and what a model would make is noise that depends on the prompt only. Classes
//! named `Test…` exist for what tests want to provoke; their definitions are in `data/test_nodes.json`.

mod cache;
mod catalog;
mod disk;
mod engine;
mod execute;
mod hub;
mod inspect;
mod jobs;
mod log;
mod nodes;
mod options;
mod order;
mod png;
mod python;
mod queue;
mod routes;
mod time;
mod validate;

pub(crate) use engine::mix;
pub use inspect::Stub;
pub use log::Seen;
pub(crate) use nodes::noise;
pub use options::StubOptions;

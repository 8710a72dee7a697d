//! A simulated ComfyUI: [`Stub`] is started, talked to over HTTP and a WebSocket, stopped and looked into.
//!
//! It answers as ComfyUI 0.33 does and sends the same messages in the same order, but runs no models: nodes take a
//! moment, pictures have one colour, and what a model would make is noise that depends on the prompt only. Classes
//! named `Test…` exist for what tests want to provoke; their definitions are in `data/test_nodes.json`.

mod assets;
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
pub(crate) mod percent;
mod png;
mod python;
mod queue;
mod routes;
mod time;
mod validate;

pub use inspect::Stub;
pub use log::Seen;
pub use options::StubOptions;
pub use python::non_finite;

// What the other servers of this crate are made of.
pub(crate) use disk::join;
pub(crate) use engine::{Engine, Shared, mix};
pub(crate) use execute::worker;
pub(crate) use hub::Hub;
pub(crate) use jobs::{Wanted, list as list_jobs, one as find_job};
pub(crate) use nodes::noise;
pub(crate) use queue::Item;
pub(crate) use routes::answers::{fine, json_response};
pub(crate) use routes::files::upload_by_content;
pub(crate) use routes::prompt::{Job, accept};
pub(crate) use routes::socket::serve as serve_socket;
pub(crate) use routes::view::{channel as view_channel, send as send_file};
pub(crate) use routes::{cloud as cloud_routes, guard, seen};
pub(crate) use time::now_ms;

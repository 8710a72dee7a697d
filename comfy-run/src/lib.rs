//! Workflows onto a server: what `comfy-run` does, without its command line. [`Runner`] reads any workflow that
//! `comfy-transpile` reads, checks it against the nodes of one server, and queues it there through `comfy-client`.
//!
//! Reading and checking are comfy-transpile's, speaking with the server is comfy-client's. Here is what takes both, and
//! nothing that prints.

mod plan;
mod runner;

pub use plan::{Order, Plan, PlanError, Refused};
pub use runner::Runner;

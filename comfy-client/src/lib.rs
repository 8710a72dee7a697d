//! A client of ComfyUI servers and of Comfy Cloud.

mod address;
#[cfg(feature = "blocking")]
pub mod blocking;
mod catalog;
mod client;
mod digest;
mod error;
pub mod event;
mod failure;
#[cfg(feature = "flow")]
mod flow;
mod follow;
mod hex;
mod http;
mod hub;
mod id;
pub mod inputs;
mod json;
mod lookup;
mod needs;
mod outputs;
mod paid;
mod progress;
pub mod record;
mod refusal;
pub mod routes;
mod run;
pub mod save;
mod secret;
mod submit;
mod tracker;
mod transport;

pub use address::{AddressError, DEFAULT_ADDRESS, Server};
pub use catalog::{Cache, CatalogOptions, Refresh, ServerCatalog};
pub use client::{Client, ClientBuilder, KEY_VARIABLE, SERVER_VARIABLE};
pub use error::{Cause as ErrorCause, Error};
pub use failure::{Failure, FailureKind};
#[cfg(feature = "flow")]
pub use flow::{RunOptions, diagnostics_in};
pub use hub::Events;
pub use id::{JobId, JobIdError};
pub use outputs::{OutputFile, OutputText, Outputs, Received};
pub use paid::{AllowPaid, PaidNode, paid_nodes};
pub use progress::{Current, Phase, Progress, Update};
pub use refusal::{Complaint, NodeComplaints, Refusal};
pub use run::{Cause, Finished, Job, RunError, SubmitOptions};
pub use secret::Secret;

#[cfg(all(feature = "blocking", feature = "flow"))]
pub use blocking::RunFlow;

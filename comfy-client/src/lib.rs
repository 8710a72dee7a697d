//! A client of ComfyUI servers and of Comfy Cloud.

mod address;
mod client;
mod error;
mod http;
mod id;
mod secret;
#[cfg(feature = "tls")]
mod tls;

pub use address::{AddressError, DEFAULT_ADDRESS, Server};
pub use client::{Client, ClientBuilder, KEY_VARIABLE, SERVER_VARIABLE};
pub use error::{Cause, Error};
pub use id::{JobId, JobIdError};
pub use secret::Secret;

//! One test for each route, against the stub, or against the server that `COMFYUI_URL` names: there, what a test needs
//! it makes itself, and takes away again.

mod assets;
mod definitions;
mod jobs;
mod settings;
mod system;
mod userdata;

use comfy_client::Client;
use comfy_test_server::stub::{Stub, StubOptions};

use crate::client;

/// The server that `COMFYUI_URL` names, or else a stub with these options; and a client of it. With a real server, tests
/// know less of what is there.
fn talk(options: StubOptions) -> (Option<Stub>, Client) {
    if let Ok(url) = std::env::var("COMFYUI_URL") {
        return (None, client(&url));
    }
    let stub = Stub::start(options).expect("a server");
    let client = client(&stub.url());
    (Some(stub), client)
}

/// A name that no other run has.
fn unique(name: &str) -> String {
    let nanos =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_nanos();
    format!("comfy-client-test-{nanos}-{name}")
}

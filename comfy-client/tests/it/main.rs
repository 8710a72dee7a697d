//! The client against a simulated ComfyUI, through a proxy that breaks connections, and against a simulated Comfy Cloud.
#![allow(clippy::expect_used, clippy::panic, reason = "tests")]

mod catalog;
mod cloud;
mod disk;
mod faults;
mod jobs;
mod routes;
mod scenarios;

use std::time::Duration;

use comfy_client::{Client, ClientBuilder};
use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::{Value, json};

/// A server with nothing in it.
fn stub() -> Stub {
    Stub::start(StubOptions::default()).expect("a server")
}

/// The server that `COMFYUI_URL` names, or else one with nothing in it; and its address.
fn server() -> (Option<Stub>, String) {
    if let Ok(url) = std::env::var("COMFYUI_URL") {
        return (None, url);
    }
    let stub = stub();
    let url = stub.url();
    (Some(stub), url)
}

/// A client that does not wait long.
fn hasty(url: &str) -> ClientBuilder {
    Client::builder()
        .address(url)
        .longest_silence(Duration::from_secs(2))
        .grace(Duration::from_millis(300))
        .poll_every(Duration::from_millis(50))
}

fn client(url: &str) -> Client {
    hasty(url).build().expect("a client")
}

/// A picture of one colour, saved.
fn picture(color: u64) -> Value {
    json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 1, "color": color}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": format!("p{color}")}},
    })
}

/// The same with a node before it that takes its time.
fn slow(milliseconds: u64) -> Value {
    json!({
        "1": {"class_type": "TestSleep", "inputs": {"milliseconds": milliseconds}},
    })
}

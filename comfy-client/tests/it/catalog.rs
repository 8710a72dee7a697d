//! The server's nodes: read as they come, within limits, and kept for the next time.

use comfy_client::{Cache, CatalogOptions, Error};
use comfy_test_server::stub::{Stub, StubOptions, non_finite};
use serde_json::json;

use crate::{client, server};

fn uncached() -> CatalogOptions {
    let mut options = CatalogOptions::default();
    options.cache = Cache::None;
    options
}

#[tokio::test]
async fn the_nodes_of_a_server_are_read() {
    let (_stub, url) = server();
    let found = client(&url).catalog(&uncached()).await.expect("a catalog");
    assert!(!found.is_cached() && found.age().is_none());
    let node = found.catalog().get("EmptyImage").expect("a node of every server");
    assert_eq!(node.inputs.len(), 4);
}

#[tokio::test]
async fn numbers_that_json_does_not_have_are_read() {
    let mut options = StubOptions::default();
    let odd = json!({"input": {"required": {"x": ["FLOAT", {"min": non_finite(f64::NEG_INFINITY), "default": non_finite(f64::NAN), "max": 3}]}}, "output": []});
    options.extra_nodes.insert("Odd".into(), odd);
    let stub = Stub::start(options).expect("a server");
    let found = client(&stub.url()).catalog(&uncached()).await.expect("a catalog");
    assert_eq!(found.catalog().get("Odd").expect("the node").inputs.len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused() {
    let (_stub, url) = server();
    let mut options = uncached();
    options.longest = Some(1_000);
    let error = client(&url).catalog(&options).await.expect_err("it is longer");
    assert!(matches!(error, Error::TooLarge { limit: 1_000, .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_is_told_in_one_line() {
    let error = client("http://127.0.0.1:9").catalog(&uncached()).await.expect_err("no server");
    assert_eq!(error.to_string(), "no server answers at http://127.0.0.1:9; does ComfyUI run there?");
}

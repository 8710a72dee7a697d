//! Queueing, cancelling, validating, restarting.

use std::time::Duration;

use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::{Value, json};

use crate::client::{Socket, alone, get, history, picture, post, request, submit};

const ID: &str = "00000000-0000-4000-8000-000000000001";

fn start() -> Stub {
    Stub::start(StubOptions::default()).expect("a stub")
}

#[tokio::test]
async fn pending_prompts_are_deleted_and_cancelled() {
    let stub = start();
    let to = stub.address();
    stub.pause();
    let mut ids = Vec::new();
    for width in 1..=4 {
        ids.push(submit(to, &picture(width), "me").await);
    }
    let pending = get(to, "/api/queue").await.json();
    assert_eq!(pending["queue_pending"].as_array().map(Vec::len), Some(4));
    assert_eq!(pending["queue_pending"][0][3]["client_id"], "me");
    post(to, "/api/queue", &json!({"delete": [ids[1]]})).await;
    let cancelled = post(to, &format!("/api/jobs/{}/cancel", ids[2]), &json!({})).await.json();
    assert_eq!(cancelled, json!({"cancelled": true}));
    let none = post(to, "/api/jobs/cancel", &json!({"job_ids": [ids[2]]})).await.json();
    assert_eq!(none, json!({"cancelled": false}));
    stub.resume();
    history(to, &ids[3]).await;
    assert_eq!(stub.executed(), [ids[0].clone(), ids[3].clone()]);
    let jobs = get(to, "/api/jobs?status=completed&sort_order=asc&limit=1").await.json();
    assert_eq!((&jobs["jobs"][0]["id"], &jobs["pagination"]["has_more"]), (&json!(ids[0]), &json!(true)));
}

#[tokio::test]
async fn ids_and_numbers_of_the_client() {
    let stub = start();
    let to = stub.address();
    stub.pause();
    let bad = post(to, "/prompt", &json!({"prompt": picture(1), "prompt_id": "ABC"})).await;
    assert_eq!((bad.status, &bad.json()["error"]["type"]), (400, &json!("invalid_prompt_id")));
    let good = post(to, "/prompt", &json!({"prompt": picture(1), "prompt_id": ID, "number": 3})).await;
    assert_eq!(good.json(), json!({"prompt_id": ID, "number": 3.0, "node_errors": {}}));
    let twice = post(to, "/prompt", &json!({"prompt": picture(1), "prompt_id": ID, "number": 3})).await;
    assert_eq!(twice.status, 500, "tuples that are equal cannot be compared");
    let front = post(to, "/prompt", &json!({"prompt": picture(1), "front": true})).await.json();
    assert_eq!(front["number"], -1, "the bad one counted");
    assert_eq!(stub.queued_ids().get(ID), Some(&2), "and yet it is queued");
}

#[tokio::test]
async fn keys_are_given_to_nodes_and_shown_to_nobody() {
    let stub = start();
    let to = stub.address();
    let prompt = json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}},
        "2": {"class_type": "RecraftVectorizeImageNode", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "PreviewAny", "inputs": {"source": ["2", 0]}},
    });
    let body = json!({"prompt": prompt, "prompt_id": ID, "extra_data": {"api_key_comfy_org": "SECRET"}});
    post(to, "/prompt", &body).await;
    let entry = history(to, ID).await;
    assert_eq!(entry["status"]["status_str"], "success");
    assert!(!entry.to_string().contains("SECRET"));
    assert_eq!(stub.partner_keys(), ["SECRET"]);
    assert_eq!(stub.requests().iter().filter(|request| request.mentions("SECRET")).count(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_prompt() {
    let stub = start();
    let to = stub.address();
    let refused = async |prompt: Value| {
        let answer = post(to, "/prompt", &json!({"prompt": prompt})).await;
        assert_eq!(answer.status, 400);
        answer.json()
    };
    let unknown = refused(alone("Nope", &json!({}))).await;
    assert_eq!(unknown["error"]["type"], "missing_node_type");
    assert_eq!(refused(json!({})).await["error"]["type"], "prompt_no_outputs");
    let mut bad = picture(0);
    let errors = refused(bad.clone()).await;
    assert_eq!(errors["node_errors"]["1"]["errors"][0]["message"], "Value 0 smaller than min of 1");
    bad["9"] = json!({"class_type": "TestText", "inputs": {"text": "fine"}});
    let answer = post(to, "/prompt", &json!({"prompt": bad})).await;
    assert_eq!(answer.status, 200, "one output is good");
    assert_eq!(answer.json()["node_errors"]["1"]["dependent_outputs"], json!(["3"]));
    let circle = json!({
        "1": {"class_type": "ImageInvert", "inputs": {"image": ["2", 0]}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    });
    let circle = refused(circle).await;
    assert_eq!(circle["node_errors"]["1"]["errors"][0]["type"], "dependency_cycle");
    let load = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "gone.png"}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    });
    let load = refused(load).await;
    assert_eq!(load["node_errors"]["1"]["errors"][0]["details"], "image - Invalid image file: gone.png");
    assert!(stub.queued_ids().len() == 1);
}

#[tokio::test]
async fn a_restart_forgets_prompts_and_keeps_files() {
    let stub = start();
    let to = stub.address();
    let done = submit(to, &picture(8), "me").await;
    history(to, &done).await;
    let mut socket = Socket::open(to, "me").await;
    submit(to, &alone("TestSleep", &json!({"milliseconds": 60_000})), "me").await;
    while socket.next().await.is_some_and(|message| message.name() != "executing 1") {}
    stub.restart().expect("again");
    while socket.next().await.is_some() {}
    assert_eq!(get(to, "/history").await.json(), json!({}));
    assert_eq!(get(to, "/queue").await.json(), json!({"queue_running": [], "queue_pending": []}));
    assert_eq!(get(to, "/view?filename=picture_00001_.png&subfolder=sub").await.status, 200);
    let again = submit(to, &picture(8), "me").await;
    assert_eq!(history(to, &again).await["outputs"]["3"]["images"][0]["filename"], "picture_00002_.png");
    stub.stop();
    assert!(request(to, "GET", "/prompt", &[], b"").await.is_err());
}

#[tokio::test]
async fn history_may_lag_behind_the_message() {
    let options = StubOptions { history_lag: Duration::from_millis(300), ..StubOptions::default() };
    let stub = Stub::start(options).expect("a stub");
    let mut socket = Socket::open(stub.address(), "me").await;
    let id = submit(stub.address(), &picture(8), "me").await;
    while socket.next().await.is_some_and(|message| message.name() != "execution_success") {}
    assert_eq!(get(stub.address(), &format!("/history/{id}")).await.json(), json!({}));
    socket.until_over(&id).await;
    assert!(get(stub.address(), &format!("/history/{id}")).await.json()[&id].is_object());
}

/// `NodeNotFoundError` ends the worker's thread; everything else goes on.
#[tokio::test]
async fn a_link_that_nobody_checks_kills_the_worker() {
    let stub = start();
    let to = stub.address();
    let bogus = alone("TestText", &json!({"text": "a", "bogus": ["99", 0]}));
    let id = submit(to, &bogus, "me").await;
    let after = submit(to, &picture(8), "me").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let queue = get(to, "/api/queue").await.json();
    assert_eq!((&queue["queue_running"][0][1], &queue["queue_pending"][0][1]), (&json!(id), &json!(after)));
    assert_eq!(post(to, "/interrupt", &json!({})).await.status, 200);
    assert_eq!(stub.remaining(), 2);
}

#[test]
fn a_stub_needs_no_runtime() {
    let stub = start();
    assert!(stub.url().starts_with("http://127.0.0.1:"));
    assert!(std::net::TcpStream::connect(stub.address()).is_ok());
    stub.stop();
    assert!(std::net::TcpStream::connect(stub.address()).is_err());
    stub.start_again().expect("again");
    assert!(std::net::TcpStream::connect(stub.address()).is_ok());
}

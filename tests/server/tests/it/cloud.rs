//! Comfy Cloud: the key, other people's jobs, files that are somewhere else.

use std::net::SocketAddr;

use comfy_test_server::cloud::{Cloud, CloudOptions, Mode};
use serde_json::{Value, json};

use crate::client::{Answer, Socket, picture, request};

const KEY: &str = "comfyui-key-of-a-test";

fn start() -> Cloud {
    Cloud::start(CloudOptions::default()).expect("a cloud")
}

async fn ask(to: SocketAddr, method: &str, path: &str, body: &Value) -> Answer {
    request(to, method, path, &[("X-API-Key", KEY)], body.to_string().as_bytes()).await.expect("an answer")
}

async fn socket(to: SocketAddr) -> Socket {
    Socket::connect(to, &format!("clientId=mine&token={KEY}")).await.expect("a socket")
}

#[tokio::test]
async fn everything_wants_the_key() {
    let cloud = start();
    let to = cloud.address();
    for path in ["/api/prompt", "/api/queue", "/api/object_info", "/api/view?filename=x", "/api/jobs"] {
        let answer = request(to, "GET", path, &[], b"").await.expect("an answer");
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("UNAUTHORIZED")), "{path}");
    }
    assert!(Socket::connect(to, "clientId=mine").await.is_err());
    assert!(Socket::connect(to, "token=wrong").await.is_err());
    assert_eq!(ask(to, "GET", "/prompt", &Value::Null).await.status, 404, "only with the prefix");
    assert_eq!(ask(to, "GET", "/api/history", &Value::Null).await.status, 405);
    for path in ["/api/models", "/api/embeddings", "/api/node_replacements", "/api/free"] {
        assert_eq!(ask(to, "GET", path, &Value::Null).await.status, 404, "{path}");
    }
    let cancel = ask(to, "POST", "/api/jobs/x/cancel", &Value::Null).await;
    assert_eq!(cancel.json()["code"], "NOT_FOUND");
}

#[tokio::test]
async fn ids_are_its_own_and_sockets_hear_everybody() {
    let cloud = start();
    let to = cloud.address();
    let mut one = socket(to).await;
    let mut two = socket(to).await;
    let mine = "00000000-0000-4000-8000-000000000001";
    let body = json!({"prompt": picture(8), "prompt_id": mine, "client_id": "mine", "number": 7});
    let id = ask(to, "POST", "/api/prompt", &body).await.json()["prompt_id"].clone();
    assert!(id.is_string() && id != mine);
    let id = id.as_str().expect("an id");
    let ids = |heard: &[crate::client::Heard]| {
        let ids = heard.iter().filter_map(|message| message.data()["prompt_id"].as_str().map(str::to_owned));
        ids.collect::<std::collections::BTreeSet<_>>()
    };
    for socket in [&mut one, &mut two] {
        let heard = ids(&socket.until_over(id).await);
        assert!(heard.contains(id) && heard.len() >= 2, "{heard:?}");
        assert!(heard.contains(&cloud.foreign_ids()[0]));
    }
    assert_eq!(cloud.queued_ids().into_keys().collect::<Vec<_>>(), [id]);
    let status = ask(to, "GET", &format!("/api/job/{id}/status"), &Value::Null).await.json();
    assert_eq!(status["status"], "success");
    let job = ask(to, "GET", &format!("/api/jobs/{id}"), &Value::Null).await.json();
    assert!(job["create_time"].as_u64().is_some_and(|time| time < 100_000_000_000), "seconds");
    let history = ask(to, "GET", &format!("/api/history_v2/{id}"), &Value::Null).await.json();
    assert_eq!(history[id]["prompt"]["prompt_id"], id);
    let all = ask(to, "GET", "/api/history_v2", &Value::Null).await.json();
    assert_eq!(
        (all["history"].as_array().map(Vec::len), &all["history"][0]["prompt_id"]),
        (Some(2), &json!(id))
    );
}

#[tokio::test]
async fn files_are_elsewhere_and_the_key_stays_here() {
    let cloud = start();
    let to = cloud.address();
    let mut socket = socket(to).await;
    let body = json!({"prompt": picture(8)});
    let id = ask(to, "POST", "/api/prompt", &body).await.json()["prompt_id"].clone();
    socket.until_over(id.as_str().expect("an id")).await;
    let path = "/api/view?filename=picture_00001_.png&subfolder=sub&type=output";
    let answer = ask(to, "GET", path, &Value::Null).await;
    assert_eq!(answer.status, 302);
    let location = answer.header("location").expect("an address");
    let (host, path_there) = location.trim_start_matches("http://").split_once('/').expect("an address");
    assert_eq!(host, cloud.storage_address().to_string());
    let path_there = format!("/{path_there}");
    cloud.expire_addresses(1);
    let fetch = async |headers: &[(&str, &str)]| {
        request(cloud.storage_address(), "GET", &path_there, headers, b"").await.expect("an answer")
    };
    assert_eq!(fetch(&[]).await.status, 403);
    assert!(fetch(&[]).await.body.starts_with(b"\x89PNG"));
    assert_eq!(fetch(&[("Range", "bytes=0-3")]).await.body, b"\x89PNG");
    assert!(cloud.leaks().is_empty());
    assert_eq!(fetch(&[("X-API-Key", KEY)]).await.status, 400);
    assert_eq!(cloud.leaks().len(), 1);
    let forged = path_there.replace("Signature=", "Signature=0");
    assert_eq!(
        request(cloud.storage_address(), "GET", &forged, &[], b"").await.expect("an answer").status,
        403
    );
    let channel = ask(to, "GET", &format!("{path}&channel=rgb"), &Value::Null).await;
    assert_eq!((channel.status, channel.header("content-type")), (200, Some("image/png")));
    assert_eq!(ask(to, "GET", "/api/view?filename=none.png", &Value::Null).await.status, 404);
}

#[tokio::test]
async fn it_refuses_in_its_own_words() {
    let cloud = start();
    let to = cloud.address();
    let submit = async || ask(to, "POST", "/api/prompt", &json!({"prompt": picture(8)})).await;
    for (mode, status, code) in [
        (Mode::NoCredits, 402, "PAYMENT_REQUIRED"),
        (Mode::Inactive, 429, "PAYMENT_REQUIRED"),
        (Mode::BadKey, 401, "UNAUTHORIZED"),
        (Mode::Down, 503, "UNAVAILABLE"),
    ] {
        cloud.set_mode(mode);
        let answer = submit().await;
        assert_eq!((answer.status, &answer.json()["code"]), (status, &json!(code)));
        assert_eq!(answer.header("retry-after"), None);
    }
    cloud.set_mode(Mode::QueueFull { retry_after: 1, times: 1 });
    let answer = submit().await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("1")));
    assert_eq!(submit().await.status, 200);
    let bad = ask(to, "POST", "/api/prompt", &json!({"prompt": {}})).await.json();
    assert_eq!(bad["error"]["type"], "prompt_no_outputs");
}

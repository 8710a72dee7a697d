//! Messages while prompts run.

use std::time::Duration;

use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::{Value, json};

use crate::client::{Heard, Socket, alone, get, history, names, picture, post, submit};

fn start() -> Stub {
    Stub::start(StubOptions::default()).expect("a stub")
}

#[tokio::test]
async fn a_good_run_and_the_same_again() {
    let stub = start();
    let mut socket = Socket::open(stub.address(), "me").await;
    let id = submit(stub.address(), &picture(64), "me").await;
    let node =
        |id: &str| ["progress_state".to_owned(), format!("executing {id}"), "progress_state".to_owned()];
    let mut order: Vec<String> =
        ["status", "status", "execution_start", "execution_cached"].map(str::to_owned).to_vec();
    order.extend([node("1"), node("2"), node("3")].concat());
    order.insert(order.len() - 1, "executed 3".into());
    order.extend(["execution_success", "status", "executing null"].map(str::to_owned));
    assert_eq!(names(&socket.until_over(&id).await), order);

    let entry = history(stub.address(), &id).await;
    let item = json!({"filename": "picture_00001_.png", "subfolder": "sub", "type": "output"});
    assert_eq!(entry["outputs"], json!({"3": {"images": [item]}}));
    assert_eq!(entry["status"]["status_str"], "success");
    let messages: Vec<&Value> = entry["status"]["messages"].as_array().expect("messages").iter().collect();
    assert_eq!(
        messages.iter().map(|message| &message[0]).collect::<Vec<_>>(),
        ["execution_start", "execution_cached", "execution_success",]
    );

    let again = submit(stub.address(), &picture(64), "me").await;
    let heard = socket.until_over(&again).await;
    assert_eq!(
        names(&heard),
        [
            "status",
            "status",
            "execution_start",
            "execution_cached",
            "executed 3",
            "progress_state",
            "execution_success",
            "status",
            "executing null",
        ]
    );
    assert_eq!(heard[3].data()["nodes"], json!(["1", "2", "3"]));
    assert_eq!(heard[4].data()["output"], entry["outputs"]["3"], "the same file");
    assert_eq!(stub.executed(), [id, again]);
    assert!(stub.queued_ids().values().all(|count| *count == 1));
}

#[tokio::test]
async fn an_error_ends_the_prompt() {
    let stub = start();
    let mut socket = Socket::open(stub.address(), "me").await;
    let fail = json!({"message": "no memory", "exception_type": "torch.OutOfMemoryError"});
    let id = submit(stub.address(), &alone("TestFail", &fail), "me").await;
    let heard = socket.until_over(&id).await;
    let error = heard.iter().find(|message| message.name() == "execution_error").expect("an error").data();
    assert_eq!(error["exception_type"], "torch.OutOfMemoryError");
    assert!(
        error["exception_message"]
            .as_str()
            .is_some_and(|text| text.starts_with("no memory\nThis error means"))
    );
    let entry = history(stub.address(), &id).await;
    assert_eq!(entry["status"]["status_str"], "error");
    let job = get(stub.address(), &format!("/api/jobs/{id}")).await.json();
    assert_eq!((&job["status"], &job["execution_error"]), (&json!("failed"), &error));
}

#[tokio::test]
async fn an_interrupt_comes_through() {
    let stub = start();
    let mut socket = Socket::open(stub.address(), "me").await;
    let id = submit(stub.address(), &alone("TestSleep", &json!({"milliseconds": 60_000})), "me").await;
    while socket.next().await.is_some_and(|message| message.name() != "executing 1") {}
    post(stub.address(), "/interrupt", &json!({"prompt_id": "another"})).await;
    assert!(socket.within(Duration::from_millis(50)).await.is_empty());
    post(stub.address(), "/interrupt", &json!({"prompt_id": id})).await;
    let heard = socket.until_over(&id).await;
    assert_eq!(names(&heard), ["execution_interrupted", "status", "executing null"]);
    let job = get(stub.address(), &format!("/api/jobs/{id}")).await.json();
    assert_eq!(job["status"], "cancelled");
}

#[tokio::test]
async fn previews_are_as_negotiated() {
    let stub = start();
    let models = json!({
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "a"}},
        "3": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
        "4": {"class_type": "KSampler", "inputs": {"model": ["1", 0], "positive": ["2", 0], "negative": ["2", 0],
            "latent_image": ["3", 0], "seed": 1, "steps": 3, "cfg": 8, "sampler_name": "euler",
            "scheduler": "normal", "denoise": 1}},
        "5": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
        "6": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["5", 0]}},
    });
    let options =
        StubOptions { models: [("checkpoints".into(), vec!["a".into()])].into(), ..StubOptions::default() };
    let with_models = Stub::start(options).expect("a stub");
    let mut old = Socket::open(with_models.address(), "old").await;
    let body = json!({"prompt": models, "client_id": "old", "extra_data": {"preview_method": "auto"}});
    let id = post(with_models.address(), "/prompt", &body).await.json()["prompt_id"].clone();
    let heard = old.until_over(id.as_str().expect("an id")).await;
    let binary = |heard: &[Heard], kind: &str| names(heard).iter().filter(|name| *name == kind).count();
    assert_eq!((binary(&heard, "binary 1"), binary(&heard, "progress 4")), (4, 3));

    let mut new = Socket::open(stub.address(), "new").await;
    new.say(&json!({"type": "feature_flags", "data": {"supports_preview_metadata": true}})).await;
    assert_eq!(new.next().await.expect("flags").name(), "feature_flags");
    let shown = json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 2, "color": 0}},
        "2": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}},
    });
    let id = submit(stub.address(), &shown, "new").await;
    let heard = new.until_over(&id).await;
    let Some(Heard::Binary(frame)) = heard.iter().find(|message| message.name() == "binary 4") else {
        panic!("no picture in {:?}", names(&heard))
    };
    let length =
        usize::try_from(u32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]])).expect("a length");
    let metadata: Value = serde_json::from_slice(&frame[8..8 + length]).expect("metadata");
    assert_eq!((&metadata["node_id"], &metadata["image_type"]), (&json!("2"), &json!("image/png")));
    assert!(frame[8 + length..].starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn sockets_are_taken_over_and_nothing_is_replayed() {
    let stub = start();
    let address = stub.address();
    let mut first = Socket::open(address, "me").await;
    let sleep = json!({"a": {"class_type": "TestSleep", "inputs": {"milliseconds": 300}}});
    let id = submit(address, &sleep, "me").await;
    while first.next().await.is_some_and(|message| message.name() != "executing a") {}
    let mut second = Socket::open(address, "me").await;
    assert_eq!(second.next().await.expect("where it is").data(), json!({"node": "a"}));
    let heard = second.until_over(&id).await;
    assert!(heard.iter().any(|message| message.name() == "execution_success"));
    assert!(first.within(Duration::from_millis(50)).await.is_empty(), "the first is open and deaf");
    first.close().await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let id = submit(address, &picture(8), "me").await;
    history(address, &id).await;
    assert!(
        second.within(Duration::from_millis(50)).await.is_empty(),
        "as in the server: the end of the first"
    );
}

#[tokio::test]
async fn without_a_client_only_progress_is_told_to_all() {
    let stub = start();
    let mut other = Socket::open(stub.address(), "other").await;
    let answer = post(stub.address(), "/prompt", &json!({"prompt": picture(8)})).await.json();
    history(stub.address(), answer["prompt_id"].as_str().expect("an id")).await;
    let mut names = names(&other.within(Duration::from_millis(100)).await);
    names.dedup();
    assert_eq!(names, ["status", "progress_state", "status"]);
}

#[tokio::test]
async fn nodes_may_be_replaced_blocked_and_begun_twice() {
    let stub = start();
    let mut socket = Socket::open(stub.address(), "me").await;
    let prompt = json!({
        "1": {"class_type": "TestBlock", "inputs": {"message": "not today"}},
        "2": {"class_type": "PreviewAny", "inputs": {"source": ["1", 0]}},
        "5": {"class_type": "TestExpand", "inputs": {"value": ["6", 0]}},
        "6": {"class_type": "TestLazy", "inputs": {"value": "x"}},
        "7": {"class_type": "TestProgressText", "inputs": {"text": "hello", "value": ["5", 0]}},
    });
    let id = submit(stub.address(), &prompt, "me").await;
    let heard = socket.until_over(&id).await;
    let names = names(&heard);
    let error = heard.iter().find(|message| message.name() == "execution_error").expect("told").data();
    assert_eq!((&error["exception_type"], &error["node_id"]), (&json!("ExecutionBlocked"), &json!("2")));
    assert!(names.contains(&"execution_success".to_owned()));
    assert_eq!(names.iter().filter(|name| *name == "executing 6").count(), 2);
    let child = heard.iter().find(|message| message.name() == "executing 5.0.0.1").expect("a child").data();
    assert_eq!(child["display_node"], "5");
    assert!(heard.contains(&Heard::Binary(b"\0\0\0\x03\0\0\0\x017hello".to_vec())));
}

//! Recordings: what is in them, and playing them back to another client.

use comfy_test_server::record::{Recorder, Recording};
use comfy_test_server::replay::Replay;
use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::{Value, json};

use crate::client::{Answer, Heard, Socket, alone, get, history, names, picture, post, submit};

const MINE: &str = "11111111-1111-4111-8111-111111111111";
const YOURS: &str = "22222222-2222-4222-8222-222222222222";

/// A conversation: a run with pictures over the socket, its history and its file.
async fn talk(to: std::net::SocketAddr, client: &str, id: &str, polls: usize) -> (Vec<Heard>, Value, Answer) {
    let mut socket = Socket::open(to, client).await;
    socket.say(&json!({"type": "feature_flags", "data": {"supports_preview_metadata": true}})).await;
    assert_eq!(socket.next().await.expect("flags").name(), "feature_flags");
    let mut prompt = picture(64);
    prompt["4"] = json!({"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}});
    for _ in 0..polls {
        get(to, "/api/queue").await;
    }
    let body = json!({"prompt": prompt, "client_id": client, "prompt_id": id});
    assert_eq!(post(to, "/api/prompt", &body).await.json()["prompt_id"], id);
    let heard = socket.until_over(id).await;
    for _ in 0..polls {
        get(to, &format!("/api/history/{id}")).await;
    }
    let entry = history(to, id).await;
    let file = get(to, "/api/view?filename=picture_00001_.png&subfolder=sub&type=output").await;
    (heard, entry, file)
}

async fn record() -> Recording {
    let stub = Stub::start(StubOptions::default()).expect("a stub");
    let recorder = Recorder::start(stub.address()).expect("a recorder");
    let (heard, entry, _) = talk(recorder.address(), "mine", MINE, 2).await;
    assert!(heard.iter().any(|message| message.name() == "binary 4"));
    assert_eq!(entry["status"]["status_str"], "success");
    get(recorder.address(), "/api/system_stats").await;
    recorder.recording()
}

#[tokio::test]
async fn a_recording_is_played_back_to_another_client() {
    let recording = record().await;
    let lines = recording.to_lines();
    assert_eq!(Recording::parse(&lines).as_ref(), Ok(&recording));
    assert!(lines.contains("\"argv\":[\"main.py\"]"));
    for polls in [0, 1, 5] {
        let replay = Replay::start(recording.clone()).expect("a replay");
        let (heard, entry, file) = talk(replay.address(), "yours", YOURS, polls).await;
        assert!(
            names(&heard).ends_with(&["execution_success", "status", "executing null"].map(str::to_owned))
        );
        assert!(!entry.to_string().contains(MINE) && entry.to_string().contains(YOURS));
        assert_eq!(entry["prompt"][3]["client_id"], "yours");
        let Some(Heard::Binary(frame)) = heard.iter().find(|message| message.name() == "binary 4") else {
            panic!("no picture")
        };
        assert!(frame.windows(36).any(|window| window == YOURS.as_bytes()));
        assert!(file.body.starts_with(b"\x89PNG"));
        assert_eq!(file.header("content-type"), Some("image/png"));
        assert_eq!(
            get(replay.address(), "/api/system_stats").await.json()["system"]["comfyui_version"],
            "0.33.0"
        );
        assert!(replay.unknown().is_empty(), "{:?}", replay.unknown());
        assert_eq!(get(replay.address(), "/api/never").await.status, 501);
        assert_eq!(replay.unknown(), ["GET /api/never"]);
    }
}

#[tokio::test]
async fn a_replay_is_the_same_every_time() {
    let recording = record().await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        let replay = Replay::start(recording.clone()).expect("a replay");
        let (heard, entry, file) = talk(replay.address(), "yours", YOURS, 1).await;
        runs.push((heard, entry, file.body));
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn messages_wait_for_the_request_that_they_followed() {
    let stub = Stub::start(StubOptions::default()).expect("a stub");
    let recorder = Recorder::start(stub.address()).expect("a recorder");
    let to = recorder.address();
    let mut socket = Socket::open(to, "mine").await;
    let sleep = alone("TestSleep", &json!({"milliseconds": 60_000}));
    let id = submit(to, &sleep, "mine").await;
    while socket.next().await.is_some_and(|message| message.name() != "executing 1") {}
    assert_eq!(get(to, "/api/queue").await.json()["queue_running"][0][1], json!(id));
    post(to, "/api/interrupt", &json!({"prompt_id": id})).await;
    socket.until_over(&id).await;
    history(to, &id).await;
    assert_eq!(get(to, "/api/queue").await.json()["queue_running"], json!([]));
    socket.close().await;

    let replay = Replay::start(recorder.recording()).expect("a replay");
    let to = replay.address();
    let mut socket = Socket::open(to, "yours").await;
    let body = json!({"prompt": sleep, "client_id": "yours", "prompt_id": YOURS});
    post(to, "/prompt", &body).await;
    while socket.next().await.is_some_and(|message| message.name() != "executing 1") {}
    for _ in 0..3 {
        assert_eq!(get(to, "/queue").await.json()["queue_running"][0][1], YOURS, "still");
    }
    assert!(socket.within(std::time::Duration::from_millis(50)).await.is_empty());
    post(to, "/interrupt", &json!({"prompt_id": YOURS})).await;
    let heard = socket.until_over(YOURS).await;
    assert_eq!(names(&heard), ["execution_interrupted", "status", "executing null"]);
    assert_eq!(get(to, "/queue").await.json()["queue_running"], json!([]));
    assert_eq!(history(to, YOURS).await["status"]["status_str"], "error");
}

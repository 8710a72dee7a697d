//! The proxy: transparent without faults, as planned with them.

use std::time::{Duration, Instant};

use comfy_test_server::faults::{Fault, FaultProxy, Kind, Schedule};
use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::json;

use crate::client::{Socket, get, history, names, picture, request, submit};

fn start(schedule: Schedule) -> (Stub, FaultProxy) {
    let stub = Stub::start(StubOptions::default()).expect("a stub");
    let restarted = stub.clone();
    let proxy = FaultProxy::with_restart(stub.address(), schedule, move || drop(restarted.restart()));
    (stub, proxy.expect("a proxy"))
}

#[tokio::test]
async fn without_faults_nothing_is_changed() {
    let (stub, proxy) = start(Schedule::none());
    let mut socket = Socket::open(proxy.address(), "me").await;
    let id = submit(proxy.address(), &picture(64), "me").await;
    assert!(names(&socket.until_over(&id).await).contains(&"executed 3".to_owned()));
    history(proxy.address(), &id).await;
    let path = "/view?filename=picture_00001_.png&subfolder=sub";
    assert_eq!(get(proxy.address(), path).await.body, get(stub.address(), path).await.body);
    assert!(proxy.happened().is_empty());
}

#[tokio::test]
async fn an_answer_is_lost_but_the_prompt_is_queued() {
    for fault in [Fault::CutAfter, Fault::Garbage, Fault::CutAnswer(300)] {
        let (stub, proxy) = start(Schedule::none().at("POST /api/prompt", 0, fault.clone()));
        let body = json!({"prompt": picture(8)}).to_string();
        let answer = request(proxy.address(), "POST", "/api/prompt", &[], body.as_bytes()).await;
        assert!(answer.is_err(), "{fault:?}");
        assert_eq!(stub.queued_ids().len(), 1, "{fault:?}");
        assert_eq!(proxy.happened().len(), 1);
        submit(proxy.address(), &picture(8), "me").await;
    }
    for fault in [Fault::CutBefore, Fault::Status(503)] {
        let (stub, proxy) = start(Schedule::none().at("POST /api/prompt", 0, fault));
        let body = json!({"prompt": picture(8)}).to_string();
        let answer = request(proxy.address(), "POST", "/api/prompt", &[], body.as_bytes()).await;
        assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 503));
        assert!(stub.queued_ids().is_empty());
    }
}

#[tokio::test]
async fn answers_are_late_slow_and_halved() {
    let plan = Schedule::none()
        .at("GET /prompt", 0, Fault::Delay(Duration::from_millis(100)))
        .at("GET /prompt", 1, Fault::Slow(Duration::from_millis(100)))
        .at("GET /prompt", 2, Fault::HalfJson)
        .at("GET /prompt", 3, Fault::LostAnswer);
    let (_stub, proxy) = start(plan);
    for _ in 0..2 {
        let began = Instant::now();
        assert_eq!(
            get(proxy.address(), "/prompt").await.json(),
            json!({"exec_info": {"queue_remaining": 0}})
        );
        assert!(began.elapsed() >= Duration::from_millis(90));
    }
    assert!(get(proxy.address(), "/prompt").await.json().is_null());
    assert_eq!(get(proxy.address(), "/prompt").await.status, 504);
    assert_eq!(get(proxy.address(), "/prompt").await.status, 200);
}

#[tokio::test]
async fn sockets_end_in_all_ways() {
    let faults = [
        Fault::SocketCut(2),
        Fault::SocketHalfFrame(2),
        Fault::SocketGarbage(2),
        Fault::SocketSilent(2, Duration::from_millis(50)),
        Fault::SocketBadUtf8(2),
    ];
    for fault in faults {
        let (_stub, proxy) = start(Schedule::none().at("socket", 0, fault.clone()));
        let mut socket = Socket::open(proxy.address(), "me").await;
        submit(proxy.address(), &picture(8), "me").await;
        let mut heard = 0;
        while socket.next().await.is_some() {
            heard += 1;
        }
        assert_eq!(heard, 1, "{fault:?}");
    }
    let plan = Schedule::none().at("socket", 0, Fault::SocketRefused).at("socket", 1, Fault::SocketOdd(3));
    let (_stub, proxy) = start(plan);
    assert!(Socket::connect(proxy.address(), "clientId=me").await.is_err());
    let mut socket = Socket::open(proxy.address(), "me").await;
    let id = submit(proxy.address(), &picture(8), "me").await;
    while socket.next().await.is_some() {}
    history(proxy.address(), &id).await;
}

#[tokio::test]
async fn the_door_shuts_and_the_server_restarts() {
    let refuse = Fault::Refuse(Duration::from_millis(50));
    let plan = Schedule::none().at("connect", 0, refuse).at("GET /history", 0, Fault::RestartBefore);
    let (stub, proxy) = start(plan);
    assert!(request(proxy.address(), "GET", "/prompt", &[], b"").await.is_err());
    assert!(request(proxy.address(), "GET", "/prompt", &[], b"").await.is_err(), "refused");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let id = submit(proxy.address(), &picture(8), "me").await;
    history(stub.address(), &id).await;
    assert_eq!(get(proxy.address(), "/history").await.json(), json!({}));
    assert_eq!(get(proxy.address(), "/view?filename=picture_00001_.png&subfolder=sub").await.status, 200);
}

/// What a fixed conversation gets, seed by seed; twice the same.
#[tokio::test]
async fn a_seed_does_the_same_twice_and_heals() {
    for seed in 0..6 {
        let mut runs = Vec::new();
        for _ in 0..2 {
            let plan = Schedule::seeded(seed).without(&[Kind::Refuse]).and(&[Kind::RestartAfter]);
            let (_stub, proxy) = start(plan);
            for _ in 0..6 {
                drop(request(proxy.address(), "GET", "/api/queue", &[], b"").await);
                drop(request(proxy.address(), "GET", "/api/jobs", &[], b"").await);
                drop(Socket::connect(proxy.address(), "clientId=me").await);
                tokio::time::sleep(Duration::from_millis(70)).await;
            }
            runs.push(proxy.happened());
            assert_eq!(get(proxy.address(), "/api/queue").await.status, 200, "healed");
        }
        assert_eq!(runs[0], runs[1], "seed {seed}");
    }
}

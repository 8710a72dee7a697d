//! Jobs of one client with one server: results, failures, cancelling, many at once, and taking a job up again.

use std::time::Duration;

use comfy_client::{
    Cause, Client, FailureKind, JobId, Phase, RunError, SubmitOptions, Update, routes::files::ViewOptions,
};
use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::json;

use crate::{client, hasty, picture, slow, stub};

async fn run(client: &Client, prompt: serde_json::Value) -> Result<comfy_client::Finished, RunError> {
    client.submit(prompt, &SubmitOptions::default()).await?.wait().await
}

#[tokio::test]
async fn a_job_gives_its_results_and_its_updates_in_order() {
    let server = stub();
    let client = client(&server.url());
    let mut job = client.submit(picture(7), &SubmitOptions::default()).await.expect("a job");
    let mut nodes = Vec::new();
    while let Some(update) = job.next().await {
        if let Update::Node { class_type, .. } = update {
            nodes.push(class_type.to_string());
        }
    }
    assert_eq!(nodes, ["EmptyImage", "SaveImage"]);
    let done = job.wait().await.expect("results");
    assert_eq!(done.outputs.files[0].file.filename, "p7_00001_.png");
    let bytes = client.view(&done.outputs.files[0].file, &ViewOptions::default()).await.expect("a file");
    assert!(bytes.starts_with(b"\x89PNG"));
    // the second time all of it is in the server's cache
    let done = run(&client, picture(7)).await.expect("results");
    assert_eq!(done.cached, 2);
    assert!(server.queued_ids().values().all(|count| *count == 1));
}

#[tokio::test]
async fn pictures_of_the_websocket_arrive() {
    let server = stub();
    let prompt = json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 3, "color": 0}},
        "4": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}},
    });
    let done = run(&client(&server.url()), prompt).await.expect("results");
    assert_eq!(done.outputs.received.len(), 3);
    assert!(done.outputs.received.iter().all(|picture| picture.bytes.starts_with(b"\x89PNG")));
}

#[tokio::test]
async fn a_refusal_is_told_by_node_and_code() {
    let server = stub();
    let client = client(&server.url());
    let prompt = json!({"1": {"class_type": "NoSuchNode", "inputs": {}}});
    let error = run(&client, prompt).await.expect_err("no such node");
    let codes: Vec<&str> = error.cause.diagnostics().iter().map(|found| found.code.name()).collect();
    assert_eq!(codes, ["missing_node_type"], "{error}");
    let nothing = json!({"1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 1, "color": 0}}});
    let error = run(&client, nothing).await.expect_err("no outputs");
    assert_eq!(error.cause.diagnostics()[0].code.name(), "prompt_no_outputs");
    assert!(server.queued_ids().is_empty());
}

#[tokio::test]
async fn a_failure_names_the_node_and_its_kind() {
    let server = stub();
    let prompt = json!({"5": {"class_type": "TestFail",
        "inputs": {"message": "Allocation on device", "exception_type": "torch.OutOfMemoryError"}}});
    let error = run(&client(&server.url()), prompt).await.expect_err("a failure");
    let Cause::Failed(failure) = &error.cause else { panic!("{error}") };
    assert_eq!((failure.kind, failure.node.as_deref()), (FailureKind::OutOfMemory, Some("5")));
}

#[tokio::test]
async fn cancelling_stops_that_job_only() {
    let server = stub();
    let (one, other) = (client(&server.url()), client(&server.url()));
    let mut runs = one.submit(slow(400), &SubmitOptions::default()).await.expect("a job");
    let mut waits = one.submit(picture(1), &SubmitOptions::default()).await.expect("a job");
    let mut foreign = other.submit(picture(2), &SubmitOptions::default()).await.expect("a job");
    assert!(waits.cancel().await.expect("an answer"));
    assert!(matches!(waits.wait().await, Err(RunError { cause: Cause::Cancelled, .. })));
    while runs.progress().phase != Phase::Running {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(runs.cancel().await.expect("an answer"));
    assert!(matches!(runs.wait().await, Err(RunError { cause: Cause::Cancelled, .. })));
    foreign.wait().await.expect("nobody stopped it");
    assert!(!one.cancel(waits.id()).await.expect("an answer"), "there is nothing to stop any more");
}

#[tokio::test]
async fn a_job_is_taken_up_again_by_another_client() {
    let server = stub();
    let id = {
        let job = client(&server.url()).submit(slow(200), &SubmitOptions::default()).await.expect("a job");
        job.id().clone()
    };
    let later = client(&server.url());
    later.attach(id.clone()).await.expect("it runs").wait().await.expect("results");
    later.attach(id).await.expect("it is over").wait().await.expect("the same results");
    let error = later.attach(JobId::random()).await.expect_err("no such job");
    assert!(matches!(error.cause, Cause::Removed));
}

#[tokio::test]
async fn without_a_server_nothing_waits() {
    let client = client("http://127.0.0.1:9");
    let error = run(&client, picture(1)).await.expect_err("no server");
    assert!(error.to_string().contains("no server answers at http://127.0.0.1:9"), "{error}");
}

#[tokio::test]
async fn a_server_that_starts_anew_has_lost_the_job() {
    let server = stub();
    let client = hasty(&server.url()).build().expect("a client");
    let mut job = client.submit(slow(60_000), &SubmitOptions::default()).await.expect("a job");
    server.restart().expect("a server");
    let error = job.wait().await.expect_err("it is lost");
    assert_eq!(error.id, *job.id());
    assert!(matches!(error.cause, Cause::Lost { .. } | Cause::Removed), "{error}");
}

#[tokio::test]
async fn two_hundred_jobs_share_one_socket() {
    let server =
        Stub::start(StubOptions { node_time: Duration::ZERO, ..StubOptions::default() }).expect("a server");
    let client = client(&server.url());
    let mut jobs = Vec::new();
    for color in 0..200 {
        jobs.push(client.submit(picture(color), &SubmitOptions::default()).await.expect("a job"));
    }
    assert_eq!(server.sockets(), 1);
    for (color, mut job) in jobs.into_iter().enumerate() {
        let done = job.wait().await.expect("results");
        assert_eq!(done.outputs.files[0].file.filename, format!("p{color}_00001_.png"));
    }
    assert!(server.queued_ids().values().all(|count| *count == 1));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute: a history of 10,000 jobs"]
async fn ten_thousand_jobs_are_paged() {
    use comfy_client::routes::{jobs::JobsQuery, prompt::PromptRequest};
    use futures_util::{StreamExt as _, stream};

    let server = stub();
    let client = client(&server.url());
    let prompt = json!({"1": {"class_type": "PreviewAny", "inputs": {"source": "x"}}});
    let requests = stream::iter(0..10_000).map(|_| {
        let (client, request) = (client.clone(), PromptRequest::new(prompt.clone()));
        async move { client.post_prompt(&request).await.expect("an answer") }
    });
    assert_eq!(requests.buffer_unordered(32).count().await, 10_000);
    while server.remaining() > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut query = JobsQuery::default();
    query.limit = Some(200);
    let begun = std::time::Instant::now();
    loop {
        let page = client.jobs(&query).await.expect("a page");
        seen.extend(page.jobs.iter().map(|job| job.id.clone()));
        query.offset += page.jobs.len();
        if !page.pagination.has_more {
            break;
        }
    }
    println!("{} jobs in {:?}", seen.len(), begun.elapsed());
    assert_eq!(seen.len(), 10_000);
}

//! Prompts, the queue, the history, jobs and files: one request each. What becomes of a job is `jobs`' and `faults`'.

use std::time::Duration;

use comfy_client::{
    Client, Error, JobId,
    routes::{
        files::{FileRef, Folder, UploadOptions, ViewOptions},
        history::HistoryQuery,
        jobs::{JobStatus, JobsQuery},
        prompt::{Answer, PromptRequest},
    },
};
use comfy_test_server::stub::StubOptions;
use serde_json::{Value, json};

use super::{talk, unique};

/// A small picture, saved under this name.
fn picture(name: &str) -> Value {
    json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 1, "color": 255}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": name}},
    })
}

async fn post(client: &Client, prompt: Value) -> JobId {
    match client.post_prompt(&PromptRequest::new(prompt)).await.expect("an answer") {
        Answer::Accepted(accepted) => accepted.id,
        Answer::Refused(refusal) => panic!("{refusal:?}"),
    }
}

async fn ended(client: &Client, id: &JobId) {
    while client.history_of(id).await.expect("an answer").is_none() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_job_is_in_the_history_and_in_the_list() {
    let (_stub, client) = talk(StubOptions::default());
    let name = unique("history");
    let id = post(&client, picture(&name)).await;
    ended(&client, &id).await;

    let entry = client.history_of(&id).await.expect("an answer").expect("it is over");
    let status = entry.status.expect("a status");
    assert!(status.completed && status.status_str == "success");
    assert!(status.messages.iter().any(|(event, _)| event == "execution_success"));
    assert_eq!(entry.prompt.expect("the prompt").prompt["1"]["class_type"], "EmptyImage");
    let file = format!("{name}_00001_.png");
    assert_eq!(entry.outputs["2"]["images"][0]["filename"], file.as_str());
    let newest = HistoryQuery { max_items: Some(1), offset: None };
    assert_eq!(client.history(newest).await.expect("an answer").len(), 1);
    assert!(client.history(HistoryQuery::default()).await.expect("an answer").contains_key(&id));

    let info = client.job_info(&id).await.expect("an answer").expect("it is there");
    assert!(info.status == JobStatus::Completed && info.outputs_count == Some(1));
    assert!(info.workflow.expect("the prompt")["prompt"]["2"].is_object());
    let mut query = JobsQuery::default();
    query.status = vec![JobStatus::Completed];
    query.limit = Some(200);
    let page = client.jobs(&query).await.expect("an answer");
    assert!(page.jobs.iter().any(|job| job.id == id) && page.pagination.total >= page.jobs.len());
    assert!(client.job_info(&JobId::random()).await.expect("an answer").is_none());
    assert!(client.history_of(&JobId::random()).await.expect("an answer").is_none());

    client.remove_from_history(std::slice::from_ref(&id)).await.expect("an answer");
    assert!(client.history_of(&id).await.expect("an answer").is_none());
}

#[tokio::test]
async fn what_waits_is_counted_and_taken_out() {
    let (stub, client) = talk(StubOptions::default());
    // with a real server, other people's jobs come and go
    let Some(stub) = stub else {
        assert!(client.queue().await.is_ok() && client.exec_info().await.is_ok());
        assert!(!client.post_cancel(&JobId::random()).await.expect("an answer"));
        return;
    };
    stub.pause();
    let ids = [
        post(&client, picture("a")).await,
        post(&client, picture("b")).await,
        post(&client, picture("c")).await,
    ];
    assert_eq!(client.exec_info().await.expect("an answer").queue_remaining, 3);
    let queue = client.queue().await.expect("an answer");
    assert_eq!(queue.pending.iter().map(|item| &item.id).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>());
    client.remove_from_queue(&ids[..1]).await.expect("an answer");
    assert!(client.post_cancel(&ids[1]).await.expect("an answer"));
    assert!(!client.post_cancel(&ids[1]).await.expect("an answer"));
    assert_eq!(client.queue().await.expect("an answer").ahead_of(&ids[2]), Some(0));
    assert!(client.post_cancel_all(&ids).await.expect("an answer"));
    post(&client, picture("d")).await;
    client.clear_queue().await.expect("an answer");
    assert!(client.queue().await.expect("an answer").pending.is_empty());
    client.interrupt(&ids[0]).await.expect("an answer");
    client.interrupt_everything().await.expect("an answer");
    client.clear_history().await.expect("an answer");
    assert!(client.history(HistoryQuery::default()).await.expect("an answer").is_empty());
}

#[tokio::test]
async fn a_prompt_that_is_none_is_refused() {
    let (_stub, client) = talk(StubOptions::default());
    let request = PromptRequest::new(json!({"1": {"class_type": "SaveImage", "inputs": {}}}));
    let Answer::Refused(refusal) = client.post_prompt(&request).await.expect("an answer") else {
        panic!("an input is missing")
    };
    assert!(!refusal.nodes.is_empty(), "{refusal:?}");
}

#[tokio::test]
async fn files_are_uploaded_masked_and_viewed() {
    let (_stub, client) = talk(StubOptions::default());
    let name = unique("upload");
    let id = post(&client, picture(&name)).await;
    ended(&client, &id).await;
    let output = FileRef { filename: format!("{name}_00001_.png"), ..FileRef::default() };
    let png = client.view(&output, &ViewOptions::default()).await.expect("a picture");
    assert!(png.starts_with(b"\x89PNG"));
    let mut options = ViewOptions::default();
    options.preview = Some(("webp".to_owned(), 50));
    assert!(client.view(&output, &options).await.expect("a preview").starts_with(b"RIFF"));

    let mut options = UploadOptions::default();
    options.subfolder = name.clone();
    let first = client.upload("a.png", png.clone(), &options).await.expect("an upload");
    assert_eq!(
        first.file(),
        FileRef { filename: "a.png".into(), subfolder: name.clone(), folder: Folder::Input }
    );
    let same = client.upload("a.png", png.clone(), &options).await.expect("an upload");
    assert_eq!(same.name, "a.png");
    let other = client.upload("a.png", "other bytes".into(), &options).await.expect("an upload");
    assert_eq!(other.name, "a (1).png");
    let mask = client.upload_mask("mask.png", png, &first.file(), &options).await.expect("a mask");
    assert!(
        client.view(&mask.file(), &ViewOptions::default()).await.expect("a picture").starts_with(b"\x89PNG")
    );
    let missing = FileRef { filename: "no such.png".into(), ..FileRef::default() };
    let error = client.view(&missing, &ViewOptions::default()).await.expect_err("no such file");
    assert!(matches!(error, Error::NotFound { unknown_route: false, .. }), "{error}");
}

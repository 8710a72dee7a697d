//! A simulated Comfy Cloud: keys, ids of its own, other people's jobs, files on another host.

use comfy_client::{Cause, Client, Error, Secret, SubmitOptions, routes::files::ViewOptions};
use comfy_test_server::cloud::{Cloud, CloudOptions, Mode};

use crate::{hasty, picture};

const KEY: &str = "comfyui-key-of-a-test";

fn client(cloud: &Cloud) -> Client {
    hasty(&cloud.url()).cloud(true).key(Secret::new(KEY)).build().expect("a client")
}

#[tokio::test]
async fn a_job_runs_and_its_file_comes_without_the_key() {
    let cloud = Cloud::start(CloudOptions::default()).expect("a server");
    let client = client(&cloud);
    let mut job = client.submit(picture(7), &SubmitOptions::default()).await.expect("a job");
    assert!(!cloud.foreign_ids().contains(&job.id().to_string()));
    let done = job.wait().await.expect("results");
    assert_eq!(done.outputs.files.len(), 1, "{:?}", done.outputs);
    let bytes = client.view(&done.outputs.files[0].file, &ViewOptions::default()).await.expect("a file");
    assert!(bytes.starts_with(b"\x89PNG"));
    assert!(!cloud.storage_requests().is_empty() && cloud.leaks().is_empty());
    assert!(cloud.partner_keys().is_empty(), "a job without paid nodes carries no key");
}

#[tokio::test]
async fn a_key_is_needed_and_never_shown() {
    let cloud = Cloud::start(CloudOptions::default()).expect("a server");
    assert!(matches!(hasty(&cloud.url()).cloud(true).build(), Err(Error::KeyMissing)));
    let open = hasty("http://192.168.0.1:1").key(Secret::new(KEY)).build();
    assert!(matches!(open, Err(Error::KeyInTheOpen { .. })));
    let wrong = hasty(&cloud.url()).cloud(true).key(Secret::new("wrong-key")).build().expect("a client");
    let error = wrong.submit(picture(1), &SubmitOptions::default()).await.expect_err("a wrong key");
    let Cause::Request(cause) = &error.cause else { panic!("{error}") };
    assert!(matches!(**cause, Error::Unauthorized { .. }), "{error}");
    let shown = format!("{error} {error:?} {wrong:?}");
    assert!(!shown.contains("wrong-key"), "{shown}");
}

#[tokio::test]
async fn refusals_have_their_meaning() {
    let cloud = Cloud::start(CloudOptions::default()).expect("a server");
    let client = client(&cloud);
    cloud.set_mode(Mode::NoCredits);
    let error = client.submit(picture(1), &SubmitOptions::default()).await.expect_err("no credits");
    assert!(
        matches!(&error.cause, Cause::Request(cause) if matches!(**cause, Error::NoCredits { .. })),
        "{error}"
    );
    cloud.set_mode(Mode::Inactive);
    let error = client.submit(picture(1), &SubmitOptions::default()).await.expect_err("no subscription");
    assert!(
        matches!(&error.cause, Cause::Request(cause) if matches!(**cause, Error::TooManyRequests { retry_after: None, .. })),
        "{error}"
    );
    cloud.set_mode(Mode::QueueFull { retry_after: 1, times: 1 });
    let mut job = client.submit(picture(2), &SubmitOptions::default()).await.expect("a place a second later");
    job.wait().await.expect("results");
}

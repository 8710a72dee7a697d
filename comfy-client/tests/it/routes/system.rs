//! The server itself, its routes that are internal, and what it says of routes that it does not have.

use comfy_client::{
    Error,
    routes::{
        files::{Folder, UploadOptions},
        jobs::JobsQuery,
    },
};
use comfy_test_server::stub::StubOptions;

use super::{talk, unique};

#[tokio::test]
async fn a_server_says_what_it_is() {
    let (_stub, client) = talk(StubOptions::default());
    let stats = client.system_stats().await.expect("an answer");
    assert!(stats.system.comfyui_version.is_some_and(|version| version.starts_with("0.")));
    assert!(stats.system.ram_total > Some(1 << 20) && !stats.system.argv.is_empty());
    // what has no field is kept
    assert!(stats.system.extra.contains_key("installed_templates_version"));
    let device = &stats.devices[0];
    assert!(!device.name.is_empty() && !device.kind.is_empty() && device.vram_total > Some(0));
}

#[tokio::test]
async fn a_server_says_what_it_can() {
    let (stub, client) = talk(StubOptions::default());
    let features = client.features().await.expect("an answer");
    assert!(features.supports_preview_metadata && features.max_upload_size > Some(1 << 20));
    assert_eq!(features.extra["extension"]["manager"]["supports_v4"], true);
    assert!(stub.is_none() || !features.assets);
}

#[tokio::test]
async fn memory_is_freed() {
    let (stub, client) = talk(StubOptions::default());
    client.free(true, true).await.expect("an answer");
    let Some(stub) = stub else { return };
    while stub.freed().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert_eq!(stub.freed()[0]["unload_models"], true);
}

#[tokio::test]
async fn logs_are_read_and_subscribed_to() {
    let (_stub, client) = talk(StubOptions::default());
    let logs = client.logs().await.expect("an answer");
    let entry = logs.entries.first().expect("every server wrote something");
    assert!(!entry.message.is_empty() && entry.time.contains('T') && logs.size.contains_key("cols"));
    let text = client.logs_text().await.expect("an answer");
    assert!(text.contains(entry.message.trim()));
    client.subscribe_logs(true).await.expect("an answer");
    client.subscribe_logs(false).await.expect("an answer");
}

#[tokio::test]
async fn folders_of_the_machine_and_their_files() {
    let (_stub, client) = talk(StubOptions::default());
    let paths = client.folder_paths().await.expect("an answer");
    assert!(paths["configs"].iter().all(|path| path.ends_with("configs")));
    let name = unique("a [output].png");
    client.upload(&name, "x".into(), &UploadOptions::default()).await.expect("an upload");
    let files = client.folder_files(Folder::Input).await.expect("an answer");
    let file = files.iter().find(|file| file.filename == name).expect("it was uploaded");
    assert_eq!((file.folder, &*file.subfolder), (Folder::Input, ""));
    assert!(client.folder_files(Folder::Temp).await.is_ok());
}

#[tokio::test]
async fn a_route_that_is_missing_is_no_thing_that_is_missing() {
    let (stub, client) = talk(StubOptions::default());
    // a server without the route, as it answers to GET and to what changes something
    let error = client.workflow_template("no-such-pack", "x").await.expect_err("no such file");
    assert!(error.is_missing_route() && error.to_string().contains("does not have it"), "{error}");
    let error = client.model_preview("a/b", &model()).await.expect_err("no such folder");
    assert!(!error.is_missing_route(), "{error}");
    // the stub of Comfy Cloud knows none of the server's own
    if stub.is_some() {
        let error = client.asset("not an id").await.expect_err("assets are off");
        assert!(
            matches!(&error, Error::Disabled { message, .. } if message.contains("--enable-assets")),
            "{error}"
        );
        assert!(!error.is_passing() && !error.is_missing_route());
    }
    assert!(client.jobs(&JobsQuery::default()).await.is_ok());
}

fn model() -> comfy_client::routes::models::ModelFile {
    serde_json::from_value(serde_json::json!({"name": "x.safetensors"})).expect("a file")
}

//! Files both ways: results saved whatever the server says and the network does, inputs uploaded once, records of runs.

use std::{fs, path::Path};

use comfy_client::{
    Client, Finished, RunOptions, SubmitOptions, diagnostics_in,
    inputs::{InputError, UploadPolicy},
    record::{RunDetails, RunRecord},
    save::SaveOptions,
};
use comfy_dsl::prelude::*;
use comfy_test_server::{
    cloud::{Cloud, CloudOptions},
    faults::{Fault, FaultProxy, Kind, Schedule},
    stub::{Stub, StubOptions},
};
use serde_json::{Value, json};

use crate::{client, hasty, picture, stub};

async fn finished(client: &Client, prompt: Value) -> Finished {
    let mut job = client.submit(prompt, &SubmitOptions::default()).await.expect("a job");
    job.wait().await.expect("results")
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).expect("below").display().to_string());
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn results_of_every_kind_are_saved_once() {
    let server = stub();
    let client = client(&server.url());
    let prompt = json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 2, "color": 5}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "sub/p"}},
        "3": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}},
        "4": {"class_type": "PreviewAny", "inputs": {"source": "a text"}},
        "5": {"class_type": "EmptyAudio", "inputs": {"duration": 1.0, "sample_rate": 8000, "channels": 1}},
        "6": {"class_type": "SaveAudio", "inputs": {"audio": ["5", 0], "filename_prefix": "a"}},
    });
    let done = finished(&client, prompt).await;
    let dir = tempfile::tempdir().expect("a folder");
    let saved = client.save(&done, &SaveOptions::to(dir.path())).await.expect("all of it");
    let mut kinds: Vec<&str> = saved.iter().map(|file| &*file.kind).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["audio", "images", "images", "text", "websocket", "websocket"]);
    let there = files_below(dir.path());
    assert_eq!(there.len(), 6, "{there:?}");
    assert!(there.contains(&"sub/p_00001_.png".to_owned()) && saved.iter().all(|file| !file.existed));
    // the same once more is what is there
    let again = client.save(&done, &SaveOptions::to(dir.path())).await.expect("all of it");
    assert!(again.iter().all(|file| file.existed));
    assert_eq!(files_below(dir.path()), there);
}

#[tokio::test]
async fn no_answer_of_a_server_leaves_the_folder() {
    let server = stub();
    let client = client(&server.url());
    let outer = tempfile::tempdir().expect("a folder");
    let dir = outer.path().join("results");
    let hostile = [
        ("../../evil.png", ""),
        ("/tmp/evil.png", ""),
        ("evil.png", "../.."),
        ("evil.png", "/etc"),
        ("..", ""),
        ("C:\\evil.png", "a\\..\\.."),
        ("con", ""),
    ];
    for (filename, subfolder) in hostile {
        let prompt = json!({"1": {"class_type": "TestHostile", "inputs": {
            "filename": filename, "subfolder": subfolder, "type": "output", "content": filename}}});
        let done = finished(&client, prompt).await;
        // a server that does not give the file is no harm either
        let _ = client.save(&done, &SaveOptions::to(&dir)).await;
    }
    let everywhere = files_below(outer.path());
    assert!(everywhere.iter().all(|path| path.starts_with("results/")), "{everywhere:?}");
    assert!(everywhere.len() >= 3, "{everywhere:?}");
    assert!(
        !everywhere.iter().any(|path| Path::new(path).extension().is_some_and(|end| end == "part")),
        "{everywhere:?}"
    );
}

#[tokio::test]
async fn a_download_that_breaks_is_taken_up_again() {
    let server = stub();
    let done = finished(&client(&server.url()), picture(9)).await;
    let cuts = Schedule::none()
        .at("GET /api/view", 0, Fault::CutAnswer(400))
        .at("GET /api/view", 1, Fault::CutAnswer(500))
        .at("GET /api/view", 2, Fault::Status(502));
    let proxy = FaultProxy::start(server.address(), cuts).expect("a proxy");
    let dir = tempfile::tempdir().expect("a folder");
    let saved = client(&proxy.url()).save(&done, &SaveOptions::to(dir.path())).await.expect("a file");
    let whole = server.file("output/p9_00001_.png").expect("the file there");
    assert_eq!(fs::read(&saved[0].path).expect("the file here"), whole);
    assert_eq!(proxy.happened().len(), 3, "{:?}", proxy.happened());
    let ranges = server.requests().iter().filter(|seen| seen.mentions("bytes=")).count();
    assert!(ranges >= 1, "the rest was asked for");
}

#[tokio::test]
async fn what_cannot_be_fetched_is_said_and_leaves_nothing_behind() {
    let server = stub();
    let done = finished(&client(&server.url()), picture(4)).await;
    let always = Schedule::seeded(1).only(&[Kind::CutBefore]).percent(100).first(1000);
    let proxy = FaultProxy::start(server.address(), always).expect("a proxy");
    let dir = tempfile::tempdir().expect("a folder");
    let error = client(&proxy.url()).save(&done, &SaveOptions::to(dir.path())).await.expect_err("no file");
    assert!(error.to_string().contains(&done.id.to_string()), "{error}");
    assert_eq!((error.saved.len(), error.failed.len()), (0, 1));
    assert_eq!(files_below(dir.path()), [] as [&str; 0]);
    let file = dir.path().join("file");
    fs::write(&file, "").expect("a file");
    let error = client(&server.url()).save(&done, &SaveOptions::to(&file)).await.expect_err("no folder");
    assert!(error.to_string().contains("file"), "{error}");
}

#[tokio::test]
async fn files_are_uploaded_once_under_a_name_from_their_contents() {
    let server = stub();
    let client = client(&server.url());
    let dir = tempfile::tempdir().expect("a folder");
    let bytes = {
        let done = finished(&client, picture(1)).await;
        server.file(&format!("output/{}", done.outputs.files[0].file.filename)).expect("a picture")
    };
    fs::write(dir.path().join("My cat.png"), &bytes).expect("a file");
    let catalog = comfy_graph::catalog::Catalog::bundled();
    let policy = UploadPolicy::new(dir.path());
    let load = |path: &str| json!({"class_type": "LoadImage", "inputs": {"image": path}});
    let prompt = json!({"1": load("./My cat.png"), "2": load("./My cat.png"), "3": load("theirs.png")});
    let mut first = prompt.clone();
    let uploaded = client.upload_inputs(&mut first, &catalog, &policy).await.expect("uploads");
    assert_eq!((uploaded.len(), uploaded[0].was_there, uploaded[1].was_there), (2, false, true));
    let name = first["1"]["inputs"]["image"].as_str().expect("a name").to_owned();
    assert!(name.starts_with("My_cat-") && !name.contains('/'), "{name}");
    assert_eq!(first["2"]["inputs"]["image"], *name);
    assert_eq!(first["3"]["inputs"]["image"], "theirs.png");
    assert_eq!(server.file(&format!("input/{name}")).as_deref(), Some(&*bytes));
    let mut second = prompt.clone();
    let uploaded = client.upload_inputs(&mut second, &catalog, &policy).await.expect("uploads");
    assert!(uploaded.iter().all(|upload| upload.was_there) && second == first);
    let posts = server.requests().iter().filter(|seen| seen.mentions("upload/image")).count();
    assert_eq!(posts, 1);
    // the prompt is as it was when something is missing
    let mut missing = json!({"1": load("./My cat.png"), "2": load("./none.png")});
    let before = missing.clone();
    let error = client.upload_inputs(&mut missing, &catalog, &policy).await.expect_err("no such file");
    assert!(matches!(&error, InputError::File { node, .. } if &**node == "2"), "{error}");
    assert_eq!(missing, before);
}

#[tokio::test]
async fn a_record_has_what_it_takes_to_run_again_and_no_key() {
    let key = "comfyui-a-key-that-nobody-may-see";
    let server = stub();
    let client = hasty(&server.url()).partner_key(key.into()).build().expect("a client");
    let mut options = SubmitOptions::default();
    options.with_partner_key = true;
    let mut prompt = picture(3);
    prompt["7"] = json!({"class_type": "RecraftVectorizeImageNode", "inputs": {"image": ["1", 0]}});
    prompt["8"] = json!({"class_type": "PreviewAny", "inputs": {"source": ["7", 0]}});
    let mut job = client.submit(prompt.clone(), &options).await.expect("a job");
    let done = job.wait().await.expect("results");
    assert_eq!(server.partner_keys(), [key], "it went with the job");
    let dir = tempfile::tempdir().expect("a folder");
    let saved = client.save(&done, &SaveOptions::to(dir.path())).await.expect("a file");
    let stats = client.system_stats().await.expect("an answer");
    let mut details = RunDetails::default();
    (details.saved, details.prompt, details.stats) = (&saved, Some(&prompt), Some(&stats));
    details.source = Some(("flow.rs", "fn flow() {}"));
    let record = RunRecord::new(client.server(), &done, dir.path(), details);
    let path = record.write(dir.path()).expect("written");
    let text = fs::read_to_string(&path).expect("a file");
    assert!(!text.contains(key), "{text}");
    let read = RunRecord::read(&path).expect("a record");
    assert_eq!((&read.prompt, &read.job), (&prompt, &done.id));
    assert!(read.outputs.iter().any(|output| output.path == Path::new("p3_00001_.png")));
    assert!(read.times.started.is_some() && read.server.comfyui.is_some());
    // the record of another job stays
    let other = finished(&client, picture(8)).await;
    RunRecord::new(client.server(), &other, dir.path(), RunDetails::default())
        .write(dir.path())
        .expect("written");
    let short = done.id.as_str().get(..8).expect("a UUID");
    assert_eq!(
        RunRecord::read(&dir.path().join(format!("run-{short}.json"))).expect("a record").job,
        done.id
    );
}

#[tokio::test]
async fn a_flow_runs_and_is_told_of_at_its_lines() {
    let server = Stub::start(StubOptions::default()).expect("a server");
    let client = client(&server.url());
    let mut options = RunOptions::default();
    options.catalog = comfy_client::CatalogOptions::uncached();
    let flow = |width: i64| {
        let g = Flow::new();
        let image = RawNode::new("EmptyImage").input("width", width).input("height", 16);
        let image = g.add(image.input("batch_size", 1).input("color", 0));
        g.add(RawNode::new("SaveImage").input("images", image.out::<Any>(0)).input("filename_prefix", "f"));
        g
    };
    let done = client.run(&flow(16), &options).await.expect("results");
    assert_eq!(done.outputs.files.len(), 1);
    let wrong = flow(99_999);
    let error = client.run(&wrong, &options).await.expect_err("too wide");
    let found = diagnostics_in(&wrong, &error.cause);
    assert!(found[0].place.is_some(), "{found:?}");
    assert!(error.to_string().contains("width is 99999"), "{error}");
    let paid = Flow::new();
    let image = paid.add(RawNode::new("LoadImage").input("image", "./no.png"));
    let vector = paid.add(RawNode::new("RecraftVectorizeImageNode").input("image", image.out::<Any>(0)));
    paid.add(RawNode::new("PreviewAny").input("source", vector.out::<Any>(0)));
    let error = client.run(&paid, &options).await.expect_err("it costs money");
    assert!(matches!(error.cause, comfy_client::Cause::Paid(_)), "{error}");
    options.allow_paid = comfy_client::AllowPaid::Any;
    let error = client.run(&paid, &options).await.expect_err("the file is not there");
    assert!(matches!(error.cause, comfy_client::Cause::Input(_)), "{error}");
}

#[tokio::test]
async fn files_of_comfy_cloud_are_saved_without_the_key() {
    let cloud = Cloud::start(CloudOptions::default()).expect("a server");
    let client =
        hasty(&cloud.url()).cloud(true).key("comfyui-key-of-a-test".into()).build().expect("a client");
    let done = finished(&client, picture(7)).await;
    let dir = tempfile::tempdir().expect("a folder");
    let saved = client.save(&done, &SaveOptions::to(dir.path())).await.expect("a file");
    assert!(fs::read(&saved[0].path).expect("a file").starts_with(b"\x89PNG"));
    assert!(!cloud.storage_requests().is_empty() && cloud.leaks().is_empty());
}

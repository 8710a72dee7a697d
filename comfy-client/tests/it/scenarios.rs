//! What the client does with a real ComfyUI: run there (`cargo xtask live`), written down there (`cargo xtask record`), and
//! played back in every test run from `tests/recordings`. No scenario needs a model.

use std::{
    future::Future,
    net::{SocketAddr, ToSocketAddrs as _},
    path::PathBuf,
    pin::Pin,
};

use comfy_client::{
    Cause, Client, Finished, Job, RunError, SubmitOptions, Update,
    routes::files::{UploadOptions, ViewOptions},
};
use comfy_test_server::{
    faults::{Fault, FaultProxy, Schedule},
    record::{Recorder, Recording},
    replay::Replay,
};
use serde_json::{Value, json};

type Scenario = fn(Client) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        [$((stringify!($name), (|client| Box::pin($name(client))) as Scenario)),*]
    };
}

const SCENARIOS: [(&str, Scenario); 13] = scenarios![
    good, cached, refused, partial, failed, cancel, websocket, upload, text, audio, two_jobs, taken_up, steps
];

fn recordings() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/recordings")
}

fn client(url: &str) -> Client {
    Client::builder().address(url).build().expect("a client")
}

#[tokio::test(flavor = "multi_thread")]
async fn recordings_of_a_real_server_still_hold() {
    for (name, scenario) in SCENARIOS {
        let path = recordings().join(format!("{name}.jsonl"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let recording = Recording::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let replay = Replay::start(recording).expect("a server");
        let done =
            tokio::time::timeout(std::time::Duration::from_secs(60), scenario(client(&replay.url()))).await;
        assert!(done.is_ok(), "{name} does not end");
    }
}

#[test]
fn recordings_tell_nothing_of_the_machine() {
    let mut seen = 0;
    for entry in std::fs::read_dir(recordings()).expect("the folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a recording");
        for word in [
            "/home/",
            "/root/",
            "/opt/",
            "/work/",
            "/Users/",
            "/tmp/",
            "site-packages",
            "api_key",
            "hostname",
        ] {
            assert!(!text.contains(word), "{word} in {}", path.display());
        }
        assert!(text.len() < 200_000, "{} has {} bytes", path.display(), text.len());
        seen += 1;
    }
    assert_eq!(seen, SCENARIOS.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a running ComfyUI: cargo xtask live"]
async fn live() {
    let url = std::env::var("COMFYUI_URL").expect("COMFYUI_URL");
    for (name, scenario) in SCENARIOS {
        println!("{name}");
        scenario(client(&url)).await;
    }
    // connections that break cannot be played back
    let faults = [
        ("socket", Fault::SocketCut(3)),
        ("socket", Fault::SocketRefused),
        ("socket", Fault::SocketGarbage(2)),
        ("POST /api/prompt", Fault::LostAnswer),
        ("POST /api/prompt", Fault::CutAfter),
    ];
    for (request, fault) in faults {
        println!("{request}: {fault:?}");
        let proxy =
            FaultProxy::start(address(&url), Schedule::none().at(request, 0, fault)).expect("a proxy");
        let client = client(&proxy.url());
        let mut job = start(&client, long(fresh())).await;
        assert_eq!(job.wait().await.expect("results").outputs.files.len(), 1);
        assert!(!proxy.happened().is_empty());
    }
}

fn address(url: &str) -> SocketAddr {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    host.to_socket_addrs().expect("an address").next().expect("an address")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a running ComfyUI: cargo xtask record"]
async fn record() {
    let url = std::env::var("COMFYUI_URL").expect("COMFYUI_URL");
    let wanted = std::env::var("COMFY_RECORD").unwrap_or_default();
    let address = address(&url);
    for (name, scenario) in SCENARIOS {
        if !wanted.is_empty() && !wanted.split(',').any(|word| word == name) {
            continue;
        }
        let recorder = Recorder::start(address).expect("a proxy");
        scenario(client(&recorder.url())).await;
        let lines = recorder.recording().to_lines();
        println!("{name}: {} bytes", lines.len());
        std::fs::write(recordings().join(format!("{name}.jsonl")), lines).expect("written");
    }
}

/// A number that makes a prompt new to the server's cache. In a recording it does not matter.
fn fresh() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| u64::from(now.subsec_nanos()) % 16_000_000)
}

fn picture(color: u64) -> Value {
    json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 1, "color": color}},
        "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], "upscale_method": "bicubic", "width": 32,
            "height": 32, "crop": "disabled"}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "scenario"}},
    })
}

/// Some seconds on a usual machine.
fn long(color: u64) -> Value {
    let mut prompt = json!({
        "1": {"class_type": "EmptyImage",
              "inputs": {"width": 1024, "height": 1024, "batch_size": 1, "color": color}},
    });
    for number in 2..22 {
        let before = (number - 1).to_string();
        prompt[number.to_string()] = json!({"class_type": "ImageBlur",
            "inputs": {"image": [before, 0], "blur_radius": 15, "sigma": 3.0}});
    }
    prompt["30"] = json!({"class_type": "PreviewImage", "inputs": {"images": ["21", 0]}});
    prompt
}

async fn start(client: &Client, prompt: Value) -> Job {
    client.submit(prompt, &SubmitOptions::default()).await.expect("a job")
}

async fn run(client: &Client, prompt: Value) -> Result<Finished, RunError> {
    client.submit(prompt, &SubmitOptions::default()).await?.wait().await
}

async fn good(client: Client) {
    let mut job = start(&client, picture(fresh())).await;
    let mut nodes = Vec::new();
    while let Some(update) = job.next().await {
        if let Update::Node { node, .. } = update {
            nodes.push(node.to_string());
        }
    }
    assert_eq!(nodes, ["1", "2", "3"]);
    let done = job.wait().await.expect("results");
    let [file] = done.outputs.files.as_slice() else { panic!("{:?}", done.outputs) };
    assert!(file.file.filename.starts_with("scenario_"), "{file:?}");
    assert!(done.times.0.is_some() && done.times.0 <= done.times.1);
    let bytes = client.view(&file.file, &ViewOptions::default()).await.expect("a file");
    assert!(bytes.starts_with(b"\x89PNG"));
}

async fn cached(client: Client) {
    let color = fresh();
    assert_eq!(run(&client, picture(color)).await.expect("results").cached, 0);
    let again = run(&client, picture(color)).await.expect("results");
    assert_eq!((again.cached, again.outputs.files.len()), (3, 1));
}

async fn refused(client: Client) {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut prompt = picture(1);
        change(&mut prompt);
        prompt
    };
    let inputs =
        |prompt: &mut Value, node: &str, input: &str, value: Value| prompt[node]["inputs"][input] = value;
    let cases = [
        ("missing_node_type", with(&|p| p["1"]["class_type"] = "NoSuchClass".into())),
        ("prompt_no_outputs", with(&|p| _ = p.as_object_mut().and_then(|nodes| nodes.remove("3")))),
        ("value_bigger_than_max", with(&|p| inputs(p, "1", "width", 99_999.into()))),
        ("value_smaller_than_min", with(&|p| inputs(p, "1", "width", 0.into()))),
        ("value_not_in_list", with(&|p| inputs(p, "2", "crop", "middle".into()))),
        ("invalid_input_type", with(&|p| inputs(p, "1", "width", "wide".into()))),
        ("bad_linked_input", with(&|p| inputs(p, "2", "image", json!(["1"])))),
        ("return_type_mismatch", with(&|p| inputs(p, "1", "width", json!(["2", 0])))),
        (
            "required_input_missing",
            with(&|p| _ = p["2"]["inputs"].as_object_mut().and_then(|i| i.remove("crop"))),
        ),
        (
            "custom_validation_failed",
            with(&|p| {
                p["1"] = json!({"class_type": "LoadImage", "inputs": {"image": "no such file.png"}});
            }),
        ),
    ];
    for (code, prompt) in cases {
        let error = run(&client, prompt).await.expect_err(code);
        let found = error.cause.diagnostics();
        assert!(matches!(error.cause, Cause::Refused(_)), "{code}: {error}");
        let codes: Vec<&str> = found.iter().map(|found| found.code.name()).collect();
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

async fn partial(client: Client) {
    let mut prompt = picture(fresh());
    prompt["4"] = json!({"class_type": "EmptyImage", "inputs": {"width": 99_999, "height": 16, "batch_size": 1, "color": 0}});
    prompt["5"] = json!({"class_type": "PreviewImage", "inputs": {"images": ["4", 0]}});
    let error = run(&client, prompt.clone()).await.expect_err("half of it");
    assert!(matches!(error.cause, Cause::Refused(_)), "{error}");
    let mut options = SubmitOptions::default();
    options.partial = true;
    let mut job = client.submit(prompt, &options).await.expect("a job");
    let done = job.wait().await.expect("the other half");
    assert_eq!(done.outputs.files.len(), 1);
    assert_eq!(done.refused.expect("what was left out").nodes[0].node.as_ref(), "4");
}

async fn failed(client: Client) {
    let mut prompt = picture(fresh());
    // of 16 points a hundredth is none
    prompt["2"] = json!({"class_type": "ImageScaleBy",
        "inputs": {"image": ["1", 0], "upscale_method": "bilinear", "scale_by": 0.01}});
    let error = run(&client, prompt).await.expect_err("a picture without a size");
    let Cause::Failed(failure) = &error.cause else { panic!("{error}") };
    assert_eq!((failure.node.as_deref(), failure.class_type.as_deref()), (Some("2"), Some("ImageScaleBy")));
    assert!(!failure.exception.is_empty() && !failure.traceback.is_empty());
}

async fn cancel(client: Client) {
    let color = fresh();
    let mut running = start(&client, long(color)).await;
    let mut waiting = start(&client, long(color + 1)).await;
    while let Some(update) = running.next().await {
        if matches!(update, Update::Node { .. }) {
            break;
        }
    }
    assert!(waiting.cancel().await.expect("an answer"));
    assert!(matches!(waiting.wait().await.expect_err("cancelled").cause, Cause::Cancelled));
    assert!(running.cancel().await.expect("an answer"));
    assert!(matches!(running.wait().await.expect_err("cancelled").cause, Cause::Cancelled));
}

async fn websocket(client: Client) {
    let prompt = json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 16, "batch_size": 2, "color": fresh()}},
        "2": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}},
    });
    let done = run(&client, prompt).await.expect("results");
    assert_eq!(done.outputs.received.len(), 2);
    assert!(done.outputs.received.iter().all(|picture| picture.bytes.starts_with(b"\x89PNG")));
}

async fn upload(client: Client) {
    let done = run(&client, picture(7)).await.expect("results");
    let bytes = client.view(&done.outputs.files[0].file, &ViewOptions::default()).await.expect("a file");
    let options = UploadOptions::default();
    let there = client.upload("scenario.png", bytes.clone(), &options).await.expect("an upload").file();
    let prompt = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": there.as_input()}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    });
    assert_eq!(run(&client, prompt).await.expect("results").outputs.files.len(), 1);
    let mask = client.upload_mask("scenario-mask.png", bytes, &there, &options).await.expect("a mask");
    assert!(mask.file().filename.starts_with("scenario-mask"));
}

async fn text(client: Client) {
    let words = format!("some words {}", fresh() % 10);
    let prompt = json!({"1": {"class_type": "PreviewAny", "inputs": {"source": words}}});
    let done = run(&client, prompt).await.expect("results");
    assert_eq!(done.outputs.texts.len(), 1, "{:?}", done.outputs);
    assert!(done.outputs.texts[0].text.starts_with("some words"));
}

async fn audio(client: Client) {
    let prompt = json!({
        "1": {"class_type": "EmptyAudio", "inputs": {"duration": 0.1, "sample_rate": 8000, "channels": 1}},
        "2": {"class_type": "SaveAudio", "inputs": {"audio": ["1", 0], "filename_prefix": "scenario"}},
    });
    let done = run(&client, prompt).await.expect("results");
    assert_eq!(done.outputs.files.iter().map(|file| &*file.kind).collect::<Vec<_>>(), ["audio"]);
}

async fn two_jobs(client: Client) {
    let color = fresh();
    let (mut first, mut second) =
        (start(&client, picture(color)).await, start(&client, picture(color + 1)).await);
    let (first, second) = tokio::join!(first.wait(), second.wait());
    let name =
        |done: Result<Finished, RunError>| done.expect("results").outputs.files[0].file.filename.clone();
    assert_ne!(name(first), name(second));
}

async fn taken_up(client: Client) {
    let job = start(&client, picture(fresh())).await;
    let id = job.id().clone();
    drop(job);
    let other = Client::builder().address(client.server().to_string()).build().expect("a client");
    let mut job = other.attach(id).await.expect("the job");
    assert_eq!(job.wait().await.expect("results").outputs.files.len(), 1);
}

/// A node that counts its steps, without a model.
async fn steps(client: Client) {
    let prompt = json!({
        "1": {"class_type": "EmptyImage",
              "inputs": {"width": 64, "height": 64, "batch_size": 5, "color": fresh()}},
        "2": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 9}},
        "3": {"class_type": "ColorTransfer", "inputs": {"image_target": ["1", 0], "image_ref": ["2", 0],
              "method": "reinhard_lab", "source_stats": "per_frame", "strength": 1.0}},
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["3", 0]}},
    });
    let mut job = start(&client, prompt).await;
    let mut counted = Vec::new();
    while let Some(update) = job.next().await {
        if let Update::Step { node, value, max } = update {
            assert_eq!((&*node, max), ("3", 5.0));
            counted.push(value);
        }
    }
    assert!(counted.last() == Some(&5.0) && counted.is_sorted(), "{counted:?}");
    assert_eq!(job.wait().await.expect("results").outputs.files.len(), 5);
}

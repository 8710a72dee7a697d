//! Uploads, downloads, definitions, and what users keep.

use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::{Value, json};

use crate::client::{alone, get, history, picture, post, request, submit, upload};

fn start() -> Stub {
    Stub::start(StubOptions::default()).expect("a stub")
}

#[tokio::test]
async fn uploads_get_names() {
    let stub = start();
    let to = stub.address();
    let name = async |name: &str, bytes: &[u8], texts: &[(&str, &str)]| {
        upload(to, name, bytes, texts).await.json()["name"].clone()
    };
    assert_eq!(name("a.png", b"one", &[]).await, "a.png");
    assert_eq!(name("a.png", b"one", &[]).await, "a.png");
    assert_eq!(name("a.png", b"two", &[]).await, "a (1).png");
    assert_eq!(name("a.png", b"two", &[]).await, "a (1).png");
    assert_eq!(name("a.png", b"six", &[("overwrite", "true")]).await, "a.png");
    assert_eq!(stub.file("input/a.png").as_deref(), Some(&b"six"[..]));
    assert_eq!(name("b.png", b"x", &[("subfolder", "s/t"), ("type", "temp")]).await, "b.png");
    assert_eq!(stub.files("temp"), ["s/t/b.png"]);
    assert_eq!(upload(to, "c.png", b"x", &[("subfolder", "../..")]).await.status, 400);
    assert_eq!(upload(to, "c.png", b"x", &[("type", "bogus")]).await.status, 500);
    let choices = get(to, "/api/object_info/LoadImage").await.json();
    assert_eq!(choices["LoadImage"]["input"]["required"]["image"][0], json!(["a (1).png", "a.png"]));
    let load = json!({
        "1": {"class_type": "LoadImage", "inputs": {"image": "s/t/b.png [temp]"}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    });
    let id = submit(to, &load, "me").await;
    assert_eq!(history(to, &id).await["status"]["status_str"], "success");
}

#[tokio::test]
async fn files_come_whole_and_in_parts() {
    let stub = start();
    let to = stub.address();
    let prompt = alone("TestBytes", &json!({"size": 5000, "seed": 7, "filename_prefix": "big"}));
    let id = submit(to, &prompt, "me").await;
    history(to, &id).await;
    let path = "/api/view?filename=big_00001_.bin";
    let whole = get(to, path).await;
    assert_eq!((whole.status, whole.body.len()), (200, 5000));
    let range =
        async |range: &str| request(to, "GET", path, &[("Range", range)], b"").await.expect("an answer");
    let part = range("bytes=1000-").await;
    assert_eq!((part.status, part.header("content-range")), (206, Some("bytes 1000-4999/5000")));
    assert_eq!(part.body, whole.body[1000..]);
    assert_eq!(range("bytes=5000-").await.status, 416);
    let etag = whole.header("etag").expect("a tag");
    let same = request(to, "GET", path, &[("If-None-Match", etag)], b"").await.expect("an answer");
    assert_eq!(same.status, 304);
    for (path, status) in [
        ("/view?filename=nope.png", 404),
        ("/view?filename=..%2Fx.png", 400),
        ("/view?filename=%2Fetc%2Fpasswd", 400),
        ("/view?filename=x.png&subfolder=..%2F..", 403),
        ("/view?filename=x.png&type=bogus", 400),
        ("/view", 404),
    ] {
        assert_eq!(get(to, path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn pictures_have_their_prompt_and_previews() {
    let stub = start();
    let to = stub.address();
    let id = submit(to, &picture(64), "me").await;
    history(to, &id).await;
    let path = "/view?filename=picture_00001_.png&subfolder=sub";
    let file = get(to, path).await.body;
    assert!(file.windows(11).any(|window| window == b"tEXtprompt\0"));
    let preview = get(to, &format!("{path}&preview=webp;50")).await;
    assert_eq!(preview.header("content-type"), Some("image/webp"));
    assert!(get(to, &format!("{path}&preview=jpeg")).await.body.starts_with(b"\xFF\xD8"));
    assert_eq!(get(to, &format!("{path}&channel=rgb")).await.header("content-type"), Some("image/png"));
}

#[tokio::test]
async fn outputs_of_all_kinds_and_hostile_ones() {
    let stub = start();
    let to = stub.address();
    let evil =
        json!({"filename": "../../evil.png", "subfolder": "/etc", "type": "output", "content": "evil"});
    let prompt = json!({
        "1": {"class_type": "TestHostile", "inputs": evil},
        "2": {"class_type": "TestMedia", "inputs": {"kind": "video", "filename_prefix": "clip"}},
        "3": {"class_type": "TestMedia", "inputs": {"kind": "gifs", "filename_prefix": "gif"}},
        "4": {"class_type": "TestText", "inputs": {"text": "a text"}},
        "5": {"class_type": "TestRaw", "inputs": {"ui": "{\"odd\": [1, null, {\"filename\": 3}]}"}},
        "6": {"class_type": "TestMedia", "inputs": {"kind": "3d_result", "filename_prefix": "mesh"}},
    });
    let id = submit(to, &prompt, "me").await;
    let outputs = history(to, &id).await["outputs"].clone();
    assert_eq!(outputs["1"]["images"][0]["filename"], "../../evil.png");
    let served = get(to, "/view?filename=..%2F..%2Fevil.png&subfolder=%2Fetc&type=output").await;
    assert_eq!(served.body, b"evil");
    assert_eq!(outputs["2"]["animated"], json!([true]));
    assert_eq!(outputs["3"]["gifs"][0]["format"], "video/h264-mp4");
    assert_eq!(outputs["5"]["odd"], json!([1, null, {"filename": 3}]));
    let job = get(to, &format!("/api/jobs/{id}")).await.json();
    assert_eq!(job["outputs"]["6"]["result"][0]["mediaType"], "3d");
}

#[tokio::test]
async fn definitions_and_what_users_keep() {
    let options = StubOptions { object_info_etag: true, ..StubOptions::default() };
    let stub = Stub::start(options).expect("a stub");
    let to = stub.address();
    let all = get(to, "/api/object_info").await;
    assert!(all.json().as_object().is_some_and(|classes| classes.len() > 20));
    let tag = all.header("etag").expect("a tag");
    let same = request(to, "GET", "/object_info", &[("If-None-Match", tag)], b"").await.expect("an answer");
    assert_eq!(same.status, 304);
    assert_eq!(get(to, "/api/object_info/Nope").await.json(), json!({}));
    assert_eq!(get(to, "/api/assets").await.status, 503);
    assert_eq!(get(to, "/api/features").await.json()["assets"], false);
    assert_eq!(get(to, "/jobs").await.status, 404, "only with the prefix");
    assert_eq!(get(to, "/api/internal/logs").await.status, 404, "only without");
    let stored =
        request(to, "POST", "/api/userdata/workflows%2Fa.json", &[], b"{}").await.expect("an answer");
    assert_eq!(stored.json(), "workflows/a.json");
    assert_eq!(get(to, "/api/userdata?dir=workflows").await.json(), json!(["a.json"]));
    let listed = get(to, "/api/v2/userdata").await.json();
    assert_eq!((&listed[0]["type"], &listed[1]["path"]), (&json!("directory"), &json!("workflows/a.json")));
    post(to, "/api/settings/Comfy.X", &json!(5)).await;
    assert_eq!(get(to, "/api/settings").await.json(), json!({"Comfy.X": 5}));
    assert_eq!(get(to, "/api/settings/none").await.json(), Value::Null);
    let foreign = request(to, "GET", "/prompt", &[("Origin", "http://evil")], b"").await.expect("an answer");
    assert_eq!(foreign.status, 403);
    post(to, "/free", &json!({"free_memory": true})).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(stub.freed(), [json!({"free_memory": true})]);
}

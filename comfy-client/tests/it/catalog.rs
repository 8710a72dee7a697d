//! The server's nodes: read as they come, within limits, and kept for the next time.

use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use comfy_client::{
    Cache, CatalogOptions, Error, Refresh, Secret, ServerCatalog, routes::files::UploadOptions,
};
use comfy_graph::catalog::Catalog;
use comfy_test_server::{
    cloud::{Cloud, CloudOptions},
    stub::{Stub, StubOptions, non_finite},
};
use serde_json::json;

use crate::{client, hasty, server, stub};

fn uncached() -> CatalogOptions {
    let mut options = CatalogOptions::default();
    options.cache = Cache::None;
    options
}

#[tokio::test]
async fn the_nodes_of_a_server_are_read() {
    let (_stub, url) = server();
    let found = client(&url).catalog(&uncached()).await.expect("a catalog");
    assert!(!found.is_cached() && found.age().is_none());
    let node = found.catalog().get("EmptyImage").expect("a node of every server");
    assert_eq!(node.inputs.len(), 4);
}

#[tokio::test]
async fn numbers_that_json_does_not_have_are_read() {
    let mut options = StubOptions::default();
    let odd = json!({"input": {"required": {"x": ["FLOAT", {"min": non_finite(f64::NEG_INFINITY), "default": non_finite(f64::NAN), "max": 3}]}}, "output": []});
    options.extra_nodes.insert("Odd".into(), odd);
    let stub = Stub::start(options).expect("a server");
    let found = client(&stub.url()).catalog(&uncached()).await.expect("a catalog");
    assert_eq!(found.catalog().get("Odd").expect("the node").inputs.len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused() {
    let (_stub, url) = server();
    let mut options = uncached();
    options.longest = Some(1_000);
    let error = client(&url).catalog(&options).await.expect_err("it is longer");
    assert!(matches!(error, Error::TooLarge { limit: 1_000, .. }), "{error}");
}

#[tokio::test]
async fn a_compressed_answer_is_read_within_the_same_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let packed = Stub::start(StubOptions { compressed: true, ..StubOptions::default() }).expect("a server");
    let plain = stub();
    let of_packed = client(&packed.url());
    let options = cached(folder.path(), Refresh::Background);
    of_packed.catalog(&options).await.expect("a catalog");
    let mut again = of_packed.catalog(&options).await.expect("a catalog");
    assert!(again.is_cached() && again.renewed().await.expect("an answer").is_none());
    // what is kept is the text
    let text = fs::read(kept(folder.path())).expect("a file");
    assert!(text.windows(12).any(|part| part == b"\"EmptyImage\""));
    let other = client(&plain.url()).catalog(&uncached()).await.expect("a catalog");
    assert!(again.catalog().class_types().eq(other.catalog().class_types()));

    let mut short = uncached();
    short.longest = Some(text.len() as u64 / 2);
    let error = of_packed.catalog(&short).await.expect_err("the text is longer");
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let nonsense = answering(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc");
    let error = client(&nonsense).catalog(&uncached()).await.expect_err("no gzip");
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_is_told_in_one_line() {
    let error = client("http://127.0.0.1:9").catalog(&uncached()).await.expect_err("no server");
    assert_eq!(error.to_string(), "no server answers at http://127.0.0.1:9; does ComfyUI run there?");
}

/// Every way of asking, with the cache in this folder.
fn cached(folder: &Path, refresh: Refresh) -> CatalogOptions {
    let mut options = CatalogOptions::default();
    options.cache = Cache::Folder(folder.to_owned());
    options.refresh = refresh;
    options
}

/// The one file in the cache.
fn kept(folder: &Path) -> PathBuf {
    let mut servers = fs::read_dir(folder).expect("a folder").flatten();
    let server = servers.next().expect("a folder of the server").path();
    assert!(servers.next().is_none());
    server.join("object_info")
}

fn asked(stub: &Stub) -> usize {
    stub.requests().iter().filter(|request| request.path.starts_with("/api/object_info")).count()
}

/// Whether a picture is among those that `LoadImage` offers.
fn offers(catalog: &Catalog, name: &str) -> bool {
    let node = catalog.get("LoadImage").expect("a node of every server");
    format!("{:?}", node.inputs).contains(name)
}

#[tokio::test]
async fn the_cache_gives_at_once_what_the_server_confirms() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = stub();
    let client = client(&stub.url());
    let options = cached(folder.path(), Refresh::Background);
    let mut first = client.catalog(&options).await.expect("a catalog");
    assert!(!first.is_cached() && first.renewed().await.expect("nothing to ask").is_none());
    assert_eq!((asked(&stub), first.server_version()), (1, Some("0.33.0")));

    let mut second = client.catalog(&options).await.expect("a catalog");
    assert!(second.is_cached() && second.age().is_some_and(|age| age < Duration::from_secs(60)));
    assert_eq!(second.server_version(), Some("0.33.0"));
    let all = |catalog: &ServerCatalog| catalog.catalog().iter().cloned().collect::<Vec<_>>();
    assert!(all(&first) == all(&second) && !all(&first).is_empty());
    assert!(second.renewed().await.expect("an answer").is_none());
    assert!(!second.is_cached());
    assert_eq!(asked(&stub), 2);

    let never = client.catalog(&cached(folder.path(), Refresh::Never)).await.expect("a catalog");
    assert!(never.is_cached());
    assert_eq!(asked(&stub), 2);
}

#[tokio::test]
async fn new_files_of_a_server_arrive() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = stub();
    let client = client(&stub.url());
    let options = cached(folder.path(), Refresh::Background);
    client.catalog(&options).await.expect("a catalog");
    client.upload("new.png", "x".into(), &UploadOptions::default()).await.expect("an upload");
    let mut found = client.catalog(&options).await.expect("a catalog");
    assert!(found.is_cached() && !offers(found.catalog(), "new.png"));
    let newer = found.renewed().await.expect("an answer").expect("another catalog");
    assert!(offers(&newer, "new.png") && Arc::ptr_eq(&newer, found.catalog()) && !found.is_cached());
    let next = client.catalog(&options).await.expect("a catalog");
    assert!(next.is_cached() && offers(next.catalog(), "new.png"));
    let always = client.catalog(&cached(folder.path(), Refresh::Always)).await.expect("a catalog");
    assert!(!always.is_cached() && offers(always.catalog(), "new.png"));
}

#[tokio::test]
async fn a_tag_saves_the_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub =
        Stub::start(StubOptions { object_info_etag: true, ..StubOptions::default() }).expect("a server");
    let client = client(&stub.url());
    let options = cached(folder.path(), Refresh::Always);
    client.catalog(&options).await.expect("a catalog");
    let before = fs::metadata(kept(folder.path())).expect("a file").len();
    let again = client.catalog(&options).await.expect("the same");
    assert!(!again.is_cached() && again.catalog().contains("EmptyImage"));
    let last = stub.requests().into_iter().rfind(|request| request.path.starts_with("/api/object_info"));
    assert!(last.expect("a request").headers.iter().any(|(name, _)| name == "if-none-match"));
    assert_eq!(fs::metadata(kept(folder.path())).expect("a file").len(), before);
    client.upload("new.png", "x".into(), &UploadOptions::default()).await.expect("an upload");
    let newer = client.catalog(&options).await.expect("another");
    assert!(offers(newer.catalog(), "new.png"));
}

#[tokio::test]
async fn a_damaged_cache_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = stub();
    let client = client(&stub.url());
    let options = cached(folder.path(), Refresh::Never);
    client.catalog(&options).await.expect("a catalog");
    let whole = fs::read(kept(folder.path())).expect("a file");
    for damaged in [&b"nonsense"[..], &whole[..whole.len() / 2], &[]] {
        fs::write(kept(folder.path()), damaged).expect("a file");
        let found = client.catalog(&options).await.expect("a catalog");
        assert!(!found.is_cached() && found.catalog().contains("EmptyImage"));
        assert_eq!(fs::read(kept(folder.path())).expect("a file").len(), whole.len());
    }
    // a folder that cannot be written
    let file = folder.path().join("file");
    fs::write(&file, "x").expect("a file");
    let found = client.catalog(&cached(&file, Refresh::Background)).await.expect("a catalog");
    assert!(!found.is_cached());
}

#[tokio::test]
async fn a_server_that_went_away_leaves_its_catalog() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = stub();
    let client = client(&stub.url());
    client.catalog(&cached(folder.path(), Refresh::Background)).await.expect("a catalog");
    stub.stop();
    let mut found = client.catalog(&cached(folder.path(), Refresh::Background)).await.expect("the cache");
    assert!(found.is_cached());
    assert!(matches!(found.renewed().await, Err(Error::Unreachable { .. })));
    assert!(found.is_cached() && found.catalog().contains("EmptyImage"));
    let error = client.catalog(&cached(folder.path(), Refresh::Always)).await.expect_err("no server");
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    stub.start_again().expect("a server");
    assert!(found.renewed().await.expect("an answer").is_none(), "it asks again");
    assert!(!found.is_cached());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_can_share_a_cache() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = stub();
    let tasks: Vec<_> = (0..24)
        .map(|number| {
            let (client, folder) = (client(&stub.url()), folder.path().to_owned());
            let refresh = [Refresh::Always, Refresh::Background, Refresh::Never][number % 3];
            tokio::spawn(async move {
                let mut found = client.catalog(&cached(&folder, refresh)).await.expect("a catalog");
                found.renewed().await.expect("an answer");
                assert!(found.catalog().contains("EmptyImage"));
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a catalog");
    }
    let path = kept(folder.path());
    let names: Vec<_> = fs::read_dir(path.parent().expect("a folder")).expect("a folder").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

/// Answers every request with these bytes, and closes.
fn answering(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer);
        }
    });
    url
}

#[tokio::test]
async fn what_is_no_catalog_is_told_and_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = cached(folder.path(), Refresh::Background);
    let html = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>");
    let error = client(&html).catalog(&options).await.expect_err("no catalog");
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
    let cut = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n{\"A\": {\"out");
    let error = client(&cut).catalog(&options).await.expect_err("half a catalog");
    assert!(matches!(error, Error::Broken { .. }), "{error}");
    let unchanged = answering(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    let error = client(&unchanged).catalog(&options).await.expect_err("no catalog");
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
    for server in fs::read_dir(folder.path()).expect("a folder").flatten() {
        assert_eq!(fs::read_dir(server.path()).expect("a folder").count(), 0);
    }
}

#[tokio::test]
async fn comfy_cloud_has_a_catalog_and_the_cache_no_key() {
    const KEY: &str = "comfyui-key-of-a-test";

    let folder = tempfile::tempdir().expect("a folder");
    let cloud = Cloud::start(CloudOptions::default()).expect("a server");
    let client = hasty(&cloud.url()).cloud(true).key(Secret::new(KEY)).build().expect("a client");
    let options = cached(folder.path(), Refresh::Background);
    client.catalog(&options).await.expect("a catalog");
    let mut found = client.catalog(&options).await.expect("a catalog");
    assert!(found.is_cached() && found.renewed().await.expect("an answer").is_none());
    let bytes = fs::read(kept(folder.path())).expect("a file");
    assert!(!bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes()));
}

#[test]
fn without_async_it_is_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let stub = stub();
    let client = comfy_client::blocking::Client::new(&stub.url()).expect("a client");
    let options = cached(folder.path(), Refresh::Background);
    client.catalog(&options).expect("a catalog");
    let mut found = client.catalog(&options).expect("a catalog");
    assert!(found.is_cached() && client.renewed(&mut found).expect("an answer").is_none());
}

/// Run by the test below, in a process that has the variable.
#[tokio::test]
#[ignore = "a part of another test"]
async fn in_the_folder_of_the_user() {
    let stub = stub();
    let found = client(&stub.url()).catalog(&CatalogOptions::default()).await.expect("a catalog");
    assert!(!found.is_cached());
}

#[test]
fn the_variable_says_where_the_cache_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let done = Command::new(env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "catalog::in_the_folder_of_the_user"])
        .env("COMFY_CACHE_DIR", folder.path())
        .output()
        .expect("a process");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    assert!(kept(&folder.path().join("comfy").join("catalogs")).is_file());
}

//! Files that a user keeps.

use comfy_client::Error;
use comfy_test_server::stub::StubOptions;

use super::{talk, unique};

#[tokio::test]
async fn files_are_written_read_moved_and_deleted() {
    let (_stub, client) = talk(StubOptions::default());
    let folder = unique("folder");
    let path = format!("{folder}/sub/cat.json");
    // bytes that are no text
    let bytes = bytes::Bytes::from_static(b"\xff\x00{}\r\n\x1a");
    let file = client.put_user_file(&path, bytes.clone(), false).await.expect("it is written");
    assert_eq!((&*file.path, file.size), (&*path, Some(7)));
    assert!(file.modified > Some(1.0e12), "milliseconds: {file:?}");
    assert_eq!(client.user_file(&path).await.expect("it is there"), bytes);

    let error = client.put_user_file(&path, "x".into(), false).await.expect_err("it is there");
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    client.put_user_file(&path, "new".into(), true).await.expect("it is written over");
    assert_eq!(client.user_file(&path).await.expect("it is there"), "new");

    let other = format!("{folder}/dog.json");
    client.put_user_file(&other, "dog".into(), false).await.expect("it is written");
    let error = client.move_user_file(&path, &other, false).await.expect_err("there is one");
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    let moved = client.move_user_file(&path, &other, true).await.expect("it is moved");
    assert_eq!((&*moved.path, moved.size), (&*other, Some(3)));
    let error = client.user_file(&path).await.expect_err("it is elsewhere");
    assert!(matches!(error, Error::NotFound { unknown_route: false, .. }), "{error}");

    client.delete_user_file(&other).await.expect("it is deleted");
    let error = client.delete_user_file(&other).await.expect_err("it is gone");
    assert!(matches!(error, Error::NotFound { unknown_route: false, .. }), "{error}");
}

#[tokio::test]
async fn lists_are_flat_deep_and_with_folders() {
    let (_stub, client) = talk(StubOptions::default());
    let folder = unique("lists");
    for name in ["a.json", "sub/b.json"] {
        client.put_user_file(&format!("{folder}/{name}"), "x".into(), true).await.expect("it is written");
    }
    let paths = async |deep| {
        let mut files = client.user_files(&folder, deep).await.expect("an answer");
        files.sort_by(|a, b| a.path.cmp(&b.path));
        assert!(files.iter().all(|file| file.size == Some(1) && file.created.is_some()));
        files.into_iter().map(|file| file.path).collect::<Vec<_>>()
    };
    assert_eq!(paths(false).await, ["a.json"]);
    assert_eq!(paths(true).await, ["a.json", "sub/b.json"]);
    let entries = client.user_entries(&folder).await.expect("an answer");
    let said: Vec<_> = entries.iter().map(|entry| (&*entry.path, entry.is_folder(), entry.size)).collect();
    let path = |name: &str| format!("{folder}/{name}");
    assert_eq!(
        said,
        [
            (&*path("sub"), true, None),
            (&*path("a.json"), false, Some(1)),
            (&*path("sub/b.json"), false, Some(1)),
        ]
    );
    assert!(client.user_entries("").await.expect("an answer").iter().any(|entry| entry.path == folder));
    let missing = [
        client.user_files("no such folder", false).await.map(drop),
        client.user_entries("no such").await.map(drop),
    ];
    for answer in missing {
        let error = answer.expect_err("no such folder");
        assert!(matches!(error, Error::NotFound { unknown_route: false, .. }), "{error}");
    }
    for name in ["a.json", "sub/b.json"] {
        client.delete_user_file(&path(name)).await.expect("it is deleted");
    }
}

#[tokio::test]
async fn names_may_have_any_characters() {
    let (_stub, client) = talk(StubOptions::default());
    for odd in ["ä ö.json", "100%.json", "%41.json", "a%2Fb.json", "a+b&c=d?e#f.json", "%2541"] {
        let folder = format!("{} {odd}", unique("odd"));
        let path = format!("{folder}/{odd}");
        let file = client.put_user_file(&path, odd.into(), false).await.expect("it is written");
        assert_eq!(file.path, path);
        assert_eq!(client.user_file(&path).await.expect("it is there"), odd);
        let listed = client.user_files(&folder, false).await.expect("an answer");
        assert_eq!((listed.len(), &*listed[0].path), (1, odd));
        let entries = client.user_entries(&folder).await.expect("an answer");
        assert_eq!((entries.len(), &*entries[0].path), (1, &*path));
        let moved = client.move_user_file(&path, &format!("{path}.x"), false).await.expect("it is moved");
        client.delete_user_file(&moved.path).await.expect("it is deleted");
    }
}

#[tokio::test]
async fn nothing_leads_out_of_the_folder() {
    let (_stub, client) = talk(StubOptions::default());
    for path in ["../x", "a/../../x", "/etc/passwd", "..%2fx/../../y"] {
        let error = client.put_user_file(path, "x".into(), true).await.expect_err("it is outside");
        assert!(matches!(error, Error::Unauthorized { status: 403, .. }), "{path}: {error}");
        let error = client.user_file(path).await.expect_err("it is outside");
        assert!(matches!(error, Error::Unauthorized { status: 403, .. }), "{path}: {error}");
    }
}

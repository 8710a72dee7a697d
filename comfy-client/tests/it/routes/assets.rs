//! Assets, tags and scans.

use comfy_client::{
    Client, Error,
    routes::assets::{AssetChange, AssetDetails, AssetFilter, AssetOrder, AssetsQuery, Root, TagsQuery},
};
use comfy_test_server::stub::{Stub, StubOptions};
use serde_json::json;

use super::{talk, unique};

/// A server that has them; a real one may not.
async fn enabled() -> Option<(Option<Stub>, Client)> {
    let (stub, client) = talk(StubOptions { assets: true, ..StubOptions::default() });
    let has = client.features().await.expect("an answer").assets;
    has.then_some((stub, client))
}

fn tagged(tag: &str) -> AssetDetails {
    let mut details = AssetDetails::default();
    details.tags = vec!["input".to_owned(), tag.to_owned()];
    details
}

fn only(tag: &str) -> AssetsQuery {
    let mut query = AssetsQuery::default();
    query.filter.tags_all = vec![tag.to_owned()];
    query
}

#[tokio::test]
async fn an_asset_is_uploaded_read_changed_and_deleted() {
    let Some((_stub, client)) = enabled().await else { return };
    let tag = unique("tag");
    let content = bytes::Bytes::from(format!("content of {tag}"));
    let mut details = tagged(&tag);
    details.name = Some("a cat".into());
    details.user_metadata.insert("of".into(), json!("me"));
    details.mime_type = Some("text/x-cat".into());
    let made = client.upload_asset("cat.txt", content.clone(), None, &details).await.expect("an asset");
    assert!(made.created_new && made.asset.tags.contains(&tag));
    let id = &made.asset.id;
    let hash = made.asset.hash.clone().expect("its hash");

    let found = client.asset(id).await.expect("it is there");
    assert_eq!((&*found.name, found.size), ("a cat", Some(content.len() as u64)));
    assert_eq!((found.mime_type.as_deref(), &found.user_metadata["of"]), (Some("text/x-cat"), &json!("me")));
    assert!(found.loader_path.is_some_and(|path| path.contains(".txt")));
    assert_eq!(found.extra["is_immutable"], false, "what has no field is kept");
    assert_eq!(client.asset_content(id).await.expect("its bytes"), content);

    assert!(client.has_content(&hash).await.expect("an answer"));
    assert!(!client.has_content(&format!("blake3:{}", "0".repeat(64))).await.expect("an answer"));
    let error = client.has_content("blake3:xyz").await.expect_err("that is no hash");
    assert!(matches!(error, Error::Status { status: 400, .. }), "{error}");

    let mut change = AssetChange::default();
    let error = client.change_asset(id, &change).await.expect_err("nothing is changed");
    assert!(matches!(error, Error::Status { status: 400, .. }), "{error}");
    change.name = Some("a dog".into());
    assert_eq!(client.change_asset(id, &change).await.expect("it is changed").name, "a dog");

    client.delete_asset(id).await.expect("it is deleted");
    for answer in [client.asset(id).await.map(drop), client.delete_asset(id).await] {
        let error = answer.expect_err("it is gone");
        assert!(matches!(error, Error::NotFound { unknown_route: false, .. }), "{error}");
    }
}

#[tokio::test]
async fn content_that_is_there_is_not_sent_again() {
    let Some((_stub, client)) = enabled().await else { return };
    let tag = unique("tag");
    let content = bytes::Bytes::from(format!("content of {tag}"));
    let first =
        client.upload_asset("a.txt", content.clone(), None, &tagged(&tag)).await.expect("an asset").asset;
    let hash = first.hash.expect("its hash");
    let again = client.upload_asset("b.txt", content, Some(&hash), &tagged(&tag)).await.expect("an asset");
    assert!(!again.created_new && again.asset.id != first.id);
    let third = client.asset_of_content(&hash, &tagged(&tag)).await.expect("an asset");
    assert_eq!(third.asset.hash.as_ref(), Some(&hash));
    let error =
        client.upload_asset("c.txt", "other".into(), Some(&hash.replace(':', "")), &tagged(&tag)).await;
    assert!(
        matches!(error, Err(Error::Status { status: 400, code: Some(code), .. }) if code == "INVALID_HASH")
    );
    let zeros = format!("blake3:{}", "0".repeat(64));
    let error = client.upload_asset("c.txt", "other".into(), Some(&zeros), &tagged(&tag)).await;
    assert!(
        matches!(error, Err(Error::Status { status: 400, code: Some(code), .. }) if code == "HASH_MISMATCH")
    );
    let error = client.asset_of_content(&zeros, &tagged(&tag)).await.expect_err("it is not there");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    for id in [&first.id, &again.asset.id, &third.asset.id] {
        client.delete_asset(id).await.expect("it is deleted");
    }
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_paged() {
    let Some((_stub, client)) = enabled().await else { return };
    let tag = unique("tag");
    let mut ids = Vec::new();
    for (name, size) in [("b", 30), ("a", 20), ("c", 10)] {
        let mut details = tagged(&tag);
        details.name = Some(name.into());
        details.user_metadata.insert("letter".into(), name.into());
        let content =
            format!("{name}{tag}").into_bytes().into_iter().cycle().take(100 + size).collect::<Vec<_>>();
        let made = client.upload_asset(name, content.into(), None, &details).await.expect("an asset");
        ids.push(made.asset.id);
    }
    let names = async |query: &AssetsQuery| {
        let page = client.assets(query).await.expect("an answer");
        assert_eq!(page.total, page.assets.len() as u64);
        page.assets.into_iter().map(|asset| asset.name).collect::<Vec<_>>()
    };
    let mut query = only(&tag);
    query.order = AssetOrder::Name;
    query.ascending = true;
    assert_eq!(names(&query).await, ["a", "b", "c"]);
    query.order = AssetOrder::Size;
    assert_eq!(names(&query).await, ["c", "a", "b"]);
    query.filter.metadata.insert("letter".into(), "a".into());
    assert_eq!(names(&query).await, ["a"]);
    query.filter = AssetFilter::default();
    query.filter.tags_all = vec![tag.clone()];
    query.filter.name_contains = Some("B".into());
    assert_eq!(names(&query).await, ["b"]);

    let mut query = only(&tag);
    query.order = AssetOrder::Name;
    query.limit = Some(2);
    let first = client.assets(&query).await.expect("an answer");
    assert_eq!((first.assets.len(), first.has_more, first.total), (2, true, 3));
    query.after = first.next_cursor;
    let second = client.assets(&query).await.expect("an answer");
    assert_eq!((&*second.assets[0].name, second.has_more, second.assets.len()), ("a", false, 1));
    query.after = Some("nonsense".into());
    let error = client.assets(&query).await;
    assert!(
        matches!(error, Err(Error::Status { status: 400, code: Some(code), .. }) if code == "INVALID_CURSOR")
    );
    for id in ids {
        client.delete_asset(&id).await.expect("it is deleted");
    }
}

#[tokio::test]
async fn tags_are_added_counted_and_removed() {
    let Some((_stub, client)) = enabled().await else { return };
    let (tag, more) = (unique("tag"), unique("more"));
    let content = format!("content of {tag}").into();
    let id = client.upload_asset("a.txt", content, None, &tagged(&tag)).await.expect("an asset").asset.id;
    let changed = client.add_asset_tags(&id, &[&tag, &more]).await.expect("an answer");
    assert_eq!((changed.added, changed.already_present), (vec![more.clone()], vec![tag.clone()]));
    assert!(changed.total_tags.contains(&more) && changed.total_tags.contains(&tag));

    let mut query = TagsQuery::default();
    query.prefix = Some(more.clone());
    query.used_only = true;
    let page = client.tags(&query).await.expect("an answer");
    assert_eq!((page.tags.len(), &*page.tags[0].name, page.tags[0].count), (1, &*more, 1));
    query.limit = Some(1);
    query.prefix = None;
    query.by_name = true;
    let page = client.tags(&query).await.expect("an answer");
    assert!(page.has_more && page.total > 1 && page.tags.len() == 1);
    let counts = client.count_tags(&only(&tag).filter, None).await.expect("an answer");
    assert_eq!((counts[&more], counts[&tag]), (1, 1));

    let changed = client.remove_asset_tags(&id, &[&more, "no such tag"]).await.expect("an answer");
    assert_eq!((changed.removed, changed.not_present), (vec![more.clone()], vec!["no such tag".to_owned()]));
    assert!(!changed.total_tags.contains(&more));
    client.delete_asset(&id).await.expect("it is deleted");
    let nobody = "00000000-0000-4000-8000-000000000000";
    let error = client.add_asset_tags(nobody, &["x"]).await.expect_err("no such asset");
    assert!(matches!(error, Error::NotFound { unknown_route: false, .. }), "{error}");
}

#[tokio::test]
async fn folders_are_scanned() {
    let Some((_stub, client)) = enabled().await else { return };
    let status = loop {
        match client.scan_assets(&[Root::Input], true).await {
            // another test's
            Err(Error::Conflict { .. }) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            answer => break answer.expect("an answer"),
        }
    };
    assert_eq!(status.state, "completed");
    assert!(status.progress.is_some() && status.errors.is_empty());
    let status = client.asset_scan().await.expect("an answer");
    assert!(!status.state.is_empty());
    client.cancel_asset_scan().await.expect("an answer");
    match client.mark_missing_assets().await {
        Ok(_) | Err(Error::Conflict { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}

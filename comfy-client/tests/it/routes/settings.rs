//! Settings and users.

use comfy_client::Error;
use comfy_test_server::stub::StubOptions;
use serde_json::{Map, Value, json};

use super::{talk, unique};

#[tokio::test]
async fn settings_are_set_one_by_one_and_together() {
    let (_stub, client) = talk(StubOptions::default());
    let (one, two) = (unique("a.b"), unique("c/d e"));
    assert_eq!(client.setting(&one).await.expect("an answer"), Value::Null);
    client.set_setting(&one, json!({"deep": [1, 2.5, "x"]})).await.expect("it is set");
    assert_eq!(client.setting(&one).await.expect("an answer")["deep"][2], "x");
    let both = Map::from_iter([(one.clone(), json!(false)), (two.clone(), json!("two"))]);
    client.set_settings(both).await.expect("they are set");
    let all = client.settings().await.expect("an answer");
    assert_eq!([&all[&one], &all[&two]], [&json!(false), &json!("two")]);
    assert_eq!(client.setting(&two).await.expect("an answer"), "two");
}

#[tokio::test]
async fn users_are_told_and_added_once() {
    let (_stub, client) = talk(StubOptions::default());
    let users = client.users().await.expect("an answer");
    assert_eq!(users.storage, "server");
    assert!(users.migrated.is_some() != users.users.is_some());
    let name = unique("ümläut");
    let id = client.add_user(&name).await.expect("an id");
    assert!(id.starts_with("comfy-client-test-") && id != name);
    let error = client.add_user(&name).await.expect_err("there is one of this name");
    assert!(
        matches!(&error, Error::Status { status: 400, message, .. } if message.contains("Duplicate")),
        "{error}"
    );
}

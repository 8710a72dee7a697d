//! What a server has: nodes, models, what packs bring.

use std::collections::BTreeMap;

use comfy_client::Error;
use comfy_test_server::stub::StubOptions;

use super::talk;

fn with_models() -> StubOptions {
    let models =
        BTreeMap::from([("loras".to_owned(), vec!["style.safetensors".to_owned(), "old.pt".to_owned()])]);
    StubOptions { models, embeddings: vec!["easy".to_owned()], ..StubOptions::default() }
}

#[tokio::test]
async fn a_node_is_asked_for_by_its_class() {
    let (_stub, client) = talk(StubOptions::default());
    let node = client.node("EmptyImage").await.expect("an answer").expect("a node of every server");
    assert_eq!((node.inputs.len(), &*node.class_type), (4, "EmptyImage"));
    for class in ["No such node", "../system_stats", "a/b?c#d"] {
        assert!(client.node(class).await.expect("an answer").is_none(), "{class}");
    }
}

#[tokio::test]
async fn folders_of_models_and_their_files() {
    let (stub, client) = talk(with_models());
    let folders = client.model_folders().await.expect("an answer");
    assert!(folders.iter().any(|name| name == "loras"));
    let names = client.models("loras").await.expect("an answer");
    let details = client.model_folder_details().await.expect("an answer");
    let loras = details.iter().find(|folder| folder.name == "loras").expect("the folder");
    assert!(!loras.folders.is_empty() && loras.extensions.iter().any(|ending| ending == ".safetensors"));
    let files = client.model_files("loras").await.expect("an answer");
    assert_eq!(files.len(), names.len());
    assert!(files.iter().all(|file| names.contains(&file.name) && file.size.is_some_and(|size| size > 0)));
    if stub.is_some() {
        assert_eq!(names, ["style.safetensors", "old.pt"]);
    }
    let missing = [client.models("nope").await.map(drop), client.model_files("nope").await.map(drop)];
    for answer in missing {
        let error = answer.expect_err("no such folder");
        assert!(matches!(error, Error::NotFound { .. }) && !error.is_missing_route(), "{error}");
    }
}

#[tokio::test]
async fn a_model_has_metadata_and_a_picture() {
    let (stub, client) = talk(with_models());
    let files = client.model_files("loras").await.expect("an answer");
    // a real server may have no such model
    if let Some(file) = files.iter().find(|file| file.name.ends_with("style.safetensors")) {
        let metadata = client.model_metadata("loras", &file.name).await.expect("an answer");
        assert_eq!(metadata["format"], "pt");
        assert_eq!(metadata["ss_loss"], serde_json::Value::Null, "NaN is no number of JSON");
        let picture = client.model_preview("loras", file).await.expect("a picture");
        assert!(picture.starts_with(b"RIFF"));
    } else {
        assert!(stub.is_none());
    }
    for file in ["nope.safetensors", "../../x.safetensors", "old.pt"] {
        let error = client.model_metadata("loras", file).await.expect_err("no such file");
        assert!(matches!(error, Error::NotFound { unknown_route: false, .. }), "{error}");
    }
}

#[tokio::test]
async fn embeddings_have_no_ending() {
    let (stub, client) = talk(with_models());
    let names = client.embeddings().await.expect("an answer");
    assert!(names.iter().all(|name| !name.ends_with(".safetensors")));
    assert!(stub.is_none() || names == ["easy"]);
}

#[tokio::test]
async fn extensions_of_the_frontend_are_paths() {
    let (_stub, client) = talk(StubOptions::default());
    let paths = client.extensions().await.expect("an answer");
    assert!(!paths.is_empty() && paths.iter().all(|path| path.starts_with("/extensions/")), "{paths:?}");
}

#[tokio::test]
async fn replacements_say_what_is_set() {
    let (_stub, client) = talk(StubOptions::default());
    let all = client.node_replacements().await.expect("an answer");
    let replacement = &all["ImageBatch"][0];
    assert_eq!(replacement.new_node_id, "BatchImagesNode");
    let mapped = replacement.input_mapping.as_ref().expect("inputs");
    assert_eq!(mapped[0]["old_id"], "image1");
    assert!(replacement.old_widget_ids.is_none() && replacement.extra.is_empty());
}

#[tokio::test]
async fn subgraphs_come_with_their_workflow_one_by_one() {
    let (_stub, client) = talk(StubOptions::default());
    let all = client.global_subgraphs().await.expect("an answer");
    let (id, listed) = all.first().expect("one of the server's own");
    assert!(listed.data.is_none() && listed.source == "templates" && listed.info["node_pack"] == "comfyui");
    let one = client.global_subgraph(id).await.expect("an answer").expect("it is in the list");
    assert_eq!(one.name, listed.name);
    let workflow: serde_json::Value = serde_json::from_str(&one.data.expect("a workflow")).expect("JSON");
    assert!(workflow["nodes"].is_array());
    assert!(client.global_subgraph("nope").await.expect("an answer").is_none());
}

#[tokio::test]
async fn packs_bring_workflows_and_texts() {
    let (stub, client) = talk(StubOptions::default());
    let templates = client.workflow_templates().await.expect("an answer");
    let texts = client.translations().await.expect("an answer");
    if stub.is_some() {
        assert_eq!(templates["some-pack"], ["a cat"]);
        assert_eq!(texts["fr"]["nodeDefs"]["EmptyImage"]["display_name"], "Image vide");
    }
    if let Some((pack, names)) = templates.first() {
        let workflow = client.workflow_template(pack, &names[0]).await.expect("a workflow");
        assert!(workflow.is_object());
    }
    let error = client.workflow_template("no-such-pack", "x").await.expect_err("no such file");
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
}

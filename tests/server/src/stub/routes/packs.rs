//! What packs and the server itself bring for the frontend: one of each kind.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answers::fine;

const SUBGRAPH: &str = "585d7aeb7695ec9906e64b049cbfca9de8c733bab37f8c630dbce847aec3aba9";

/// `NodeReplaceManager.as_dict`
pub(super) fn node_replacements() -> Value {
    json!({"ImageBatch": [{
        "new_node_id": "BatchImagesNode", "old_node_id": "ImageBatch", "old_widget_ids": null,
        "input_mapping": [{"new_id": "images.image0", "old_id": "image1"}, {"new_id": "mode", "set_value": "x"}],
        "output_mapping": null,
    }]})
}

/// `CustomNodeManager.build_translations`
pub(super) fn translations() -> Value {
    json!({"fr": {"nodeDefs": {"EmptyImage": {"display_name": "Image vide"}}}})
}

pub(super) fn workflow_templates() -> Value {
    json!({"some-pack": ["a cat"]})
}

pub(super) async fn workflow_template(Path((pack, file)): Path<(String, String)>) -> Response {
    if (pack.as_str(), file.as_str()) == ("some-pack", "a cat.json") {
        return fine(&json!({"nodes": [], "links": [], "version": 0.4}));
    }
    super::answers::no_such_file()
}

/// `SubgraphManager`: without the text of the workflow.
pub(super) fn subgraphs() -> Value {
    json!({SUBGRAPH: {"source": "templates", "name": "Edge-Preserving Blur", "info": {"node_pack": "comfyui"}}})
}

pub(super) async fn subgraph(Path(id): Path<String>) -> Response {
    if id != SUBGRAPH {
        return fine(&Value::Null);
    }
    let mut subgraph = subgraphs()[SUBGRAPH].clone();
    subgraph["data"] = "{\"nodes\": [], \"links\": []}".into();
    (StatusCode::OK, fine(&subgraph)).into_response()
}

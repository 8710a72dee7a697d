//! Jobs that somebody else sends under the same account. Their messages go to all sockets too.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::account::Account;
use crate::stub::{Item, now_ms};

/// Puts a job of somebody else into the queue.
pub(super) fn send(account: &Account) {
    let id = account.engine.shared.mint_uuid();
    account.foreign().push(id.clone());
    let prompt = json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 99}},
        "3": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    });
    let mut extra = Map::new();
    extra.insert("client_id".into(), "somebody".into());
    extra.insert("create_time".into(), now_ms().into());
    account.engine.put(Item {
        number: Value::from(0),
        prompt_id: id,
        prompt: prompt.as_object().cloned().unwrap_or_default(),
        extra_data: extra,
        outputs: vec!["3".into()],
        sensitive: Map::new(),
    });
}

/// While a job runs, another one that is nowhere in the queue says things that look like ours.
pub(super) async fn chatter(account: Arc<Account>) {
    let id = account.engine.shared.mint_uuid();
    let error = json!({
        "prompt_id": id, "node_id": "1", "node_type": "KSampler", "executed": [], "exception_message": "not ours",
        "exception_type": "OOMError", "traceback": [], "current_inputs": {}, "current_outputs": [],
    });
    let messages = [
        ("execution_start", json!({"prompt_id": id, "timestamp": 0})),
        ("executing", json!({"node": "1", "display_node": "1", "prompt_id": id})),
        ("progress", json!({"value": 1, "max": 2, "prompt_id": id, "node": "1"})),
        ("notification", json!({"value": "a notification"})),
        ("executed", json!({"node": "3", "display_node": "3", "output": {"images": []}, "prompt_id": id})),
        ("execution_error", error),
        ("execution_success", json!({"prompt_id": id, "timestamp": 0})),
        ("executing", json!({"node": null, "prompt_id": id})),
    ];
    for (event, data) in messages.iter().cycle() {
        tokio::time::sleep(Duration::from_millis(3)).await;
        let state = account.engine.state();
        if account.options.foreign_jobs && state.running.is_some() {
            state.hub.send(event, data, None);
        }
    }
}

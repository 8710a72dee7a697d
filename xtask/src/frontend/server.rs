//! A stub of ComfyUI's server: the files of the frontend, a recorded `/object_info`, and just enough of the other
//! routes for the page to start (`server.py`, `app/`). Nothing is ever run.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Path, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{any, get, post},
};
use serde_json::{Value, json};
use tower_http::services::ServeDir;

/// A server that answers until it is dropped.
pub(super) struct Server {
    runtime: Option<tokio::runtime::Runtime>,
    address: SocketAddr,
}

impl Server {
    /// Starts to serve the page in `site` on a free port of this machine.
    pub(super) fn start(site: PathBuf, object_info: String) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .context("no port to listen on")?;
        let address = listener.local_addr()?;
        let app = router(site, object_info.into());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Ok(Self { runtime: Some(runtime), address })
    }

    /// Where the page is.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Every route exists with and without `/api` before it, as at ComfyUI's server.
fn router(site: PathBuf, object_info: Arc<str>) -> Router {
    let routes = Router::new()
        .route("/ws", any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(greet) }))
        .route("/object_info", get(all_nodes))
        .route("/upload/{kind}", post(upload))
        .route("/{*path}", any(answer))
        .layer(DefaultBodyLimit::disable())
        .with_state(object_info);
    let pages = ServeDir::new(site);
    Router::new()
        .route("/ws", any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(greet) }))
        .nest("/api", routes)
        .fallback_service(pages)
}

/// The first message of a connection; what the page says is of no interest.
async fn greet(mut socket: WebSocket) {
    let status =
        json!({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 0}}, "sid": "gate"}});
    if socket.send(Message::text(status.to_string())).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

async fn all_nodes(State(object_info): State<Arc<str>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], object_info.to_string()).into_response()
}

/// What is uploaded is read to the end, as the page expects, and forgotten.
async fn upload(_picture: Bytes) -> Response {
    Json(json!({"name": "stub.png", "subfolder": "", "type": "temp"})).into_response()
}

/// What a server answers that has just been installed.
async fn answer(Path(path): Path<String>) -> Response {
    let empty_list =
        ["extensions", "embeddings", "models", "experiment/models", "userdata", "v2/userdata", "logs"];
    let value: Value = match &*path {
        "users" => json!({"storage": "server", "migrated": true}),
        "settings" => {
            json!({"Comfy.TutorialCompleted": true, "Comfy.Workflow.Persist": false, "Comfy.InstalledVersion": "1.49.6"})
        }
        "system_stats" => json!({
            "system": {"os": "posix", "comfyui_version": "0.33.0", "python_version": "3.12", "argv": [],
                       "ram_total": 1, "ram_free": 1, "embedded_python": false, "pytorch_version": "2"},
            "devices": []
        }),
        "prompt" => json!({"exec_info": {"queue_remaining": 0}}),
        "queue" => json!({"queue_running": [], "queue_pending": []}),
        "jobs" => json!({"jobs": [], "pagination": {"offset": 0, "limit": 0, "total": 0, "has_more": false}}),
        path if empty_list.contains(&path) => json!([]),
        "features" | "i18n" | "workflow_templates" | "node_replacements" | "global_subgraphs" | "history" => {
            json!({})
        }
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    Json(value).into_response()
}

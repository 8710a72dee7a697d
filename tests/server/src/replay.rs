//! A server that plays a recording back.
//!
//! Requests are answered as they were in the recording, messages come once the request that they followed was made.
//! Ids of prompts and of clients are those of the client that talks now. Asking more or less often than in the
//! recording does no harm: an answer that was not recorded is the last one that was.

mod ids;
mod player;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::host::{Host, any_port};
use crate::record::Recording;
use player::{Answer, Asked, Player};

/// A server that plays a recording back.
#[derive(Debug)]
pub struct Replay {
    player: Arc<Mutex<Player>>,
    address: SocketAddr,
    _host: Host,
}

type Shared = Arc<Mutex<Player>>;

impl Replay {
    /// Starts at the beginning of a recording. Messages come as soon as they may.
    pub fn start(recording: Recording) -> io::Result<Self> {
        let (listener, address) = any_port()?;
        let player = Arc::new(Mutex::new(Player::new(recording)));
        let served = Arc::clone(&player);
        let host = Host::spawn(listener, move |listener| async move {
            let router = Router::new()
                .route("/ws", get(open))
                .route("/api/ws", get(open))
                .fallback(answer)
                .with_state(served);
            drop(axum::serve(listener, router).await);
        })?;
        Ok(Self { player, address, _host: host })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Requests that are not in the recording: `GET /api/what`. They were answered with 501.
    pub fn unknown(&self) -> Vec<String> {
        lock(&self.player).unknown.clone()
    }

    /// Whether everything that the recording has was said.
    pub fn is_over(&self) -> bool {
        lock(&self.player).is_over()
    }
}

fn lock(player: &Mutex<Player>) -> MutexGuard<'_, Player> {
    player.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(player): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), usize::MAX).await.unwrap_or_default();
    let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let range = parts.headers.get("range").and_then(|range| range.to_str().ok()).map(str::to_owned);
    let asked = Asked { method: parts.method.as_str().to_owned(), path, range, body: body.to_vec() };
    let Some(answer) = lock(&player).answer(&asked) else {
        return (StatusCode::NOT_IMPLEMENTED, "not in the recording").into_response();
    };
    respond(answer)
}

fn respond(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn open(State(player): State<Shared>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let (mut parts, _) = request.into_parts();
    match <WebSocketUpgrade as axum::extract::FromRequestParts<()>>::from_request_parts(&mut parts, &()).await
    {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| serve(player, socket, path)),
        Err(rejection) => rejection.into_response(),
    }
}

/// Sends what comes until the recording closes the socket, or the client does.
async fn serve(player: Shared, socket: WebSocket, path: String) {
    let mut messages: UnboundedReceiver<Message> = lock(&player).open(&path);
    let (mut out, mut incoming) = socket.split();
    loop {
        tokio::select! {
            message = messages.recv() => match message {
                Some(message) => {
                    if out.send(message).await.is_err() {
                        return;
                    }
                }
                None => break,
            },
            message = incoming.next() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    drop(out.close().await);
}

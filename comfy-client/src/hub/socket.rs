//! Opens the WebSocket, keeps it open, and reads it (`server.py: websocket_handler`).

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    net::TcpStream,
    time::{Instant, interval, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{
        self, Message,
        client::IntoClientRequest as _,
        handshake::client::Request,
        http::{HeaderName, HeaderValue},
        protocol::WebSocketConfig,
    },
};

use super::{Link, Shared};
use crate::{
    client::Client,
    event::{Event, EventKind, Frame},
    http::backoff,
};

/// The longest frame: a large picture of `SaveImageWebsocket` as PNG.
const MOST_FRAME: usize = 512 << 20;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long the server may take to introduce itself; old ones and Comfy Cloud do not.
const INTRODUCTION: Duration = Duration::from_millis(500);

/// How often the server is asked for a sign of life.
const PING: Duration = Duration::from_secs(20);

/// After how long without any sign the connection counts as broken. Python is not quick to answer while it computes.
const SILENCE: Duration = Duration::from_secs(90);

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What we say first. With metadata, pictures say which job and node they are of.
const INTRODUCE: &str = r#"{"type":"feature_flags","data":{"supports_preview_metadata":true}}"#;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Runs until nobody listens.
pub(super) async fn run(client: Client, shared: Arc<Shared>) {
    let mut tries = 0;
    while !shared.retires() {
        let why = match timeout(CONNECT, connect(&client)).await {
            Ok(Ok(socket)) => {
                tries = 0;
                match read(socket, &shared).await {
                    Some(why) => why,
                    None => return,
                }
            }
            Ok(Err(why)) => why,
            Err(_) => "connecting took too long".to_owned(),
        };
        tracing::debug!(%why, "the WebSocket is closed");
        shared.set_link(Link::Down(why)).await;
        tokio::time::sleep(backoff(tries, LONGEST_PAUSE)).await;
        tries += 1;
    }
}

/// Opens a socket. Why not is said without the address, which may hold the key.
async fn connect(client: &Client) -> Result<Socket, String> {
    let request = request(client).map_err(|error| say(&error))?;
    let config =
        WebSocketConfig::default().max_message_size(Some(MOST_FRAME)).max_frame_size(Some(MOST_FRAME));
    #[cfg(feature = "tls")]
    let connected = {
        let tls = if client.server().is_encrypted() {
            let config = crate::transport::trusting_the_system().map_err(|error| error.to_string())?;
            Some(tokio_tungstenite::Connector::Rustls(Arc::new(config)))
        } else {
            None
        };
        tokio_tungstenite::connect_async_tls_with_config(request, Some(config), true, tls).await
    };
    #[cfg(not(feature = "tls"))]
    let connected = tokio_tungstenite::connect_async_with_config(request, Some(config), true).await;
    connected.map(|(socket, _)| socket).map_err(|error| say(&error))
}

fn request(client: &Client) -> Result<Request, tungstenite::Error> {
    let http = client.http();
    let key = match &http.auth {
        crate::secret::Auth::Key(key) if http.server.is_cloud() => Some(key),
        _ => None,
    };
    let mut request = http.server.socket(client.client_id(), key).as_str().into_client_request()?;
    if let Some((name, value)) = http.auth.header()
        && let Ok(mut value) = HeaderValue::from_str(&value)
    {
        value.set_sensitive(true);
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(request)
}

/// An error in words, never with an address in it.
fn say(error: &tungstenite::Error) -> String {
    match error {
        tungstenite::Error::Http(response) => {
            format!("the server answered {} to the WebSocket", response.status().as_u16())
        }
        tungstenite::Error::Io(error) => error.to_string(),
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => {
            "it was closed".to_owned()
        }
        tungstenite::Error::Protocol(error) => format!("the server does not keep to the protocol: {error}"),
        tungstenite::Error::Capacity(_) => "the server sent a message that is too long".to_owned(),
        tungstenite::Error::Utf8(_) => "the server sent text that is none".to_owned(),
        tungstenite::Error::Tls(_) => "TLS failed".to_owned(),
        _ => "the WebSocket failed".to_owned(),
    }
}

/// Reads until the socket ends: why it did, or `None` when nobody listens any more.
async fn read(mut socket: Socket, shared: &Shared) -> Option<String> {
    if let Err(error) = socket.send(Message::text(INTRODUCE)).await {
        return Some(say(&error));
    }
    let mut reading = Reading { frame: Frame::default(), up: false };
    let opened = Instant::now();
    let (mut last, mut last_ping) = (opened, opened);
    let mut tick = interval(Duration::from_millis(250));
    loop {
        tokio::select! {
            message = socket.next() => {
                last = Instant::now();
                match message {
                    None => return Some("the server closed it".to_owned()),
                    Some(Err(error)) => return Some(say(&error)),
                    Some(Ok(message)) => reading.take(message, shared).await,
                }
            }
            _ = tick.tick() => {
                if !reading.up && opened.elapsed() >= INTRODUCTION {
                    reading.introduced(shared).await;
                }
                if last.elapsed() >= SILENCE {
                    return Some("the server gave no sign of life".to_owned());
                }
                if shared.retires() {
                    let _ = timeout(Duration::from_secs(1), socket.close(None)).await;
                    return None;
                }
                if last_ping.elapsed() >= PING {
                    last_ping = Instant::now();
                    if let Err(error) = socket.send(Message::Ping(bytes::Bytes::new())).await {
                        return Some(say(&error));
                    }
                }
            }
        }
    }
}

/// What is known of a connection.
struct Reading {
    frame: Frame,
    /// The server knows us, and what we can take.
    up: bool,
}

impl Reading {
    async fn take(&mut self, message: Message, shared: &Shared) {
        let event = match message {
            Message::Text(text) => Event::of_text(&text),
            Message::Binary(bytes) => self.frame.read(bytes),
            // answered by the library, or the end, which comes with the next reading
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => return,
        };
        let Some(event) = event else {
            tracing::debug!("a message that makes no sense was passed over");
            return;
        };
        let introduces = event.kind == EventKind::Features;
        if introduces {
            let says = |flag: &str| event.data.get(flag) == Some(&serde_json::Value::Bool(true));
            self.frame = Frame { text_names_job: says("supports_progress_text_metadata") };
        }
        shared.hand_out(event).await;
        if introduces {
            self.introduced(shared).await;
        }
    }

    /// From now on jobs can be queued.
    async fn introduced(&mut self, shared: &Shared) {
        if !self.up {
            self.up = true;
            shared.set_link(Link::Up).await;
        }
    }
}

//! A raw client: one connection per request, no cleverness.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Long enough for a slow machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Sends a request and reads until the connection ends.
pub(crate) async fn request(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(to).await?;
    let headers: String = headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .map_err(std::io::Error::other)??;
    parse(&answer).ok_or_else(|| std::io::Error::other("no whole answer"))
}

/// An answer is whole if it has as much as it says.
fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers: Vec<_> = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let answer = Answer { status, headers, body: bytes[end + 4..].to_vec() };
    let length =
        answer.header("content-length").map_or(Some(answer.body.len()), |length| length.parse().ok())?;
    (answer.body.len() == length).then_some(answer)
}

pub(crate) async fn get(to: SocketAddr, path: &str) -> Answer {
    request(to, "GET", path, &[], b"").await.expect("an answer")
}

pub(crate) async fn post(to: SocketAddr, path: &str, body: &Value) -> Answer {
    let json = [("Content-Type", "application/json")];
    request(to, "POST", path, &json, body.to_string().as_bytes()).await.expect("an answer")
}

/// Uploads a file as a form.
pub(crate) async fn upload(to: SocketAddr, name: &str, bytes: &[u8], texts: &[(&str, &str)]) -> Answer {
    let mut body = Vec::new();
    for (key, value) in texts {
        body.extend(
            format!("--X\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let head = format!("--X\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{name}\"\r\n\r\n");
    body.extend(head.bytes());
    body.extend(bytes);
    body.extend(b"\r\n--X--\r\n");
    let kind = [("Content-Type", "multipart/form-data; boundary=X")];
    request(to, "POST", "/api/upload/image", &kind, &body).await.expect("an answer")
}

/// A WebSocket.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

/// A message: JSON, or the bytes of a binary frame.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    Json(Value),
    Binary(Vec<u8>),
}

impl Heard {
    /// `executing 3`, `status`, `binary 4`
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Json(message) => {
                let kind = message["type"].as_str().unwrap_or_default();
                match message["data"].get("node") {
                    Some(node) => format!("{kind} {}", node.as_str().unwrap_or("null")),
                    None => kind.to_owned(),
                }
            }
            Self::Binary(bytes) => format!("binary {}", bytes.get(3).copied().unwrap_or_default()),
        }
    }

    pub(crate) fn data(&self) -> Value {
        match self {
            Self::Json(message) => message["data"].clone(),
            Self::Binary(_) => Value::Null,
        }
    }
}

impl Socket {
    /// Connects; the first message is read by the caller.
    pub(crate) async fn connect(to: SocketAddr, query: &str) -> Result<Self, String> {
        let connected = tokio_tungstenite::connect_async(format!("ws://{to}/ws?{query}")).await;
        connected.map(|(stream, _)| Self { stream }).map_err(|error| error.to_string())
    }

    /// Connects with an id and reads the greeting.
    pub(crate) async fn open(to: SocketAddr, id: &str) -> Self {
        let mut socket = Self::connect(to, &format!("clientId={id}")).await.expect("a socket");
        let greeting = socket.next().await.expect("a greeting");
        assert_eq!(greeting.data()["sid"], id);
        socket
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.stream.send(Message::text(message.to_string())).await.expect("sent");
    }

    /// The next message; nothing if the connection ended.
    pub(crate) async fn next(&mut self) -> Option<Heard> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("patience")? {
                Ok(Message::Text(text)) => return Some(Heard::Json(serde_json::from_str(&text).ok()?)),
                Ok(Message::Binary(bytes)) => return Some(Heard::Binary(bytes.to_vec())),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Everything that comes within a moment.
    pub(crate) async fn within(&mut self, time: Duration) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Ok(Some(message)) = tokio::time::timeout(time, self.next()).await {
            heard.push(message);
        }
        heard
    }

    /// All messages until the prompt is over.
    pub(crate) async fn until_over(&mut self, id: &str) -> Vec<Heard> {
        let mut heard = Vec::new();
        while let Some(message) = self.next().await {
            let data = message.data();
            let over = message.name() == "executing null" && data["prompt_id"] == id;
            heard.push(message);
            if over {
                break;
            }
        }
        heard
    }

    pub(crate) async fn close(mut self) {
        drop(self.stream.close(None).await);
    }
}

pub(crate) fn names(heard: &[Heard]) -> Vec<String> {
    heard.iter().map(Heard::name).collect()
}

/// A picture of a size that is saved and shown.
pub(crate) fn picture(width: u32) -> Value {
    json!({
        "1": {"class_type": "EmptyImage", "inputs": {"width": width, "height": 32, "batch_size": 1, "color": 255}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "sub/picture"}},
    })
}

/// One node that needs nothing.
pub(crate) fn alone(class: &str, inputs: &Value) -> Value {
    json!({"1": {"class_type": class, "inputs": inputs}})
}

/// Queues a prompt and gives its id.
pub(crate) async fn submit(to: SocketAddr, prompt: &Value, client: &str) -> String {
    let answer = post(to, "/api/prompt", &json!({"prompt": prompt, "client_id": client})).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["prompt_id"].as_str().expect("an id").to_owned()
}

/// The history entry of a prompt, once it is there.
pub(crate) async fn history(to: SocketAddr, id: &str) -> Value {
    for _ in 0..500 {
        let entry = get(to, &format!("/api/history/{id}")).await.json()[id].clone();
        if !entry.is_null() {
            return entry;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{id} never got into the history")
}

//! As much of HTTP/1.1 as a proxy needs: heads, and bodies that are read whole.

pub(crate) mod frame;

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Heads and bodies beyond this are refused.
const MOST_HEAD: usize = 256 * 1024;
const MOST_BODY: usize = 1 << 30;

/// A connection that is read by lines.
pub(crate) type Wire = BufReader<TcpStream>;

/// The first line and the headers of a request or an answer.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Head {
    /// The next head; nothing if the connection ended before it.
    pub(crate) async fn read(wire: &mut Wire) -> io::Result<Option<Self>> {
        let mut lines: Vec<String> = Vec::new();
        let mut size = 0;
        loop {
            let mut line = Vec::new();
            let read = wire.read_until(b'\n', &mut line).await?;
            size += read;
            if read == 0 && lines.is_empty() {
                return Ok(None);
            }
            if read == 0 || size > MOST_HEAD {
                return Err(broken("a head that does not end"));
            }
            let line = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
            if line.is_empty() && !lines.is_empty() {
                break;
            }
            if !line.is_empty() {
                lines.push(line);
            }
        }
        let mut lines = lines.into_iter();
        let first = lines.next().unwrap_or_default();
        let header = |line: String| {
            line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        };
        Ok(Some(Self { first, headers: lines.filter_map(header).collect() }))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    /// The method of a request.
    pub(crate) fn method(&self) -> &str {
        self.first.split(' ').next().unwrap_or_default()
    }

    /// The path and query of a request.
    pub(crate) fn target(&self) -> &str {
        self.first.split(' ').nth(1).unwrap_or_default()
    }

    /// The status of an answer.
    pub(crate) fn status(&self) -> u16 {
        self.first.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    pub(crate) fn is_websocket(&self) -> bool {
        self.get("upgrade").is_some_and(|kind| kind.eq_ignore_ascii_case("websocket"))
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let headers: String = self
            .headers
            .iter()
            .map(|(name, value)| [name.as_str(), ": ", value.as_str(), "\r\n"].concat())
            .collect();
        format!("{}\r\n{headers}\r\n", self.first).into_bytes()
    }

    /// Says that the body has this length, whatever was said before.
    fn framed(mut self, length: Option<usize>) -> Self {
        self.remove("transfer-encoding");
        self.remove("connection");
        if let Some(length) = length {
            self.set("content-length", length.to_string());
        }
        self
    }
}

/// A head with its whole body.
#[derive(Debug, Clone)]
pub(crate) struct Whole {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    /// Whether the sender of a request wants the connection to end after it.
    pub(crate) last: bool,
}

impl Whole {
    /// The next request.
    pub(crate) async fn request(wire: &mut Wire) -> io::Result<Option<Self>> {
        let Some(head) = Head::read(wire).await? else { return Ok(None) };
        if head.get("expect").is_some_and(|expected| expected.eq_ignore_ascii_case("100-continue")) {
            wire.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let body = body(wire, &head, false).await?;
        let length = (head.get("content-length").is_some() || !body.is_empty()).then_some(body.len());
        let last = head.get("connection").is_some_and(|wish| wish.eq_ignore_ascii_case("close"));
        let mut head = head.framed(length);
        head.remove("expect");
        Ok(Some(Self { head, body, last }))
    }

    /// The answer to a request of this method.
    pub(crate) async fn answer(wire: &mut Wire, method: &str) -> io::Result<Self> {
        let mut head = Head::read(wire).await?.ok_or_else(|| broken("no answer"))?;
        while head.status() == 100 {
            head = Head::read(wire).await?.ok_or_else(|| broken("no answer"))?;
        }
        let bodiless = method == "HEAD" || matches!(head.status(), 101 | 204 | 304);
        if bodiless {
            if head.status() != 101 {
                head.remove("connection");
            }
            return Ok(Self { head, body: Vec::new(), last: false });
        }
        let body = body(wire, &head, true).await?;
        Ok(Self { head: head.framed(Some(body.len())), body, last: false })
    }

    /// An answer that a proxy makes itself.
    pub(crate) fn made(status: u16, reason: &str, kind: &str, body: &[u8]) -> Self {
        let headers = [("content-type", kind.to_owned()), ("content-length", body.len().to_string())];
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self {
            head: Head { first: format!("HTTP/1.1 {status} {reason}"), headers },
            body: body.to_vec(),
            last: false,
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.head.to_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

/// Connects, sends a request, and reads its answer. The connection is kept if it became a WebSocket.
pub(crate) async fn forward(upstream: SocketAddr, request: &Whole) -> io::Result<(Whole, Wire)> {
    let mut wire = BufReader::new(TcpStream::connect(upstream).await?);
    let mut head = request.head.clone();
    if head.is_websocket() {
        // Frames are looked at, so they must not be compressed.
        head.remove("sec-websocket-extensions");
        head.set("connection", "Upgrade");
    } else {
        head.set("connection", "close");
    }
    wire.write_all(&Whole { head, body: request.body.clone(), last: false }.to_bytes()).await?;
    let answer = Whole::answer(&mut wire, request.head.method()).await?;
    Ok((answer, wire))
}

/// Reads a body as the head says. An answer without a length goes on to the end of the connection.
async fn body(wire: &mut Wire, head: &Head, to_end: bool) -> io::Result<Vec<u8>> {
    if head.get("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
        return chunks(wire).await;
    }
    let mut body = Vec::new();
    match head.get("content-length").map(str::parse::<usize>) {
        Some(Ok(length)) if length <= MOST_BODY => {
            body.resize(length, 0);
            wire.read_exact(&mut body).await?;
        }
        Some(_) => return Err(broken("a length that is none")),
        None if to_end => {
            wire.read_to_end(&mut body).await?;
        }
        None => {}
    }
    Ok(body)
}

async fn chunks(wire: &mut Wire) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        wire.read_line(&mut line).await?;
        let size = line.trim().split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(|_| broken("a chunk without a size"))?;
        if size > MOST_BODY - body.len() {
            return Err(broken("chunks without an end"));
        }
        let start = body.len();
        body.resize(start + size, 0);
        wire.read_exact(body.get_mut(start..).unwrap_or_default()).await?;
        let mut end = String::new();
        wire.read_line(&mut end).await?;
        if size == 0 {
            // Trailers, if there are any, end with an empty line.
            while !end.trim().is_empty() {
                end.clear();
                wire.read_line(&mut end).await?;
            }
            return Ok(body);
        }
    }
}

pub(crate) fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

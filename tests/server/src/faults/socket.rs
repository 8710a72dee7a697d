//! Sockets on their way through the proxy: frames of the server are counted, those of the client pass.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::{Fault, Proxy};
use crate::stub::noise;
use crate::wire::frame::{BINARY, Frame, TEXT};
use crate::wire::{Whole, Wire, forward};

/// Opens the WebSocket at the server and passes frames until either side ends, or the schedule wants it.
pub(super) async fn run(
    proxy: &Arc<Proxy>,
    mut client: Wire,
    request: &Whole,
    fault: Option<Fault>,
) -> io::Result<()> {
    if fault == Some(Fault::SocketRefused) {
        let answer = Whole::made(502, "Bad Gateway", "text/html", b"<html>502</html>");
        return client.write_all(&answer.to_bytes()).await;
    }
    let (answer, server) = forward(proxy.upstream, request).await?;
    client.write_all(&answer.to_bytes()).await?;
    if answer.head.status() != 101 {
        return Ok(());
    }
    let (mut from_client, to_client) = tokio::io::split(client);
    let (from_server, mut to_server) = tokio::io::split(server);
    tokio::select! {
        done = tokio::io::copy(&mut from_client, &mut to_server) => done.map(|_| ()),
        done = pass(from_server, to_client, fault) => done,
    }
}

/// Passes the frames of the server on; after so many of them something happens.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    fault: Option<Fault>,
) -> io::Result<()> {
    let mut number: u16 = 0;
    while let Some(frame) = Frame::read(&mut from).await? {
        let at = |place: &u16| *place == number;
        match &fault {
            Some(Fault::SocketCut(place)) if at(place) => return Ok(()),
            Some(Fault::SocketHalfFrame(place)) if at(place) => {
                return to.write_all(frame.raw.get(..frame.raw.len() / 2).unwrap_or_default()).await;
            }
            Some(Fault::SocketGarbage(place)) if at(place) => {
                // Reserved bits and an unknown kind: no frame at all.
                let mut bytes = vec![0xFF, 0xFF];
                bytes.extend(noise(64, 9));
                return to.write_all(&bytes).await;
            }
            Some(Fault::SocketBadUtf8(place)) if at(place) => {
                to.write_all(&Frame::made(TEXT, b"{\"type\": \"\xFF\xFE\"}")).await?;
            }
            Some(Fault::SocketOdd(place)) if at(place) => odd(&mut to).await?,
            Some(Fault::SocketSilent(place, time)) if at(place) => {
                tokio::time::sleep(*time).await;
                return Ok(());
            }
            _ => {}
        }
        to.write_all(&frame.raw).await?;
        number = number.saturating_add(1);
    }
    Ok(())
}

/// Frames that a client has to pass over.
async fn odd(to: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    for text in
        ["", "no JSON", "[]", "null", "{\"type\": 5}", "{\"type\": \"new_thing\", \"data\": {\"a\": 1}}"]
    {
        to.write_all(&Frame::made(TEXT, text.as_bytes())).await?;
    }
    let data = "{\"type\": \"executing\", \"data\": null}";
    to.write_all(&Frame::made(TEXT, data.as_bytes())).await?;
    for bytes in [
        &b""[..],
        b"\0\0",
        b"\0\0\0\x01",
        b"\0\0\0\x63what",
        b"\0\0\0\x04\xFF\xFF\xFF\xFF{}",
        b"\0\0\0\x03\0\0\x01\0x",
    ] {
        to.write_all(&Frame::made(BINARY, bytes)).await?;
    }
    Ok(())
}

//! A socket that is listened to.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::{Body, Tape, What};
use crate::wire::frame::{BINARY, Frame, TEXT};
use crate::wire::{Whole, Wire};

/// Passes frames both ways and writes them down, until either side ends.
pub(super) async fn run(
    tape: &Arc<Tape>,
    request: &Whole,
    answer: &Whole,
    mut client: Wire,
    server: Wire,
) -> io::Result<()> {
    let socket = tape.new_socket();
    tape.push(What::Open { socket, path: tape.scrub.path(request.head.target()) });
    client.write_all(&answer.to_bytes()).await?;
    let (from_client, to_client) = tokio::io::split(client);
    let (from_server, to_server) = tokio::io::split(server);
    tokio::select! {
        _ = pass(tape, socket, false, from_client, to_server) => {}
        _ = pass(tape, socket, true, from_server, to_client) => {}
    }
    tape.push(What::Closed { socket });
    Ok(())
}

async fn pass(
    tape: &Arc<Tape>,
    socket: usize,
    server: bool,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) -> io::Result<()> {
    let mut message: Vec<u8> = Vec::new();
    let mut kind = 0;
    while let Some(frame) = Frame::read(&mut from).await? {
        // Messages in parts are written down whole; pings and the like are not.
        if frame.opcode < 8 {
            kind = if frame.opcode == 0 { kind } else { frame.opcode };
            message.extend(&frame.payload);
            if frame.last {
                let payload = std::mem::take(&mut message);
                let body = if kind == TEXT { tape.scrub.body(&payload) } else { binary(tape, &payload) };
                if kind == TEXT || kind == BINARY {
                    tape.push(What::Frame { socket, server, body });
                }
            }
        }
        to.write_all(&frame.raw).await?;
    }
    Ok(())
}

/// Binary frames stay binary, whatever is in them.
fn binary(tape: &Tape, payload: &[u8]) -> Body {
    match tape.scrub.body(payload) {
        Body::Json(_) | Body::Text(_) | Body::Empty => Body::Bytes(payload.to_vec()),
        other @ (Body::Bytes(_) | Body::Large { .. }) => other,
    }
}

//! Requests on their way through the proxy.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::schedule::{OF_REQUESTS, OF_SOCKETS};
use super::{Fault, Proxy, socket};
use crate::stub::noise;
use crate::wire::{Whole, Wire, forward};

/// What is to become of the connection.
enum Then {
    Next,
    End,
}

/// Forwards request after request until either side ends, or until the schedule wants it.
pub(super) async fn connection(proxy: &Arc<Proxy>, mut client: Wire) {
    while let Ok(Some(request)) = Whole::request(&mut client).await {
        let done = if request.head.is_websocket() {
            let fault = proxy.draw("socket", &OF_SOCKETS);
            drop(socket::run(proxy, client, &request, fault).await);
            return;
        } else {
            let fault = proxy.draw(&key(&request), &OF_REQUESTS);
            one(proxy, &mut client, &request, fault).await
        };
        match done {
            Ok(Then::Next) if !request.last => {}
            Ok(Then::Next | Then::End) | Err(_) => return,
        }
    }
}

/// The kind of a request: method and path, ids left out.
fn key(request: &Whole) -> String {
    let path = request.head.target().split('?').next().unwrap_or_default();
    let is_id = |part: &str| part.len() == 36 && part.split('-').count() == 5;
    let parts: Vec<&str> = path.split('/').map(|part| if is_id(part) { "{}" } else { part }).collect();
    format!("{} {}", request.head.method(), parts.join("/"))
}

async fn one(
    proxy: &Arc<Proxy>,
    client: &mut Wire,
    request: &Whole,
    fault: Option<Fault>,
) -> io::Result<Then> {
    match fault {
        Some(Fault::CutBefore) => return Ok(Then::End),
        Some(Fault::Status(status)) => {
            let page = format!("<html><body><h1>{status}</h1></body></html>");
            let answer = Whole::made(status, "Trouble", "text/html", page.as_bytes());
            client.write_all(&answer.to_bytes()).await?;
            return Ok(Then::Next);
        }
        Some(Fault::RestartBefore) => proxy.restart().await,
        _ => {}
    }
    let (answer, _) = forward(proxy.upstream, request).await?;
    if fault == Some(Fault::RestartAfter) {
        proxy.restart().await;
    }
    give(client, answer, fault).await
}

/// Gives the answer to the client, or what is left of it.
async fn give(client: &mut Wire, answer: Whole, fault: Option<Fault>) -> io::Result<Then> {
    match fault {
        Some(Fault::CutAfter) => return Ok(Then::End),
        Some(Fault::Garbage) => {
            client.write_all(&noise(200, 4)).await?;
            return Ok(Then::End);
        }
        Some(Fault::LostAnswer) => {
            let answer = Whole::made(504, "Gateway Timeout", "text/html", b"<html>timed out</html>");
            client.write_all(&answer.to_bytes()).await?;
            return Ok(Then::Next);
        }
        Some(Fault::CutAnswer(part)) => {
            let bytes = answer.to_bytes();
            let length = bytes.len() * usize::from(part) / 1000;
            client.write_all(bytes.get(..length).unwrap_or_default()).await?;
            return Ok(Then::End);
        }
        Some(Fault::HalfJson)
            if answer.head.get("content-type").is_some_and(|kind| kind.contains("json")) =>
        {
            let half = answer.body.get(..answer.body.len() / 2).unwrap_or_default();
            client
                .write_all(&Whole::made(answer.head.status(), "OK", "application/json", half).to_bytes())
                .await?;
            return Ok(Then::Next);
        }
        Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
        Some(Fault::Slow(time)) => {
            slowly(client, &answer.to_bytes(), time).await?;
            return Ok(Then::Next);
        }
        _ => {}
    }
    client.write_all(&answer.to_bytes()).await?;
    Ok(Then::Next)
}

/// Twenty pieces over the time.
async fn slowly(client: &mut Wire, bytes: &[u8], time: Duration) -> io::Result<()> {
    for piece in bytes.chunks(bytes.len().div_ceil(20).max(1)) {
        client.write_all(piece).await?;
        client.flush().await?;
        tokio::time::sleep(time / 20).await;
    }
    Ok(())
}

//! A proxy that breaks connections by a schedule.
//!
//! What happens to a request depends on the seed, on what kind of request it is and on how many of that kind there
//! were before – not on when it comes, so that a run can be repeated. Only the first few of each kind are harmed and
//! nothing is after a while, so that every test ends.

mod happened;
mod http;
mod schedule;
mod socket;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::BufReader;
use tokio::net::TcpListener;

pub use happened::Happened;
pub use schedule::{Fault, Kind, Schedule};

use crate::host::{Host, any_port};

/// A proxy between a client and a server.
#[derive(Debug)]
pub struct FaultProxy {
    proxy: Arc<Proxy>,
    address: SocketAddr,
    _host: Host,
}

/// What is done when the schedule wants the server restarted.
type Restart = Box<dyn Fn() + Send + Sync>;

struct Proxy {
    upstream: SocketAddr,
    schedule: Schedule,
    restart: Option<Restart>,
    began: Instant,
    seen: Mutex<Seen>,
}

/// What came by so far.
#[derive(Debug, Default)]
struct Seen {
    counts: BTreeMap<String, usize>,
    happened: Vec<Happened>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Proxy")
            .field("upstream", &self.upstream)
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}

impl FaultProxy {
    /// A proxy before a server.
    pub fn start(upstream: SocketAddr, schedule: Schedule) -> io::Result<Self> {
        Self::serve(upstream, schedule, None)
    }

    /// A proxy that can have the server restarted: give it `move || drop(stub.restart())`.
    pub fn with_restart(
        upstream: SocketAddr,
        schedule: Schedule,
        restart: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::serve(upstream, schedule, Some(Box::new(restart)))
    }

    fn serve(upstream: SocketAddr, schedule: Schedule, restart: Option<Restart>) -> io::Result<Self> {
        let (listener, address) = any_port()?;
        let began = Instant::now();
        let proxy = Arc::new(Proxy { upstream, schedule, restart, began, seen: Mutex::default() });
        let served = Arc::clone(&proxy);
        let host = Host::spawn(listener, move |listener| accept(served, listener, address))?;
        Ok(Self { proxy, address, _host: host })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that was done to requests so far.
    pub fn happened(&self) -> Vec<Happened> {
        self.proxy.seen().happened.clone()
    }
}

/// Takes connections; now and then the door is shut for a moment, so that some are refused.
async fn accept(proxy: Arc<Proxy>, listener: TcpListener, address: SocketAddr) {
    let mut door = Some(listener);
    loop {
        let Some(listener) = &door else {
            door = TcpListener::bind(address).await.ok();
            if door.is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            continue;
        };
        let Ok((stream, _)) = listener.accept().await else { continue };
        if let Some(Fault::Refuse(time)) = proxy.draw("connect", &[Kind::Refuse]) {
            drop((stream, door.take()));
            tokio::time::sleep(time).await;
            continue;
        }
        let proxy = Arc::clone(&proxy);
        tokio::spawn(async move { http::connection(&proxy, BufReader::new(stream)).await });
    }
}

impl Proxy {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What happens to the next one of a kind of request, of what can happen to it.
    fn draw(&self, key: &str, possible: &[Kind]) -> Option<Fault> {
        let mut seen = self.seen();
        let count = seen.counts.entry(key.to_owned()).or_default();
        let number = *count;
        *count += 1;
        if self.began.elapsed() > self.schedule.heal_after {
            return None;
        }
        let fault = self.schedule.draw(key, number, possible)?;
        seen.happened.push(Happened { request: key.to_owned(), number, fault: fault.clone() });
        Some(fault)
    }

    /// Restarts the server, if that can be done.
    async fn restart(self: &Arc<Self>) {
        let proxy = Arc::clone(self);
        let restarted = tokio::task::spawn_blocking(move || proxy.restart.as_ref().map(|restart| restart()));
        drop(restarted.await);
    }
}

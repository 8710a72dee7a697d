//! A proxy that writes down what a client and a server say to each other.

mod event;
mod scrub;
mod tap;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

pub(crate) use event::{Body, Event, Exchange, What};
pub use event::{NoRecording, Recording};

use crate::host::{Host, any_port};
use crate::wire::{Whole, Wire, forward};
use scrub::Scrub;

/// Headers that are kept, of requests and of answers. Everything that may have a key in it is not among them.
const OF_REQUESTS: [&str; 3] = ["content-type", "range", "if-none-match"];
const OF_ANSWERS: [&str; 7] = [
    "content-type",
    "content-disposition",
    "content-range",
    "accept-ranges",
    "etag",
    "location",
    "retry-after",
];

/// A transparent proxy that records.
#[derive(Debug)]
pub struct Recorder {
    tape: Arc<Tape>,
    address: SocketAddr,
    _host: Host,
}

/// What was said so far. An exchange has its place from when it was asked, and its content once it is answered.
#[derive(Debug)]
struct Tape {
    upstream: SocketAddr,
    began: Instant,
    scrub: Scrub,
    events: Mutex<Events>,
}

#[derive(Debug, Default)]
struct Events {
    list: Vec<(u64, Option<What>)>,
    sockets: usize,
}

impl Recorder {
    /// A recording proxy before a server.
    pub fn start(upstream: SocketAddr) -> io::Result<Self> {
        let (listener, address) = any_port()?;
        let scrub = Scrub::new([upstream, address]);
        let tape = Arc::new(Tape { upstream, began: Instant::now(), scrub, events: Mutex::default() });
        let served = Arc::clone(&tape);
        let host = Host::spawn(listener, move |listener| accept(served, listener))?;
        Ok(Self { tape, address, _host: host })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything so far, without what was not answered.
    pub fn recording(&self) -> Recording {
        let events = self.tape.events();
        let whole = |(at, what): &(u64, Option<What>)| Some(Event { at: *at, what: what.clone()? });
        Recording::new(events.list.iter().filter_map(whole).collect())
    }
}

async fn accept(tape: Arc<Tape>, listener: TcpListener) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let tape = Arc::clone(&tape);
        tokio::spawn(async move { drop(connection(&tape, BufReader::new(stream)).await) });
    }
}

async fn connection(tape: &Arc<Tape>, mut client: Wire) -> io::Result<()> {
    while let Some(request) = Whole::request(&mut client).await? {
        if request.head.is_websocket() {
            let (answer, server) = forward(tape.upstream, &request).await?;
            if answer.head.status() == 101 {
                return tap::run(tape, &request, &answer, client, server).await;
            }
            return client.write_all(&answer.to_bytes()).await;
        }
        let place = tape.reserve();
        let (answer, _) = forward(tape.upstream, &request).await?;
        tape.fill(place, tape.exchange(&request, &answer));
        client.write_all(&answer.to_bytes()).await?;
        if request.last {
            return Ok(());
        }
    }
    Ok(())
}

impl Tape {
    fn events(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of a socket.
    fn new_socket(&self) -> usize {
        let mut events = self.events();
        events.sockets += 1;
        events.sockets - 1
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn reserve(&self) -> usize {
        let mut events = self.events();
        events.list.push((self.now(), None));
        events.list.len() - 1
    }

    fn fill(&self, place: usize, what: What) {
        if let Some((_, empty)) = self.events().list.get_mut(place) {
            *empty = Some(what);
        }
    }

    fn push(&self, what: What) {
        let place = self.reserve();
        self.fill(place, what);
    }

    fn exchange(&self, request: &Whole, answer: &Whole) -> What {
        let kept = |whole: &Whole, names: &[&str]| {
            let kept = |name: &&str| Some(((*name).to_owned(), self.scrub.text(whole.head.get(name)?)));
            names.iter().filter_map(kept).collect()
        };
        What::Exchange(Exchange {
            method: request.head.method().to_owned(),
            path: self.scrub.path(request.head.target()),
            request_headers: kept(request, &OF_REQUESTS),
            request_body: self.scrub.body(&request.body),
            status: answer.head.status(),
            answer_headers: kept(answer, &OF_ANSWERS),
            answer_body: self.scrub.body(&answer.body),
        })
    }
}

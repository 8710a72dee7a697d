//! [`Stub`]: starting, stopping and looking into a simulated server.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use serde_json::Value;

use super::engine::{Engine, Shared};
use super::execute::worker;
use super::hub::Hub;
use super::log::Seen;
use super::options::StubOptions;
use super::routes;
use crate::host::{Host, any_port};

/// A simulated ComfyUI on a port of its own. Copies are the same server, which ends with the last of them.
#[derive(Debug, Clone)]
pub struct Stub {
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    engine: Arc<Engine>,
    host: Host,
}

impl Stub {
    /// Starts a server.
    pub fn start(options: StubOptions) -> io::Result<Self> {
        let (listener, address) = any_port()?;
        let server = Server { shared: Arc::new(Shared::new(options)), address, running: Mutex::new(None) };
        let stub = Self { server: Arc::new(server) };
        stub.run(listener)?;
        Ok(stub)
    }

    fn run(&self, listener: TcpListener) -> io::Result<()> {
        let engine = Arc::new(Engine::new(Arc::clone(&self.server.shared), Hub::default()));
        self.server.shared.disk().clean_temp();
        let served = Arc::clone(&engine);
        let host = Host::spawn(listener, move |listener| async move {
            tokio::spawn(worker(Arc::clone(&served)));
            drop(axum::serve(listener, routes::router(&served)).await);
        })?;
        *self.running() = Some(Running { engine, host });
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.server.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn engine(&self) -> Option<Arc<Engine>> {
        self.running().as_ref().map(|running| Arc::clone(&running.engine))
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Kills the server: connections are closed, its port refuses.
    pub fn stop(&self) {
        let running = self.running().take();
        if let Some(mut running) = running {
            running.host.stop();
        }
    }

    /// Starts a stopped server on the same port. Queue, history and cache are empty, temporary files are gone, all
    /// other files are there.
    pub fn start_again(&self) -> io::Result<()> {
        if self.running().is_some() {
            return Ok(());
        }
        self.run(TcpListener::bind(self.server.address)?)
    }

    /// [`stop`](Self::stop) and [`start_again`](Self::start_again).
    pub fn restart(&self) -> io::Result<()> {
        self.stop();
        self.start_again()
    }

    /// Has the worker take nothing more from the queue.
    pub fn pause(&self) {
        if let Some(engine) = self.engine() {
            engine.state().paused = true;
        }
    }

    /// Ends a [`pause`](Self::pause).
    pub fn resume(&self) {
        if let Some(engine) = self.engine() {
            engine.state().paused = false;
            engine.wake();
        }
    }

    /// Every prompt id that was ever accepted, and how often.
    pub fn queued_ids(&self) -> BTreeMap<String, usize> {
        self.server.shared.log().queued.clone()
    }

    /// The ids of the prompts whose execution began, in that order.
    pub fn executed(&self) -> Vec<String> {
        self.server.shared.log().executed.clone()
    }

    /// Every request that arrived.
    pub fn requests(&self) -> Vec<Seen> {
        self.server.shared.log().requests.clone()
    }

    /// How many clients are connected, by the ids that the server knows.
    pub fn sockets(&self) -> usize {
        self.engine().map_or(0, |engine| engine.state().hub.count())
    }

    /// How many WebSocket connections there ever were.
    pub fn connections(&self) -> usize {
        self.server.shared.log().connections
    }

    /// The keys that partner nodes were given.
    pub fn partner_keys(&self) -> Vec<String> {
        self.server.shared.log().keys.clone()
    }

    /// The bodies of `/free` that the worker acted on.
    pub fn freed(&self) -> Vec<Value> {
        self.server.shared.log().freed.clone()
    }

    /// How many prompts run or wait.
    pub fn remaining(&self) -> usize {
        self.engine().map_or(0, |engine| engine.state().remaining())
    }

    /// A file: `output/sub/name.png`.
    pub fn file(&self, path: &str) -> Option<Bytes> {
        self.server.shared.disk().read(path).map(|file| file.bytes.clone())
    }

    /// Writes a file, as if somebody had put it into a folder of the server.
    pub fn put_file(&self, path: &str, bytes: impl Into<Bytes>) {
        self.server.shared.disk().write(path, bytes);
    }

    /// The paths of all files in a folder: `input`, `output`, `temp`, `user`.
    pub fn files(&self, folder: &str) -> Vec<String> {
        self.server.shared.disk().under(folder).map(|(path, _)| path.to_owned()).collect()
    }

    /// Sends a message to a client, or to all: for what no node of the stub does.
    pub fn send(&self, event: &str, data: &Value, client_id: Option<&str>) {
        if let Some(engine) = self.engine() {
            engine.state().hub.send(event, data, client_id);
        }
    }
}

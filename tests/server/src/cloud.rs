//! A simulated Comfy Cloud: the simulator of [`stub`](crate::stub) behind a key, with what is different there.
//!
//! * Everything wants `X-API-Key`, the socket `token=KEY`; paths have `/api`, but for `/ws`.
//! * Ids of prompts are the server's; `number`, `front` and `clientId` do not count.
//! * A socket gets the messages of all jobs of the account, also of jobs that somebody else has sent.
//! * Files are somewhere else: `/api/view` redirects to a signed address on another host, which must not get the key.
//! * Errors are `{code, message}`.

mod account;
mod answers;
mod foreign;
mod jobs;
mod routes;
mod storage;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;

pub use account::{CloudOptions, Mode};

use crate::host::{Host, any_port};
use crate::stub::Seen;
use account::Account;

/// A simulated Comfy Cloud on two ports: the service, and the storage that it redirects to.
#[derive(Debug)]
pub struct Cloud {
    account: Arc<Account>,
    address: SocketAddr,
    storage: SocketAddr,
    hosts: Vec<Host>,
}

impl Cloud {
    /// Starts the service and its storage.
    pub fn start(options: CloudOptions) -> io::Result<Self> {
        let (service, address) = any_port()?;
        let (files, storage) = any_port()?;
        let account = Arc::new(Account::new(options, storage));
        let kept = Arc::clone(&account);
        let storage_host = Host::spawn(files, move |listener| async move {
            drop(axum::serve(listener, storage::router(kept)).await);
        })?;
        let served = Arc::clone(&account);
        let service_host = Host::spawn(service, move |listener| async move {
            tokio::spawn(crate::stub::worker(Arc::clone(&served.engine)));
            tokio::spawn(foreign::chatter(Arc::clone(&served)));
            drop(axum::serve(listener, routes::router(&served)).await);
        })?;
        Ok(Self { account, address, storage, hosts: vec![service_host, storage_host] })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the service listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the storage listens.
    pub fn storage_address(&self) -> SocketAddr {
        self.storage
    }

    /// Kills both servers.
    pub fn stop(&mut self) {
        self.hosts.clear();
    }

    /// How the service is from now on.
    pub fn set_mode(&self, mode: Mode) {
        *self.account.mode() = mode;
    }

    /// The next so many addresses of files are found to have expired (403).
    pub fn expire_addresses(&self, count: usize) {
        *self.account.expired() = count;
    }

    /// Every request that the service got.
    pub fn requests(&self) -> Vec<Seen> {
        self.account.engine.shared.log().requests.clone()
    }

    /// Every request that the storage got.
    pub fn storage_requests(&self) -> Vec<Seen> {
        self.account.stored().clone()
    }

    /// Requests to the storage that had the key in them. There must be none.
    pub fn leaks(&self) -> Vec<Seen> {
        let key = &self.account.options.key;
        self.account.stored().iter().filter(|request| request.mentions(key)).cloned().collect()
    }

    /// The ids of the prompts that were accepted, and how often; without those of somebody else.
    pub fn queued_ids(&self) -> BTreeMap<String, usize> {
        let mut queued = self.account.engine.shared.log().queued.clone();
        let foreign = self.account.foreign();
        queued.retain(|id, _| !foreign.contains(id));
        queued
    }

    /// The ids of jobs that somebody else has sent.
    pub fn foreign_ids(&self) -> Vec<String> {
        self.account.foreign().clone()
    }

    /// The keys that partner nodes were given.
    pub fn partner_keys(&self) -> Vec<String> {
        self.account.engine.shared.log().keys.clone()
    }

    /// How many sockets are open.
    pub fn sockets(&self) -> usize {
        self.account.engine.state().hub.count()
    }

    /// Sends a message to all sockets.
    pub fn send(&self, event: &str, data: &Value) {
        self.account.engine.state().hub.send(event, data, None);
    }

    /// Whether the worker takes nothing from the queue.
    pub fn pause(&self, paused: bool) {
        self.account.engine.state().paused = paused;
        self.account.engine.wake();
    }
}

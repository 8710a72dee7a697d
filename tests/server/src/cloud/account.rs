//! What an account has, and how the service treats it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::stub::{Engine, Hub, Seen, Shared, StubOptions};

/// How a [`Cloud`](super::Cloud) behaves.
#[derive(Debug, Clone)]
pub struct CloudOptions {
    /// The one key that is right.
    pub key: String,
    /// The simulator.
    pub stub: StubOptions,
    /// Whether somebody else sends a job before each of ours, and messages meanwhile.
    pub foreign_jobs: bool,
    /// Whether jobs can be cancelled by their id. Newer than the documentation.
    pub cancel: bool,
    /// Whether `create_time` is in seconds, as the documentation says.
    pub seconds: bool,
}

impl Default for CloudOptions {
    fn default() -> Self {
        Self {
            key: "comfyui-key-of-a-test".into(),
            stub: StubOptions::default(),
            foreign_jobs: true,
            cancel: false,
            seconds: true,
        }
    }
}

/// What becomes of requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mode {
    /// They are answered.
    #[default]
    Fine,
    /// Prompts are refused with 402: no credits.
    NoCredits,
    /// Prompts are refused with 429: no subscription. Waiting does not help.
    Inactive,
    /// The next prompts are refused with 429 and `Retry-After`.
    QueueFull {
        /// What `Retry-After` says.
        retry_after: u64,
        /// How many are refused.
        times: usize,
    },
    /// The next requests of any kind are refused with 429 and `Retry-After`.
    RateLimited {
        /// What `Retry-After` says.
        retry_after: u64,
        /// How many are refused.
        times: usize,
    },
    /// Every key is wrong: 401.
    BadKey,
    /// Everything is 503.
    Down,
}

/// The account and its engine.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) engine: Arc<Engine>,
    pub(super) options: CloudOptions,
    pub(super) storage: SocketAddr,
    mode: Mutex<Mode>,
    expired: Mutex<usize>,
    stored: Mutex<Vec<Seen>>,
    foreign: Mutex<Vec<String>>,
}

impl Account {
    pub(super) fn new(options: CloudOptions, storage: SocketAddr) -> Self {
        let shared = Arc::new(Shared::new(options.stub.clone()));
        Self {
            engine: Arc::new(Engine::new(shared, Hub::of_account())),
            options,
            storage,
            mode: Mutex::default(),
            expired: Mutex::default(),
            stored: Mutex::default(),
            foreign: Mutex::default(),
        }
    }

    pub(super) fn mode(&self) -> MutexGuard<'_, Mode> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn expired(&self) -> MutexGuard<'_, usize> {
        self.expired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stored(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn foreign(&self) -> MutexGuard<'_, Vec<String>> {
        self.foreign.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! The state of a running stub and what changes it: the queue, the history, the sockets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::assets::Assets;
use super::cache::Cache;
use super::catalog::Catalog;
use super::disk::Disk;
use super::hub::Hub;
use super::log::Log;
use super::options::StubOptions;
use super::queue::{Item, Queue};

/// `execution.py: MAXIMUM_HISTORY_SIZE`
const MAXIMUM_HISTORY_SIZE: usize = 10_000;

/// What stays when the server is restarted.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: StubOptions,
    pub(crate) catalog: Catalog,
    disk: Mutex<Disk>,
    assets: Mutex<Assets>,
    /// Users that were added, by id.
    users: Mutex<BTreeMap<String, String>>,
    log: Mutex<Log>,
    /// A counter for ids and names, so that they differ.
    minted: Mutex<u64>,
}

impl Shared {
    pub(crate) fn new(options: StubOptions) -> Self {
        let mut disk = Disk::default();
        for (path, bytes) in &options.files {
            disk.write(path, bytes.clone());
        }
        let catalog = Catalog::new(&options);
        Self {
            options,
            catalog,
            disk: Mutex::new(disk),
            assets: Mutex::default(),
            users: Mutex::default(),
            log: Mutex::default(),
            minted: Mutex::default(),
        }
    }

    pub(crate) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn assets(&self) -> MutexGuard<'_, Assets> {
        self.assets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn users(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number that was not given out before and does not look like a count.
    pub(crate) fn mint(&self) -> u64 {
        let mut minted = self.minted.lock().unwrap_or_else(PoisonError::into_inner);
        *minted += 1;
        mix(*minted)
    }

    /// An id in the form of `uuid4`.
    pub(crate) fn mint_uuid(&self) -> String {
        let (high, low) = (self.mint(), self.mint());
        let text = format!("{high:016x}{low:016x}");
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
    }
}

/// The finaliser of splitmix64.
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}

/// What is lost when the server is restarted.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) hub: Hub,
    pub(crate) queue: Queue,
    pub(crate) running: Option<Arc<Item>>,
    /// Entries by prompt id, in the order in which they were first made.
    pub(crate) history: IndexMap<String, Value>,
    pub(crate) cache: Cache,
    /// `PromptServer.number`
    pub(crate) counter: i64,
    /// The global interrupt flag.
    pub(crate) interrupt: bool,
    /// The client of the prompt that runs or ran last, and the node that is executing.
    pub(crate) client_id: Option<String>,
    pub(crate) last_node: Option<String>,
    /// Bodies of `/free` that wait for the worker.
    pub(crate) free: Vec<Value>,
    /// Whether the worker takes nothing from the queue.
    pub(crate) paused: bool,
}

impl State {
    pub(crate) fn remaining(&self) -> usize {
        self.queue.items().len() + usize::from(self.running.is_some())
    }

    /// `get_queue_info`
    pub(crate) fn queue_info(&self) -> Value {
        json!({"exec_info": {"queue_remaining": self.remaining()}})
    }

    /// `queue_updated`
    pub(crate) fn queue_updated(&self) {
        self.hub.send("status", &json!({"status": self.queue_info()}), None);
    }

    /// Sends to the client of the running prompt, or to all if it has none.
    pub(crate) fn send(&self, event: &str, data: &Value) {
        self.hub.send(event, data, self.client_id.as_deref());
    }

    /// `delete_queue_item`: the last one is removed by wiping, which is told twice.
    pub(crate) fn delete_pending(&mut self, prompt_id: &str) -> bool {
        let deleted = self.queue.remove(prompt_id);
        if deleted {
            if self.queue.items().is_empty() {
                self.queue_updated();
            }
            self.queue_updated();
        }
        deleted
    }

    pub(crate) fn is_running(&self, prompt_id: &str) -> bool {
        self.running.as_ref().is_some_and(|item| item.prompt_id == prompt_id)
    }

    /// Interrupts a prompt if it runs, or takes it from the queue: `_cancel_job_by_id`.
    pub(crate) fn cancel(&mut self, prompt_id: &str) -> bool {
        if self.is_running(prompt_id) {
            self.interrupt = true;
            return true;
        }
        self.delete_pending(prompt_id)
    }

    /// `task_done`
    pub(crate) fn task_done(&mut self, prompt_id: &str, entry: Value) {
        self.running = None;
        if self.history.len() > MAXIMUM_HISTORY_SIZE {
            self.history.shift_remove_index(0);
        }
        self.history.insert(prompt_id.to_owned(), entry);
        self.queue_updated();
    }
}

/// A running stub.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) shared: Arc<Shared>,
    state: Mutex<State>,
    wake: Notify,
}

impl Engine {
    pub(crate) fn new(shared: Arc<Shared>, hub: Hub) -> Self {
        Self { shared, state: Mutex::new(State { hub, ..State::default() }), wake: Notify::new() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `PromptQueue.put`; false if the server would have raised an error after it.
    pub(crate) fn put(&self, item: Item) -> bool {
        let mut log = self.shared.log();
        *log.queued.entry(item.prompt_id.clone()).or_default() += 1;
        drop(log);
        let mut state = self.state();
        let fine = state.queue.push(item);
        if fine {
            state.queue_updated();
        }
        drop(state);
        self.wake.notify_one();
        fine
    }

    /// Has the worker look again: something was changed for it.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits for the next prompt, acting on `/free` meanwhile.
    pub(crate) async fn next(&self) -> Arc<Item> {
        loop {
            if let Some(item) = self.take() {
                return item;
            }
            self.wake.notified().await;
        }
    }

    /// `PromptQueue.get` without waiting.
    fn take(&self) -> Option<Arc<Item>> {
        let mut state = self.state();
        self.act_on_free(&mut state);
        if state.paused {
            return None;
        }
        let item = Arc::new(state.queue.pop()?);
        state.running = Some(Arc::clone(&item));
        state.queue_updated();
        Some(item)
    }

    /// What `/free` asked for: `main.py: prompt_worker`.
    fn act_on_free(&self, state: &mut State) {
        for asked in std::mem::take(&mut state.free) {
            if super::python::truth(&asked["free_memory"]) {
                state.cache = Cache::default();
            }
            self.shared.log().freed.push(asked);
        }
    }
}

//! The one WebSocket of a client, and who listens to it. Jobs are watched by id: what is about one goes to its watcher,
//! what is about foreign jobs goes nowhere. While the socket is away, or may be deaf, the queue is asked instead.
//!
//! `hub::socket` connects and reads, `hub::poll` asks. Both run while there is anybody to listen.

mod poll;
mod socket;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Map, Value};
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinHandle,
};

use crate::{
    client::Client,
    event::{Event, EventKind},
    id::JobId,
};

/// How many signals wait for a watcher before the socket is read no further.
const WAITING: usize = 256;

/// How many events wait for a listener that wants all; more are dropped.
const WAITING_EVENTS: usize = 4096;

/// How long the socket stays open with nobody listening.
const LINGER: Duration = Duration::from_secs(2);

/// What a watcher of a job gets.
#[derive(Debug)]
pub(crate) enum Signal {
    /// The server said something about the job.
    Event(Event),
    /// Where the job was in the queue.
    Seen(Seen),
    /// The state of the connection changed.
    Link(Link),
}

/// What the queue says of a job.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    Waiting {
        ahead: usize,
    },
    Running,
    /// It is not there: it is over, or lost.
    NotQueued,
    /// This server has no list; ask for the job itself.
    Ask,
    /// No answer.
    Silent(String),
}

/// The state of the WebSocket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Link {
    Connecting,
    Up,
    Down(String),
}

/// The listeners of a client.
#[derive(Debug)]
pub(crate) struct Hub {
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    link: watch::Sender<Link>,
    /// Something changed that whoever asks the queue should know.
    changed: Notify,
    /// An event of ours came since the socket was opened, or it was never open before: the server knows that it is ours.
    heard: AtomicBool,
    connections: AtomicUsize,
}

#[derive(Debug, Default)]
struct State {
    watchers: BTreeMap<JobId, mpsc::Sender<Signal>>,
    listeners: Vec<mpsc::Sender<Event>>,
    /// The tasks, while they run.
    tasks: Vec<JoinHandle<()>>,
    idle_since: Option<Instant>,
    /// The job that old frames, which name none, are about.
    current: Option<JobId>,
    features: Option<Arc<Map<String, Value>>>,
}

/// Events of a server, all that come over this client's WebSocket: those of its own jobs, and what is told to everybody.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<Event>);

impl Events {
    /// The next one. Waits as long as it takes; `None` only when the client's runtime ends.
    pub async fn next(&mut self) -> Option<Event> {
        self.0.recv().await
    }
}

impl Client {
    /// Listens to all that the server says to this client. Whoever is too slow misses some.
    ///
    /// Has to be called inside of a tokio runtime.
    pub fn events(&self) -> Events {
        let (to, from) = mpsc::channel(WAITING_EVENTS);
        let hub = &self.inner.hub;
        let mut state = hub.shared.lock();
        state.listeners.push(to);
        hub.shared.run(&mut state, self);
        Events(from)
    }

    /// What the server said that it can do when the WebSocket was opened (`feature_flags`); `None` before that, and of
    /// servers that say nothing.
    pub fn negotiated_features(&self) -> Option<Arc<Map<String, Value>>> {
        self.inner.hub.shared.lock().features.clone()
    }
}

impl Default for Hub {
    fn default() -> Self {
        let shared = Shared {
            state: Mutex::default(),
            link: watch::Sender::new(Link::Connecting),
            changed: Notify::new(),
            heard: AtomicBool::new(true),
            connections: AtomicUsize::new(0),
        };
        Self { shared: Arc::new(shared) }
    }
}

impl Hub {
    /// Begins to watch a job. The socket opens, if it is not open.
    pub(crate) fn watch(&self, client: &Client, job: JobId) -> mpsc::Receiver<Signal> {
        let (to, from) = mpsc::channel(WAITING);
        let mut state = self.shared.lock();
        state.watchers.insert(job, to);
        self.shared.run(&mut state, client);
        self.shared.changed.notify_one();
        from
    }

    /// The job is called otherwise: Comfy Cloud gives ids of its own.
    pub(crate) fn rename(&self, old: &JobId, new: &JobId) {
        let mut state = self.shared.lock();
        if let Some(watcher) = state.watchers.remove(old) {
            state.watchers.insert(new.clone(), watcher);
        }
    }

    /// Nobody watches this job any more.
    pub(crate) fn forget(&self, job: &JobId) {
        self.shared.lock().watchers.remove(job);
    }

    /// Waits until the socket is open, or it is clear that it does not open now; at most so long. Whether it is open.
    pub(crate) async fn ready(&self, longest: Duration) -> bool {
        let mut link = self.shared.link.subscribe();
        let settled = link.wait_for(|link| *link != Link::Connecting);
        matches!(tokio::time::timeout(longest, settled).await, Ok(Ok(link)) if *link == Link::Up)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // nothing is left half done between two lines
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the tasks, unless they run. They end with the runtime that they were started on, and may be started on
    /// another.
    fn run(self: &Arc<Self>, state: &mut State, client: &Client) {
        state.idle_since = None;
        if !state.tasks.is_empty() && state.tasks.iter().all(|task| !task.is_finished()) {
            return;
        }
        for task in state.tasks.drain(..) {
            task.abort();
        }
        self.link.send_replace(Link::Connecting);
        self.connections.store(0, Ordering::Relaxed);
        state.tasks = vec![
            tokio::spawn(socket::run(client.clone(), Arc::clone(self))),
            tokio::spawn(poll::run(client.clone(), Arc::clone(self))),
        ];
    }

    /// Whether nobody has listened for a while; then the tasks are to end, and are forgotten.
    fn retires(&self) -> bool {
        let mut state = self.lock();
        state.listeners.retain(|listener| !listener.is_closed());
        state.watchers.retain(|_, watcher| !watcher.is_closed());
        if !state.listeners.is_empty() || !state.watchers.is_empty() {
            state.idle_since = None;
            return false;
        }
        let since = *state.idle_since.get_or_insert_with(Instant::now);
        if since.elapsed() < LINGER {
            return false;
        }
        state.tasks.clear();
        true
    }

    /// The state of the connection changed.
    async fn set_link(&self, link: Link) {
        if link == Link::Up {
            let first = self.connections.fetch_add(1, Ordering::Relaxed) == 0;
            self.heard.store(first, Ordering::Relaxed);
        }
        self.link.send_replace(link.clone());
        self.changed.notify_one();
        for watcher in self.watchers() {
            let _ = watcher.send(Signal::Link(link.clone())).await;
        }
    }

    fn watchers(&self) -> Vec<mpsc::Sender<Signal>> {
        self.lock().watchers.values().cloned().collect()
    }

    /// Hands an event to whom it concerns.
    async fn hand_out(&self, mut event: Event) {
        let watcher = {
            let mut state = self.lock();
            if event.kind == EventKind::Features {
                state.features = Some(Arc::clone(&event.data));
            }
            match &event.job {
                Some(job) if is_of_running_job(&event.kind) => state.current = Some(job.clone()),
                // old frames do not say whose they are
                None if matches!(event.kind, EventKind::Preview(_) | EventKind::Text { .. }) => {
                    event.job.clone_from(&state.current);
                }
                Some(_) | None => {}
            }
            state.listeners.retain(|listener| {
                !matches!(listener.try_send(event.clone()), Err(mpsc::error::TrySendError::Closed(_)))
            });
            event.job.as_ref().and_then(|job| state.watchers.get(job)).cloned()
        };
        if let Some(watcher) = watcher {
            self.heard.store(true, Ordering::Relaxed);
            // the watcher is a task of this crate that waits for nobody
            let _ = watcher.send(Signal::Event(event)).await;
        }
    }
}

/// Whether the job of such an event is the one that runs.
fn is_of_running_job(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Start
            | EventKind::Executing { node: Some(_), .. }
            | EventKind::Progress { .. }
            | EventKind::States { .. }
    )
}

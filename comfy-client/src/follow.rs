//! Follows one job to its end: a task of its own, which takes what the socket and the queue say, and asks for the job
//! itself when that is not enough. It waits for nobody, and gives up on nothing.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{broadcast, mpsc, watch},
    time::Instant,
};

use crate::{
    client::Client,
    error::Error,
    event::{Event, EventKind},
    http::backoff,
    hub::{Link, Seen, Signal},
    id::JobId,
    lookup::{Ending, How, Standing, look_up},
    outputs::Outputs,
    progress::{Progress, Update},
    run::{Cause, Finished, RunError},
    submit,
    tracker::Tracker,
};

/// The longest pause between two questions about a job that should be over.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often a server has to say that it does not know a job before it is lost.
const UNKNOWN: u32 = 3;

/// What a follower says to those who wait for the job.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) updates: broadcast::Sender<Update>,
    pub(crate) progress: watch::Sender<Progress>,
}

/// One job being followed.
pub(crate) struct Follower {
    pub(crate) client: Client,
    pub(crate) id: JobId,
    pub(crate) tracker: Tracker,
    pub(crate) signals: mpsc::Receiver<Signal>,
    pub(crate) voice: Arc<Voice>,
    /// Whether somebody asked for an end.
    pub(crate) cancelled: watch::Receiver<bool>,
    /// The prompt was sent more than once.
    pub(crate) repeated: bool,
    /// When to ask for the job.
    check: Option<Instant>,
    tries: u32,
    unknown: u32,
    /// Why there is no connection, as it was said last.
    offline: Option<String>,
    /// The server did not answer for a time after the job was there.
    was_away: bool,
}

impl Follower {
    pub(crate) fn new(
        client: Client,
        tracker: Tracker,
        id: JobId,
        (signals, voice, cancelled): (mpsc::Receiver<Signal>, Arc<Voice>, watch::Receiver<bool>),
    ) -> Self {
        Self {
            client,
            id,
            tracker,
            signals,
            voice,
            cancelled,
            repeated: false,
            check: None,
            tries: 0,
            unknown: 0,
            offline: None,
            was_away: false,
        }
    }

    /// Asks at once: the job is already there, or the socket is not.
    pub(crate) fn begin(&mut self) {
        if self.tracker.outputs_by_events().is_none() {
            self.soon();
        }
    }

    /// Until the job is over.
    pub(crate) async fn run(mut self) -> Result<Finished, RunError> {
        let done = self.follow_to_end().await;
        self.tracker.over(done.is_ok());
        self.client.inner.hub.forget(&self.id);
        self.tell(Some(Update::Over));
        done.map_err(|cause| RunError { id: self.id.clone(), cause })
    }

    async fn follow_to_end(&mut self) -> Result<Finished, Cause> {
        let mut cancelled = self.cancelled.clone();
        loop {
            let check = self.check;
            let due = async {
                match check {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                signal = self.signals.recv() => match signal {
                    Some(signal) => self.take(signal),
                    // the runtime ends, or the job is watched by another
                    None => return Err(Cause::Abandoned),
                },
                () = due => {
                    if let Some(end) = self.ask().await? {
                        return self.end(end).await;
                    }
                }
                Ok(()) = cancelled.changed() => self.soon(),
            }
        }
    }

    /// The job is to be asked for at once.
    fn soon(&mut self) {
        self.tries = 0;
        self.check = Some(Instant::now());
    }

    fn take(&mut self, signal: Signal) {
        match signal {
            Signal::Event(event) => self.event(&event),
            Signal::Link(Link::Up) => {
                let update = self.offline.take().map(|_| Update::Online);
                self.tell(update);
                if self.was_away {
                    self.soon();
                }
            }
            Signal::Link(Link::Down(why)) => {
                self.tracker.gap();
                self.was_away = true;
                self.away(why);
            }
            Signal::Link(Link::Connecting) => {}
            Signal::Seen(Seen::Waiting { ahead }) => {
                self.unknown = 0;
                let update = self.tracker.waits(Some(ahead));
                self.tell(update);
            }
            Signal::Seen(Seen::Running) => {
                self.unknown = 0;
                let update = self.tracker.runs();
                self.tell(update);
            }
            Signal::Seen(Seen::NotQueued | Seen::Ask) => {
                if self.check.is_none() {
                    self.soon();
                }
            }
            Signal::Seen(Seen::Silent(why)) => self.away(why),
        }
    }

    fn event(&mut self, event: &Event) {
        let updates = self.tracker.take(event, std::time::Instant::now());
        for update in updates {
            self.tell(Some(update));
        }
        let over = matches!(
            event.kind,
            EventKind::Success
                | EventKind::Failed(_)
                | EventKind::Interrupted { .. }
                | EventKind::Executing { node: None, .. }
        );
        if over {
            self.soon();
        }
    }

    /// There is no connection; it is said once.
    fn away(&mut self, why: String) {
        if self.offline.as_ref() != Some(&why) {
            self.offline = Some(why.clone());
            self.tell(Some(Update::Offline { why }));
        }
    }

    fn tell(&self, update: Option<Update>) {
        let progress = self.tracker.progress();
        self.voice.progress.send_if_modified(|before| {
            let changed = *before != progress;
            if changed {
                *before = progress;
            }
            changed
        });
        if let Some(update) = update {
            // whether anybody listens is not ours to know
            let _ = self.voice.updates.send(update);
        }
    }

    /// Asks the server where the job is, and when to ask again.
    async fn ask(&mut self) -> Result<Option<Ending>, Cause> {
        let standing = look_up(&self.client, &self.id).await;
        let cancelled = *self.cancelled.borrow();
        self.check = None;
        match standing {
            Ok(Standing::Over(end)) => return Ok(Some(*end)),
            Ok(Standing::Waiting) => {
                self.unknown = 0;
                let update = self.tracker.waits(None);
                self.tell(update);
                self.again_if(cancelled);
            }
            Ok(Standing::Running) => {
                self.unknown = 0;
                let update = self.tracker.runs();
                self.tell(update);
                // the history follows the last event by a moment
                self.again_if(cancelled || self.tracker.ended().is_some());
            }
            Ok(Standing::Unknown) => {
                self.unknown += 1;
                if self.unknown >= UNKNOWN {
                    return self.lost(cancelled).map(Some);
                }
                self.again_if(true);
            }
            Err(error) if is_hopeless(&error) => return Err(Cause::Request(Box::new(error))),
            Err(error) => {
                self.was_away = true;
                self.away(error.to_string());
                self.again_if(true);
            }
        }
        Ok(None)
    }

    fn again_if(&mut self, again: bool) {
        self.check = again.then(|| {
            let pause = if self.tries < 3 {
                Duration::from_millis(20)
            } else {
                backoff(self.tries - 3, LONGEST_PAUSE)
            };
            Instant::now() + pause
        });
        self.tries += 1;
    }

    /// The server does not know the job any more: what that means.
    fn lost(&mut self, cancelled: bool) -> Result<Ending, Cause> {
        let (ended, outputs) = (self.tracker.ended(), self.tracker.outputs_by_events().cloned());
        match (ended, outputs) {
            // somebody cleared the history at once; nothing is lost by that
            (Some(How::Success), Some(outputs)) => {
                Ok(Ending { how: How::Success, outputs, prompt: None, times: (None, None) })
            }
            (Some(How::Failed(failure)), _) => Err(Cause::Failed(failure.clone())),
            (Some(How::Interrupted { node }), _) if !cancelled => {
                Err(Cause::Interrupted { node: node.clone() })
            }
            _ if cancelled => Err(Cause::Cancelled),
            _ if self.was_away => Err(Cause::Lost { done: self.tracker.progress().done }),
            _ => Err(Cause::Removed),
        }
    }

    /// The job is over: its results, or what went wrong.
    async fn end(&mut self, end: Ending) -> Result<Finished, Cause> {
        if self.repeated {
            // a copy that came late finds all of its nodes in the cache; without it there is nothing to find
            let _ = submit::drop_second(&self.client, &self.id, true).await;
        }
        match end.how {
            How::Failed(failure) => return Err(Cause::Failed(failure)),
            How::Interrupted { .. } if *self.cancelled.borrow() => return Err(Cause::Cancelled),
            How::Interrupted { node } => return Err(Cause::Interrupted { node }),
            How::Success => {}
        }
        if let Some(prompt) = &end.prompt {
            self.tracker.learn(prompt);
        }
        self.receive_rest();
        let mut outputs = Outputs::of_nodes(&end.outputs);
        let lost = self.tracker.lost_pictures();
        for preview in self.tracker.take_received() {
            let node = preview.node.as_deref().unwrap_or_default();
            outputs.push_received(node, preview.format, preview.bytes);
        }
        let finished = Finished {
            id: self.id.clone(),
            outputs,
            prompt: end.prompt,
            times: end.times,
            cached: self.tracker.progress().cached,
            refused: None,
        };
        if lost.is_empty() {
            Ok(finished)
        } else {
            Err(Cause::PicturesLost { nodes: lost, finished: Box::new(finished) })
        }
    }

    /// Takes what has come in the meantime: a picture may still wait behind the end.
    fn receive_rest(&mut self) {
        while let Ok(signal) = self.signals.try_recv() {
            if let Signal::Event(event) = signal {
                self.event(&event);
            }
        }
    }
}

/// Whether asking again will not help: the key is refused, say.
fn is_hopeless(error: &Error) -> bool {
    matches!(error, Error::Unauthorized { .. } | Error::KeyInTheOpen { .. } | Error::WithoutTls { .. })
}

//! Running jobs: [`Job`], one that was queued, [`Finished`], what became of it, and [`RunError`], what kept it from that.

use std::{fmt, sync::Arc, time::Duration};

use comfy_graph::diag::Diagnostic;
use serde_json::{Map, Value};
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
};

use crate::{
    client::Client,
    error::Error,
    failure::Failure,
    follow::{Follower, Voice},
    id::JobId,
    inputs::InputError,
    lookup::{Standing, look_up},
    needs::Needs,
    outputs::Outputs,
    paid::PaidNode,
    progress::{Phase, Progress, Update},
    refusal::Refusal,
    routes::prompt::{Place, PromptRequest},
    submit,
    tracker::Tracker,
};

/// How long a job waits for the WebSocket to open. Without one it goes by asking.
const SOCKET: Duration = Duration::from_secs(5);

/// How many updates are kept for whoever does not fetch them.
const UPDATES: usize = 1024;

/// How a prompt is to be run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SubmitOptions {
    /// The job's id; a new one without it.
    pub id: Option<JobId>,
    /// Where in the queue.
    pub place: Place,
    /// Only these output nodes; all without it.
    pub targets: Option<Vec<String>>,
    /// Whether it may run although the server refuses some of its outputs.
    pub partial: bool,
    /// The workflow that ComfyUI writes into its pictures, so that they can be opened in it.
    pub workflow: Option<Value>,
    /// What the job carries besides, as `extra_data`.
    pub extra_data: Map<String, Value>,
    /// The nodes that make results, by id. Only progress is counted by them; without it they are guessed.
    pub output_nodes: Option<Vec<String>>,
    /// Whether the key of partner nodes goes with the job. Only for jobs that have some, and whose cost was agreed to.
    pub with_partner_key: bool,
}

/// A job that was queued. It goes on when this is dropped; [`Client::attach`] takes it up again by its id.
#[derive(Debug)]
pub struct Job {
    id: JobId,
    client: Client,
    updates: broadcast::Receiver<Update>,
    voice: Arc<Voice>,
    cancel: watch::Sender<bool>,
    task: JoinHandle<Result<Finished, RunError>>,
}

/// A job that ran to its end.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finished {
    /// The job.
    pub id: JobId,
    /// What it made.
    pub outputs: Outputs,
    /// The prompt as it ran, with numbers converted as the nodes want them, where the server says it.
    pub prompt: Option<Value>,
    /// When it began to run and when it was over, in milliseconds since 1970, where the server says it.
    pub times: (Option<f64>, Option<f64>),
    /// How many nodes were cached.
    pub cached: usize,
    /// With [`SubmitOptions::partial`]: what the server refused of it.
    pub refused: Option<Refusal>,
}

/// A job did not run to its end. It always says which.
#[derive(Debug)]
pub struct RunError {
    /// The job's id, also of one that was never sent.
    pub id: JobId,
    /// What happened.
    pub cause: Cause,
}

/// What keeps a job from its results.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The flow is wrong; it was not sent.
    #[cfg(feature = "flow")]
    Invalid(comfy_dsl::Problems),
    /// It has nodes that cost money, and nobody agreed to that; it was not sent.
    Paid(Vec<PaidNode>),
    /// A file that it needs cannot be uploaded; it was not sent.
    Input(Box<InputError>),
    /// The server refuses the prompt.
    Refused(Box<Refusal>),
    /// A node failed.
    Failed(Box<Failure>),
    /// It was stopped, as was asked for.
    Cancelled,
    /// Somebody else stopped it.
    Interrupted {
        /// Where it was.
        node: Option<Box<str>>,
    },
    /// Somebody took it out of the queue, or cleared the history before its results could be read.
    Removed,
    /// The server does not know it any more: it was started anew, and its queue and history were lost. Files that the job
    /// saved by then are still there.
    Lost {
        /// How many nodes were done, as far as that was heard.
        done: usize,
    },
    /// It ran, but pictures of `SaveImageWebsocket` did not arrive, and are stored nowhere.
    PicturesLost {
        /// The nodes whose pictures are missing.
        nodes: Vec<Box<str>>,
        /// All others.
        finished: Box<Finished>,
    },
    /// It was sent, the connection broke, and it cannot be told whether it is in the queue.
    Unconfirmed(Box<Error>),
    /// A request failed.
    Request(Box<Error>),
    /// The runtime that followed it has ended. The job goes on.
    Abandoned,
}

impl Client {
    /// Queues a prompt in the API format. The WebSocket is open before it is sent, so that nothing of it is missed.
    ///
    /// The prompt is queued once: where the connection breaks before the server's word is there, the server is asked for
    /// the job before it is sent again.
    ///
    /// Has to be called inside of a tokio runtime.
    ///
    /// # Errors
    /// When the server does not take it, or does not answer.
    pub async fn submit(&self, prompt: Value, options: &SubmitOptions) -> Result<Job, RunError> {
        let mut id = options.id.clone().unwrap_or_else(JobId::random);
        let failed = |id: &JobId, cause| {
            self.inner.hub.forget(id);
            RunError { id: id.clone(), cause }
        };
        let signals = self.inner.hub.watch(self, id.clone());
        let is_open = self.inner.hub.ready(SOCKET).await;
        let needs = Needs::of(&prompt, options.output_nodes.as_deref());
        let mut tracker = Tracker::new(id.clone(), needs);
        if !is_open {
            tracker.gap();
        }
        let request = self
            .request(prompt, &id, options)
            .map_err(|error| failed(&id, Cause::Request(Box::new(error))))?;
        let queued = match submit::submit(self, &request, &id).await {
            Ok(queued) => queued,
            Err(cause) => return Err(failed(&id, cause)),
        };
        if queued.accepted.id != id {
            self.inner.hub.rename(&id, &queued.accepted.id);
            id = queued.accepted.id.clone();
            tracker.rename(id.clone());
            // what was said of it before its name was known is gone
            tracker.gap();
        }
        if queued.repeated {
            let _ = submit::drop_second(self, &id, false).await;
        }
        let refused = Refusal::in_part(&queued.accepted.node_errors);
        if let Some(refusal) = refused.clone().filter(|_| !options.partial) {
            // what runs of it is not what was asked for
            let _ = self.cancel(&id).await;
            return Err(failed(&id, Cause::Refused(Box::new(refusal))));
        }
        let update = Update::Queued { number: queued.accepted.number };
        Ok(self.follow(tracker, id, signals, (queued.repeated, Some(update), refused)))
    }

    /// Takes up a job that was queued before, by this program or another: one that waits, runs or is over.
    ///
    /// What is told over the WebSocket goes to the client that queued the job. With the same
    /// [`client_id`](crate::ClientBuilder::client_id) its progress is seen again; its results are in any case.
    ///
    /// # Errors
    /// When the server does not know it, or does not answer.
    pub async fn attach(&self, id: JobId) -> Result<Job, RunError> {
        match look_up(self, &id).await {
            Ok(Standing::Unknown) => Err(RunError { id, cause: Cause::Removed }),
            Err(error) => Err(RunError { id, cause: Cause::Request(Box::new(error)) }),
            Ok(standing) => {
                let signals = self.inner.hub.watch(self, id.clone());
                let mut tracker = Tracker::new(id.clone(), Needs::default());
                tracker.gap();
                match standing {
                    Standing::Running => _ = tracker.runs(),
                    _ => _ = tracker.waits(None),
                }
                Ok(self.follow(tracker, id, signals, (false, None, None)))
            }
        }
    }

    /// Stops a job: one that waits is taken out of the queue, one that runs is interrupted. Other jobs go on. Whether
    /// there was anything to do.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn cancel(&self, id: &JobId) -> Result<bool, Error> {
        match self.post_cancel(id).await {
            Err(Error::NotFound { .. } | Error::Status { status: 405, .. }) => {}
            answer => return answer,
        }
        // Servers without the route. Some of those do not look at the id, and would stop whatever runs.
        let before = self.queue().await?;
        if before.count(id) == 0 {
            return Ok(false);
        }
        self.remove_from_queue(std::slice::from_ref(id)).await?;
        let queue = self.queue().await?;
        if queue.running.len() == 1 && queue.running.iter().all(|item| item.id == *id) {
            self.interrupt(id).await?;
        }
        Ok(true)
    }

    fn request(&self, prompt: Value, id: &JobId, options: &SubmitOptions) -> Result<PromptRequest, Error> {
        let mut request = PromptRequest::new(prompt);
        request.id = Some(id.clone());
        request.place = options.place;
        request.targets.clone_from(&options.targets);
        request.extra_data.clone_from(&options.extra_data);
        if let Some(workflow) = &options.workflow {
            let info = request.extra_data.entry("extra_pnginfo").or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(info) = info {
                info.insert("workflow".to_owned(), workflow.clone());
            }
        }
        if options.with_partner_key {
            request.partner_key = self.partner_key()?;
        }
        Ok(request)
    }

    fn follow(
        &self,
        tracker: Tracker,
        id: JobId,
        signals: tokio::sync::mpsc::Receiver<crate::hub::Signal>,
        (repeated, update, refused): (bool, Option<Update>, Option<Refusal>),
    ) -> Job {
        let (send, updates) = broadcast::channel(UPDATES);
        let voice = Arc::new(Voice { updates: send, progress: watch::Sender::new(tracker.progress()) });
        if let Some(update) = update {
            let _ = voice.updates.send(update);
        }
        let (cancel, cancelled) = watch::channel(false);
        let mut follower =
            Follower::new(self.clone(), tracker, id.clone(), (signals, Arc::clone(&voice), cancelled));
        follower.repeated = repeated;
        follower.begin();
        let task = tokio::spawn(async move {
            let mut finished = follower.run().await?;
            finished.refused = refused;
            Ok(finished)
        });
        Job { id, client: self.clone(), updates, voice, cancel, task }
    }
}

impl Job {
    /// Its id, by which it can be found again.
    pub fn id(&self) -> &JobId {
        &self.id
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.voice.progress.borrow().clone()
    }

    /// How far it is, to be told of every change.
    #[cfg(feature = "blocking")]
    pub(crate) fn watch(&self) -> watch::Receiver<Progress> {
        self.voice.progress.subscribe()
    }

    /// What is new, in order; `None` when it is over. Steps and pictures that are not fetched for a long time are left
    /// out.
    pub async fn next(&mut self) -> Option<Update> {
        loop {
            match self.updates.recv().await {
                Ok(Update::Over) | Err(broadcast::error::RecvError::Closed) => return None,
                Ok(update) => return Some(update),
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    tracing::debug!(missed, "updates were not fetched in time");
                    if self.voice.progress.borrow().phase == Phase::Over && self.updates.is_empty() {
                        return None;
                    }
                }
            }
        }
    }

    /// Waits for the end, however long it takes. To wait for a shorter time, put it into `tokio::time::timeout`: the job
    /// goes on, and so does this, which can be waited for again.
    ///
    /// # Errors
    /// When it does not run to its end.
    pub async fn wait(&mut self) -> Result<Finished, RunError> {
        match (&mut self.task).await {
            Ok(done) => done,
            Err(_) => Err(RunError { id: self.id.clone(), cause: Cause::Abandoned }),
        }
    }

    /// Stops the job; [`wait`](Self::wait) then ends with [`Cause::Cancelled`], or with its results if it was faster.
    /// Whether there was anything to stop.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn cancel(&self) -> Result<bool, Error> {
        let cancelled = self.client.cancel(&self.id).await?;
        if cancelled {
            self.cancel.send_replace(true);
        }
        Ok(cancelled)
    }
}

/// The job on the server goes on; nobody here follows it any more.
impl Drop for Job {
    fn drop(&mut self) {
        self.task.abort();
        self.client.inner.hub.forget(&self.id);
    }
}

impl Cause {
    /// The same as diagnostics about the prompt, where it is about that.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            #[cfg(feature = "flow")]
            Self::Invalid(problems) => problems.to_vec(),
            Self::Refused(refusal) => refusal.diagnostics(),
            Self::Failed(failure) => vec![failure.diagnostic()],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "flow")]
            Self::Invalid(problems) => write!(f, "the flow is wrong: {problems}"),
            Self::Paid(nodes) => {
                let nodes: Vec<String> = nodes.iter().map(ToString::to_string).collect();
                write!(f, "it has nodes that cost money, which nobody agreed to: {}", nodes.join(", "))
            }
            Self::Input(error) => error.fmt(f),
            Self::Refused(refusal) => write!(f, "the server refuses it: {refusal}"),
            Self::Failed(failure) => failure.fmt(f),
            Self::Cancelled => f.write_str("it was cancelled"),
            Self::Interrupted { node: Some(node) } => write!(f, "somebody interrupted it, at node #{node}"),
            Self::Interrupted { node: None } => f.write_str("somebody interrupted it"),
            Self::Removed => f.write_str(
                "the server does not know it; somebody took it out of the queue, the history was cleared, or the server was started anew",
            ),
            Self::Lost { done } => write!(
                f,
                "the server was started anew and has forgotten it, after {done} nodes; files that it saved by then are still on the server"
            ),
            Self::PicturesLost { nodes, .. } => write!(
                f,
                "it ran, but pictures that SaveImageWebsocket sends did not arrive (#{}); they are stored nowhere",
                nodes.join(", #")
            ),
            Self::Unconfirmed(error) => {
                write!(f, "it was sent, but whether the server has it cannot be told: {error}")
            }
            Self::Request(error) => error.fmt(f),
            Self::Abandoned => f.write_str("nobody follows it any more; it goes on"),
        }
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "job {}: {}", self.id, self.cause)
    }
}

impl std::error::Error for RunError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Request(error) | Cause::Unconfirmed(error) => Some(&**error),
            #[cfg(feature = "flow")]
            Cause::Invalid(problems) => Some(problems),
            Cause::Input(error) => Some(&**error),
            _ => None,
        }
    }
}

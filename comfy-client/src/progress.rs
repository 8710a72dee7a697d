//! How far a job is: [`Progress`], the whole of it at one moment, and [`Update`], what is new. Who keeps count is
//! `tracker`.

use std::{fmt, time::Duration};

use serde_json::{Map, Value};

use crate::{event::Preview, id::JobId};

/// How far a job is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// The job.
    pub job: JobId,
    /// Where it is.
    pub phase: Phase,
    /// How many nodes it has to run, or find in the server's cache.
    pub nodes: usize,
    /// How many of them are done, with those that were cached.
    pub done: usize,
    /// How many were cached.
    pub cached: usize,
    /// The node that runs now.
    pub current: Option<Current>,
}

/// Where a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// It is on its way to the server.
    Sending,
    /// It waits in the queue.
    Waiting {
        /// How many jobs run before it, as far as that is known.
        ahead: Option<usize>,
    },
    /// It runs.
    Running,
    /// It is over.
    Over,
}

/// The node that runs now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Current {
    /// Its id in the prompt.
    pub node: Box<str>,
    /// Its class.
    pub class_type: Box<str>,
    /// Steps that are done, and steps in all, where it counts steps.
    pub steps: Option<(f64, f64)>,
    /// Steps in a second, once there are two to go by.
    pub rate: Option<f64>,
}

impl Current {
    /// How long the rest of this node's steps will take, if they go on as before.
    pub fn time_left(&self) -> Option<Duration> {
        let ((value, max), rate) = (self.steps?, self.rate?);
        Duration::try_from_secs_f64((max - value).max(0.0) / rate).ok()
    }
}

/// `3 of 9 nodes, KSampler #3: 12/20 (2.1/s)`
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.phase {
            Phase::Sending => return f.write_str("sending"),
            Phase::Waiting { ahead: None } => return f.write_str("waiting"),
            Phase::Waiting { ahead: Some(ahead) } => {
                return write!(f, "waiting for {ahead} job{}", if *ahead == 1 { "" } else { "s" });
            }
            Phase::Running | Phase::Over => {}
        }
        write!(f, "{} of {} nodes", self.done, self.nodes)?;
        if self.cached > 0 {
            write!(f, " ({} cached)", self.cached)?;
        }
        let Some(current) = &self.current else { return Ok(()) };
        write!(f, ", {} #{}", current.class_type, current.node)?;
        if let Some((value, max)) = current.steps {
            write!(f, ": {value}/{max}")?;
        }
        if let Some(rate) = current.rate {
            write!(f, " ({rate:.1}/s)")?;
        }
        Ok(())
    }
}

/// What is new about a job.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Update {
    /// The server took it.
    Queued {
        /// Its number in the queue.
        number: Option<f64>,
    },
    /// Its place in the queue.
    Waiting {
        /// How many jobs run before it.
        ahead: usize,
    },
    /// It begins to run.
    Started,
    /// Nodes that need not run again.
    Cached {
        /// Ids in the prompt.
        nodes: Vec<Box<str>>,
    },
    /// A node begins.
    Node {
        /// Its id in the prompt.
        node: Box<str>,
        /// Its class.
        class_type: Box<str>,
    },
    /// Steps of a node.
    Step {
        /// Its id in the prompt.
        node: Box<str>,
        /// Steps that are done.
        value: f64,
        /// Steps in all.
        max: f64,
    },
    /// An output node has results.
    Output {
        /// Its id in the prompt.
        node: Box<str>,
        /// By kind: `images`, `audio`, `text` and so on.
        output: Map<String, Value>,
    },
    /// A picture: of what is in the making, or a result of `SaveImageWebsocket`.
    Preview {
        /// The picture.
        preview: Preview,
        /// Whether it is a result.
        is_result: bool,
    },
    /// Text that a node shows while it runs.
    Text {
        /// Its id in the prompt.
        node: Box<str>,
        /// The text.
        text: String,
    },
    /// The connection is gone; the job goes on, and so does the client.
    Offline {
        /// What happened.
        why: String,
    },
    /// The connection is back.
    Online,
    /// It is over.
    Over,
}

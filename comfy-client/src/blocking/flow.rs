//! Flows of comfy-dsl without `async`: `flow.run(&client)?.save("pictures")?`.

use std::path::PathBuf;

use comfy_dsl::Flow;

use super::{Client, Job};
use crate::{
    Finished, Progress, RunError, RunOptions,
    save::{SaveError, SaveOptions, SavedFile},
};

impl Client {
    /// Builds and queues a flow; see [`crate::Client::start`].
    ///
    /// # Errors
    /// When the flow is wrong, or the server does not take it.
    pub fn start(&self, flow: &Flow, options: &RunOptions) -> Result<Job, RunError> {
        let inner = self.wait(self.inner.start(flow, options))?;
        Ok(self.job(inner))
    }
}

/// Flows that run: `flow.run(&client)`.
///
/// ```no_run
/// use comfy_client::{RunFlow as _, blocking::Client};
/// use comfy_dsl::prelude::*;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let g = Flow::new();
/// let image = g.add(RawNode::new("EmptyImage").input("width", 64).input("height", 64));
/// g.add(RawNode::new("SaveImage").input("images", image.out::<Any>(0)).input("filename_prefix", "red"));
/// g.run(&Client::from_env()?)?.save("pictures")?;
/// # Ok(())
/// # }
/// ```
pub trait RunFlow {
    /// Runs it to its end; nothing that costs money.
    ///
    /// # Errors
    /// As [`crate::Client::run`].
    fn run(&self, client: &Client) -> Result<Done, RunError> {
        self.run_with(client, &RunOptions::default(), |_| {})
    }

    /// The same, and shows on the way how far it is, whenever that changes.
    ///
    /// # Errors
    /// As [`crate::Client::run`].
    fn run_with(
        &self,
        client: &Client,
        options: &RunOptions,
        show: impl FnMut(&Progress),
    ) -> Result<Done, RunError>;
}

impl RunFlow for Flow {
    fn run_with(
        &self,
        client: &Client,
        options: &RunOptions,
        show: impl FnMut(&Progress),
    ) -> Result<Done, RunError> {
        let mut job = client.start(self, options)?;
        let finished = job.wait_with(show)?;
        Ok(Done { client: client.clone(), finished })
    }
}

/// A flow that ran, with the client that can fetch what it made.
#[derive(Clone, Debug)]
pub struct Done {
    client: Client,
    finished: Finished,
}

impl Done {
    /// Saves its results in a folder, under the server's names.
    ///
    /// # Errors
    /// When some of them cannot be fetched or written. All others are saved.
    pub fn save(&self, dir: impl Into<PathBuf>) -> Result<Vec<SavedFile>, SaveError> {
        self.client.save(&self.finished, &SaveOptions::to(dir))
    }

    /// What is known of the run.
    pub fn finished(&self) -> &Finished {
        &self.finished
    }
}

//! The same without `async`: a [`Client`] that waits, on a runtime of its own.
//!
//! What has no method here is a call of [`Client::wait`]: `client.wait(client.inner().queue())`.

#[cfg(feature = "flow")]
mod flow;

use std::{future::Future, sync::Arc, time::Duration};

use comfy_graph::catalog::Catalog;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::{
    CatalogOptions, Error, Finished, JobId, Progress, RunError, ServerCatalog, SubmitOptions, Update,
    progress::Phase,
    save::{SaveError, SaveOptions, SavedFile},
};

/// A client whose calls end when they are done. Not for use inside of `async` code.
///
/// ```no_run
/// # fn example() -> Result<(), comfy_client::Error> {
/// use comfy_client::blocking::Client;
///
/// let client = Client::from_env()?;
/// println!("{} jobs are waiting", client.wait(client.inner().queue())?.pending.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    inner: crate::Client,
    runtime: Arc<Runtime>,
}

/// A job that was queued; see [`crate::Job`].
#[derive(Debug)]
pub struct Job {
    inner: crate::Job,
    runtime: Arc<Runtime>,
}

impl Client {
    /// A client of the server at this address; see [`crate::Client::new`].
    ///
    /// # Errors
    /// When it is no address.
    pub fn new(address: &str) -> Result<Self, Error> {
        crate::Client::new(address)?.try_into()
    }

    /// A client of the server that `COMFYUI_URL` names, or of the one on this machine; see [`crate::Client::from_env`].
    ///
    /// # Errors
    /// When the variable holds no address.
    pub fn from_env() -> Result<Self, Error> {
        crate::Client::from_env()?.try_into()
    }

    /// The client that does the work.
    pub fn inner(&self) -> &crate::Client {
        &self.inner
    }

    /// Does something `async` to its end.
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The server's nodes; see [`crate::Client::catalog`].
    ///
    /// # Errors
    /// When there is no answer, or one that is no catalog.
    pub fn catalog(&self, options: &CatalogOptions) -> Result<ServerCatalog, Error> {
        self.wait(self.inner.catalog(options))
    }

    /// Waits for what the server says of a catalog out of the cache; see [`ServerCatalog::renewed`].
    ///
    /// # Errors
    /// When there is no answer, or one that is no catalog.
    pub fn renewed(&self, catalog: &mut ServerCatalog) -> Result<Option<Arc<Catalog>>, Error> {
        self.wait(catalog.renewed())
    }

    /// Saves the results of a job; see [`crate::Client::save`].
    ///
    /// # Errors
    /// When some of them cannot be fetched or written. All others are saved.
    pub fn save(&self, finished: &Finished, options: &SaveOptions) -> Result<Vec<SavedFile>, SaveError> {
        self.wait(self.inner.save(finished, options))
    }

    /// Queues a prompt; see [`crate::Client::submit`].
    ///
    /// # Errors
    /// When the server does not take it, or does not answer.
    pub fn submit(&self, prompt: Value, options: &SubmitOptions) -> Result<Job, RunError> {
        let inner = self.wait(self.inner.submit(prompt, options))?;
        Ok(self.job(inner))
    }

    /// Takes up a job that was queued before; see [`crate::Client::attach`].
    ///
    /// # Errors
    /// When the server does not know it, or does not answer.
    pub fn attach(&self, id: JobId) -> Result<Job, RunError> {
        let inner = self.wait(self.inner.attach(id))?;
        Ok(self.job(inner))
    }

    /// Stops a job; see [`crate::Client::cancel`].
    ///
    /// # Errors
    /// When there is no answer.
    pub fn cancel(&self, id: &JobId) -> Result<bool, Error> {
        self.wait(self.inner.cancel(id))
    }

    fn job(&self, inner: crate::Job) -> Job {
        Job { inner, runtime: Arc::clone(&self.runtime) }
    }
}

#[cfg(feature = "flow")]
pub use flow::{Done, RunFlow};

/// A client for use without `async`.
impl TryFrom<crate::Client> for Client {
    type Error = Error;

    fn try_from(inner: crate::Client) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| Error::Setup(Box::new(error)))?;
        Ok(Self { inner, runtime: Arc::new(runtime) })
    }
}

impl Job {
    /// Its id, by which it can be found again.
    pub fn id(&self) -> &JobId {
        self.inner.id()
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.inner.progress()
    }

    /// What is new, in order; `None` when it is over. See [`crate::Job::next`].
    #[allow(clippy::should_implement_trait, reason = "an iterator would have to be the job's only use")]
    pub fn next(&mut self) -> Option<Update> {
        self.runtime.block_on(self.inner.next())
    }

    /// Waits for the end, and shows on the way how far it is, whenever that changes.
    ///
    /// # Errors
    /// When it does not run to its end.
    pub fn wait_with(&mut self, mut show: impl FnMut(&Progress)) -> Result<Finished, RunError> {
        let Self { inner, runtime } = self;
        runtime.block_on(async {
            let mut progress = inner.watch();
            loop {
                let now = progress.borrow_and_update().clone();
                if now.phase == Phase::Over {
                    break;
                }
                show(&now);
                if progress.changed().await.is_err() {
                    break;
                }
            }
            inner.wait().await
        })
    }

    /// Waits for the end, however long it takes.
    ///
    /// # Errors
    /// When it does not run to its end.
    pub fn wait(&mut self) -> Result<Finished, RunError> {
        self.runtime.block_on(self.inner.wait())
    }

    /// Waits so long for the end; `None` if it is not over by then. The job goes on, and can be waited for again.
    ///
    /// # Errors
    /// When it does not run to its end.
    pub fn wait_for(&mut self, longest: Duration) -> Result<Option<Finished>, RunError> {
        let waited = self.runtime.block_on(async { tokio::time::timeout(longest, self.inner.wait()).await });
        waited.map_or(Ok(None), |done| done.map(Some))
    }

    /// Stops the job; see [`crate::Job::cancel`].
    ///
    /// # Errors
    /// When there is no answer.
    pub fn cancel(&self) -> Result<bool, Error> {
        self.runtime.block_on(self.inner.cancel())
    }
}

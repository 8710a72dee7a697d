//! The command line of `comfy-run`: which of its tasks to do.

mod args;
mod ask;
mod connect;
mod exit;
mod jobs;
mod preview;
mod report;
mod run;
mod save;
mod show;
mod watch;

use anyhow::Result;

use args::Task;

pub(crate) use args::Cli;
pub(crate) use exit::Exit;
pub(crate) use report::complain;

impl Cli {
    /// Does what the command line says.
    ///
    /// # Errors
    /// When it could not: status 2.
    pub(crate) async fn run(self) -> Result<Exit> {
        match &self.task {
            None => run::run(&self).await,
            Some(Task::Server) => ask::server(&self).await,
            Some(Task::Queue) => ask::queue(&self).await,
            Some(Task::Jobs(which)) => ask::jobs(&self, which).await,
            Some(Task::Job(which)) => jobs::take_up(&self, which).await,
            Some(Task::Cancel { ids }) => jobs::cancel(&self, ids).await,
            Some(Task::Models { folder }) => ask::models(&self, folder.as_deref()).await,
            Some(Task::Upload(what)) => ask::upload(&self, what).await,
            Some(Task::Free { keep_models }) => ask::free(&self, *keep_models).await,
        }
    }
}

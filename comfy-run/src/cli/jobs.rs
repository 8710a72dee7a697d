//! Jobs by their id: taking one up again, and stopping some.

use std::time::Instant;

use anyhow::Result;
use comfy_client::JobId;
use serde_json::json;

use super::{
    args::{Cli, JobArgs},
    exit::Exit,
    report,
    run::{finish, stop},
    save::Ran,
    show::Screen,
};

/// Follows a job to its end, and fetches what it made.
pub(super) async fn take_up(cli: &Cli, which: &JobArgs) -> Result<Exit> {
    let (screen, client) = (Screen::new(&cli.server), cli.server.client()?);
    if which.no_wait {
        return standing(cli, &client, &which.id).await;
    }
    let mut view = screen.job(format!("job {}", short(&which.id)));
    match client.attach(which.id.clone()).await {
        Ok(job) => {
            view.queued(&which.id)?;
            let ran = Ran { plan: None, source: None, uploads: Vec::new(), begun: Instant::now() };
            finish(cli, client, &screen, (view, job, ran), stop()).await
        }
        Err(error) => {
            let exit = Exit::of(&error.cause);
            view.failed(&error, None)?;
            Ok(exit)
        }
    }
}

/// Says where a job is.
async fn standing(cli: &Cli, client: &comfy_client::Client, id: &JobId) -> Result<Exit> {
    let Some(info) = client.job_info(id).await? else {
        report::complain(&format!("error: {} knows no job {id}\n", client.server()));
        return Ok(Exit::CouldNot);
    };
    if cli.server.json {
        let data = json!({"v": 1, "job": id, "status": info.status.as_str(), "outputs": info.outputs});
        report::line(&data.to_string())?;
    } else {
        report::line(info.status.as_str())?;
    }
    Ok(Exit::Done)
}

/// Stops jobs.
pub(super) async fn cancel(cli: &Cli, ids: &[JobId]) -> Result<Exit> {
    let client = cli.server.client()?;
    let mut exit = Exit::Done;
    for id in ids {
        let stopped = client.cancel(id).await?;
        if cli.server.json {
            report::line(&json!({"v": 1, "job": id, "cancelled": stopped}).to_string())?;
        } else if stopped {
            report::line(&format!("{id}: cancelled"))?;
        } else {
            report::complain(&format!("{id}: neither waits nor runs\n"));
        }
        if !stopped {
            exit = Exit::CouldNot;
        }
    }
    Ok(exit)
}

/// The beginning of an id, for people.
fn short(id: &JobId) -> &str {
    id.as_str().split('-').next().unwrap_or_default()
}

//! Asks the queue about all watched jobs at once, in one short request: while the socket is away, for places in the
//! queue, and now and then in any case. After a reconnection the server may go on sending to the old socket: when that
//! is torn down at last, it forgets the new one with it (`server.py: websocket_handler`, `finally`).

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tokio::{sync::mpsc, time::Instant};

use super::{Link, Seen, Shared, Signal};
use crate::{
    client::Client,
    error::Error,
    id::JobId,
    routes::jobs::{JobStatus, JobsQuery},
};

/// Runs until nobody listens.
pub(super) async fn run(client: Client, shared: Arc<Shared>) {
    let every = client.http().limits.poll;
    let mut pause = every;
    let mut asked = Instant::now();
    loop {
        let due = asked + pause;
        tokio::select! {
            () = tokio::time::sleep_until(due) => {}
            () = shared.changed.notified() => {
                // not at every change, but soon
                pause = pause.min(interval(&shared, every));
                if Instant::now() < asked + pause {
                    continue;
                }
            }
        }
        if shared.lock().tasks.is_empty() {
            return;
        }
        let begun = Instant::now();
        if !shared.lock().watchers.is_empty() {
            ask(&client, &shared).await;
        }
        asked = Instant::now();
        // a server that takes long to answer is asked less often
        pause = interval(&shared, every).max((asked - begun) * 10).min(Duration::from_secs(60));
    }
}

fn interval(shared: &Shared, every: Duration) -> Duration {
    match (&*shared.link.borrow(), shared.heard.load(Ordering::Relaxed)) {
        (Link::Down(_) | Link::Connecting, _) => every,
        // it is not known whether the server sends to this socket
        (Link::Up, false) => every * 2,
        (Link::Up, true) => every * 10,
    }
}

async fn ask(client: &Client, shared: &Shared) {
    // the watchers first: whoever comes later is not missing in an older list
    let watchers: Vec<(JobId, mpsc::Sender<Signal>)> =
        shared.lock().watchers.iter().map(|(job, watcher)| (job.clone(), watcher.clone())).collect();
    let seen = queued(client).await;
    for (job, watcher) in watchers {
        let seen = match &seen {
            Ok(seen) => seen.get(&job).cloned().unwrap_or(Seen::NotQueued),
            Err(Error::NotFound { .. }) => Seen::Ask,
            Err(error) => Seen::Silent(error.to_string()),
        };
        // it is asked again
        let _ = watcher.try_send(Signal::Seen(seen));
    }
}

/// All jobs that run or wait, with how many are before each.
async fn queued(client: &Client) -> Result<BTreeMap<JobId, Seen>, Error> {
    let query = JobsQuery {
        status: vec![JobStatus::InProgress, JobStatus::Pending],
        ascending: true,
        ..JobsQuery::default()
    };
    let mut jobs = client.jobs(&query).await?.jobs;
    jobs.sort_by(|a, b| {
        let place = |job: &crate::routes::jobs::JobInfo| {
            (job.status == JobStatus::Pending, job.priority.unwrap_or_default())
        };
        let ((a_waits, a_number), (b_waits, b_number)) = (place(a), place(b));
        a_waits.cmp(&b_waits).then(a_number.total_cmp(&b_number))
    });
    let seen = jobs.into_iter().enumerate().map(|(ahead, job)| match job.status {
        JobStatus::Pending => (job.id, Seen::Waiting { ahead }),
        _ => (job.id, Seen::Running),
    });
    Ok(seen.collect())
}

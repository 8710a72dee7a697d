//! Through a proxy that breaks connections by a seed: every job ends in its results or in an error that has its id, and
//! nothing is queued twice. `COMFY_FAULTS=FROM..TO` takes other seeds, and more.

use std::time::Duration;

use comfy_client::{Cause, SubmitOptions};
use comfy_test_server::faults::{Fault, FaultProxy, Kind, Schedule};

use crate::{hasty, picture, stub};

/// What became of a job.
#[derive(Debug, Default)]
struct Tally {
    done: usize,
    told: usize,
}

fn seeds() -> std::ops::Range<u64> {
    let wanted = std::env::var("COMFY_FAULTS").ok();
    let range = wanted.as_deref().and_then(|range| range.split_once(".."));
    let range = range.and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    range.unwrap_or(0..40)
}

async fn one(seed: u64, tally: &mut Tally) {
    let server = stub();
    let schedule = Schedule::seeded(seed)
        .and(&[Kind::RestartBefore, Kind::RestartAfter])
        .heal_after(Duration::from_secs(2));
    let proxy = {
        let server = server.clone();
        FaultProxy::with_restart(server.address(), schedule, move || _ = server.restart()).expect("a proxy")
    };
    let client = hasty(&proxy.url()).longest_silence(Duration::from_millis(500)).build().expect("a client");
    let whole = async {
        let mut job = client.submit(picture(seed), &SubmitOptions::default()).await?;
        job.wait().await
    };
    let Ok(ended) = tokio::time::timeout(Duration::from_secs(60), whole).await else {
        panic!("seed {seed} hangs after {:?}", proxy.happened())
    };
    let queued = server.queued_ids();
    // a queue that was lost with its server is not queued in twice
    let is_restart = |kind: &Fault| matches!(kind, Fault::RestartBefore | Fault::RestartAfter);
    let restarts = proxy.happened().iter().filter(|happened| is_restart(&happened.fault)).count();
    let most = 1 + restarts;
    assert!(
        queued.values().all(|count| *count <= most),
        "seed {seed}: {queued:?} after {:?}",
        proxy.happened()
    );
    match ended {
        Ok(done) => {
            tally.done += 1;
            assert_eq!(done.outputs.files.len(), 1, "seed {seed}: results are missing");
        }
        Err(error) => {
            tally.told += 1;
            assert!(!error.id.as_str().is_empty());
            // a job that nobody refused is never given up without a reason
            let known = matches!(
                error.cause,
                Cause::Lost { .. } | Cause::Removed | Cause::Unconfirmed(_) | Cause::Request(_)
            );
            assert!(known, "seed {seed}: {error} after {:?}", proxy.happened());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_job_is_lost_doubled_or_left_hanging() {
    let mut tally = Tally::default();
    for seed in seeds() {
        one(seed, &mut tally).await;
    }
    println!("{} schedules: {} with results, {} told", seeds().count(), tally.done, tally.told);
    assert!(tally.done > 0);
}

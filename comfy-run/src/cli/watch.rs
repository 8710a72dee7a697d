//! `--watch`: a file that is run again whenever it is saved and would make another prompt. What the server has cached
//! need not run again, so that a small change is a small wait.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, bail};
use comfy_run::{Plan, Runner};
use notify::{RecursiveMode, Watcher as _};
use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::{
    args::Cli,
    exit::Exit,
    run::{self, Source, finish},
    show::Screen,
};

/// How long a file has to rest before it is read: programs write in several steps.
const REST: Duration = Duration::from_millis(40);

/// Runs the one file of the command line again and again.
pub(super) async fn run(
    cli: &Cli,
    screen: &Screen,
    mut runner: Runner,
    mut stop: watch::Receiver<bool>,
) -> Result<Exit> {
    let [file] = cli.run.files.as_slice() else { bail!("--watch is for one FILE") };
    if file == Path::new("-") {
        bail!("standard input cannot be watched; name a FILE");
    }
    let (_watcher, mut changes) = watch_file(file)?;
    let mut last: Option<Value> = None;
    // a random seed stays, so that only what is changed in the file makes another picture
    let seed = cli.seed(0);
    let mut round = 0;
    loop {
        // what was changed while this was away is seen below
        while changes.try_recv().is_ok() {}
        let planned = plan(cli, &mut runner, (file, seed, round), screen).await?;
        let again = match planned {
            Some(plan) if last.as_ref() == Some(&plan.prompt) => {
                screen.say("the prompt is the same; nothing to do")?;
                next(&mut changes, &mut stop).await
            }
            Some(planned) => {
                last = Some(planned.prompt.clone());
                round += 1;
                follow(cli, screen, &runner, planned, (&mut changes, &mut stop)).await?
            }
            None => next(&mut changes, &mut stop).await,
        };
        if !again {
            return Ok(Exit::Cancelled);
        }
    }
}

/// What the file says now; `None` after what is wrong was said.
async fn plan(
    cli: &Cli,
    runner: &mut Runner,
    (file, seed, round): (&Path, Option<u64>, u32),
    screen: &Screen,
) -> Result<Option<Plan>> {
    let begun = Instant::now();
    let source = match Source::of_file(file) {
        Ok(source) => source,
        // it may be in the middle of being replaced
        Err(error) => {
            screen.complain(&format!("error: {error:#}"))?;
            return Ok(None);
        }
    };
    let mut order = cli.order(&source, 0);
    order.settings.seed = seed;
    let planned = run::plan(runner, &source, order, screen).await?;
    if planned.is_some() && round > 0 {
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        screen.say(&format!("{}: read and checked in {took:.1} ms", file.display()))?;
    }
    Ok(planned)
}

/// Queues a plan and follows it, until it is over and the file is another. Whether to go on.
async fn follow(
    cli: &Cli,
    screen: &Screen,
    runner: &Runner,
    planned: Plan,
    (changes, stop): (&mut mpsc::Receiver<()>, &mut watch::Receiver<bool>),
) -> Result<bool> {
    let label =
        Path::new(planned.document.name()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut view = screen.job(label);
    let started = run::start(runner, planned, &mut view, screen, stop.clone()).await?;
    let Ok((job, ran)) = started else {
        return Ok(next(changes, stop).await);
    };
    let id = job.id().clone();
    let done = finish(cli, runner.client().clone(), screen, (view, job, ran), stop.clone());
    tokio::select! {
        exit = done => {
            if exit? == Exit::Cancelled && *stop.borrow() {
                return Ok(false);
            }
        }
        again = next(changes, stop) => {
            // the file says something else by now, so that nobody waits for this one
            runner.client().cancel(&id).await.context("the job before cannot be cancelled")?;
            return Ok(again);
        }
    }
    Ok(next(changes, stop).await)
}

/// Waits for the file to change and to rest; `false` when somebody wants to stop.
async fn next(changes: &mut mpsc::Receiver<()>, stop: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        change = changes.recv() => if change.is_none() { return false },
        _ = stop.wait_for(|stop| *stop) => return false,
    }
    while tokio::time::timeout(REST, changes.recv()).await.is_ok_and(|change| change.is_some()) {}
    true
}

/// Tells when a file is written, moved into its place or made anew. Its folder is watched: many editors replace the file.
fn watch_file(file: &Path) -> Result<(notify::RecommendedWatcher, mpsc::Receiver<()>)> {
    let name = file.file_name().context("it has no name")?.to_owned();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (send, changes) = mpsc::channel(64);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let is_change = event.kind.is_modify() || event.kind.is_create();
        if is_change && event.paths.iter().any(|path| path.file_name() == Some(&name)) {
            // a full channel has said it already
            let _ = send.try_send(());
        }
    })?;
    watcher
        .watch(folder, RecursiveMode::NonRecursive)
        .with_context(|| format!("{} cannot be watched", folder.display()))?;
    Ok((watcher, changes))
}

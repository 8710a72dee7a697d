//! Running files: planned first, queued in their order, followed all at once.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use comfy_client::{Client, Job, JobId, RunError, record::RunRecord, routes::prompt::Place};
use comfy_run::{Order, Plan, PlanError, Runner};
use comfy_transpile::{Input, Settings, media};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::sync::watch;

use super::{
    args::{Cli, Seed},
    exit::Exit,
    save::{self, Ran},
    show::{JobView, Screen},
    watch as watching,
};

/// How many jobs are followed at once; the next is queued when one of them is over.
const MOST_AT_ONCE: usize = 64;

/// A seed that every node takes: many allow no more.
const SEEDS: u64 = 1 << 31;

/// Runs what the command line names.
pub(super) async fn run(cli: &Cli) -> Result<Exit> {
    let screen = Screen::new(&cli.server);
    let mut runner = cli.runner().await?;
    if cli.run.watch {
        return watching::run(cli, &screen, runner, stop()).await;
    }
    let mut sources = Vec::new();
    for file in &cli.run.files {
        sources.push(Source::of_file(file)?);
    }
    if let Some(record) = &cli.run.again {
        sources.push(Source::of_record(record)?);
    }
    // nothing is queued before all of them are known to be good
    let mut planned = Vec::new();
    for source in &sources {
        match plan(&mut runner, source, cli.order(source, 0), &screen).await? {
            Some(good) => planned.push(good),
            None => return Ok(Exit::Refused),
        }
    }
    // up to here, an interrupt ends the program as any other
    let stop = stop();
    let mut planned = planned.into_iter();
    let mut following = FuturesUnordered::new();
    let mut exit = Exit::Done;
    let rounds = (0..cli.run.repeat).flat_map(|round| sources.iter().map(move |source| (round, source)));
    for (round, source) in rounds {
        while following.len() >= MOST_AT_ONCE {
            exit = exit.max(over(following.next().await)?);
        }
        if *stop.borrow() {
            exit = exit.max(Exit::Cancelled);
            break;
        }
        let good = match planned.next() {
            Some(good) => good,
            None => match plan(&mut runner, source, cli.order(source, round), &screen).await? {
                Some(good) => good,
                None => return Ok(Exit::Refused),
            },
        };
        let mut view = screen.job(label(source, round, cli.run.repeat));
        match start(&runner, good, &mut view, &screen, stop.clone()).await? {
            Ok(_) if cli.run.no_wait => view.not_waited_for()?,
            Ok((job, ran)) => {
                let client = runner.client().clone();
                following.push(finish(cli, client, &screen, (view, job, ran), stop.clone()));
                runner.revalidate();
            }
            Err(worse) => exit = exit.max(worse),
        }
    }
    while !following.is_empty() {
        exit = exit.max(over(following.next().await)?);
    }
    Ok(exit)
}

fn over(job: Option<Result<Exit>>) -> Result<Exit> {
    job.unwrap_or(Ok(Exit::Done))
}

/// Something to run.
pub(super) struct Source {
    input: Input,
    folder: std::path::PathBuf,
    /// What a file beside it says of its parameters.
    settings: Settings,
    /// What the pictures are to carry, where that is not made of the input.
    workflow: Option<serde_json::Value>,
}

impl Source {
    pub(super) fn of_file(file: &Path) -> Result<Self> {
        let is_stdin = file == Path::new("-");
        let input = if is_stdin {
            Input::from_stdin(media::From::Any)?
        } else {
            Input::from_file(file, media::From::Any)?
        };
        let folder = file.parent().filter(|_| !is_stdin).unwrap_or(Path::new("")).to_owned();
        let folder = if folder.as_os_str().is_empty() { ".".into() } else { folder };
        let settings = if is_stdin { Settings::default() } else { Settings::default().beside(file) };
        Ok(Self { input, folder, settings, workflow: None })
    }

    fn of_record(path: &Path) -> Result<Self> {
        let record = RunRecord::read(path).with_context(|| format!("{} tells of no run", path.display()))?;
        let input = Input::from_text(path.display().to_string(), format!("{:#}", record.prompt));
        let settings = Settings::default();
        Ok(Self { input, folder: ".".into(), settings, workflow: record.workflow })
    }
}

impl Cli {
    /// How a source is run the `round`th time.
    pub(super) fn order(&self, source: &Source, round: u32) -> Order {
        let mut order = Order::default();
        let mut settings = source.settings.clone();
        settings.interface.entries.clone_from(&self.run.params);
        settings.values.clone_from(&self.run.settings);
        settings.seed = self.seed(round);
        order.settings = settings;
        order.allow_paid = self.run.allow_paid.unwrap_or_default();
        order.partial = self.run.partial;
        order.unchecked = self.run.unchecked;
        order.place = if self.run.front { Place::Front } else { Place::Back };
        order.targets = (!self.run.only.is_empty()).then(|| self.run.only.clone());
        order.folder.clone_from(&source.folder);
        order.within.clone_from(&self.run.within);
        order
    }

    /// The seed of the `round`th run.
    pub(super) fn seed(&self, round: u32) -> Option<u64> {
        match (self.run.seed, round) {
            (Some(Seed::Number(first)), round) => Some(first.wrapping_add(round.into())),
            (None, 0) => None,
            (Some(Seed::Random) | None, _) => Some(fastrand::u64(..SEEDS)),
        }
    }
}

/// A plan; `None` after what is wrong was said.
pub(super) async fn plan(
    runner: &mut Runner,
    source: &Source,
    order: Order,
    screen: &Screen,
) -> Result<Option<Plan>> {
    let name = source.input.name();
    match runner.plan(&source.input, &order).await {
        Ok(mut plan) => {
            screen.findings(&plan.diagnostics, &source.input)?;
            if source.workflow.is_some() {
                plan.options.workflow.clone_from(&source.workflow);
            }
            Ok(Some(plan))
        }
        Err(PlanError::Refused(refused)) => {
            screen.findings(&refused.diagnostics, &refused.input)?;
            screen.complain(&format!("error: {name} is not queued: the server would not run it"))?;
            Ok(None)
        }
        Err(PlanError::Read(error)) => {
            screen.findings(&error.to_diagnostics(), &source.input)?;
            Ok(None)
        }
        Err(error @ (PlanError::Setting(_) | PlanError::Paid(_))) => {
            screen.complain(&format!("error: {name} is not queued: {error}"))?;
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Uploads what it needs, and queues it. What went wrong was said.
pub(super) async fn start(
    runner: &Runner,
    mut plan: Plan,
    view: &mut JobView<'_>,
    screen: &Screen,
    mut stop: watch::Receiver<bool>,
) -> Result<Result<(Job, Ran), Exit>> {
    let id = plan.options.id.get_or_insert_with(JobId::random).clone();
    let begun = Instant::now();
    let mut uploads = Vec::new();
    let started = async {
        uploads = runner.upload(&mut plan).await?;
        for upload in uploads.iter().filter(|upload| !upload.was_there) {
            screen.say(&format!("uploaded {} as {}", upload.local.value, upload.file.as_input()))?;
        }
        anyhow::Ok(runner.start(&plan).await)
    };
    let started = tokio::select! {
        started = started => started,
        _ = stop.wait_for(|stop| *stop) => {
            view.queued(&id)?;
            view.left("interrupted while it was sent")?;
            return Ok(Err(Exit::Cancelled));
        }
    };
    match started {
        Ok(Ok(job)) => {
            view.queued(job.id())?;
            let source = Some(plan.document.input().clone());
            Ok(Ok((job, Ran { plan: Some(plan), source, uploads, begun })))
        }
        Ok(Err(error)) => {
            view.failed(&error, Some(&plan))?;
            Ok(Err(Exit::of(&error.cause)))
        }
        Err(error) => {
            view.end();
            screen.complain(&format!("error: {}: {error:#}", view.label()))?;
            Ok(Err(Exit::CouldNot))
        }
    }
}

/// Follows a job to its end, and fetches what it made.
pub(super) async fn finish(
    cli: &Cli,
    client: Client,
    screen: &Screen,
    (mut view, mut job, ran): (JobView<'_>, Job, Ran),
    mut stop: watch::Receiver<bool>,
) -> Result<Exit> {
    let plan = ran.plan.as_ref();
    let name = |node: &str, class_type: &str| match plan {
        Some(plan) => plan.name_of(node, class_type),
        None => format!("{class_type} #{node}").trim_start().to_owned(),
    };
    let deadline = deadline(cli.timeout());
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            update = job.next() => match update {
                Some(update) => view.update(&update, &job.progress(), name)?,
                None => break,
            },
            _ = stop.wait_for(|stop| *stop) => {
                view.left("interrupted")?;
                return Ok(Exit::Cancelled);
            }
            () = &mut deadline => {
                view.left("the time is over")?;
                return Ok(Exit::CouldNot);
            }
        }
    }
    match job.wait().await {
        Ok(finished) => {
            view.finished(&finished, ran.begun.elapsed().as_secs_f64())?;
            if let (Some(refused), Some(plan)) = (&finished.refused, plan) {
                let found = refused.diagnostics().into_iter().map(|found| plan.document.locate(found));
                screen.findings(&found.collect::<Vec<_>>(), plan.document.input())?;
            }
            save::results(cli, &client, screen, &mut view, (&finished, &ran)).await
        }
        Err(RunError { id, cause }) => {
            let exit = Exit::of(&cause);
            // what arrived is worth keeping
            if let comfy_client::Cause::PicturesLost { finished, .. } = &cause {
                save::results(cli, &client, screen, &mut view, (finished, &ran)).await?;
            }
            view.failed(&RunError { id, cause }, plan)?;
            Ok(exit)
        }
    }
}

impl Cli {
    fn timeout(&self) -> Option<Duration> {
        match &self.task {
            Some(super::args::Task::Job(job)) => job.timeout,
            _ => self.run.timeout,
        }
    }
}

async fn deadline(timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => tokio::time::sleep(timeout).await,
        None => std::future::pending().await,
    }
}

/// Becomes true when somebody presses Ctrl-C.
pub(super) fn stop() -> watch::Receiver<bool> {
    let (send, stop) = watch::channel(false);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            send.send_replace(true);
        }
        // as long as somebody may still ask
        send.closed().await;
    });
    stop
}

fn label(source: &Source, round: u32, rounds: u32) -> String {
    let name = source.input.name();
    let name = Path::new(name).file_name().map_or_else(|| name.into(), |name| name.to_string_lossy());
    if rounds > 1 { format!("{name} {}/{rounds}", round + 1) } else { name.into_owned() }
}

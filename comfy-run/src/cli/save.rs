//! What is left of a job when it is over: its results in a folder, and `run.json` beside them.

use std::{path::Path, sync::Mutex, time::Instant};

use anyhow::{Context as _, Result};
use comfy_client::{
    Client, Finished,
    inputs::UploadedInput,
    record::{RunDetails, RunRecord},
    save::{SaveOptions, SavedFile},
};
use comfy_run::Plan;
use comfy_transpile::Input;

use super::{
    args::Cli,
    exit::Exit,
    preview, report,
    show::{JobView, Screen},
};

/// How much of a text is shown, in characters.
const MOST_TEXT: usize = 2_000;

/// One record at a time: each moves the one before out of its way.
static RECORDS: Mutex<()> = Mutex::new(());

/// A job that ran, and what it was made of.
pub(super) struct Ran {
    pub(super) plan: Option<Plan>,
    pub(super) source: Option<Input>,
    pub(super) uploads: Vec<UploadedInput>,
    pub(super) begun: Instant,
}

impl Cli {
    fn save_options(&self) -> Result<SaveOptions> {
        let mut options = SaveOptions::to(&self.save.out);
        if let Some(names) = &self.save.names {
            options.names = names.parse().context("--names")?;
        }
        options.overwrite = self.save.overwrite;
        Ok(options)
    }
}

/// The beginning of a text; all of it is saved.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_TEXT).collect();
    if shown.len() < text.len() {
        shown.push_str(" …");
    }
    report::plain(&shown)
}

/// Fetches the results of a job and writes its record.
pub(super) async fn results(
    cli: &Cli,
    client: &Client,
    screen: &Screen,
    view: &mut JobView<'_>,
    (finished, ran): (&Finished, &Ran),
) -> Result<Exit> {
    for text in finished.outputs.texts.iter().filter(|_| !screen.is_json()) {
        screen.say(&shown(&text.text))?;
    }
    if cli.save.no_save {
        return Ok(Exit::Done);
    }
    let mut exit = Exit::Done;
    let saved = match client.save(finished, &cli.save_options()?).await {
        Ok(saved) => saved,
        Err(error) => {
            for failed in &error.failed {
                screen.complain(&format!("error: {} is not saved: {}", failed.name, failed.cause))?;
            }
            screen.complain(&format!("`comfy-run job {}` tries again", finished.id))?;
            exit = Exit::CouldNot;
            error.saved
        }
    };
    for file in &saved {
        view.saved(file)?;
    }
    if let Some(commands) = saved.iter().find_map(|file| preview::of_file(&file.path, cli.server.preview)) {
        screen.draw(|| preview::draw(&commands));
    }
    if cli.run.watch {
        latest(&cli.save.out, &saved)?;
    }
    let record = record(client, &cli.save.out, (finished, ran, &saved)).await?;
    view.recorded(&record)?;
    Ok(exit)
}

async fn record(
    client: &Client,
    folder: &Path,
    (finished, ran, saved): (&Finished, &Ran, &[SavedFile]),
) -> Result<std::path::PathBuf> {
    // the versions are good to know, and no reason to fail
    let stats = client.system_stats().await.ok();
    let mut details = RunDetails::default();
    details.source = ran.source.as_ref().map(|input| (input.name(), input.text()));
    details.uploads = &ran.uploads;
    details.saved = saved;
    details.prompt = ran.plan.as_ref().map(|plan| &plan.prompt);
    details.workflow = ran.plan.as_ref().and_then(|plan| plan.options.workflow.as_ref());
    details.stats = stats.as_ref();
    let record = RunRecord::new(client.server(), finished, folder, details);
    let _one = RECORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(record.write(folder)?)
}

/// The first result once more, always under the same name, for a viewer that follows it.
fn latest(folder: &Path, saved: &[SavedFile]) -> Result<()> {
    let Some(first) = saved.first() else { return Ok(()) };
    let extension = first.path.extension().unwrap_or_default().to_string_lossy();
    let (part, target) =
        (folder.join(format!(".latest.{extension}.part")), folder.join(format!("latest.{extension}")));
    fs_err::copy(&first.path, &part)?;
    fs_err::rename(part, target)?;
    Ok(())
}

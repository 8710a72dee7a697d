//! Questions to a server, and small tasks on it: one answer each, for people or in JSON.

use anyhow::{Result, bail};
use comfy_client::routes::{
    jobs::{JobInfo, JobStatus, JobsQuery},
    queue::QueueItem,
};
use serde_json::{Value, json};

use super::{
    args::{Cli, JobsArgs, UploadArgs},
    exit::Exit,
    report::{self, size},
};

/// How many jobs are asked for at once.
const PAGE: usize = 200;

impl Cli {
    /// An answer in the form that was asked for.
    fn answer(&self, json: impl FnOnce() -> Value, text: impl FnOnce() -> String) -> Result<Exit> {
        if self.server.json {
            let mut all = json!({"v": 1});
            if let (Value::Object(all), Value::Object(more)) = (&mut all, json()) {
                all.extend(more);
            }
            report::line(&all.to_string())?;
        } else {
            let text = report::plain(&text());
            if !text.is_empty() {
                report::line(text.trim_end())?;
            }
        }
        Ok(Exit::Done)
    }
}

/// What the server is and what it has left.
pub(super) async fn server(cli: &Cli) -> Result<Exit> {
    let client = cli.server.client()?;
    let stats = client.system_stats().await?;
    let queue = client.exec_info().await?;
    let system = &stats.system;
    let devices = stats.devices.iter().map(|device| {
        let of = |bytes: Option<u64>| bytes.map_or_else(|| "?".to_owned(), size);
        format!("  {}: {} of {} free\n", device.name, of(device.vram_free), of(device.vram_total))
    });
    let devices: String = devices.collect();
    let or_unknown = |text: &Option<String>| text.clone().unwrap_or_else(|| "of unknown version".to_owned());
    let json = || {
        json!({
            "server": client.server().to_string(),
            "comfyui_version": system.comfyui_version,
            "pytorch_version": system.pytorch_version,
            "python_version": system.python_version,
            "os": system.os,
            "ram_total": system.ram_total,
            "ram_free": system.ram_free,
            "queue_remaining": queue.queue_remaining,
            "devices": stats.devices.iter().map(|device| json!({"name": device.name, "type": device.kind,
                "vram_total": device.vram_total, "vram_free": device.vram_free})).collect::<Vec<_>>(),
        })
    };
    cli.answer(json, || {
        format!(
            "{}: ComfyUI {}, PyTorch {}\n  {} jobs run or wait\n{devices}",
            client.server(),
            or_unknown(&system.comfyui_version),
            or_unknown(&system.pytorch_version),
            queue.queue_remaining,
        )
    })
}

/// What runs and what waits.
pub(super) async fn queue(cli: &Cli) -> Result<Exit> {
    let client = cli.server.client()?;
    let queue = client.queue().await?;
    let item = |item: &QueueItem| json!({"job": item.id, "number": item.number, "nodes": nodes(item)});
    let json = || {
        json!({"running": queue.running.iter().map(item).collect::<Vec<_>>(),
            "pending": queue.pending.iter().map(item).collect::<Vec<_>>()})
    };
    let line = |state: &str, item: &QueueItem| format!("{}  {state}  {} nodes\n", item.id, nodes(item));
    cli.answer(json, || {
        let running = queue.running.iter().map(|item| line("runs ", item));
        let lines: String = running.chain(queue.pending.iter().map(|item| line("waits", item))).collect();
        if lines.is_empty() { "nothing runs, and nothing waits".to_owned() } else { lines }
    })
}

fn nodes(item: &QueueItem) -> usize {
    item.prompt.as_object().map_or(0, serde_json::Map::len)
}

/// A list of jobs, asked for page by page.
pub(super) async fn jobs(cli: &Cli, which: &JobsArgs) -> Result<Exit> {
    let client = cli.server.client()?;
    let mut query = JobsQuery::default();
    for word in which.status.iter().flat_map(|words| words.split(',')) {
        query.status.push(match word.trim() {
            "pending" => JobStatus::Pending,
            "in_progress" | "running" => JobStatus::InProgress,
            "completed" => JobStatus::Completed,
            "failed" => JobStatus::Failed,
            "cancelled" => JobStatus::Cancelled,
            other => {
                bail!("`{other}` is no status; there are pending, in_progress, completed, failed, cancelled")
            }
        });
    }
    let wanted = if which.limit == 0 { usize::MAX } else { which.limit };
    let mut shown = 0;
    while shown < wanted {
        query.limit = Some(PAGE.min(wanted - shown));
        query.offset = shown;
        let page = client.jobs(&query).await?;
        for job in &page.jobs {
            cli.answer(|| job_json(job), || job_line(job))?;
        }
        shown += page.jobs.len();
        if !page.pagination.has_more || page.jobs.is_empty() {
            break;
        }
    }
    if shown == 0 && !cli.server.json {
        report::line("no jobs")?;
    }
    Ok(Exit::Done)
}

fn job_json(job: &JobInfo) -> Value {
    json!({"job": job.id, "status": job.status.as_str(), "create_time": job.create_time,
        "execution_start_time": job.execution_start_time, "execution_end_time": job.execution_end_time,
        "outputs_count": job.outputs_count})
}

fn job_line(job: &JobInfo) -> String {
    let seconds = match (job.execution_start_time, job.execution_end_time) {
        (Some(start), Some(end)) if end >= start => format!("  {:.1} s", (end - start) / 1000.0),
        _ => String::new(),
    };
    let outputs = job.outputs_count.map_or(String::new(), |count| format!("  {count} results"));
    format!("{}  {:<11}{outputs}{seconds}", job.id, job.status.as_str())
}

/// Folders of models, or the models of one.
pub(super) async fn models(cli: &Cli, folder: Option<&str>) -> Result<Exit> {
    let client = cli.server.client()?;
    match folder {
        None => {
            let folders = client.model_folders().await?;
            cli.answer(|| json!({"folders": folders}), || folders.join("\n"))
        }
        Some(folder) => {
            let models = client.models(folder).await?;
            cli.answer(|| json!({"folder": folder, "models": models}), || models.join("\n"))
        }
    }
}

/// Uploads files, and says what they are called there.
pub(super) async fn upload(cli: &Cli, what: &UploadArgs) -> Result<Exit> {
    let client = cli.server.client()?;
    if let Some(mask) = &what.mask {
        let [picture] = what.files.as_slice() else { bail!("--mask is for one FILE") };
        let file = client.upload_with_mask(picture, mask).await?;
        return cli.answer(|| json!({"path": picture, "name": file.as_input()}), || file.as_input());
    }
    for path in &what.files {
        let file = client.upload_path(path).await?.file();
        cli.answer(|| json!({"path": path, "name": file.as_input()}), || file.as_input())?;
    }
    Ok(Exit::Done)
}

/// Unloads models and frees memory.
pub(super) async fn free(cli: &Cli, keep_models: bool) -> Result<Exit> {
    let client = cli.server.client()?;
    client.free(!keep_models, true).await?;
    cli.answer(|| json!({"freed": true}), String::new)
}

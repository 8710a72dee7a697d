//! What can be said on the command line.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Parser, Subcommand};
use comfy_client::{AllowPaid, JobId};
use comfy_transpile::Setting;

/// Run ComfyUI workflows: any FILE that has one (JSON, a picture, a video, a flow in Rust) is checked against the
/// server's own nodes, queued and followed, and its results are fetched.
///
/// Exit status: 0 done; 1 the workflow is wrong, or the server refuses it; 2 could not be tried; 3 the run failed;
/// 130 cancelled. Of several jobs the worst counts.
#[derive(Debug, Parser)]
#[command(name = "comfy-run", version, subcommand_negates_reqs = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(super) task: Option<Task>,
    #[command(flatten)]
    pub(super) run: RunArgs,
    #[command(flatten)]
    pub(super) save: SaveArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// What to run, and how.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "the switches of a command line are independent")]
pub(super) struct RunArgs {
    /// Workflows, prompts or flows; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "again")]
    pub(super) files: Vec<PathBuf>,
    /// Set a value before the run: of a parameter of the workflow, of a role (`positive`, `seed`, `steps`, …), or of an
    /// input, whose node is named by its id, title or class; a file by its path
    #[arg(long = "set", value_name = "NAME|NODE.INPUT=VALUE")]
    pub(super) settings: Vec<Setting>,
    /// Make a parameter of an input, under this name; `comfy-transpile --params FILE` lists those that there are
    #[arg(long = "param", value_name = "NODE.INPUT=NAME")]
    pub(super) params: Vec<String>,
    /// The seed of every node that has one
    #[arg(long, value_name = "NUMBER|random")]
    pub(super) seed: Option<Seed>,
    /// Run so many times: from --seed NUMBER upwards, else with random seeds after the first
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) repeat: u32,
    /// The folder that files have to be in which a FILE names; its own without it. What --set names may be anywhere
    #[arg(long, value_name = "DIR")]
    pub(super) within: Option<PathBuf>,
    /// Only these output nodes, by id
    #[arg(long, value_name = "NODE")]
    pub(super) only: Vec<String>,
    /// Before all jobs that wait
    #[arg(long)]
    pub(super) front: bool,
    /// Print the ids of the jobs, and do not wait for them; `comfy-run job ID` takes one up
    #[arg(long)]
    pub(super) no_wait: bool,
    /// Stop waiting after this time (`90s`, `10m`, `2h`); the jobs go on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
    /// Run what can run, although the server refuses some of the outputs
    #[arg(long)]
    pub(super) partial: bool,
    /// Let the server alone say what is wrong
    #[arg(long)]
    pub(super) unchecked: bool,
    /// Let nodes run that cost money, up to this sum in US dollars where there is one
    #[arg(long, value_name = "MAX_USD", num_args = 0..=1, require_equals = true, default_missing_value = "any",
          value_parser = dollars)]
    pub(super) allow_paid: Option<AllowPaid>,
    /// Ask the server for its nodes first, whatever is in the cache
    #[arg(long)]
    pub(super) refresh: bool,
    /// Run again what a run.json tells of: the same prompt with the same seeds
    #[arg(long, value_name = "RUN.JSON", conflicts_with_all = ["files", "watch", "repeat"])]
    pub(super) again: Option<PathBuf>,
    /// Run the FILE again whenever it is saved and its prompt is another one
    #[arg(long, conflicts_with_all = ["no_wait", "repeat", "timeout"])]
    pub(super) watch: bool,
}

/// Where results go.
#[derive(Debug, Args)]
pub(super) struct SaveArgs {
    /// The folder that results go to
    #[arg(short, long, value_name = "DIR", default_value = "output", global = true)]
    pub(super) out: PathBuf,
    /// What files are called there: {name} {stem} {ext} {subfolder} {node} {kind} {n} {job} {date} {time} {seed}
    #[arg(long, value_name = "PATTERN", global = true)]
    pub(super) names: Option<String>,
    /// Replace files of the same name; without it they stay, and the new ones get another name
    #[arg(long, global = true)]
    pub(super) overwrite: bool,
    /// Leave the results on the server
    #[arg(long, global = true)]
    pub(super) no_save: bool,
}

/// Which server, and how to show what it does.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "the switches of a command line are independent")]
#[allow(clippy::doc_markdown, reason = "the help is read on terminals")]
pub(super) struct ServerArgs {
    /// The server; `COMFYUI_URL` without it, else http://127.0.0.1:8188
    #[arg(long, value_name = "URL", global = true, help_heading = "Server")]
    pub(super) server: Option<String>,
    /// Comfy Cloud, or a server that speaks as it does; with the key in COMFY_API_KEY
    #[arg(long, global = true, help_heading = "Server")]
    pub(super) cloud: bool,
    /// A file with the key, in the place of COMFY_API_KEY
    #[arg(long, value_name = "FILE", global = true, help_heading = "Server")]
    pub(super) key_file: Option<PathBuf>,
    /// Send the key although nothing is encrypted
    #[arg(long, global = true, help_heading = "Server")]
    pub(super) insecure_http: bool,
    /// The user, on a server with several
    #[arg(long, value_name = "NAME", global = true, help_heading = "Server")]
    pub(super) user: Option<String>,
    /// One JSON object a line, on standard output
    #[arg(long, global = true, help_heading = "Output")]
    pub(super) json: bool,
    /// Say nothing but errors and results
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(super) quiet: bool,
    /// Show pictures in the terminal: where it can, or never
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        help_heading = "Output"
    )]
    pub(super) preview: Preview,
}

/// Whether pictures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Preview {
    /// In terminals that can
    Auto,
    /// Not at all
    Never,
}

/// Other things than running a file.
#[derive(Debug, Subcommand)]
pub(super) enum Task {
    /// Say what the server is and what it has left
    Server,
    /// Say what runs and what waits
    Queue,
    /// List jobs, the newest first
    Jobs(JobsArgs),
    /// Take up a job: follow it, and fetch its results
    Job(JobArgs),
    /// Stop jobs: those that wait leave the queue, one that runs is interrupted
    Cancel {
        /// Their ids
        #[arg(required = true, value_name = "ID")]
        ids: Vec<JobId>,
    },
    /// List folders of models, or the models of one
    Models {
        /// The folder, such as `checkpoints`
        folder: Option<String>,
    },
    /// Upload files for inputs, and print their names there
    Upload(UploadArgs),
    /// Unload models and free memory
    Free {
        /// Only empty the cache of results
        #[arg(long)]
        keep_models: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct JobsArgs {
    /// Only these: `pending`, `in_progress`, `completed`, `failed`, `cancelled`
    #[arg(long, value_name = "STATUS")]
    pub(super) status: Vec<String>,
    /// At most so many; 0 for all
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(super) limit: usize,
}

#[derive(Debug, Args)]
pub(super) struct JobArgs {
    /// The id
    pub(super) id: JobId,
    /// Say how it stands, and do not wait
    #[arg(long)]
    pub(super) no_wait: bool,
    /// Stop waiting after this time; the job goes on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
}

#[derive(Debug, Args)]
pub(super) struct UploadArgs {
    /// Files
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// A mask for the one FILE: a picture whose transparent parts are masked
    #[arg(long, value_name = "MASK")]
    pub(super) mask: Option<PathBuf>,
}

/// `7` or `random`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seed {
    Number(u64),
    Random,
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "random" => Ok(Self::Random),
            number => number.parse().map(Self::Number).map_err(|_| {
                "a seed is a whole number from 0 to 18446744073709551615, or `random`".to_owned()
            }),
        }
    }
}

fn dollars(word: &str) -> Result<AllowPaid, String> {
    if word == "any" {
        return Ok(AllowPaid::Any);
    }
    let number: Option<f64> = word.trim_start_matches('$').parse().ok();
    let sum = number.filter(|sum| sum.is_finite() && *sum >= 0.0);
    sum.map(AllowPaid::UpTo).ok_or_else(|| "a sum in US dollars, such as 1.50".to_owned())
}

/// `90`, `90s`, `10m`, `2h`.
fn duration(word: &str) -> Result<Duration, String> {
    let wrong = || "a time such as 90s, 10m or 2h".to_owned();
    let (number, unit) = match word.trim().char_indices().find(|(_, c)| c.is_ascii_alphabetic()) {
        Some((start, _)) => word.trim().split_at(start),
        None => (word.trim(), "s"),
    };
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_and_sums_are_read() {
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("20"), Ok(Duration::from_secs(20)));
        assert!(duration("-1s").is_err() && duration("1d").is_err() && duration("s").is_err());
        assert_eq!(dollars("$0.5"), Ok(AllowPaid::UpTo(0.5)));
        assert!(dollars("NaN").is_err() && dollars("-1").is_err());
    }
}

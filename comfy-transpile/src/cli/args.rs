//! What can be said on the command line, and what it means to the library.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use comfy_graph::passes::LowerOptions;
use comfy_transpile::{
    Document, Form, Input, Levels, Looks, Origin, Source, Target, Which, media, now, rust::EmitOptions,
};

use super::{given::Given, is_stdin, report::MessageFormat};

/// Turn a ComfyUI workflow into typed Rust, into a prompt for the server, or into a picture; or check it.
///
/// Exit status: 0 done; 1 the workflow has errors (the output is written all the same); 2 could not run. With
/// --diff: 0 no difference; 1 different; 2 could not run.
#[derive(Debug, Parser)]
#[allow(clippy::struct_excessive_bools, reason = "the switches of a command line are independent")]
#[command(name = "comfy-transpile", version)]
pub(crate) struct Cli {
    /// A workflow, a prompt, a flow in Rust or a diagram: text, or a picture, sound, video or model that carries one; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub(super) files: Vec<PathBuf>,
    /// What to read from a media file; the workflow, or else the prompt, without it
    #[arg(long, value_enum, value_name = "DOCUMENT")]
    pub(super) from: Option<From>,
    /// What to make of it; Rust without it, with --edit what the FILE is
    #[arg(long, value_enum, value_name = "FORM")]
    pub(super) to: Option<To>,
    /// Say what is different between two workflows of any format, whatever their ids, order and layout
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"],
          conflicts_with_all = ["files", "to", "seed", "resolve_names", "check", "fix"])]
    pub(super) diff: Option<Vec<PathBuf>>,
    /// Make the edits that this JSON file lists (docs/edits.md), all or none; `-` is standard input. Status 1 if they are
    /// refused; nothing is written then
    #[arg(long, value_name = "OPS", conflicts_with_all = ["diff", "check", "fix"])]
    pub(super) edit: Option<PathBuf>,
    /// Where to write the edits that take those of --edit back
    #[arg(long, value_name = "FILE", requires = "edit")]
    pub(super) undo: Option<PathBuf>,
    /// Expand {a|b} in texts of the prompt, choosing by this seed; without it they stay as they are
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    /// Fill in %date:…% and %Node.widget% in names of saved files, as the frontend does when it queues
    #[arg(long)]
    pub(super) resolve_names: bool,
    /// In Rust, give nodes the ids that they have in the file; without it they are numbered in their order
    #[arg(long)]
    pub(super) keep_ids: bool,
    /// In a workflow, leave nodes where the file has them; `false` arranges all of them anew; a FILE, which the
    /// workflow was made of, says where they stand and what they look like
    #[arg(long, value_name = "true|false|FILE", default_value = "true")]
    pub(super) keep_layout: Keep,
    /// The nodes that there are: those of ComfyUI itself, an answer of `/object_info`, or a running server; with
    /// `none`, nothing is said of nodes
    #[arg(long, default_value = "bundled", value_name = "bundled|FILE|URL|none")]
    pub(super) catalog: Origin,
    /// The names of the generated nodes, where `comfy-codegen --lock` keeps them
    #[arg(long, value_name = "FILE")]
    pub(super) lock: Option<PathBuf>,
    /// Where to write; standard output without it
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Say what is wrong with the FILEs and how to mend it, and make nothing of them
    #[arg(long, help_heading = "Checking", conflicts_with_all = ["to", "seed", "resolve_names"])]
    pub(super) check: bool,
    /// Check a document a line, and say a verdict a line: a workflow or a prompt as JSON, or any text as a JSON string
    #[arg(long, help_heading = "Checking", requires = "check")]
    pub(super) jsonl: bool,
    /// The findings stand in the verdicts of --jsonl, too
    #[arg(long, help_heading = "Checking", requires = "jsonl")]
    pub(super) findings: bool,
    /// As --check, and mend what is safe to mend: in the FILE itself, or into -o; the rest is shown as a diff
    #[arg(long, help_heading = "Checking", conflicts_with_all = ["to", "seed", "resolve_names"])]
    pub(super) fix: bool,
    /// Make errors of all warnings, or of one code
    #[arg(long, help_heading = "Checking", value_name = "warnings|CODE")]
    pub(super) deny: Vec<Which>,
    /// Say nothing of warnings, or of one code
    #[arg(long, help_heading = "Checking", value_name = "warnings|CODE")]
    pub(super) allow: Vec<Which>,
    /// How to show what was found
    #[arg(long, help_heading = "Checking", value_enum, default_value = "full", value_name = "FORM")]
    pub(super) message_format: MessageFormat,
    /// Show at most N findings of a file; 0 shows all of them, each with its excerpt. 100 with excerpts, else all
    #[arg(long, help_heading = "Checking", value_name = "N")]
    pub(super) limit: Option<usize>,
    /// Print the page on a code, such as `value_not_in_list`; `all` lists the codes
    #[arg(long, help_heading = "Checking", value_name = "CODE", exclusive = true)]
    pub(super) explain: Option<String>,
    #[command(flatten)]
    pub(super) given: Given,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum From {
    /// The UI format
    Workflow,
    /// The API format, as it ran
    Prompt,
    /// A flow in Rust; also files that end in `.rs`, and text that looks like it
    Rust,
    /// A flowchart of Mermaid or a list of links; also files that end in `.mmd`, and text that looks like it
    Diagram,
}

/// Where nodes of a workflow stand.
#[derive(Clone, Debug)]
pub(super) enum Keep {
    /// Where the file has them, or anew.
    Own(bool),
    /// Where another workflow has them.
    Of(PathBuf),
}

impl std::str::FromStr for Keep {
    type Err = std::convert::Infallible;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "true" => Self::Own(true),
            "false" => Self::Own(false),
            file => Self::Of(file.into()),
        })
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum To {
    /// Rust source for comfy-dsl
    Rust,
    /// The API format, which a server runs
    Api,
    /// The UI format, which the frontend opens
    Ui,
    /// GraphViz
    Dot,
    /// A flowchart for Markdown, in Mermaid's language
    Mermaid,
    /// A picture as on ComfyUI's canvas, with what is wrong marked in place
    Svg,
}

impl Cli {
    pub(super) fn document(&self) -> media::From {
        match self.from {
            None | Some(From::Rust | From::Diagram) => media::From::Any,
            Some(From::Workflow) => media::From::Workflow,
            Some(From::Prompt) => media::From::Prompt,
        }
    }

    /// The form to write. A diagram has no place for values, so that it becomes a workflow when it is edited.
    pub(super) fn to(&self, form: Form) -> To {
        self.to.unwrap_or(match form {
            _ if self.edit.is_none() => To::Rust,
            Form::Prompt => To::Api,
            Form::Rust => To::Rust,
            _ => To::Ui,
        })
    }

    /// What is to be made, with the looks of another document where one is named.
    pub(super) fn target(&self, to: To, looks: Option<Document>) -> Target {
        match to {
            To::Rust => Target::Rust(self.rust()),
            To::Api => {
                Target::Api(LowerOptions { seed: self.seed, resolve_names: self.resolve_names.then(now) })
            }
            To::Ui => Target::Ui(match (looks, &self.keep_layout) {
                (Some(looks), _) => Looks::Of(Box::new(looks.into_graph())),
                (None, Keep::Own(false)) => Looks::Arranged,
                (None, Keep::Own(true) | Keep::Of(_)) => Looks::Kept,
            }),
            To::Dot => Target::Dot,
            To::Mermaid => Target::Mermaid,
            To::Svg => Target::Svg,
        }
    }

    fn rust(&self) -> EmitOptions {
        let options = EmitOptions::default().keep_ids(self.keep_ids);
        let stem = self.files.first().filter(|file| !is_stdin(file)).and_then(|file| file.file_stem());
        match stem {
            Some(stem) => options.name(stem.to_string_lossy()),
            None => options,
        }
    }

    /// A FILE, read as what `--from` says.
    pub(super) fn source(&self, input: Input) -> Input {
        match self.from {
            Some(From::Rust) => input.read_as(Source::Rust),
            Some(From::Diagram) => input.read_as(Source::Diagram),
            Some(From::Workflow | From::Prompt) | None => input,
        }
    }

    pub(super) fn levels(&self) -> Levels {
        Levels { deny: self.deny.clone(), allow: self.allow.clone() }
    }
}

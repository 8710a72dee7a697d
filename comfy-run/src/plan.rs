//! What is to be run, and how: [`Order`], what somebody wants, and [`Plan`], a workflow that was found good and waits to
//! be queued. Making one of the other is `runner`'s.

use std::path::PathBuf;

use comfy_client::{
    AllowPaid, PaidNode, SubmitOptions,
    inputs::{LocalInput, UploadPolicy},
    routes::prompt::Place,
};
use comfy_graph::diag::Diagnostic;
use comfy_transpile::{Document, Error as ReadError, Input, SettingError, Settings};
use serde_json::Value;

/// How somebody wants a workflow to be run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Order {
    /// Values that are set before.
    pub settings: Settings,
    /// What it may cost.
    pub allow_paid: AllowPaid,
    /// Whether it may run although some of its outputs cannot.
    pub partial: bool,
    /// Whether the server alone checks it.
    pub unchecked: bool,
    /// Where in the queue.
    pub place: Place,
    /// Only these output nodes, by id; all without it.
    pub targets: Option<Vec<String>>,
    /// Where paths of input files begin; the folder of the workflow.
    pub folder: PathBuf,
    /// The folder that input files have to be in which the workflow names; that of the workflow without it. What
    /// [`settings`](Self::settings) name may be anywhere.
    pub within: Option<PathBuf>,
}

/// A workflow that can be queued.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// What was read.
    pub document: Document,
    /// The prompt; files that are to be uploaded still have their local paths in it.
    pub prompt: Value,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// Files that are uploaded before.
    pub uploads: Vec<LocalInput>,
    /// Its nodes that cost money.
    pub paid: Vec<PaidNode>,
    /// Which files may be uploaded.
    pub(crate) policy: UploadPolicy,
    /// How it is queued.
    pub options: SubmitOptions,
}

/// Why there is nothing to queue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The text is no workflow.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// A setting fits nothing.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There are errors in it.
    #[error("the server would not run it")]
    Refused(Box<Refused>),
    /// It would cost money, or more than was allowed.
    #[error(
        "it has nodes that cost money: {}; allow it with --allow-paid, or up to a sum in US dollars with --allow-paid=1.50",
        paid(.0)
    )]
    Paid(Vec<PaidNode>),
    /// The server was asked for something, and did not answer.
    #[error(transparent)]
    Server(#[from] comfy_client::Error),
}

/// What is wrong with a workflow, to be shown at its place.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refused {
    /// Where.
    pub input: Input,
    /// What.
    pub diagnostics: Vec<Diagnostic>,
}

fn paid(nodes: &[PaidNode]) -> String {
    nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

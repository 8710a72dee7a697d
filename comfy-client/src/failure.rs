//! What went wrong while a job ran: [`Failure`], an `execution_error` of a server, and of which kind it is.

use std::fmt;

use comfy_graph::diag::{Diagnostic, codes};
use serde_json::{Map, Value};

use crate::event::node_id;

/// How many frames of a traceback are shown.
const FRAMES: usize = 3;

/// The longest text of a failure that is kept, in characters.
const MOST_TEXT: usize = 20_000;

/// A node failed (`execution.py: handle_execution_error`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// The node's id in the prompt, if a node is to blame.
    pub node: Option<Box<str>>,
    /// Its class.
    pub class_type: Option<Box<str>>,
    /// The exception's type in Python, such as `torch.OutOfMemoryError`.
    pub exception: Box<str>,
    /// The exception's text.
    pub message: String,
    /// The traceback, outermost frame first.
    pub traceback: Vec<String>,
    /// The nodes that had run.
    pub executed: Vec<Box<str>>,
    /// All that the server said.
    pub data: Map<String, Value>,
}

/// Why a node failed, as far as that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The memory of the graphics card or of the machine was used up (`OOMError` on Comfy Cloud).
    OutOfMemory,
    /// A model or another file is not on the server.
    MissingFile,
    /// The server could not download a model (`ModelDownloadError`).
    ModelDownload,
    /// The server could not download an input (`ImageDownloadError`).
    ImageDownload,
    /// The account has no credits left (`InsufficientFundsError`).
    NoCredits,
    /// The account has no active subscription (`InactiveSubscriptionError`).
    NoSubscription,
    /// A partner node was not let in: no key, or a wrong one.
    Unauthorized,
    /// Inputs of a node do not fit, which showed only when it ran (`ValidationError`; shapes of tensors).
    Validation,
    /// Anything else.
    Exception,
}

impl Failure {
    /// Reads an `execution_error`.
    pub(crate) fn of_server(data: &Map<String, Value>) -> Self {
        let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default();
        let list = |key: &str| data.get(key).and_then(Value::as_array).into_iter().flatten();
        let (exception, message) = (text("exception_type"), text("exception_message").trim());
        Self {
            kind: FailureKind::of(exception, message),
            node: data.get("node_id").and_then(node_id),
            class_type: data.get("node_type").and_then(Value::as_str).map(Box::from),
            exception: exception.into(),
            message: message.chars().take(MOST_TEXT).collect(),
            traceback: list("traceback").filter_map(Value::as_str).map(str::to_owned).collect(),
            executed: list("executed").filter_map(node_id).collect(),
            data: data.clone(),
        }
    }

    /// A failure that the server tells of in one text only.
    pub(crate) fn of_text(exception: &str, message: &str) -> Self {
        let data = Map::from_iter([
            ("exception_type".to_owned(), Value::from(exception)),
            ("exception_message".to_owned(), Value::from(message)),
        ]);
        Self::of_server(&data)
    }

    /// The innermost frames of the traceback, which say where it happened.
    pub fn last_frames(&self) -> &[String] {
        let from = self.traceback.len().saturating_sub(FRAMES);
        self.traceback.get(from..).unwrap_or_default()
    }

    /// The same as a diagnostic about the node.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(codes::EXECUTION_FAILED, self.to_string());
        if let Some(node) = &self.node {
            diagnostic = diagnostic.node(node);
        }
        diagnostic.class_type.clone_from(&self.class_type);
        self.help().into_iter().fold(diagnostic, Diagnostic::help)
    }

    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self.kind {
            FailureKind::OutOfMemory => {
                "make the picture or the batch smaller, use a smaller model or a tiled VAE, or free memory with `comfy-run free`"
            }
            FailureKind::MissingFile => "see what the server has with `comfy-run models`",
            FailureKind::ModelDownload | FailureKind::ImageDownload => {
                "try again; the server could not fetch a file"
            }
            FailureKind::NoCredits => {
                "buy credits for the account, or use nodes that compute on your machine"
            }
            FailureKind::NoSubscription => "the account needs an active subscription",
            FailureKind::Unauthorized => "set COMFY_API_KEY to a key of a Comfy account",
            FailureKind::Validation => {
                "look at what is linked to the node; the sizes or kinds of its inputs do not fit"
            }
            FailureKind::Exception => return None,
        })
    }
}

impl FailureKind {
    fn of(exception: &str, message: &str) -> Self {
        let name = exception.rsplit('.').next().unwrap_or(exception);
        let says = |words: &[&str]| {
            let lower = message.to_lowercase();
            words.iter().any(|word| lower.contains(word))
        };
        match name {
            "OutOfMemoryError" | "OOMError" | "OOM_EXCEPTION" | "MemoryError" | "AcceleratorError"
                if name != "AcceleratorError" || says(&["out of memory"]) =>
            {
                Self::OutOfMemory
            }
            "ModelDownloadError" => Self::ModelDownload,
            "ImageDownloadError" => Self::ImageDownload,
            "InsufficientFundsError" => Self::NoCredits,
            "InactiveSubscriptionError" => Self::NoSubscription,
            "ValidationError" => Self::Validation,
            "FileNotFoundError" => Self::MissingFile,
            _ if says(&["out of memory", "allocation on device", "not enough memory"]) => Self::OutOfMemory,
            _ if says(&["please login", "unauthorized"]) => Self::Unauthorized,
            _ if says(&["payment required", "insufficient credits", "insufficient funds"]) => Self::NoCredits,
            _ if says(&["no such file", "file not found"]) => Self::MissingFile,
            _ => Self::Exception,
        }
    }
}

/// `KSampler #3: torch.OutOfMemoryError: Allocation on device`
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.class_type, &self.node) {
            (Some(class), Some(node)) => write!(f, "{class} #{node}: ")?,
            (None, Some(node)) => write!(f, "#{node}: ")?,
            (Some(class), None) => write!(f, "{class}: ")?,
            (None, None) => {}
        }
        let line = self.message.lines().next().unwrap_or_default();
        match (&*self.exception, line) {
            ("", line) => f.write_str(line),
            (exception, "") => f.write_str(exception),
            (exception, line) => write!(f, "{exception}: {line}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_type_and_text() {
        let kind = FailureKind::of;
        assert_eq!(kind("torch.OutOfMemoryError", "Allocation on device"), FailureKind::OutOfMemory);
        assert_eq!(kind("RuntimeError", "CUDA out of memory."), FailureKind::OutOfMemory);
        assert_eq!(kind("torch.AcceleratorError", "illegal access"), FailureKind::Exception);
        assert_eq!(kind("InsufficientFundsError", ""), FailureKind::NoCredits);
        assert_eq!(kind("FileNotFoundError", "Model in folder ..."), FailureKind::MissingFile);
        assert_eq!(kind("Exception", "Unauthorized: Please login first"), FailureKind::Unauthorized);
        assert_eq!(kind("ValueError", "x"), FailureKind::Exception);
    }

    #[test]
    fn a_failure_is_said_in_one_line() {
        let data = serde_json::json!({"node_id": "3", "node_type": "KSampler", "exception_type": "ValueError",
            "exception_message": "odd\nmore", "traceback": ["a", "b", "c", "d"], "executed": ["1"]});
        let failure = Failure::of_server(data.as_object().expect("an object"));
        assert_eq!(failure.to_string(), "KSampler #3: ValueError: odd");
        assert_eq!(failure.last_frames(), ["b", "c", "d"]);
    }
}

//! How the program ends.

use std::process::ExitCode;

use comfy_client::Cause;

/// Exit statuses, the better before the worse: of several jobs the worst counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// All is done: 0.
    Done,
    /// The workflow is wrong, or the server refuses it: 1.
    Refused,
    /// It could not be tried: no server, no file, no time left: 2.
    CouldNot,
    /// It ran, and failed: 3.
    Failed,
    /// It was cancelled: 130.
    Cancelled,
}

impl Exit {
    /// That of a job which did not run to its end.
    pub(super) fn of(cause: &Cause) -> Self {
        match cause {
            Cause::Invalid(_) | Cause::Paid(_) | Cause::Refused(_) => Self::Refused,
            Cause::Failed(_) | Cause::Lost { .. } | Cause::PicturesLost { .. } => Self::Failed,
            Cause::Cancelled | Cause::Interrupted { .. } | Cause::Removed => Self::Cancelled,
            _ => Self::CouldNot,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::CouldNot => 2,
            Exit::Failed => 3,
            Exit::Cancelled => 130,
        })
    }
}

//! What a proxy did.

use super::Fault;

/// One thing that was done to a request or a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// The kind of request: `POST /api/prompt`, `GET /api/history/{}`, `connect`, `socket`.
    pub request: String,
    /// How many of the kind there were before.
    pub number: usize,
    /// What was done.
    pub fault: Fault,
}

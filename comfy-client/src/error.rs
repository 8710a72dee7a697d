//! Why a request came to nothing: [`Error`]. What is wrong with a job is `run::RunError`; what a server has against a
//! prompt is `refusal`.

use std::{error::Error as StdError, io, path::PathBuf, time::Duration};

use crate::address::AddressError;

/// What lies behind an error of a library that is no part of this crate's interface.
pub type Cause = Box<dyn StdError + Send + Sync>;

/// A request to a server failed. No message has a key in it, nor an address with one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be read.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// There was no connection, so nothing was sent.
    #[error("no server answers at {server}; does ComfyUI run there?")]
    Unreachable {
        /// Its address.
        server: String,
        /// What the system says.
        #[source]
        cause: Cause,
    },
    /// The connection broke after the request was sent, or in the middle of the answer.
    #[error("the connection to {server} broke during {route}")]
    Broken {
        /// Its address.
        server: String,
        /// The route, such as `GET /api/queue`.
        route: String,
        /// What the system says.
        #[source]
        cause: Cause,
    },
    /// Nothing came for a while.
    #[error("{server} said nothing for {} s during {route}", after.as_secs())]
    TimedOut {
        /// Its address.
        server: String,
        /// The route.
        route: String,
        /// How long was waited for the next piece of the answer.
        after: Duration,
    },
    /// The key is missing or wrong (401, 403).
    #[error("{server} does not let this request in ({status}): {message}; is the key right?")]
    Unauthorized {
        /// Its address.
        server: String,
        /// 401 or 403.
        status: u16,
        /// What it says.
        message: String,
    },
    /// The account has no credits left (402).
    #[error("{server}: the account has no credits left: {message}")]
    NoCredits {
        /// Its address.
        server: String,
        /// What it says.
        message: String,
    },
    /// Too many requests, or no active subscription (429).
    #[error("{server} takes no more requests now: {message}{}", in_seconds(*retry_after))]
    TooManyRequests {
        /// Its address.
        server: String,
        /// What it says.
        message: String,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// There is no such thing (404), or no such route on a server of this version.
    #[error("{route}: {}", if *unknown_route { "this server does not have it" } else { "there is nothing of that name" })]
    NotFound {
        /// The route.
        route: String,
        /// What it says.
        message: String,
        /// Whether it is the route that the server does not know.
        unknown_route: bool,
    },
    /// There is such a thing already, or something is going on that this would disturb (409).
    #[error("{route}: the server has it already: {message}")]
    Conflict {
        /// The route.
        route: String,
        /// What it says.
        message: String,
    },
    /// The server has it, but it is switched off, such as assets without `--enable-assets` (503).
    #[error("{route}: {message}")]
    Disabled {
        /// The route.
        route: String,
        /// What it says.
        message: String,
    },
    /// Any other status that is no success.
    #[error("{route}: the server answered {status}: {message}")]
    Status {
        /// The route.
        route: String,
        /// The status.
        status: u16,
        /// The error's name in the server's words, if it has one.
        code: Option<String>,
        /// What it says, shortened.
        message: String,
    },
    /// The answer is not what the route answers.
    #[error("{route}: the answer makes no sense: {detail}")]
    Malformed {
        /// The route.
        route: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The answer is longer than the limit of this client.
    #[error("{route}: the answer has more than {limit} bytes")]
    TooLarge {
        /// The route.
        route: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A key would go over the network for anyone to read.
    #[error(
        "a key would be sent to {server} without encryption; use https://, or allow it (`--insecure-http`)"
    )]
    KeyInTheOpen {
        /// Its address.
        server: String,
    },
    /// Comfy Cloud wants a key.
    #[error("Comfy Cloud wants a key; set COMFY_API_KEY")]
    KeyMissing,
    /// This client was built without the feature `tls`.
    #[error("{server} wants TLS, which this program was built without (feature `tls`)")]
    WithoutTls {
        /// Its address.
        server: String,
    },
    /// A file on this machine.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The client itself could not be made.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] Cause),
}

impl Error {
    /// Whether the same request may well succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Broken { .. } | Self::TimedOut { .. } => true,
            Self::Status { status, .. } => matches!(status, 502..=504),
            Self::TooManyRequests { retry_after, .. } => retry_after.is_some(),
            _ => false,
        }
    }

    /// Whether the server does not know the route, so that it is older or another than this client expects; not that it
    /// has nothing of that name. Servers tell the two apart for GET and for routes that change something; of a question
    /// whether something is there (HEAD) they do not.
    pub fn is_missing_route(&self) -> bool {
        match self {
            Self::NotFound { unknown_route, .. } => *unknown_route,
            // whatever is not there can be asked for as a file of the frontend, which takes GET only
            Self::Status { status, .. } => *status == 405,
            _ => false,
        }
    }

    /// Whether the server may have done what was asked although this came back.
    pub fn may_have_been_done(&self) -> bool {
        match self {
            Self::Broken { .. } | Self::TimedOut { .. } | Self::Malformed { .. } | Self::TooLarge { .. } => {
                true
            }
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// How long the server asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn malformed(route: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Malformed { route: route.into(), detail: detail.into() }
    }
}

fn in_seconds(after: Option<Duration>) -> String {
    after.map_or_else(String::new, |after| format!("; again in {} s", after.as_secs().max(1)))
}

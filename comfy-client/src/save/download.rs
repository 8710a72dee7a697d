//! One file from the server onto the disk: into a temporary file beside its place, taken up again where it broke off.

use std::{
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use futures_util::StreamExt as _;
use reqwest::{Response, StatusCode, header};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::{
    error::Error,
    hex::hex,
    http::{Http, backoff},
    routes::files::FileRef,
};

/// How often a download is taken up again without a byte more than before.
const TRIES: u32 = 5;

/// The longest pause before it is.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A file that is not whole yet. It goes when this is dropped.
#[derive(Debug)]
pub(super) struct Part {
    file: NamedTempFile,
    target: PathBuf,
}

/// A file that is whole, and has no name yet.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) part: Part,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Part {
    /// An empty one in the folder of its place.
    pub(super) fn beside(target: &Path) -> Result<Self, Error> {
        let folder = target.parent().unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // as any other file of this user: the umask takes away what it takes away
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        match builder.tempfile_in(folder) {
            Ok(file) => Ok(Self { file, target: target.to_owned() }),
            Err(cause) => Err(Error::File { path: target.to_owned(), cause }),
        }
    }

    fn failed(&self, cause: io::Error) -> Error {
        Error::File { path: self.target.clone(), cause }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(|cause| self.failed(cause))
    }

    fn begin_anew(&mut self) -> Result<(), Error> {
        let file = self.file.as_file_mut();
        let done = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0)));
        done.map(drop).map_err(|cause| self.failed(cause))
    }

    /// Takes a name that nobody has. Gives the file back where somebody has it.
    pub(super) fn take_name(self, path: &Path) -> Result<Option<Self>, Error> {
        let target = self.target;
        match self.file.persist_noclobber(path) {
            Ok(_) => Ok(None),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                Ok(Some(Self { file: error.file, target }))
            }
            Err(error) => Err(Error::File { path: path.to_owned(), cause: error.error }),
        }
    }

    /// Takes a name, whoever has it.
    pub(super) fn replace(self, path: &Path) -> Result<(), Error> {
        self.file
            .persist(path)
            .map(drop)
            .map_err(|error| Error::File { path: path.to_owned(), cause: error.error })
    }
}

impl Fetched {
    /// What is here already.
    pub(super) fn of_bytes(mut part: Part, bytes: &Bytes) -> Result<Self, Error> {
        part.write(bytes)?;
        part.file.flush().map_err(|cause| part.failed(cause))?;
        let sha256 = hex(&Sha256::digest(bytes));
        Ok(Self { part, bytes: bytes.len() as u64, sha256 })
    }
}

/// How far a download is.
struct State {
    part: Part,
    bytes: u64,
    hash: Sha256,
    /// How the server tells this version of the file from others: its tag, or when it was changed.
    version: Option<String>,
}

impl State {
    fn begin_anew(&mut self) -> Result<(), Error> {
        self.part.begin_anew()?;
        self.bytes = 0;
        self.hash = Sha256::new();
        self.version = None;
        Ok(())
    }
}

/// Fetches a file. Where the connection breaks, the rest is asked for, and all of it where the server gives no rest or
/// the file is another by then.
pub(super) async fn fetch(http: &Http, file: &FileRef, part: Part, longest: u64) -> Result<Fetched, Error> {
    let mut state = State { part, bytes: 0, hash: Sha256::new(), version: None };
    let mut tries = 0;
    loop {
        let before = state.bytes;
        match attempt(http, file, &mut state, longest).await {
            Ok(()) => break,
            Err(error @ (Error::File { .. } | Error::TooLarge { .. })) => return Err(error),
            // there is no such rest: the file became shorter
            Err(Error::Status { status: 416, .. }) if state.bytes > 0 => {
                state.begin_anew()?;
                tries += 1;
            }
            Err(error) => {
                // as long as there is more of it each time, it will end
                tries = if state.bytes > before { 1 } else { tries + 1 };
                if tries >= TRIES || !error.is_passing() {
                    return Err(error);
                }
                let pause = error.retry_after().unwrap_or_else(|| backoff(tries, LONGEST_PAUSE));
                tracing::debug!(%error, bytes = state.bytes, "a download is taken up again");
                tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
            }
        }
    }
    let State { mut part, bytes, hash, .. } = state;
    part.file.flush().map_err(|cause| part.failed(cause))?;
    Ok(Fetched { part, bytes, sha256: hex(&hash.finalize()) })
}

async fn attempt(http: &Http, file: &FileRef, state: &mut State, longest: u64) -> Result<(), Error> {
    let mut call = file.view();
    if let (Some(version), 1..) = (&state.version, state.bytes) {
        call = call.header("range", format!("bytes={}-", state.bytes)).header("if-range", version.clone());
    }
    let response = http.once(&call).await?;
    if !continues(&response, state.bytes) {
        state.begin_anew()?;
        state.version = version(&response);
    }
    let too_large = || Error::TooLarge { route: call.route(), limit: longest };
    if response.content_length().is_some_and(|rest| state.bytes.saturating_add(rest) > longest) {
        return Err(too_large());
    }
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| http.broken(&call.route(), error))?;
        if state.bytes.saturating_add(piece.len() as u64) > longest {
            return Err(too_large());
        }
        state.part.write(&piece)?;
        state.hash.update(&piece);
        state.bytes += piece.len() as u64;
    }
    Ok(())
}

/// Whether an answer is the rest of a file from this byte on.
fn continues(response: &Response, from: u64) -> bool {
    let range = response.headers().get(header::CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let start = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
    from > 0 && response.status() == StatusCode::PARTIAL_CONTENT && start == Some(from)
}

/// What `If-Range` takes: a strong tag, or else a date.
fn version(response: &Response) -> Option<String> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let tag = text(header::ETAG).filter(|tag| !tag.starts_with("W/"));
    tag.or_else(|| text(header::LAST_MODIFIED)).map(str::to_owned)
}

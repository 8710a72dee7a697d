//! Results of a job on the disk of this machine: whole or not at all, inside of one folder, next to what is there
//! already. What they are called is `save::names`, what a name may be is `save::place`, fetching is `save::download`.

mod download;
mod names;
mod place;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use crate::{
    client::Client,
    digest,
    error::Error,
    id::JobId,
    outputs::Outputs,
    record,
    routes::files::{FileRef, Folder},
    run::Finished,
};

use download::{Fetched, Part};
use names::{About, Moment};
pub use names::{NamePattern, NamePatternError};

/// How many files are fetched at once.
const AT_ONCE: usize = 4;

/// The longest file that is saved without another word, in bytes.
const LONGEST: u64 = 64 << 30;

/// How many names are tried for a file whose name is taken.
const MOST_NAMES: u32 = 10_000;

/// Where results go, and under which names.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SaveOptions {
    /// The folder; it is made where it is not there. Nothing is written outside of it, whatever the server says.
    pub dir: PathBuf,
    /// What files are called in it.
    pub names: NamePattern,
    /// Whether a file of the same name is replaced. Otherwise it stays: one with the same bytes counts as saved, and
    /// beside one with others the new file is called `cat (2).png`.
    pub overwrite: bool,
    /// Whether previews are saved, too; otherwise only where there is nothing else.
    pub previews: bool,
    /// The longest file, in bytes; 64 GiB without another word.
    pub longest: u64,
}

impl SaveOptions {
    /// Into this folder, under the server's names.
    pub fn to(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            names: NamePattern::default(),
            overwrite: false,
            previews: false,
            longest: LONGEST,
        }
    }
}

/// A result that is on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedFile {
    /// Where.
    pub path: PathBuf,
    /// The node that made it, by its id in the prompt.
    pub node: Box<str>,
    /// What it is: `images`, `audio`, `text`, …; `websocket` for a picture that came over the WebSocket.
    pub kind: Box<str>,
    /// Where the server has it; a text and a picture that came over the WebSocket are no file there.
    pub source: Option<FileRef>,
    /// Its length in bytes.
    pub bytes: u64,
    /// Of its contents, in hexadecimal digits.
    pub sha256: String,
    /// Whether a file with the same bytes was there already.
    pub existed: bool,
}

/// Some results are not on this machine. The others are.
#[derive(Debug)]
#[non_exhaustive]
pub struct SaveError {
    /// The job, whose results can be fetched again by its id.
    pub job: JobId,
    /// What was saved.
    pub saved: Vec<SavedFile>,
    /// What was not.
    pub failed: Vec<FailedFile>,
}

/// A result that was not saved.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailedFile {
    /// What the server calls it.
    pub name: String,
    /// Why.
    pub cause: Error,
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.saved.len() + self.failed.len();
        write!(f, "job {}: {} of {all} results are not saved", self.job, self.failed.len())?;
        match self.failed.first() {
            Some(first) => write!(f, ": {}: {}", first.name, first.cause),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failed.first().map(|first| &first.cause as _)
    }
}

/// A result that is to be saved.
struct Item<'o> {
    about: About<'o>,
    kind: &'o str,
    from: From<'o>,
}

enum From<'o> {
    Server(&'o FileRef),
    Here(Bytes),
}

impl Client {
    /// Saves the results of a job. A download that breaks is resumed where the server lets it be; a file is there under its
    /// name only once it is whole.
    ///
    /// # Errors
    /// When some of them cannot be fetched or written. All others are saved.
    pub async fn save(
        &self,
        finished: &Finished,
        options: &SaveOptions,
    ) -> Result<Vec<SavedFile>, SaveError> {
        let moment = Moment::now();
        let items = items(finished, options, &moment);
        let saving = items.iter().map(|item| self.save_one(item, options));
        let done: Vec<_> = stream::iter(saving).buffered(AT_ONCE).collect().await;
        let (mut saved, mut failed) = (Vec::new(), Vec::new());
        for (item, done) in items.iter().zip(done) {
            match done {
                Ok(file) => saved.push(file),
                Err(cause) => failed.push(FailedFile { name: item.about.name.to_string(), cause }),
            }
        }
        if failed.is_empty() {
            return Ok(saved);
        }
        Err(SaveError { job: finished.id.clone(), saved, failed })
    }

    async fn save_one(&self, item: &Item<'_>, options: &SaveOptions) -> Result<SavedFile, Error> {
        let target = place::inside(&options.dir, &options.names.fill(&item.about))?;
        let part = Part::beside(&target)?;
        let fetched = match &item.from {
            From::Server(file) => download::fetch(self.http(), file, part, options.longest).await?,
            From::Here(bytes) => Fetched::of_bytes(part, bytes)?,
        };
        let Fetched { part, bytes, sha256 } = fetched;
        let (path, existed) = settle(part, target, bytes, (&sha256, options.overwrite))?;
        let source = match &item.from {
            From::Server(file) => Some((*file).clone()),
            From::Here(_) => None,
        };
        Ok(SavedFile {
            path,
            node: item.about.node.into(),
            kind: item.kind.into(),
            source,
            bytes,
            sha256,
            existed,
        })
    }
}

/// What there is to save of a job, in the order of its nodes: files, pictures from the WebSocket, texts.
fn items<'o>(finished: &'o Finished, options: &SaveOptions, moment: &Moment) -> Vec<Item<'o>> {
    let Outputs { files, texts, received, .. } = &finished.outputs;
    let seed = finished.prompt.as_ref().and_then(first_seed);
    let job = finished.id.as_str();
    let about = |node: &'o str, kind: &'o str, name: String, subfolder: &'o str| About {
        name: name.into(),
        subfolder,
        node,
        kind,
        number: 0,
        job,
        moment: moment.clone(),
        seed: seed.clone(),
    };
    let wanted: Vec<_> =
        if options.previews { files.iter().collect() } else { finished.outputs.results().collect() };
    let mut items: Vec<Item<'o>> = wanted
        .into_iter()
        .filter(|file| file.file.folder != Folder::Input)
        .map(|file| Item {
            about: about(&file.node, &file.kind, file.file.filename.clone(), &file.file.subfolder),
            kind: &file.kind,
            from: From::Server(&file.file),
        })
        .collect();
    for (index, picture) in received.iter().enumerate() {
        let name = format!("websocket_{}_{:05}.{}", picture.node, index + 1, picture.format.extension());
        items.push(Item {
            about: about(&picture.node, "websocket", name, ""),
            kind: "websocket",
            from: From::Here(picture.bytes.clone()),
        });
    }
    for (index, text) in texts.iter().enumerate() {
        let name = format!("{}_{}_{:05}.txt", text.kind, text.node, index + 1);
        items.push(Item {
            about: about(&text.node, &text.kind, name, ""),
            kind: &text.kind,
            from: From::Here(text.text.clone().into_bytes().into()),
        });
    }
    for (number, item) in items.iter_mut().enumerate() {
        item.about.number = number + 1;
    }
    items
}

/// The first seed of a prompt, in the order of its nodes.
fn first_seed(prompt: &Value) -> Option<String> {
    record::seeds(prompt).values().next().map(ToString::to_string)
}

/// Gives a whole file its name. Where the name is taken, the file that has it is kept, unless it is to be replaced.
fn settle(
    mut part: Part,
    target: PathBuf,
    bytes: u64,
    (sha256, overwrite): (&str, bool),
) -> Result<(PathBuf, bool), Error> {
    if overwrite {
        part.replace(&target)?;
        return Ok((target, false));
    }
    for number in 1..=MOST_NAMES {
        let path = numbered(&target, number);
        match part.take_name(&path)? {
            None => return Ok((path, false)),
            Some(back) => part = back,
        }
        if is_same(&path, bytes, sha256) {
            return Ok((path, true));
        }
    }
    let cause = std::io::Error::other("too many files have this name");
    Err(Error::File { path: target, cause })
}

/// `cat.png`, `cat (2).png`, `cat (3).png`, …
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number < 2 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match path.extension() {
        Some(extension) => path.with_file_name(format!("{stem} ({number}).{}", extension.to_string_lossy())),
        None => path.with_file_name(format!("{stem} ({number})")),
    }
}

/// Whether a file has these bytes. A link is none of ours.
fn is_same(path: &Path, bytes: u64, sha256: &str) -> bool {
    let is_like = fs::symlink_metadata(path).is_ok_and(|about| about.is_file() && about.len() == bytes);
    is_like && fs::File::open(path).and_then(digest::of_reader).is_ok_and(|(_, found)| found == sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(dir: &Path, bytes: &'static [u8], overwrite: bool) -> (PathBuf, bool) {
        let target = dir.join("cat.png");
        let fetched = Fetched::of_bytes(Part::beside(&target).expect("a file"), &Bytes::from_static(bytes));
        let Fetched { part, bytes, sha256 } = fetched.expect("written");
        settle(part, target, bytes, (&sha256, overwrite)).expect("saved")
    }

    #[test]
    fn what_is_there_stays_unless_it_is_to_be_replaced() {
        let dir = tempfile::tempdir().expect("a folder");
        let dir = dir.path();
        assert_eq!(save(dir, b"one", false), (dir.join("cat.png"), false));
        assert_eq!(save(dir, b"one", false), (dir.join("cat.png"), true));
        assert_eq!(save(dir, b"two", false), (dir.join("cat (2).png"), false));
        assert_eq!(save(dir, b"two", false), (dir.join("cat (2).png"), true));
        assert_eq!(save(dir, b"three", true), (dir.join("cat.png"), false));
        assert_eq!(fs::read(dir.join("cat.png")).expect("a file"), b"three");
        // nothing of the way there is left
        assert_eq!(fs::read_dir(dir).expect("a folder").count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_never_written_through() {
        let dir = tempfile::tempdir().expect("a folder");
        let outside = dir.path().join("outside");
        fs::write(&outside, "mine").expect("a file");
        let inside = dir.path().join("in");
        fs::create_dir(&inside).expect("a folder");
        std::os::unix::fs::symlink(&outside, inside.join("cat.png")).expect("a link");
        assert_eq!(save(&inside, b"new", false), (inside.join("cat (2).png"), false));
        assert_eq!(save(&inside, b"new", true), (inside.join("cat.png"), false));
        assert_eq!(fs::read(&outside).expect("a file"), b"mine");
    }
}

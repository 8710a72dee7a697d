//! Where catalogs are kept from one run to the next: a file for each server, written whole or not at all. What is in it
//! was read once without a complaint; what cannot be read any more, or is another's, counts as not there.
//!
//! A file has a head of [`HEAD`] bytes, one line of JSON filled up with spaces, and after it the server's answer as it
//! came. One file and no second one beside it: so two programs can write at once, and a third one read, and none sees
//! the head of one answer with the text of another. When it was last confirmed is the time of the file.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use comfy_graph::catalog::Catalog;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::Cache;
use crate::hex::hex;

/// Names of the format; a file of another one is not read.
const FORMAT: &str = "comfy-client catalog 1";

/// The length of the head, in bytes.
const HEAD: usize = 4096;

/// The name of the file in the folder of its server.
const NAME: &str = "object_info";

/// What begins the names of files that are not whole yet.
const UNFINISHED: &str = ".unfinished-";

/// How old a file that is not whole has to be to be nobody's any more.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a catalog is kept that no server confirms any more.
const LONGEST_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How many folders are looked at for such catalogs.
const MOST_LOOKED_AT: usize = 1_000;

/// Whose catalog it is: the address, and the user where the server knows several. No key is part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) address: String,
    #[serde(default)]
    pub(super) user: Option<String>,
}

/// What is known of an answer besides its text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct About {
    /// What the server calls it.
    pub(super) etag: Option<String>,
    /// Of its bytes, in hexadecimal.
    pub(super) sha256: String,
    /// The version that the server says it has.
    pub(super) server_version: Option<String>,
    /// Whether there was something to say about a class, so that all of them have to be parsed to have it again.
    pub(super) is_odd: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: String,
    owner: Owner,
    /// Of the text, in bytes.
    length: u64,
    about: About,
}

/// A catalog out of the cache.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) catalog: Catalog,
    pub(super) about: About,
    /// How long ago the server confirmed it.
    pub(super) age: Duration,
}

/// The place of one server in the cache.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    owner: Owner,
}

impl Place {
    /// `None` where nothing is kept, or there is no folder for it.
    pub(super) fn new(cache: &Cache, host: &str, owner: Owner) -> Option<Self> {
        let all = match cache {
            Cache::User => user_folder()?.join("comfy").join("catalogs"),
            Cache::Folder(folder) => folder.clone(),
            Cache::None => return None,
        };
        let readable: String = host.chars().take(60).map(plain).collect();
        let whole = format!("{}\n{}", owner.address, owner.user.as_deref().unwrap_or_default());
        let short = hex(Sha256::digest(whole).get(..8).unwrap_or_default());
        Some(Self { folder: all.join(format!("{readable}-{short}")), owner })
    }

    fn file(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// The catalog that is kept, if it is whole and this server's. It is never longer than `longest` bytes.
    pub(super) fn load(&self, longest: u64) -> Option<Kept> {
        let mut file = File::open(self.file()).ok()?;
        let confirmed = file.metadata().ok()?.modified().ok()?;
        let head = read_head(&mut file)?;
        if head.owner != self.owner || head.length > longest {
            return None;
        }
        let mut text =
            Vec::with_capacity(usize::try_from(head.length.min(file.metadata().ok()?.len())).ok()?);
        file.take(head.length + 1).read_to_end(&mut text).ok()?;
        if text.len() as u64 != head.length || hex(&Sha256::digest(&text)) != head.about.sha256 {
            return None;
        }
        let catalog = if head.about.is_odd {
            Catalog::from_reader(&*text).ok()?
        } else {
            Catalog::from_known(String::from_utf8(text).ok()?).ok()?
        };
        // a clock that was set back makes it new
        let age = SystemTime::now().duration_since(confirmed).unwrap_or_default();
        Some(Kept { catalog, about: head.about, age })
    }

    /// Remembers that the server still says the same.
    pub(super) fn confirm(&self) -> io::Result<()> {
        File::options().write(true).open(self.file())?.set_modified(SystemTime::now())
    }

    /// Begins to write an answer down.
    pub(super) fn begin(&self) -> io::Result<Unfinished> {
        create_private(&self.folder)?;
        remove_abandoned(&self.folder);
        // the file is its user's only, which is the default of this library
        let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        let mut file = BufWriter::with_capacity(1 << 16, file);
        file.write_all(&[b' '; HEAD])?;
        Ok(Unfinished { file, length: 0 })
    }

    /// Puts a whole answer in the place of what there was.
    pub(super) fn finish(&self, unfinished: Unfinished, about: About) -> io::Result<()> {
        let Unfinished { file, length } = unfinished;
        let head = Head { format: FORMAT.to_owned(), owner: self.owner.clone(), length, about };
        let mut line = serde_json::to_vec(&head)?;
        if line.len() >= HEAD {
            return Err(io::Error::other("the head of the file is too long"));
        }
        line.resize(HEAD - 1, b' ');
        line.push(b'\n');
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&line)?;
        file.persist(self.file())?;
        self.folder.parent().map(remove_forgotten);
        Ok(())
    }
}

/// An answer that is being written down. Dropped, it was never there.
#[derive(Debug)]
pub(super) struct Unfinished {
    file: BufWriter<NamedTempFile>,
    length: u64,
}

impl Unfinished {
    pub(super) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.length += piece.len() as u64;
        self.file.write_all(piece)
    }

    /// What was written so far, from its beginning.
    pub(super) fn reread(&mut self) -> io::Result<impl io::Read> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(HEAD as u64))?;
        Ok(file)
    }
}

fn read_head(file: &mut File) -> Option<Head> {
    let mut line = [0; HEAD];
    file.read_exact(&mut line).ok()?;
    let head: Head = serde_json::from_slice(line.trim_ascii_end()).ok()?;
    (head.format == FORMAT).then_some(head)
}

/// The folder for what can be had again: where the variable says, or where the system has it for each user.
fn user_folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        // a relative one would be another in every folder
        std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
    };
    let said = folder("COMFY_CACHE_DIR");
    let of_system = || {
        if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            Some(folder("HOME")?.join("Library").join("Caches"))
        } else {
            folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))
        }
    };
    said.or_else(of_system)
}

/// A character of a host that every file system takes.
fn plain(c: char) -> char {
    if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' }
}

/// Makes the folder, and those above it that are missing, for its user only.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes away what programs left that were killed.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_old = || {
            let modified = entry.metadata().and_then(|about| about.modified()).ok()?;
            Some(SystemTime::now().duration_since(modified).ok()? > ABANDONED)
        };
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) && is_old() == Some(true) {
            // another program may have been faster
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Takes away catalogs of servers that nobody has asked for long: addresses come and go.
fn remove_forgotten(all: &Path) {
    let Ok(entries) = fs::read_dir(all) else { return };
    for entry in entries.flatten().take(MOST_LOOKED_AT) {
        let path = entry.path().join(NAME);
        let Ok(mut file) = File::open(&path) else { continue };
        let confirmed = file.metadata().and_then(|about| about.modified());
        let age = confirmed.ok().and_then(|confirmed| SystemTime::now().duration_since(confirmed).ok());
        // nothing is removed but what was written here
        if age.is_some_and(|age| age > LONGEST_KEPT) && read_head(&mut file).is_some() {
            let _ = fs::remove_file(&path);
            // one that is not empty stays
            let _ = fs::remove_dir(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"A": {"output": ["IMAGE"]}}"#;

    fn place(folder: &Path, address: &str) -> Place {
        let owner = Owner { address: address.to_owned(), user: None };
        Place::new(&Cache::Folder(folder.to_owned()), "127.0.0.1:8188", owner).expect("a place")
    }

    fn keep(place: &Place) {
        let mut file = place.begin().expect("a file");
        file.write(TEXT.as_bytes()).expect("room");
        let about = About { sha256: hex(&Sha256::digest(TEXT)), ..About::default() };
        place.finish(file, about).expect("a name");
    }

    #[test]
    fn what_was_kept_is_there_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path(), "http://127.0.0.1:8188");
        assert!(place.load(1 << 20).is_none());
        keep(&place);
        keep(&place);
        let kept = place.load(1 << 20).expect("a catalog");
        assert!(kept.catalog.get("A").is_some() && kept.age < Duration::from_secs(60));
        assert!(place.load(3).is_none(), "it is longer than is wanted");
        let names: Vec<_> = fs::read_dir(&place.folder).expect("a folder").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let place = place(&folder.path().join("new"), "http://127.0.0.1:8188");
        keep(&place);
        let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!([mode(&place.folder), mode(&place.file())], [0o700, 0o600]);
        assert_eq!(mode(&folder.path().join("new")), 0o700);
    }

    #[test]
    fn what_is_damaged_or_foreign_is_not_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path(), "http://127.0.0.1:8188");
        keep(&place);
        let whole = fs::read(place.file()).expect("a file");
        let mut damaged =
            vec![Vec::new(), b"{}".to_vec(), whole[..HEAD].to_vec(), whole[..whole.len() - 1].to_vec()];
        let mut longer = whole.clone();
        longer.push(b' ');
        damaged.push(longer);
        for at in [0, 20, HEAD + 8] {
            let mut other = whole.clone();
            other[at] ^= 1;
            damaged.push(other);
        }
        for bytes in damaged {
            fs::write(place.file(), &bytes).expect("a file");
            assert!(place.load(1 << 20).is_none(), "{} bytes", bytes.len());
        }
        fs::write(place.file(), &whole).expect("a file");
        assert!(place.load(1 << 20).is_some());
        let other = Place { owner: Owner { address: "http://other".into(), user: None }, ..place };
        assert!(other.load(1 << 20).is_none());
    }

    #[test]
    fn catalogs_of_servers_that_are_gone_are_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let places: Vec<Place> = ["http://a", "http://b", "http://c"]
            .iter()
            .map(|address| place(folder.path(), address))
            .collect();
        places.iter().for_each(keep);
        let long_ago = SystemTime::now() - LONGEST_KEPT - Duration::from_secs(1);
        // somebody else's file
        fs::write(places[1].file(), "x").expect("a file");
        for place in &places[..2] {
            let file = File::options().write(true).open(place.file()).expect("a file");
            file.set_modified(long_ago).expect("a time");
        }
        keep(&places[2]);
        let there: Vec<bool> = places.iter().map(|place| place.folder.exists()).collect();
        assert_eq!(there, [false, true, true]);
    }

    #[test]
    fn servers_and_users_have_folders_of_their_own() {
        let of = |address: &str, user: Option<&str>| {
            let owner = Owner { address: address.into(), user: user.map(str::to_owned) };
            Place::new(&Cache::Folder("x".into()), "../[::1]:8188", owner).expect("a place").folder
        };
        let one = of("http://a", None);
        assert!(one.to_string_lossy().contains(".._"), "{one:?}");
        assert_eq!(one.components().count(), 2);
        assert!(one != of("http://b", None) && one != of("http://a", Some("me")));
    }
}

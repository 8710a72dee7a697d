//! Where a catalog and the names of its nodes come from: this program, a file, a running server. What every program
//! takes as `--catalog` and `--lock`.

use std::{
    convert::Infallible,
    error::Error as StdError,
    fmt,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
};

use comfy_codegen::names::{LockError, NameLock};
use comfy_graph::catalog::{Catalog, CatalogError};

use crate::compiler::Compiler;

/// The greatest length of a catalog, in bytes.
const MOST: u64 = 1 << 30;

/// Where a catalog comes from. Made of what people write: `bundled`, `none`, an address, else a file.
///
/// ```
/// use comfy_transpile::Origin;
///
/// let origin: Origin = "http://127.0.0.1:8188".parse()?;
/// assert_eq!(origin, Origin::Server("http://127.0.0.1:8188".to_owned()));
/// let compiler = Origin::Bundled.compiler()?;
/// assert!(compiler.catalog().contains("KSampler"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The nodes of ComfyUI itself, which are built in.
    #[default]
    Bundled,
    /// No nodes: nothing is said of them.
    Nowhere,
    /// A saved answer of `/object_info`.
    File(PathBuf),
    /// A running server: its root, or the address of the route.
    Server(String),
}

/// Why there is no catalog, or no names.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// There is no such file, or it may not be read.
    #[error("failed to open file `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// What is there makes no catalog.
    #[error("{origin} is no catalog")]
    NoCatalog {
        /// The file or server.
        origin: Origin,
        /// Why.
        #[source]
        source: CatalogError,
    },
    /// An object, but nothing in it.
    #[error("{origin} is no catalog: it has no node types")]
    Empty {
        /// The file or server.
        origin: Origin,
    },
    /// The server gives no answer, or answers that it has none.
    #[error("no catalog from {url}")]
    NoAnswer {
        /// The address that was asked.
        url: String,
        /// Why.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// This build cannot ask servers.
    #[error("{url}: this program was built without the feature `fetch`; save the catalog to a file first")]
    WithoutFetch {
        /// The address.
        url: String,
    },
    /// The file is no lock file.
    #[error("{} is no lock file of comfy-codegen", path.display())]
    NoLock {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: LockError,
    },
}

impl FromStr for Origin {
    type Err = Infallible;

    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(match word {
            "bundled" => Self::Bundled,
            "none" => Self::Nowhere,
            _ if word.starts_with("http://") || word.starts_with("https://") => Self::Server(word.to_owned()),
            _ => Self::File(word.into()),
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bundled => f.write_str("bundled"),
            Self::Nowhere => f.write_str("none"),
            Self::File(path) => path.display().fmt(f),
            Self::Server(url) => f.write_str(url),
        }
    }
}

impl Origin {
    /// The catalog. A server is waited for, so that this is not for a thread that serves others meanwhile.
    ///
    /// # Errors
    /// When the file or the server gives none.
    pub fn catalog(&self) -> Result<Arc<Catalog>, OriginError> {
        let catalog = match self {
            Self::Bundled => return Ok(Catalog::bundled().into()),
            Self::Nowhere => return Ok(Catalog::default().into()),
            Self::File(path) => {
                let file =
                    File::open(path).map_err(|source| OriginError::Open { path: path.clone(), source })?;
                self.read(file)?.into()
            }
            Self::Server(url) => Self::fetch(url)?,
        };
        if catalog.is_empty() {
            return Err(OriginError::Empty { origin: self.clone() });
        }
        Ok(catalog)
    }

    /// A compiler for the catalog, which knows files if this knows them.
    ///
    /// # Errors
    /// As [`catalog`](Self::catalog).
    pub fn compiler(&self) -> Result<Compiler, OriginError> {
        Ok(Compiler::new(self.catalog()?).known_files(self.knows_files()))
    }

    /// Whether the catalog's lists of files are those of a real server.
    pub fn knows_files(&self) -> bool {
        matches!(self, Self::File(_) | Self::Server(_))
    }

    fn read(&self, reader: impl Read) -> Result<Catalog, OriginError> {
        Catalog::from_reader(Bounded { reader, left: MOST })
            .map_err(|source| OriginError::NoCatalog { origin: self.clone(), source })
    }

    /// Asks as `comfy-client` does: over HTTPS too, with the key that `COMFY_API_KEY` holds where the server wants one.
    #[cfg(feature = "fetch")]
    fn fetch(url: &str) -> Result<Arc<Catalog>, OriginError> {
        use comfy_client::{CatalogOptions, Client, Error, blocking};

        let failed = |error: Error| OriginError::NoAnswer { url: url.to_owned(), source: Box::new(error) };
        let client = Client::builder().address(url).environment().build().map_err(failed)?;
        let client = blocking::Client::try_from(client).map_err(failed)?;
        let found = client.catalog(&CatalogOptions::uncached()).map_err(failed)?;
        Ok(Arc::clone(found.catalog()))
    }

    /// Without the feature there is only the reason.
    #[cfg(not(feature = "fetch"))]
    fn fetch(address: &str) -> Result<Arc<Catalog>, OriginError> {
        Err(OriginError::WithoutFetch { url: address.to_owned() })
    }
}

/// The names that a lock file keeps, for [`Compiler::lock`].
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read_lock(path: impl AsRef<Path>) -> Result<NameLock, OriginError> {
    let path = path.as_ref();
    let text =
        fs::read_to_string(path).map_err(|source| OriginError::Open { path: path.to_owned(), source })?;
    NameLock::parse(&text).map_err(|source| OriginError::NoLock { path: path.to_owned(), source })
}

/// A reader that fails where there is more than it may give.
struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(bytes)?;
        match self.left.checked_sub(length as u64) {
            Some(left) => {
                self.left = left;
                Ok(length)
            }
            None => Err(io::Error::new(io::ErrorKind::FileTooLarge, "it has more than a gigabyte")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_comes_back() {
        for word in ["bundled", "none", "http://127.0.0.1:8188/", "https://host", "object_info.json"] {
            let origin: Origin = word.parse().expect("any word");
            assert_eq!(origin.to_string(), word);
        }
    }

    #[test]
    fn no_more_is_read_than_may_be() {
        let mut text = String::new();
        let mut most = |left| Bounded { reader: "12345".as_bytes(), left }.read_to_string(&mut text);
        assert!(most(5).is_ok());
        assert_eq!(most(4).map_err(|error| error.kind()), Err(io::ErrorKind::FileTooLarge));
    }
}

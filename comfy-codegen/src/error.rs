//! What can go wrong in this crate.

use std::{error::Error as StdError, fmt, path::PathBuf};

use comfy_graph::catalog::CatalogError;

use crate::names::LockError;

/// Why nothing was generated, or not written.
///
/// `Debug` is text for people too, with all causes: it is what a build script shows whose `main` returns the error.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file (a catalog, a lock, a flow) cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The catalog makes no sense.
    #[error("{origin} gives no catalog: an answer of /object_info is wanted, this begins with `{begins}`")]
    Catalog {
        /// The file or address it came from.
        origin: String,
        /// Its first characters.
        begins: String,
        /// Why.
        #[source]
        source: CatalogError,
    },
    /// The server did not answer with a catalog.
    #[error("cannot fetch {url}: is the server running? Without COMFYUI_URL the committed snapshot is taken")]
    Fetch {
        /// The address that was asked.
        url: String,
        /// Why.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The server answered something else.
    #[error("{url} answers {status}: is this the address of a ComfyUI server?")]
    Status {
        /// The address that was asked.
        url: String,
        /// Number and words.
        status: String,
    },
    /// This build cannot ask servers.
    #[error(
        "cannot fetch {url}: comfy-codegen was built without the feature `fetch` (`comfy-codegen = {{ features = [\"fetch\"] }}`)"
    )]
    WithoutFetch {
        /// The address.
        url: String,
    },
    /// A class that was asked for does not exist.
    #[error("the catalog has no node `{class_type}`{}", did_you_mean(similar.as_deref()))]
    UnknownNode {
        /// The name as given.
        class_type: String,
        /// The class that was perhaps meant.
        similar: Option<String>,
    },
    /// The files of flows cannot be found or read.
    #[error("flows `{pattern}`: {reason}")]
    Flows {
        /// The pattern or file.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// The lock file makes no sense.
    #[error("the lock file {} cannot be used", path.display())]
    Lock {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: LockError,
    },
    /// A file that was not generated is in the way.
    #[error("{} was not written by comfy-codegen; it is not overwritten", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A generated file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// There is nowhere to write to: not in a build script, and no folder was given.
    #[error("no folder to write to: OUT_DIR is not set, and no other was given")]
    NoOutDir,
    /// The generated tokens are no Rust: a fault of this crate.
    #[error("the generated module `{module}` is not Rust; this is a fault of comfy-codegen")]
    Syntax {
        /// The module.
        module: String,
        /// What the parser says.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}

fn did_you_mean(similar: Option<&str>) -> String {
    similar.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

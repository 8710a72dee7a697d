//! What can go wrong in this crate.

use std::{error::Error as StdError, path::PathBuf};

use comfy_graph::catalog::CatalogError;

/// Why nothing was generated, or not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither a file nor a server nor a catalog was given.
    #[error("no catalog: give a file, a server's address, or take the bundled one")]
    NoCatalog,
    /// The catalog's file cannot be read.
    #[error("cannot read the catalog {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The catalog makes no sense.
    #[error("cannot use the catalog from {origin}")]
    Catalog {
        /// The file or address it came from.
        origin: String,
        /// Why.
        #[source]
        source: CatalogError,
    },
    /// The server did not answer with a catalog.
    #[error("cannot fetch the catalog from {url}")]
    Fetch {
        /// The address that was asked.
        url: String,
        /// Why.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// This build cannot ask servers.
    #[error("cannot fetch {url}: comfy-codegen was built without the feature `fetch`")]
    WithoutFetch {
        /// The address.
        url: String,
    },
    /// A class that was asked for does not exist.
    #[error("the catalog has no node `{class_type}`")]
    UnknownNode {
        /// The name as given.
        class_type: String,
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

//! The nodes of a server as a [`Catalog`] of comfy-graph: fetched from `/object_info`, which is read as it comes
//! (`fetch`), and kept for the next time (`store`). What a catalog means is comfy-graph's.

mod fetch;

use std::{path::PathBuf, sync::Arc, time::Duration};

use comfy_graph::catalog::Catalog;

use crate::{client::Client, error::Error, http::Call};

/// The longest answer that is read without another word, in bytes.
const LONGEST: u64 = 1 << 30;

/// How a catalog is wanted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CatalogOptions {
    /// When the server is asked although there is a catalog in the cache.
    pub refresh: Refresh,
    /// Where catalogs are kept.
    pub cache: Cache,
    /// The longest answer that is read, in bytes; 1 GiB without it.
    pub longest: Option<u64>,
}

/// When the server is asked although there is a catalog in the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refresh {
    /// Before anything is given.
    Always,
    /// Beside: what is in the cache is given at once, and [`ServerCatalog::renewed`] has what the server says.
    #[default]
    Background,
    /// Never.
    Never,
}

/// Where catalogs are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cache {
    /// In the folder that `COMFY_CACHE_DIR` names, or in the user's folder for such things.
    #[default]
    User,
    /// In this folder.
    Folder(PathBuf),
    /// Nowhere.
    None,
}

/// The nodes of a server.
#[derive(Debug)]
pub struct ServerCatalog {
    catalog: Arc<Catalog>,
    age: Option<Duration>,
}

impl CatalogOptions {
    /// Asks the server, and leaves the cache alone.
    pub fn uncached() -> Self {
        Self { refresh: Refresh::Always, cache: Cache::None, longest: None }
    }
}

impl ServerCatalog {
    /// The nodes.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Whether it comes from the cache and the server has not said yet that it still holds.
    pub fn is_cached(&self) -> bool {
        self.age.is_some()
    }

    /// How long ago the server last said so; `None` where it was this client that it said it to.
    pub fn age(&self) -> Option<Duration> {
        self.age
    }
}

impl Client {
    /// The server's nodes, from the cache where it holds (`server.py: get_object_info`).
    ///
    /// # Errors
    /// When there is no answer, or one that is no catalog; [`Error::TooLarge`]. Never because of the cache.
    pub async fn catalog(&self, options: &CatalogOptions) -> Result<ServerCatalog, Error> {
        let longest = options.longest.unwrap_or(LONGEST);
        match fetch::fetch(self.http(), None, longest).await? {
            Some(fetched) => Ok(ServerCatalog { catalog: Arc::new(fetched.catalog), age: None }),
            None => Err(Error::malformed("GET /api/object_info", "304 without a tag")),
        }
    }

    /// The answer of `/object_info` as the server writes it, whole and in memory; for whoever keeps it as a file.
    ///
    /// # Errors
    /// When there is no answer; [`Error::TooLarge`] where it has more than 1 GiB.
    pub async fn object_info_text(&self) -> Result<String, Error> {
        let call = Call::get(&["object_info"]);
        let response = self.http().once(&call).await?;
        let bytes = self.http().collect(&call, response, LONGEST).await?;
        // what is no UTF-8 cannot be in JSON that means anything
        String::from_utf8(bytes.into()).map_err(|error| Error::malformed(call.route(), error.to_string()))
    }
}

//! The nodes of a server as a [`Catalog`] of comfy-graph: fetched from `/object_info`, which is read as it comes
//! (`fetch`), and kept for the next time (`store`). What a catalog means is comfy-graph's.

mod fetch;
mod store;

use std::{path::PathBuf, sync::Arc, time::Duration};

use comfy_graph::catalog::Catalog;
use tokio::task::JoinHandle;

use crate::{client::Client, error::Error, http::Call};
use fetch::Fetched;
use store::{About, Kept, Owner, Place};

/// The longest answer that is read without another word, in bytes.
const LONGEST: u64 = 1 << 30;

/// How long the version of a server may take to come after its catalog.
const LONGEST_FOR_VERSION: Duration = Duration::from_secs(1);

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
    /// Before anything is given. A server that is down is an error.
    Always,
    /// Beside: what is in the cache is given at once, and [`ServerCatalog::renewed`] has what the server says.
    #[default]
    Background,
    /// When somebody asks: [`ServerCatalog::revalidate`] and [`ServerCatalog::renewed`]. A server does nothing else while
    /// it makes its answer, so that a job which follows at once would wait for it.
    OnDemand,
    /// Never.
    Never,
}

/// Where catalogs are kept. Files there are for their user only, and no key is in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cache {
    /// In `comfy/catalogs` of the folder that `COMFY_CACHE_DIR` names, or else of the system's folder for what can be
    /// had again: `$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches`, `%LOCALAPPDATA%`.
    #[default]
    User,
    /// In this folder.
    Folder(PathBuf),
    /// Nowhere.
    None,
}

/// The nodes of a server.
///
/// The lists of files in a catalog (models, pictures) change without a word and without a restart. So what a catalog
/// out of the cache has against a prompt is no reason to refuse it: ask [`renewed`](Self::renewed) first, and look
/// again.
///
/// ```no_run
/// # async fn example(client: comfy_client::Client) -> Result<(), comfy_client::Error> {
/// # fn is_fine(_: &comfy_graph::catalog::Catalog) -> bool { true }
/// let mut found = client.catalog(&Default::default()).await?;
/// let mut fine = is_fine(found.catalog());
/// if !fine && found.is_cached() {
///     if let Some(newer) = found.renewed().await? {
///         fine = is_fine(&newer);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ServerCatalog {
    catalog: Arc<Catalog>,
    server_version: Option<String>,
    age: Option<Duration>,
    renewal: Option<Renewal>,
}

/// What is left to be asked of a server.
#[derive(Debug)]
struct Renewal {
    request: Request,
    /// The request that runs; none after it failed.
    running: Option<JoinHandle<Result<Option<ServerCatalog>, Error>>>,
}

/// Everything that asking needs.
#[derive(Clone, Debug)]
struct Request {
    client: Client,
    place: Option<Place>,
    longest: u64,
    /// About the catalog that is there already.
    known: Option<About>,
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

    /// How long ago the server last said so; `None` where this client has heard it.
    pub fn age(&self) -> Option<Duration> {
        self.age
    }

    /// The version that the server said it has when the catalog was fetched (`/system_stats`), such as `0.33.0`.
    pub fn server_version(&self) -> Option<&str> {
        self.server_version.as_deref()
    }

    /// Asks the server beside whether a catalog out of the cache still holds, unless that was asked already. What it says
    /// is kept for the next time, and [`renewed`](Self::renewed) has it.
    pub fn revalidate(&mut self) {
        if let Some(renewal) = &mut self.renewal {
            renewal.running.get_or_insert_with(|| tokio::spawn(renewal.request.clone().run()));
        }
    }

    /// Waits for what the server says of a catalog out of the cache ([`Refresh::Background`]). Gives the new catalog
    /// where its nodes have changed, which then is [`catalog`](Self::catalog), too; `None` where they have not, or
    /// where there is nothing to wait for. After an error the next call asks again. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When there is no answer, or one that is no catalog. The catalog out of the cache is still there.
    pub async fn renewed(&mut self) -> Result<Option<Arc<Catalog>>, Error> {
        let Some(renewal) = &mut self.renewal else { return Ok(None) };
        let running = renewal.running.get_or_insert_with(|| tokio::spawn(renewal.request.clone().run()));
        let answer = running.await;
        // a finished task has nothing more to say
        renewal.running = None;
        let newer = answer.map_err(|error| Error::Setup(Box::new(error)))??;
        self.renewal = None;
        self.age = None;
        Ok(newer.map(|newer| {
            *self = newer;
            Arc::clone(&self.catalog)
        }))
    }
}

impl Client {
    /// The server's nodes, from the cache where it holds (`server.py: get_object_info`).
    ///
    /// # Errors
    /// When there is no answer, or one that is no catalog; [`Error::TooLarge`]. Never because of the cache.
    pub async fn catalog(&self, options: &CatalogOptions) -> Result<ServerCatalog, Error> {
        let longest = options.longest.unwrap_or(LONGEST);
        let server = self.server();
        let owner = Owner { address: server.to_string(), user: self.http().user() };
        let place = Place::new(&options.cache, &server.host(), owner);
        let mut request = Request { client: self.clone(), place, longest, known: None };
        let Some(Kept { catalog, about, age }) = request.load().await else {
            return request.fetch().await;
        };
        let kept = ServerCatalog {
            catalog: Arc::new(catalog),
            server_version: about.server_version.clone(),
            age: Some(age),
            renewal: None,
        };
        request.known = Some(about);
        match options.refresh {
            Refresh::Never => Ok(kept),
            Refresh::Background => {
                let running = Some(tokio::spawn(request.clone().run()));
                Ok(ServerCatalog { renewal: Some(Renewal { request, running }), ..kept })
            }
            Refresh::OnDemand => {
                Ok(ServerCatalog { renewal: Some(Renewal { request, running: None }), ..kept })
            }
            Refresh::Always => {
                let newer = request.run().await?;
                Ok(newer.unwrap_or(ServerCatalog { age: None, ..kept }))
            }
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

impl Request {
    async fn load(&self) -> Option<Kept> {
        let (place, longest) = (self.place.clone()?, self.longest);
        tokio::task::spawn_blocking(move || place.load(longest)).await.ok().flatten()
    }

    /// The server's catalog, whatever is known.
    async fn fetch(mut self) -> Result<ServerCatalog, Error> {
        self.known = None;
        let route = "GET /api/object_info";
        self.run().await?.ok_or_else(|| Error::malformed(route, "it is unchanged, although it is new"))
    }

    /// The server's catalog, where it is not the known one.
    async fn run(self) -> Result<Option<ServerCatalog>, Error> {
        let version = async {
            // only what is kept says it
            match &self.place {
                Some(_) => version(&self.client).await,
                None => None,
            }
        };
        let fetched =
            fetch::fetch(self.client.http(), self.known.as_ref(), self.longest, self.place.as_ref());
        let (fetched, server_version) = both(fetched, version).await?;
        let Some(fetched) = fetched else {
            self.confirm().await;
            return Ok(None);
        };
        // the same with another tag is written down, and nobody needs to know
        let is_known = self.known.as_ref().is_some_and(|known| known.sha256 == fetched.sha256);
        let Fetched { catalog, etag, sha256, unfinished } = fetched;
        if let (Some(place), Some(unfinished)) = (self.place, unfinished) {
            let is_odd = !catalog.diagnostics().is_empty();
            let about = About { etag, sha256, server_version: server_version.clone(), is_odd };
            let kept = tokio::task::spawn_blocking(move || place.finish(unfinished, about)).await;
            if let Ok(Err(error)) = kept {
                tracing::debug!(%error, "the catalog is not kept");
            }
        }
        let newer = ServerCatalog { catalog: Arc::new(catalog), server_version, age: None, renewal: None };
        Ok(Some(newer).filter(|_| !is_known))
    }

    async fn confirm(&self) {
        let Some(place) = self.place.clone() else { return };
        // without it, the catalog only looks older than it is
        let _ = tokio::task::spawn_blocking(move || place.confirm()).await;
    }
}

/// The version, if the server says it.
async fn version(client: &Client) -> Option<String> {
    let stats = client.system_stats().await.ok()?;
    stats.system.comfyui_version
}

/// Both at once; the second is waited for a moment only after the first is there.
async fn both<T>(
    first: impl Future<Output = Result<T, Error>>,
    second: impl Future<Output = Option<String>>,
) -> Result<(T, Option<String>), Error> {
    let (mut first, mut second) = (std::pin::pin!(first), std::pin::pin!(second));
    tokio::select! {
        first = &mut first => {
            let second = tokio::time::timeout(LONGEST_FOR_VERSION, second).await;
            Ok((first?, second.ok().flatten()))
        }
        second = &mut second => Ok((first.await?, second)),
    }
}

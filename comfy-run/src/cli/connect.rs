//! From the command line to a client of a server, and to its nodes.

use anyhow::{Result, bail};
use comfy_client::{CatalogOptions, Client, Refresh, Secret};
use comfy_run::Runner;

use super::args::{Cli, ServerArgs};

/// The longest file that is taken for a key, in bytes.
const LONGEST_KEY: u64 = 64 << 10;

impl ServerArgs {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// When the address is none, or there is no key where one is needed.
    pub(super) fn client(&self) -> Result<Client> {
        let mut builder = Client::builder().cloud(self.cloud).insecure_http(self.insecure_http);
        if let Some(address) = &self.server {
            builder = builder.address(address);
        }
        if let Some(user) = &self.user {
            builder = builder.user(user);
        }
        if let Some(key) = self.key()? {
            builder = builder.partner_key(key);
        }
        Ok(builder.environment().build()?)
    }

    /// The key in the file that was named.
    fn key(&self) -> Result<Option<Secret>> {
        let Some(file) = &self.key_file else { return Ok(None) };
        let length = fs_err::metadata(file)?.len();
        if length > LONGEST_KEY {
            bail!("{} is no file with a key: it has {length} bytes", file.display());
        }
        let key = Secret::new(&fs_err::read_to_string(file)?);
        if key.is_empty() {
            bail!("{} has no key in it", file.display());
        }
        Ok(Some(key))
    }
}

impl Cli {
    /// A runner for the server.
    ///
    /// # Errors
    /// When there is no server, and no catalog of it in the cache.
    pub(super) async fn runner(&self) -> Result<Runner> {
        let client = self.server.client()?;
        let mut options = CatalogOptions::default();
        options.refresh = if self.run.refresh { Refresh::Always } else { Refresh::OnDemand };
        let catalog = client.catalog(&options).await?;
        Ok(Runner::new(client, catalog))
    }
}

//! [`Client`]: one server, and what is known of how to speak with it. What one can ask it is in `routes`, what one can
//! have it do in `run`.

use std::{env, sync::Arc, time::Duration};

use uuid::Uuid;

use crate::{
    address::{DEFAULT_ADDRESS, Server},
    error::Error,
    http::{Http, Limits},
    hub::Hub,
    secret::{Auth, Secret},
    transport::Transport,
};

/// The environment variable that names a server.
pub const SERVER_VARIABLE: &str = "COMFYUI_URL";

/// The environment variable that holds the key of Comfy Cloud and of partner nodes.
pub const KEY_VARIABLE: &str = "COMFY_API_KEY";

/// A client of one server. A clone is the same client: they share one WebSocket.
///
/// ```no_run
/// # async fn example() -> Result<(), comfy_client::Error> {
/// use comfy_client::Client;
///
/// let client = Client::new("http://127.0.0.1:8188")?;
/// println!("{} jobs are waiting", client.queue().await?.pending.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) http: Http,
    /// Whom the server sends the events of our jobs to.
    pub(crate) client_id: String,
    /// What partner nodes are paid with.
    pub(crate) partner_key: Option<Secret>,
    /// Whether nobody between here and the server can read along, or that was agreed to.
    may_carry_keys: bool,
    pub(crate) hub: Hub,
}

/// How to reach a server.
#[derive(Clone, Debug, Default)]
pub struct ClientBuilder {
    address: Option<String>,
    cloud: bool,
    key: Option<Secret>,
    partner_key: Option<Secret>,
    user: Option<String>,
    insecure_http: bool,
    limits: Limits,
    client_id: Option<String>,
}

impl Client {
    /// A client of the server at this address. Nothing is sent yet.
    ///
    /// # Errors
    /// When it is no address.
    pub fn new(address: &str) -> Result<Self, Error> {
        Self::builder().address(address).build()
    }

    /// A client of the server that `COMFYUI_URL` names, or else of [`DEFAULT_ADDRESS`]; with the key in `COMFY_API_KEY`
    /// for Comfy Cloud.
    ///
    /// # Errors
    /// When the variable holds no address.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().environment().build()
    }

    /// A client with more to say about it.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Whose client this is.
    pub fn server(&self) -> &Server {
        &self.inner.http.server
    }

    /// The name under which the server sends events of this client's jobs.
    pub fn client_id(&self) -> &str {
        &self.inner.client_id
    }

    /// The key of partner nodes, to be sent.
    ///
    /// # Errors
    /// When it would go over the network for anyone to read.
    pub(crate) fn partner_key(&self) -> Result<Option<Secret>, Error> {
        match &self.inner.partner_key {
            Some(_) if !self.inner.may_carry_keys => {
                Err(Error::KeyInTheOpen { server: self.server().to_string() })
            }
            key => Ok(key.clone()),
        }
    }

    pub(crate) fn http(&self) -> &Http {
        &self.inner.http
    }
}

impl ClientBuilder {
    /// Where the server is: `http://127.0.0.1:8188`, `host:port`, `https://host/path`. A name and password in it are
    /// sent as HTTP's basic authentication.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Takes what was not said from `COMFYUI_URL` and `COMFY_API_KEY`. The key becomes the one of partner nodes, and, of
    /// Comfy Cloud, the account's.
    #[must_use]
    pub fn environment(mut self) -> Self {
        let said = |name| env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
        if self.address.is_none() && !self.cloud {
            self.address = said(SERVER_VARIABLE);
        }
        self.partner_key = self.partner_key.or_else(|| said(KEY_VARIABLE).map(|key| Secret::new(&key)));
        self
    }

    /// Comfy Cloud, or a server that is spoken to as Comfy Cloud is.
    #[must_use]
    pub fn cloud(mut self, cloud: bool) -> Self {
        self.cloud = cloud;
        self
    }

    /// The key of the account: sent as `X-API-Key` with every request to this server, and to no other.
    #[must_use]
    pub fn key(mut self, key: Secret) -> Self {
        self.key = Some(key);
        self
    }

    /// The key that partner nodes are paid with (`api_key_comfy_org`); it goes with jobs only. Without it, that of the
    /// account.
    #[must_use]
    pub fn partner_key(mut self, key: Secret) -> Self {
        self.partner_key = Some(key);
        self
    }

    /// The user, on a server with several (`Comfy-User`).
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Whether a key may go over the network without encryption.
    #[must_use]
    pub fn insecure_http(mut self, allowed: bool) -> Self {
        self.insecure_http = allowed;
        self
    }

    /// The longest silence in the middle of an answer; two minutes without it. There is no limit on how long an answer
    /// may take as long as something of it comes.
    #[must_use]
    pub fn longest_silence(mut self, silence: Duration) -> Self {
        self.limits.silence = silence;
        self
    }

    /// The longest answer that is kept in memory, in bytes; 256 MiB without it. Files that are saved have no limit.
    #[must_use]
    pub fn longest_answer(mut self, bytes: u64) -> Self {
        self.limits.answer = bytes;
        self
    }

    /// How long a server may take to queue a prompt after the connection broke before its acknowledgement came; five
    /// seconds without it. A job that it does not know of after this is sent again.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.limits.grace = grace;
        self
    }

    /// How often the queue is asked while there is no WebSocket; every second without it. While there is one, a tenth as
    /// often.
    #[must_use]
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.limits.poll = interval;
        self
    }

    /// The name under which the server knows this client; a new one without it.
    #[must_use]
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// When the address is none, or a key would travel in the open.
    pub fn build(self) -> Result<Client, Error> {
        let (server, of_address) = match (&self.address, self.cloud) {
            (Some(address), _) => Server::parse(address)?,
            (None, true) => (Server::comfy_cloud()?, Auth::None),
            (None, false) => Server::parse(DEFAULT_ADDRESS)?,
        };
        let server = if self.cloud { server.into_cloud() } else { server };
        // what pays for partner nodes opens the account, too
        let key = self.key.or_else(|| self.partner_key.clone().filter(|_| server.is_cloud()));
        let auth = match key.filter(|key| !key.is_empty()) {
            Some(key) => Auth::Key(key),
            None if server.is_cloud() => return Err(Error::KeyMissing),
            None => of_address,
        };
        let may_carry_keys = server.is_encrypted() || server.is_loopback() || self.insecure_http;
        // the key of partner nodes goes with some jobs only, so that `submit` says it
        if auth.is_some() && !may_carry_keys {
            return Err(Error::KeyInTheOpen { server: server.to_string() });
        }
        if server.is_encrypted() && !cfg!(feature = "tls") {
            return Err(Error::WithoutTls { server: server.to_string() });
        }
        let transport = Transport::new(&server, self.limits.silence, self.user.as_deref())?;
        let partner_key = self.partner_key.or_else(|| match &auth {
            Auth::Key(key) => Some(key.clone()),
            Auth::None | Auth::Basic(..) => None,
        });
        let client_id = self.client_id.unwrap_or_else(|| Uuid::new_v4().simple().to_string());
        let http = Http::new(transport, server, auth, self.limits);
        Ok(Client {
            inner: Arc::new(Inner { http, client_id, partner_key, may_carry_keys, hub: Hub::default() }),
        })
    }
}

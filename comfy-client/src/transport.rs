//! What carries HTTP: connections and TLS (by rustls with ring). The system's certificates are read only where they are
//! needed: that takes longer than all that a short job needs otherwise.

use std::{sync::OnceLock, time::Duration};

use url::Url;

use crate::{address::Server, error::Error};

/// Connections to a server, and to where it sends us.
#[derive(Debug)]
pub(crate) struct Transport {
    own: reqwest::Client,
    /// Of a server without TLS: to hosts that have it.
    encrypted: OnceLock<reqwest::Client>,
    settings: Settings,
}

#[derive(Clone, Debug)]
struct Settings {
    is_loopback: bool,
    is_encrypted: bool,
    silence: Duration,
    user: Option<String>,
}

impl Transport {
    pub(crate) fn new(server: &Server, silence: Duration, user: Option<&str>) -> Result<Self, Error> {
        let settings = Settings {
            is_loopback: server.is_loopback(),
            is_encrypted: server.is_encrypted(),
            silence,
            user: user.map(str::to_owned),
        };
        let own = settings.client(settings.is_encrypted)?;
        Ok(Self { own, encrypted: OnceLock::new(), settings })
    }

    /// The user, on a server with several.
    pub(crate) fn user(&self) -> Option<&str> {
        self.settings.user.as_deref()
    }

    /// The client for an address.
    pub(crate) fn client_for(&self, url: &Url) -> Result<&reqwest::Client, Error> {
        if self.settings.is_encrypted || url.scheme() != "https" {
            return Ok(&self.own);
        }
        if let Some(client) = self.encrypted.get() {
            return Ok(client);
        }
        // a host elsewhere needs no name of a user here
        let settings = Settings { is_loopback: false, user: None, ..self.settings.clone() };
        let client = settings.client(true)?;
        Ok(self.encrypted.get_or_init(|| client))
    }
}

impl Settings {
    fn client(&self, trusts_system: bool) -> Result<reqwest::Client, Error> {
        let mut headers = reqwest::header::HeaderMap::new();
        if let Some(user) = &self.user {
            let value = user.parse().map_err(|_| Error::Setup("the user's name cannot be sent".into()))?;
            headers.insert("comfy-user", value);
        }
        let client = reqwest::Client::builder()
            .user_agent(concat!("comfy-client/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(Duration::from_secs(10).min(self.silence))
            .read_timeout(self.silence)
            // they are followed by `Http`, which knows where the key may go
            .redirect(reqwest::redirect::Policy::none());
        // what a machine says to itself goes through no proxy
        let client = if self.is_loopback { client.no_proxy() } else { client };
        #[cfg(feature = "tls")]
        let client = client.tls_backend_preconfigured(if trusts_system {
            trusting_the_system()?
        } else {
            trusting_nobody()?
        });
        #[cfg(not(feature = "tls"))]
        let _ = trusts_system;
        client.build().map_err(|error| Error::Setup(Box::new(error)))
    }
}

/// TLS with the certificates that the system trusts.
#[cfg(feature = "tls")]
pub(crate) fn trusting_the_system() -> Result<rustls::ClientConfig, Error> {
    use rustls_platform_verifier::BuilderVerifierExt as _;

    let config = builder()?.with_platform_verifier().map_err(|error| Error::Setup(Box::new(error)))?;
    Ok(config.with_no_client_auth())
}

/// For a client that speaks without TLS only; the library wants a configuration all the same.
#[cfg(feature = "tls")]
fn trusting_nobody() -> Result<rustls::ClientConfig, Error> {
    Ok(builder()?.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

#[cfg(feature = "tls")]
fn builder() -> Result<rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier>, Error> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Setup(Box::new(error)))
}

//! TLS by rustls, with ring, and the certificates that the system trusts.

use std::sync::Arc;

use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::error::Error;

/// What HTTP and the WebSocket share.
pub(crate) fn config() -> Result<ClientConfig, Error> {
    let failed = |error: rustls::Error| Error::Setup(Box::new(error));
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(failed)?;
    Ok(config.with_no_client_auth())
}

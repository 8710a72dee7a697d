//! Keys. The only type that holds one, and the only places that look inside.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

/// A key of an account or a password. It shows itself as `***`, whoever prints it, and is wiped from memory at its end.
///
/// ```
/// use comfy_client::Secret;
///
/// let key = Secret::new("comfyui-1234");
/// assert_eq!(format!("{key} {key:?}"), "*** ***");
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a key. White space around it, as a file has at its end, is no part of it.
    pub fn new(key: &str) -> Self {
        Self(SecretString::from(key.trim()))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }

    /// The key itself, for the request that carries it.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<&str> for Secret {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

/// What a request says to be let in.
#[derive(Clone, Debug, Default)]
pub(crate) enum Auth {
    /// Nothing: a server on this machine or in this network.
    #[default]
    None,
    /// `X-API-Key`, as Comfy Cloud wants it.
    Key(Secret),
    /// Name and password, out of an address like `http://name:password@host`.
    Basic(String, Secret),
}

impl Auth {
    /// Whether there is anything to keep from others.
    pub(crate) fn is_some(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// The header, by name and value.
    pub(crate) fn header(&self) -> Option<(&'static str, String)> {
        use base64::Engine as _;

        match self {
            Self::None => None,
            Self::Key(key) => Some(("x-api-key", key.expose().to_owned())),
            Self::Basic(name, password) => {
                let both = format!("{name}:{}", password.expose());
                let encoded = base64::engine::general_purpose::STANDARD.encode(both);
                Some(("authorization", format!("Basic {encoded}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_key() {
        let auth = Auth::Basic("me".into(), Secret::new("hunter2\n"));
        assert!(!format!("{auth:?}").contains("hunter2"));
        assert_eq!(auth.header().map(|(_, value)| value).as_deref(), Some("Basic bWU6aHVudGVyMg=="));
    }
}

//! Where a server is: [`Server`], an address without secrets, and the addresses of its routes.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

use crate::secret::{Auth, Secret};

/// The address of Comfy Cloud.
const CLOUD: &str = "https://cloud.comfy.org";

/// The address of a server that was started without options.
pub const DEFAULT_ADDRESS: &str = "http://127.0.0.1:8188";

/// A server's address. It never holds a key: name and password of an address are taken out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// With a path that ends in `/`.
    base: Url,
    cloud: bool,
}

/// Why a text is no address of a server.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// It is no URL at all.
    #[error("`{0}` is no address of a server; write it like {DEFAULT_ADDRESS}")]
    NotAUrl(String),
    /// It has another scheme.
    #[error("`{0}:` is no protocol of ComfyUI; addresses begin with http:// or https://")]
    Scheme(String),
}

impl Server {
    /// Reads an address: `http://127.0.0.1:8188`, `localhost:8188`, `https://host/behind/a/proxy`. A trailing `/api`,
    /// `/object_info` or `/` means nothing. Gives the name and password that the address had, too.
    pub(crate) fn parse(text: &str) -> Result<(Self, Auth), AddressError> {
        let text = text.trim();
        let spelled = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        // the text may hold a password
        let mut base = Url::parse(&spelled).map_err(|_| AddressError::NotAUrl(without_password(text)))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(AddressError::Scheme(base.scheme().to_owned()));
        }
        if base.host().is_none() {
            return Err(AddressError::NotAUrl(without_password(text)));
        }
        let auth = match (base.username(), base.password()) {
            ("", None) => Auth::None,
            (name, password) => {
                Auth::Basic(decoded(name), Secret::new(&decoded(password.unwrap_or_default())))
            }
        };
        // neither can fail on an address with a host
        let _ = base.set_username("");
        let _ = base.set_password(None);
        base.set_query(None);
        base.set_fragment(None);
        let mut path = base.path().trim_end_matches('/').to_owned();
        for route in ["/object_info", "/api"] {
            path = path.strip_suffix(route).map_or(path.clone(), str::to_owned);
        }
        base.set_path(&format!("{path}/"));
        let cloud = base.host_str().is_some_and(|host| host == "comfy.org" || host.ends_with(".comfy.org"));
        Ok((Self { base, cloud }, auth))
    }

    /// Comfy Cloud.
    pub(crate) fn comfy_cloud() -> Result<Self, AddressError> {
        Self::parse(CLOUD).map(|(server, _)| server)
    }

    /// The same address, spoken to as Comfy Cloud is.
    #[must_use]
    pub(crate) fn into_cloud(mut self) -> Self {
        self.cloud = true;
        self
    }

    /// Whether it is spoken to as Comfy Cloud is: routes under `/api` only, and a key.
    pub fn is_cloud(&self) -> bool {
        self.cloud
    }

    /// Whether what is sent to it is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        match self.base.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }

    /// The address of a route, from the parts of its path; each is encoded, so that no part can lead elsewhere.
    pub(crate) fn route(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        // an address with a host can have a path
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("api").extend(parts);
        }
        url
    }

    /// The same for the few routes that have no `/api`.
    pub(crate) fn route_without_api(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    /// The address of the WebSocket. With a key it has that key in it, as Comfy Cloud wants it, so nothing may print it.
    pub(crate) fn socket(&self, client_id: &str, key: Option<&Secret>) -> Url {
        let mut url = self.base.clone();
        // both are special schemes, between which it can change
        let _ = url.set_scheme(if self.is_encrypted() { "wss" } else { "ws" });
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("ws");
        }
        let mut query = url.query_pairs_mut();
        query.append_pair("clientId", client_id);
        if let Some(key) = key {
            query.append_pair("token", key.expose());
        }
        drop(query);
        url
    }

    /// `host:port`, for names of files and lists.
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }
}

/// As people write it: without the slash at the end.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str().trim_end_matches('/'))
    }
}

/// An address that cannot be read, without what may be a password.
fn without_password(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => text.to_owned(),
    }
}

/// A part of an address with its `%XX` read.
fn decoded(part: &str) -> String {
    let pair = format!("x={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Server {
        Server::parse(text).expect("an address").0
    }

    #[test]
    fn addresses_are_written_in_many_ways() {
        for text in [
            "http://127.0.0.1:8188",
            "127.0.0.1:8188",
            "http://127.0.0.1:8188/",
            "http://127.0.0.1:8188/api/",
            "http://127.0.0.1:8188/object_info",
            "http://127.0.0.1:8188/api/object_info?x=1#y",
        ] {
            assert_eq!(server(text).to_string(), "http://127.0.0.1:8188", "{text}");
        }
        assert_eq!(
            server("https://host/comfy").route(&["jobs", "a/b"]).as_str(),
            "https://host/comfy/api/jobs/a%2Fb"
        );
        assert_eq!(server("https://host/comfy").socket("1", None).as_str(), "wss://host/comfy/ws?clientId=1");
    }

    #[test]
    fn passwords_leave_the_address() {
        let (server, auth) = Server::parse("http://me:p%40ss+1@host:80/").expect("an address");
        assert_eq!(server.to_string(), "http://host");
        assert!(matches!(auth, Auth::Basic(name, password) if name == "me" && password.expose() == "p@ss+1"));
        let error = Server::parse("http://me:secret@:99999").expect_err("no port");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn loopback_and_cloud_are_known() {
        assert!(server("localhost:8188").is_loopback() && server("http://[::1]:1").is_loopback());
        assert!(!server("192.168.0.1:8188").is_loopback());
        assert!(server("https://cloud.comfy.org").is_cloud() && !server("https://notcomfy.org").is_cloud());
        assert!(matches!(Server::parse("ftp://host"), Err(AddressError::Scheme(_))));
    }
}

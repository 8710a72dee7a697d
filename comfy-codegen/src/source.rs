//! Where a catalog comes from: a file, a server, or this program. The only place of this crate that reads one.

use std::path::{Path, PathBuf};

use comfy_graph::catalog::Catalog;

use crate::Error;

/// The environment variable that names a server.
pub(crate) const VARIABLE: &str = "COMFYUI_URL";

/// Where the nodes are taken from.
#[derive(Debug, Default)]
pub(crate) enum Origin {
    /// The server of [`VARIABLE`], else the bundled catalog.
    #[default]
    Environment,
    /// The server of [`VARIABLE`], else this file.
    Snapshot(PathBuf),
    Catalog(Box<Catalog>),
    File(PathBuf),
    Server(String),
}

impl Origin {
    /// Whether the environment decides.
    pub(crate) fn asks_environment(&self) -> bool {
        matches!(self, Self::Environment | Self::Snapshot(_))
    }

    /// The file that is read if no server is asked.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Snapshot(path) | Self::File(path) => Some(path),
            Self::Environment | Self::Catalog(_) | Self::Server(_) => None,
        }
    }

    /// The catalog; `variable` is the value of [`VARIABLE`].
    pub(crate) fn catalog(self, variable: Option<String>) -> Result<Catalog, Error> {
        let server = variable.filter(|server| !server.is_empty());
        match (self, server) {
            (Self::Environment | Self::Snapshot(_), Some(server)) => fetch(&server),
            (Self::Environment, None) => Ok(Catalog::bundled()),
            (Self::Snapshot(path) | Self::File(path), _) => read(&path),
            (Self::Catalog(catalog), _) => Ok(*catalog),
            (Self::Server(url), _) => fetch(&url),
        }
    }
}

/// Reads the saved answer of `GET /object_info`.
fn read(path: &Path) -> Result<Catalog, Error> {
    let text = fs_err::read_to_string(path).map_err(|source| Error::Read { path: path.into(), source })?;
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, origin: &str) -> Result<Catalog, Error> {
    Catalog::from_object_info(text).map_err(|source| Error::Catalog {
        origin: origin.to_owned(),
        begins: text
            .trim_start()
            .chars()
            .take(40)
            .collect::<String>()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
        source,
    })
}

fn fetch(server: &str) -> Result<Catalog, Error> {
    parse(&answer(server)?, &object_info_url(server))
}

/// What a server answers to `GET /object_info`. The address is that of the server, or of the route; with the key in
/// `COMFY_API_KEY` where the server wants one.
#[cfg(feature = "fetch")]
pub(crate) fn answer(server: &str) -> Result<String, Error> {
    use comfy_client::{Client, Error as ClientError, blocking};

    let failed = |source: ClientError| match source {
        ClientError::Status { status, message, .. } => {
            Error::Status { url: object_info_url(server), status: format!("{status} {message}") }
        }
        ClientError::NotFound { message, .. } => {
            Error::Status { url: object_info_url(server), status: format!("404 {message}") }
        }
        _ => Error::Fetch { url: object_info_url(server), source: Box::new(source) },
    };
    let client = Client::builder().address(server).environment().build().map_err(failed)?;
    let client = blocking::Client::try_from(client).map_err(failed)?;
    client.wait(client.inner().object_info_text()).map_err(failed)
}

/// Without the feature there is only the reason.
#[cfg(not(feature = "fetch"))]
pub(crate) fn answer(server: &str) -> Result<String, Error> {
    Err(Error::WithoutFetch { url: object_info_url(server) })
}

fn object_info_url(server: &str) -> String {
    let server = server.trim_end_matches('/');
    if server.ends_with("/object_info") { server.to_owned() } else { format!("{server}/object_info") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_addressed_with_or_without_the_route() {
        for server in ["http://127.0.0.1:8188", "http://127.0.0.1:8188/", "http://127.0.0.1:8188/object_info"]
        {
            assert_eq!(object_info_url(server), "http://127.0.0.1:8188/object_info");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = read(Path::new("no/such/file.json")).expect_err("there is no such file");
        assert!(error.to_string().contains("file.json"), "{error}");
    }

    #[test]
    fn a_server_in_the_environment_comes_first_and_is_never_passed_over_silently() {
        let dead = || Some("http://127.0.0.1:9".to_owned());
        assert!(Origin::Snapshot("object_info.json".into()).catalog(dead()).is_err());
        assert!(Origin::Environment.catalog(dead()).is_err());
        assert!(
            Origin::Environment
                .catalog(Some(String::new()))
                .is_ok_and(|catalog| catalog.contains("KSampler"))
        );
        let explicit = Origin::Catalog(Box::default()).catalog(dead());
        assert!(explicit.is_ok_and(|catalog| catalog.is_empty()), "what the program names wins");
    }
}

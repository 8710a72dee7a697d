//! Where a catalog comes from: a file, a server, or this program. The only place of this crate that reads.

use std::path::Path;

use comfy_graph::catalog::Catalog;

use crate::Error;

/// Reads the saved answer of `GET /object_info`.
pub(crate) fn read(path: &Path) -> Result<Catalog, Error> {
    let text = fs_err::read_to_string(path).map_err(|source| Error::Read { path: path.into(), source })?;
    parse(&text, &path.display().to_string())
}

fn parse(text: &str, origin: &str) -> Result<Catalog, Error> {
    Catalog::from_object_info(text).map_err(|source| Error::Catalog { origin: origin.to_owned(), source })
}

/// Asks a server for its nodes. The address is that of the server, or of its `/object_info`.
#[cfg(feature = "fetch")]
pub(crate) fn fetch(server: &str) -> Result<Catalog, Error> {
    let url = object_info_url(server);
    let failed = |source: reqwest::Error| Error::Fetch { url: url.clone(), source: source.into() };
    // a server with many packs takes seconds to list its files
    let client = reqwest::blocking::Client::builder().timeout(std::time::Duration::from_secs(60)).build();
    let answer = client.map_err(failed)?.get(&url).send().map_err(failed)?;
    let text = answer.error_for_status().map_err(failed)?.text().map_err(failed)?;
    parse(&text, &url)
}

/// Without the feature there is only the reason.
#[cfg(not(feature = "fetch"))]
pub(crate) fn fetch(server: &str) -> Result<Catalog, Error> {
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
}

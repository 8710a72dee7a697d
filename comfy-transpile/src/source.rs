//! Where the program's texts come from: files, standard input, a server.

use std::{
    io::{self, Read as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use comfy_graph::catalog::Catalog;

/// The text of a file, or of standard input for `-`.
pub(crate) fn text(file: &Path) -> Result<String> {
    let bytes = if is_stdin(file) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).context("standard input cannot be read")?;
        bytes
    } else {
        fs_err::read(file)?
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if error.as_bytes().starts_with(b"\x89PNG") => {
            bail!("{} is a picture; save the workflow in it as JSON first", file.display())
        }
        Err(_) => bail!("{} is not text in UTF-8", file.display()),
    }
}

pub(crate) fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

/// The catalog of `--catalog`, and whether its lists of files are those of a real server.
pub(crate) fn catalog(source: &str) -> Result<(Catalog, bool)> {
    if source == "bundled" {
        return Ok((Catalog::bundled(), false));
    }
    let text = if source.starts_with("http://") || source.starts_with("https://") {
        fetch(source)?
    } else {
        fs_err::read_to_string(source)?
    };
    let catalog = Catalog::from_object_info(&text).with_context(|| format!("{source} is no catalog"))?;
    if catalog.is_empty() {
        bail!("{source} is no catalog: it has no node types");
    }
    Ok((catalog, true))
}

#[cfg(feature = "fetch")]
fn fetch(address: &str) -> Result<String> {
    use std::time::Duration;

    use reqwest::blocking::{Client, Response};

    // a server's root is as good as the address of the route itself
    let root = address.trim_end_matches('/');
    let url = if root.ends_with("/object_info") { root.to_owned() } else { format!("{root}/object_info") };
    let client = Client::builder().connect_timeout(Duration::from_secs(10)).timeout(Duration::from_secs(120));
    let answer = client.build()?.get(&url).send().and_then(Response::error_for_status);
    answer
        .and_then(Response::text)
        .map_err(reqwest::Error::without_url)
        .with_context(|| format!("no answer from {url}; does ComfyUI run there?"))
}

#[cfg(not(feature = "fetch"))]
fn fetch(address: &str) -> Result<String> {
    bail!("{address}: this program was built without the feature `fetch`; save the catalog to a file first")
}

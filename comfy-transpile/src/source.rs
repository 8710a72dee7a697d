//! Where the program's texts come from: files, standard input, a server.

use std::{
    io::{self, Read as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use comfy_graph::{catalog::Catalog, front};
use comfy_transpile::{
    NameLock,
    media::{self, From},
};

/// How much of a file tells what it is, and how much of it is needed.
const START: u64 = 64;

/// The greatest length of a document, in bytes; one more is read, so that the reader refuses it.
const MOST_TEXT: u64 = front::MAX_BYTES as u64;

/// The greatest length of a media file whose header does not tell how much of it is needed, and of a catalog.
const MOST: u64 = 1 << 30;

/// A document in the text of a workflow or prompt.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) text: String,
    /// It came out of a media file.
    pub(crate) carried: bool,
}

/// The text of a file, or of standard input for `-`: its own, or the document that it carries as a media file.
pub(crate) fn read(file: &Path, from: From) -> Result<Document> {
    let bytes = if is_stdin(file) {
        read_bytes(io::stdin().lock()).context("standard input cannot be read")?
    } else {
        let opened = fs_err::File::open(file)?;
        read_bytes(opened)?
    };
    if media::sniff(&bytes).is_some() {
        let text = media::text(&bytes, from).with_context(|| format!("{} cannot be used", name(file)))?;
        return Ok(Document { text, carried: true });
    }
    if bytes.len() > front::MAX_BYTES {
        bail!("{} has more than {MOST_TEXT} bytes, which is more than is read of a document", name(file));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Document { text, carried: false }),
        Err(_) => {
            bail!("{} is neither text in UTF-8 nor a media file that could carry a workflow", name(file))
        }
    }
}

/// All that is needed of a file: of models, which have gigabytes, the header.
fn read_bytes(mut file: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.by_ref().take(START).read_to_end(&mut bytes)?;
    let most = if media::sniff(&bytes).is_some() { MOST } else { MOST_TEXT + 1 };
    let needed = media::bytes_needed(&bytes).unwrap_or(most);
    file.take(needed.saturating_sub(START)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn name(file: &Path) -> String {
    if is_stdin(file) { "standard input".to_owned() } else { file.display().to_string() }
}

pub(crate) fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

/// The catalog of `--catalog`, and whether its lists of files are those of a real server.
pub(crate) fn catalog(source: &str) -> Result<(Catalog, bool)> {
    if source == "bundled" {
        return Ok((Catalog::bundled(), false));
    }
    if source == "none" {
        return Ok((Catalog::default(), false));
    }
    let text = if source.starts_with("http://") || source.starts_with("https://") {
        fetch(source)?
    } else {
        let mut text = String::new();
        fs_err::File::open(source)?.take(MOST).read_to_string(&mut text)?;
        text
    };
    let catalog = Catalog::from_object_info(&text).with_context(|| format!("{source} is no catalog"))?;
    if catalog.is_empty() {
        bail!("{source} is no catalog: it has no node types");
    }
    Ok((catalog, true))
}

/// The names that a lock file keeps.
pub(crate) fn lock(file: &Path) -> Result<NameLock> {
    let text = fs_err::read_to_string(file)?;
    NameLock::parse(&text).with_context(|| format!("{} is no lock file of comfy-codegen", file.display()))
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

//! `cargo xtask catalog`: the catalog inside the library, from a server's answer.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use comfy_graph::catalog::{Catalog, bundle};
use lexopt::prelude::*;

/// Where the library includes the catalog from.
const BUNDLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../comfy-graph/data/core.catalog");

pub(crate) fn run(mut parser: lexopt::Parser) -> Result<()> {
    let (mut source, mut output) = (None, PathBuf::from(BUNDLED));
    while let Some(argument) = parser.next()? {
        match argument {
            Short('o') | Long("output") => output = parser.value()?.into(),
            Value(value) if source.is_none() => source = Some(value.string()?),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let source = source.context("of which FILE or URL?")?;
    let object_info: serde_json::Value = serde_json::from_str(&read(&source)?)
        .with_context(|| format!("{source} does not hold the JSON of /object_info"))?;
    let packed = bundle::pack(&object_info)?;
    let classes = check(&packed, &object_info)?;
    fs_err::write(&output, &packed)?;
    #[allow(clippy::print_stdout, reason = "this is a program")]
    {
        println!("{}: {classes} classes, {} bytes", output.display(), packed.len());
    }
    Ok(())
}

fn read(source: &str) -> Result<String> {
    if !source.starts_with("http://") && !source.starts_with("https://") {
        return Ok(fs_err::read_to_string(Path::new(source))?);
    }
    let client = comfy_client::blocking::Client::new(source)?;
    Ok(client.wait(client.inner().object_info_text())?)
}

/// What was packed comes out again, every class of it.
fn check(packed: &[u8], object_info: &serde_json::Value) -> Result<usize> {
    let catalog = Catalog::from_bundle(packed)?;
    let (wanted, found) = (object_info.as_object().map_or(0, serde_json::Map::len), catalog.iter().count());
    if wanted != found {
        bail!("of {wanted} classes {found} could be packed");
    }
    Ok(found)
}

//! The client's scenarios on a real ComfyUI: run there, or written down into `tests/recordings` for the tests to play back.

use std::process::Command;

use anyhow::{Result, bail};
use lexopt::prelude::*;

/// The server that is asked without another word.
const SERVER: &str = "http://127.0.0.1:8188";

/// `cargo xtask live`: all scenarios, the tests of every route, and what the validator says, on a running server.
pub(crate) fn live(mut parser: lexopt::Parser) -> Result<()> {
    if let Some(argument) = parser.next()? {
        return Err(argument.unexpected().into());
    }
    cargo(
        &["test", "-p", "comfy-client", "--test", "it", "--", "--ignored", "--nocapture", "scenarios::live"],
        &[],
    )?;
    cargo(&["test", "-p", "comfy-client", "--test", "it", "--", "routes", "catalog"], &[])?;
    cargo(&["test", "-p", "comfy-tests", "--test", "it", "--", "live"], &[])
}

/// `cargo xtask record [NAME…]`: writes recordings anew, all or those that are named.
pub(crate) fn record(mut parser: lexopt::Parser) -> Result<()> {
    let mut names = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let names = names.join(",");
    let words =
        ["test", "-p", "comfy-client", "--test", "it", "--", "--ignored", "--nocapture", "scenarios::record"];
    cargo(&words, &[("COMFY_RECORD", &names)])?;
    // what was written has to hold, and to tell nothing of the machine
    cargo(&["test", "-p", "comfy-client", "--test", "it", "--", "scenarios"], &[])
}

fn cargo(words: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let server = std::env::var("COMFYUI_URL").unwrap_or_else(|_| SERVER.to_owned());
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(words).env("COMFYUI_URL", server).envs(variables.iter().copied());
    if !cargo.status()?.success() {
        bail!("cargo {} failed", words.join(" "));
    }
    Ok(())
}

//! `cargo xtask frontend`: what the real frontend makes of our workflows.
//!
//! ComfyUI's own frontend is installed with pip and opened in Chromium, in front of a stub of a server (`server`).
//! It loads workflows and makes prompts of them (`browser`); what it makes is compared with what we make and with the
//! recorded prompts of the corpus (`routes`).

mod browser;
pub(crate) mod install;
mod routes;
mod server;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use routes::Route;

/// What the command line asks for.
struct Asked {
    routes: Vec<Route>,
    /// Every how manieth case.
    every: usize,
    /// Cases whose name has this in it.
    only: Option<String>,
    /// Show every difference.
    verbose: bool,
    /// Without Chromium, say so and be content.
    optional: bool,
    /// The version of the frontend.
    version: String,
}

pub(crate) fn run(mut parser: lexopt::Parser) -> Result<()> {
    let mut asked = Asked {
        routes: Vec::new(),
        every: 1,
        only: None,
        verbose: false,
        optional: false,
        version: install::FRONTEND.to_owned(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("every") => asked.every = parser.value()?.parse()?,
            Long("only") => asked.only = Some(parser.value()?.string()?),
            Long("frontend") => asked.version = parser.value()?.string()?,
            Long("optional") => asked.optional = true,
            Short('v') | Long("verbose") => asked.verbose = true,
            Value(word) => asked.routes.push(Route::parse(&word.string()?)?),
            _ => return Err(argument.unexpected().into()),
        }
    }
    if asked.routes.is_empty() {
        asked.routes = Route::ALL.to_vec();
    }
    let installed = match install::install(&asked.version) {
        Ok(installed) => installed,
        Err(error) if asked.optional => {
            say(&format!("SKIPPED: the real frontend cannot be installed here: {error:#}"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let mut failed = 0;
    for route in &asked.routes {
        failed += routes::run(*route, &asked, &installed)?;
    }
    if failed > 0 {
        bail!("{failed} workflows differ");
    }
    Ok(())
}

/// One line for whoever called.
pub(crate) fn say(line: &str) {
    #[allow(clippy::print_stdout, reason = "this is a program")]
    {
        println!("{line}");
    }
}

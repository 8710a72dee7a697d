//! `comfy-codegen`: writes a package of typed nodes.
//!
//! Exit codes: 0 done, 2 could not.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Parser;
use comfy_codegen::Config;

/// Writes a Rust package with a typed builder for every node of a ComfyUI server.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// `bundled`, a saved answer of `/object_info`, or the address of a server (http://…)
    #[arg(long, default_value = "bundled")]
    catalog: String,
    /// The folder of the package
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// These classes only (comma-separated, or repeated)
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    only: Vec<String>,
    /// The classes of this category only
    #[arg(long, value_name = "CATEGORY")]
    category: Vec<String>,
    /// The name of the package
    #[arg(long, default_value = "nodes")]
    package: String,
    /// The folder of comfy-dsl, if not the released version
    #[arg(long, value_name = "DIR")]
    runtime: Option<PathBuf>,
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut config = Config::new().only(arguments.only).package(arguments.package);
    config = match arguments.catalog.as_str() {
        "bundled" => config.bundled(),
        url if url.starts_with("http://") || url.starts_with("https://") => config.url(url),
        file => config.catalog_file(file),
    };
    for category in arguments.category {
        config = config.category(category);
    }
    if let Some(runtime) = arguments.runtime {
        let runtime = runtime.canonicalize().with_context(|| format!("no folder {}", runtime.display()))?;
        config = config.runtime(runtime);
    }
    config.generate()?.write(&arguments.output)?;
    Ok(())
}

#[allow(clippy::print_stderr, reason = "a program talks to its user")]
fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

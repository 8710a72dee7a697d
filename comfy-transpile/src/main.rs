//! `comfy-transpile workflow.json > flow.rs`

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            cli::complain(&format!("error: {error:#}\n"));
            ExitCode::from(2)
        }
    }
}

//! Chores of this repository: `cargo xtask COMMAND`.
//!
//! Each command is a module; this file only reads the command line.

mod bench_codegen;
mod catalog;
mod faults;
mod frontend;
mod live;
mod templates;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::*;

const HELP: &str = "\
Usage: cargo xtask COMMAND

Commands:
  bench-codegen [FILE] [--runs N]
                              What the generated package costs rustc, of the bundled
                              catalog or of a saved answer of /object_info
  catalog FILE|URL [-o OUT]   Write the bundled catalog from an answer of /object_info
                              (OUT: comfy-graph/data/core.catalog)
  faults [FOLDER] [--catalog FILE] [--seed N] [--each N] [--show KIND] [--families]
                              Plant mistakes in the valid workflows of a folder (of the corpus without one) and
                              print how many are refused and how often the advice names what was there
  frontend [api] [ui] [templates] [--every N] [--only NAME] [--frontend VERSION] [-v] [--optional]
                              Show workflows to the real frontend (1.58.1 without a version), which is installed
                              for it, and compare the prompts that it makes of them
  templates [FOLDER] [--catalog FILE] [--only NAME] [-v]
                              Bring the newest official templates and send them along every route with the bundled
                              catalog; what gets lost is an error
  live                        Run the client's scenarios and routes on the ComfyUI that COMFYUI_URL names
                              (http://127.0.0.1:8188 without it)
  record [NAME...]            Write down what is said there into tests/recordings, which the tests play back
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[allow(clippy::print_stderr, reason = "this is a program")]
            {
                eprintln!("error: {error:#}");
            }
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<()> {
    let mut parser = lexopt::Parser::from_env();
    match parser.next()? {
        Some(Short('h') | Long("help")) => {
            #[allow(clippy::print_stdout, reason = "this is a program")]
            {
                print!("{HELP}");
            }
            Ok(())
        }
        Some(Value(command)) if command == "bench-codegen" => bench_codegen::run(parser),
        Some(Value(command)) if command == "catalog" => catalog::run(parser),
        Some(Value(command)) if command == "faults" => faults::run(parser),
        Some(Value(command)) if command == "frontend" => frontend::run(parser),
        Some(Value(command)) if command == "live" => live::live(parser),
        Some(Value(command)) if command == "templates" => templates::run(parser),
        Some(Value(command)) if command == "record" => live::record(parser),
        Some(Value(command)) => bail!("there is no command {}; see cargo xtask --help", command.display()),
        Some(argument) => Err(argument.unexpected().into()),
        None => bail!("which command? See cargo xtask --help"),
    }
}

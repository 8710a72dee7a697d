//! Prints the prompt of a flow whose nodes the build script generates.
#![allow(clippy::wildcard_imports, reason = "flows name many nodes")]

mod flow;
mod nodes {
    include!(concat!(env!("OUT_DIR"), "/nodes.rs"));
}

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]
fn main() -> std::process::ExitCode {
    let g = comfy_dsl::Flow::new();
    flow::flow(&g);
    match g.build() {
        Ok(prompt) => {
            println!("{prompt:#}");
            std::process::ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in problems {
                eprintln!("{}", problem.message);
            }
            std::process::ExitCode::FAILURE
        }
    }
}

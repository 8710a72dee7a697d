//! Runs a stub until standard input ends: `cargo run -p comfy-test-server --example stub`.

use std::io::Read;

use comfy_test_server::stub::{Stub, StubOptions};

fn main() -> std::io::Result<()> {
    let options = StubOptions {
        models: [("checkpoints".to_owned(), vec!["a.safetensors".to_owned()])].into(),
        ..StubOptions::default()
    };
    let stub = Stub::start(options)?;
    #[expect(clippy::print_stdout, reason = "a program")]
    {
        println!("{}", stub.url());
    }
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

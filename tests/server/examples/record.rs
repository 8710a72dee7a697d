//! Records what is said to a server through a proxy until standard input ends:
//! `cargo run -p comfy-test-server --example record -- 127.0.0.1:8188 recording.jsonl`.

use std::io::{Error, Read};
use std::net::SocketAddr;

use comfy_test_server::record::Recorder;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let upstream = arguments.next().and_then(|text| text.parse::<SocketAddr>().ok());
    let (Some(upstream), Some(file)) = (upstream, arguments.next()) else {
        return Err(Error::other("usage: record ADDRESS:PORT FILE"));
    };
    let recorder = Recorder::start(upstream)?;
    #[expect(clippy::print_stdout, reason = "a program")]
    {
        println!("{}", recorder.url());
    }
    std::io::stdin().read_to_end(&mut Vec::new())?;
    std::fs::write(file, recorder.recording().to_lines())
}

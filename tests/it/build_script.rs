//! The example with a build script: against a server, offline, and what it says when neither works.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
    thread,
};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/build-script")
}

/// Builds and runs the example; without `server` from its snapshot.
fn run(server: Option<&str>) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--offline"]).current_dir(example()).env_remove("COMFYUI_URL");
    if let Some(server) = server {
        cargo.env("COMFYUI_URL", server);
    }
    cargo.output().expect("cargo runs")
}

/// The address of a server that gives this answer to everybody, for as long as the test runs.
fn serve(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let head =
                BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            let route = head.collect::<Vec<_>>().concat();
            let (status, body) = if route.starts_with("GET /api/object_info ") {
                (status, body.as_str())
            } else {
                ("404 Not Found", "")
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    address
}

fn width(output: &Output) -> serde_json::Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
    let prompt: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a prompt");
    prompt["4"]["inputs"]["width"].clone()
}

#[test]
fn a_build_script_takes_its_nodes_from_a_server_or_from_the_snapshot() {
    let snapshot = fs::read_to_string(example().join("object_info.json")).expect("the snapshot");
    assert_eq!(width(&run(None)), 512, "offline");
    let other = snapshot.replacen(r#"{"default": 512"#, r#"{"default": 640"#, 1);
    let server = serve("200 OK", other);
    assert_eq!(width(&run(Some(&server))), 640, "the server's default");
    assert_eq!(width(&run(None)), 512, "offline again");
    for (server, said) in [
        ("http://127.0.0.1:9".to_owned(), "is the server running?"),
        (serve("500 Internal Server Error", String::new()), "answers 500 Internal Server Error"),
        (serve("200 OK", "<html>".to_owned()), "this begins with `<html>`"),
    ] {
        let failed = run(Some(&server));
        let text = String::from_utf8_lossy(&failed.stderr);
        assert!(!failed.status.success() && text.contains(said), "{text}");
    }
}

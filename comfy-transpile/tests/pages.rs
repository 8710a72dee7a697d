//! The pages on the diagnostic codes (`docs/diagnostics`) are true: there is one for each, it says of its code what the
//! registry says, and its example, run through the program, gives the output on the page.
//!
//! A block ```` ```json example.json ````, ```` ```rust example.rs ```` or ```` ```mermaid example.mmd ```` is a file, and so is
//! ```` ```json ops.json ````, a batch of edits; the block ```` ```text ARGUMENTS ```` is what the program says about it.
//! `COMFY_UPDATE=1` rewrites those, and the list of pages, instead of checking them.
#![cfg(feature = "cli")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use comfy_graph::diag::{Code, Severity, codes};
use comfy_transpile::explain;
use snapbox::cmd::{Command, cargo_bin};

/// Pages without an example that can be run here, and why.
const WITHOUT_EXAMPLE: [(&str, &str); 11] = [
    ("custom_validation_failed", "is about files, of which only a server's own catalog knows"),
    ("catalog_node_dropped", "is about a catalog; comfy-graph's tests have it"),
    ("catalog_odd_definition", "is about a catalog; comfy-graph's tests have it"),
    ("document_too_large", "would be as long as the limit"),
    ("subgraph_too_large", "takes a quarter of a million nodes"),
    ("values_too_large", "takes half a gigabyte"),
    ("outside_subgraph", "is Rust; a documentation test of comfy-dsl"),
    ("too_many_items", "is Rust with generated nodes; comfy-dsl's tests have it"),
    ("server_refused", "is the answer of a server; comfy-run's tests have it"),
    ("execution_failed", "is the answer of a server; comfy-run's tests have it"),
    ("internal_error", "nobody knows how"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics")
}

fn is_update() -> bool {
    std::env::var_os("COMFY_UPDATE").is_some()
}

fn page(code: Code) -> String {
    fs::read_to_string(folder().join(format!("{code}.md"))).unwrap_or_else(|error| panic!("{code}: {error}"))
}

fn sentence(summary: &str) -> String {
    let mut letters = summary.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).chain(['.']).collect()
}

fn severity(code: Code) -> &'static str {
    match code.info().severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    }
}

#[test]
fn a_page_begins_with_what_the_registry_says() {
    for code in codes::ALL {
        let info = code.info();
        let word = if info.server {
            "The server has the same word, in `execution.py: "
        } else {
            "The server has no word"
        };
        let start = format!("# {code}\n\n{}\n\n*{}. {word}", sentence(info.summary), severity(*code));
        let page = page(*code);
        assert!(page.starts_with(&start), "{code}.md does not begin with\n{start}");
        assert!(page.contains("\n## What to do\n\n"), "{code}.md does not say what to do");
        if !is_update() {
            assert_eq!(explain(*code), Some(&*page), "{code}");
        }
    }
}

/// The text between a fence that begins like this and its end, and what the fence says besides.
fn block<'p>(page: &'p str, fence: &str) -> Option<(&'p str, &'p str)> {
    let (_, rest) = page.split_once(&format!("\n```{fence}"))?;
    let (words, rest) = rest.split_once('\n')?;
    let length = if rest.starts_with("```") { 0 } else { rest.find("\n```")? + 1 };
    Some((words.trim(), rest.get(..length)?))
}

/// What the program says about the example of a page.
fn said(arguments: &str, files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let program =
        Command::new(cargo_bin!("comfy-transpile")).env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    let done = program.current_dir(folder.path()).args(arguments.split(' ')).output().expect("the program");
    // findings of a check are its output; its last lines are for whoever ran it
    let said = if arguments.starts_with("--check") { done.stdout } else { done.stderr };
    String::from_utf8(said).expect("UTF-8").trim_end().to_owned() + "\n"
}

#[test]
fn examples_give_the_code_and_the_output_of_the_page() {
    for code in codes::ALL {
        let page = page(*code);
        let Some((name, example)) = ["json ", "rust ", "mermaid "].iter().find_map(|kind| block(&page, kind))
        else {
            let excused = WITHOUT_EXAMPLE.iter().any(|(name, _)| *name == code.name());
            assert!(excused, "{code}.md has no example");
            continue;
        };
        assert!(["example.json", "example.rs", "example.mmd"].contains(&name), "{code}.md");
        let mut files = vec![(name, example)];
        files.extend(block(&page, "json ops.json").map(|(_, ops)| ("ops.json", ops)));
        let (arguments, output) = block(&page, "text ").unwrap_or_else(|| panic!("{code}.md has no output"));
        let said = said(arguments, &files);
        assert!(said.contains(&format!("[{code}]: ")), "{code}.md: the example gives\n{said}");
        if is_update() && said != output {
            let (old, new) = (format!("{arguments}\n{output}```"), format!("{arguments}\n{said}```"));
            fs::write(folder().join(format!("{code}.md")), page.replace(&old, &new)).expect("a page");
        } else {
            assert_eq!(output, said, "{code}.md");
        }
    }
}

#[test]
fn the_list_of_pages_is_complete() {
    let mut list = String::from(
        "# Diagnostics\n\n\
         What the compiler says about workflows: a page for each code, with an example, what ComfyUI does, and what\n\
         to do. `comfy-transpile --explain CODE` prints a page; [docs/check.md](../../../docs/check.md) is about checking.\n\n\
         Codes of the server are words of ComfyUI's own `execution.py`; a finding with one of them is what the server\n\
         would answer.\n\n\
         | code | | of | meaning |\n|---|---|---|---|\n",
    );
    for code in codes::ALL {
        let info = code.info();
        let origin = if info.server { "server" } else { "us" };
        let summary = info.summary.replace('|', "\\|");
        let severity = info.severity;
        let _ = writeln!(list, "| [{code}]({code}.md) | {severity} | {origin} | {summary} |");
    }
    let path = folder().join("README.md");
    if is_update() {
        fs::write(&path, &list).expect("the list");
    }
    assert_eq!(fs::read_to_string(&path).expect("the list"), list, "run with COMFY_UPDATE=1");
    for entry in fs::read_dir(folder()).expect("the folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("ASCII");
        let code = name.trim_end_matches(".md");
        assert!(code == "README" || Code::find(code).is_some(), "{name} is about no code");
    }
}

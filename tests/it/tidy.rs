//! What no compiler checks of the repository itself: every file says what it is for, none is too long to be read in
//! one sitting, and documents link to what exists. Lengths of functions are clippy's (`clippy.toml`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines that a source file may have.
const MAX_LINES: usize = 800;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The repository's own files that end so, as git lists them (nothing built, nothing generated).
fn files(ending: &str) -> Vec<PathBuf> {
    let listed = Command::new("git").args(["ls-files", "-z", "--cached"]).current_dir(root()).output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        println!("skipped: not a git checkout");
        return Vec::new();
    };
    let names = String::from_utf8(listed.stdout).expect("file names are UTF-8");
    names
        .split('\0')
        .filter(|name| name.ends_with(ending))
        .map(PathBuf::from)
        .filter(|name| root().join(name).exists())
        .collect()
}

fn read(name: &Path) -> String {
    fs::read_to_string(root().join(name)).expect("a file that git lists can be read")
}

#[test]
fn sources_have_a_header_and_an_end() {
    let mut faults = Vec::new();
    for name in files(".rs") {
        let text = read(&name);
        let first = text.lines().find(|line| !line.starts_with("#!") && !line.is_empty());
        let compile_fail = name.components().any(|part| part.as_os_str() == "ui");
        if !compile_fail && !first.is_some_and(|line| line.starts_with("//")) {
            faults.push(format!("{}: no header that says what lives here", name.display()));
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{}: {lines} lines, more than {MAX_LINES}", name.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The targets of `[text](target)` in a document, code apart.
fn links(text: &str) -> Vec<&str> {
    let mut code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if code {
            continue;
        }
        for part in line.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                found.push(target);
            }
        }
    }
    found
}

#[test]
fn documents_link_to_what_exists() {
    let mut faults = Vec::new();
    for name in files(".md") {
        // pages of the literate suite hold workflows, not links
        if name.starts_with("tests/suite") {
            continue;
        }
        let text = read(&name);
        let folder = root().join(name.parent().unwrap_or(Path::new("")));
        for target in links(&text) {
            let file = target.split('#').next().unwrap_or_default();
            let elsewhere = file.is_empty() || file.contains("://") || file.contains(' ');
            if !elsewhere && !folder.join(file).exists() {
                faults.push(format!("{}: links to {target}, which is not there", name.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a model learns the language from: short, and its program is one that the differential test compiles.
#[test]
fn the_card_is_short_and_its_program_compiles() {
    /// Some 1,500 tokens.
    const MOST: usize = 5_600;
    let card = read(Path::new("docs/card.md"));
    assert!(card.len() <= MOST, "{} bytes", card.len());
    let program = read(Path::new("tests/programs/good/card.rs"));
    let (_, program) = program.split_once("\n\n").expect("a header");
    assert!(
        card.contains(program.trim_end()),
        "docs/card.md has another program than tests/programs/good/card.rs"
    );
    assert!(read(Path::new("AGENTS.md")).lines().take(6).any(|line| line.contains("docs/card.md")));
}

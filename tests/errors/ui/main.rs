//! What rustc says of the mistakes that people and language models make in flows, one file each.
//!
//! The wording around our texts is rustc's and changes with its version, so the comparison is made with the version
//! that `ui/rustc-version` names and left out, saying so, with others. After a change
//! `TRYBUILD=overwrite cargo test -p comfy-errors` writes what is said now; the diff is the review.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a failing helper fails the test")]

use std::{fs, path::Path, process::Command};

/// The longest message, without the lines at the end that say how many errors there are.
const LONGEST: usize = 20;
/// The same where rustc explains the state of an option's inputs.
const LONGEST_OF_OPTIONS: usize = 23;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/ui"))
}

#[test]
fn rustc_says_what_is_wrong() {
    let output = Command::new("rustc").arg("--version").output().expect("rustc");
    let version = String::from_utf8_lossy(&output.stdout).split(' ').nth(1).unwrap_or_default().to_owned();
    let recorded = fs::read_to_string(folder().join("rustc-version")).expect("a version");
    if recorded.trim() != version && std::env::var_os("TRYBUILD").is_none() {
        println!("SKIPPED: the messages are those of rustc {}, this is {version}", recorded.trim());
        return;
    }
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}

#[test]
fn every_message_is_one_short_error() {
    let mut count = 0;
    for entry in fs::read_dir(folder()).expect("the mistakes") {
        let Ok(files) = fs::read_dir(entry.expect("an entry").path()) else { continue };
        for file in files.map(|file| file.expect("a file").path()) {
            if file.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let message = fs::read_to_string(file.with_extension("stderr")).expect("a message");
            let lines = message.lines().count();
            let of_option = file.file_stem().is_some_and(|stem| stem == "option_without_its_input");
            let longest = if of_option { LONGEST_OF_OPTIONS } else { LONGEST };
            assert!(lines <= longest, "{} has {lines} lines:\n{message}", file.display());
            let errors = message.lines().filter(|line| line.starts_with("error")).count();
            assert_eq!(errors, 1, "{}:\n{message}", file.display());
            count += 1;
        }
    }
    assert!(count >= 15, "only {count} mistakes");
}

//! Generated packages that are compiled and run, in one folder with one target directory.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Where the packages of one test file live.
pub(crate) fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Writes a file below the folder.
pub(crate) fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs_err::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs_err::write(path, text).expect("written");
}

/// A workspace of these members, with the versions that are there without a network.
pub(crate) fn workspace(folder: &Path, members: &[&str]) {
    write(folder, "Cargo.toml", &format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"));
    fs_err::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions that are there");
}

/// A program that depends on the runtime and on these packages beside it.
pub(crate) fn program(folder: &Path, name: &str, packages: &[(&str, &str)], main: &str) {
    let dependency = |(name, path): &(&str, &str)| format!("{name} = {{ path = \"../{path}\" }}\n");
    let dependencies = packages.iter().map(dependency).collect::<Vec<_>>().concat();
    let runtime = root().join("comfy-dsl").display().to_string();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n[dependencies]\n{dependencies}comfy-dsl = {{ path = {runtime:?}, \
         default-features = false }}\n"
    );
    write(folder, &format!("{name}/Cargo.toml"), &manifest);
    write(folder, &format!("{name}/src/main.rs"), main);
}

/// Runs cargo there. All test files share what is built.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated/target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(folder).args(arguments).arg("--offline").env("CARGO_TARGET_DIR", target);
    cargo.env_remove("RUSTFLAGS").output().expect("cargo runs")
}

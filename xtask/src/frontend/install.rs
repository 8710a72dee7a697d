//! The frontend by pip, the driver by npm, the browser by apt-get: into a folder below `target`, but for the browser.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

/// The version whose behaviour this project follows.
pub(super) const FRONTEND: &str = "1.58.1";
/// The newest official templates.
const TEMPLATES: &str = "comfyui-workflow-templates-json==0.1.123";
/// Those of the bundled catalog's server: of newer ones the frontend drops what its catalog does not know, and we keep it.
const TEMPLATES_OF_CATALOG: &str = "comfyui-workflow-templates-json==0.1.50";
const DRIVER: &str = "playwright-core@1.64.1";

/// What is installed, and where.
pub(super) struct Installed {
    /// The frontend's files.
    pub(super) site: PathBuf,
    /// The official templates, one JSON file each.
    pub(super) templates: PathBuf,
    /// The folder that has `node_modules`.
    pub(super) modules: PathBuf,
    /// The browser's program.
    pub(super) browser: PathBuf,
}

/// Installs what is missing, with this version of the frontend.
pub(super) fn install(version: &str) -> Result<Installed> {
    let folder = folder()?;
    let site = wheel(&folder, &format!("comfyui-frontend-package=={version}"))?
        .join("comfyui_frontend_package/static");
    let templates = templates_of(&folder, TEMPLATES_OF_CATALOG)?;
    if !folder.join("node_modules/playwright-core").exists() {
        run(Command::new("npm").args(["install", "--no-save", "--prefix"]).arg(&folder).arg(DRIVER))?;
    }
    Ok(Installed { site, templates, modules: folder, browser: browser()? })
}

/// The folder of the newest official templates, brought if it is not there.
pub(crate) fn templates() -> Result<PathBuf> {
    templates_of(&folder()?, TEMPLATES)
}

fn templates_of(folder: &Path, requirement: &str) -> Result<PathBuf> {
    Ok(wheel(folder, requirement)?.join("comfyui_workflow_templates_json/templates"))
}

fn folder() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/frontend");
    fs_err::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// Downloads a wheel and unpacks it into a folder of its own.
fn wheel(folder: &Path, requirement: &str) -> Result<PathBuf> {
    let unpacked = folder.join(requirement.replace("==", "-"));
    if unpacked.exists() {
        return Ok(unpacked);
    }
    let wheels = folder.join("wheels");
    let pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"];
    run(Command::new("python3").args(pip).arg(&wheels).arg(requirement))?;
    let prefix = requirement.replace("==", "-").replace('-', "_");
    let file = fs_err::read_dir(&wheels)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().replace('-', "_").starts_with(&prefix))
        })
        .with_context(|| format!("pip brought no wheel of {requirement}"))?;
    // complete or not there at all
    let half = folder.join("unpacking");
    let _ = fs_err::remove_dir_all(&half);
    run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&file).arg(&half))?;
    fs_err::rename(&half, &unpacked)?;
    Ok(unpacked)
}

/// Chromium, installed by Debian's package manager if it is not there.
fn browser() -> Result<PathBuf> {
    if let Some(found) = on_path(&["chromium", "chromium-browser", "google-chrome"]) {
        return Ok(found);
    }
    run(Command::new("apt-get").args(["-qq", "update"]))?;
    run(Command::new("apt-get").args(["-qq", "install", "--yes", "--no-install-recommends", "chromium"]))?;
    on_path(&["chromium"]).context("apt-get brought no chromium")
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|file| file.exists())
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{program} cannot be run"))?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

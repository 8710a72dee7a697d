//! What to generate, from what, and how: the entry for build scripts and programs.

use std::{
    env,
    path::{Path, PathBuf},
};

use comfy_graph::catalog::Catalog;

use crate::{
    Error, Generated, emit,
    generated::manifest,
    names::{NameLock, Names},
    select::{self, Selection},
    sheet,
    source::{self, Origin},
    write,
};

/// What is generated from which catalog.
///
/// In a build script:
/// ```no_run
/// fn main() -> Result<(), comfy_codegen::Error> {
///     comfy_codegen::Config::new().snapshot("object_info.json").flows(["src/flows/*.rs"]).build()?;
///     Ok(())
/// }
/// ```
/// and in the crate:
/// ```text
/// pub mod nodes {
///     include!(concat!(env!("OUT_DIR"), "/nodes.rs"));
/// }
/// ```
///
/// # Where the nodes come from
/// 1. what the program names: [`catalog`](Self::catalog), [`catalog_file`](Self::catalog_file), [`url`](Self::url),
///    [`bundled`](Self::bundled);
/// 2. the server that the environment variable `COMFYUI_URL` names, if it is set (feature `fetch`). If that server
///    does not answer, this is an error: nothing else is taken silently;
/// 3. the committed [`snapshot`](Self::snapshot), which `comfy-codegen --save object_info.json` writes;
/// 4. if no snapshot was named, ComfyUI's own nodes as this version of the crate knows them.
///
/// # What is generated
/// Everything, or what at least one of [`only`](Self::only), [`category`](Self::category), [`pack`](Self::pack) and
/// [`flows`](Self::flows) asks for. Names are those of the whole catalog, whatever is chosen.
#[derive(Debug, Default)]
pub struct Config {
    origin: Origin,
    selection: Selection,
    lock: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    package: Option<String>,
    runtime: Option<PathBuf>,
}

impl Config {
    /// All nodes of the server that `COMFYUI_URL` names, else of the bundled catalog.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the nodes of a saved `/object_info`, whatever the environment says.
    #[must_use]
    pub fn catalog_file(self, path: impl Into<PathBuf>) -> Self {
        self.with_origin(Origin::File(path.into()))
    }

    /// Takes the nodes of a committed answer of `/object_info`, unless `COMFYUI_URL` names a server to ask.
    #[must_use]
    pub fn snapshot(self, path: impl Into<PathBuf>) -> Self {
        self.with_origin(Origin::Snapshot(path.into()))
    }

    /// Takes the nodes of this catalog.
    #[must_use]
    pub fn catalog(self, catalog: Catalog) -> Self {
        self.with_origin(Origin::Catalog(Box::new(catalog)))
    }

    /// Takes ComfyUI's own nodes as this version of the crate knows them, whatever the environment says.
    #[must_use]
    pub fn bundled(self) -> Self {
        self.catalog(Catalog::bundled())
    }

    /// Asks a running server, `http://127.0.0.1:8188`. Needs the feature `fetch`; without it
    /// [`generate`](Self::generate) says so.
    #[must_use]
    pub fn url(self, server: impl Into<String>) -> Self {
        self.with_origin(Origin::Server(server.into()))
    }

    fn with_origin(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Generates these classes. Can be repeated.
    #[must_use]
    pub fn only(mut self, classes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.selection.classes.extend(classes.into_iter().map(Into::into));
        self
    }

    /// Generates the classes of this category and of those below it (`model/loaders`). Can be repeated.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.selection.categories.push(category.into());
        self
    }

    /// Generates the classes of a pack: its folder in `custom_nodes`, or a Python module (`comfy_extras`,
    /// `custom_nodes.ComfyUI-Impact-Pack`). Can be repeated.
    #[must_use]
    pub fn pack(mut self, module: impl Into<String>) -> Self {
        self.selection.packs.push(module.into());
        self
    }

    /// Generates what these files use: workflows and prompts (JSON), and Rust flows (`.rs`). Patterns such as
    /// `flows/*.json` and `src/**/*.rs` stand for all files that they match, from the current folder (in a build
    /// script, that of the package). Can be repeated.
    #[must_use]
    pub fn flows(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.selection.flows.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Keeps names as this file has them, and adds new ones to it; see
    /// [`NameLock`](crate::names::NameLock). It is made if it does not exist.
    #[must_use]
    pub fn lock(mut self, path: impl Into<PathBuf>) -> Self {
        self.lock = Some(path.into());
        self
    }

    /// Where [`build`](Self::build) writes `nodes.rs`; cargo's `OUT_DIR` if not set.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(folder.into());
        self
    }

    /// The name of the generated package, `nodes` if not set.
    #[must_use]
    pub fn package(mut self, name: impl Into<String>) -> Self {
        self.package = Some(name.into());
        self
    }

    /// The folder of `comfy-dsl` for the generated package's `Cargo.toml`; the released version if not set.
    #[must_use]
    pub fn runtime(mut self, path: impl Into<PathBuf>) -> Self {
        self.runtime = Some(path.into());
        self
    }

    /// The catalog that this would generate from.
    pub(crate) fn into_catalog(self) -> Result<Catalog, Error> {
        self.origin.catalog(env::var(source::VARIABLE).ok())
    }

    /// The catalog alone, of all classes.
    ///
    /// # Errors
    /// When it cannot be read, or the server does not answer.
    pub fn read_catalog(self) -> Result<Catalog, Error> {
        self.origin.catalog(env::var(source::VARIABLE).ok())
    }

    /// Generates the code. The lock file, if there is one, is brought up to date.
    ///
    /// # Errors
    /// When the catalog cannot be had, a class of [`only`](Self::only) is not in it, a file of
    /// [`flows`](Self::flows) cannot be read, or the lock file makes no sense.
    pub fn generate(self) -> Result<Generated, Error> {
        let lock = read_lock(self.lock.as_deref())?;
        let catalog = self.origin.catalog(env::var(source::VARIABLE).ok())?;
        let names = Names::with_lock(&catalog, lock);
        let classes = self.selection.classes(&names)?;
        let modules = emit::modules(&names, &classes)?;
        if let Some(path) = &self.lock {
            write::if_changed(path, &names.to_lock().to_string())?;
        }
        let package = self.package.as_deref().unwrap_or("nodes");
        let title = format!("Typed nodes of a ComfyUI server, for `comfy_dsl`: {} classes.", classes.len());
        let mut files = emit::module::files(&modules, &title);
        files.insert("Cargo.toml".to_owned(), manifest(package, self.runtime.as_deref()));
        let (module, sheet) = (emit::module::single(&modules), sheet::sheet(&names, &classes));
        let diagnostics = catalog.diagnostics().to_vec();
        Ok(Generated { files, module, sheet, classes: classes.len(), diagnostics })
    }

    /// The one call of a build script: writes `nodes.rs` to `OUT_DIR`, unless it is right already, and tells cargo
    /// what it depends on.
    ///
    /// # Errors
    /// As [`generate`](Self::generate), and when the file cannot be written.
    #[allow(clippy::print_stdout, reason = "this is how build scripts talk to cargo")]
    pub fn build(self) -> Result<PathBuf, Error> {
        let folder = self.out_dir.clone().or_else(|| env::var_os("OUT_DIR").map(PathBuf::from));
        let path = folder.ok_or(Error::NoOutDir)?.join("nodes.rs");
        // before anything can fail: a build script that failed has to run again too
        for line in self.cargo_lines()? {
            println!("cargo::{line}");
        }
        let generated = self.generate()?;
        for diagnostic in &generated.diagnostics {
            println!("cargo::warning={}", diagnostic.message.lines().collect::<Vec<_>>().join(" "));
        }
        write::if_changed(&path, &generated.module)?;
        Ok(path)
    }

    /// What cargo has to watch. It watches the build script itself once there is one such line.
    fn cargo_lines(&self) -> Result<Vec<String>, Error> {
        let mut lines = Vec::new();
        let changed = |path: &Path| format!("rerun-if-changed={}", path.display());
        lines.push(changed(Path::new("build.rs")));
        if self.origin.asks_environment() {
            lines.push(format!("rerun-if-env-changed={}", source::VARIABLE));
        }
        lines.extend(self.origin.file().map(changed));
        lines.extend(self.lock.as_deref().map(changed));
        // a folder stands for what is in it: a new file can match a pattern
        for pattern in &self.selection.flows {
            let fixed = Path::new(pattern)
                .components()
                .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']));
            lines.push(changed(&fixed.collect::<PathBuf>()));
        }
        lines.retain(|line| line != "rerun-if-changed=");
        for file in select::flow_files(&self.selection.flows)? {
            lines.push(changed(&file));
        }
        Ok(lines)
    }
}

/// The names that were given before; none without a file.
pub(crate) fn read_lock(path: Option<&Path>) -> Result<NameLock, Error> {
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(NameLock::default()) };
    let text = fs_err::read_to_string(path).map_err(|source| Error::Read { path: path.into(), source })?;
    NameLock::parse(&text).map_err(|source| Error::Lock { path: path.into(), source })
}

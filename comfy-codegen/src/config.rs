//! What to generate, from what, and how: the entry for build scripts and programs.

use std::path::{Path, PathBuf};

use comfy_graph::catalog::{Catalog, NodeDef};
use indexmap::IndexMap;

use crate::{Error, emit, names::Names, source, write};

/// What is generated from which catalog.
///
/// In a build script:
/// ```no_run
/// comfy_codegen::Config::new().catalog_file("object_info.json").only(["KSampler", "VAEDecode"]).build()?;
/// # Ok::<(), comfy_codegen::Error>(())
/// ```
/// and in the crate:
/// ```text
/// pub mod nodes {
///     include!(concat!(env!("OUT_DIR"), "/nodes.rs"));
/// }
/// ```
#[derive(Debug, Default)]
pub struct Config {
    origin: Option<Origin>,
    only: Vec<String>,
    categories: Vec<String>,
    out_dir: Option<PathBuf>,
    package: Option<String>,
    runtime: Option<PathBuf>,
}

#[derive(Debug)]
enum Origin {
    Catalog(Box<Catalog>),
    File(PathBuf),
    Server(String),
}

impl Config {
    /// Nothing chosen yet: a catalog has to be named, everything in it is generated.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the nodes of a saved `/object_info`.
    #[must_use]
    pub fn catalog_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.origin = Some(Origin::File(path.into()));
        self
    }

    /// Takes the nodes of this catalog.
    #[must_use]
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.origin = Some(Origin::Catalog(Box::new(catalog)));
        self
    }

    /// Takes ComfyUI's own nodes as this version of the crate knows them.
    #[must_use]
    pub fn bundled(self) -> Self {
        self.catalog(Catalog::bundled())
    }

    /// Asks a running server, `http://127.0.0.1:8188`. Needs the feature `fetch`; without it
    /// [`generate`](Self::generate) says so.
    #[must_use]
    pub fn url(mut self, server: impl Into<String>) -> Self {
        self.origin = Some(Origin::Server(server.into()));
        self
    }

    /// Generates these classes only. Names stay those of the whole catalog. Can be repeated.
    #[must_use]
    pub fn only(mut self, classes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.only.extend(classes.into_iter().map(Into::into));
        self
    }

    /// Generates the classes of this category and of those below it (`model/loaders`), beside those of
    /// [`only`](Self::only). Can be repeated.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.categories.push(category.into());
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

    /// Generates the code.
    ///
    /// # Errors
    /// When the catalog cannot be had, or a class of [`only`](Self::only) is not in it.
    pub fn generate(self) -> Result<Generated, Error> {
        let catalog = match &self.origin {
            None => return Err(Error::NoCatalog),
            Some(Origin::Catalog(_)) => None,
            Some(Origin::File(path)) => Some(source::read(path)?),
            Some(Origin::Server(url)) => Some(source::fetch(url)?),
        };
        let catalog = match (&catalog, &self.origin) {
            (Some(catalog), _) => catalog,
            (None, Some(Origin::Catalog(catalog))) => catalog,
            (None, _) => return Err(Error::NoCatalog),
        };
        let classes = self.classes(catalog)?;
        let modules = emit::modules(&Names::new(catalog), &classes)?;
        let package = self.package.as_deref().unwrap_or("nodes");
        let title = format!("Typed nodes of a ComfyUI server, for `comfy_dsl`: {} classes.", classes.len());
        let mut files = emit::module::files(&modules, &title);
        files.insert("Cargo.toml".to_owned(), manifest(package, self.runtime.as_deref()));
        Ok(Generated { files, module: emit::module::single(&modules) })
    }

    /// The one call of a build script: writes `nodes.rs` to `OUT_DIR` and tells cargo what it depends on.
    ///
    /// # Errors
    /// As [`generate`](Self::generate), and when the file cannot be written.
    #[allow(clippy::print_stdout, reason = "this is how build scripts talk to cargo")]
    pub fn build(self) -> Result<PathBuf, Error> {
        let folder = self.out_dir.clone().or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        let path = folder.ok_or(Error::NoOutDir)?.join("nodes.rs");
        println!("cargo::rerun-if-changed=build.rs");
        if let Some(Origin::File(file)) = &self.origin {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        write::if_changed(&path, &self.generate()?.module)?;
        Ok(path)
    }

    /// The wanted classes in the catalog's order.
    fn classes<'c>(&self, catalog: &'c Catalog) -> Result<Vec<&'c str>, Error> {
        if let Some(unknown) = self.only.iter().find(|class| !catalog.contains(class)) {
            return Err(Error::UnknownNode { class_type: unknown.clone() });
        }
        let all = self.only.is_empty() && self.categories.is_empty();
        let wanted =
            |def: &NodeDef| all || self.only.iter().any(|c| **c == *def.class_type) || self.has_category(def);
        Ok(catalog.iter().filter(|def| wanted(def)).map(|def| &*def.class_type).collect())
    }

    fn has_category(&self, def: &NodeDef) -> bool {
        self.categories.iter().any(|category| {
            let rest = def.category.strip_prefix(category.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Generated code, as a package and as one module.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The package: path → text, `Cargo.toml` included.
    pub files: IndexMap<String, String>,
    /// The same as one text, for `include!` inside of a module.
    pub module: String,
}

impl Generated {
    /// Writes the package to a folder; files that are already right are not touched. Sources of an earlier run that
    /// are not part of it any more stay: nothing names them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        for (path, text) in &self.files {
            write::if_changed(&folder.as_ref().join(path), text)?;
        }
        Ok(())
    }
}

/// The package's `Cargo.toml`.
fn manifest(package: &str, runtime: Option<&Path>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let runtime = match runtime {
        // Debug of a path is a TOML string for all paths that TOML can hold
        Some(path) => format!("{{ path = {:?}, default-features = false }}", path.display().to_string()),
        None => format!("{{ version = \"={version}\", default-features = false }}"),
    };
    format!(
        "# @generated by comfy-codegen {version}\n[package]\nname = \"{package}\"\nversion = \"0.1.0\"\n\
         edition = \"2024\"\npublish = false\n\n[lib]\nname = \"{}\"\ndoctest = false\n\n[dependencies]\n\
         comfy-dsl = {runtime}\n",
        package.replace('-', "_"),
    )
}

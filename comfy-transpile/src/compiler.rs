//! The one way in: a [`Compiler`] holds what is expensive to make and has the verbs. Here are its making, its settings
//! and opening; checking and lowering are in `lower.rs`, writing in `write.rs`, mending in `mend.rs`.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use comfy_codegen::names::{NameLock, Names};
use comfy_graph::{
    catalog::Catalog,
    diff::{self, Diff},
    front,
    valid::Validator,
};
use comfy_reader::{self as reader, ReadOptions};
use self_cell::self_cell;

use crate::{document::Document, error::Error, input::Input};

/// Everything that is done with workflows, against one catalog. Made once: it keeps what it finds out about the catalog.
/// Clones are cheap and share that; threads can share it too.
///
/// ```
/// use comfy_transpile::{Compiler, Input, Target};
///
/// let compiler = Compiler::bundled();
/// let prompt = r#"{
///     "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
///     "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
/// }"#;
/// let document = compiler.open(&Input::from_text("prompt.json", prompt))?;
/// assert_eq!(compiler.check(&document), []);
///
/// let flow = compiler.write(&document, &Target::default());
/// assert!(flow.value.contains("EmptyImage::new()"));
///
/// let again = compiler.open(&Input::from_text("flow.rs", flow.value))?;
/// assert!(compiler.diff(&document, &again).is_empty());
/// assert_eq!(compiler.lower(&again, Default::default()).prompt()["1"]["inputs"]["width"], 64);
/// # Ok::<(), comfy_transpile::Error>(())
/// ```
#[derive(Clone)]
pub struct Compiler {
    held: Arc<Held>,
    known_files: bool,
}

self_cell!(
    /// A catalog, and what borrows it.
    struct Held {
        owner: Arc<Catalog>,
        #[not_covariant]
        dependent: Derived,
    }
);

/// What is made of a catalog.
struct Derived<'c> {
    catalog: &'c Catalog,
    lock: NameLock,
    /// Made when first asked for: JSON alone needs none.
    names: OnceLock<Names<'c>>,
    validator: Validator<'c>,
}

impl<'c> Derived<'c> {
    fn new(catalog: &'c Catalog, lock: NameLock) -> Self {
        // of an empty catalog it is not the workflow's fault that it knows no class
        let validator =
            if catalog.is_empty() { Validator::without_catalog() } else { Validator::new(catalog) };
        Self { catalog, lock, names: OnceLock::new(), validator }
    }

    fn names(&self) -> &Names<'c> {
        self.names.get_or_init(|| Names::with_lock(self.catalog, self.lock.clone()))
    }
}

impl Compiler {
    /// A compiler for the server that this catalog describes. Nothing is said of files before
    /// [`known_files`](Self::known_files) says that they are known.
    pub fn new(catalog: impl Into<Arc<Catalog>>) -> Self {
        Self::with_lock(catalog.into(), NameLock::default())
    }

    /// A compiler for ComfyUI's own nodes.
    pub fn bundled() -> Self {
        Self::new(Catalog::bundled())
    }

    /// A compiler that knows of no class: it finds what is wrong whatever the classes are.
    pub fn without_catalog() -> Self {
        Self::new(Catalog::default())
    }

    fn with_lock(catalog: Arc<Catalog>, lock: NameLock) -> Self {
        let held = Held::new(catalog, |catalog| Derived::new(catalog, lock));
        Self { held: Arc::new(held), known_files: false }
    }

    /// Whether the catalog's lists of files are those of the server that will run the workflow; see
    /// [`Validator::known_files`].
    #[must_use]
    pub fn known_files(mut self, known: bool) -> Self {
        self.known_files = known;
        self
    }

    /// The names of generated items, of Rust that is read and that is written, where a lock file keeps them.
    #[must_use]
    pub fn lock(self, lock: NameLock) -> Self {
        Self { known_files: self.known_files, ..Self::with_lock(self.shared_catalog(), lock) }
    }

    /// The catalog.
    pub fn catalog(&self) -> &Catalog {
        self.held.borrow_owner()
    }

    pub(crate) fn shared_catalog(&self) -> Arc<Catalog> {
        Arc::clone(self.held.borrow_owner())
    }

    /// Does something with the names that generated items have. They are made when they are first asked for, and kept.
    pub fn with_names<R>(&self, f: impl FnOnce(&Names<'_>) -> R) -> R {
        self.held.with_dependent(|_, derived| f(derived.names()))
    }

    pub(crate) fn with_validator<R>(&self, f: impl FnOnce(&Validator<'_>) -> R) -> R {
        self.held.with_dependent(|_, derived| f(&derived.validator.clone().known_files(self.known_files)))
    }

    /// Reads a workflow, a prompt, a flow or a diagram, and does nothing to it.
    ///
    /// # Errors
    /// When the text is none of them, or a program with mistakes. Everything less is among
    /// [`Document::diagnostics`].
    pub fn open(&self, input: &Input) -> Result<Document, Error> {
        if input.is_diagram() {
            let read = front::diagram::read(input.text(), self.catalog())?;
            return Ok(Document::of_diagram(input.clone(), self.shared_catalog(), read));
        }
        if input.is_rust() {
            let read =
                self.with_names(|names| reader::read_with(input.text(), names, &ReadOptions::default()))?;
            return Ok(Document::of_rust(input.clone(), self.shared_catalog(), read));
        }
        let read =
            front::read(input.text(), self.catalog()).map_err(|error| Error::of_json(error, input.text()))?;
        Ok(Document::of_json(input.clone(), self.shared_catalog(), read))
    }

    /// What is different between two documents of any forms: as their authors made them where both are workflows or both
    /// flows, else as they would be queued.
    pub fn diff(&self, old: &Document, new: &Document) -> Diff {
        diff::graphs(old.graph(), new.graph(), old.level(new))
    }
}

impl Default for Compiler {
    /// That for ComfyUI's own nodes.
    fn default() -> Self {
        Self::bundled()
    }
}

impl From<Catalog> for Compiler {
    fn from(catalog: Catalog) -> Self {
        Self::new(catalog)
    }
}

impl fmt::Debug for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiler")
            .field("catalog", self.catalog())
            .field("known_files", &self.known_files)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_share_a_compiler() {
        fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
        shared(&Compiler::without_catalog());
        let document = Compiler::without_catalog().open(&Input::from_text("a.json", r#"{"nodes": []}"#));
        shared(&document.expect("a workflow"));
    }

    #[test]
    fn settings_stay_whatever_their_order() {
        let compiler = Compiler::bundled().known_files(true).lock(NameLock::default());
        assert!(compiler.known_files);
        let catalog = compiler.shared_catalog();
        assert!(std::ptr::eq(&raw const *catalog, compiler.clone().catalog()));
    }
}

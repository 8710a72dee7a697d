//! What a server's update changes for flows that exist: two catalogs compared, as Rust and as prompts see them.
//!
//! Things are paired by their names in prompts. What went and what came in its place with the same form is one
//! renaming. Texts (titles, help) and order do not count.

mod inputs;
mod outputs;

use std::{collections::BTreeSet, fmt, path::PathBuf};

use crate::{Config, Error, model::NodeModel, names::Names, select};

/// One difference between two catalogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The class, by its old name where it has two.
    pub class_type: String,
    /// What of it: an input, an output or an option by its path; empty for the class itself.
    pub place: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// The same in words, without class and place.
    pub message: String,
    /// What it means for flows that use it.
    pub impact: Impact,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another name, in prompts or in Rust.
    Renamed,
    /// It has another type.
    Retyped,
    /// It has to be set now, or no longer.
    Required,
    /// It has another default.
    Default,
    /// It has another range of values.
    Range,
    /// Whether it is deprecated, experimental or paid has changed.
    Status,
}

/// What a change means for a flow that uses the thing, from harmless to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Nothing.
    None,
    /// It compiles as before; its prompt says something else, or is refused for some values.
    Prompt,
    /// It may not compile.
    Rust,
}

impl ChangeKind {
    /// The word for it in messages and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Retyped => "retyped",
            Self::Required => "required",
            Self::Default => "default",
            Self::Range => "range",
            Self::Status => "status",
        }
    }
}

impl Impact {
    /// The word for it in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Prompt => "prompt",
            Self::Rust => "rust",
        }
    }
}

impl fmt::Display for Change {
    /// `- KSampler.noise: removed (breaks Rust)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            _ => '~',
        };
        write!(f, "{sign} {}", self.class_type)?;
        if !self.place.is_empty() {
            write!(f, ".{}", self.place)?;
        }
        write!(f, ": {}", self.message)?;
        match self.impact {
            Impact::None => Ok(()),
            Impact::Prompt => f.write_str(" (changes prompts)"),
            Impact::Rust => f.write_str(" (breaks Rust)"),
        }
    }
}

impl Change {
    /// The same as one JSON object.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "class_type": self.class_type,
            "place": self.place,
            "kind": self.kind.name(),
            "message": self.message,
            "impact": self.impact.name(),
        })
    }
}

/// Two catalogs to compare, and what of them counts.
#[derive(Debug)]
pub struct Comparison {
    /// Where the catalog of before comes from.
    pub old: Config,
    /// Where the catalog of after comes from.
    pub new: Config,
    /// Patterns of files: only what these flows use counts. All counts without any.
    pub flows: Vec<String>,
    /// The lock file that names in the flows come from.
    pub lock: Option<PathBuf>,
}

impl Comparison {
    /// The changes, by class.
    ///
    /// # Errors
    /// When a catalog cannot be had, or a flow or the lock file cannot be read.
    pub fn changes(self) -> Result<Vec<Change>, Error> {
        let lock = crate::config::read_lock(self.lock.as_deref())?;
        let (old, new) = (self.old.into_catalog()?, self.new.into_catalog()?);
        let old = Names::with_lock(&old, lock);
        // names that the old catalog has stay, as they do in a build with a lock
        let new = match &self.lock {
            Some(_) => Names::with_lock(&new, old.to_lock()),
            None => Names::new(&new),
        };
        let mut used = BTreeSet::new();
        for file in select::flow_files(&self.flows)? {
            used.extend(select::used_by(&file, &old)?);
        }
        Ok(changes(&old, &new, (!self.flows.is_empty()).then_some(&used)))
    }
}

/// The changes from one catalog to another, by class.
///
/// ```
/// use comfy_codegen::{changes::{Impact, changes}, names::Names};
/// use comfy_graph::catalog::Catalog;
///
/// let read = |max: u32| Catalog::from_object_info(&format!(
///     r#"{{"Blur": {{"input": {{"required": {{"radius": ["INT", {{"default": 1, "max": {max}}}]}}}}}}}}"#
/// ));
/// let (old, new) = (read(31)?, read(15)?);
/// let all = changes(&Names::new(&old), &Names::new(&new), None);
/// assert_eq!(all[0].to_string(), "~ Blur.radius: range ..31, now ..15 (changes prompts)");
/// assert_eq!(all[0].impact, Impact::Prompt);
/// # Ok::<(), comfy_graph::catalog::CatalogError>(())
/// ```
/// With `used`, only those of these classes.
pub fn changes(old: &Names<'_>, new: &Names<'_>, used: Option<&BTreeSet<String>>) -> Vec<Change> {
    let mut found = Vec::new();
    let classes: BTreeSet<&str> = old.catalog().class_types().chain(new.catalog().class_types()).collect();
    let wanted = |class: &&&str| used.is_none_or(|used| used.contains(**class));
    for class in classes.iter().filter(wanted) {
        match (old.node(class), new.node(class)) {
            (Some(before), Some(after)) => compare(before, after, &mut found),
            (Some(before), None) => found.push(gone(before, successor(before, old, new))),
            (None, Some(_)) => found.push(of_class(class, ChangeKind::Added, "new".to_owned(), Impact::None)),
            (None, None) => {}
        }
    }
    found
}

fn of_class(class: &str, kind: ChangeKind, message: String, impact: Impact) -> Change {
    Change { class_type: class.to_owned(), place: String::new(), kind, message, impact }
}

fn gone(node: &NodeModel<'_>, successor: Option<&str>) -> Change {
    let (kind, message) = match successor {
        Some(name) => {
            (ChangeKind::Renamed, format!("gone; `{name}` is new with the same inputs and outputs"))
        }
        None => (ChangeKind::Removed, "gone".to_owned()),
    };
    of_class(&node.def.class_type, kind, message, Impact::Rust)
}

/// The one new class that has the inputs and outputs of one that is gone.
fn successor<'c>(gone: &NodeModel<'_>, old: &Names<'_>, new: &Names<'c>) -> Option<&'c str> {
    let same = |def: &&comfy_graph::catalog::NodeDef| {
        !old.catalog().contains(&def.class_type)
            && !def.inputs.is_empty()
            && def.inputs == gone.def.inputs
            && def.outputs == gone.def.outputs
    };
    let mut found = new.catalog().iter().filter(same);
    let first = found.next()?;
    found.next().is_none().then_some(&*first.class_type)
}

fn compare(old: &NodeModel<'_>, new: &NodeModel<'_>, found: &mut Vec<Change>) {
    let class = &*old.def.class_type;
    if old.ident != new.ident {
        let message = format!("`{}` in Rust, now `{}`", old.ident, new.ident);
        found.push(of_class(class, ChangeKind::Renamed, message, Impact::Rust));
    }
    let marks = [
        (old.def.deprecated, new.def.deprecated, "deprecated"),
        (old.def.experimental, new.def.experimental, "experimental"),
        (old.def.api_node, new.def.api_node, "calling a paid service"),
    ];
    for (before, after, mark) in marks.into_iter().filter(|(before, after, _)| before != after) {
        let message = if after { format!("now {mark}") } else { format!("no longer {mark}") };
        debug_assert_ne!(before, after);
        found.push(of_class(class, ChangeKind::Status, message, Impact::None));
    }
    inputs::compare(class, "", &old.inputs, &new.inputs, found);
    outputs::compare(old, new, found);
}

//! Which classes are generated: by name, category, pack, or because flows use them.
//!
//! What a class needs (types, enums, options) comes with it; names are always those of the whole catalog.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use comfy_graph::catalog::{Catalog, NodeDef};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;

use crate::{Error, names::Names};

/// What to generate; nothing chosen is everything.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) classes: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) packs: Vec<String>,
    /// Patterns of files.
    pub(crate) flows: Vec<String>,
}

impl Selection {
    /// The wanted classes in the catalog's order.
    pub(crate) fn classes<'c>(&self, names: &Names<'c>) -> Result<Vec<&'c str>, Error> {
        let catalog = names.catalog();
        if let Some(unknown) = self.classes.iter().find(|class| !catalog.contains(class)) {
            return Err(unknown_node(unknown, catalog));
        }
        let mut wanted: BTreeSet<String> = self.classes.iter().cloned().collect();
        for file in flow_files(&self.flows)? {
            wanted.extend(used_by(&file, names)?);
        }
        let everything = self.classes.is_empty()
            && self.categories.is_empty()
            && self.packs.is_empty()
            && self.flows.is_empty();
        let is_wanted = |def: &NodeDef| {
            everything
                || wanted.contains(&*def.class_type)
                || self.categories.iter().any(|category| is_below(&def.category, category, '/'))
                || self.packs.iter().any(|pack| is_of_pack(def, pack))
        };
        Ok(catalog.iter().filter(|def| is_wanted(def)).map(|def| &*def.class_type).collect())
    }
}

/// The files that patterns stand for, sorted.
pub(crate) fn flow_files(patterns: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut files = BTreeSet::new();
    for pattern in patterns {
        let failed = |reason: String| Error::Flows { pattern: pattern.clone(), reason };
        let before = files.len();
        for path in glob::glob(pattern).map_err(|error| failed(error.to_string()))? {
            files.insert(path.map_err(|error| failed(error.to_string()))?);
        }
        if files.len() == before {
            return Err(failed("no file has such a name".to_owned()));
        }
    }
    Ok(files.into_iter().collect())
}

fn unknown_node(class_type: &str, catalog: &Catalog) -> Error {
    let likeness = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &class_type.to_lowercase());
    let nearest =
        catalog.class_types().map(|known| (likeness(known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    let similar = nearest.filter(|(likeness, _)| *likeness > 0.85).map(|(_, known)| known.to_owned());
    Error::UnknownNode { class_type: class_type.to_owned(), similar }
}

/// Whether a path is `above` or below it.
fn is_below(path: &str, above: &str, separator: char) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
}

/// Whether a class comes from a pack, named by its Python module or by its folder in `custom_nodes`.
fn is_of_pack(def: &NodeDef, pack: &str) -> bool {
    let module = &*def.python_module;
    let folder = module.strip_prefix("custom_nodes.");
    is_below(module, pack, '.') || folder.is_some_and(|folder| is_below(folder, pack, '.'))
}

/// The classes that a file uses: a workflow or a prompt as JSON, or Rust source. Classes that the catalog does not
/// have are none of ours: flows write them as `RawNode`.
pub(crate) fn used_by(file: &Path, names: &Names<'_>) -> Result<BTreeSet<String>, Error> {
    let text = fs_err::read_to_string(file).map_err(|source| Error::Read { path: file.into(), source })?;
    let failed = |reason: String| Error::Flows { pattern: file.display().to_string(), reason };
    let mut used = BTreeSet::new();
    if file.extension().is_some_and(|extension| extension == "rs") {
        let tokens: TokenStream = text.parse().map_err(|error| failed(format!("not Rust: {error}")))?;
        collect_idents(tokens, names, &mut used);
    } else {
        let text = text.trim_start_matches('\u{feff}');
        let json: Value = serde_json::from_str(text).map_err(|error| failed(format!("not JSON: {error}")))?;
        collect_classes(&json, names.catalog(), &mut used);
    }
    Ok(used)
}

/// Depth is bounded by the parser's.
fn collect_classes(json: &Value, catalog: &Catalog, used: &mut BTreeSet<String>) {
    match json {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    // prompts, then workflows
                    Value::String(class)
                        if matches!(key.as_str(), "class_type" | "type") && catalog.contains(class) =>
                    {
                        used.insert(class.clone());
                    }
                    inner => collect_classes(inner, catalog, used),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_classes(item, catalog, used)),
        _ => {}
    }
}

/// Every identifier that is the name of a node, wherever it stands: in macros and functions too.
fn collect_idents(tokens: TokenStream, names: &Names<'_>, used: &mut BTreeSet<String>) {
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    used.extend(names.class_of(&ident.to_string()).map(str::to_owned));
                }
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

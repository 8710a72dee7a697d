//! Problems with the lines of the source they are about. The only place of this crate that opens files.

use std::{collections::BTreeMap, env, fs};

use comfy_graph::diag::{Diagnostic, Place, render};

/// Each diagnostic in full, with an empty line after it.
pub(crate) fn full(diagnostics: &[Diagnostic], colour: bool) -> String {
    let mut sources: BTreeMap<&str, Option<String>> = BTreeMap::new();
    let mut shown = String::new();
    for diagnostic in diagnostics {
        let file = match &diagnostic.place {
            Some(Place::Rust(location)) => Some(location.file()),
            _ => None,
        };
        let text = file.and_then(|file| sources.entry(file).or_insert_with(|| read(file)).as_deref());
        let source = file.zip(text);
        shown.push_str(&render::full(std::slice::from_ref(diagnostic), source, colour));
    }
    shown
}

/// rustc names files from where it ran: in a workspace, a folder above the one of the package.
fn read(file: &str) -> Option<String> {
    let here = env::current_dir().ok()?;
    here.ancestors().find_map(|folder| fs::read_to_string(folder.join(file)).ok())
}

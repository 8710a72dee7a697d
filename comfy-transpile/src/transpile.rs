//! One workflow in, one text out, and everything there is to say about it.

use std::collections::BTreeMap;

use comfy_graph::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, Place, Severity, WithDiagnostics, codes},
    front::{self, FrontError},
    graph::Graph,
    passes::{self, LowerOptions},
    valid::Validator,
};

use crate::rust::{self, EmitOptions};

/// What to make of a workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// Rust source in the typed language.
    #[default]
    Rust,
    /// The prompt that a server runs, as JSON.
    Api,
    /// A workflow that the frontend opens, as JSON.
    Ui,
    /// A picture in GraphViz's language.
    Dot,
}

/// How to go about it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What to make.
    pub target: Target,
    /// The catalog's lists of files are those of the server that will run the workflow; see
    /// [`Validator::known_files`].
    pub known_files: bool,
    /// Texts of the prompt, for [`Target::Api`]: alternatives and names of files.
    pub lower: LowerOptions,
    /// For [`Target::Ui`]: where nodes stand.
    pub ui: back::ui::Options,
    /// For [`Target::Rust`].
    pub rust: EmitOptions,
}

/// Why there is no output at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is neither a workflow nor a prompt.
    #[error(transparent)]
    Read(#[from] FrontError),
}

impl Error {
    /// The same as a diagnostic about `text`, with the place where reading ended.
    pub fn to_diagnostic(&self, text: &str) -> Diagnostic {
        let Self::Read(error) = self;
        let code = match error {
            FrontError::TooLarge { .. } => codes::DOCUMENT_TOO_LARGE,
            _ => codes::NOT_A_WORKFLOW,
        };
        let diagnostic = Diagnostic::new(code, error.to_string());
        match error {
            FrontError::NotJson(error) => match place_of(error, text) {
                Some(place) => diagnostic.at(place),
                None => diagnostic,
            },
            _ => diagnostic,
        }
    }
}

/// Where `serde_json` stopped. It counts lines from 1 and columns in bytes.
fn place_of(error: &serde_json::Error, text: &str) -> Option<Place> {
    let line = text.split_inclusive('\n').nth(error.line().checked_sub(1)?)?;
    let start = line.as_ptr().addr() - text.as_ptr().addr();
    let start = start + error.column().saturating_sub(1).min(line.len());
    Some(Place::Bytes { start, end: start + 1 })
}

/// Makes the text of `options.target` of a workflow or prompt.
///
/// There is an output whenever the text could be read, whatever is wrong with the workflow; the diagnostics say
/// what, each once.
///
/// # Errors
/// When the text is neither a workflow nor a prompt.
pub fn transpile(text: &str, catalog: &Catalog, options: &Options) -> Result<WithDiagnostics<String>, Error> {
    let read = front::read(text, catalog)?;
    let graph = read.value.graph;
    let mut diagnostics = read.diagnostics;
    let lowered = passes::lower(&graph, options.lower);
    diagnostics.extend(lowered.diagnostics);
    diagnostics.extend(check(catalog, options, &lowered.value));
    let value = match options.target {
        Target::Rust => {
            let emitted = rust::emit_with(&graph, &lowered.value, catalog, &options.rust);
            diagnostics.extend(emitted.diagnostics);
            emitted.value
        }
        Target::Api => back::api::text(&lowered.value, Some(catalog)) + "\n",
        Target::Ui => {
            let emitted = back::ui::emit(&graph, catalog, options.ui);
            diagnostics.extend(emitted.diagnostics);
            format!("{:#}\n", emitted.value)
        }
        Target::Dot => back::dot::emit(&graph),
    };
    Ok(WithDiagnostics { value, diagnostics: without_repetitions(diagnostics) })
}

fn check(catalog: &Catalog, options: &Options, lowered: &Graph) -> Vec<Diagnostic> {
    let mut found = Validator::new(catalog).known_files(options.known_files).check(lowered);
    if options.target != Target::Api {
        // A blueprint is good for reading and drawing; only running it needs an output.
        for finding in found.iter_mut().filter(|finding| finding.code == codes::PROMPT_NO_OUTPUTS) {
            finding.severity = Severity::Warning;
        }
    }
    found
}

/// Readers and the validator both look for these. The first to speak is nearer to the text, and what the other advises
/// is added to it. A missing class is one fault however often its subgraph is used.
fn without_repetitions(diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        if diagnostic.code != codes::MISSING_NODE_TYPE {
            kept.push(diagnostic);
            continue;
        }
        let place = match &diagnostic.place {
            Some(Place::Json(path)) => path.to_string(),
            _ => diagnostic.node.as_deref().unwrap_or_default().to_owned(),
        };
        match seen.get(&place).and_then(|first| kept.get_mut(*first)) {
            Some(first) if first.suggestions.is_empty() => first.suggestions = diagnostic.suggestions,
            Some(_) => {}
            None => {
                seen.insert(place, kept.len());
                kept.push(diagnostic);
            }
        }
    }
    kept
}

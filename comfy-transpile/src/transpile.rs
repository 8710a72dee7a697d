//! One workflow in, one text out, and everything there is to say about it; or only that.

use std::collections::BTreeMap;

use comfy_codegen::names::{NameLock, Names};
use comfy_graph::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, Place, Severity, WithDiagnostics, codes},
    diff::Level,
    front::{self, Format, FrontError},
    graph::Graph,
    passes::{self, LowerOptions},
    valid::Validator,
};

use crate::{
    read::{self, Places, ReadError, ReadOptions},
    rust::{self, EmitOptions},
};

/// What the text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Source {
    /// What it looks like.
    #[default]
    Any,
    /// A workflow or a prompt.
    Json,
    /// A flow in Rust, see [`read`].
    Rust,
}

impl Source {
    /// Whether this text is to be read as Rust: JSON begins with a bracket, and programs have functions.
    fn is_rust(self, text: &str) -> bool {
        match self {
            Self::Any => !text.trim_start().starts_with(['{', '[']) && text.contains("fn "),
            Self::Json => false,
            Self::Rust => true,
        }
    }
}

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
    /// A picture as on ComfyUI's canvas, with what was found marked in place.
    Svg,
}

/// How to go about it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What is read.
    pub source: Source,
    /// What to make.
    pub target: Target,
    /// The catalog's lists of files are those of the server that will run the workflow; see
    /// [`Validator::known_files`].
    pub known_files: bool,
    /// Texts of the prompt, for [`Target::Api`]: alternatives and names of files.
    pub lower: LowerOptions,
    /// For [`Target::Ui`]: where nodes stand.
    pub ui: back::ui::Options,
    /// For [`Target::Ui`]: a workflow that has the same nodes, whose ids and looks they get
    /// ([`back::layout::adopt`]).
    pub looks: Option<Graph>,
    /// For [`Target::Rust`].
    pub rust: EmitOptions,
    /// The names of generated items, of Rust that is read and that is written, where a lock file keeps them.
    pub lock: NameLock,
}

impl Options {
    fn names<'c>(&self, catalog: &'c Catalog) -> Names<'c> {
        Names::with_lock(catalog, self.lock.clone())
    }
}

/// Why there is no output at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is neither a workflow nor a prompt.
    #[error(transparent)]
    Read(#[from] FrontError),
    /// The program in Rust has mistakes.
    #[error(transparent)]
    Rust(#[from] ReadError),
}

impl Error {
    /// The same as diagnostics about `text`: all mistakes of a program, or where reading a document ended.
    pub fn to_diagnostics(&self, text: &str) -> Vec<Diagnostic> {
        match self {
            Self::Rust(ReadError(found)) => found.clone(),
            Self::Read(_) => vec![self.to_diagnostic(text)],
        }
    }

    /// The same as a diagnostic about `text`, with the place where reading ended.
    pub fn to_diagnostic(&self, text: &str) -> Diagnostic {
        let error = match self {
            Self::Read(error) => error,
            Self::Rust(ReadError(found)) => {
                let first = found.iter().find(|found| found.is_error()).cloned();
                return first.unwrap_or_else(|| Diagnostic::new(codes::NOT_A_WORKFLOW, self.to_string()));
            }
        };
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
    let mut examined = examine(text, catalog, options)?;
    let (graph, lowered) = (&examined.graph, &examined.lowered);
    let value = match options.target {
        Target::Rust => {
            let emitted = rust::emit_lowered(graph, lowered, &options.names(catalog), &options.rust);
            examined.diagnostics.extend(emitted.diagnostics);
            emitted.value
        }
        Target::Api => back::api::text(lowered, Some(catalog)) + "\n",
        Target::Ui => {
            let emitted = match &options.looks {
                None => back::ui::emit(graph, catalog, options.ui),
                Some(looks) => like(graph, looks, catalog),
            };
            examined.diagnostics.extend(emitted.diagnostics);
            format!("{:#}\n", emitted.value)
        }
        Target::Dot => back::dot::emit(graph),
        Target::Svg => back::svg::emit(graph, catalog, &examined.diagnostics),
    };
    Ok(WithDiagnostics { value, diagnostics: examined.into_diagnostics(catalog) })
}

/// The graph as a workflow that looks like another.
fn like(graph: &Graph, looks: &Graph, catalog: &Catalog) -> WithDiagnostics<serde_json::Value> {
    let mut graph = graph.clone();
    back::layout::adopt(&mut graph, looks);
    let mut emitted = back::ui::emit(&graph, catalog, back::ui::Options::default());
    // the ids are those of the other workflow
    for diagnostic in &mut emitted.diagnostics {
        name(diagnostic, &[&graph]);
    }
    emitted
}

/// Says of which class the node is, and what it is called.
fn name(diagnostic: &mut Diagnostic, graphs: &[&Graph]) {
    let Some(key) = diagnostic.node.as_deref() else { return };
    let node = graphs.iter().find_map(|graph| graph.get(graph.find(key)?));
    if let Some(node) = node.filter(|node| !node.class_type.is_empty()) {
        diagnostic.class_type = Some(node.class_type.clone());
        diagnostic.title.clone_from(&node.title);
    }
}

/// A document of any form that was read, and nothing done to it.
#[derive(Clone)]
pub struct Document {
    /// What it was.
    pub form: Form,
    /// What it says.
    pub graph: Graph,
}

/// What a text can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// The UI format.
    Workflow,
    /// The API format.
    Prompt,
    /// A flow in Rust.
    Rust,
}

impl Document {
    /// What of two documents can be compared: two workflows, or two flows, as their authors wrote them. A prompt has
    /// no notes, and a flow has constants instead of primitives; so else what would be queued.
    pub fn level(&self, other: &Self) -> Level {
        let alike = self.form == other.form && self.form != Form::Prompt;
        if alike { Level::Authored } else { Level::Queued }
    }
}

/// Reads a workflow, a prompt or a flow. Of the options, [`Options::source`] and [`Options::lock`] say how.
///
/// # Errors
/// When the text is none of them, or a program with mistakes.
pub fn open(text: &str, catalog: &Catalog, options: &Options) -> Result<WithDiagnostics<Document>, Error> {
    if options.source.is_rust(text) {
        let read = read::read_with(text, &options.names(catalog), &ReadOptions::default())?;
        return Ok(read.map(|read| Document { form: Form::Rust, graph: read.graph }));
    }
    Ok(front::read(text, catalog)?.map(|parsed| {
        let form = match parsed.format {
            Format::Workflow => Form::Workflow,
            Format::Prompt => Form::Prompt,
        };
        Document { form, graph: parsed.graph }
    }))
}

/// What is wrong with a workflow or prompt, and nothing else. As for [`Target::Api`]: it is meant to run.
///
/// Against an empty catalog it finds what needs none: links, circles, duplicate ids, the file's own form.
///
/// # Errors
/// When the text is neither a workflow nor a prompt.
pub fn check(text: &str, catalog: &Catalog, options: &Options) -> Result<Vec<Diagnostic>, Error> {
    let options = Options { target: Target::Api, ..options.clone() };
    match examine(text, catalog, &options) {
        Ok(examined) => Ok(examined.into_diagnostics(catalog)),
        // what is wrong with a program is what was asked for
        Err(Error::Rust(ReadError(found))) => Ok(found),
        Err(error) => Err(error),
    }
}

/// A document that was read, lowered and checked.
struct Examined {
    graph: Graph,
    lowered: Graph,
    diagnostics: Vec<Diagnostic>,
}

/// The graph that a text is.
fn graph_of(
    text: &str,
    catalog: &Catalog,
    options: &Options,
) -> Result<(WithDiagnostics<Graph>, Option<Places>), Error> {
    if !options.source.is_rust(text) {
        return Ok((front::read(text, catalog)?.map(|parsed| parsed.graph), None));
    }
    let WithDiagnostics { value: read, diagnostics } =
        read::read_with(text, &options.names(catalog), &ReadOptions::default())?;
    Ok((WithDiagnostics { value: read.graph, diagnostics }, Some(read.places)))
}

fn examine(text: &str, catalog: &Catalog, options: &Options) -> Result<Examined, Error> {
    let (WithDiagnostics { value: graph, mut diagnostics }, places) = graph_of(text, catalog, options)?;
    let lowered = passes::lower(&graph, options.lower);
    diagnostics.extend(lowered.diagnostics);
    diagnostics.extend(validate(catalog, options, &lowered.value));
    match &places {
        None => front::place_values(text, &graph, catalog, &mut diagnostics),
        Some(places) => {
            diagnostics = diagnostics.into_iter().map(|diagnostic| places.locate(diagnostic)).collect();
        }
    }
    Ok(Examined { graph, lowered: lowered.value, diagnostics })
}

impl Examined {
    /// What is worth saying, with the names of the nodes.
    fn into_diagnostics(mut self, catalog: &Catalog) -> Vec<Diagnostic> {
        // what has a name already is about another graph
        for diagnostic in self.diagnostics.iter_mut().filter(|diagnostic| diagnostic.class_type.is_none()) {
            // what does not run is only in the graph as it was read
            name(diagnostic, &[&self.lowered, &self.graph]);
        }
        if catalog.is_empty() {
            // that it knows no class is not the workflow's fault; a node without any is
            let unknown = |d: &Diagnostic| d.code == codes::MISSING_NODE_TYPE && d.class_type.is_some();
            self.diagnostics.retain(|diagnostic| !unknown(diagnostic));
        }
        without_repetitions(self.diagnostics)
    }
}

fn validate(catalog: &Catalog, options: &Options, lowered: &Graph) -> Vec<Diagnostic> {
    let validator = if catalog.is_empty() { Validator::without_catalog() } else { Validator::new(catalog) };
    let mut found = validator.known_files(options.known_files).check(lowered);
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

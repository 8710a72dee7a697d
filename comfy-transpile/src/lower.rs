//! Document → what a server runs, with everything there is to say about it.

use std::{collections::BTreeSet, fmt, sync::Arc};

use comfy_graph::{
    back,
    catalog::Catalog,
    diag::{Diagnostic, Severity, WithDiagnostics, codes},
    front,
    graph::Graph,
    passes::{self, LowerOptions},
};
use comfy_reader::ReadError;
use serde_json::Value;

use crate::{
    compiler::Compiler,
    document::{Document, Form, name},
    error::Error,
    input::Input,
    repeated,
    settings::{SettingError, Settings},
};

/// A document as a server runs it. It is there whatever is wrong with the workflow.
#[derive(Clone)]
#[non_exhaustive]
pub struct Lowered {
    /// The flat graph, ready for [`back::api`].
    pub graph: Graph,
    /// What reading, lowering and checking found, each once.
    pub diagnostics: Vec<Diagnostic>,
    /// The inputs that were set from outside, by node and name.
    pub set: BTreeSet<(Box<str>, Box<str>)>,
    catalog: Arc<Catalog>,
}

impl Lowered {
    /// Whether the server would refuse it.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The prompt.
    pub fn prompt(&self) -> Value {
        back::api::emit(&self.graph, Some(&self.catalog))
    }

    /// The prompt as indented text.
    pub fn prompt_text(&self) -> String {
        back::api::text(&self.graph, Some(&self.catalog)) + "\n"
    }
}

impl fmt::Debug for Lowered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lowered")
            .field("nodes", &self.graph.len())
            .field("diagnostics", &self.diagnostics)
            .finish_non_exhaustive()
    }
}

/// What a document is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Running it.
    Run,
    /// Reading or drawing it: only running needs an output.
    Show,
}

impl Compiler {
    /// What is wrong with a document, what reading it said included, in the order of finding. It is meant to run.
    ///
    /// Against an empty catalog this finds what needs none: links, circles, duplicate ids, the text's own form.
    pub fn check(&self, document: &Document) -> Vec<Diagnostic> {
        self.lower(document, LowerOptions::default()).diagnostics
    }

    /// What is wrong with a text. What is wrong with a program is what was asked for, so that it is no error here.
    ///
    /// # Errors
    /// When the text is neither a workflow nor a prompt.
    pub fn check_input(&self, input: &Input) -> Result<Vec<Diagnostic>, Error> {
        match self.open(input) {
            Ok(document) => Ok(self.check(&document)),
            Err(Error::Rust(ReadError(found))) => Ok(found),
            Err(error) => Err(error),
        }
    }

    /// The document as a server runs it, checked. The options are about texts of the prompt: alternatives and names of
    /// files.
    pub fn lower(&self, document: &Document, options: LowerOptions) -> Lowered {
        let mut lowered = self.examine(document, options, Purpose::Run);
        lowered.diagnostics = self.worth_saying(document, lowered.diagnostics);
        lowered
    }

    /// As [`lower`](Self::lower), with values that are set from outside; see [`set`](Self::set).
    ///
    /// # Errors
    /// Those of [`set`](Self::set).
    pub fn lower_with(
        &self,
        document: &Document,
        options: LowerOptions,
        settings: &Settings,
    ) -> Result<Lowered, SettingError> {
        Ok(self.lower(&self.set(document, settings)?, options))
    }

    /// As [`lower`](Self::lower), with everything that was found in all its repetitions.
    pub(crate) fn examine(&self, document: &Document, options: LowerOptions, purpose: Purpose) -> Lowered {
        let filled = if purpose == Purpose::Run { self.filled(document) } else { None };
        let Some(filled) = filled else {
            return self.checked(document, passes::lower(document.graph(), options), purpose);
        };
        let mut lowered = passes::lower(&filled.value, options);
        lowered.diagnostics.splice(0..0, filled.diagnostics);
        self.checked(document, lowered, purpose)
    }

    fn checked(&self, document: &Document, lowered: WithDiagnostics<Graph>, purpose: Purpose) -> Lowered {
        let mut diagnostics = document.diagnostics().to_vec();
        diagnostics.extend(lowered.diagnostics);
        diagnostics.extend(self.validate(&lowered.value, purpose));
        if matches!(document.form(), Form::Rust | Form::Diagram) {
            diagnostics = diagnostics.into_iter().map(|found| document.locate(found)).collect();
        } else {
            front::place_values(document.text(), document.graph(), self.catalog(), &mut diagnostics);
        }
        let set = document.outside().inputs.clone();
        for found in &mut diagnostics {
            let (Some(node), Some(input)) = (&found.node, &found.input) else { continue };
            if set.contains(&(node.clone(), input.clone())) {
                // what the file has there is not what is wrong
                found.place = None;
                found.suggestions.clear();
                found.help.push("the value was set from outside of the file".to_owned());
            }
        }
        if document.is_edited() {
            for found in &mut diagnostics {
                if found.node.as_deref().is_some_and(|key| document.is_changed(key)) {
                    // what the file has there is not what is wrong
                    found.place = None;
                    found.suggestions.clear();
                }
            }
        }
        Lowered { graph: lowered.value, diagnostics, set, catalog: self.shared_catalog() }
    }

    fn validate(&self, lowered: &Graph, purpose: Purpose) -> Vec<Diagnostic> {
        let mut found = self.with_validator(|validator| validator.check(lowered));
        if purpose == Purpose::Show {
            for finding in found.iter_mut().filter(|finding| finding.code == codes::PROMPT_NO_OUTPUTS) {
                finding.severity = Severity::Warning;
            }
        }
        found
    }

    /// What of the findings is worth saying, with the names of the nodes.
    pub(crate) fn worth_saying(&self, document: &Document, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        // what has a name already is about another graph
        for diagnostic in found.iter_mut().filter(|diagnostic| diagnostic.class_type.is_none()) {
            name(diagnostic, document.graph());
        }
        if self.catalog().is_empty() {
            // that it knows no class is not the workflow's fault; a node without any is
            let unknown = |d: &Diagnostic| d.code == codes::MISSING_NODE_TYPE && d.class_type.is_some();
            found.retain(|diagnostic| !unknown(diagnostic));
        }
        repeated::said_once(found)
    }
}

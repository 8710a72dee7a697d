//! Why a text is no document. What is wrong with a document that can be read is no error but a `Diagnostic`.

use comfy_graph::{
    diag::{Diagnostic, Place, codes},
    front::{FrontError, diagram::DiagramError},
    json,
};
use comfy_reader::ReadError;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is neither a workflow nor a prompt.
    #[error("{source}")]
    Read {
        /// Why.
        source: FrontError,
        /// Where in the text reading ended.
        place: Option<Place>,
    },
    /// The text is no diagram, though it was to be read as one.
    #[error(transparent)]
    Diagram(#[from] DiagramError),
    /// The program in Rust has mistakes.
    #[error(transparent)]
    Rust(#[from] ReadError),
}

impl Error {
    /// What reading `text` ended with.
    pub(crate) fn of_json(source: FrontError, text: &str) -> Self {
        let place = match &source {
            FrontError::NotJson(error) => json::error_place(error, text),
            _ => None,
        };
        Self::Read { source, place }
    }

    /// The same as diagnostics about the text: all mistakes of a program, or where reading a document ended.
    pub fn to_diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Rust(ReadError(found)) => found.clone(),
            Self::Diagram(error) => {
                let code = match error {
                    DiagramError::TooLarge(_) => codes::DOCUMENT_TOO_LARGE,
                    _ => codes::NOT_A_WORKFLOW,
                };
                vec![Diagnostic::new(code, error.to_string())]
            }
            Self::Read { source, place } => {
                let code = match source {
                    FrontError::TooLarge { .. } => codes::DOCUMENT_TOO_LARGE,
                    _ => codes::NOT_A_WORKFLOW,
                };
                let mut found = Diagnostic::new(code, source.to_string());
                found.place.clone_from(place);
                vec![found]
            }
        }
    }
}

//! Document → text of any form, with everything there is to say about it.

use comfy_graph::{back, catalog::Catalog, diag::WithDiagnostics, front, graph::Graph, passes::LowerOptions};
use serde_json::Value;

use crate::{
    compiler::Compiler,
    document::{Document, Form, name},
    lower::Purpose,
    rust::{self, EmitOptions},
};

/// What to make of a document.
#[derive(Clone)]
#[non_exhaustive]
pub enum Target {
    /// Rust source in the typed language.
    Rust(EmitOptions),
    /// The prompt that a server runs, as JSON; the options say what is done to its texts.
    Api(LowerOptions),
    /// A workflow that the frontend opens, as JSON.
    Ui(Looks),
    /// A picture in GraphViz's language.
    Dot,
    /// A flowchart in Mermaid's language.
    Mermaid,
    /// A picture as on ComfyUI's canvas, with what was found marked in place.
    Svg,
}

impl Default for Target {
    /// Rust, with nothing special about it.
    fn default() -> Self {
        Self::Rust(EmitOptions::default())
    }
}

/// Where the nodes of a workflow that is written stand, and what they look like.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Looks {
    /// As in the document; what has no place there is arranged.
    #[default]
    Kept,
    /// All of them arranged anew.
    Arranged,
    /// As in another workflow, which has the same nodes: they get its ids, places and colours
    /// ([`back::layout::adopt`]).
    Of(Box<Graph>),
}

impl Looks {
    /// The looks of another document.
    pub fn of(document: &Document) -> Self {
        Self::Of(Box::new(document.graph().clone()))
    }
}

impl Compiler {
    /// Writes a document in any form. There is a text whatever is wrong with the workflow; the diagnostics say what, each
    /// once: of reading, lowering and checking it, and of writing.
    pub fn write(&self, document: &Document, target: &Target) -> WithDiagnostics<String> {
        let (options, purpose) = match target {
            Target::Api(options) => (*options, Purpose::Run),
            // a blueprint is good for reading and drawing
            Target::Rust(_) | Target::Ui(_) | Target::Dot | Target::Mermaid | Target::Svg => {
                (LowerOptions::default(), Purpose::Show)
            }
        };
        let (graph, catalog) = (document.graph(), self.catalog());
        let mut lowered = self.examine(document, options, purpose);
        let value = match target {
            Target::Rust(options) => {
                let emitted =
                    self.with_names(|names| rust::emit_lowered(graph, &lowered.graph, names, options));
                lowered.diagnostics.extend(emitted.diagnostics);
                emitted.value
            }
            Target::Api(_) => lowered.prompt_text(),
            Target::Ui(looks) => {
                let emitted = workflow(graph, looks, catalog);
                lowered.diagnostics.extend(emitted.diagnostics);
                format!("{:#}\n", emitted.value)
            }
            Target::Dot => back::dot::emit(graph),
            Target::Mermaid => back::mermaid::emit(graph),
            Target::Svg => back::svg::emit(graph, catalog, &lowered.diagnostics),
        };
        WithDiagnostics { value, diagnostics: self.worth_saying(document, lowered.diagnostics) }
    }
}

impl Compiler {
    /// The document as a workflow that the frontend opens, for the metadata of what a run makes. Values that were set
    /// from outside are in it, and what is filled in for a run.
    pub fn workflow(&self, document: &Document) -> Value {
        let filled = self.filled(document).map(|filled| filled.value);
        if document.form() == Form::Workflow
            && !document.outside().changed
            && !document.is_edited()
            && filled.is_none()
        {
            // as its author left it
            if let Some(own) = front::json(document.text())
                && own.get("nodes").is_some_and(Value::is_array)
            {
                return own;
            }
        }
        let graph = filled.as_ref().unwrap_or(document.graph());
        workflow(graph, &Looks::Kept, self.catalog()).value
    }
}

/// The graph as a workflow.
fn workflow(graph: &Graph, looks: &Looks, catalog: &Catalog) -> WithDiagnostics<Value> {
    let other = match looks {
        Looks::Kept => return back::ui::emit(graph, catalog, back::ui::Options { keep_layout: true }),
        Looks::Arranged => return back::ui::emit(graph, catalog, back::ui::Options { keep_layout: false }),
        Looks::Of(other) => other,
    };
    let mut graph = graph.clone();
    back::layout::adopt(&mut graph, other);
    let mut emitted = back::ui::emit(&graph, catalog, back::ui::Options::default());
    // the ids are those of the other workflow
    for diagnostic in &mut emitted.diagnostics {
        name(diagnostic, &graph);
    }
    emitted
}

//! Diagrams → graph: what models write when they are asked for a workflow, and what people draw in Markdown.
//!
//! * **Link lists**, as ComfyGPT and ComfyUI-WorkflowGenerator have them: `[["CheckpointLoaderSimple", "MODEL",
//!   "KSampler", "model"], …]`, an output and the input that it is linked to. Several nodes of one class have numbers:
//!   `CLIPTextEncode_1`, `CLIPTextEncode #2`.
//! * **Mermaid flowcharts**: `A[KSampler] -->|LATENT| B[VAEDecode]`. A label names the output, the input, or both:
//!   `LATENT → samples`.
//!
//! A diagram says classes and links and nothing else. Every node is a new one of its class, with the defaults of the
//! catalog. A class that the catalog does not have becomes the nearest one that it has, by its name and by the inputs and
//! outputs that the diagram uses; names of inputs and outputs likewise. What had to be guessed is said. A link whose types
//! do not fit is left out, and that is said too.
//!
//! ```
//! use comfy_graph::{catalog::Catalog, front::diagram};
//!
//! # #[cfg(feature = "bundled")] {
//! let catalog = Catalog::bundled();
//! let read = diagram::read(r#"[["EmptyLatentImage", "LATENT", "VAEDecod", "samples"]]"#, &catalog).expect("a diagram");
//! let classes: Vec<_> = read.value.nodes().map(|(_, node)| &*node.class_type).collect();
//! assert_eq!(classes, ["EmptyLatentImage", "VAEDecode"]);
//! assert!(read.diagnostics[0].message.contains("VAEDecod"));
//! # }
//! ```

mod build;
mod classes;
mod link_list;
mod mermaid;
#[cfg(test)]
mod tests;

use std::ops::Range;

use indexmap::IndexMap;

use crate::{
    catalog::Catalog,
    diag::{Code, Diagnostic, Place, WithDiagnostics, codes},
    graph::Graph,
    json,
};

/// The greatest length of a diagram, in bytes.
pub const MAX_BYTES: usize = 1 << 24;

/// The greatest number of links that are read.
pub const MAX_LINKS: usize = 20_000;

/// The greatest number of nodes that are read.
pub const MAX_NODES: usize = 20_000;

/// Why a text could not be read at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiagramError {
    /// The text is longer than [`MAX_BYTES`].
    #[error("the diagram has {0} bytes, and no more than {MAX_BYTES} are read")]
    TooLarge(usize),
    /// Neither a link list nor a flowchart.
    #[error("no diagram: {0}")]
    NotADiagram(&'static str),
}

/// Whether a text looks like a diagram: it is a list of lists of texts, or begins as a flowchart does, or has one of them in a
/// block of code. Neither workflows nor prompts look so, nor programs with a chart in their comments.
pub fn is_diagram(text: &str) -> bool {
    let range = block(text);
    let before = text.get(..range.start).unwrap_or_default();
    let inner = text.get(range).unwrap_or_default();
    if ["{", "["].iter().any(|bracket| bare(before).trim_start().starts_with(bracket)) {
        // what looks like a block is inside of a text of JSON
        return false;
    }
    let is_program = ["/*", "fn "].iter().any(|sign| before.contains(sign));
    !is_program && (link_list::begins(inner) || mermaid::begins(inner))
}

/// Reads a link list or a flowchart, whichever the text is. Of Markdown with blocks of code the first that is called `mermaid`
/// counts, else the first.
///
/// # Errors
/// When there is nothing to make a graph of. Everything less is a diagnostic, with its place in the text.
pub fn read(text: &str, catalog: &Catalog) -> Result<WithDiagnostics<Graph>, DiagramError> {
    if text.len() > MAX_BYTES {
        return Err(DiagramError::TooLarge(text.len()));
    }
    let range = block(text);
    let inner = text.get(range.clone()).unwrap_or_default();
    let mut sketch = Sketch { offset: range.start, ..Sketch::default() };
    if inner.trim_start().starts_with('[') {
        link_list::read(inner, &mut sketch)?;
    } else {
        mermaid::read(inner, &mut sketch)?;
    }
    Ok(build::build(sketch, catalog))
}

/// The first block of code with a chart, or the first one, or all of the text.
fn block(text: &str) -> Range<usize> {
    let whole = text.len() - bare(text).len()..text.len();
    let Some(fence) = text.find("```mermaid").or_else(|| text.find("```")) else { return whole };
    let Some(line) = text.get(fence..).and_then(|rest| rest.find('\n')) else { return whole };
    let start = fence + line + 1;
    let rest = text.get(start..).unwrap_or_default();
    start..rest.find("```").map_or(text.len(), |end| start + end)
}

fn bare(text: &str) -> &str {
    json::without_bom(text)
}

/// What a diagram says, before anybody asked the catalog.
#[derive(Default)]
struct Sketch {
    /// Where the part that is read begins.
    offset: usize,
    /// By what the diagram calls them.
    nodes: IndexMap<String, Drawn>,
    links: Vec<Wire>,
    found: Vec<Diagnostic>,
}

/// A node of a diagram.
#[derive(Clone, Debug, Default)]
struct Drawn {
    /// Texts of which one is the class, the likeliest first.
    words: Vec<String>,
    /// The first of several lines.
    title: Option<String>,
    /// A number behind the class is the node's id.
    keeps_id: bool,
    /// What it says, if it is a note.
    note: Option<String>,
    place: Range<usize>,
}

/// A link of a diagram.
#[derive(Clone, Debug)]
struct Wire {
    from: String,
    to: String,
    label: Label,
    place: Range<usize>,
}

/// What a diagram says of the ends of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Label {
    /// Output and input.
    Both(String, String),
    /// One of them, or the type.
    One(String),
    Nothing,
}

impl Sketch {
    /// Whether there is room for more; says so once where there is none.
    fn has_room(&mut self, place: &Range<usize>) -> bool {
        let has_room = self.links.len() < MAX_LINKS && self.nodes.len() < MAX_NODES;
        if !has_room {
            let message = format!("only the first {MAX_LINKS} links and {MAX_NODES} nodes are read");
            self.note(codes::MALFORMED_DIAGRAM, place, message);
        }
        has_room
    }

    /// Notes something about a part of the text.
    fn note(&mut self, code: Code, place: &Range<usize>, message: String) {
        const MOST: usize = 1000;
        if self.found.len() < MOST {
            self.found.push(Diagnostic::new(code, message).at(self.place(place)));
        }
    }

    fn place(&self, range: &Range<usize>) -> Place {
        Place::Bytes { start: range.start + self.offset, end: range.end + self.offset }
    }
}

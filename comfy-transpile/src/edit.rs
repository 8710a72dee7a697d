//! Document and batch of edits → document.

use std::fmt;

use comfy_graph::{
    diag::Diagnostic,
    edit::{self, Applied},
};

use crate::{compiler::Compiler, document::Document};

/// A document after a batch of edits.
#[non_exhaustive]
pub struct Edited {
    /// The document. Its form and text are those of before; its graph has the edits.
    pub document: Document,
    /// What was done. Its diagnostics are about the batch.
    pub applied: Applied,
}

impl Edited {
    /// The batch that takes everything back, as text.
    pub fn undo(&self) -> String {
        format!("{:#}\n", edit::write(&self.applied.undo))
    }
}

impl fmt::Debug for Edited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edited").field("document", &self.document).finish_non_exhaustive()
    }
}

impl Compiler {
    /// Makes all edits of a batch ([`comfy_graph::edit`]), or none.
    ///
    /// ```
    /// use comfy_transpile::{Compiler, Input};
    ///
    /// let compiler = Compiler::bundled();
    /// let prompt = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1,
    ///     "color": 0}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}"#;
    /// let document = compiler.open(&Input::from_text("prompt.json", prompt))?;
    ///
    /// let batch = r#"[{"op": "set", "node": 1, "input": "width", "value": 128}]"#;
    /// let edited = compiler.edit(&document, batch).expect("edits that fit");
    /// assert_eq!(compiler.lower(&edited.document, Default::default()).prompt()["1"]["inputs"]["width"], 128);
    ///
    /// let back = compiler.edit(&edited.document, &edited.undo()).expect("the inverse");
    /// assert!(compiler.diff(&document, &back.document).is_empty());
    /// # Ok::<(), comfy_transpile::Error>(())
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with the batch, each finding at its place there.
    pub fn edit(&self, document: &Document, batch: &str) -> Result<Edited, Vec<Diagnostic>> {
        let ops = edit::read_text(batch)?;
        let mut graph = document.graph().clone();
        let applied = edit::apply(&mut graph, self.catalog(), &ops)?;
        Ok(Edited { document: document.clone().edited(graph), applied })
    }
}

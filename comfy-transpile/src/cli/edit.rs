//! `--edit`: changes of a workflow that a file lists.

use std::path::Path;

use anyhow::Result;
use comfy_graph::diag::{Diagnostic, render};
use comfy_transpile::{Compiler, Document, Input};

use super::Cli;

impl Cli {
    /// The document with the edits of OPS; `None` if they are refused, which was said then. Of a batch that is refused
    /// nothing is written.
    pub(super) fn edited(
        &self,
        ops: &Path,
        document: &Document,
        compiler: &Compiler,
    ) -> Result<Option<Document>> {
        let batch = self.input(ops)?;
        let edited = match compiler.edit(document, batch.text()) {
            Ok(edited) => edited,
            Err(found) => {
                self.say_of_batch(found, &batch);
                return Ok(None);
            }
        };
        // what is denied may not happen
        if self.say_of_batch(edited.applied.diagnostics.clone(), &batch) {
            return Ok(None);
        }
        if let Some(file) = &self.undo {
            fs_err::write(file, edited.undo())?;
        }
        Ok(Some(edited.document))
    }

    /// Shows what there is to say of a batch, and says whether any of it is an error.
    fn say_of_batch(&self, mut found: Vec<Diagnostic>, batch: &Input) -> bool {
        self.levels().apply(&mut found);
        render::sort_by_place(&mut found, batch.text());
        self.show(&found, batch);
        found.iter().any(Diagnostic::is_error)
    }
}

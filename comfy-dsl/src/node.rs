//! What a node is to a [`Flow`](crate::Flow), and what can be said of every node.

use comfy_graph::graph::Mode;

use crate::{__private::Record, NodeRef, RawValue};

/// Anything that is becoming a node, complete or not.
pub trait Builder: Sized {
    #[doc(hidden)]
    fn record(&mut self) -> &mut Record;
}

/// A node with all its required inputs set, ready for [`Flow::add`](crate::Flow::add).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a complete node",
    label = "not a node that can be added to the graph"
)]
pub trait NodeSpec: Builder {
    /// What adding it gives: an [`Output`](crate::Output), a struct of several, or a [`NodeRef`].
    type Out;

    #[doc(hidden)]
    fn out(node: NodeRef) -> Self::Out;
}

/// Settings that every node has.
///
/// An input of the same name wins: generated setters of such inputs end in an underscore.
pub trait NodeExt: Builder {
    /// The title on the node, where it is not the default one.
    #[must_use]
    fn title(mut self, title: impl Into<String>) -> Self {
        self.record().title(title.into().into());
        self
    }

    /// Leaves the node out when running and passes its inputs on to outputs of the same type (Ctrl-B).
    #[must_use]
    fn bypass(self) -> Self {
        self.mode(Mode::Bypass)
    }

    /// Leaves the node and all links from it out when running (Ctrl-M).
    #[must_use]
    fn mute(self) -> Self {
        self.mode(Mode::Never)
    }

    /// Whether and how the node takes part in execution.
    #[must_use]
    fn mode(mut self, mode: Mode) -> Self {
        self.record().mode(mode);
        self
    }

    /// Sets an input by its key in the prompt, declared or not (`"resize_type.width"` for parts of dynamic
    /// inputs). Wins over a setter; nothing is checked.
    #[must_use]
    fn raw_input(mut self, name: impl Into<String>, value: impl RawValue) -> Self {
        self.record().set_by_name(name.into().into(), value.raw_val());
        self
    }
}

impl<B: Builder> NodeExt for B {}

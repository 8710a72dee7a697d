//! The way out of the types: a node of any class with any inputs.

use std::panic::Location;

use comfy_graph::graph::NodeSource;

use crate::{__private::Record, Builder, NodeRef, RawValue, Set};

/// A node of a class that the generated code does not know.
///
/// ```
/// use comfy_dsl::prelude::*;
///
/// struct Image;
/// let g = Flow::new();
/// let loader = g.add(RawNode::new("LoadImageFromTheMoon").input("crater", 7));
/// let image = loader.out::<Image>(0);
/// g.add(RawNode::new("SaveImage").input("images", image).input("filename_prefix", "moon"));
/// ```
#[derive(Clone, Debug)]
pub struct RawNode(Record);

impl RawNode {
    /// A node of this class.
    pub fn new(class_type: impl Into<String>) -> Self {
        Self(Record::raw(class_type.into().into()))
    }

    /// Sets an input: a value, or an output to link.
    #[must_use]
    #[track_caller]
    pub fn input(mut self, name: impl Into<String>, value: impl RawValue) -> Self {
        self.0.set_by_name(name.into().into(), value.into_val());
        self
    }

    /// [`input`](Self::input) with the type of its socket, which is else that of what is linked. Only bypassing the
    /// node needs to know; with [`unlinked`](crate::unlinked) the input is declared and no more.
    ///
    /// ```
    /// use comfy_dsl::prelude::*;
    ///
    /// struct Model;
    /// let g = Flow::new();
    /// let model = g.add(RawNode::new("UNETLoader")).out::<Model>(0);
    /// let patched = g.add(
    ///     RawNode::new("Blend")
    ///         .input_typed("other", "MODEL", unlinked::<Model>())
    ///         .input_typed("model", "MODEL", model)
    ///         .output("MODEL", "MODEL")
    ///         .bypass(),
    /// );
    /// // the first input of the type is what a bypassed node passes on, and nothing is linked to it
    /// g.add(RawNode::new("Sample").input("model", patched.out::<Model>(0)));
    /// assert!(g.to_prompt()["3"]["inputs"].get("model").is_none());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn input_typed(
        mut self,
        name: impl Into<String>,
        io_type: impl Into<String>,
        value: impl RawValue,
    ) -> Self {
        let at = NodeSource::Rust(Location::caller());
        self.0.set_typed_at(name.into().into(), io_type.into().into(), value.into_val(), at);
        self
    }

    /// Declares the next output. Only bypassing the node needs to know: its inputs are passed on to outputs of
    /// their type.
    #[must_use]
    pub fn output(mut self, label: impl Into<String>, io_type: impl Into<String>) -> Self {
        self.0.output(label.into().into(), io_type.into().into());
        self
    }
}

impl Builder for RawNode {
    type Out = NodeRef;
    type State = Set;
    fn record(&mut self) -> &mut Record {
        &mut self.0
    }
}

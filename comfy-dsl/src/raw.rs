//! The way out of the types: a node of any class with any inputs.

use crate::{__private::Record, Builder, NodeRef, NodeSpec, RawValue};

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
        self.0.set_by_name(name.into().into(), value.raw_val());
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
    fn record(&mut self) -> &mut Record {
        &mut self.0
    }
}

impl NodeSpec for RawNode {
    type Out = NodeRef;
}

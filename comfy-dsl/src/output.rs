//! Handles on what is already in the graph: [`Output<T>`], [`NodeRef`], and links that have a value as well.

use std::{fmt, marker::PhantomData};

use crate::__private::Link;

/// One output of one node of a [`Flow`](crate::Flow), of the socket type `T`.
///
/// It is a number, not the data: copy it as often as the output is used.
///
/// ```
/// use comfy_dsl::prelude::*;
///
/// struct Image;
/// let g = Flow::new();
/// let loader = g.add(RawNode::new("LoadImage").input("image", "cat.png"));
/// let image: Output<Image> = loader.out(0);
/// g.add(RawNode::new("PreviewImage").input("images", image));
/// g.add(RawNode::new("SaveImage").input("images", image).input("filename_prefix", "cat"));
/// ```
pub struct Output<T> {
    pub(crate) link: Link,
    marker: PhantomData<fn() -> T>,
}

impl<T> Output<T> {
    pub(crate) const fn new(link: Link) -> Self {
        Self { link, marker: PhantomData }
    }

    /// The same output under another type, unchecked: for `*` outputs, and where the server knows better.
    pub const fn cast<U>(self) -> Output<U> {
        Output::new(self.link)
    }

    /// This link, and `value` where the link turns out to lead nowhere (its source is muted, say).
    ///
    /// In ComfyUI every widget has a value of its own even while a link feeds it. Without `or` that value is the
    /// widget's default.
    pub const fn or<V>(self, value: V) -> Or<T, V> {
        Or { link: self, value }
    }

    /// The node this is an output of. For an input of a subgraph, seen from inside, there is none.
    pub fn node(self) -> NodeRef {
        self.link.node()
    }
}

/// An input deliberately not connected, for sockets that the language insists on.
///
/// The node stays in the graph; a server refuses to run it if it needs the input.
pub const fn unlinked<T>() -> Output<T> {
    Output::new(Link::NOWHERE)
}

impl<T> Clone for Output<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Output<T> {}
impl<T> fmt::Debug for Output<T> {
    /// As links are written in a prompt: `["3", 0]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[\"{}\", {}]", self.link.node, self.link.slot)
    }
}

/// One node of a [`Flow`](crate::Flow).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeRef {
    pub(crate) flow: u32,
    /// The node's number, 0 for none.
    pub(crate) node: u32,
}

impl NodeRef {
    /// The node's output at this slot. The slot is not checked: it may be one that only the server knows.
    pub const fn out<T>(self, slot: u32) -> Output<T> {
        Output::new(Link { flow: self.flow, node: self.node, slot, inside: false })
    }
}

impl<T> From<Output<T>> for NodeRef {
    fn from(output: Output<T>) -> Self {
        output.node()
    }
}

/// A link with the value to use where it leads nowhere; made by [`Output::or`].
#[derive(Clone, Copy, Debug)]
pub struct Or<T, V> {
    pub(crate) link: Output<T>,
    pub(crate) value: V,
}

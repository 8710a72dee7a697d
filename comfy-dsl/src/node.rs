//! What a node is to a [`Flow`](crate::Flow), and what can be said of every node.

use std::{fmt::Display, marker::PhantomData};

use comfy_graph::graph::Mode;

use crate::{__private::Record, NodeRef, Output, RawValue};

/// Anything that is becoming a node, complete or not.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "not a node that can be added to the graph"
)]
pub trait Builder: Sized {
    /// What adding it gives: an [`Output`], a struct of several, or a [`NodeRef`].
    type Out: NodeResult;
    /// The states of its required inputs, see [`AllSet`].
    #[doc(hidden)]
    type State;
    #[doc(hidden)]
    fn record(&mut self) -> &mut Record;
}

/// A required input of a node that is set; parameter of the generated structs.
pub struct Set;

/// The state of a required input, if it is set. One that is not has a type of its own, called like its setter, so that
/// rustc can name it.
#[diagnostic::on_unimplemented(
    message = "required input `{Self}` of this node is not set",
    label = "add `.{Self}(...)` to this node"
)]
pub trait IsSet {}
#[diagnostic::do_not_recommend]
impl IsSet for Set {}

/// The state of a required input of an option of a dynamic combo. Those of several make one, `S0::And<S1::And<Set>>`: the
/// first that is not set, else [`Set`]. (Tuples would be listed in the message about an option.)
#[doc(hidden)]
pub trait OptionState {
    type And<Rest>;
}
impl OptionState for Set {
    type And<Rest> = Rest;
}

/// The states of all required inputs of a node, if they are set: a tuple, several of those as [`Both`], [`Set`] for none.
///
/// This is not [`IsSet`] for tuples, because rustc would list them in every message about an input that is not set.
#[doc(hidden)]
pub trait AllSet {}
impl AllSet for Set {}

/// The states of more inputs than a tuple has here.
#[doc(hidden)]
pub struct Both<A, B>(PhantomData<(A, B)>);
impl<A: AllSet, B: AllSet> AllSet for Both<A, B> {}

macro_rules! tuples {
    () => {};
    ($first:ident $(, $rest:ident)*) => {
        impl<$first: IsSet, $($rest: IsSet),*> AllSet for ($first, $($rest,)*) {}
        tuples!($($rest),*);
    };
}
tuples!(A, B, C, D, E, F, G, H, I, J, K, L);

/// A node with all its required inputs set, ready for [`Flow::add`](crate::Flow::add).
///
/// ```
/// use comfy_dsl::{NodeSpec, prelude::*};
///
/// fn previewed<T>(g: &Flow, node: impl NodeSpec<Out = Output<T>>) -> Output<T> {
///     let image = g.add(node);
///     g.add(RawNode::new("PreviewImage").input("images", image));
///     image
/// }
/// ```
pub trait NodeSpec: Builder {}
impl<B: Builder<State: AllSet>> NodeSpec for B {}

/// What adding a node gives, made from the node.
#[doc(hidden)]
pub trait NodeResult {
    fn of(node: NodeRef) -> Self;
}
impl NodeResult for NodeRef {
    fn of(node: NodeRef) -> Self {
        node
    }
}
/// The only output.
impl<T> NodeResult for Output<T> {
    fn of(node: NodeRef) -> Self {
        node.out(0)
    }
}

/// A struct of several outputs.
#[doc(hidden)]
pub trait Outputs: Copy {
    fn of(node: NodeRef) -> Self;
    fn node(self) -> NodeRef;
}
impl<O: Outputs> NodeResult for O {
    fn of(node: NodeRef) -> Self {
        <O as Outputs>::of(node)
    }
}
#[diagnostic::do_not_recommend]
impl<O: Outputs> From<O> for NodeRef {
    fn from(outputs: O) -> Self {
        outputs.node()
    }
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

    /// The id under which the node stands in the prompt, instead of the next free number; unique in its scope.
    ///
    /// ```
    /// # use comfy_dsl::prelude::*;
    /// let g = Flow::new();
    /// g.add(RawNode::new("SaveImage").id(57));
    /// assert_eq!(g.to_prompt()["57"]["class_type"], "SaveImage");
    /// ```
    #[must_use]
    fn id(mut self, id: impl Display) -> Self {
        self.record().id(id.to_string().into());
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
    #[track_caller]
    fn raw_input(mut self, name: impl Into<String>, value: impl RawValue) -> Self {
        self.record().set_by_name(name.into().into(), value.into_val());
        self
    }
}

impl<B: Builder> NodeExt for B {}

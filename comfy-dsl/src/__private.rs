//! Exactly what generated code may call. Not for people: it changes with the generator, of the same version.
//!
//! # What a generated node looks like
//! ```
//! mod needs {
//!     comfy_dsl::__private::needs! { images }
//! }
//! # mod types {
//! #     use comfy_dsl::__private::*;
//! #     pub struct Image;
//! #     impl ComfyType for Image { const NAME: &'static str = "IMAGE"; }
//! #     impl Accepts<Image> for Image {}
//! # }
//! # use types::Image;
//! use comfy_dsl::__private::*;
//!
//! pub struct SaveImage<S0 = needs::images>(Record, P<(S0,)>);
//! impl SaveImage {
//!     pub fn new() -> Self {
//!         Self(
//!             Record::of(
//!                 r#"["SaveImage",true,[["images","IMAGE"]],[],["images","IMAGE",true],["filename_prefix","STRING",true,"widget","ComfyUI"]]"#,
//!             ),
//!             P,
//!         )
//!     }
//! }
//! impl<S0> SaveImage<S0> {
//!     #[track_caller]
//!     pub fn images(self, v: impl LinkInput<Image>) -> SaveImage<Set> { SaveImage(self.0.set(0, v), P) }
//!     #[track_caller]
//!     pub fn filename_prefix(self, v: impl StrInput) -> Self { set(self, 1, v) }
//! }
//! impl<S0> Builder for SaveImage<S0> {
//!     type Out = Output<Image>;
//!     type State = (S0,);
//!     fn record(&mut self) -> &mut Record { &mut self.0 }
//! }
//! # use comfy_dsl::Flow;
//! # let g = Flow::new();
//! # let image = g.add(SaveImage::new().images(unlinked()));
//! # g.add(SaveImage::new().images(image).filename_prefix("x"));
//! ```
//! What the table says is written in `tables.rs`. `State` is `Set` where no input is required.
//! Structs of several outputs are `Copy` and have `impl Outputs`.
//!
//! All of this is as little work for rustc as was found: a call of [`set`] costs it less than the parts of which it
//! is made, and one trait less than two. `benches/compare-rucomfyui` measures it.
//!
//! # Combos
//! `impl ComboValue for SamplerName { fn combo_val(self) -> Val { .. } }` is all a combo needs: `nth` where all options are
//! texts, else `text` of an option, and `json` for values that are not text. An option of a dynamic combo wraps a [`Pick`] and has
//! `impl<S0> OptionBuilder for Opt<S0> { fn pick(&mut self) -> &mut Pick { &mut self.0 } }` and
//! `impl<S0: OptionState> Choice<TheCombo> for Opt<S0> { type State = S0::And<Set>; }`; one without inputs is a [`Plain`].
//! Setters of dynamic combos take `impl Choice<TheCombo, State: IsSet>`, which names a missing input in rustc's text.

pub use std::marker::PhantomData as P;

use serde_json::Value;

use crate::record;
pub use crate::{
    Accepts, Any, Bool, BoolInput, Boundary, Builder, Choice, Combo, ComboValue, ComfyType, Float,
    FloatInput, Given, Int, IntInput, IntoInput, IsSet, LinkInput, List, NodeRef, NodeSpec, Output,
    SeedInput, Set, Str, StrInput, needs,
    node::{AllSet, Both, NodeResult, OptionState, Outputs},
    output::unlinked,
    record::Link,
    value::{OptionBuilder, TextOptions},
};

// What is generated lives as long as the program does.
/// A node being built.
pub type Record = record::Record<'static>;
/// An option of a dynamic combo with the inputs set on it.
pub type Pick = record::Pick<'static>;
/// What was given to an input.
pub type Val = record::Val<'static>;
/// One item of an autogrow list.
pub type Item = record::Item<'static>;

/// An option without inputs of the dynamic combo `E`.
#[must_use]
pub struct Plain<E>(Pick, P<E>);
impl<E> Plain<E> {
    /// The option of this key.
    pub fn new(key: &'static str) -> Self {
        Self(Pick::new(key), P)
    }
}
impl<E> OptionBuilder for Plain<E> {
    fn pick(&mut self) -> &mut Pick {
        &mut self.0
    }
}
#[diagnostic::do_not_recommend]
impl<E> Choice<E> for Plain<E> {
    type State = Set;
}

/// A node with this given to the input at this position of its table.
#[track_caller]
pub fn set<B: Builder>(mut node: B, input: u16, given: impl Given) -> B {
    node.record().0.settings.give(input, given);
    node
}

/// [`set`] for an option of a dynamic combo.
#[track_caller]
pub fn pick<O: OptionBuilder>(mut option: O, input: u16, given: impl Given) -> O {
    option.pick().settings.give(input, given);
    option
}

/// The option at this place of a list of lines.
pub fn nth(options: &'static str, at: usize) -> Val {
    text(options.split('\n').nth(at).unwrap_or_default())
}

/// An option of a combo that is a string.
pub fn text(option: &str) -> Val {
    Val::Json(option.into())
}

/// An option of a combo that is something else.
pub fn json(option: impl Into<Value>) -> Val {
    Val::Json(option.into())
}

/// Declares the markers of required inputs, named like their setters so that rustc's messages read well. One call
/// per name and line: rustc quotes the call. Those that options of dynamic combos have are an [`OptionState`], too.
#[doc(hidden)]
#[macro_export]
macro_rules! needs {
    (option $name:ident) => {
        $crate::__private::needs! { $name }
        impl $crate::__private::OptionState for $name {
            type And<Rest> = Self;
        }
    };
    ($($name:ident)*) => { $(
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "named like the setter, for rustc's message")]
        #[doc = "Not set yet."]
        pub struct $name;
    )* };
}

//! Types of sockets as Rust types: markers, and which output may feed which input.
//!
//! Only the markers of primitives live here; those of `MODEL`, `IMAGE` and so on are generated from a server.

use std::marker::PhantomData;

/// A socket type of ComfyUI as a Rust type. Markers are never instantiated; they only label an
/// [`Output`](crate::Output).
pub trait ComfyType: 'static {
    /// The type's spelling in `object_info` and in workflow files, e.g. `"IMAGE"`.
    const NAME: &'static str;
}

/// An input of type `Self` takes an output of type `U`, as the server decides it
/// (`comfy_execution/validation.py: validate_node_input`).
#[diagnostic::on_unimplemented(
    message = "a `{U}` output cannot be connected to a `{Self}` input",
    label = "this is a `{U}` output; a `{Self}` is wanted here"
)]
pub trait Accepts<U> {}

macro_rules! primitives {
    ($($marker:ident $name:literal $doc:literal),* $(,)?) => { $(
        #[doc = $doc]
        pub struct $marker;
        impl ComfyType for $marker {
            const NAME: &'static str = $name;
        }
        #[diagnostic::do_not_recommend]
        impl Accepts<$marker> for $marker {}
        #[diagnostic::do_not_recommend]
        impl Accepts<Any> for $marker {}
    )* };
}

primitives! {
    Int "INT" "`INT`: integers, exact up to 2⁶⁴.",
    Float "FLOAT" "`FLOAT`: floating-point numbers.",
    Str "STRING" "`STRING`: text.",
    Bool "BOOLEAN" "`BOOLEAN`: true or false.",
    Combo "COMBO" "`COMBO`: a choice from a list.",
}

/// `*`: an input that takes every output, or an output whose type is not known until it runs.
pub struct Any;

impl ComfyType for Any {
    const NAME: &'static str = "*";
}
#[diagnostic::do_not_recommend]
impl<U> Accepts<U> for Any {}

/// An autogrow input: a list of sockets that each take a `T`.
pub struct List<T>(PhantomData<T>);

//! What may be given to an input: one small trait per kind of widget.
//!
//! The traits exist for rustc's error messages: each says in ComfyUI's words what it takes. There is exactly one
//! integer type per trait, because a literal has to have one type only. What a value *is* stays with
//! [`Val`]; no trait here knows of nodes or graphs.

use serde_json::Value;

use crate::{
    __private::{Item, Pick, Val},
    Accepts, Bool, Combo, Float, Int, List, Or, Output, Set, Str,
};

/// Whatever can be given to some input. How it becomes a value is the same everywhere; who takes it, the traits of
/// inputs say.
pub trait Given {
    #[doc(hidden)]
    fn into_val(self) -> Val;
}

/// A value or link that may enter a subgraph as an input of type `T` (see [`Flow::input`](crate::Flow::input)).
///
/// Every trait of values is one of these, so that a function that makes a subgraph can be generic:
/// `fn upscale(g: &Flow, image: Output<Image>, scale: impl FloatInput) -> Output<Image>`.
#[diagnostic::on_unimplemented(
    message = "this cannot be an input of type `{T}`: `{Self}`",
    label = "wanted: a value or an output of type `{T}`"
)]
pub trait Boundary<T>: Given {}

/// Any JSON for any widget; made by [`raw`].
#[derive(Clone, Debug, PartialEq)]
pub struct Raw(pub(crate) Value);

/// Any JSON for any widget, unchecked: an option that the generated enum does not have, a list, an object.
///
/// Give large integers their type (`raw(156_680_208_700_286_i64)`): a bare literal is an `i32` here.
pub fn raw(value: impl Into<Value>) -> Raw {
    Raw(value.into())
}

/// Leaves an input out of the prompt, although its widget has a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unset;

/// A plain socket: an output of its type, and nothing else.
#[diagnostic::on_unimplemented(
    message = "this input takes one output of type `{T}`; found `{Self}`",
    label = "not an `Output<{T}>`",
    note = "a node gives its outputs when it is added: `let x = g.add(Node::new()..)`; of several, name one: `x.model`"
)]
pub trait LinkInput<T>: Given {}
impl<T: IsType<U>, U> LinkInput<T> for Output<U> {}

/// The type `U`, and no other.
#[diagnostic::on_unimplemented(
    message = "a `{U}` output cannot be connected to a `{Self}` input",
    label = "this is a `{U}` output; a `{Self}` is wanted here"
)]
pub trait IsType<U> {}
#[diagnostic::do_not_recommend]
impl<T> IsType<T> for T {}

/// An integer widget: `20`, any `i64`, or an `INT` output.
#[diagnostic::on_unimplemented(
    message = "this input takes an integer (`20`, any `i64`), or an `Output<Int>`; found `{Self}`",
    label = "found `{Self}`",
    note = "other integers are converted: `i64::from(n)`, `n as i64`"
)]
pub trait IntInput: Boundary<Int> {}

/// An integer widget whose maximum is above `i64::MAX`: `42`, any `u64`, or an `INT` output.
#[diagnostic::on_unimplemented(
    message = "this input takes a non-negative integer (`42`, any `u64`), or an `Output<Int>`; found `{Self}`",
    label = "found `{Self}`",
    note = "other integers are converted: `u64::from(n)`, `n as u64`"
)]
pub trait SeedInput: Boundary<Int> {}

/// A floating-point widget: `0.5`, `8`, any `f64` or `i64`, or a `FLOAT` output.
#[diagnostic::on_unimplemented(
    message = "this input takes a number (`8`, `0.5`, any `f64` or `i64`), or an `Output<Float>`; found `{Self}`",
    label = "found `{Self}`",
    note = "other numbers are converted: `f64::from(x)`"
)]
pub trait FloatInput: Boundary<Float> {}

/// A text widget: `"…"`, `String`, or a `STRING` output.
#[diagnostic::on_unimplemented(
    message = "this input takes a string (`\"...\"`, `&str` or `String`), or an `Output<Str>`; found `{Self}`",
    label = "found `{Self}`"
)]
pub trait StrInput: Boundary<Str> {}

/// A boolean widget: `true`, `false`, or a `BOOLEAN` output.
#[diagnostic::on_unimplemented(
    message = "this input takes `true` or `false`, or an `Output<Bool>`; found `{Self}`",
    label = "found `{Self}`"
)]
pub trait BoolInput: Boundary<Bool> {}

/// A combo widget whose options are the generated type `E`: one of its options, as a variant or as text, or a `COMBO` output.
#[diagnostic::on_unimplemented(
    message = "this input takes a variant of `{E}`; found `{Self}`",
    label = "write `{E}::...`",
    note = "options that are texts, and names of files, are taken as text, too: `\"euler\"`; anything else goes in with `raw(..)`"
)]
pub trait Choice<E>: Boundary<Combo> {
    /// Whether the inputs are set that an option of a dynamic combo requires: [`Set`], or the first that is not.
    #[doc(hidden)]
    type State;
}

/// A socket that takes several types, a list of sockets, or a widget whose value is JSON.
#[diagnostic::on_unimplemented(
    message = "this input takes `{T}`; found `{Self}`",
    label = "not an output that fits `{T}`",
    note = "`AnyOf<(..)>` takes an output of any type in it; `List<..>` takes `[a, b]`, a `Vec` or `grow()`",
    note = "values go in with `raw(..)` or `json!(..)`"
)]
pub trait IntoInput<T>: Given {}

/// An input of a [`RawNode`](crate::RawNode), or one set by name: whatever JSON can say, or any output.
#[diagnostic::on_unimplemented(
    message = "this input takes a string, an `i64`, an `f64`, a `bool`, `raw(..)`, `json!(..)` or any output; found `{Self}`",
    label = "found `{Self}`"
)]
pub trait RawValue: Given {}

macro_rules! given {
    ($($given:ty: $this:ident => $val:expr;)*) => { $(
        #[diagnostic::do_not_recommend]
        impl Given for $given {
            fn into_val(self) -> Val {
                let $this = self;
                $val
            }
        }
    )* };
}

given! {
    i64: n => Val::Json(n.into());
    u64: n => Val::Json(n.into());
    f64: n => Val::float(n);
    bool: flag => Val::Json(flag.into());
    &str: text => Val::Json(text.into());
    String: text => Val::Json(text.into());
    &String: text => Val::Json(text.as_str().into());
    Value: json => Val::Json(json);
    Raw: raw => Val::Json(raw.0);
    Unset: _unset => Val::Unset;
}

#[diagnostic::do_not_recommend]
impl<T> Given for Output<T> {
    fn into_val(self) -> Val {
        self.link.into_val()
    }
}
#[diagnostic::do_not_recommend]
impl<T, V: Given> Given for Or<T, V> {
    fn into_val(self) -> Val {
        Val::or(self.link.link, self.value.into_val())
    }
}
/// `None` is an input that this use of a subgraph does not connect.
#[diagnostic::do_not_recommend]
impl<V: Given> Given for Option<V> {
    fn into_val(self) -> Val {
        self.map_or(Val::Unlinked, Given::into_val)
    }
}

/// Implements [`Boundary`] and the traits of values for types that turn into JSON.
macro_rules! literals {
    ($($literal:ty => $($boundary:ident $($input:ident)*),+;)*) => { $(
        $(
            #[diagnostic::do_not_recommend]
            impl Boundary<$boundary> for $literal {}
            $(
                #[diagnostic::do_not_recommend]
                impl $input for $literal {}
            )*
        )+
    )* };
}

literals! {
    i64 => Int IntInput, Float FloatInput;
    u64 => Int SeedInput;
    f64 => Float FloatInput;
    bool => Bool BoolInput;
    &str => Str StrInput, Combo;
    String => Str StrInput, Combo;
    &String => Str StrInput, Combo;
}

macro_rules! raw_values {
    ($($literal:ty),*) => { $(
        #[diagnostic::do_not_recommend]
        impl RawValue for $literal {}
    )* };
}

raw_values!(i64, f64, bool, &str, String, &String, Value, Raw, Unset);

#[diagnostic::do_not_recommend]
impl<T> RawValue for Output<T> {}
#[diagnostic::do_not_recommend]
impl<T, V: RawValue> RawValue for Or<T, V> {}

/// The links and escapes that every trait of values takes.
macro_rules! links {
    ($($input:ident $boundary:ident),*) => { $(
        #[diagnostic::do_not_recommend]
        impl $input for Output<$boundary> {}
        #[diagnostic::do_not_recommend]
        impl $input for Raw {}
        #[diagnostic::do_not_recommend]
        impl $input for Unset {}
        #[diagnostic::do_not_recommend]
        impl<V: $input> $input for Or<$boundary, V> {}
    )* };
}

links!(IntInput Int, SeedInput Int, FloatInput Float, StrInput Str, BoolInput Bool);

#[diagnostic::do_not_recommend]
impl<T> Boundary<T> for Output<T> {}
#[diagnostic::do_not_recommend]
impl<T> Boundary<T> for Raw {}
#[diagnostic::do_not_recommend]
impl<T> Boundary<T> for Unset {}
#[diagnostic::do_not_recommend]
impl<T, V: Boundary<T>> Boundary<T> for Or<T, V> {}
#[diagnostic::do_not_recommend]
impl<T, V: Boundary<T>> Boundary<T> for Option<V> {}

/// A type generated for a combo: its options, or one option of a dynamic combo with its inputs.
pub trait ComboValue {
    #[doc(hidden)]
    fn combo_val(self) -> Val;
}

/// A combo whose options are texts: they can be given as ComfyUI writes them, too, and those of dynamic combos with the
/// defaults of their inputs. Names of files, which nobody knew when the
/// code was generated, are always given so.
///
/// Variants are checked by rustc. Texts are checked by [`Flow::build`](crate::Flow::build) and by the static reader, which
/// know the options of closed lists, and by a server for its files.
///
/// ```
/// # use comfy_dsl::{prelude::*, __private::*};
/// # struct Checkpoint;
/// # impl TextOptions for Checkpoint {}
/// # fn ckpt_name(_: impl Choice<Checkpoint>) {}
/// ckpt_name("sd_xl_base_1.0.safetensors");
/// ckpt_name(format!("sd{}.safetensors", 15));
/// ```
pub trait TextOptions {}

macro_rules! texts {
    ($($text:ty),*) => { $(
        #[diagnostic::do_not_recommend]
        impl<E: TextOptions> Choice<E> for $text {
            type State = Set;
        }
    )* };
}

texts!(&str, String, &String);

#[diagnostic::do_not_recommend]
impl<V: ComboValue> Given for V {
    fn into_val(self) -> Val {
        self.combo_val()
    }
}
#[diagnostic::do_not_recommend]
impl<V: ComboValue> Boundary<Combo> for V {}
#[diagnostic::do_not_recommend]
impl<E: ComboValue> Choice<E> for E {
    type State = Set;
}
#[diagnostic::do_not_recommend]
impl<E> Choice<E> for Output<Combo> {
    type State = Set;
}
#[diagnostic::do_not_recommend]
impl<E> Choice<E> for Raw {
    type State = Set;
}
#[diagnostic::do_not_recommend]
impl<E> Choice<E> for Unset {
    type State = Set;
}
#[diagnostic::do_not_recommend]
impl<E, V: Choice<E>> Choice<E> for Or<Combo, V> {
    type State = V::State;
}

/// An option of a dynamic combo, whose inputs are set like those of a node.
#[doc(hidden)]
pub trait OptionBuilder: Sized {
    fn pick(&mut self) -> &mut Pick;
}
impl<O: OptionBuilder> ComboValue for O {
    fn combo_val(mut self) -> Val {
        std::mem::take(self.pick()).into_val()
    }
}

#[diagnostic::do_not_recommend]
impl<U, T: Accepts<U>> IntoInput<T> for Output<U> {}
#[diagnostic::do_not_recommend]
impl<U, T: Accepts<U>, V: IntoInput<T>> IntoInput<T> for Or<U, V> {}
#[diagnostic::do_not_recommend]
impl<T> IntoInput<T> for Raw {}
#[diagnostic::do_not_recommend]
impl<T> IntoInput<T> for Value {}
#[diagnostic::do_not_recommend]
impl<T> IntoInput<T> for Unset {}

fn unnamed(items: impl IntoIterator<Item: Given>) -> Val {
    Val::Grow(items.into_iter().map(|item| Item { name: None, val: item.into_val() }).collect())
}
#[diagnostic::do_not_recommend]
impl<V: Given, const N: usize> Given for [V; N] {
    fn into_val(self) -> Val {
        unnamed(self)
    }
}
#[diagnostic::do_not_recommend]
impl<V: Given> Given for Vec<V> {
    fn into_val(self) -> Val {
        unnamed(self)
    }
}
#[diagnostic::do_not_recommend]
impl<T, I: IntoInput<T>, const N: usize> IntoInput<List<T>> for [I; N] {}
#[diagnostic::do_not_recommend]
impl<T, I: IntoInput<T>> IntoInput<List<T>> for Vec<I> {}

/// The items of an autogrow input one by one; made by [`grow`].
pub struct Grow<T> {
    items: Vec<Item>,
    marker: std::marker::PhantomData<fn() -> T>,
}

/// An autogrow input of items of different types, or of named items; `[a, b]` does for plain lists.
///
/// ```
/// # use comfy_dsl::{prelude::*, __private::*};
/// # let (image, mask): (Output<Any>, Output<Any>) = (unlinked(), unlinked());
/// # fn takes(_: impl IntoInput<List<Any>>) {}
/// takes(grow().push(image).named("mask", mask));
/// ```
pub const fn grow<T>() -> Grow<T> {
    Grow { items: Vec::new(), marker: std::marker::PhantomData }
}

impl<T> Grow<T> {
    /// One item more, under the name that its position gives it.
    #[must_use]
    pub fn push(mut self, value: impl IntoInput<T>) -> Self {
        self.items.push(Item { name: None, val: value.into_val() });
        self
    }

    /// One item more, under a name of its own; the key in the prompt is `INPUT.NAME`.
    #[must_use]
    pub fn named(mut self, name: &str, value: impl IntoInput<T>) -> Self {
        self.items.push(Item { name: Some(name.into()), val: value.into_val() });
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> Given for Grow<T> {
    fn into_val(self) -> Val {
        Val::Grow(self.items)
    }
}
#[diagnostic::do_not_recommend]
impl<T> IntoInput<List<T>> for Grow<T> {}

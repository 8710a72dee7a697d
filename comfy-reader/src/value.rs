//! What expressions give when they are run.
//!
//! Values are cheap to copy: what is large is shared, and copied only when it is changed. References are the values
//! themselves: whatever is borrowed does not change meanwhile, the checks see to that.

use std::rc::Rc;

use comfy_dsl::{
    NodeRef,
    recorder::{Item, Link, Pick, Record, Val as Given},
};
use comfy_graph::graph::Mode;
use serde_json::Value;

use super::eval::iter::Iter;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Val<'a> {
    Unit,
    Bool(bool),
    Char(char),
    Int(i128),
    Float(f64),
    Str(Rc<str>),
    /// A tuple or a struct.
    Tuple(Rc<Vec<Val<'a>>>),
    /// A `Vec`, an array or a slice.
    List(Rc<Vec<Val<'a>>>),
    Option(Option<Rc<Val<'a>>>),
    /// In the order of its keys.
    Map(Rc<crate::eval::map::Pairs<'a>>),
    Variant(u32, Rc<Vec<Val<'a>>>),
    /// First and one past the last.
    Range(i128, i128),
    Iter(Box<Iter<'a>>),
    /// A closure, and the frame of the function that it is written in.
    Closure(u32, usize),
    /// A function, as a value.
    Fn(u32),
    /// A scope of the flow.
    Flow(usize),
    Node(NodeRef),
    /// The outputs of a node, by its number.
    Outs(u32),
    Link(Link),
    Record(Box<Record<'a>>),
    Pick(Box<Pick<'a>>),
    /// An option of a combo: its position and its value.
    Choice(usize, &'a Value),
    Json(Rc<Value>),
    Unset,
    Or(Link, Rc<Val<'a>>),
    Grow(Rc<Vec<Item<'a>>>),
    Mode(Mode),
}

/// An integer as JSON. Integers that are no `u64` do not come here.
pub(super) fn number(number: i128) -> Value {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(small), _) => small.into(),
        (_, Ok(large)) => large.into(),
        _ => Value::Null,
    }
}

impl<'a> Val<'a> {
    pub(super) fn text(text: impl Into<Rc<str>>) -> Self {
        Self::Str(text.into())
    }

    pub(super) fn some(value: Self) -> Self {
        Self::Option(Some(Rc::new(value)))
    }

    pub(super) fn option(value: Option<Self>) -> Self {
        Self::Option(value.map(Rc::new))
    }

    /// What is given to an input, as the runtime's traits make it.
    pub(super) fn given(self) -> Given<'a> {
        match self {
            Self::Bool(flag) => Given::Json(flag.into()),
            Self::Int(int) => Given::Json(number(int)),
            Self::Float(float) => Given::float(float),
            Self::Str(text) => Given::Json((&*text).into()),
            Self::Link(link) => link.into_val(),
            Self::Pick(pick) => pick.into_val(),
            Self::Choice(_, value) => Given::Json(value.clone()),
            Self::Json(value) => Given::Json(Rc::unwrap_or_clone(value)),
            Self::Unset => Given::Unset,
            Self::Or(link, value) => Given::or(link, Rc::unwrap_or_clone(value).given()),
            Self::Grow(items) => Given::Grow(Rc::unwrap_or_clone(items)),
            Self::List(items) => {
                let items = Rc::unwrap_or_clone(items);
                Given::Grow(items.into_iter().map(|item| Item { name: None, val: item.given() }).collect())
            }
            Self::Option(Some(value)) => Rc::unwrap_or_clone(value).given(),
            // `None` is an input that is not connected; the others are no values of inputs
            _ => Given::Unlinked,
        }
    }

    /// As JSON, for `raw` and `json!`.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Bool(flag) => (*flag).into(),
            Self::Char(char) => char.to_string().into(),
            Self::Int(int) => number(*int),
            // infinities become null, as in serde_json
            Self::Float(float) => (*float).into(),
            Self::Str(text) => (&**text).into(),
            Self::Tuple(items) | Self::List(items) => items.iter().map(Self::json).collect(),
            Self::Option(Some(value)) => value.json(),
            Self::Json(value) => (**value).clone(),
            _ => Value::Null,
        }
    }
}

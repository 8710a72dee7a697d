//! What the catalog knew of each class at generation time. Generated code carries it as text; see
//! [`tables`](crate::tables).

use comfy_graph::graph::WidgetForm;
use serde_json::Value;

/// One class of nodes.
#[derive(Debug)]
pub struct Class<'c> {
    /// The name in prompts.
    pub class_type: &'c str,
    /// Inputs in the frontend's order, which is also that of their widgets; see [`Form::Hidden`] for those that
    /// nobody declared.
    pub inputs: &'c [In<'c>],
    /// Outputs by slot: label and socket type.
    pub outputs: &'c [(&'c str, &'c str)],
    /// Match types: (input position, output slot) where the output has the type of what is linked to the input.
    /// Without a link it keeps the type in `outputs`, for which `*` is best.
    pub matches: &'c [(u16, u16)],
    /// Running the prompt means running these.
    pub output_node: bool,
}

/// One input of a class or of an option of a dynamic combo. Setters refer to it by its position, in which
/// [`Form::Hidden`] entries count.
#[derive(Debug)]
pub struct In<'c> {
    /// The key in the prompt; the last segment only inside dynamic inputs.
    pub name: &'c str,
    /// What may be linked to it: of an autogrow input what an item takes, of a match type what its template allows.
    pub io_type: &'c str,
    /// The server insists on it.
    pub required: bool,
    /// Its kind.
    pub form: Form<'c>,
}

/// The kind of an input.
#[derive(Debug)]
pub enum Form<'c> {
    /// A socket without a widget.
    Socket,
    /// A widget with a socket.
    Widget(Def<'c>),
    /// An integer widget with its least and greatest value; the ends of `i128` stand for none.
    Int(Def<'c>, i128, i128),
    /// A floating-point widget with its least and greatest value; infinities stand for none.
    Float(Def<'c>, f64, f64),
    /// A combo with all its options.
    Combo(Def<'c>, &'c [&'c str]),
    /// A widget with a socket and a special [`WidgetForm`].
    Special(WidgetForm, Def<'c>),
    /// A widget that no input declares; the frontend makes it and sends its value. There is
    /// no setter for it.
    Hidden(WidgetForm, Def<'c>),
    /// A dynamic combo; the first option is the default.
    Dynamic(&'c [Opt<'c>]),
    /// An autogrow list of sockets, and how many the server insists on.
    Grow(Names<'c>, u32),
}

/// One option of a dynamic combo.
#[derive(Debug)]
pub struct Opt<'c> {
    /// The value of the combo.
    pub key: &'c str,
    /// The inputs that come with it.
    pub inputs: &'c [In<'c>],
}

/// The names of an autogrow's items.
#[derive(Clone, Copy, Debug)]
pub enum Names<'c> {
    /// `prefix0`, `prefix1` … up to this many.
    Prefix(&'c str, u32),
    /// One name each, in order.
    List(&'c [&'c str]),
}

impl Names<'_> {
    /// The greatest number of items.
    pub(crate) fn max(self) -> usize {
        match self {
            Self::Prefix(_, max) => max as usize,
            Self::List(names) => names.len(),
        }
    }

    /// The name of the item at `index`, also past the maximum (which is reported elsewhere).
    pub(crate) fn name(self, index: usize) -> String {
        match self {
            Self::Prefix(prefix, _) => format!("{prefix}{index}"),
            Self::List(names) => {
                names.get(index).map_or_else(|| index.to_string(), |name| (*name).to_owned())
            }
        }
    }
}

/// The value a widget has until somebody sets it.
#[derive(Clone, Copy, Debug)]
pub enum Def<'c> {
    /// JavaScript's undefined: absent from the prompt.
    Undefined,
    /// An integer.
    I(i64),
    /// An integer above `i64::MAX`.
    U(u64),
    /// A floating-point number.
    F(f64),
    /// A boolean.
    B(bool),
    /// A string.
    S(&'c str),
    /// Any other JSON, as text.
    J(&'c str),
}

impl Def<'_> {
    /// The value, `None` for undefined.
    pub(crate) fn value(self) -> Option<Value> {
        Some(match self {
            Self::Undefined => return None,
            Self::I(n) => n.into(),
            Self::U(n) => n.into(),
            Self::F(n) => n.into(),
            Self::B(flag) => flag.into(),
            Self::S(text) => text.into(),
            Self::J(text) => {
                let parsed = serde_json::from_str(text);
                debug_assert!(parsed.is_ok(), "the default of a generated table is not JSON: {text}");
                parsed.ok()?
            }
        })
    }
}

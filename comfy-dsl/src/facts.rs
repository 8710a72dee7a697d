//! The form of the tables that generated code carries: what the catalog knew of each class at generation time.
//!
//! Data only, all of it `const`: hundreds of classes must cost rustc next to nothing.

use comfy_graph::graph::WidgetForm;
use serde_json::Value;

/// One class of nodes.
#[derive(Debug)]
pub struct Class {
    /// The name in prompts.
    pub class_type: &'static str,
    /// Inputs in the frontend's order, which is also that of their widgets; see [`Form::Hidden`] for those that
    /// nobody declared.
    pub inputs: &'static [In],
    /// Outputs by slot: label and socket type.
    pub outputs: &'static [(&'static str, &'static str)],
    /// Match types: (input position, output slot) where the output has the type of what is linked to the input.
    /// Without a link it keeps the type in `outputs`, for which `*` is best.
    pub matches: &'static [(u16, u16)],
}

/// One input of a class or of an option of a dynamic combo. Setters refer to it by its position, in which
/// [`Form::Hidden`] entries count.
#[derive(Debug)]
pub struct In {
    /// The key in the prompt; the last segment only inside dynamic inputs.
    pub name: &'static str,
    /// What may be linked to it: of an autogrow input what an item takes, of a match type what its template allows.
    pub io_type: &'static str,
    /// Its kind.
    pub form: Form,
}

/// The kind of an input.
#[derive(Debug)]
pub enum Form {
    /// A socket without a widget.
    Socket,
    /// A widget with a socket.
    Widget(Def),
    /// A widget with a socket and a special [`WidgetForm`].
    Special(WidgetForm, Def),
    /// A widget that no input declares; the frontend makes it and sends its value. There is
    /// no setter for it.
    Hidden(WidgetForm, Def),
    /// A dynamic combo; the first option is the default.
    Dynamic(&'static [Opt]),
    /// An autogrow list of sockets.
    Grow(Names),
}

/// One option of a dynamic combo.
#[derive(Debug)]
pub struct Opt {
    /// The value of the combo.
    pub key: &'static str,
    /// The inputs that come with it.
    pub inputs: &'static [In],
}

/// The names of an autogrow's items.
#[derive(Clone, Copy, Debug)]
pub enum Names {
    /// `prefix0`, `prefix1` … up to this many.
    Prefix(&'static str, u32),
    /// One name each, in order.
    List(&'static [&'static str]),
}

impl Names {
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
pub enum Def {
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
    S(&'static str),
    /// Any other JSON, as text.
    J(&'static str),
}

impl Def {
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

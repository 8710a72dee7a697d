//! What a class of nodes looks like in Rust: the one description that the generator, the writer of Rust flows and
//! the reader of Rust flows share.
//!
//! Data only. [`Names`](crate::names::Names) makes it; nothing here decides a name.

mod same;

use comfy_graph::catalog::{AutogrowNames, ComboDef, DynamicOption, InputDef, NodeDef, OutputDef};
use serde_json::Value;

/// One class of nodes in Rust.
#[derive(Clone, Debug)]
pub struct NodeModel<'c> {
    /// The definition it was made from.
    pub def: &'c NodeDef,
    /// The name of the node's struct.
    pub ident: String,
    /// The type parameters for match types, in the order of the first input that uses each. They follow the
    /// parameters of the required inputs.
    pub generics: Vec<Generic<'c>>,
    /// The inputs in the definition's order.
    pub inputs: Vec<InputModel<'c>>,
    /// The outputs by slot.
    pub outputs: Vec<OutputModel<'c>>,
}

/// A match type that is a type parameter of the node's struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generic<'c> {
    /// The template of ComfyUI.
    pub template: &'c str,
    /// The name of the parameter: `T`, or `T0`, `T1` … if there are several.
    pub param: String,
}

/// One input: a method of the node, or of an option of a dynamic combo.
#[derive(Clone, Debug)]
pub struct InputModel<'c> {
    /// The definition it was made from.
    pub def: &'c InputDef,
    /// The method that sets it.
    pub setter: String,
    /// A node without it does not compile. Required inputs with a default that does not depend on the machine are
    /// not required here.
    pub required: bool,
    /// What the frontend would send if nobody set it (file lists included, although those are required when the
    /// server requires them).
    pub default: Option<Value>,
    /// What the method takes.
    pub form: Form<'c>,
}

/// What the method of an input takes. `marker` is the Rust text of a socket type, see
/// [`Names::marker`](crate::names::Names::marker).
#[derive(Clone, Debug)]
pub enum Form<'c> {
    /// `Output<Marker>`.
    Link {
        /// One plain type.
        marker: String,
    },
    /// `impl IntoInput<Marker>`: unions, `*`, dynamic slots, and widgets whose socket has another type.
    Union {
        /// `AnyOf<(..)>`, `Any` or a plain marker.
        marker: String,
    },
    /// `impl IntInput`
    Int,
    /// `impl SeedInput`: an integer whose maximum is above `i64::MAX`.
    Seed,
    /// `impl FloatInput`
    Float,
    /// `impl StrInput`
    Str,
    /// `impl BoolInput`
    Bool,
    /// `impl Choice<Ident>`
    Combo(ComboModel<'c>),
    /// `impl Choice<Ident>`, where the options' builders are choices.
    Dynamic(DynamicModel<'c>),
    /// `impl IntoInput<List<Marker>>`
    Autogrow(AutogrowModel<'c>),
    /// `Output<T>` where the node is generic over `T` and the marker accepts it.
    Match {
        /// The type parameter, one of [`NodeModel::generics`].
        param: String,
        /// The types that the template allows.
        marker: String,
    },
    /// `impl IntoInput<Marker>` whose values are JSON: widgets that only the frontend draws, multiple choices.
    Json {
        /// The type of its socket.
        marker: String,
    },
}

/// The type of a combo.
#[derive(Clone, Debug)]
pub struct ComboModel<'c> {
    /// The definition it was made from.
    pub def: &'c ComboDef,
    /// The name of its input; the last segment of the key in the prompt.
    pub input: &'c str,
    /// The name of the type.
    pub ident: String,
    /// `<Node><Input>`, another name for the same type, if [`ident`](Self::ident) is one of the well-known names.
    pub alias: Option<String>,
    /// A newtype over a file name with a constant per known file, instead of an enum.
    pub files: bool,
    /// The enum's variants, or the constants of a file list, in the server's order and without doubles.
    pub values: Vec<ComboValue<'c>>,
}

/// A variant of an enum, or a constant of a file list.
#[derive(Clone, Debug, PartialEq)]
pub struct ComboValue<'c> {
    /// Its name.
    pub ident: String,
    /// What goes into the prompt: mostly a string, sometimes an integer.
    pub value: &'c Value,
}

impl ComboModel<'_> {
    /// Whether all its options are known and texts, one of which is chosen: the type has a table of them.
    pub fn is_listed(&self) -> bool {
        !self.files && !self.def.multiselect && self.values.iter().all(|value| value.value.is_string())
    }

    /// Whether its options can be given as text: names of files, and options that are all texts.
    pub fn takes_text(&self) -> bool {
        self.files || self.values.iter().all(|value| value.value.is_string())
    }

    /// The variant or constant of a value; numbers are compared by value.
    pub fn ident_of(&self, value: &Value) -> Option<&str> {
        let same = |known: &&ComboValue<'_>| comfy_graph::json::same_value(known.value, value);
        self.values.iter().find(same).map(|known| known.ident.as_str())
    }

    /// The value of a variant or constant.
    pub fn value_of(&self, ident: &str) -> Option<&Value> {
        self.values.iter().find(|known| known.ident == ident).map(|known| known.value)
    }
}

/// The type of a dynamic combo. Its options are associated functions that return builders.
#[derive(Clone, Debug)]
pub struct DynamicModel<'c> {
    /// The name of its input; the last segment of the key in the prompt.
    pub input: &'c str,
    /// The name of the type.
    pub ident: String,
    /// The options in the server's order, without doubles.
    pub options: Vec<OptionModel<'c>>,
}

/// One option of a dynamic combo.
#[derive(Clone, Debug)]
pub struct OptionModel<'c> {
    /// The definition it was made from; its key is what goes into the prompt.
    pub def: &'c DynamicOption,
    /// The function that makes it: `ResizeImageMaskNodeResizeType::scale_dimensions()`.
    pub ident: String,
    /// The inputs that come with it, as methods of the builder.
    pub inputs: Vec<InputModel<'c>>,
}

/// A growing list of sockets.
#[derive(Clone, Debug)]
pub struct AutogrowModel<'c> {
    /// The Rust text of the items' type.
    pub marker: String,
    /// What the items are called.
    pub names: &'c AutogrowNames,
    /// The fewest items the server takes.
    pub min: usize,
    /// The definition of every item.
    pub item: &'c InputDef,
}

/// One output.
#[derive(Clone, Debug)]
pub struct OutputModel<'c> {
    /// The definition it was made from.
    pub def: &'c OutputDef,
    /// The field of the node's result, if the node has several outputs.
    pub ident: String,
    /// The Rust text of its type: a marker, or a type parameter of the node.
    pub marker: String,
    /// [`marker`](Self::marker) is one of [`NodeModel::generics`].
    pub generic: bool,
}

impl<'c> NodeModel<'c> {
    /// The input of this name in the prompt. Parts of dynamic inputs are not found here.
    pub fn input(&self, name: &str) -> Option<&InputModel<'c>> {
        self.inputs.iter().find(|input| &*input.def.name == name)
    }

    /// The input that this method sets.
    pub fn setter(&self, setter: &str) -> Option<&InputModel<'c>> {
        self.inputs.iter().find(|input| input.setter == setter)
    }

    /// The output with this field.
    pub fn output(&self, ident: &str) -> Option<(usize, &OutputModel<'c>)> {
        self.outputs.iter().enumerate().find(|(_, output)| output.ident == ident)
    }

    /// What `g.add` returns for it.
    pub fn result(&self) -> ResultKind {
        match self.outputs.len() {
            0 => ResultKind::NodeRef,
            1 => ResultKind::Output,
            _ => ResultKind::Struct,
        }
    }
}

/// What `g.add` returns for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// `NodeRef`: the node has no outputs.
    NodeRef,
    /// `Output<T>`: it has one.
    Output,
    /// A struct with a field per output.
    Struct,
}

impl<'c> DynamicModel<'c> {
    /// The option of this key.
    pub fn option(&self, key: &str) -> Option<&OptionModel<'c>> {
        self.options.iter().find(|option| &*option.def.key == key)
    }

    /// The option that this function makes.
    pub fn function(&self, ident: &str) -> Option<&OptionModel<'c>> {
        self.options.iter().find(|option| option.ident == ident)
    }
}

impl<'c> OptionModel<'c> {
    /// The input of this name (the last segment of its key in the prompt).
    pub fn input(&self, name: &str) -> Option<&InputModel<'c>> {
        self.inputs.iter().find(|input| &*input.def.name == name)
    }

    /// The input that this method sets.
    pub fn setter(&self, setter: &str) -> Option<&InputModel<'c>> {
        self.inputs.iter().find(|input| input.setter == setter)
    }
}

#[cfg(test)]
mod tests;

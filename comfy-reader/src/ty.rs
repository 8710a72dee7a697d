//! The types of the language: Rust's own as far as flows use them, the runtime's, and the generated ones.
//!
//! Types are plain trees; what is not known yet is a variable of [`super::infer`]. Nothing here infers.

use comfy_codegen::model::{ComboModel, DynamicModel, NodeModel, OptionModel};

/// A type.
#[derive(Clone, Debug)]
pub(super) enum Ty<'a> {
    /// Not known yet.
    Var(u32),
    /// A constructor and its arguments.
    Con(Con<'a>, Box<[Ty<'a>]>),
}

/// A type without its arguments.
#[derive(Clone, Copy, Debug)]
pub(super) enum Con<'a> {
    /// Something was wrong; fits everywhere, so that one mistake is one message.
    Error,
    Never,
    Bool,
    Char,
    Int(IntTy),
    F32,
    F64,
    /// Without its reference.
    Str,
    String,
    Tuple,
    Ref,
    /// `&mut`: of parameters only.
    RefMut,
    /// Of this length; the argument is the item.
    Array(usize),
    Slice,
    Vec,
    Option,
    /// `Result<T, E>`
    Result,
    /// `BTreeMap<K, V>` if it is sorted, else `HashMap<K, V>`.
    Map(bool),
    /// `Box<dyn Error>`
    BoxError,
    /// `std::fmt::Formatter`
    Formatter,
    /// `std::fmt::Error`
    FmtError,
    Range,
    RangeInclusive,
    /// An iterator; what the arguments are depends on the kind.
    Iter(IterKind),
    /// A closure of the function; arguments are its parameters and its result.
    Closure(u32),
    /// A function of the program.
    Fn(u32),
    /// `fn(A) -> B`; arguments are those of the function, and its result.
    FnPtr,
    /// A type parameter, or `impl Trait` in a signature.
    Param(u32),
    /// `dyn Trait` of a trait of the program; behind a reference or in a box.
    Dyn(u32),
    /// `Box<T>`
    Boxed,
    /// A struct of the program.
    Struct(u32),
    /// An enum of the program.
    Enum(u32),

    Flow,
    NodeRef,
    /// The argument is a marker.
    Output,
    /// A marker of a socket type.
    Marker(Sym),
    /// `AnyOf<(..)>`; the arguments are the members.
    AnyOf,
    /// `List<T>`
    List,
    Mode,
    Raw,
    Unset,
    /// `Or<T, V>`
    Or,
    /// `Grow<T>`
    Grow,
    Json,
    RawNode,
    /// What is wrong with a flow that `build` refuses.
    Problems,
    /// A node's builder with the required inputs that are set; arguments are match types.
    Node(&'a NodeModel<'a>, Set),
    /// What adding a node of several outputs gives; arguments are match types.
    Out(&'a NodeModel<'a>),
    /// An enum or a file list.
    Combo(&'a ComboModel<'a>),
    /// A dynamic combo; has no values.
    Dynamic(&'a DynamicModel<'a>),
    /// A builder of an option of a dynamic combo.
    Pick(&'a DynamicModel<'a>, &'a OptionModel<'a>, Set),
}

/// An interned name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sym(pub(super) u32);

/// Which of the required inputs of a builder are set, by their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(u64);

impl Set {
    pub(super) fn with(self, required: usize) -> Self {
        Self(self.0 | 1_u64.checked_shl(u32::try_from(required).unwrap_or(64)).unwrap_or(0))
    }

    /// Also true past the 64th: nobody requires as many.
    pub(super) fn has(self, required: usize) -> bool {
        u32::try_from(required)
            .ok()
            .and_then(|bit| 1_u64.checked_shl(bit))
            .is_none_or(|bit| self.0 & bit != 0)
    }
}

/// Rust's integer types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IntTy {
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
    U8,
    U16,
    U32,
    U64,
    U128,
    Usize,
}

impl IntTy {
    pub(super) const ALL: [(&'static str, Self); 12] = [
        ("i8", Self::I8),
        ("i16", Self::I16),
        ("i32", Self::I32),
        ("i64", Self::I64),
        ("i128", Self::I128),
        ("isize", Self::Isize),
        ("u8", Self::U8),
        ("u16", Self::U16),
        ("u32", Self::U32),
        ("u64", Self::U64),
        ("u128", Self::U128),
        ("usize", Self::Usize),
    ];

    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, int)| *int)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, int)| *int == self).map_or("i32", |(name, _)| name)
    }

    /// The number of bits. A server runs on 64 bits.
    pub(super) fn bits(self) -> u32 {
        match self {
            Self::I8 | Self::U8 => 8,
            Self::I16 | Self::U16 => 16,
            Self::I32 | Self::U32 => 32,
            Self::I64 | Self::U64 | Self::Isize | Self::Usize => 64,
            Self::I128 | Self::U128 => 128,
        }
    }

    pub(super) fn signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::I128 | Self::Isize)
    }

    /// The least and the greatest value. `u128` ends at `i128::MAX` here, which no flow misses.
    pub(super) fn range(self) -> (i128, i128) {
        match (self.bits(), self.signed()) {
            (128, true) => (i128::MIN, i128::MAX),
            (128, false) => (0, i128::MAX),
            (bits, true) => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
            (bits, false) => (0, (1_i128 << bits) - 1),
        }
    }

    pub(super) fn holds(self, number: i128) -> bool {
        let (min, max) = self.range();
        (min..=max).contains(&number)
    }

    /// The value after `as`: the low bits.
    pub(super) fn wrap(self, number: i128) -> i128 {
        let bits = self.bits();
        if bits == 128 {
            return if self.signed() || number >= 0 { number } else { number & i128::MAX };
        }
        let low = number & ((1_i128 << bits) - 1);
        if self.signed() && low >> (bits - 1) != 0 { low - (1_i128 << bits) } else { low }
    }
}

/// The iterators of the language. The first argument is the iterator or collection inside; closures come after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IterKind {
    /// Of a `Vec`: the argument is the item.
    Vec,
    /// Of an array, which is consumed: the argument is the item.
    Array,
    /// Of a slice: the argument is the item, without its reference.
    Slice,
    /// Of a sorted map: the arguments are key and value, without their references.
    Pairs,
    /// Of something that is only known to have items: the argument is the item.
    Plain,
    Chars,
    Lines,
    Split,
    SplitWhitespace,
    TakeWhile,
    SkipWhile,
    Map,
    Filter,
    FilterMap,
    FlatMap,
    Enumerate,
    Zip,
    Rev,
    Take,
    Skip,
    Chain,
    StepBy,
    Cloned,
    Copied,
    Chunks,
    Windows,
}

impl<'a> Ty<'a> {
    pub(super) fn con(con: Con<'a>) -> Self {
        Self::Con(con, Box::default())
    }

    pub(super) fn with(con: Con<'a>, args: impl Into<Box<[Self]>>) -> Self {
        Self::Con(con, args.into())
    }

    pub(super) fn error() -> Self {
        Self::con(Con::Error)
    }

    pub(super) fn unit() -> Self {
        Self::con(Con::Tuple)
    }

    pub(super) fn reference(self) -> Self {
        Self::with(Con::Ref, [self])
    }

    pub(super) fn str() -> Self {
        Self::con(Con::Str).reference()
    }

    pub(super) fn int(int: IntTy) -> Self {
        Self::con(Con::Int(int))
    }

    /// `&Flow`
    pub(super) fn is_flow_reference(&self) -> bool {
        matches!(self, Self::Con(Con::Ref, args) if matches!(args.first(), Some(Self::Con(Con::Flow, _))))
    }

    pub(super) fn is_error(&self) -> bool {
        matches!(self, Self::Con(Con::Error, _))
    }

    /// Whether two types that are known are the same.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Con(a, args), Self::Con(b, others)) => {
                a.same(b) && args.len() == others.len() && args.iter().zip(others).all(|(a, b)| a.same(b))
            }
            _ => false,
        }
    }

    /// The type with this one for `Self`, which is the only type parameter in it.
    pub(super) fn put_own(&self, own: &Self) -> Self {
        match self {
            Self::Con(Con::Param(_), _) => own.clone(),
            Self::Con(con, args) => Self::Con(*con, args.iter().map(|arg| arg.put_own(own)).collect()),
            Self::Var(_) => self.clone(),
        }
    }

    /// Whether a type parameter is in it somewhere.
    pub(super) fn has_param(&self) -> bool {
        matches!(self, Self::Con(con, args) if matches!(con, Con::Param(_)) || args.iter().any(Self::has_param))
    }

    /// Whether a constructor is in it somewhere.
    pub(super) fn has(&self, con: &Con<'_>) -> bool {
        matches!(self, Self::Con(own, args) if own.same(con) || args.iter().any(|arg| arg.has(con)))
    }

    pub(super) fn args(&self) -> &[Self] {
        match self {
            Self::Var(_) => &[],
            Self::Con(_, args) => args,
        }
    }
}

impl Con<'_> {
    /// The same constructor; arguments are not its concern.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            (Self::Iter(a), Self::Iter(b)) => a == b,
            (Self::Closure(a), Self::Closure(b))
            | (Self::Fn(a), Self::Fn(b))
            | (Self::Param(a), Self::Param(b))
            | (Self::Dyn(a), Self::Dyn(b))
            | (Self::Struct(a), Self::Struct(b))
            | (Self::Enum(a), Self::Enum(b)) => a == b,
            (Self::Marker(a), Self::Marker(b)) => a == b,
            (Self::Node(a, set), Self::Node(b, other)) => a.ident == b.ident && set == other,
            (Self::Out(a), Self::Out(b)) => a.is_same_result(b),
            (Self::Combo(a), Self::Combo(b)) => a.is_same_type(b),
            (Self::Dynamic(a), Self::Dynamic(b)) => a.is_same_type(b),
            (Self::Pick(a, option, set), Self::Pick(b, other, rest)) => {
                let one = || option.ident == other.ident || option.is_same_builder(other);
                set == rest && a.is_same_type(b) && one()
            }
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }
}

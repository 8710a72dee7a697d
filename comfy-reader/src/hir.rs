//! What the checker makes of a program: expressions whose names are resolved and whose types are known, ready to be
//! run. Nothing here knows of syntax.

use comfy_graph::graph::Mode;
use serde_json::Value;

use super::{at::At, format::Format, program::Calls, ty::IntTy};

/// A local variable of a function; its place in the frame.
pub(super) type Local = u32;
/// Index into the types of a body.
pub(super) type TypeIx = u32;

/// An expression.
#[derive(Debug)]
pub(super) struct Expr<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) ty: TypeIx,
    pub(super) at: At,
}

/// The body of a function or of a constant.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) params: Vec<Pattern>,
    pub(super) root: Expr<'a>,
    pub(super) closures: Vec<Closure<'a>>,
    /// The number of local variables.
    pub(super) locals: usize,
    /// For [`TypeIx`]: the integer type, where it is one, and whether a value is copied when it is used.
    pub(super) types: Vec<TypeInfo>,
    /// ComfyUI's names of socket types.
    pub(super) markers: Vec<String>,
}

/// What running needs to know of a type.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct TypeInfo {
    pub(super) int: Option<IntTy>,
    pub(super) copy: bool,
    /// It is a reference.
    pub(super) reference: bool,
    /// It is a `&mut`.
    pub(super) mutable: bool,
    /// It is a function that can be called once.
    pub(super) once: bool,
    pub(super) borrows: bool,
    pub(super) never: bool,
    /// It is `&Flow`.
    pub(super) flow: bool,
}

/// A closure; it lives in the frame of its function.
#[derive(Debug)]
pub(super) struct Closure<'a> {
    pub(super) params: Vec<Pattern>,
    pub(super) body: Expr<'a>,
    /// How the function that it is given to calls it, where one asks for that.
    pub(super) calls: Option<Calls>,
}

/// A function of the program that is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Callee {
    pub(super) function: u32,
    /// It has type parameters: its result can have what it was given.
    pub(super) generic: bool,
    /// It is of a trait: the first argument says whose function is called.
    pub(super) late: bool,
    /// One of the arguments is a `&mut`.
    pub(super) changes: bool,
}

impl Callee {
    /// A function without parameters.
    pub(super) fn plain(function: u32) -> Self {
        Self { function, generic: false, late: false, changes: false }
    }
}

/// A pattern.
#[derive(Debug)]
pub(super) enum Pattern {
    Wild,
    Bind(Local, Option<Box<Pattern>>),
    /// Elements; where a `..` stands, the number of those before it.
    Tuple(Vec<Pattern>, Option<usize>),
    /// Elements of a list, with the variable of `rest @ ..`; `true` for an array, whose length is known.
    Slice(Vec<Pattern>, Option<usize>, Option<Local>, bool),
    /// Fields of a struct by position.
    Struct(Vec<(usize, Pattern)>),
    Some(Box<Pattern>),
    None,
    /// A variant of an enum of the program, with its fields.
    Variant(u32, Vec<(usize, Pattern)>),
    /// A choice of a combo, by its position.
    Choice(usize),
    Const(Const),
    Range(Option<Const>, Option<Const>, bool),
    Or(Vec<Pattern>),
}

/// A value in a pattern or a literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Const {
    Bool(bool),
    Char(char),
    Int(i128),
    Float(f64),
    Str(String),
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// Something was wrong; never run.
    Error,
    Const(Const),
    Local(Local),
    Static(u32),
    Tuple(Vec<Expr<'a>>),
    /// An array or `vec![..]`.
    List(Vec<Expr<'a>>),
    Repeat(Box<Expr<'a>>, Box<Expr<'a>>),
    /// Fields in the order they are written, each with its position; the rest from `..base`.
    Struct(Vec<(usize, Expr<'a>)>, usize, Option<Box<Expr<'a>>>),
    Variant(u32, Vec<(usize, Expr<'a>)>),
    Some(Box<Expr<'a>>),
    None,
    Range(Option<Box<Expr<'a>>>, Option<Box<Expr<'a>>>, bool),
    Field(Box<Expr<'a>>, usize),
    Index(Box<Expr<'a>>, Box<Expr<'a>>),
    Ref(Box<Expr<'a>>),
    /// `&mut` of a place, as an argument; `true` for the receiver of a method, which is borrowed when the arguments are
    /// known.
    RefMut(Box<Expr<'a>>, bool),
    Deref(Box<Expr<'a>>),
    Not(Box<Expr<'a>>),
    Neg(Box<Expr<'a>>),
    Binary(Op, Box<Expr<'a>>, Box<Expr<'a>>),
    And(Box<Expr<'a>>, Box<Expr<'a>>),
    Or(Box<Expr<'a>>, Box<Expr<'a>>),
    Assign(Box<Expr<'a>>, Box<Expr<'a>>),
    AssignOp(Op, Box<Expr<'a>>, Box<Expr<'a>>),
    Cast(Box<Expr<'a>>),
    Block(Vec<Stmt<'a>>, Option<Box<Expr<'a>>>),
    If(Box<Cond<'a>>, Box<Expr<'a>>, Option<Box<Expr<'a>>>),
    Match(Box<Expr<'a>>, Vec<Arm<'a>>),
    While(Box<Cond<'a>>, Box<Expr<'a>>),
    Loop(Box<Expr<'a>>),
    For(Pattern, Box<Expr<'a>>, Box<Expr<'a>>),
    /// Of the loop or block of this label, or the innermost loop.
    Break(Option<u32>, Option<Box<Expr<'a>>>),
    Continue(Option<u32>),
    /// What has this label: `break` with it ends here.
    Labelled(u32, Box<Expr<'a>>),
    /// The body of a loop of this label: `continue` with it ends here.
    LabelledBody(u32, Box<Expr<'a>>),
    /// `?`, and the function that makes the error of the result.
    Try(Box<Expr<'a>>, Option<u32>),
    Return(Option<Box<Expr<'a>>>),
    Closure(u32),
    Call(Callee, Vec<Expr<'a>>),
    /// A function as a value.
    Function(u32),
    CallClosure(Box<Expr<'a>>, Vec<Expr<'a>>),
    Format(Box<Format<'a>>),
    /// The text that the function `fmt` of a type writes.
    Shown(u32, Box<Expr<'a>>),
    Json(Box<Json<'a>>),
    /// A method of the standard library; the receiver comes first.
    Std(Std, Vec<Expr<'a>>),
    /// One that changes the place it is called on.
    Change(Std, Box<Expr<'a>>, Vec<Expr<'a>>),
    Flow(FlowOp, Vec<Expr<'a>>),
    /// A new builder: the class by its index.
    NewNode(usize),
    NewRaw(Box<Expr<'a>>),
    NewPick(&'a str),
    /// A value of a combo.
    Choice(usize, &'a Value),
    File(Box<Expr<'a>>),
    /// Sets an input: builder, position, name in the prompt, value.
    Set(Box<Expr<'a>>, u16, &'a str, Box<Expr<'a>>),
    /// Something that every builder has: builder, arguments.
    Build(BuildOp, Box<Expr<'a>>, Vec<Expr<'a>>),
    Unlinked,
    Raw(Box<Expr<'a>>),
    Unset,
    Grow,
    GrowPush(Box<Expr<'a>>, Option<Box<Expr<'a>>>, Box<Expr<'a>>),
    WithOr(Box<Expr<'a>>, Box<Expr<'a>>),
    /// The output of a node at a slot.
    Out(Box<Expr<'a>>, Box<Expr<'a>>),
    /// The output of several at a slot.
    Slot(Box<Expr<'a>>, u32),
    /// The node behind an output or a struct of outputs.
    NodeOf(Box<Expr<'a>>),
    Mode(Mode),
    /// ComfyUI's name of a socket type, one of [`Body::markers`].
    MarkerName(u32),
    /// `println!` and its like: evaluated and forgotten.
    Print(Vec<Expr<'a>>),
    Panic(Option<Box<Expr<'a>>>),
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "most statements are the large one")]
pub(super) enum Stmt<'a> {
    Let(Pattern, Option<Expr<'a>>, Option<Expr<'a>>),
    Expr(Expr<'a>),
}

/// The condition of `if` and `while`.
#[derive(Debug)]
pub(super) enum Cond<'a> {
    Bool(Expr<'a>),
    Let(Pattern, Expr<'a>),
    And(Vec<Cond<'a>>),
}

#[derive(Debug)]
pub(super) struct Arm<'a> {
    pub(super) pattern: Pattern,
    pub(super) guard: Option<Cond<'a>>,
    pub(super) body: Expr<'a>,
}

/// JSON with expressions in it.
#[derive(Debug)]
pub(super) enum Json<'a> {
    Value(Value),
    Expr(Expr<'a>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Json<'a>, Json<'a>)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FlowOp {
    New,
    Clone,
    Add,
    Subgraph,
    /// Name, value; the type is in [`Kind::Flow`]'s first argument as a constant.
    Input,
    Output,
    Instance,
    Bypass,
    Mute,
    Mode,
    Title,
    Id,
    /// Node, name, value.
    RawInput,
    IdOf,
    Note,
    /// `to_prompt`, `build`
    Prompt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuildOp {
    Title,
    Mode,
    Id,
    RawInput,
    /// Name, type, value.
    RawInputTyped,
    RawOutput,
}

/// Functions of the standard library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Std {
    // any
    Clone,
    ToString,
    IntoIter,
    Iter,
    // numbers
    Abs,
    Min,
    Max,
    Clamp,
    Pow,
    SaturatingAdd,
    SaturatingSub,
    SaturatingMul,
    WrappingAdd,
    WrappingSub,
    WrappingMul,
    AbsDiff,
    Powi,
    Powf,
    Sqrt,
    Floor,
    Ceil,
    Round,
    Trunc,
    Signum,
    RemEuclid,
    DivCeil,
    IsPowerOfTwo,
    NextMultipleOf,
    // text
    NewString,
    Len,
    IsEmpty,
    Trim,
    TrimStart,
    TrimEnd,
    Split,
    SplitWhitespace,
    Upper,
    Lower,
    Replace,
    StartsWith,
    EndsWith,
    Contains,
    RepeatStr,
    Chars,
    Lines,
    PushStr,
    Push,
    Join,
    Concat,
    // lists
    NewVec,
    Pop,
    Extend,
    First,
    Last,
    Get,
    Reverse,
    Insert,
    Remove,
    Truncate,
    Sort,
    Dedup,
    Swap,
    Clear,
    Chunks,
    Windows,
    // maps
    NewMap,
    CollectMap,
    MapInsert,
    MapRemove,
    MapGet,
    MapHas,
    MapIndex,
    MapKeys,
    MapValues,
    MapPairs,
    // options
    IsSome,
    IsNone,
    Unwrap,
    UnwrapOr,
    UnwrapOrElse,
    MapOption,
    AndThen,
    FilterOption,
    OrOption,
    OkOr,
    IsSomeAnd,
    // results
    IsOk,
    IsErr,
    OkOf,
    ErrOf,
    MapErr,
    // iterators
    Map,
    Filter,
    FilterMap,
    FlatMap,
    Enumerate,
    Zip,
    Rev,
    Take,
    Skip,
    TakeWhile,
    SkipWhile,
    Chain,
    StepBy,
    Cloned,
    Collect,
    CollectString,
    Fold,
    Reduce,
    Sum,
    Product,
    Count,
    All,
    Any,
    Find,
    Position,
    ForEach,
    MinOf,
    MaxOf,
    LastOf,
    NextOf,
    Nth,
}
